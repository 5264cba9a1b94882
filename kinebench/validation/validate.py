"""Mocap against video, from two recordings to figures: clock, frame, joints, errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kinebench.alignment import GivenLag, align
from kinebench.alignment.clock import Clock, find_clock, given_clock
from kinebench.alignment.joint_frames import LAI_RAJAGOPAL, JointFrame, with_constant_rotations
from kinebench.alignment.laboratory_frame import (
    LaboratoryFrame,
    facing,
    find_frame,
    in_frame,
    root_of,
)
from kinebench.alignment.records import Recording
from kinebench.comparison import Comparison, Procedure, compare_recordings
from kinebench.comparison.units import require_common_clock
from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.errors import ValueRangeError
from kinebench.remarks import Remark
from kinebench.validation.conventions import require_motion_plausible
from kinebench.validation.same_trial import doubts


@dataclass(frozen=True, slots=True)
class Validation:
    """How far the video is from the mocap.

    Parameters
    ----------
    comparison : Comparison
        Every metric, and the aligned recordings.
    clock : Clock
    frame : LaboratoryFrame, optional
        None where it was not to be estimated, or the motions lack a pelvis.
    joint_rotations : mapping of str to float
        Angle, rad, of the constant rotation of each joint's frame.
    remarks : tuple of Remark
        What speaks against one trial of one person.
    """

    comparison: Comparison
    clock: Clock
    frame: LaboratoryFrame | None
    joint_rotations: Mapping[str, float]
    remarks: tuple[Remark, ...] = ()


def validate_recordings(
    reference: Motion | Markers,
    estimate: Motion | Markers,
    how: Procedure | None = None,
    *,
    lag_s: float | None = None,
    frame: Literal["estimate", "same"] = "estimate",
    joints: Sequence[JointFrame] = LAI_RAJAGOPAL,
    models: tuple[Model | None, Model | None] = (None, None),
    subject: str = "subject",
    trial: str = "trial",
) -> Validation:
    """Bring the estimate onto the reference's clock and into its frame, and score it.

    Parameters
    ----------
    reference, estimate : Motion or Markers
        Two of one kind; of markers, by equal names.
    how : Procedure, optional
        What is scored; its time alignment is replaced by the lag.
    lag_s : float, optional
        The lag, where it is known.
    frame : {"estimate", "same"}
        Whether yaw and translation are estimated; both motions are then turned so that the pelvis
        faces +X in the mean, as `laboratory_frame.facing` says why.
    joints : sequence of JointFrame
        Of the model that the motions belong to.
    models : (Model or None, Model or None)
        Scaled ones of reference and estimate: their sizes tell two people apart.
    subject, trial : str

    Raises
    ------
    AlignmentError
        They are not of one trial, or cannot be brought onto one clock or into one frame.
    ValueRangeError
        They are of two kinds, not upright, or in another unit.
    """
    score = _Score(
        how or Procedure(), lag_s, frame == "estimate", tuple(joints), models, subject, trial
    )
    if isinstance(reference, Motion) and isinstance(estimate, Motion):
        for motion, which in ((reference, "the mocap"), (estimate, "the video")):
            require_motion_plausible(motion, score.root, which)
        return _validated(reference, estimate, score)
    if isinstance(reference, Markers) and isinstance(estimate, Markers):
        return _validated(reference, estimate, score)
    raise ValueRangeError(
        "one side is a motion and the other markers: give the mocap's static trial"
        " (--static-mocap), or the video's .mot"
    )


@dataclass(frozen=True, slots=True)
class _Score:
    """The parameters of `validate_recordings`."""

    how: Procedure
    lag_s: float | None
    estimates_frame: bool
    joints: tuple[JointFrame, ...]
    models: tuple[Model | None, Model | None]
    subject: str
    trial: str

    @property
    def root(self) -> JointFrame | None:
        return root_of(self.joints)


def _validated(reference: Recording, estimate: Recording, score: _Score) -> Validation:
    require_common_clock(reference, estimate, ("the mocap", "the video"))
    if score.lag_s is None:
        clock = find_clock(reference, estimate)
    else:
        clock = given_clock(reference, estimate, score.lag_s)
    time = GivenLag(clock.lag_s)
    aligned = align(reference, estimate, time)
    frame = None
    if score.estimates_frame:
        frame = find_frame(aligned.reference, aligned.estimate, score.root)
    if frame is not None:
        estimate = in_frame(estimate, frame.transform, score.root)
        if score.root is not None and isinstance(aligned.reference, Motion):
            forward = facing(aligned.reference, score.root)
            reference = in_frame(reference, forward, score.root)
            estimate = in_frame(estimate, forward, score.root)
    how = replace(score.how, time=time, name="validate", joints=score.joints)
    pair = compare_recordings(
        reference, estimate, how, score.subject, score.trial, other_policies=False
    )
    turned: Mapping[str, float] = {}
    if isinstance(pair.reference, Motion) and isinstance(pair.estimate, Motion):
        _, turned = with_constant_rotations(pair.reference, pair.estimate, score.joints)
    doubtful = doubts(clock, *score.models)
    return Validation(Comparison(how, (pair,)), clock, frame, turned, doubtful)
