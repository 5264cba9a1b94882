"""What a file or folder is that was named where something else is wanted, and what takes it."""

from __future__ import annotations

import argparse
import re
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from kinebench.errors import KinebenchError
from kinebench.remarks import carry, remarks_of


class Kind(NamedTuple):
    """What a path can be.

    Parameters
    ----------
    what : str
        Completes "squat.mot is …".
    taken_by : tuple of str
        Commands, with ``{}`` for the path.
    """

    what: str
    taken_by: tuple[str, ...]


_ON_SESSION = ("kinebench run {} --out DIR", "kinebench audit {}", "kinebench why {}")
_KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "session": Kind("an OpenCap session", _ON_SESSION),
        "zipped session": Kind("an OpenCap session as a zip archive", _ON_SESSION),
        "sessions": Kind("a folder of OpenCap sessions", ("kinebench run {} --all --out DIR",)),
        "dataset": Kind(
            "the name of a public data set", ("kinebench data show {}", "kinebench data fetch {}")
        ),
        "markers": Kind(
            "a recording of markers or keypoints",
            (
                "kinebench run --keypoints {} --mass KG --height M --out DIR",
                "kinebench compare {} ESTIMATE",
                "kinebench validate {} VIDEO",
            ),
        ),
        "motion": Kind(
            "a table over time, such as joint angles",
            ("kinebench compare {} ESTIMATE", "kinebench validate {} VIDEO"),
        ),
        "model": Kind(
            "an OpenSim model",
            ("kinebench run … --scaled-model {}", "kinebench compare … --model {}"),
        ),
        "set-up": Kind("an OpenSim set-up: kinebench finds those of a session itself", ()),
        "study": Kind("a study", ("kinebench study run {} --out DIR",)),
        "gate": Kind("a gate", ("kinebench check {}",)),
        "baseline": Kind(
            "a gate's baseline", ("kinebench baseline show {}", "kinebench check --baseline {}")
        ),
        "pipeline": Kind(
            "a pipeline's description",
            ("kinebench run … --pipeline {}", "kinebench compare REFERENCE {} --recordings DIR"),
        ),
        "run": Kind(
            "the results of 'kinebench run'",
            ("kinebench compare REFERENCE.mot {}/kinematics.mot",),
        ),
        "page": Kind("a page, to be opened in a browser", ()),
    }
)


class _Wanted(NamedTuple):
    """What an argument takes: kinds, and in words."""

    kinds: tuple[str, ...]
    words: str


_SESSION = _Wanted(
    ("session", "zipped session", "sessions", "dataset"),
    "an OpenCap session (a folder, its .zip, or a data set's name)",
)
_MARKERS = _Wanted(("markers", "table"), "a recording (TRC, C3D, NPY, NPZ or CSV)")
_MOTION = _Wanted(("motion",), "a motion (.mot or .sto)")
_COMPARED = _Wanted(
    ("motion", "markers", "folder", "session", "sessions", "run"),
    ".mot, .sto or .trc, or a folder of them",
)
_MODEL = _Wanted(("model",), "an OpenSim model (.osim)")
_NAME = _Wanted(("dataset",), "a data set's name ('kinebench data list' has them)")
_TABLE = _Wanted(("table",), "a CSV")

# by argument, those of one command before those of all
_WANTED: Mapping[str, _Wanted] = MappingProxyType(
    {
        "session": _SESSION,
        "keypoints": _MARKERS,
        "static": _MARKERS,
        "static_mocap": _MARKERS,
        "event_markers": _MARKERS,
        "identify file": _Wanted(("markers",), "a .trc with keypoints and augmented markers"),
        "motion": _MOTION,
        "scaled_model": _MODEL,
        "model": _MODEL,
        "pipeline": _Wanted(("pipeline", "study", "gate"), "a .toml with a table [pipeline]"),
        "reference": _COMPARED,
        "estimate": _Wanted(
            (*_COMPARED.kinds, "pipeline", "gate"), f"{_COMPARED.words}, or a pipeline (.toml)"
        ),
        "mocap": _Wanted(("motion", "markers", "folder", "dataset"), ".c3d, .trc, .mot or .sto"),
        "video": _Wanted(
            ("motion", "markers", "folder", *_SESSION.kinds[:3], "run"),
            "an OpenCap session, a Pose2Sim project, .mot, .sto or .trc",
        ),
        "pairs": _TABLE,
        "pilot": _TABLE,
        "recordings": _Wanted(("folder",), "a folder of .trc"),
        "study": _Wanted(("study", "folder"), "a study (.toml), or a folder of them"),
        "gate": _Wanted(("gate", "pipeline"), "a gate (.toml)"),
        "baseline": _Wanted(("baseline",), "a gate's baseline (.toml)"),
        "baseline file": _Wanted(("baseline",), "a gate's baseline (.toml)"),
        "before": _Wanted(("baseline",), "a gate's baseline (.toml)"),
        "after": _Wanted(("baseline",), "a gate's baseline (.toml)"),
        "name": _NAME,
        "names": _NAME,
        "target": _Wanted(("dataset", "folder", *_SESSION.kinds), "a data set's name or a folder"),
        "data folder": _Wanted(("folder", *_SESSION.kinds[:3]), "a folder"),
    }
)

