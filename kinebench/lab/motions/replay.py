"""Any recorded motion, played on any body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.motion import Motion
from kinebench.kinematics import Tree, forward_kinematics
from kinebench.lab.body import Body
from kinebench.lab.feet import sole_points
from kinebench.remarks import tell

_ROUNDS = 30
_RESTING_M_S = 0.01
_RACING_M_S = 0.4
_HARDLY_M2 = 1e-5


@dataclass(frozen=True, slots=True)
class Replay:
    """Coordinates of a recording, for instance of a .mot file, as a motion of the laboratory.

    Parameters
    ----------
    motion : Motion
        Coordinates that the body lacks are left out; ones that the motion lacks stay at their
        default, with a warning.
    on_ground : bool
        Shift the pelvis vertically such that the lowest sole of all frames touches the ground.
    scale_path : bool
        Scale the path of the pelvis by the factor with which the soles slide and float least: the
        ratio of the legs of body and recording. Some slide remains, as segments differ in
        proportion.
    """

    motion: Motion
    on_ground: bool = True
    scale_path: bool = True

    def __call__(self, body: Body, rate_hz: float | None = None) -> Motion:
        """The motion on a body, at the recording's own times unless a rate is given."""
        tree = body.tree
        times = self.motion.times
        if rate_hz is not None:
            count = int(np.floor((times[-1] - times[0]) * rate_hz + 1e-9)) + 1
            times = times[0] + np.arange(count) / rate_hz
        q = np.repeat(tree.defaults[None], len(times), axis=0)
        lacking = []
        for column, coordinate in enumerate(tree.coordinates):
            if coordinate.name not in self.motion.names:
                lacking.append(coordinate.name)
                continue
            q[:, column] = _resampled(self.motion, coordinate.name, times)
        if lacking:
            tell(
                "coordinates lacking",
                f"the motion lacks {', '.join(lacking)}: kept at the model's default",
                where=lacking,
            )
        if self.scale_path:
            _scale_path(tree, times, q)
        if self.on_ground:
            _ground(tree, q)
        coordinates = tuple(coordinate.as_coordinate() for coordinate in tree.coordinates)
        return Motion(coordinates, times, q)


def _resampled(motion: Motion, name: str, times: FloatArray) -> FloatArray:
    values = motion.value(name)
    if len(times) == motion.n_frames and np.array_equal(times, motion.times):
        return np.asarray(values)
    from scipy.interpolate import CubicSpline

    return np.asarray(CubicSpline(motion.times, values)(times))


def _soles(tree: Tree, q: FloatArray) -> FloatArray:
    """Points of both soles (n_frames, n_points, 3) m."""
    R, p = forward_kinematics(tree, q)
    points = [point for side in "rl" for point in sole_points(tree, side)]
    return np.stack([p[:, body] + R[:, body] @ at for _, body, at in points], axis=1)


def _scale_path(tree: Tree, times: FloatArray, q: FloatArray) -> None:
    """Scale the pelvis' path about its start by the factor that lets standing soles rest.

    From one frame to the next the pelvis moves by d and a standing point of the sole, as seen from
    the pelvis, by r: least sum of the distances |f d + r| over all such steps, by reweighted least
    squares. A point stands when it is the lowest in both frames and does not race; what flies is
    thus left out. The factor is drawn towards 1 by as much as motions that hardly travel need.
    """
    columns = [tree.coordinate_index(f"pelvis_t{axis}") for axis in "xyz"]
    path = q[:, columns]
    below = _soles(tree, q) - path[:, None]
    lowest = below[..., 1].argmin(axis=1)
    frames = np.flatnonzero(lowest[1:] == lowest[:-1])
    points = lowest[frames]
    travelled = path[frames + 1] - path[frames]
    swept = below[frames + 1, points] - below[frames, points]
    lasted = np.diff(times)[frames]
    factor = 1.0
    for _ in range(_ROUNDS):
        speed = np.linalg.norm(factor * travelled + swept, axis=1) / lasted
        weight = (speed < _RACING_M_S) / np.maximum(speed / _RESTING_M_S, 1.0)
        missed = np.sum(travelled * (travelled + swept), axis=1)
        factor = 1.0 - weight @ missed / (weight @ np.sum(travelled**2, axis=1) + _HARDLY_M2)
    q[:, columns] = path[0] + factor * (path - path[0])


def _ground(tree: Tree, q: FloatArray) -> None:
    """Let the lowest point of the soles touch y = 0."""
    q[:, tree.coordinate_index("pelvis_ty")] -= _soles(tree, q)[..., 1].min()
