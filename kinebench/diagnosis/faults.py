"""Faults that show in the recording itself, and what no recording of this kind can tell.

No swap undoes these faults: they are named by evidence alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kinebench.core.segments import typical_lengths
from kinebench.core.trial import Trial
from kinebench.diagnosis import evidence
from kinebench.diagnosis.evidence import Indication
from kinebench.diagnosis.straightness import knee_angles_deg
from kinebench.quality import assess_recording
from kinebench.quality.finding import Finding

__all__ = ["UNDECIDABLE", "Fault", "faults_of"]

UNDECIDABLE = (
    "the person: a truly asymmetric movement, or legs that differ in length (a second"
    " measurement tells: another camera set-up, optical markers, a tape measure)",
    "one keypoint low on one side, always or growing with depth, by less than 6 % of a segment",
    "slow wandering of one side's keypoints (record again: an error changes, a person does not)",
    "one side late by less than 0.06 s, or in a movement whose sides alternate",
    "all lengths too long or short by less than 12 %: people's proportions differ by as much",
    "which augmenter version is nearer to the truth: this depends on the errors of the keypoints",
    "one outlying frame of a foot that moves the floor; a wrong mass",
)
"""Causes that no swap and no check decides, within the sizes given."""

# Logarithm of right over left length in clean sessions of two phones: SD 1.3 to 2.4 % in the
# median over a movement of 5 s, largest 5.2 % of 48; people's own legs differ by 1 to 2 %.
_UNEQUAL = 0.06
# Right against left knee in clean sessions: −0.03 to 0.05 s. Only where the sides move alike.
_LATE_S, _FARTHEST_S, _ALIKE = 0.06, 0.3, 0.97

# Check of `kinebench.quality`: the fault's name, and what to do about it.
_CHECKS = {
    "size": ("size", "check the stated height and the calibration"),
    "movement against static": (
        "size",
        "calibrate again, and record a static trial of this person in this set-up",
    ),
    "segment lengths": ("changing lengths", "look at the frames named: keypoints are lost there"),
    "left against right": ("unequal sides", "look for a side that was hidden from the cameras"),
    "left and right": ("sides exchanged", "exchange left and right, or correct the axes"),
    "side swaps": ("side swaps", "correct the swaps (--clean swap-sides), or cut these frames"),
    "spikes": ("spikes", "cut or fill the frames named"),
    "axes": ("axes", "name the vertical axis (--axes)"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that the recording shows.

    Parameters
    ----------
    name : str
    shown : Indication
    advice : str
        What to do about it.
    """

    name: str
    shown: Indication
    advice: str


def faults_of(
    trial: Trial, window_s: tuple[float, float], straight_set_up: bool = True
) -> tuple[Fault, ...]:
    """Faults that the recording shows, one of each name, in no order.

    Parameters
    ----------
    trial : Trial
    window_s : (float, float)
        Static window, s; NaN when no model is scaled.
    straight_set_up : bool
        Whether the scaling assumes that the subject stands straight.
    """
    found = [*_of_checks(trial), *_own(trial)]
    if straight_set_up and np.isfinite(window_s).all():
        found += _static_pose(trial, window_s)
    strongest: dict[str, Fault] = {}
    for fault in found:
        known = strongest.get(fault.name)
        if known is None or fault.shown.strength > known.shown.strength:
            strongest[fault.name] = fault
    return tuple(strongest.values())


def _of_checks(trial: Trial) -> Iterator[Fault]:
    for finding in assess_recording(trial.keypoints, trial.subject, trial.static).findings:
        if finding.check in _CHECKS:
            name, advice = _CHECKS[finding.check]
            yield Fault(name, Indication(_text(finding), _strength(finding)), advice)


def _text(finding: Finding) -> str:
    return f"static trial: {finding.message}" if finding.recording == "static" else finding.message


def _strength(finding: Finding) -> float:
    """Measured over limit where both are deviations; else by severity."""
    measured, limit = finding.measured, finding.limit
    if finding.check in ("segment lengths", "left against right") and limit > 0:
        return float(measured / limit)
    return 3.0 if finding.severity == "red" else 1.5


def _static_pose(trial: Trial, window_s: tuple[float, float]) -> Iterator[Fault]:
    advice = "record a static trial again, standing upright with straight knees"
    if trial.static is not None:
        shown = evidence.pose_doubt(trial.static, trial.keypoints)
    else:
        start, end = window_s
        shown = evidence.pose_doubt(trial.keypoints.between(start, end))
        advice = "record a static trial: the model is scaled on the movement itself"
    if shown:
        yield Fault("static pose", shown, advice)


def _own(trial: Trial) -> Iterator[Fault]:
    lengths = typical_lengths(trial.keypoints)
    for segment in ("thigh", "shank"):
        right, left = (lengths.get(f"{side} {segment}", np.nan) for side in ("right", "left"))
        off = abs(float(np.log(right / left))) if min(right, left) > 0 else 0.0
        if off > _UNEQUAL:
            text = f"the right {segment} is {right * 1e3:.0f} mm long, the left {left * 1e3:.0f} mm"
            shown = Indication(text, off / _UNEQUAL)
            yield Fault("unequal sides", shown, _CHECKS["left against right"][1])
    late_s = side_lag_s(trial)
    if abs(late_s) > _LATE_S:
        side = "right" if late_s > 0 else "left"
        text = f"the {side} knee moves {abs(late_s):.2f} s later than the other one"
        advice = "check the synchronisation of the cameras; the person may move so"
        yield Fault("one side late", Indication(text, abs(late_s) / _LATE_S), advice)


def side_lag_s(trial: Trial) -> float:
    """How much later the right knee moves than the left, s; 0 where the sides do not move alike."""
    quiet = evidence.calm(trial.keypoints)
    angles = knee_angles_deg(quiet)
    n = round(_FARTHEST_S * trial.keypoints.rate_hz)
    if angles is None or len(angles) < 4 * n or not np.isfinite(angles).all():
        return 0.0
    right, left = angles.T
    inner = left[n : len(left) - n]
    alike = [
        float(np.corrcoef(right[n + k : len(right) - n + k], inner)[0, 1]) for k in range(-n, n + 1)
    ]
    best = int(np.argmax(alike))
    return (best - n) / trial.keypoints.rate_hz if alike[best] > _ALIKE else 0.0
