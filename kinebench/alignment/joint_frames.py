"""Joints of three rotations as rotation matrices, and constant rotations between their frames.

Two models, or two ways of scaling one, put a joint's axes differently into the same bone. All
angles of the joint then differ, by amounts that change with the pose: no constant offset per angle
removes that. One constant rotation of the child's frame does::

    R_reference(t) ≈ R_estimate(t) · A

with A the chordal mean of R_estimateᵀ R_reference (Moakher 2002). For a joint of one angle it is
the constant offset. It is a question to the data, not a correction: what it takes away is error of
the anatomical frame, and may be the estimate's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.motion import Motion
from kinebench.kinematics import Tree

_LETTERS = "XYZ"


@dataclass(frozen=True, slots=True)
class JointFrame:
    """Three angles that make one rotation.

    Parameters
    ----------
    name : str
        The child body.
    coordinates : tuple of str
        Three, in the order of the rotations, body-fixed.
    axes : tuple of str
        Such as ``("+Z", "+X", "+Y")``.
    """

    name: str
    coordinates: tuple[str, ...]
    axes: tuple[str, ...]

    @property
    def _signs(self) -> FloatArray:
        return np.array([1.0 if axis[0] == "+" else -1.0 for axis in self.axes])

    @property
    def _sequence(self) -> Any:  # scipy's stubs list every sequence as a literal
        return "".join(axis[1] for axis in self.axes)

    def rotations(self, motion: Motion) -> FloatArray:
        """R_parent_child (n_frames, 3, 3), the joint's constant frames apart; NaN where unknown."""
        from scipy.spatial.transform import Rotation

        angles = motion.select(self.coordinates).values * self._signs
        known = np.isfinite(angles).all(axis=1)
        R = np.full((len(angles), 3, 3), np.nan)
        if known.any():
            R[known] = Rotation.from_euler(self._sequence, angles[known]).as_matrix()
        return R

    def angles(self, R: FloatArray, near: FloatArray) -> FloatArray:
        """Angles (n_frames, 3) rad of rotations, those nearest to `near` of all that make them."""
        from scipy.spatial.transform import Rotation

        found = np.full(near.shape, np.nan)
        known = np.isfinite(R).all(axis=(1, 2))
        if not known.any():
            return found
        a = Rotation.from_matrix(R[known]).as_euler(self._sequence)
        # three different axes: the second half of all sets of angles
        b = np.stack([a[:, 0] + np.pi, np.pi - a[:, 1], a[:, 2] + np.pi], axis=1)
        wanted = near[known]
        both = np.stack([a * self._signs, b * self._signs])
        both -= 2 * np.pi * np.round((both - wanted) / (2 * np.pi))
        nearer = np.abs(both - wanted).sum(axis=2).argmin(axis=0)
        found[known] = both[nearer, np.arange(len(wanted))]
        return found


def _leg_and_arm(side: str, sign: str) -> tuple[JointFrame, ...]:
    axes = ("+Z", f"{sign}X", f"{sign}Y")
    hip = (f"hip_flexion_{side}", f"hip_adduction_{side}", f"hip_rotation_{side}")
    arm = (f"arm_flex_{side}", f"arm_add_{side}", f"arm_rot_{side}")
    return JointFrame(f"femur_{side}", hip, axes), JointFrame(f"humerus_{side}", arm, axes)


LAI_RAJAGOPAL = (
    JointFrame("pelvis", ("pelvis_tilt", "pelvis_list", "pelvis_rotation"), ("+Z", "+X", "+Y")),
    *_leg_and_arm("r", "+"),
    *_leg_and_arm("l", "-"),
    JointFrame(
        "torso", ("lumbar_extension", "lumbar_bending", "lumbar_rotation"), ("+Z", "+X", "+Y")
    ),
)
"""Joints of LaiUhlrich2022, Rajagopal2016 and the models made from them."""


def joint_frames(tree: Tree) -> tuple[JointFrame, ...]:
    """A model's joints of three rotations about three different axes of their frames."""
    found = []
    for body, joint in zip(tree.bodies, tree.joints, strict=True):
        turns = [term for term in joint.terms if term.rotation]
        if len(turns) != 3 or any(len(term.weights) != 1 for term in turns):
            continue
        names = tuple(tree.coordinates[term.weights[0][0]].name for term in turns)
        axes = tuple(_axis(term.axis * term.weights[0][1]) for term in turns)
        if len(set(names)) == 3 and sorted(axis[1:] for axis in axes) == list(_LETTERS):
            found.append(JointFrame(body, names, axes))
    return tuple(found)


def _axis(axis: FloatArray) -> str:
    """Signed letter of a unit vector along an axis; "" of another one."""
    largest = int(np.abs(axis).argmax())
    if abs(abs(axis[largest]) - 1.0) > 1e-9:
        return ""
    return ("+" if axis[largest] > 0 else "-") + _LETTERS[largest]


def with_constant_rotations(
    reference: Motion, estimate: Motion, frames: Iterable[JointFrame]
) -> tuple[Motion, Mapping[str, float]]:
    """The estimate without the constant rotation of each joint's frame.

    Parameters
    ----------
    reference, estimate : Motion
        On the same times.
    frames : iterable of JointFrame
        Those whose three angles both have count.

    Returns
    -------
    estimate : Motion
    turned : mapping of str to float
        Angle, rad, of the rotation that was taken away, by joint.
    """
    from scipy.spatial.transform import Rotation

    values, turned = np.array(estimate.values), {}
    for frame in frames:
        if not set(frame.coordinates) <= set(reference.names) & set(estimate.names):
            continue
        one, other = frame.rotations(reference), frame.rotations(estimate)
        difference = np.swapaxes(other, 1, 2) @ one
        known = np.isfinite(difference).all(axis=(1, 2))
        if not known.any():
            continue
        constant = Rotation.from_matrix(difference[known]).mean()
        columns = [estimate.names.index(name) for name in frame.coordinates]
        near = reference.select(frame.coordinates).values
        values[:, columns] = frame.angles(other @ constant.as_matrix(), near)
        turned[frame.name] = float(constant.magnitude())
    return replace(estimate, values=values), turned
