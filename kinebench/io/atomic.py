"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from kinebench.errors import KinebenchError


class OutputError(KinebenchError, OSError):
    """A file could not be written; what was there before is untouched."""


@contextlib.contextmanager
def atomic_path(path: Path | str) -> Iterator[Path]:
    """Path beside `path` to write to; it takes its place when the block ends well.

    On any failure, Ctrl-C included, the scratch file is removed and `path` is as it was. A file
    that is there already passes its permissions on.

    Raises
    ------
    OutputError
        When the folder is missing or not writable, or the disk is full.
    """
    # through a symbolic link, so that the link stays one
    target = Path(os.path.realpath(path))
    scratch = target.with_name(f".{target.name[:200]}.{secrets.token_hex(4)}.part")
    try:
        with _naming(target):
            scratch.touch(exist_ok=False)
            if target.exists():
                scratch.chmod(stat.S_IMODE(target.stat().st_mode))
        with _naming(target):
            yield scratch
            with scratch.open("rb+") as file:
                os.fsync(file.fileno())
            scratch.replace(target)
    finally:
        with contextlib.suppress(OSError):
            scratch.unlink(missing_ok=True)


@contextlib.contextmanager
def _naming(target: Path) -> Iterator[None]:
    try:
        yield
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror or error}") from error


def write_atomically(path: Path | str, content: bytes | str) -> None:
    """Write `content` (text as UTF-8, line ends as they are) whole or not at all."""
    # a file name that is no UTF-8 reaches text as lone surrogates
    data = content.encode(errors="backslashreplace") if isinstance(content, str) else content
    with atomic_path(path) as scratch:
        scratch.write_bytes(data)


def require_writable(files: Iterable[Path], inputs: Iterable[Path] = ()) -> None:
    """Find out before the work whether files can be written, each in a place of its own.

    Parameters
    ----------
    files : iterable of Path
        What shall be written.
    inputs : iterable of Path
        What is read, and must stay.

    Raises
    ------
    OutputError
        When a folder is missing or not writable, when a folder or an input is in the way, or when
        two files are one.
    """
    read = {os.path.realpath(path) for path in inputs}
    taken: set[str] = set()
    for path in files:
        target = Path(os.path.realpath(path))
        with _naming(path):
            if target.is_dir():
                raise OutputError(f"cannot write {path}: it is a folder")
            if not target.parent.is_dir():
                raise OutputError(f"cannot write {path}: there is no folder {path.parent}")
        if str(target) in read:
            raise OutputError(f"cannot write {path}: it would replace the input of that name")
        if str(target) in taken:
            raise OutputError(f"cannot write {path} twice: give each output a file of its own")
        taken.add(str(target))
        require_folder(target.parent)


def require_folder(folder: Path) -> None:
    """Find out before the work whether a folder can be made, if need be, and written to.

    Raises
    ------
    OutputError
        When a file is in its place, or permission is lacking.
    """
    with _naming(folder):
        place = next(path for path in (folder, *folder.absolute().parents) if path.exists())
        if not place.is_dir():
            raise OutputError(f"cannot write to {folder}: {place} is a file, not a folder")
        if not os.access(place, os.W_OK | os.X_OK):
            raise OutputError(f"cannot write to {folder}: no permission to write in {place}")


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[bool]:
    """Wait until no other process writes its files into a folder; gives whether that is sure.

    Several runs may share a folder: the files that are left are then those of one run, the last.
    Where the file system or the operating system knows no such locks, nothing is waited for.
    """
    try:
        import fcntl
    except ImportError:
        yield False
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(number, fcntl.LOCK_EX)
            locked = True
        except OSError:
            locked = False
        yield locked
    finally:
        os.close(number)
