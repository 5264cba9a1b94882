"""What a loader is, and the loader of datasets whose samples are a table of files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from kinebench.core.markers import Markers
from kinebench.datasets.contents import Contents
from kinebench.datasets.sample import Sample

KEYPOINTS = (
    "Neck", "RShoulder", "RElbow", "RWrist", "LShoulder", "LElbow", "LWrist", "midHip",
    "RHip", "RKnee", "RAnkle", "LHip", "LKnee", "LAnkle",
    "LBigToe", "LSmallToe", "LHeel", "RBigToe", "RSmallToe", "RHeel",
)  # fmt: skip
"""The 20 video keypoints of OpenCap's TRC files, in their order."""


class Loader(Protocol):
    """Gives the samples of one dataset."""

    def names(self, contents: Contents) -> tuple[str, ...]:
        """Names of the samples."""
        ...

    def load(self, contents: Contents, name: str) -> Sample:
        """The sample of one of these names."""
        ...


@dataclass(frozen=True, slots=True)
class MarkersIn:
    """Some of the markers of a TRC file."""

    path: str
    choose: Callable[[Markers], Markers]


@dataclass(frozen=True, slots=True)
class SampleFiles:
    """Paths of the files of a sample, under the keys of `Sample`."""

    activity: str = "unknown"
    markers: Mapping[str, str | MarkersIn] = field(default_factory=dict)
    motions: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TableLoader:
    """Samples of one subject, each a row of a table of files."""

    rows: Mapping[str, SampleFiles]

    def names(self, contents: Contents) -> tuple[str, ...]:
        return tuple(self.rows)

    def load(self, contents: Contents, name: str) -> Sample:
        row = self.rows[name]
        return Sample(
            dataset=contents.card.name,
            name=name,
            subject=contents.subject,
            activity=row.activity,
            markers={key: _markers(contents, entry) for key, entry in row.markers.items()},
            motions={key: contents.motion(path) for key, path in row.motions.items()},
            models={key: contents.model(path) for key, path in row.models.items()},
        )


def keypoints(markers: Markers) -> Markers:
    """The 20 video keypoints among the markers of a TRC file."""
    return markers.select(KEYPOINTS)


def augmented(markers: Markers) -> Markers:
    """The markers that an augmenter added, by the endings that the versions give them."""
    return markers.select(name for name in markers.names if name.endswith(("_study", "_augmenter")))


def _markers(contents: Contents, entry: str | MarkersIn) -> Markers:
    if isinstance(entry, str):
        return contents.markers(entry)
    return entry.choose(contents.markers(entry.path))
