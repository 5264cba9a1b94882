"""Zip archives of sessions: what is harmless is unpacked, anything else is refused whole."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from kinebench.errors import FileFormatError
from kinebench.io import session_archive
from kinebench.io.session_archive import named_in_archive, unpacked
from kinebench.io.session_folder import session_folder, session_places

TRC, VIDEO = "OpenCapData_1/MarkerData/squat.trc", "OpenCapData_1/Videos/Cam0/squat.mov"


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return path


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where archives are unpacked to."""
    place = tmp_path / "scratch"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    return place


def files(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_what_is_read_of_a_session_is_unpacked_once(tmp_path: Path, scratch: Path) -> None:
    shadows = {"__MACOSX/OpenCapData_1/MarkerData/._squat.trc": b"", f"{TRC[:-9]}._squat.trc": b""}
    path = archive(tmp_path / "x.zip", {TRC: b"markers", VIDEO: b"film", "a.exe": b"", **shadows})
    folder = unpacked(path)
    assert files(folder) == {TRC}
    assert (folder / TRC).read_bytes() == b"markers"
    assert folder.name == "x"
    assert folder.is_relative_to(scratch)
    assert unpacked(path) == folder
    assert named_in_archive(folder / TRC) == path.resolve() / TRC
    assert named_in_archive(tmp_path / "other.trc") == tmp_path / "other.trc"
    archive(path, {TRC: b"others"})
    assert (unpacked(path) / TRC).read_bytes() == b"others"


@pytest.mark.parametrize("name", [
    "../evil.trc", "a/../../evil.trc", "/tmp/evil.trc", "C:/evil.trc", "C:evil.trc",
    "..\\evil.trc", "a\\..\\..\\evil.trc", "\\\\server\\evil.trc", "\\evil.trc", "../evil.mov",
])  # fmt: skip
def test_a_name_that_leads_outside_refuses_the_archive(
    name: str, tmp_path: Path, scratch: Path
) -> None:
    path = archive(tmp_path / "x.zip", {TRC: b"markers", name: b"evil"})
    with pytest.raises(FileFormatError, match=r"x\.zip holds a file that leads outside"):
        unpacked(path)
    assert not files(scratch)
    assert not list(tmp_path.parent.glob("evil*"))


def test_a_link_refuses_the_archive(tmp_path: Path, scratch: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as opened:
        link = zipfile.ZipInfo("MarkerData/squat.trc")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        opened.writestr(link, "/etc/passwd")
    with pytest.raises(FileFormatError, match="holds a link"):
        unpacked(path)
    assert not files(scratch)


def test_a_bomb_is_not_unpacked(
    tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = archive(tmp_path / "x.zip", {f"MarkerData/{i}.trc": bytes(30_000_000) for i in (1, 2)})
    assert bomb.stat().st_size < 100_000
    with pytest.raises(FileFormatError, match="unpack to 2 files of 60 MB together, more than"):
        unpacked(bomb)
    monkeypatch.setattr(session_archive, "_MOST_FILES", 2)
    many = archive(tmp_path / "y.zip", {f"MarkerData/{i}.trc": b"" for i in range(3)})
    with pytest.raises(FileFormatError, match="unpack to 3 files"):
        unpacked(many)
    assert not files(scratch)
    # videos, which are not unpacked, may be as large as they like
    assert unpacked(archive(tmp_path / "z.zip", {VIDEO: bytes(60_000_000), TRC: b""}))


def test_a_size_that_lies_unpacks_no_more(tmp_path: Path, scratch: Path) -> None:
    """A header that says 5 bytes: the sum of the bytes does not fit, and nothing more is read."""
    path = archive(tmp_path / "x.zip", {TRC: bytes(600_000)})
    size = (600_000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (5).to_bytes(4, "little")))
    with pytest.raises(FileFormatError, match=r"cannot unpack x\.zip"):
        unpacked(path)
    assert sum(p.stat().st_size for p in scratch.rglob("*") if p.is_file()) <= 5


@pytest.mark.parametrize("spoil", ["cut", "flip", "empty"])
def test_a_damaged_archive_is_one_line(spoil: str, tmp_path: Path, scratch: Path) -> None:
    path = archive(tmp_path / "x.zip", {TRC: bytes(range(256)) * 40})
    data = bytearray(path.read_bytes())
    if spoil == "flip":
        data[len(TRC) + 40] ^= 0xFF
    path.write_bytes({"cut": data[: len(data) // 2], "flip": data, "empty": data[:4]}[spoil])
    with pytest.raises(FileFormatError, match=r"^cannot unpack x\.zip: ") as error:
        unpacked(path)
    assert "\n" not in str(error.value)


def test_an_encrypted_archive_says_so(tmp_path: Path, scratch: Path) -> None:
    path = archive(tmp_path / "x.zip", {TRC: b"markers"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag in the directory
    path.write_bytes(data)
    with pytest.raises(FileFormatError, match="encrypted"):
        unpacked(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused(tmp_path: Path, scratch: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr(TRC, "one")
        opened.writestr(TRC, "other")
    with pytest.raises(FileFormatError, match="two files of one name"):
        unpacked(path)


def session(folder: Path) -> Path:
    (folder / "MarkerData").mkdir(parents=True)
    (folder / "MarkerData" / "squat.trc").touch()
    return folder


def test_every_session_below_a_folder(tmp_path: Path, scratch: Path) -> None:
    top = tmp_path / "top"
    found = [session(top / name) for name in ("a", "site/b", "site/people/c")]
    session(top / "too/deep/down/d")
    session(top / ".hidden")
    archive(top / "a.zip", {TRC: b""})  # what was unpacked beside it counts
    archive(top / "e.zip", {TRC: b""})
    places = session_places(top)
    assert {p for p in places if p.is_relative_to(top)} == set(found)
    (other,) = (p for p in places if not p.is_relative_to(top))
    assert named_in_archive(other) == (top / "e.zip").resolve() / "OpenCapData_1"


def test_a_session_or_a_part_of_it_is_itself(tmp_path: Path, scratch: Path) -> None:
    folder = session(tmp_path / "s")
    for part in (folder, folder / "MarkerData"):
        (place,) = session_places(part)
        assert place.resolve() == folder.resolve()
    path = archive(tmp_path / "x.zip", {"MarkerData/squat.trc": b""})
    assert session_places(path) == (unpacked(path),)
    assert session_folder(path) == unpacked(path)
    with pytest.raises(FileFormatError, match="nowhere does not exist"):
        session_places(tmp_path / "nowhere")
    with pytest.raises(FileFormatError, match="is a file, no session folder"):
        session_places(folder / "MarkerData" / "squat.trc")
