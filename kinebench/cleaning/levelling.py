"""Stage that levels a tilted reconstruction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kinebench.cleaning.rotation import Rotate, Tilt
from kinebench.core.arrays import FloatArray
from kinebench.core.limits import Limit, require_within
from kinebench.core.markers import Markers
from kinebench.core.notation import Syntax
from kinebench.errors import CleaningError, require_names
from kinebench.geometry.rotations import rotation_between, unit
from kinebench.posture.balance import (
    BODY_KEYPOINTS,
    Balance,
    body_axis,
    measure_balance,
)
from kinebench.posture.rests import (
    FOOT_KINDS,
    FootRest,
    feet_at_rest,
    find_rests,
    on_the_floor,
)
from kinebench.posture.standing import standing_frames

# m: heights of heel, big-toe and small-toe keypoints above the floor
_HEIGHTS_M = np.array([0.03, 0.02, 0.02])
# how often standing deviates from its own mean, m, between facings
_SWAY_M = 0.015
_SPEED = Limit(0, 10, "m/s", "no foot that moves faster rests", positive=True)
_SIGMA = Limit(1e-6, 10, "m", "beyond, one kind of evidence would be all or nothing")
# in less certain postures the body is this much less surely above its feet: forward, sideways
_POSTURE_FACTORS = {"standing": (1.0, 1.0), "feet at rest": (2.0, 1.5), "whole trial": (3.0, 1.5)}


@dataclass(frozen=True, slots=True)
class Level:
    """Rotate a recording so that the estimated up becomes the vertical, Y.

    Up is the direction that best agrees with three things, weighted by how well each is known:

    - *floor*: heel, big toe and small toe of every resting foot lie on one plane, each kind of
      keypoint at a height of its own;
    - *feet*: those heights are about 3 cm (heel) and 2 cm (toes);
    - *balance*: a standing body has its centre of mass above its feet, 40 % of the way from heels
      to toes and half-way between left and right.

    Parameters
    ----------
    rest_speed : float
        Largest speed of the keypoints of a resting foot, m/s.
    floor_sigma_m, height_sigma_m : float
        Standard deviations of a foot keypoint's mean position, and of the height of each kind.
    forward_sigma_m, sideways_sigma_m : float
        Standard deviations of the centre of mass from the middle of the support; doubled or more
        where nobody stands with both feet at rest.

    Notes
    -----
    *What can be observed.* Left against right foot shows the frontal tilt well, in proportion to
    their distance. Someone who faces one way with feet side by side shows the sagittal tilt only
    as far as the heights of heel and toe keypoints are known (1 cm over a foot is 3°) and as
    standing is upright (3 cm of sway over 1 m is 1.7°): a constant height difference between heel
    and toe cannot be told from a tilt, and the uncertainty of the result says so. Someone who
    turns, or puts the feet in several places, separates the two.

    The estimate is equivariant: whatever extra rotation is applied to a recording is found
    again. It does not depend on the axes of the recording, so that cameras may hang upside down.
    The recording is turned about the middle of the resting feet, by the smallest rotation.

    Raises
    ------
    NameNotFoundError
        On call: a keypoint of shoulders, hips, knees, ankles, heels or toes does not exist.
    CleaningError
        On call: a foot is never at rest for 0.3 s, or no frame has shoulders and ankles.
    """

    title: ClassVar[str] = "levelling by feet and posture"
    syntax: ClassVar[tuple[Syntax, ...]] = (Syntax("level", "level by feet and posture"),)

    limits: ClassVar[Mapping[str, Limit]] = {
        "rest_speed": _SPEED,
        "floor_sigma_m": _SIGMA,
        "height_sigma_m": _SIGMA,
        "forward_sigma_m": _SIGMA,
        "sideways_sigma_m": _SIGMA,
    }

    rest_speed: float = 0.15
    floor_sigma_m: float = 0.01
    height_sigma_m: float = 0.01
    forward_sigma_m: float = 0.03
    sideways_sigma_m: float = 0.02

    def __post_init__(self) -> None:
        require_within(self)

    def __call__(self, markers: Markers) -> Markers:
        return self.resolve(markers)(markers)

    def resolve(self, markers: Markers) -> Rotate:
        """The rotation found on this recording, with the tilt that it takes away."""
        require_names(BODY_KEYPOINTS, markers.names, "keypoint", "the recording to be levelled")
        body = markers.select(BODY_KEYPOINTS)
        resting = feet_at_rest(body, self.rest_speed)
        rests = find_rests(body, resting)
        if {rest.side for rest in rests} != {"L", "R"}:
            found = "only one of them" if rests else "neither"
            raise CleaningError(
                "levelling needs both feet, together or in turn, at rest on the floor for 0.3 s or"
                f" more, slower than {self.rest_speed:g} m/s; in {markers.n_frames} frames {found}"
                " was"
            )
        standing = standing_frames(body)
        rough = body_axis(body, standing)
        if not np.isfinite(rough).all():
            raise CleaningError("levelling found no frame with both shoulders and both ankles")
        grounded = on_the_floor(rests, rough)
        balance = measure_balance(body, resting, standing, rough)
        tilt = self._solve(grounded, balance, rough)
        centre = np.mean([rest.positions.mean(axis=0) for rest in grounded], axis=0)
        x, y, z = (float(value) for value in centre)
        return Rotate(rotation_between(tilt.up, [0.0, 1.0, 0.0]), (x, y, z), tilt)

    def _solve(self, rests: list[FootRest], balance: Balance | None, rough: FloatArray) -> Tilt:
        """Gauss–Newton on the direction of up, re-weighted against keypoints off the floor."""
        points = np.concatenate([rest.positions for rest in rests])
        points = points - points.mean(axis=0)
        kinds = np.tile(np.arange(len(FOOT_KINDS)), len(rests))
        right = _mean_right(rests, balance, rough)
        up, weights = rough, np.ones(len(points))
        for _ in range(100):
            forward = unit(np.cross(up, right))
            axes = np.stack([forward, np.cross(forward, up)])
            J, r = self._floor_equations(points, kinds, up, axes)
            J[: len(points)] *= weights[:, None]
            r[: len(points)] *= weights
            if balance is not None:
                extra_J, extra_r = self._balance_equations(balance, up, axes)
                J, r = np.concatenate([J, extra_J]), np.concatenate([r, extra_r])
            solution, *_ = np.linalg.lstsq(J, -r, rcond=None)
            up = unit(up + solution[:2] @ axes)
            left = points @ up - solution[2] - solution[3 + kinds]
            # Cauchy weights: a raised heel or a step must not tilt the floor
            weights = 1.0 / np.sqrt(1.0 + (left / (3.0 * self.floor_sigma_m)) ** 2)
            if np.abs(solution[:2]).max() < 1e-10:
                break
        covariance = np.asarray(np.linalg.pinv(J.T @ J), dtype=np.float64)
        heights = np.asarray(solution[3:6], dtype=np.float64)
        rms = float(np.sqrt(np.average(left**2, weights=weights**2)))
        return _tilt(up, right, covariance, rms, heights, len(rests), balance)

    def _floor_equations(
        self,
        points: FloatArray,
        kinds: np.ndarray[tuple[int], np.dtype[np.intp]],
        up: FloatArray,
        axes: FloatArray,
    ) -> tuple[FloatArray, FloatArray]:
        """Jacobian and residuals of floor and heights; unknowns: see `_N_UNKNOWNS`."""
        n = len(points)
        J, r = np.zeros((n + 3, _N_UNKNOWNS)), np.zeros(n + 3)
        J[:n, :2] = points @ axes.T
        J[:n, 2] = -1.0
        J[np.arange(n), 3 + kinds] = -1.0
        r[:n] = points @ up
        J[:n] /= self.floor_sigma_m
        r[:n] /= self.floor_sigma_m
        J[n:, 3:6] = np.eye(3) / self.height_sigma_m
        r[n:] = -_HEIGHTS_M / self.height_sigma_m
        return J, r

    def _balance_equations(
        self, balance: Balance, up: FloatArray, axes: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Jacobian and residuals of the body over its feet, per facing; and of its own offset."""
        factors = _POSTURE_FACTORS[balance.posture]
        sigmas = (self.forward_sigma_m * factors[0], self.sideways_sigma_m * factors[1])
        J, r = [], []
        for offset, right in zip(balance.offsets, balance.rights, strict=True):
            forward = unit(np.cross(up, right))
            for which, direction in enumerate((forward, np.cross(forward, up))):
                row = np.zeros(_N_UNKNOWNS)
                # turning up by δ turns a level direction d by −(d·δ) up
                row[:2] = -(axes @ direction) * (offset @ up)
                row[6 + which] = -1.0
                J.append(row / _SWAY_M)
                r.append(offset @ direction / _SWAY_M)
        for which, sigma in enumerate(sigmas):
            row = np.zeros(_N_UNKNOWNS)
            row[6 + which] = 1.0 / sigma
            J.append(row)
            r.append(0.0)
        return np.array(J), np.array(r)


