"""Virtual trials to train and to judge augmenters on; every number comes from names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.subject import Subject
from kinebench.errors import ValueRangeError, require_names
from kinebench.geometry.rotations import rotation_about_vertical
from kinebench.kinematics import marker_positions
from kinebench.lab import Body, Population
from kinebench.lab.camera.presets import OPENPOSE_BIAS, two_phones
from kinebench.lab.seeds import generator
from kinebench.training.activities import ACTIVITIES, draw_motion

_ATTEMPTS = 20
_IMAGE_FILTER_HZ = 12.0  # of gait, as OpenCap's


@dataclass(frozen=True, slots=True)
class VirtualTrial:
    """A trial whose markers are known.

    Parameters
    ----------
    name : str
    activity : str
    subject : Subject
    keypoints : Markers
        As the cameras see them.
    clean_keypoints : Markers
        With the detector's bias, without noise.
    markers : Markers
        The anatomical markers where they sit on this person.
    nominal_markers : Markers
        Where they would sit if they had been placed as in the mean of the population: on the same
        body in the same pose.
    """

    name: str
    activity: str
    subject: Subject
    keypoints: Markers
    clean_keypoints: Markers
    markers: Markers
    nominal_markers: Markers


@dataclass(frozen=True, slots=True)
class Cohort:
    """Subjects of a population, each doing each activity once: an iterable of virtual trials.

    Parameters
    ----------
    population : Population
        Its name is part of every seed: other names are other people and other trials.
    n_subjects : int
    activities : tuple of str
    takes : int
        Of each motion: other headings and other noise.
    rate_hz : float

    Raises
    ------
    NameNotFoundError
        For an activity that is unknown.
    ValueRangeError
        Without a subject or take; while iterating, when a body can do no draw of an activity.
    """

    population: Population
    n_subjects: int
    activities: tuple[str, ...] = tuple(ACTIVITIES)
    takes: int = 1
    rate_hz: float = 60.0

    def __post_init__(self) -> None:
        require_names(self.activities, ACTIVITIES, "activity", "the training's activities")
        for name in ("n_subjects", "takes"):
            if getattr(self, name) < 1:
                raise ValueRangeError(f"{name} must be 1 or more, found {getattr(self, name)}")

    def __len__(self) -> int:
        return self.n_subjects * len(self.activities) * self.takes

    def __iter__(self) -> Iterator[VirtualTrial]:
        for subject in self.population.subjects(self.n_subjects):
            body, nominal = subject.body(), replace(subject, marker_shifts=()).body()
            for activity in self.activities:
                name = f"{subject.identifier} {activity}"
                times, values = _motion(body, name, activity, self.rate_hz)
                whole = _placed(body, times, values)
                played = _Played(
                    name,
                    activity,
                    subject.as_subject(),
                    whole.select(body.keypoint_names),
                    whole.select(body.marker_names),
                    _placed(nominal, times, values).select(body.marker_names),
                )
                for take in range(1, self.takes + 1):
                    yield played.filmed(f"{name} take {take}")


@dataclass(frozen=True, slots=True)
class _Played:
    """A motion of a subject, in the room where it was played."""

    name: str
    activity: str
    subject: Subject
    keypoints: Markers
    markers: Markers
    nominal_markers: Markers

    def filmed(self, name: str) -> VirtualTrial:
        camera = two_phones(_IMAGE_FILTER_HZ if self.activity == "gait" else None)
        heading = float(generator("heading", name).uniform(-np.pi, np.pi))
        # turned after filming: the cameras stand in front of the person, wherever that is
        R = rotation_about_vertical(heading)

        def turned(markers: Markers) -> Markers:
            return markers.with_positions(markers.positions @ R.T)

        return VirtualTrial(
            name,
            self.activity,
            self.subject,
            turned(camera(self.keypoints, name)),
            turned(OPENPOSE_BIAS(self.keypoints)),
            turned(self.markers),
            turned(self.nominal_markers),
        )


def _placed(body: Body, times: FloatArray, values: FloatArray) -> Markers:
    tree = body.tree
    return Markers(tree.marker_names, times, marker_positions(tree, values))


def _motion(body: Body, name: str, activity: str, rate_hz: float) -> tuple[FloatArray, FloatArray]:
    """Times and coordinates of the first draw that this body can do."""
    for attempt in range(_ATTEMPTS):
        try:
            course = draw_motion(activity, generator("motion", name, attempt))(body, rate_hz)
        except ValueRangeError:
            continue  # beyond a joint's range or a leg's length: another draw
        return course.times, course.values
    raise ValueRangeError(f"none of {_ATTEMPTS} draws of {activity} is possible for {name}")
