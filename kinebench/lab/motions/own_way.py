"""A movement as one person does it: posture of their own, slow wandering, feet where they were."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.motion import Motion
from kinebench.errors import require_names
from kinebench.kinematics import Tree, forward_kinematics
from kinebench.lab.body import Body
from kinebench.lab.legs import as_motion, leg_sizes, require_in_range, solve_legs_again
from kinebench.lab.motions.motion_model import MotionModel
from kinebench.lab.motions.standing import sway

Amounts = tuple[tuple[str, float], ...]

# legs that the deviations would stretch keep this bend: straight ones cannot be steered
_BENT = float(np.radians(3.0))
_SHIFTS = ("hips_x", "hips_z")


@dataclass(frozen=True, slots=True)
class OwnWay:
    """Deviations on top of any motion.

    The pelvis turns about the middle of its hip centres, which may shift; the legs are solved
    again, so that the feet are exactly where the motion has them. Where that would need legs longer
    than they are, the pelvis is lower throughout, by as little as does; and a coordinate that would
    leave its range is shifted into it.

    Parameters
    ----------
    motion : MotionModel
    posture : tuple of (str, float)
        Constant deviations: coordinate of pelvis, trunk or arms, and deg.
    wander : tuple of (str, float)
        Standard deviations of slow random courses (`kinebench.lab.motions.standing.sway`): of the
        same coordinates in deg, or of the hips in m (``hips_x``, ``hips_z``).
    name : str
        Of the random courses.
    """

    motion: MotionModel
    posture: Amounts = ()
    wander: Amounts = ()
    name: str = ""

    def __post_init__(self) -> None:
        # legs follow from feet and pelvis
        names = [name for name, _ in (*self.posture, *self.wander) if name not in _SHIFTS]
        require_names(names, _FREE, "coordinate", "an own way of moving")

    def __call__(self, body: Body, rate_hz: float = 60.0) -> Motion:
        plain = self.motion(body, rate_hz)
        deviations = self._deviations(plain.times)
        if not deviations:
            return plain
        tree, q = body.tree, np.array(plain.values)
        for name, course in deviations.items():
            if name not in _SHIFTS:
                column = tree.coordinate_index(name)
                q[:, column] = _inside(q[:, column] + course, tree.coordinates[column].limits)
        hips = _hips(tree, plain.values)
        for axis, name in ((0, "hips_x"), (2, "hips_z")):
            hips[:, axis] += deviations.get(name, 0.0)
        _place_hips(tree, q, hips)
        q[:, tree.coordinate_index("pelvis_ty")] -= _stretch(tree, q, plain.values)
        solved = solve_legs_again(tree, q, plain.values)
        require_in_range(tree, solved, "this own way of moving")
        return as_motion(tree, plain.times, solved)

    def _deviations(self, times: FloatArray) -> dict[str, FloatArray]:
        """Course (n_frames,) of every deviation, rad or m."""
        found: dict[str, FloatArray] = {}
        for name, degrees in self.posture:
            found[name] = np.full(len(times), np.radians(degrees))
        for name, spread in self.wander:
            size = spread if name in _SHIFTS else np.radians(spread)
            found[name] = found.get(name, 0.0) + sway(times, size, self.name, name)
        return {name: course for name, course in found.items() if np.any(course)}


_FREE = (
    "pelvis_tilt", "pelvis_list", "pelvis_rotation",
    "lumbar_extension", "lumbar_bending", "lumbar_rotation",
    *(f"{name}_{side}"
      for name in ("arm_flex", "arm_add", "arm_rot", "elbow_flex", "pro_sup") for side in "rl"),
)  # fmt: skip


def _inside(course: FloatArray, limits: tuple[float, float]) -> FloatArray:
    """The course, shifted as a whole into a range, by as little as does."""
    low, high = limits
    up = max(low - float(course.min()), 0.0)
    down = max(float(course.max()) - high, 0.0)
    return np.asarray(course + up - down)


def _hip_centres(tree: Tree, q: FloatArray) -> FloatArray:
    """Right and left (n_frames, 2, 3) m."""
    R, p = forward_kinematics(tree, q)
    pelvis = tree.body_index("pelvis")
    hips = np.array([tree.joints[tree.body_index(f"femur_{s}")].in_parent.p for s in "rl"])
    return np.asarray(p[:, None, pelvis] + np.einsum("fij,sj->fsi", R[:, pelvis], hips))


def _hips(tree: Tree, q: FloatArray) -> FloatArray:
    """Middle of the hip centres (n_frames, 3) m."""
    return np.asarray(_hip_centres(tree, q).mean(axis=1))


def _place_hips(tree: Tree, q: FloatArray, hips: FloatArray) -> None:
    """Shift the pelvis such that the middle of its hip centres is there; q is changed in place."""
    columns = [tree.coordinate_index(f"pelvis_t{axis}") for axis in "xyz"]
    q[:, columns] += hips - _hips(tree, q)


def _stretch(tree: Tree, q: FloatArray, feet: FloatArray) -> float:
    """By how much the hips are too high, in the worst frame, for legs to reach the feet, m."""
    R, p = forward_kinematics(tree, feet)
    hips = _hip_centres(tree, q)
    worst = 0.0
    for number, side in enumerate("rl"):
        talus = tree.body_index(f"talus_{side}")
        ankle = p[:, talus] + R[:, talus] @ tree.joints[talus].in_child.p
        span = hips[:, number] - ankle
        across = span[:, 0] ** 2 + span[:, 2] ** 2
        reached = np.sqrt(np.maximum(leg_sizes(tree, side).reach(_BENT) ** 2 - across, 0.0))
        worst = max(worst, float((span[:, 1] - reached).max()))
    return worst