_ENDINGS: Mapping[str, str] = MappingProxyType(
    {
        ".trc": "markers", ".c3d": "markers",
        ".npy": "table", ".npz": "table", ".csv": "table", ".tsv": "table", ".txt": "table",
        ".mot": "motion", ".sto": "motion", ".html": "page", ".htm": "page",
    }
)  # fmt: skip
# a table that one of our TOML files alone has, the most telling first
_TABLES: Mapping[str, str] = MappingProxyType(
    {"factors": "study", "figures": "baseline", "gate": "gate", "under_test": "gate",
     "pipeline": "pipeline"}
)  # fmt: skip
_MOST_BYTES = 10_000_000  # baselines have about 1 MB; more is nobody's TOML


@contextmanager
def explained(arguments: argparse.Namespace) -> Iterator[None]:
    """Let an error of the block say what was named instead of what is wanted, where that is why.

    Only what fails is looked at: what a command can use, it uses.
    """
    try:
        yield
    except KinebenchError as error:
        mismatch = next(_mismatches(arguments), "")
        if not mismatch:
            raise
        better = type(error)(mismatch)
        carry(better, remarks_of(error))
        raise better from error


def kind_of(path: Path) -> str:
    """Which kind a path is, a key of what this module knows; "" where none of them fits."""
    try:
        if path.is_dir():
            return _kind_of_folder(path)
        if path.is_file():
            return _kind_of_file(path)
    except OSError:  # a name that the file system refuses, or no right to look
        return ""
    from kinebench.datasets.catalogue import cards

    return "dataset" if str(path) in cards() else ""


def _mismatches(arguments: argparse.Namespace) -> Iterator[str]:
    command = getattr(arguments, "command", "")
    for name, value in vars(arguments).items():
        wanted = _WANTED.get(f"{command} {name}") or _WANTED.get(name)
        values = value if isinstance(value, list | tuple) else [value]
        for one in values:
            if wanted is None or not isinstance(one, Path | str):
                continue
            found = kind_of(Path(one))
            if found in _KINDS and found not in wanted.kinds:
                yield _in_words(one, found, wanted)


def _in_words(named: Path | str, kind: str, wanted: _Wanted) -> str:
    what, taken_by = _KINDS[kind]
    # a second command may be what is meant, a third is noise
    commands = " or ".join(f"'{command.format(named)}'" for command in taken_by[:2])
    which = f", which {commands} takes" if commands else ""
    return f"{named} is {what}{which}; wanted here: {wanted.words}"


def _kind_of_folder(path: Path) -> str:
    from kinebench.io.session_folder import child

    parts = {part.name.casefold() for part in (path, path.absolute().parent)}
    if child(path, "MarkerData").is_dir() or parts & {"markerdata", "opensimdata"}:
        return "session"
    if (path / "run.json").is_file():
        return "run"
    inside = [each for each in path.iterdir() if each.is_dir()]
    sessions = any(child(each, "MarkerData").is_dir() for each in inside)
    return "sessions" if sessions else "folder"


def _kind_of_file(path: Path) -> str:
    from kinebench.io.text import archive_kind

    with path.open("rb") as file:
        start = file.read(4096)
    ending = path.suffix.lower()
    if archive_kind(start) and ending != ".npz":
        return "zipped session" if _holds_session(path) else ""  # the reader names the archive
    if b"<OpenSimDocument" in start:
        return "model" if re.search(rb"<Model[\s>]", start) else "set-up"
    if ending == ".toml" and path.stat().st_size < _MOST_BYTES:
        return _kind_of_toml(path)
    return _ENDINGS.get(ending, "")


def _holds_session(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any("markerdata/" in name.casefold() for name in archive.namelist())
    except zipfile.BadZipFile:
        return False


def _kind_of_toml(path: Path) -> str:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except ValueError:
        return ""
    return next((kind for table, kind in _TABLES.items() if table in content), "")
