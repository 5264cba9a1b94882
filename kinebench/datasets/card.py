"""Cards: what a dataset is, under which licence, and which bytes belong to it.

A card is a TOML file. Its sources are the places that the files come from::

    title = "…"
    description = "…"                 # what the dataset can prove
    licence = "Apache-2.0"            # SPDX expression
    citation = "…"
    doi = "10.1371/…"                 # where there is one
    reference = "…"                   # how what counts as reference was made
    faults = ["…"]                    # what is known to be wrong with the data
    verified = false                  # nobody compared a copy with this card yet
    steps = ["…"]                     # only where a person must fetch the dataset
    keypoints = "HRNet/2-cameras"     # whose 20 keypoints are a sample's "keypoints"

    [expected]                        # values that fields of the patterns have in the whole set
    subject = ["…"]

    [trials]                          # number of trials of each activity, of each subject
    walking = 3

    [[pattern]]                       # the layout: see `kinebench.datasets.patterns`
    kind = "motion"
    key = "reference"
    path = "{subject}/{trial}.mot"
    sample = "{subject}/{trial}"

    [subject]                         # where the recordings are of one person
    mass_kg = 72.0
    height_m = 1.78

    [[source]]
    address = "https://raw.githubusercontent.com/OWNER/REPO/COMMIT/"    # or: folder = "/my/study"
    files = [
      { path = "a/b.trc", bytes = 10, sha256 = "…" },
    ]

A path is relative to its source and written with ``/``. It names the file within the dataset, so
two sources of one card may not share a path: list a doubled file, such as a LICENSE, once.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kinebench.datasets.patterns import Pattern
from kinebench.errors import (
    DatasetError,
    FileFormatError,
    KinebenchError,
    nearest,
    printable,
)
from kinebench.io.documents import (
    Table,
    items_of,
    parse_toml,
    read_text,
    table_of,
    texts_of,
    value_of,
)
from kinebench.io.inner_paths import can_exist, stays_inside

_TEXTS = ("title", "description", "licence", "citation", "doi", "reference")
_LISTS = ("faults", "steps")
_CARD_KEYS = frozenset(
    {*_TEXTS, *_LISTS, "verified", "keypoints", "expected", "trials", "pattern", "subject",
     "source"}
)  # fmt: skip
_PATTERN_KEYS = ("kind", "path", "key", "sample", "presence", "axes")
_SOURCE_KEYS = frozenset({"address", "folder", "files"})
_FILE_KEYS = frozenset({"path", "bytes", "sha256"})
_SUBJECT_KEYS = {"identifier": str, "mass_kg": float, "height_m": float, "sex": str}
_LICENCE = re.compile(r"[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)*")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

UNREAD_LICENCE = "LicenseRef-unread"
"""Licence of a card whose data set's terms were not read when the card was written."""


@dataclass(frozen=True, slots=True)
class CardFile:
    """A file of a dataset.

    Parameters
    ----------
    path : str
        Relative to the source, with ``/``.
    size_bytes : int
    sha256 : str
        64 lower-case hexadecimal digits.
    """

    path: str
    size_bytes: int
    sha256: str

    def __post_init__(self) -> None:
        if not stays_inside(self.path):
            raise DatasetError(f"'{self.path}' is not a path inside a dataset's folder")
        if not 0 <= self.size_bytes < 2**53:
            raise DatasetError(f"{self.path}: bytes must be a count, found {self.size_bytes!r}")
        if not re.fullmatch(r"[0-9a-f]{64}", str(self.sha256)):
            raise DatasetError(
                f"{self.path}: sha256 must be 64 hexadecimal digits, found {self.sha256!r}"
            )


@dataclass(frozen=True, slots=True)
class Source:
    """Where files come from: exactly one of a public address and a local folder.

    Parameters
    ----------
    address : str or None
        Begins with http:// or https:// and ends with ``/``; a file's path is appended to it.
    folder : Path or None
        Absolute.
    files : tuple of CardFile
    """

    address: str | None
    folder: Path | None
    files: tuple[CardFile, ...]

    def __post_init__(self) -> None:
        if (self.address is None) == (self.folder is None):
            raise DatasetError("a source needs either an address or a folder")
        if self.address is not None and not re.fullmatch(r"https?://[^\s?#]+/", self.address):
            raise DatasetError(
                f"an address begins with http(s):// and ends with /, found '{self.address}'"
            )
        if self.folder is not None and not self.folder.is_absolute():
            raise DatasetError(f"a source's folder must be absolute, found '{self.folder}'")
        if self.folder is not None and not can_exist(str(self.folder)):
            raise DatasetError(f"no folder can have the name '{self.folder}'")


