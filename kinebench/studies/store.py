"""Results of stages on disk, by the digest of everything that they depend on."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from kinebench.errors import FileFormatError
from kinebench.io.atomic import OutputError
from kinebench.studies.codec import decoded, encoded

__all__ = ["Store"]

Result = TypeVar("Result")

_MAGIC = b"kinebench-1\n"


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of results.

    An entry is written aside and moved into place, so it is there whole or not at all, whoever
    else writes and whenever the process is killed. Each starts with the digest of its content: a
    damaged one is noticed and counts as absent.

    Parameters
    ----------
    folder : Path
    """

    folder: Path

    def path(self, key: str) -> Path:
        """File of a key, 64 hexadecimal digits: 256 folders keep each small."""
        return self.folder / key[:2] / key[2:]

    def get(self, key: str) -> Any | None:
        """The value, or None when it is absent or damaged."""
        try:
            data = self.path(key).read_bytes()
        except OSError:
            return None
        start = len(_MAGIC)
        digest, content = data[start : start + 32], data[start + 32 :]
        if not data.startswith(_MAGIC) or hashlib.sha256(content).digest() != digest:
            return None
        try:
            return decoded(content)
        except FileFormatError:
            return None

    def put(self, key: str, value: Any) -> None:
        """Keep a value.

        Raises
        ------
        OutputError
            When the folder cannot be written to, or the disk is full; what was stored stays.
        """
        content = encoded(value)
        path = self.path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
            scratch = Path(name)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_MAGIC + hashlib.sha256(content).digest() + content)
                scratch.replace(path)
            finally:
                scratch.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(
                f"cannot write to the store {self.folder}: {error.strerror or error}"
            ) from error

    def remember(self, key: str, make: Callable[[], Result]) -> Result:
        """The stored value, or what `make` gives, which is then stored."""
        found: Result | None = self.get(key)
        if found is not None:
            return found
        value = make()
        self.put(key, value)
        return value
