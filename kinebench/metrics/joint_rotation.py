"""Errors without the one constant rotation that two models' frames of a joint differ by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kinebench.alignment.joint_frames import JointFrame, with_constant_rotations
from kinebench.core.motion import Motion
from kinebench.metrics.results import Evaluation, Figure
from kinebench.metrics.waveform import rmse

ROTATION_REMOVED = "rotation_removed_rmse"
_ANGLES_ALONE = "offset_removed_rmse"


def rotation_removed_rmse(
    reference: Motion, estimate: Motion, joints: Sequence[JointFrame]
) -> dict[str, float]:
    """RMSE, rad, of each angle of the joints of three angles, without the joint's rotation.

    The constant rotation of each joint is that of `kinebench.alignment.joint_frames`. Joints that
    either motion lacks are left out.
    """
    reframed, turned = with_constant_rotations(reference, estimate, joints)
    names = [name for joint in joints if joint.name in turned for name in joint.coordinates]
    one, other = reference.select(names), reframed.select(names)
    # angles were taken nearest to the reference's: none of them is a turn away
    return dict(zip(names, rmse(one.values, other.values).tolist(), strict=True))


def with_rotation_removed(
    found: Evaluation, reference: Motion, estimate: Motion, joints: Sequence[JointFrame]
) -> Evaluation:
    """The evaluation with one figure more of each angle: its RMSE without joint rotation.

    An angle that is no part of a joint of three has the RMSE without its constant offset there,
    which for a joint of one angle is the same. Lengths have none.

    Parameters
    ----------
    found : Evaluation
        Of these motions, with every waveform metric.
    reference, estimate : Motion
        With all angles of a joint, also those that are not scored.
    joints : sequence of JointFrame
    """
    turned = rotation_removed_rmse(reference, estimate, joints)
    more = tuple(
        Figure(each.item, ROTATION_REMOVED, turned.get(each.item, each.value), each.unit, each.n)
        for each in found.figures
        if each.metric == _ANGLES_ALONE and each.unit == "rad"
    )
    return replace(found, figures=found.figures + more)
