"""Where a detector sees keypoints: wrong by person, side, view and posture, and trembling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.core.keypoints import MIDPOINTS, OPENCAP_20
from kinebench.core.limits import Limit, require_within
from kinebench.core.markers import Markers
from kinebench.geometry.rotations import unit
from kinebench.lab.camera.bias import KeypointBias, segment_axes
from kinebench.lab.camera.chain import SPREAD, TIME
from kinebench.lab.camera.gaps import RATE, bursts
from kinebench.lab.camera.noise import matern
from kinebench.lab.camera.posture import joint_flexions, posture, posture_function
from kinebench.lab.seeds import generator

Axes = tuple[float, float, float]

_MIDDLE = ("Neck", "midHip")
# Joint whose flexion moves a keypoint: its own; the trunk's keypoints follow the hips.
_DRIVER = {"Hip": "Hip", "midHip": "Hip", "Shoulder": "Hip", "Neck": "Hip", "Elbow": "Elbow",
           "Wrist": "Elbow"}  # fmt: skip
# Spread of human annotators over the mean of these joints: COCO's keypoint constants (cocodataset
# .org) and COCO-WholeBody's of the feet (Jin et al. 2020). Midpoints average two.
_DIFFICULTY = {
    "Shoulder": 0.98, "Elbow": 0.90, "Wrist": 0.77, "Hip": 1.33, "Knee": 1.08, "Ankle": 1.11,
    "BigToe": 0.85, "SmallToe": 0.82, "Heel": 0.82, "Neck": 0.70, "midHip": 0.94,
}  # fmt: skip
# A hidden keypoint trembles more, by its share of hiding, and is trusted less.
_HIDDEN_NOISE = 0.5
# A moving one too: in OpenCap's recordings 1.5 times as much above 0.3 m/s as below 0.03 m/s.
_MOVING_NOISE, _MOVING_M_S = 0.8, 0.3
# Gaps that OpenCap closes in the images, with half the trust; longer ones stay open.
_CLOSED_S, _CLOSED_TRUST = 0.5, 0.5


@dataclass(frozen=True, slots=True)
class View:
    """One camera's keypoints.

    Parameters
    ----------
    pixels : (n_frames, n_keypoints, 2)
        NaN where there is no detection.
    confidence : (n_frames, n_keypoints)
    """

    pixels: FloatArray
    confidence: FloatArray


@dataclass(frozen=True, slots=True)
class Detector:
    """Errors of detected keypoints.

    Offsets in mm are at the person, as a detector sees a person at one size whatever the distance.
    Errors of place: what all people share (`biases`), and what differs by person (alike on both
    sides, in all views), by side, and by view; each has a part of upright stance and one that comes
    with posture. A part is constant in a trial. Errors in time: slow wandering and white noise in
    each view. Keypoints that are hard to point at have more of it all, hidden and moving
    ones more noise.

    Parameters
    ----------
    biases : tuple of KeypointBias
        Shared by all; the flexion that moves a keypoint is that of its own joint, of the hip for
        keypoints of the trunk.
    person_sd_mm : (float, float, float)
        Along the axes of `KeypointBias`.
    side_sd_mm, view_sd_mm, trial_sd_mm : float
        Per axis; side in space, view and trial in each image.
    posture_sd_mm, side_posture_sd_mm, view_posture_sd_mm : float
        What a posture far from upright adds to person, side and view, per axis.
    slow_sd_mm, slow_corner_hz : float
        Wandering in each image: a Matérn process, as `ColouredNoise`.
    white_px : (float, float)
        Across the image and along its height.
    lost_per_min, lost_s : float
        Bursts without detection, per minute, keypoint and view, and their mean length. Gaps of half
        a second or less are closed in the image, as OpenCap does, and trusted half.
    """

    limits: ClassVar[Mapping[str, Limit]] = {
        **dict.fromkeys(
            (
                "person_sd_mm", "side_sd_mm", "view_sd_mm", "trial_sd_mm", "posture_sd_mm",
                "side_posture_sd_mm", "view_posture_sd_mm", "slow_sd_mm",
            ),
            SPREAD,
        ),
        "slow_corner_hz": Limit(0, 1_000, "Hz", "noise that is faster than any camera is white"),
        "white_px": Limit(0, 10_000, "px"),
        "lost_per_min": RATE,
        "lost_s": TIME,
    }  # fmt: skip

    biases: tuple[KeypointBias, ...] = ()
    person_sd_mm: Axes = (0.0, 0.0, 0.0)
    side_sd_mm: float = 0.0
    view_sd_mm: float = 0.0
    trial_sd_mm: float = 0.0
    posture_sd_mm: float = 0.0
    side_posture_sd_mm: float = 0.0
    view_posture_sd_mm: float = 0.0
    slow_sd_mm: float = 0.0
    slow_corner_hz: float = 0.7
    white_px: tuple[float, float] = (0.0, 0.0)
    lost_per_min: float = 0.0
    lost_s: float = 0.1
    midpoints: bool = False

    def __post_init__(self) -> None:
        require_within(self)

    def places(self, keypoints: Markers, *names: str) -> FloatArray:
        """Where the detector takes keypoints to be in space (n_frames, n_keypoints, 3), m.

        The first of `names` is the person.
        """
        person, angles = names[:1], posture(keypoints)
        biases = {bias.keypoint: bias for bias in self.biases}
        flexions = {side: joint_flexions(keypoints, side) for side in "RL"}
        places = np.array(keypoints.positions)
        for column, name in enumerate(keypoints.names):
            side, part = _side_and_part(name)
            shift = np.zeros((keypoints.n_frames, 3))
            if part in biases:
                shift += _shared(biases[part], side, flexions)
            shift += self._of_person(angles[side or "R"], name, part, person)
            if side == "L":
                shift[:, 2] *= -1
            axes = segment_axes(keypoints, side, part)
            places[:, column] += np.einsum("fk,kfi->fi", shift / 1000, axes)
        return places

    def _of_person(
        self, angles: FloatArray, name: str, part: str, person: tuple[str, ...]
    ) -> FloatArray:
        """Forwards, upwards, outwards (n_frames, 3) mm; the same draws serve both sides."""
        upright = generator("person bias", *person, part).standard_normal(3) * self.person_sd_mm
        own = generator("side bias", *person, name).standard_normal(3) * self.side_sd_mm
        shift = np.tile(upright + own, (len(angles), 1))
        if self.posture_sd_mm:
            shift += self.posture_sd_mm * posture_function(angles, 3, "person", *person, part)
        if self.side_posture_sd_mm:
            shift += self.side_posture_sd_mm * posture_function(angles, 3, "side", *person, name)
        return _DIFFICULTY[part] * shift

    def view(
        self,
        keypoints: Markers,
        pixels: FloatArray,
        px_per_mm: FloatArray,
        towards: FloatArray,
        number: int,
        *names: str,
    ) -> View:
        """What one camera's detector gives.

        Parameters
        ----------
        keypoints : Markers
            Where keypoints are, for posture and hiding.
        pixels : (n_frames, n_keypoints, 2)
            Images of `places`; NaN outside of the image.
        px_per_mm : (n_frames, n_keypoints)
            At the person.
        towards : (3,)
            From the person to the camera.
        number : int
            Of the camera.
        names : str
            The first is the person; all of them the trial.
        """
        hidden = 1 + _HIDDEN_NOISE * _hidden(keypoints, towards)
        noise = hidden * _tremble(keypoints)
        hard = np.array([_DIFFICULTY[_side_and_part(name)[1]] for name in keypoints.names])
        every = keypoints.n_frames
        errors_mm = self._of_view(keypoints, number, names[:1])
        errors_mm += self.trial_sd_mm * _drawn(keypoints, 1, 2, "trial", *names, number)
        errors_mm += self.slow_sd_mm * noise[..., None] * self._slow(keypoints, number, *names)
        white = self.white_px * _drawn(keypoints, every, 2, "white", *names, number)
        pixels = pixels + hard[:, None] * (
            errors_mm * px_per_mm[..., None] + white * noise[..., None]
        )
        if self.lost_per_min:
            pixels[self._lost(keypoints, number, *names)] = np.nan
        if self.midpoints:
            for name, pair in MIDPOINTS.items():
                ends = [pixels[:, keypoints.names.index(one)] for one in pair]
                pixels[:, keypoints.names.index(name)] = (ends[0] + ends[1]) / 2
        return _closed(keypoints.times, pixels, 1 / hidden)

    def _of_view(self, keypoints: Markers, number: int, person: tuple[str, ...]) -> FloatArray:
        """Errors in the image that stay with person and view (n_frames, n_keypoints, 2) mm."""
        constant = self.view_sd_mm * _drawn(keypoints, 1, 2, "view bias", *person, number)
        errors = np.tile(constant, (keypoints.n_frames, 1, 1))
        if self.view_posture_sd_mm:
            angles = posture(keypoints)["R"]
            for column, name in enumerate(keypoints.names):
                errors[:, column] += self.view_posture_sd_mm * posture_function(
                    angles, 2, "view", *person, number, name
                )
        return errors

    def _slow(self, keypoints: Markers, number: int, *names: str) -> FloatArray:
        """Unit wandering (n_frames, n_keypoints, 2)."""
        numbers = _drawn(keypoints, keypoints.n_frames, 4, "slow", *names, number)
        joined = numbers.reshape(*numbers.shape[:2], 2, 2).transpose(0, 2, 1, 3)
        course = matern(keypoints.times, self.slow_corner_hz, joined.reshape(len(joined), 2, -1))
        return course.reshape(keypoints.n_frames, len(keypoints.names), 2)

    def _lost(self, keypoints: Markers, number: int, *names: str) -> NDArray[np.bool_]:
        """Which keypoints are not detected (n_frames, n_keypoints)."""
        times, rate, mean = keypoints.times, self.lost_per_min, self.lost_s
        return np.stack(
            [bursts(times, rate, mean, "lost", *names, number, one) for one in keypoints.names],
            axis=1,
        )


def _side_and_part(name: str) -> tuple[str, str]:
    return ("", name) if name in _MIDDLE else (name[0], name[1:])


def _shared(
    bias: KeypointBias, side: str, flexions: Mapping[str, Mapping[str, FloatArray]]
) -> FloatArray:
    """Forwards, upwards, outwards (n_frames, 3) mm."""
    driver = _DRIVER.get(bias.keypoint, "Knee")
    flexion = np.mean([flexions[one][driver] for one in side or "RL"], axis=0)
    return np.asarray(np.array(bias.offset_mm) + np.outer(flexion, bias.per_flexion_mm))


def _drawn(keypoints: Markers, n_frames: int, width: int, *names: object) -> FloatArray:
    """Normal numbers (n_frames, n_keypoints, width), each keypoint's its own in any order."""
    numbers = generator(*names).standard_normal((n_frames, len(OPENCAP_20), width))
    return np.asarray(numbers[:, [OPENCAP_20.index(name) for name in keypoints.names]])


