"""The LBMC benchmark: joint angles from markers and from five markerless methods.

The files are tables of ten joint angles in rad, one per participant and task; the markers at
120 Hz, the methods at 60 Hz. An angle is NaN where a method does not estimate it, or lost it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kinebench.core.motion import Coordinate, Motion
from kinebench.datasets.catalogue import find_card
from kinebench.datasets.contents import Contents
from kinebench.datasets.places import Places
from kinebench.datasets.sample import Sample
from kinebench.errors import FileFormatError, ValueRangeError

DATASET = "lbmc-markerless-benchmark"
_FILE = re.compile(
    r"Data/(?P<origin>Markers|Markerless/(?P<method>\w+))/(?P<task>.+)_(?P<who>participant_\d+)\.csv"
)


@dataclass(frozen=True, slots=True)
class JointAnglePair:
    """Joint angles of one recording from markers (reference) and from one markerless method."""

    participant: str
    task: str
    method: str
    reference: Motion
    estimate: Motion


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """A row of the authors' table, rad; NaN where the method lacks the task or the joint."""

    participant: str
    task: str
    joint: str
    method: str
    bias: float
    conf_interval: float
    r_squared: float
    rmsd: float


@dataclass(frozen=True, slots=True)
class _LbmcLoader:
    """A sample per participant and task: ``participant_01/gait``."""

    def names(self, contents: Contents) -> tuple[str, ...]:
        return tuple(f"{who}/{task}" for who, task, method in _recordings(contents) if not method)

    def load(self, contents: Contents, name: str) -> Sample:
        files = {
            method or "reference": path
            for (who, task, method), path in _recordings(contents).items()
            if f"{who}/{task}" == name
        }
        return Sample(
            dataset=contents.card.name,
            name=name,
            activity=name.partition("/")[2],
            motions={key: _read_angles(contents.file(path)) for key, path in files.items()},
        )


LOADER = _LbmcLoader()


def pairs(places: Places | None = None) -> Iterator[JointAnglePair]:
    """Every recording that a method covers, by participant, task, method."""
    contents = _contents(places)
    for name in LOADER.names(contents):
        motions = dict(LOADER.load(contents, name).motions)
        reference = motions.pop("reference")
        participant, _, task = name.partition("/")
        for method, estimate in sorted(motions.items()):
            yield JointAnglePair(participant, task, method, reference, estimate)


def published_descriptives(places: Places | None = None) -> tuple[PublishedRow, ...]:
    """The authors' own table, ``stats_descriptives.csv``, empty rows included."""
    path = _contents(places).file("Data/stats_descriptives.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            PublishedRow(
                row["participant"],
                row["task"],
                row["joint"],
                row["method"],
                *(
                    float(row[field] or "nan")
                    for field in ("bias", "conf_interval", "r_squared", "rmsd")
                ),
            )
            for row in csv.DictReader(file)
        )


def _contents(places: Places | None) -> Contents:
    places = places or Places.from_environment()
    return Contents(find_card(DATASET, places), places)


def _recordings(contents: Contents) -> dict[tuple[str, str, str], str]:
    """Paths by participant, task and method; the method of the markers is empty."""
    found = {}
    for path in contents.paths:
        if match := _FILE.fullmatch(path):
            found[match["who"], match["task"], match["method"] or ""] = path
    return dict(sorted(found.items()))


def _read_angles(path: Path) -> Motion:
    """Motion (n_frames, 10) rad of one csv file."""
    with path.open(encoding="utf-8") as file:
        columns = file.readline().strip().split(",")
        if columns[0] != "Time" or len(columns) < 2:
            raise FileFormatError(f"{path.name}, line 1: the first column must be Time")
        try:
            table = np.genfromtxt(file, delimiter=",", ndmin=2)
        except ValueError as error:
            raise FileFormatError(f"{path.name}: {error}") from error
    if table.shape[1:] != (len(columns),):
        raise FileFormatError(f"{path.name}: {len(columns)} columns are named, found {table.shape}")
    try:
        return Motion(tuple(map(Coordinate, columns[1:])), table[:, 0], table[:, 1:])
    except ValueRangeError as error:
        raise FileFormatError(f"{path.name}: {error}") from error
