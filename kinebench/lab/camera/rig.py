"""A rig: cameras that see, software that triangulates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.keypoints import OPENCAP_20
from kinebench.core.limits import Limit, require_within
from kinebench.core.markers import Markers
from kinebench.errors import NotApplicableError, require_names
from kinebench.geometry.cameras import depths, project, triangulate
from kinebench.lab.camera.calibration import Calibration
from kinebench.lab.camera.chain import CameraError, Chain
from kinebench.lab.camera.detector import Detector, View
from kinebench.lab.camera.phones import Phones
from kinebench.lab.camera.time import sampled
from kinebench.lab.seeds import generator

_PHONES, _EXACT, _FAULTLESS = Phones(), Calibration(), Detector()
_LATE = Limit(-60_000, 60_000, "ms", "a minute is longer than a movement")


@dataclass(frozen=True, slots=True)
class Rig:
    """Keypoints as cameras, a detector and triangulation give them.

    Every camera sees the keypoints where they are (late, if it is late) and where its detector
    takes them to be; the software triangulates what they see by cameras that it knows only from
    its calibration. A perfect rig changes nothing.

    `record` gives a rig the joint centres of the body, so that biases mean the same on any.

    The person faces +x; the room's middle is the middle of the recording. Calibration and what
    belongs to person, side and view are drawn by the first name, which is the person's, and so are
    the same in all trials of a visit; synchronisation and noise are drawn by all names.

    Parameters
    ----------
    phones : Phones
    calibration : Calibration
    detector : Detector
    late_ms : float
        How much later than the others the last camera sees.
    sync_sd_ms : float
        Spread of further differences, of every camera but the first, drawn for each trial.
    """

    limits: ClassVar[Mapping[str, Limit]] = {
        "late_ms": _LATE,
        "sync_sd_ms": Limit(0, 60_000, "ms", "a minute is longer than a movement"),
    }

    phones: Phones = _PHONES
    calibration: Calibration = _EXACT
    detector: Detector = _FAULTLESS
    late_ms: float = 0.0
    sync_sd_ms: float = 0.0

    def __post_init__(self) -> None:
        require_within(self)

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        """Film and triangulate.

        Raises
        ------
        NameNotFoundError
            For a keypoint that is none of OpenCap's twenty, or when one of them is missing: where a
            detector errs follows from the whole posture.
        NotApplicableError
            When keypoints are missing in some frames: cameras film people, not recordings.
        """
        require_names(keypoints.names, OPENCAP_20, "keypoint", "what a rig films")
        require_names(OPENCAP_20, keypoints.names, "keypoint", "the recording")
        if keypoints.missing.any():
            raise NotApplicableError(
                "a rig films what is there, and keypoints are missing in"
                f" {int(keypoints.missing.any(axis=1).sum())} frames; put it first in the chain"
            )
        middle = _middle(keypoints)
        distance = self.phones.distance_for(keypoints.positions, middle)
        places = keypoints.with_positions(self.detector.places(keypoints, *names))
        views = [
            self._view(keypoints, places, middle, P, number, *names)
            for number, P in enumerate(self.phones.matrices(middle, distance))
        ]
        believed = self.calibration.believed(self.phones, middle, distance, *names)
        points = triangulate(
            believed,
            np.stack([view.pixels.reshape(-1, 2) for view in views]),
            np.stack([view.confidence.ravel() for view in views]),
        )
        scale, R = self.calibration.world(*names)
        return keypoints.with_positions(scale * points.reshape(keypoints.positions.shape) @ R.T)

    def _view(
        self,
        keypoints: Markers,
        places: Markers,
        middle: FloatArray,
        P: FloatArray,
        number: int,
        *names: str,
    ) -> View:
        late = self.late_ms if number == self.phones.count - 1 else 0.0
        if number and self.sync_sd_ms:
            late += self.sync_sd_ms * generator("sync", *names, number).standard_normal()
        if late:
            at = keypoints.times - late / 1000
            keypoints, places = (
                one.with_positions(sampled(one, at)) for one in (keypoints, places)
            )
        pixels = project(P, places.positions)
        pixels[np.logical_not(self.phones.inside(pixels))] = np.nan
        px_per_mm = self.phones.focal_px / (1000 * depths(P, places.positions))
        towards = -np.linalg.solve(P[:, :3], P[:, 3]) - middle
        return self.detector.view(keypoints, pixels, px_per_mm, towards, number, *names)


def _middle(keypoints: Markers) -> FloatArray:
    """On the floor, half-way along what the person covers, (3,) m."""
    path = keypoints.positions.mean(axis=1)
    middle = (path.min(axis=0) + path.max(axis=0)) / 2
    return np.array([middle[0], 0.0, middle[2]])


def begins_with_rig(errors: CameraError) -> bool:
    """Whether these errors start with a rig, which films joint centres."""
    while isinstance(errors, Chain) and errors.errors:
        errors = errors.errors[0]
    return isinstance(errors, Rig)
