"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kinebench.errors import KinebenchError

__all__ = ["OutputError", "atomic_path", "write_atomically"]


class OutputError(KinebenchError, OSError):
    """A file could not be written; what was there before is untouched."""


@contextlib.contextmanager
def atomic_path(path: Path | str) -> Iterator[Path]:
    """Path beside `path` to write to; it takes its place when the block ends well.

    On any failure, Ctrl-C included, the scratch file is removed and `path` is as it was.

    Raises
    ------
    OutputError
        When the folder is missing or not writable, or the disk is full.
    """
    target = Path(path)
    try:
        handle, name = tempfile.mkstemp(
            prefix=f".{target.name}.", suffix=".part", dir=target.parent
        )
        os.close(handle)
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror or error}") from error
    scratch = Path(name)
    try:
        yield scratch
        with scratch.open("rb+") as file:
            os.fsync(file.fileno())
        scratch.chmod(0o644)
        scratch.replace(target)
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror or error}") from error
    finally:
        scratch.unlink(missing_ok=True)


def write_atomically(path: Path | str, content: bytes | str) -> None:
    """Write `content` (text as UTF-8, line ends as they are) whole or not at all."""
    data = content.encode() if isinstance(content, str) else content
    with atomic_path(path) as scratch:
        scratch.write_bytes(data)
