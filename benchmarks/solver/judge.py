"""How a motion fits its markers, and how far it is from the motion that nothing was done to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.solver.perturbed import Version
from benchmarks.timing.ik_cost import weighted_cost
from benchmarks.timing.ik_trials import IKTrial
from kinebench.core import Motion
from kinebench.core.arrays import FloatArray
from kinebench.kinematics import Tree, forward_kinematics, read_tree
from kinebench.kinematics.poses import poses_of

__all__ = ["TOLERANCE", "Verdict", "judged"]

TOLERANCE = 1e-12  # m²: a cost that is higher by no more counts as equal
LEGS = ("hip_flexion", "hip_adduction", "hip_rotation", "knee_angle", "ankle_angle")
TRUNK = ("lumbar_extension", "lumbar_bending", "lumbar_rotation")
ANGLES = (*(f"{name}_{side}" for name in LEGS for side in "rl"), *TRUNK)


@dataclass(frozen=True)
class Verdict:
    """Both engines on one version, per frame.

    Parameters
    ----------
    kinds : tuple of str
    fast_cost, opensim_cost : (n_frames,) m²
    fast_deg, opensim_deg : (n_frames,)
        Mean error of pelvis orientation, hips, knees, ankles and trunk.
    rivals : (n_frames,) bool
    """

    kinds: tuple[str, ...]
    fast_cost: FloatArray
    opensim_cost: FloatArray
    fast_deg: FloatArray
    opensim_deg: FloatArray
    rivals: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

    @property
    def above(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Frames in which the fast engine's cost is the higher one."""
        return np.asarray(self.fast_cost > self.opensim_cost + TOLERANCE)


def judged(
    trial: IKTrial,
    version: Version,
    truth: Motion,
    fast: Motion,
    opensim: Motion,
    rival_deg: FloatArray,
) -> Verdict:
    """Compare both engines' motions on a version of a recording, whose own motion is `truth`."""
    tree = read_tree(trial.model)
    motions = fast, opensim
    cost = [weighted_cost(tree, trial.tasks, motion, version.markers) for motion in motions]
    error = [_errors_deg(tree, motion, truth, version) for motion in motions]
    return Verdict(version.kinds, cost[0], cost[1], error[0], error[1], np.isfinite(rival_deg))


def _errors_deg(tree: Tree, motion: Motion, truth: Motion, version: Version) -> FloatArray:
    apart = motion.select(ANGLES).values - truth.select(ANGLES).values[version.frames]
    angles = np.abs(np.mod(np.rad2deg(apart) + 180, 360) - 180)
    pelvis = tree.body_index("pelvis")
    R = forward_kinematics(tree, poses_of(tree, motion))[0][:, pelvis]
    R_true = forward_kinematics(tree, poses_of(tree, truth)[version.frames])[0][:, pelvis]
    trace = np.einsum("fij,fij->f", version.turn @ R_true, R)
    turned = np.rad2deg(np.arccos(np.clip((trace - 1) / 2, -1, 1)))
    return np.asarray(np.concatenate([angles, turned[:, None]], axis=1).mean(axis=1))
