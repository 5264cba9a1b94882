"""What a recording shows over time, as courses: the pictures that flags lead to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.segments import segment_lengths
from kinebench.core.trial import Trial
from kinebench.diagnosis.features import calm
from kinebench.diagnosis.straightness import knee_angles_deg


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One quantity of right and left over time.

    Parameters
    ----------
    title, quantity : str
        Of which recording; with the unit.
    times : (n_frames,) s
    right, left : (n_frames,)
    """

    title: str
    quantity: str
    times: FloatArray
    right: FloatArray
    left: FloatArray


def _stance(recording: Markers, title: str) -> list[Panel]:
    angles = knee_angles_deg(calm(recording))
    if angles is None:
        return []
    right, left = angles.T
    return [Panel(title, "knee flexion by keypoints (°)", recording.times, right, left)]


def _lengths(recording: Markers, title: str) -> list[Panel]:
    courses = segment_lengths(calm(recording))
    found = []
    for name in ("thigh", "shank"):
        sides = [courses.get(f"{side} {name}") for side in ("right", "left")]
        if sides[0] is not None and sides[1] is not None:
            right, left = (1e3 * course for course in sides if course is not None)
            found.append(Panel(title, f"{name} by keypoints (mm)", recording.times, right, left))
    return found


def _heights(recording: Markers, title: str) -> list[Panel]:
    return _of_joint(recording, title, ("Hip", "Knee"))


def _feet(recording: Markers, title: str) -> list[Panel]:
    return _of_joint(recording, title, ("Heel", "BigToe"))


def _of_joint(recording: Markers, title: str, joints: tuple[str, ...]) -> list[Panel]:
    found = []
    for joint in joints:
        if {"R" + joint, "L" + joint} <= set(recording.names):
            right, left = (1e3 * recording.position(side + joint)[:, 1] for side in "RL")
            quantity = f"height of the {joint} keypoint (mm)"
            found.append(Panel(title, quantity, recording.times, right, left))
    return found


PICTURES: Mapping[str, Callable[[Markers, str], list[Panel]]] = MappingProxyType(
    {"stance": _stance, "lengths": _lengths, "heights": _heights, "feet": _feet}
)
"""Pictures by name."""


def panels_of(picture: str, trial: Trial) -> tuple[Panel, ...]:
    """Panels of a picture, of static trial and movement; none where keypoints are lacking.

    Parameters
    ----------
    picture : str
        One of `PICTURES`, or "none".
    trial : Trial
    """
    if picture not in PICTURES:
        return ()
    found: list[Panel] = []
    for title, recording in (("static trial", trial.static), ("movement", trial.keypoints)):
        if recording is not None:
            found += PICTURES[picture](recording, title)
    return tuple(panel for panel in found if np.isfinite(panel.right + panel.left).any())
