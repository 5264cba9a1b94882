"""Published studies: their figures with provenance, and what it takes to repeat them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from kinebench.comparison import PROCEDURES, Procedure, procedure
from kinebench.errors import FileFormatError, ValueRangeError, require_names
from kinebench.io.documents import parse_toml

ACTIVITIES = {"walking": "walking", "squats": "squats", "sit-to-stand": "STS", "drop jump": "DJ"}
"""The activities of the studies, and what the names of their trials begin with."""

ALL_TRIALS = "all"
ANGLES, TRANSLATIONS = "angles", "translations"
SMALLEST, LARGEST = "smallest angle", "largest angle"

_SI = {"deg": ("rad", math.pi / 180), "mm": ("m", 1e-3)}
_READ = ("itself", "quoted")


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """A figure as a study prints it.

    Parameters
    ----------
    activity : str
        A key of `ACTIVITIES`, or "all".
    of : str
        "angles" or "translations": the mean over coordinates; "smallest angle", "largest angle":
        of the coordinates' means; or a coordinate without its side.
    value : float
        rad or m.
    unit : {"rad", "m"}
    read : {"itself", "quoted"}
        In the source, or in somebody else's quotation of it.
    """

    activity: str
    of: str
    value: float
    unit: str
    read: str

    def __post_init__(self) -> None:
        require_names([self.activity], (*ACTIVITIES, ALL_TRIALS), "activity", "a published figure")
        require_names([self.read], _READ, "way of reading", "a published figure")


@dataclass(frozen=True, slots=True)
class Study:
    """A study that can be repeated on a data set.

    Parameters
    ----------
    name : str
        Also of its procedure in `kinebench.comparison.PROCEDURES`.
    title, citation : str
    link : str
        DOI, or an address where there is none.
    dataset : str
        Whose layout the data have.
    estimate : str
        Key of the motions of that data set that the study's figures are about; empty when it
        holds none.
    augmenter : str
        Version; empty where it was not read.
    subjects : int
    leave_out : tuple of str
        What names of trials contain that the study does not score.
    read_on : str
        The day on which the figures were read.
    caveats : tuple of str
        Why a figure may differ though everything was repeated.
    figures : tuple of PublishedFigure
    """

    name: str
    title: str
    citation: str
    link: str
    dataset: str
    estimate: str
    augmenter: str
    subjects: int
    leave_out: tuple[str, ...]
    read_on: str
    caveats: tuple[str, ...]
    figures: tuple[PublishedFigure, ...]

    @property
    def procedure(self) -> Procedure:
        """The authors' procedure."""
        return procedure(self.name)

    def figure(self, activity: str, of: str) -> PublishedFigure | None:
        """What the study prints of that; None where it was not read."""
        return next((one for one in self.figures if (one.activity, one.of) == (activity, of)), None)


@cache
def _studies() -> Mapping[str, Study]:
    text = (files("kinebench.literature") / "published.toml").read_text("utf-8")
    return {name: _study(name, entry) for name, entry in parse_toml(text, "published.toml").items()}


def _study(name: str, entry: Mapping[str, Any]) -> Study:
    try:
        return Study(
            name,
            entry["title"],
            entry["citation"],
            entry.get("doi") or entry["address"],
            entry["dataset"],
            entry.get("estimate", ""),
            entry["augmenter"],
            entry["subjects"],
            tuple(entry["leave_out"]),
            str(entry["read_on"]),
            tuple(entry["caveats"]),
            tuple(_figure(row) for row in entry["figures"]),
        )
    except KeyError as error:
        raise FileFormatError(f"published.toml, {name}: {error} is not stated") from error


def _figure(row: Mapping[str, Any]) -> PublishedFigure:
    require_names([row["unit"]], _SI, "unit", "published.toml")
    unit, scale = _SI[row["unit"]]
    return PublishedFigure(row["activity"], row["of"], row["value"] * scale, unit, row["read"])


STUDIES = ("opencap-2023", "falisse-2025", "opencapbench")
"""Names of the studies."""


def study(name: str) -> Study:
    """The study of that name; a `KinebenchError` lists the names that there are."""
    if name in PROCEDURES and name not in STUDIES:
        raise ValueRangeError(
            f"{name} is a procedure of 'kinebench compare REFERENCE ESTIMATE --preset {name}';"
            f" studies that are repeated on their data are {', '.join(STUDIES)}"
        )
    require_names([name], STUDIES, "preset", "kinebench validate")
    return _studies()[name]
