"""OpenCap sessions as the site gives them: zip archives, unpacked without harm."""

from __future__ import annotations

import atexit
import functools
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from kinebench.errors import FileFormatError

__all__ = ["named_in_archive", "unpacked"]

_WANTED = (".trc", ".mot", ".sto", ".osim", ".xml", ".yaml", ".yml")
"""What is read of a session. Videos and geometry, most of a download, stay where they are."""

_MOST_BYTES = 2_000_000_000
"""Of all files together: a trial of a minute has 10 MB, so this is a session of 200 such trials."""

_MOST_FILES = 20_000  # a trial has about 5 files besides videos

_archives: dict[Path, Path] = {}
"""Folder that this process has unpacked to: archive."""


def unpacked(archive: Path) -> Path:
    """The folder with the session files of a zip archive, unpacked once per process.

    It is taken away when the process ends.

    Raises
    ------
    FileFormatError
        When the archive is damaged or encrypted, when a name in it leads outside or is a link, or
        when it would unpack to more than a session can have.
    """
    status = archive.stat()
    return _unpacked(archive.resolve(), status.st_mtime_ns, status.st_size)


def named_in_archive(path: Path) -> Path:
    """A file that `unpacked` has made, as ``session.zip/MarkerData/squat.trc``; others as is."""
    for folder, archive in _archives.items():
        if path.is_relative_to(folder):
            return archive / path.relative_to(folder)
    return path


@functools.cache
def _unpacked(archive: Path, changed_ns: int, size: int) -> Path:
    """The arguments beside the archive tell a changed one from the one that was unpacked."""
    scratch = Path(tempfile.mkdtemp(prefix="kinebench-")).resolve()
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    folder = scratch / (archive.stem or archive.name)
    try:
        folder.mkdir()
        with zipfile.ZipFile(archive) as opened:
            for member in _wanted(opened, archive.name):
                _extract(opened, member, folder)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise FileFormatError(f"cannot unpack {archive.name}: {error}") from error
    _archives[folder] = archive
    return folder


def _wanted(opened: zipfile.ZipFile, archive: str) -> Iterator[zipfile.ZipInfo]:
    """The members to unpack; all are looked at before the first is given."""
    members = opened.infolist()
    for member in members:
        _require_inside(member, archive)
    wanted = [member for member in members if _is_wanted(member)]
    names = {member.filename for member in wanted}
    total = sum(member.file_size for member in wanted)
    if total > _MOST_BYTES or len(wanted) > _MOST_FILES:
        raise FileFormatError(
            f"{archive} would unpack to {len(wanted)} files of {total / 1e9:.1f} GB together: a"
            f" session has at most {_MOST_FILES} of {_MOST_BYTES / 1e9:g} GB; nothing is unpacked"
        )
    if len(names) < len(wanted):
        raise FileFormatError(f"{archive} holds two files of one name: it cannot be trusted")
    locked = next((member for member in wanted if member.flag_bits & 0x1), None)
    if locked is not None:
        raise FileFormatError(f"{archive} is encrypted ({locked.filename}): unpack it yourself")
    yield from wanted


def _require_inside(member: zipfile.ZipInfo, archive: str) -> None:
    """Refuse names that lead out of a folder, on any operating system, and links."""
    # what the archive says, not what zipfile makes of it
    for name in (member.orig_filename, member.filename):
        windows, posix = PureWindowsPath(name), PurePosixPath(name)
        outside = windows.drive or windows.root or posix.is_absolute() or ".." in windows.parts
        if outside or "\0" in name:
            raise FileFormatError(
                f"{archive} holds a file that leads outside, {name!r}: nothing is unpacked"
            )
    if stat.S_ISLNK(member.external_attr >> 16):
        raise FileFormatError(f"{archive} holds a link, {member.filename!r}: nothing is unpacked")


def _is_wanted(member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename)
    # macOS puts shadows of files, ._squat.trc, into a folder of their own
    shadow = path.name.startswith(".") or "__MACOSX" in path.parts
    return not member.is_dir() and not shadow and path.suffix.lower() in _WANTED


def _extract(opened: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> None:
    target = folder / member.filename
    target.parent.mkdir(parents=True, exist_ok=True)
    # zipfile reads no more than the size that was counted before, and checks the sum of the bytes
    with opened.open(member) as source, target.open("xb") as file:
        shutil.copyfileobj(source, file)
