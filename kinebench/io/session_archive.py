"""OpenCap sessions as the site gives them: zip archives, unpacked without harm."""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath

from kinebench.errors import FileFormatError, one_line
from kinebench.io.array_files import ZIP_FAILURES, expansion_limit
from kinebench.io.inner_paths import stays_inside

_WANTED = (".trc", ".mot", ".sto", ".osim", ".xml", ".yaml", ".yml")
"""What is read of a session. Videos and geometry, most of a download, stay where they are."""

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


def file_on_disk(path: Path) -> Path:
    """A file itself, or the archive that `unpacked` has taken it from."""
    named = named_in_archive(path)
    return next((each for each in (named, *named.parents) if each.is_file()), path)


@functools.cache
def _unpacked(archive: Path, changed_ns: int, size: int) -> Path:
    """The arguments beside the archive tell a changed one from the one that was unpacked."""
    scratch = Path(tempfile.mkdtemp(prefix="kinebench-")).resolve()
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    folder = scratch / (archive.stem or archive.name)
    try:
        folder.mkdir()
        with zipfile.ZipFile(archive) as opened:
            for member in _wanted(opened, archive.name, size):
                _extract(opened, member, folder)
    except FileFormatError:
        raise
    except ZIP_FAILURES as error:
        raise FileFormatError(f"cannot unpack {archive.name}: {one_line(error)}") from error
    _archives[folder] = archive
    return folder


def _wanted(opened: zipfile.ZipFile, archive: str, size: int) -> Iterator[zipfile.ZipInfo]:
    """The members to unpack; all are looked at before the first is given."""
    members = opened.infolist()
    for member in members:
        _require_inside(member, archive)
    wanted = [member for member in members if _is_wanted(member)]
    names = {member.filename for member in wanted}
    total, limit = sum(member.file_size for member in wanted), expansion_limit(size)
    if total > limit or len(wanted) > _MOST_FILES:
        raise FileFormatError(
            f"{archive} would unpack to {len(wanted)} files of {total / 1e6:.0f} MB together, more"
            f" than its size makes plausible ({_MOST_FILES} of {limit / 1e6:.0f} MB): nothing is"
            " unpacked"
        )
    if len(names) < len(wanted):
        raise FileFormatError(f"{archive} holds two files of one name: it cannot be trusted")
    locked = next((member for member in wanted if member.flag_bits & 0x1), None)
    if locked is not None:
        raise FileFormatError(f"{archive} is encrypted ({locked.filename}): unpack it yourself")
    yield from wanted


def _require_inside(member: zipfile.ZipInfo, archive: str) -> None:
    """Refuse names that lead out of a folder, on any operating system, and links."""
    # what the archive says, and what zipfile makes of it
    for name in (member.orig_filename, member.filename):
        if not stays_inside(name.removeprefix("./").removesuffix("/")):
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
    with contextlib.suppress(ValueError, OSError):  # a date that does not exist
        changed = datetime(*member.date_time).timestamp()
        os.utime(target, (changed, changed))
