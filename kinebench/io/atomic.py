"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from kinebench.errors import KinebenchError

__all__ = ["OutputError", "atomic_path", "write_atomically"]


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
    data = content.encode() if isinstance(content, str) else content
    with atomic_path(path) as scratch:
        scratch.write_bytes(data)