@dataclass(frozen=True, slots=True)
class Card:
    """Description of a dataset; see the module for the meaning of the fields.

    Raises
    ------
    DatasetError
        When a field is empty or illegal, or two files share a path.
    """

    name: str
    title: str
    description: str
    licence: str
    citation: str
    doi: str | None = None
    reference: str | None = None
    faults: tuple[str, ...] = ()
    verified: bool = True
    steps: tuple[str, ...] = ()
    keypoints: str = ""
    expected: tuple[tuple[str, tuple[str, ...]], ...] = ()
    trials: tuple[tuple[str, int], ...] = ()
    patterns: tuple[Pattern, ...] = ()
    subject: tuple[tuple[str, str | float], ...] = ()
    sources: tuple[Source, ...] = ()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise DatasetError(
                f"a dataset's name is made of letters, digits, '.', '_', '-'; found '{self.name}'"
            )
        self._require_texts()
        self._require_files()
        self._require_patterns()

    def _require_texts(self) -> None:
        for field in ("title", "description", "citation"):
            text = getattr(self, field)
            if not isinstance(text, str) or not text.strip() or printable(text) != text:
                raise DatasetError(
                    f"card {self.name}: {field} must be a text that is not empty, without control"
                    " characters"
                )
        for step in (*self.steps, *self.faults, self.reference or ""):
            if printable(step) != step:
                raise DatasetError(f"card {self.name}: '{printable(step)}' has control characters")
        if not _LICENCE.fullmatch(str(self.licence)):
            raise DatasetError(
                f"card {self.name}: licence must be an SPDX expression, found '{self.licence}'"
            )
        if self.doi is not None and not re.fullmatch(r"10\.\d{4,9}/\S+", self.doi):
            raise DatasetError(f"card {self.name}: a DOI begins with 10., found '{self.doi}'")

    def _require_files(self) -> None:
        counts = Counter(file.path for file in self.files)
        doubled = [path for path, count in counts.items() if count > 1]
        if doubled:
            raise DatasetError(f"card {self.name} lists a path twice: {', '.join(doubled)}")
        if not self.sources and not self.steps:
            raise DatasetError(f"card {self.name} has neither sources nor manual steps")

    def _require_patterns(self) -> None:
        fields = {name for pattern in self.patterns for name in pattern.fields}
        for name, _ in self.expected:
            if name not in fields:
                raise DatasetError(
                    f"card {self.name}: [expected] names '{name}', a field of no pattern"
                )
        if self.trials and not any(pattern.sample for pattern in self.patterns):
            raise DatasetError(f"card {self.name}: [trials], but no pattern makes a sample")

    @property
    def licence_unread(self) -> bool:
        """True where nobody has read the terms yet: nothing is downloaded without a yes."""
        return self.licence == UNREAD_LICENCE

    @property
    def manual(self) -> bool:
        """True while a person must fetch the dataset."""
        return not self.sources

    @property
    def files(self) -> tuple[CardFile, ...]:
        """The files of all sources."""
        return tuple(file for source in self.sources for file in source.files)

    def find(self, path: str) -> tuple[Source, CardFile]:
        """The file of that path, and its source.

        Raises
        ------
        DatasetError
            With near matches when the card does not list the path.
        """
        for source in self.sources:
            for file in source.files:
                if file.path == path:
                    return source, file
        paths = [file.path for file in self.files]
        raise DatasetError(
            f"dataset {self.name} has no file '{path}'{nearest(path, paths)};"
            f" it lists {len(paths)} files"
        )


def read_card(path: Path) -> Card:
    """Read ``NAME/card.toml``; the folder's name is the dataset's.

    Raises
    ------
    DatasetError
        Naming the file when it is unreadable or not a legal card.
    """
    try:
        text = read_text(path)
    except FileFormatError as error:
        raise DatasetError(f"the card {path}: {error}") from error
    try:
        return parse_card(path.parent.name, text)
    except DatasetError as error:
        raise DatasetError(f"{path}: {error}") from error


def parse_card(name: str, text: str) -> Card:
    """Card of dataset `name` from the text of a card.toml.

    Raises
    ------
    DatasetError
        When it is no TOML, or a field is missing, unknown, of another kind or illegal.
    """
    try:
        return _card(name, parse_toml(text, "the TOML"))
    except DatasetError:
        raise
    except KinebenchError as error:
        raise DatasetError(str(error)) from error


