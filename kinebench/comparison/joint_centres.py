"""How far joint centres are from one another when both motions move one scaled model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kinebench.comparison.results import PairResult
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.errors import ValueRangeError
from kinebench.kinematics import read_tree
from kinebench.kinematics.poses import JOINT_CENTRES, body_origins

_SIDES = {"right": "r", "left": "l"}


@dataclass(frozen=True, slots=True)
class JointCentreError:
    """Mean distance of a joint centre, m.

    Parameters
    ----------
    joint : str
        "right knee".
    in_ground : float
        As both motions place it in the room.
    from_pelvis : float
        With the origin of the pelvis at one place: what the joint angles alone do.
    """

    joint: str
    in_ground: float
    from_pelvis: float


def joint_centre_errors(pairs: Sequence[PairResult], model: Model) -> tuple[JointCentreError, ...]:
    """Errors of hips, knees, ankles, shoulders, elbows and wrists, mean over frames, then trials.

    Both motions move one model, so that how it was scaled has no part in it.

    Parameters
    ----------
    pairs : sequence of PairResult
        Motions of the one subject whose model it is.
    model : Model

    Raises
    ------
    ValueRangeError
        Pairs of several subjects, or of markers; a model without such bodies.
    """
    subjects = {pair.subject for pair in pairs}
    if len(subjects) != 1:
        raise ValueRangeError(
            f"a scaled model is one subject's, and these are {len(subjects)}: "
            + ", ".join(sorted(subjects))
        )
    tree = read_tree(model)
    bodies = {
        f"{side} {joint}": f"{body}_{ending}"
        for joint, body in JOINT_CENTRES.items()
        for side, ending in _SIDES.items()
        if f"{body}_{ending}" in tree.bodies
    }
    if not bodies or "pelvis" not in tree.bodies:
        raise ValueRangeError(f"{model.name} has no bodies named pelvis, femur_r, tibia_r, …")
    rows = []
    for pair in pairs:
        if not (isinstance(pair.reference, Motion) and isinstance(pair.estimate, Motion)):
            raise ValueRangeError("a model moves by coordinates: it has no use for markers")
        one, other = (body_origins(tree, each) for each in (pair.reference, pair.estimate))
        names = ("pelvis", *bodies.values())
        apart = other.select(names).positions - one.select(names).positions
        free = apart - apart[:, :1]
        rows.append([np.nanmean(np.linalg.norm(d[:, 1:], axis=2), axis=0) for d in (apart, free)])
    means = np.mean(rows, axis=0)
    return tuple(
        JointCentreError(joint, float(ground), float(free))
        for joint, ground, free in zip(bodies, *means, strict=True)
    )
