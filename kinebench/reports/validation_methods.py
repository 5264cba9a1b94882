"""A paragraph for a paper: how mocap and video were brought together and compared."""

from __future__ import annotations

import math
from collections.abc import Sequence

from kinebench import __version__
from kinebench.comparison import Comparison
from kinebench.reports.methods_text import statistics_said
from kinebench.validation import TrialValidation, Validation


def methods_text(validation: Validation, prepared: Sequence[str] = ()) -> str:
    """A paragraph for a paper.

    Parameters
    ----------
    validation : Validation
    prepared : sequence of str
        Sentences on how the mocap's motion was made.
    """
    clock, frame = validation.clock, validation.frame
    pair = validation.comparison.pairs[0]
    how = (
        "was stated" if clock.given else f"was found by {clock.signals[0].name} (cross-correlation"
    )
    if not clock.given:
        low, high = clock.searched_s
        how += f" over {low:+.2f} to {high:+.2f} s" + (
            f"; {clock.signals[1].name} gave {in_s(clock.signals[1].lag_s)})"
            if len(clock.signals) > 1
            else ")"
        )
    sentences = [
        *prepared,
        f"The video's clock was corrected by a lag of {in_s(clock.lag_s)}, which {how}; no drift"
        " was corrected.",
    ]
    if frame is not None:
        sentences.append(
            "The video was brought into the mocap's laboratory frame by one rotation about the"
            f" vertical ({math.degrees(frame.yaw_rad):+.1f}°) and one translation, least squares"
            f" over {frame.part_s[0]:.2f} to {frame.part_s[1]:.2f} s (residual"
            f" {frame.transform.rms * 1e3:.0f} mm, {frame.rest_rms_m * 1e3:.0f} mm on the rest)."
            + (
                " Pelvis angles and translations are in a frame whose X axis is the mean heading."
                if validation.joint_rotations
                else ""
            )
        )
    sentences.append(_errors_said(f"{pair.alignment.n_frames} frames"))
    return " ".join(sentences)


def _errors_said(over: str) -> str:
    return (
        f"Errors are video minus mocap over {over}, the video interpolated by cubic splines at the"
        " mocap's times, without filtering; they are given raw, without the constant offset of each"
        " coordinate, and, for joints of three angles, without one constant rotation of the joint's"
        f" frame (chordal mean). Computed with kinebench {__version__}."
    )


def methods_of_many(trials: Sequence[TrialValidation], together: Comparison | None = None) -> str:
    """A paragraph for a paper, on several trials, and on what is said over them together."""
    if len(trials) == 1:
        return methods_text(trials[0].validation, trials[0].prepared)
    clocks = [one.validation.clock for one in trials]
    frames = [one.validation.frame for one in trials]
    lags = f"{in_s(min(c.lag_s for c in clocks))} to {in_s(max(c.lag_s for c in clocks))}"
    signals = " or ".join(dict.fromkeys(c.signals[0].name for c in clocks if not c.given))
    found = f"found by {signals} (cross-correlation)" if signals else "which was stated"
    solved = [one for one in trials if one.run is not None]
    sentences = []
    if solved:
        errors = [one.run.solution.rms_errors.mean() * 1e3 for one in solved if one.run]
        sentences.append(
            f"The mocap's motions are inverse kinematics of its markers (root mean square marker"
            f" error {min(errors):.1f} to {max(errors):.1f} mm)."
        )
    sentences.append(
        f"In each of {len(trials)} trials the video's clock was corrected by a lag of its own,"
        f" {lags}, {found}; no drift was corrected."
    )
    if any(frames):
        sentences.append(
            "Each trial of the video was brought into the mocap's laboratory frame by one rotation"
            " about the vertical and one translation, least squares over its first half."
        )
    statistics = [] if together is None else statistics_said(together)
    return " ".join((*sentences, *statistics, _errors_said("the frames that both have")))


def in_s(seconds: float) -> str:
    """``+0.123 s``."""
    return f"{seconds:+.3f} s"
