"""Results of stages on disk, by the digest of everything that they depend on."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from kinebench.core.provenance import library_versions
from kinebench.errors import FileFormatError, KinebenchWarning, printable
from kinebench.io.atomic import OutputError
from kinebench.studies.codec import decoded, encoded

__all__ = ["Store"]

Result = TypeVar("Result")

_MAGIC = b"kinebench-2\n"
_LONGEST_VERSIONS = 1000  # bytes


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of results.

    An entry is written aside and moved into place, so it is there whole or not at all, whoever
    else writes and whenever the process is killed. Each starts with a digest of its key, of the
    libraries' versions and of its content: one that is damaged, or was moved from another key,
    counts as absent, and so does one that other versions computed, of which a warning tells.

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
        digest, rest = data[start : start + 32], data[start + 32 :]
        if not data.startswith(_MAGIC) or _digest(key, rest) != digest:
            return None
        versions, _, content = rest.partition(b"\n")
        if versions != _versions():
            self._tell_of_versions(versions)
            return None
        try:
            return decoded(content)
        except FileFormatError:
            return None

    def entry(self, key: str, content: bytes) -> bytes:
        """Bytes of the file that keeps the encoding of a value under a key."""
        rest = _versions() + b"\n" + content
        return _MAGIC + _digest(key, rest) + rest

    def _tell_of_versions(self, stored: bytes) -> None:
        try:
            found = dict(json.loads(stored[:_LONGEST_VERSIONS]))
        except (ValueError, TypeError):
            found = {}
        others = [
            f"{name} {found.get(name, '?')} instead of {here}"
            for name, here in library_versions().items()
            if found.get(name) != here
        ]
        warnings.warn(
            f"results in {self.folder} are not used: they were computed with"
            f" {printable(', '.join(others))}",
            KinebenchWarning,
            stacklevel=4,
        )

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
                    file.write(self.entry(key, content))
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


def _digest(key: str, rest: bytes) -> bytes:
    return hashlib.sha256(key.encode() + b"\n" + rest).digest()


def _versions() -> bytes:
    return json.dumps(dict(library_versions()), sort_keys=True).encode()
