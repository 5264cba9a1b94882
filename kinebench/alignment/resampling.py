"""An estimate at the reference's times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Literal

import numpy as np

from kinebench.alignment.records import Recording
from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.wrapping import can_wrap, unwrapped
from kinebench.errors import AlignmentError
from kinebench.remarks import tell
from kinebench.signals.resampling import interpolant, resample

Interpolation = Literal["cubic", "linear"]

# more than this many usual frame intervals without a frame is a gap, not a frame interval
_HOLE = 3.0


def interpolated(
    recording: Recording, times: FloatArray, interpolation: Interpolation = "cubic"
) -> Recording:
    """A motion or markers at other times.

    Parameters
    ----------
    recording : Motion or Markers
    times : (n_new,) s
    interpolation : {"cubic", "linear"}
        Cubic spline (not-a-knot) or straight lines, over each run without gaps. Angles that can
        wrap are unwrapped first.

    Returns
    -------
    Motion or Markers
        NaN outside the recording and in its gaps: where a neighbouring value is missing, or where
        frames are missing for more than three frame intervals. Times that the recording has give
        its values unchanged. Confidence of markers is interpolated linearly.
    """
    return interpolator(recording, interpolation)(times)


def interpolator(
    recording: Recording, interpolation: Interpolation = "cubic"
) -> Callable[[FloatArray], Recording]:
    """`interpolated` with the curves fitted once, for many sets of times."""
    curve = values_at(recording, interpolation)
    if isinstance(recording, Motion):

        def motion_at(times: FloatArray) -> Motion:
            if np.array_equal(recording.times, times):
                return recording
            return replace(recording, times=times, values=curve(times))

        return motion_at
    confidence = recording.confidence

    def markers_at(times: FloatArray) -> Markers:
        if np.array_equal(recording.times, times):
            return recording
        sure = None
        if confidence is not None:
            sure = resample(confidence, recording.times, times, "linear")
        return replace(recording, times=times, positions=curve(times), confidence=sure)

    return markers_at


def values_at(
    recording: Motion | Markers, interpolation: Interpolation = "cubic"
) -> Callable[[FloatArray], FloatArray]:
    """`interpolator` for the values, or positions, alone: (n_new, ...)."""
    if isinstance(recording, Motion):
        own = recording.values
        wraps = np.array([can_wrap(each) for each in recording.coordinates], dtype=bool)
        values = np.array(own)
        values[:, wraps] = unwrapped(values[:, wraps])
    else:
        own = values = recording.positions
    curve = _without_holes(recording.times, values, interpolation)
    return lambda times: own if np.array_equal(recording.times, times) else curve(times)


def at_reference_times(
    reference: Recording,
    estimate: Recording,
    lag_s: float,
    interpolation: Interpolation = "cubic",
) -> tuple[Recording, Recording]:
    """Both recordings on the reference's frames that the estimate covers.

    Parameters
    ----------
    reference, estimate : Motion or Markers
    lag_s : float
        Lateness of the estimate's clock: it is taken from the estimate's times.
    interpolation : {"cubic", "linear"}

    Raises
    ------
    AlignmentError
        Fewer than two frames overlap.

    Warns
    -----
    KinebenchWarning
        Less than half of the shorter recording overlaps.
    """
    return at_lags(reference, estimate, interpolation)(lag_s)


def at_lags(
    reference: Recording, estimate: Recording, interpolation: Interpolation = "cubic"
) -> Callable[[float], tuple[Recording, Recording]]:
    """`at_reference_times` with the curves fitted once, for many lags."""
    curves, frames = interpolator(estimate, interpolation), common_frames(reference, estimate)
    reach = _interval(estimate.times)

    def at_lag(lag_s: float) -> tuple[Recording, Recording]:
        clock = estimate.times - lag_s
        inside = np.arange(reference.n_frames)[frames(lag_s)]
        beside = (clock >= reference.times[0] - reach) & (clock <= reference.times[-1] + reach)
        n_common = int(min(len(inside), beside.sum()))
        if n_common < 2:
            raise AlignmentError(
                f"reference ({_span(reference)}) and estimate ({_span(estimate)}, minus a lag of"
                f" {lag_s:g} s) overlap in {n_common} frames; two or more are needed"
            )
        common = reference.at_frames(inside)
        shared = float(common.times[-1] - common.times[0])
        shorter = min(float(reference.times[-1] - reference.times[0]), float(clock[-1] - clock[0]))
        if shared < 0.5 * shorter:
            tell(
                "short overlap",
                f"reference and estimate overlap for {shared:.3g} s only, of {shorter:.3g} s",
            )
        moved = curves(common.times + lag_s)
        return common, replace(moved, times=common.times) if lag_s else moved

    return at_lag


def common_frames(
    reference: Motion | Markers, estimate: Motion | Markers
) -> Callable[[float], slice]:
    """Of a lag, s: the reference's frames that the estimate covers, less that lag."""
    slack = 0.01 * _interval(reference.times)
    first, last = float(estimate.times[0]), float(estimate.times[-1])

    def at_lag(lag_s: float) -> slice:
        start = int(np.searchsorted(reference.times, first - lag_s - slack, "left"))
        stop = int(np.searchsorted(reference.times, last - lag_s + slack, "right"))
        return slice(start, max(start, stop))

    return at_lag


def _without_holes(
    times: FloatArray, values: FloatArray, interpolation: Interpolation
) -> Callable[[FloatArray], FloatArray]:
    """Values at new times, NaN inside holes of the time stamps."""
    # recordings on one clock need no curve
    fitted = cache(lambda: interpolant(values, times, interpolation))
    steps = np.diff(times)
    holes = np.flatnonzero(steps > _HOLE * np.median(steps)) if len(steps) else np.empty(0, int)

    def at_times(new_times: FloatArray) -> FloatArray:
        moved = fitted()(new_times)
        for hole in holes:
            within = (new_times > times[hole]) & (new_times < times[hole + 1])
            moved[within] = np.nan
        return moved

    return at_times


def _interval(times: FloatArray) -> float:
    return float(np.median(np.diff(times))) if len(times) > 1 else 0.0


def _span(recording: Motion | Markers) -> str:
    return f"{recording.times[0]:g} to {recording.times[-1]:g} s"