def _card(name: str, content: Table) -> Card:
    where = "a card"
    _require_keys(content, _CARD_KEYS, {"title", "description", "licence", "citation"}, "card")
    texts: dict[str, Any] = {field: value_of(content, field, str, where) for field in _TEXTS}
    lists: dict[str, Any] = {field: texts_of(content, field, where) for field in _LISTS}
    expected, trials = (table_of(content, field, where) for field in ("expected", "trials"))
    return Card(
        name=name,
        **texts,
        **lists,
        verified=value_of(content, "verified", bool, where, True),
        keypoints=value_of(content, "keypoints", str, where, ""),
        expected=tuple((key, texts_of(expected, key, "[expected]")) for key in expected),
        trials=tuple((key, value_of(trials, key, int, "[trials]")) for key in trials),
        patterns=tuple(_pattern(entry) for entry, _ in items_of(content, "pattern", where)),
        subject=_subject(table_of(content, "subject", where)),
        sources=tuple(_source(entry) for entry, _ in items_of(content, "source", where)),
    )


def _pattern(entry: Table) -> Pattern:
    _require_keys(entry, frozenset(_PATTERN_KEYS), {"kind", "path"}, "pattern")
    given: dict[str, str] = {
        key: value_of(entry, key, str, "a pattern") for key in _PATTERN_KEYS if key in entry
    }
    return Pattern(**given)


def card_toml(card: Card) -> str:
    """Text of the card.toml from which `parse_card` makes an equal card."""
    lines = [
        f"{field} = {_quoted(getattr(card, field))}"
        for field in _TEXTS
        if getattr(card, field) is not None
    ]
    for field in _LISTS:
        if items := getattr(card, field):
            lines += [f"{field} = [", *(f"  {_quoted(item)}," for item in items), "]"]
    lines += [] if card.verified else ["verified = false"]
    lines += [f"keypoints = {_quoted(card.keypoints)}"] if card.keypoints else []
    for table, rows in (("expected", card.expected), ("trials", card.trials)):
        if rows:
            lines += ["", f"[{table}]"]
            lines += [f"{_quoted(key)} = {_array(value)}" for key, value in rows]
    for pattern in card.patterns:
        given = {key: getattr(pattern, key) for key in _PATTERN_KEYS}
        lines += ["", "[[pattern]]"]
        lines += [f"{key} = {_quoted(value)}" for key, value in given.items() if value]
    if card.subject:
        lines += ["", "[subject]"]
        lines += [f"{key} = {_quoted(value)}" for key, value in card.subject]
    for source in card.sources:
        place = "address" if source.folder is None else "folder"
        lines += ["", "[[source]]", f"{place} = {_quoted(str(source.address or source.folder))}"]
        lines.append("files = [")
        lines += [
            f"  {{ path = {_quoted(file.path)}, bytes = {file.size_bytes},"
            f' sha256 = "{file.sha256}" }},'
            for file in source.files
        ]
        lines.append("]")
    return "\n".join(lines) + "\n"


def _subject(entry: Table) -> tuple[tuple[str, str | float], ...]:
    _require_keys(entry, frozenset(_SUBJECT_KEYS), set(), "subject")
    return tuple((key, value_of(entry, key, _SUBJECT_KEYS[key], "[subject]")) for key in entry)


def _source(entry: Table) -> Source:
    where = "[[source]]"
    _require_keys(entry, _SOURCE_KEYS, {"files"}, "source")
    folder = value_of(entry, "folder", str, where)
    return Source(
        address=value_of(entry, "address", str, where),
        folder=None if folder is None else Path(folder),
        files=tuple(_file(file) for file, _ in items_of(entry, "files", where)),
    )


def _file(entry: Table) -> CardFile:
    _require_keys(entry, _FILE_KEYS, set(_FILE_KEYS), "file")
    return CardFile(
        value_of(entry, "path", str, "a file"),
        value_of(entry, "bytes", int, "a file"),
        value_of(entry, "sha256", str, "a file"),
    )


def _require_keys(entry: Table, known: frozenset[str], needed: set[str], kind: str) -> None:
    for key in entry:
        if key not in known:
            raise DatasetError(
                f"a {kind} has no field '{key}'{nearest(key, known)};"
                f" it may have {', '.join(sorted(known))}"
            )
    if lacking := sorted(needed - set(entry)):
        raise DatasetError(f"a {kind} lacks the field {', '.join(lacking)}")


def _array(value: int | tuple[str, ...]) -> str:
    return str(value) if isinstance(value, int) else f"[{', '.join(map(_quoted, value))}]"


def _quoted(value: str | float) -> str:
    # a JSON string is a TOML basic string, except that TOML asks for DEL to be escaped
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("\x7f", "\\u007f")
