"""A copy of OpenCap's laboratory validation that a person fetched from SimTK.

A sample is a trial with optical inverse kinematics: ``subject2/walking1``. Its estimates are keyed
by detector and number of cameras: ``HRNet/2-cameras``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kinebench.core.markers import Markers
from kinebench.core.subject import Subject
from kinebench.datasets.contents import Contents
from kinebench.datasets.loaders.loader import KEYPOINTS, keypoints
from kinebench.datasets.sample import Sample
from kinebench.errors import DatasetError, FileFormatError
from kinebench.io.documents import parse_yaml, read_text

DEFAULT_SETUP = "HRNet/2-cameras"
"""Detector and cameras whose keypoints are a sample's ``keypoints``."""

_REFERENCE = re.compile(
    r"(?P<subject>(?:.*/)?subject\d+)/OpenSimData/Mocap/IK/(?P<trial>[^/]+)\.mot"
)


@dataclass(frozen=True, slots=True)
class _SimtkLoader:
    def names(self, contents: Contents) -> tuple[str, ...]:
        matches = filter(None, map(_REFERENCE.fullmatch, contents.paths))
        return tuple(f"{match['subject']}/{match['trial']}" for match in matches)

    def load(self, contents: Contents, name: str) -> Sample:
        subject, _, trial = name.rpartition("/")
        video_markers = {
            setup: contents.markers(path)
            for setup, path in _by_setup(contents, f"{subject}/MarkerData/Video", trial, "trc")
        }
        motions = {
            setup: contents.motion(path)
            for setup, path in _by_setup(contents, f"{subject}/OpenSimData/Video", trial, "mot")
        }
        mocap = f"{subject}/MarkerData/Mocap/{trial}.trc"
        markers = {**_default_keypoints(video_markers), **video_markers}
        if mocap in contents.paths:
            markers["mocap"] = contents.markers(mocap)
        reference = contents.motion(f"{subject}/OpenSimData/Mocap/IK/{trial}.mot")
        models = [
            path
            for path in contents.paths
            if path.startswith(f"{subject}/OpenSimData/Mocap/Model/")
            and path.endswith("_scaled.osim")
        ]
        return Sample(
            dataset=contents.card.name,
            name=name,
            subject=_subject(contents, f"{subject}/sessionMetadata.yaml"),
            activity=re.sub(r"\d+$", "", trial),
            markers=markers,
            motions={"reference": reference, **motions},
            models={"scaled": contents.model(models[0])} if len(models) == 1 else {},
        )


LOADER = _SimtkLoader()


def _by_setup(contents: Contents, folder: str, trial: str, ending: str) -> list[tuple[str, str]]:
    """(setup, path) of the files of a trial below ``folder/DETECTOR/N-cameras``."""
    pattern = re.compile(
        rf"{re.escape(folder)}/(?P<setup>[^/]+/\d+-cameras)/(?:(?P<stage>.+)/)?"
        rf"{re.escape(trial)}\.{ending}"
    )
    found = []
    for path in contents.paths:
        if match := pattern.fullmatch(path):
            stage = match["stage"]
            plain = stage is None or stage in ("IK", "Kinematics")
            found.append((match["setup"] if plain else f"{match['setup']}/{stage}", path))
    return found


def _default_keypoints(video: Mapping[str, Markers]) -> dict[str, Markers]:
    """The 20 keypoints of the default set-up, where a file of it holds them all."""
    for setup, markers in video.items():
        if setup.startswith(DEFAULT_SETUP) and set(KEYPOINTS) <= set(markers.names):
            return {"keypoints": keypoints(markers)}
    return {}


def _subject(contents: Contents, path: str) -> Subject | None:
    if path not in contents.paths:
        return None
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
