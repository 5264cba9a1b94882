"""The loader of every data set whose card states a layout by patterns.

A sample's motions, markers and models have the keys of the patterns. Its subject is read from
OpenCap's metadata where a pattern names them, and is the card's otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

from kinebench.core.markers import Markers
from kinebench.core.subject import Subject
from kinebench.datasets.contents import Contents
from kinebench.datasets.loaders.loader import KEYPOINTS, keypoints
from kinebench.datasets.patterns import (
    Item,
    activity_of,
    find_items,
    items_of_sample,
    sample_values,
)
from kinebench.datasets.sample import Sample
from kinebench.errors import DatasetError, FileFormatError
from kinebench.io.documents import parse_yaml, read_text


@dataclass(frozen=True, slots=True)
class PatternLoader:
    """Samples by the patterns of the card."""

    def names(self, contents: Contents) -> tuple[str, ...]:
        return tuple(sample_values(_items(contents)))

    def load(self, contents: Contents, name: str) -> Sample:
        items = _items(contents)
        values = sample_values(items)[name]
        found = items_of_sample(items, values)
        markers = {
            key: contents.markers(item.path, item.pattern.axes)
            for key, item in found["markers"].items()
        }
        metadata = next(iter(found["subject"].values()), None)
        return Sample(
            dataset=contents.card.name,
            name=name,
            subject=contents.subject if metadata is None else _subject(contents, metadata.path),
            activity=activity_of(values),
            markers={**_default_keypoints(contents.card.keypoints, markers), **markers},
            motions={key: contents.motion(item.path) for key, item in found["motion"].items()},
            models={key: contents.model(item.path) for key, item in found["model"].items()},
        )


LOADER = PatternLoader()


def _items(contents: Contents) -> tuple[Item, ...]:
    return find_items(contents.card.patterns, contents.paths)


def _default_keypoints(key: str, markers: dict[str, Markers]) -> dict[str, Markers]:
    """The 20 keypoints of the set-up that the card names, where a file of it holds them all."""
    for setup, found in markers.items():
        if key and setup.startswith(key) and set(KEYPOINTS) <= set(found.names):
            return {"keypoints": keypoints(found)}
    return {}


def _subject(contents: Contents, path: str) -> Subject:
    try:
        stated = parse_yaml(read_text(contents.file(path)), path)
        return Subject(
            mass_kg=float(stated["mass_kg"]),
            height_m=float(stated["height_m"]),
            identifier=str(stated.get("subjectID", "subject")),
            sex=stated.get("gender_mf") or stated.get("sex"),
        )
    except (FileFormatError, KeyError, TypeError, ValueError) as error:
        raise DatasetError(f"{path} does not state mass_kg and height_m: {error}") from error