# two turns of up, level of the floor, heights of three kinds, offset of the body in two directions
_N_UNKNOWNS = 8


def _mean_right(rests: list[FootRest], balance: Balance | None, up: FloatArray) -> FloatArray:
    """Direction (3,) to the person's right: the mean of all facings, or the first of them."""
    if balance is None:
        heel, big_toe, small_toe = rests[0].positions
        return unit(np.cross((big_toe + small_toe) / 2 - heel, up))
    mean = np.asarray(balance.rights.mean(axis=0))
    return unit(mean) if np.linalg.norm(mean) > 0.1 else np.asarray(balance.rights[0])


def _tilt(
    up: FloatArray,
    right: FloatArray,
    covariance: FloatArray,
    rms: float,
    heights: FloatArray,
    n_rests: int,
    balance: Balance | None,
) -> Tilt:
    vertical = np.array([0.0, 1.0, 0.0])
    forward = unit(np.cross(up, right))
    # the person's axes, brought into the horizontal of the recording
    level_forward = forward - forward[1] * vertical
    if np.linalg.norm(level_forward) < 1e-6:
        level_forward = np.array([1.0, 0.0, 0.0])
    level_forward = unit(level_forward)
    level_right = np.cross(level_forward, vertical)
    x, y, z = (float(value) for value in up)
    return Tilt(
        up=(x, y, z),
        sagittal=float(np.arctan2(up @ level_forward, y)),
        frontal=float(np.arctan2(up @ level_right, y)),
        sagittal_uncertainty=float(np.sqrt(covariance[0, 0])),
        frontal_uncertainty=float(np.sqrt(covariance[1, 1])),
        residual_m=rms,
        heights_m=tuple(zip(FOOT_KINDS, map(float, heights), strict=True)),
        n_rests=n_rests,
        posture="none" if balance is None else balance.posture,
    )
