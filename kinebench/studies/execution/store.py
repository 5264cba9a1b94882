"""Results of stages on disk, by the digest of everything that they depend on."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from kinebench.core.environment import environment, library_versions
from kinebench.core.provenance import digest
from kinebench.errors import FileFormatError, printable
from kinebench.io.atomic import OutputError
from kinebench.remarks import tell
from kinebench.studies.execution.codec import decoded, encoded

Result = TypeVar("Result")

_MAGIC = b"kinebench-2\n"
_LONGEST_VERSIONS = 1000  # bytes
_ENVIRONMENTS = "environments"


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
        stated, rest = data[start : start + 32], data[start + 32 :]
        if not data.startswith(_MAGIC) or _digest(key, rest) != stated:
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
        tell(
            "stale results",
            f"results in {self.folder} are not used: they were computed with"
            f" {printable(', '.join(others))}",
        )

    def put(self, key: str, value: Any) -> None:
        """Keep a value.

        Raises
        ------
        OutputError
            When the folder cannot be written to, or the disk is full; what was stored stays.
        """
        content = encoded(value)
        self._sign()
        self._write(self.path(key), self.entry(key, content))

    def environments(self) -> tuple[dict[str, str], ...]:
        """In what the entries were computed: several when machines or versions shared the store."""
        found = []
        for path in sorted((self.folder / _ENVIRONMENTS).glob("*.json")):
            with contextlib.suppress(OSError, ValueError):
                found.append(json.loads(path.read_text(encoding="utf-8")))
        return tuple(one for one in found if isinstance(one, dict))

    def warn_if_mixed(self) -> None:
        """Warn when the entries come from several environments: tables are not equal in bytes."""
        several = self.environments()
        if len(several) > 1:
            names = sorted({name for one in several for name in one})
            differ = [n for n in names if len({one.get(n) for one in several}) > 1]
            tell(
                "mixed environments",
                f"the store {self.folder} was filled by {len(several)} environments that differ in"
                f" {', '.join(differ)}: the last digits may differ from those of a single one",
            )

    def _sign(self) -> None:
        """Leave this process's environment beside the entries, once."""
        here = environment()
        path = self.folder / _ENVIRONMENTS / f"{digest(here)[:16]}.json"
        if not path.exists():
            self._write(path, (json.dumps(here, indent=2) + "\n").encode())

    def _write(self, path: Path, content: bytes) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
            scratch = Path(name)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
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
