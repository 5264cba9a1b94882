"""Archives: what leaves the folder is refused before anything is written."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
from pathlib import Path
from typing import Literal

import pytest

from kinebench.datasets.archive import extract_archive, is_archive
from kinebench.errors import DatasetError

LEAVING = ["../evil.txt", "a/../../evil.txt", "/tmp/evil.txt", "a\\..\\evil.txt", "C:/evil.txt"]


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


Mode = Literal["w", "w:gz", "w:bz2", "w:xz"]


def _tar(path: Path, members: dict[str, bytes], mode: Mode = "w:gz") -> Path:
    with tarfile.open(path, mode) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


MAKERS = pytest.mark.parametrize("make", [_zip, _tar], ids=["zip", "tar"])


@MAKERS
def test_files_arrive_below_the_folder(make, tmp_path):
    archive = make(tmp_path / "a", {"x.trc": b"1", "deep/er/y.trc": b"22"})
    assert is_archive(archive)
    written = extract_archive(archive, tmp_path / "out")
    assert written == (tmp_path / "out" / "x.trc", tmp_path / "out" / "deep" / "er" / "y.trc")
    assert [path.read_bytes() for path in written] == [b"1", b"22"]


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_compressions(mode, tmp_path):
    archive = _tar(tmp_path / "a", {"./x": b"1"}, mode)
    assert [path.read_bytes() for path in extract_archive(archive, tmp_path / "out")] == [b"1"]


@MAKERS
@pytest.mark.parametrize("member", LEAVING)
def test_a_member_that_leaves_the_folder_is_refused(make, member, tmp_path):
    archive = make(tmp_path / "a.archive", {"good.txt": b"1", member: b"2"})
    with pytest.raises(DatasetError, match=r"a\.archive is refused: member .* would leave"):
        extract_archive(archive, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.archive"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_refused(kind, tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        info = tarfile.TarInfo("link")
        info.type, info.linkname = kind, "../outside"
        archive.addfile(info)
        through = tarfile.TarInfo("link/evil.txt")
        archive.addfile(through, io.BytesIO(b""))
    with pytest.raises(DatasetError, match="member 'link' is a link or device"):
        extract_archive(tmp_path / "a.tar", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_symbolic_link_in_a_zip_is_refused(tmp_path):
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "../outside")
    with pytest.raises(DatasetError, match="member 'link' is a link or device"):
        extract_archive(tmp_path / "a.zip", tmp_path / "out")


def test_folders_in_an_archive_are_no_files(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("deep/", b"")
        archive.writestr("deep/x", b"1")
    assert extract_archive(tmp_path / "a.zip", tmp_path / "out") == (tmp_path / "out/deep/x",)


def test_a_member_twice_is_refused(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for _ in range(2):
            archive.addfile(tarfile.TarInfo("x"), io.BytesIO(b""))
    with pytest.raises(DatasetError, match="'x' twice"):
        extract_archive(tmp_path / "a.tar", tmp_path / "out")


def test_an_existing_file_is_never_overwritten(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_bytes(b"mine")
    with pytest.raises(DatasetError, match="not empty"):
        extract_archive(_zip(tmp_path / "a.zip", {"mine": b"other"}), tmp_path / "out")
    assert (tmp_path / "out" / "mine").read_bytes() == b"mine"


def test_a_truncated_archive_leaves_nothing(tmp_path):
    archive = _tar(tmp_path / "a.tar", {"x": bytes(5000), "y": bytes(5000)}, "w")
    archive.write_bytes(archive.read_bytes()[:8000])
    with pytest.raises(DatasetError, match="cannot be extracted"):
        extract_archive(archive, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@MAKERS
def test_an_archive_that_fails_half_way_leaves_nothing(make, tmp_path):
    archive = make(tmp_path / "a", {"x": b"1", "x/y": b"a file below a file"})
    with pytest.raises(DatasetError, match="cannot be extracted"):
        extract_archive(archive, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_no_archive(tmp_path):
    (tmp_path / "x.trc").write_bytes(b"PathFileType")
    assert not is_archive(tmp_path / "x.trc")
    assert not is_archive(tmp_path)
    with pytest.raises(DatasetError, match="neither a zip nor a tar"):
        extract_archive(tmp_path / "x.trc", tmp_path / "out")


def test_a_wrong_checksum_of_a_compressed_tar_is_noticed(tmp_path):
    archive = _tar(tmp_path / "a.tar.gz", {"x": bytes(range(256)) * 40})
    content = bytearray(archive.read_bytes())
    content[-6] ^= 1  # of the CRC
    archive.write_bytes(content)
    with pytest.raises(DatasetError, match=r"a\.tar\.gz cannot be extracted: CRC"):
        extract_archive(archive, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["zip", "w:gz", "w:bz2", "w:xz"])
def test_an_archive_that_becomes_a_thousandfold_is_refused(kind, tmp_path):
    big = bytes(120_000_000)
    if kind == "zip":
        with zipfile.ZipFile(tmp_path / "a", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("x", big)
    else:
        _tar(tmp_path / "a", {"x": big}, kind)
    assert (tmp_path / "a").stat().st_size < 200_000
    with pytest.raises(DatasetError, match=r"a is refused: its content is above"):
        extract_archive(tmp_path / "a", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_sparse_member_is_counted_as_what_it_becomes(tmp_path):
    # 600 bytes of a tar that announce 8 GB of zeros
    with tarfile.open(tmp_path / "a.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("x")
        info.pax_headers = {"GNU.sparse.map": "0,1", "GNU.sparse.size": str(8 * 10**9)}
        info.size = 1
        archive.addfile(info, io.BytesIO(b"1"))
    with pytest.raises(DatasetError, match="is refused: its content is above"):
        extract_archive(tmp_path / "a.tar", tmp_path / "out")


def test_a_negative_size_does_not_lead_back_for_ever(tmp_path):
    header = bytearray(tarfile.TarInfo("x").tobuf(tarfile.GNU_FORMAT))
    header[124:136] = b"\xff" * 10 + b"\xfe\x00"  # -512 bytes, in base 256
    header[148:156] = b" " * 8
    header[148:155] = b"%06o\0" % sum(header)
    (tmp_path / "a.tar").write_bytes(tarfile.TarInfo("first").tobuf() + bytes(header) + bytes(1024))
    with pytest.raises(DatasetError, match=r"a\.tar"):
        extract_archive(tmp_path / "a.tar", tmp_path / "out")


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz"])
def test_an_archive_cut_off_anywhere_is_named(mode, share, tmp_path):
    archive = _tar(tmp_path / "a.tar", {"x": bytes(range(256)) * 90, "y": b"1" * 5000}, mode)
    content = archive.read_bytes()
    archive.write_bytes(content[: int(share * len(content))])
    with pytest.raises(DatasetError, match=r"a\.tar"):
        extract_archive(archive, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_stream_that_goes_on_after_the_archive_is_not_written_out(tmp_path):
    small = _tar(tmp_path / "a.tar", {"x": b"1"}, "w").read_bytes()
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(small + bytes(120_000_000)))
    with pytest.raises(DatasetError, match="its content is above"):
        extract_archive(tmp_path / "a.tar.gz", tmp_path / "out")
