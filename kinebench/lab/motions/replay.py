"""Any recorded motion, played on any body."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from kinebench.core.motion import Motion
from kinebench.errors import KinebenchWarning
from kinebench.kinematics import Tree, forward_kinematics
from kinebench.lab.body import Body
from kinebench.lab.feet import sole_points

__all__ = ["Replay"]


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
        Feet may slide: the recording's subject had other legs.
    """

    motion: Motion
    on_ground: bool = True

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
            warnings.warn(
                f"the motion lacks {', '.join(lacking)}: kept at the model's default",
                KinebenchWarning,
                stacklevel=2,
            )
        if self.on_ground:
            _ground(tree, q)
        coordinates = tuple(coordinate.as_coordinate() for coordinate in tree.coordinates)
        return Motion(coordinates, times, q)


def _resampled(motion: Motion, name: str, times: np.ndarray) -> np.ndarray:
    values = motion.value(name)
    if len(times) == motion.n_frames and np.array_equal(times, motion.times):
        return np.asarray(values)
    from scipy.interpolate import CubicSpline

    return np.asarray(CubicSpline(motion.times, values)(times))


def _ground(tree: Tree, q: np.ndarray) -> None:
    """Let the lowest point of the soles touch y = 0."""
    R, p = forward_kinematics(tree, q)
    lowest = min(
        float((p[:, body] + R[:, body] @ location)[:, 1].min())
        for side in "rl"
        for _, body, location in sole_points(tree, side)
    )
    q[:, tree.coordinate_index("pelvis_ty")] -= lowest
