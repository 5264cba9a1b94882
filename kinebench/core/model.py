"""`Document` and `Model`: OpenSim's XML files as immutable values."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from kinebench.errors import ModelError


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """The content of an OpenSim XML file.

    The text itself is the value: it can be hashed, sent to another process and written anywhere,
    and no file can change under it.

    Parameters
    ----------
    name : str
        Name for messages and file names, without ending.
    xml : bytes
        Content of the file.
    """

    name: str
    xml: bytes

    def __post_init__(self) -> None:
        if b"<OpenSimDocument" not in self.xml:
            raise ModelError(f"{self.name} is no OpenSim file: it holds no <OpenSimDocument>")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}: {len(self.xml) / 1000:.0f} kB>"

    @property
    def digest(self) -> str:
        """SHA-256 of the content, hexadecimal."""
        return _sha256(self.xml)


@lru_cache(maxsize=16)  # every key of a study's cell holds those of the same few files
def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True, slots=True, repr=False)
class Model(Document):
    """The content of an .osim file."""

    def __post_init__(self) -> None:
        # super() finds no class cell in a dataclass with slots
        Document.__post_init__(self)
        if b"<Model" not in self.xml:
            raise ModelError(f"{self.name} is an OpenSim file, but holds no <Model>")

    def __repr__(self) -> str:
        parts = ((b"Body", "body", "bodies"), (b"Coordinate", "coordinate", "coordinates"),
                 (b"Marker", "marker", "markers"))  # fmt: skip
        counts = [(self.xml.count(b"<" + tag + b" name="), one, many) for tag, one, many in parts]
        found = (f"{n} {one if n == 1 else many}" for n, one, many in counts)
        return f"<Model {self.name}: {', '.join(found)}>"
