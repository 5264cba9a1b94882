"""Bias: a detector's keypoint is not where the joint is, and the pose says by how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.limits import Limit, require_within
from kinebench.core.markers import Markers
from kinebench.errors import require_names
from kinebench.geometry.rotations import angle_between, unit
from kinebench.lab.camera.chain import DISTANCE

Axes = tuple[float, float, float]

# keypoint without side: the segment that it turns with, from its lower to its upper end
_SEGMENT = {
    "Shoulder": ("midHip", "Neck"), "Neck": ("midHip", "Neck"), "midHip": ("midHip", "Neck"),
    "Elbow": ("Elbow", "Shoulder"), "Wrist": ("Wrist", "Elbow"), "Hip": ("Knee", "Hip"),
    "Knee": ("Knee", "Hip"), "Ankle": ("Ankle", "Knee"), "Heel": ("Ankle", "Knee"),
    "BigToe": ("Ankle", "Knee"), "SmallToe": ("Ankle", "Knee"),
}  # fmt: skip
_FEET = ("Heel", "BigToe", "SmallToe")


@dataclass(frozen=True, slots=True)
class KeypointBias:
    """Bias of a keypoint of both sides.

    Parameters
    ----------
    keypoint : str
        Without side: "Hip" stands for RHip and LHip.
    offset_mm : (float, float, float)
        Forwards, along the segment upwards, and outwards (to the right for keypoints in the
        middle), in the frame of its segment, so that it turns with the limb. Feet: in the room.
    per_flexion_mm : (float, float, float)
        What is added per radian of the same side's knee flexion (keypoints in the middle and of
        the arms: the mean of both knees).
    """

    limits: ClassVar[Mapping[str, Limit]] = {"offset_mm": DISTANCE, "per_flexion_mm": DISTANCE}

    keypoint: str
    offset_mm: Axes
    per_flexion_mm: Axes = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        require_names([self.keypoint], _SEGMENT, "keypoint", "a bias")
        require_within(self)


@dataclass(frozen=True, slots=True)
class PoseBias:
    """Biases of several keypoints, computed from the keypoints' own pose.

    Frames: up along the segment; forwards is across it and across the line of the hips.
    """

    biases: tuple[KeypointBias, ...]

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        """Shift keypoints; `names` change nothing here.

        Raises
        ------
        NameNotFoundError
            When keypoints that make up the frames are missing from the recording.
        """
        positions = np.array(keypoints.positions)
        flexion = {side: _knee_flexion(keypoints, side) for side in "RL"}
        for bias in self.biases:
            for side in ("",) if bias.keypoint in ("Neck", "midHip") else ("R", "L"):
                name = side + bias.keypoint
                require_names([name], keypoints.names, "keypoint", "the recording")
                legs = [flexion[side]] if side and _of_leg(bias.keypoint) else flexion.values()
                mean = np.mean(list(legs), axis=0)
                amount = np.array(bias.offset_mm) + np.outer(mean, bias.per_flexion_mm)
                amount[:, 2] *= -1.0 if side == "L" else 1.0
                axes = segment_axes(keypoints, side, bias.keypoint)
                shift = np.einsum("fk,kfi->fi", amount / 1000, axes)
                positions[:, keypoints.names.index(name)] += shift
        return keypoints.with_positions(positions)


def _of_leg(keypoint: str) -> bool:
    return keypoint in ("Hip", "Knee", "Ankle", *_FEET)


def _knee_flexion(keypoints: Markers, side: str) -> FloatArray:
    hip, knee, ankle = (keypoints.position(side + name) for name in ("Hip", "Knee", "Ankle"))
    return angle_between(knee - hip, ankle - knee)


def segment_axes(keypoints: Markers, side: str, keypoint: str) -> FloatArray:
    """Forwards, upwards and right (3, n_frames, 3)."""
    right = unit(keypoints.position("RHip") - keypoints.position("LHip"))
    lower, upper = (
        keypoints.position(name if name in ("midHip", "Neck") else side + name)
        for name in _SEGMENT[keypoint]
    )
    up = np.tile([0.0, 1.0, 0.0], (len(right), 1)) if keypoint in _FEET else unit(upper - lower)
    forwards = unit(np.cross(up, right))
    return np.stack([forwards, up, np.cross(forwards, up)])