def _hidden(keypoints: Markers, towards: FloatArray) -> FloatArray:
    """How far a keypoint's side is turned away (n_frames, n_keypoints): 0 to 1."""
    right = unit(keypoints.position("RHip") - keypoints.position("LHip"))
    away = -right @ unit(towards * [1, 0, 1])
    turned = {"R": np.clip(away, 0, 1), "L": np.clip(-away, 0, 1), "": np.zeros(len(away))}
    return np.stack([turned[_side_and_part(name)[0]] for name in keypoints.names], axis=1)


def _tremble(keypoints: Markers) -> FloatArray:
    """Noise that movement makes (n_frames, n_keypoints), 1 at rest."""
    if keypoints.n_frames < 2:
        return np.ones((keypoints.n_frames, len(keypoints.names)))
    velocity = np.gradient(keypoints.positions, keypoints.times, axis=0)
    speed = np.linalg.norm(velocity, axis=2)
    return np.asarray(1 + _MOVING_NOISE * speed / (speed + _MOVING_M_S))


def _closed(times: FloatArray, pixels: FloatArray, confidence: FloatArray) -> View:
    """Short gaps closed along straight lines, and trusted half."""
    lost = np.isnan(pixels[..., 0])
    confidence = np.where(lost, 0.0, confidence)
    for column in np.flatnonzero(lost.any(axis=0)):
        seen = np.flatnonzero(~lost[:, column])
        for before, after in _short_gaps(times, seen):
            gap = slice(before + 1, after)
            share = ((times[gap] - times[before]) / (times[after] - times[before]))[:, None]
            ends = pixels[before, column], pixels[after, column]
            pixels[gap, column] = (1 - share) * ends[0] + share * ends[1]
            confidence[gap, column] = _CLOSED_TRUST
    return View(pixels, confidence)


def _short_gaps(times: FloatArray, seen: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Frames before and after each gap that is short enough."""
    for before, after in pairwise(seen):
        if after > before + 1 and times[after] - times[before] <= _CLOSED_S:
            yield int(before), int(after)
