"""Archives that are extracted only into the folder that was named."""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from kinebench.errors import DatasetError, one_line
from kinebench.io.array_files import ZIP_FAILURES, expansion_limit
from kinebench.io.inner_paths import stays_inside

_DAMAGED_STREAM = (OSError, EOFError, zlib.error, lzma.LZMAError)
_FAILURES = (*ZIP_FAILURES, tarfile.TarError, lzma.LZMAError, MemoryError)
_PACKED: tuple[tuple[bytes, Callable[..., Any]], ...] = (
    (b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\0", lzma.open),
)  # fmt: skip


def is_archive(path: Path) -> bool:
    """True for a zip or a (compressed) tar file, also for one that turns out damaged."""
    if not path.is_file():
        return False
    try:
        return zipfile.is_zipfile(path) or tarfile.is_tarfile(path)
    except _DAMAGED_STREAM:
        return True


def extract_archive(archive: Path, folder: Path) -> tuple[Path, ...]:
    """Extract a zip or tar archive into `folder`, which must not exist or be empty.

    All members are looked at before the first is written: one that would leave the folder (an
    absolute path, ``..``, a drive) or is neither file nor folder (a symbolic or hard link, a
    device) makes the whole archive refused, and so does a content of more than a hundredfold of
    the archive. Every checksum is looked at. Permissions and owners are not taken over.

    Returns
    -------
    tuple of Path
        The files, in the archive's order.

    Raises
    ------
    DatasetError
        Naming archive and member; nothing of the archive remains then.
    """
    if folder.exists() and any(folder.iterdir()):
        raise DatasetError(f"{folder} is not empty; an archive is extracted into an empty folder")
    if not is_archive(archive):
        raise DatasetError(f"{archive} is neither a zip nor a tar archive")
    limit = expansion_limit(archive.stat().st_size)
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as zipped:
                return _extract_zip(zipped, archive.name, folder, limit)
        with _plain_tar(archive, folder, limit) as plain, tarfile.open(fileobj=plain) as tarred:
            return _extract_tar(tarred, archive.name, folder, limit)
    except _FAILURES as error:
        shutil.rmtree(folder, ignore_errors=True)
        reason = one_line(error) or type(error).__name__
        raise DatasetError(f"{archive.name} cannot be extracted: {reason}") from error


@contextmanager
def _plain_tar(archive: Path, folder: Path, limit: int) -> Iterator[IO[bytes]]:
    """The tar file without its compression, read to its end: only there is the checksum."""
    with archive.open("rb") as file:
        head = file.read(6)
        unpack = next((opened for magic, opened in _PACKED if head.startswith(magic)), None)
        if unpack is None:
            file.seek(0)
            yield file
            return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with unpack(archive, "rb") as packed, tempfile.TemporaryFile(dir=folder.parent) as plain:
        while block := packed.read(1 << 20):
            plain.write(block)
            _require_within(plain.tell(), limit, archive.name)
        plain.seek(0)
        yield plain


def _require_within(size: int, limit: int, archive: str) -> None:
    if size > limit:
        raise DatasetError(
            f"{archive} is refused: its content is above {limit / 1e6:.0f} MB, more than its size"
            " makes plausible"
        )


def _extract_zip(zipped: zipfile.ZipFile, name: str, folder: Path, limit: int) -> tuple[Path, ...]:
    _require_within(sum(member.file_size for member in zipped.infolist()), limit, name)
    for member in zipped.infolist():
        kind = stat.S_IFMT(member.external_attr >> 16)
        _require_inside(member.filename, name)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise DatasetError(f"{name} is refused: member '{member.filename}' is a link or device")
    files = [member for member in zipped.infolist() if not member.is_dir()]
    _require_single((member.filename for member in files), name)
    return tuple(_write(zipped.open(member), folder / member.filename) for member in files)


def _extract_tar(tarred: tarfile.TarFile, name: str, folder: Path, limit: int) -> tuple[Path, ...]:
    members: list[tarfile.TarInfo] = []
    for member in tarred:
        # a negative size leads back to the beginning, for ever
        if members and member.offset <= members[-1].offset:
            raise DatasetError(f"{name} is refused: member '{member.name}' has a negative size")
        members.append(member)
    _require_within(sum(member.size for member in members), limit, name)
    for member in members:
        _require_inside(member.name, name)
        if not (member.isfile() or member.isdir()):
            raise DatasetError(f"{name} is refused: member '{member.name}' is a link or device")
    files = [member for member in members if member.isfile()]
    _require_single((member.name for member in files), name)
    written = []
    for member in files:
        content = tarred.extractfile(member)
        assert content is not None  # a regular file has content
        written.append(_write(content, folder / member.name))
    return tuple(written)


def _require_inside(member: str, archive: str) -> None:
    path = member.removeprefix("./").removesuffix("/")
    if path not in ("", ".") and not stays_inside(path):
        raise DatasetError(f"{archive} is refused: member '{member}' would leave the folder")


def _require_single(members: Iterable[str], archive: str) -> None:
    seen: set[str] = set()
    for member in members:
        if member in seen:
            raise DatasetError(f"{archive} is refused: it has member '{member}' twice")
        seen.add(member)


def _write(content: IO[bytes], path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with content, path.open("xb") as file:
        shutil.copyfileobj(content, file)
    return path
