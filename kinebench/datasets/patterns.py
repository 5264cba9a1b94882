"""Patterns: where the files of a data set lie that is laid out by a rule.

A card states the rule of a published layout once, and it serves to find, to count and to load::

    [[pattern]]
    kind = "motion"                                       # or markers, model, subject, other
    key = "reference"                                     # under which a sample holds it
    path = "{subject}/OpenSimData/Mocap/IK/{trial}.mot"
    sample = "{subject}/{trial}"                          # only of the files that make samples
    presence = "required"                                 # or expected (default), optional
    axes = "+x+y+z"                                       # of markers: forward, up, right

``{name}`` is a field and stands for some text within one name of a file or folder; a field that
stands twice has one value. ``*`` is any text within a name, ``**`` any folders. Capitals do not
matter, and folders may lie around the whole: an archive unpacks into one. A file belongs to the
first pattern that it fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from kinebench.errors import DatasetError, require_names
from kinebench.io.inner_paths import stays_inside
from kinebench.io.keypoint_files import turn_of

KINDS = ("motion", "markers", "model", "subject", "other")
"""What a file holds; "subject" is OpenCap's sessionMetadata.yaml, "other" is counted alone."""

PRESENCES = ("required", "expected", "optional")
"""Without a required file a folder is no copy; an expected one is missing where it is not there."""

_KEYED = ("motion", "markers", "model")
_FIELD = re.compile(r"\{([a-z_]+)\}")
_PARTS = re.compile(r"\{[a-z_]+\}|\*\*/|\*|[^{*]+|.")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A rule for the paths of one kind of file.

    Parameters
    ----------
    kind : one of KINDS
    path : str
        With ``/``, fields and wild cards.
    key : str
        Under which a `Sample` holds what is read; may have the fields of the path.
    sample : str
        Name of the sample that such a file makes, of fields of the path.
    presence : one of PRESENCES
    axes : str
        Of markers: where OpenSim's forward, up and right lie in the file.

    Raises
    ------
    DatasetError, NameNotFoundError
        When it cannot be a pattern.
    """

    kind: str
    path: str
    key: str = ""
    sample: str = ""
    presence: str = "expected"
    axes: str = "+x+y+z"

    def __post_init__(self) -> None:
        require_names([self.kind], KINDS, "kind of file", "a pattern")
        require_names([self.presence], PRESENCES, "presence", "a pattern")
        if not stays_inside(self.path):
            raise DatasetError(f"pattern '{self.path}' is not a path inside a dataset's folder")
        if self.kind in _KEYED and not self.key:
            raise DatasetError(f"pattern '{self.path}': a {self.kind} needs a key")
        for text in (self.key, self.sample):
            require_names(_FIELD.findall(text), self.fields, "field", f"pattern '{self.path}'")
        turn_of(self.axes)  # raises: no such axes

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields of the path, in their order."""
        return fields_in(self.path)

    def match(self, path: str) -> dict[str, str] | None:
        """Values of the fields of a path that fits, else None."""
        found = _expression(self.path).fullmatch(path)
        return None if found is None else found.groupdict()

    def filled(self, values: Mapping[str, str]) -> str:
        """The path with the values of those fields that are given."""
        return filled(self.path, values)


def fields_in(text: str) -> tuple[str, ...]:
    """Names of the fields of a text, each once."""
    return tuple(dict.fromkeys(_FIELD.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text whose fields are replaced where there is a value."""
    return _FIELD.sub(lambda field: values.get(field[1], field[0]), text)


@dataclass(frozen=True, slots=True)
class Item:
    """A file that a pattern found.

    Parameters
    ----------
    pattern : Pattern
    path : str
        As the data set's copy has it.
    values : tuple of (str, str)
        Of the pattern's fields.
    """

    pattern: Pattern
    path: str
    values: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """The pattern's key with this file's values."""
        return filled(self.pattern.key, dict(self.values))

    def agrees(self, values: Mapping[str, str]) -> bool:
        """True when no field has two values."""
        return all(_same(value, values.get(name, value)) for name, value in self.values)


def find_items(patterns: Iterable[Pattern], paths: Iterable[str]) -> tuple[Item, ...]:
    """Each path that fits a pattern, by the first that it fits."""
    known = tuple(patterns)
    found = []
    for path in paths:
        for pattern in known:
            values = pattern.match(path)
            if values is not None:
                found.append(Item(pattern, path, tuple(values.items())))
                break
    return tuple(found)


def sample_values(items: Iterable[Item]) -> dict[str, dict[str, str]]:
    """Values of the fields of each sample, by its name.

    Raises
    ------
    DatasetError
        When two files are the same sample's: a folder that holds two copies.
    """
    makers: dict[str, Item] = {}
    for item in items:
        if item.pattern.sample:
            name = filled(item.pattern.sample, dict(item.values))
            first = makers.setdefault(name, item)
            if first is not item:
                raise DatasetError(f"sample {name} is there twice: {first.path}, {item.path}")
    return {
        name: {
            field: value
            for field, value in item.values
            if field in fields_in(item.pattern.sample)
        }
        for name, item in makers.items()
    }  # fmt: skip


def items_of_sample(items: Iterable[Item], values: Mapping[str, str]) -> dict[str, dict[str, Item]]:
    """The files of a sample by kind and key; what has no field of its own is every sample's.

    Raises
    ------
    DatasetError
        When two files would be the same thing.
    """
    found: dict[str, dict[str, Item]] = {kind: {} for kind in KINDS}
    for item in items:
        if item.pattern.kind == "other" or not item.agrees(values):
            continue
        first = found[item.pattern.kind].setdefault(item.key, item)
        if first is not item:
            what = item.key or item.pattern.kind
            raise DatasetError(f"two files are {what} of one sample: {first.path}, {item.path}")
    return found


def activity_of(values: Mapping[str, str]) -> str:
    """The field ``activity`` of a sample, or its trial's name without the number at its end."""
    return values.get("activity") or re.sub(r"\d+$", "", values.get("trial", "")) or "unknown"


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


@lru_cache(maxsize=1024)
def _expression(path: str) -> re.Pattern[str]:
    """Regular expression of a pattern's path, with folders around it allowed."""
    seen: set[str] = set()
    made = "(?:.*?/)??"  # as few folders around as can be
    for part in _PARTS.findall(path):
        name = _FIELD.fullmatch(part)
        if name is not None and name[1] not in seen:
            seen.add(name[1])
            made += f"(?P<{name[1]}>[^/]+?)"
        elif name is not None:
            made += f"(?P={name[1]})"
        elif part == "**/":
            made += "(?:[^/]+/)*?"
        else:
            made += "[^/]*?" if part == "*" else re.escape(part)
    return re.compile(made, re.IGNORECASE)
