"""Cleaners by name, for the command line and for study files: ``fill-linear+butterworth:6``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from kinebench.cleaning.lengths import BoneLengths
from kinebench.cleaning.levelling import Level
from kinebench.cleaning.lowpass import Butterworth, Challis, ResidualAnalysis
from kinebench.cleaning.repair import FillGaps, RemoveOutliers
from kinebench.cleaning.resampling import Resample
from kinebench.cleaning.rescaling import Rescale
from kinebench.cleaning.rotation import Rotate
from kinebench.cleaning.sides import SwapSides
from kinebench.cleaning.smoothers import KalmanSmoother, Median, SavitzkyGolay, SmoothingSpline
from kinebench.core.limits import Limit, require_limit
from kinebench.core.notation import (
    NotationEntry,
    parse_number,
    parse_steps,
    parse_whole,
    step_text,
)
from kinebench.core.stages import Cleaner
from kinebench.errors import ValueRangeError

__all__ = ["CLEANERS", "cleaners_text", "parse_cleaners"]

_NONE = "none"

_TURN = Limit(-360, 360, "degrees", "more than a full turn is a slip of the unit")


def _fill(method: str) -> Callable[..., Cleaner]:
    def make(longest_s: str | None = None) -> Cleaner:
        longest = None if longest_s is None else parse_number(longest_s, "longest gap, s")
        return FillGaps("cubic" if method == "cubic" else "linear", longest)

    return make


def _butterworth(cutoff_hz: str, order: str = "4") -> Cleaner:
    return Butterworth(
        parse_number(cutoff_hz, "cut-off, Hz"), parse_whole(order, "order of both passes")
    )


def _residual(scope: str = "axis") -> Cleaner:
    return ResidualAnalysis(scope)  # type: ignore[arg-type]  # checked by the stage


def _challis(scope: str = "axis") -> Cleaner:
    return Challis(scope)  # type: ignore[arg-type]  # checked by the stage


def _outliers(window_s: str | None = None, n_sigmas: str | None = None) -> Cleaner:
    default = RemoveOutliers()
    return RemoveOutliers(
        default.window_s if window_s is None else parse_number(window_s, "window, s"),
        default.n_sigmas if n_sigmas is None else parse_number(n_sigmas, "number of sigmas"),
    )


def _savgol(window_s: str | None = None, degree: str | None = None) -> Cleaner:
    default = SavitzkyGolay()
    return SavitzkyGolay(
        default.window_s if window_s is None else parse_number(window_s, "window, s"),
        default.degree if degree is None else parse_whole(degree, "degree"),
    )


def _median(window_s: str | None = None) -> Cleaner:
    return Median() if window_s is None else Median(parse_number(window_s, "window, s"))


def _spline(penalty_s3: str | None = None) -> Cleaner:
    return SmoothingSpline(None if penalty_s3 is None else parse_number(penalty_s3, "penalty, s³"))


def _kalman(jerk_density: str | None = None, measurement_m: str | None = None) -> Cleaner:
    return KalmanSmoother(
        None if jerk_density is None else parse_number(jerk_density, "jerk density, m²/s⁵"),
        None if measurement_m is None else parse_number(measurement_m, "measurement noise, m"),
    )


def _resample(rate_hz: str) -> Cleaner:
    return Resample(parse_number(rate_hz, "rate, Hz"))


def _rotate(angles: str) -> Cleaner:
    parsed: dict[str, float] = {}
    for part in angles.split(","):
        axis, equals, degrees = part.partition("=")
        if not equals:
            raise ValueRangeError(f"'{part}' is no rotation: write axis=degrees, as in y=90,z=180")
        if axis.strip() in parsed:
            raise ValueRangeError(f"axis '{axis.strip()}' is given twice")
        what = f"angle about {axis.strip()}, degrees"
        parsed[axis.strip()] = parse_number(degrees, what)
        require_limit(parsed[axis.strip()], _TURN, what)
    return Rotate.from_axis_angles(parsed)


def _bone_lengths(of: str = "own") -> Cleaner:
    return BoneLengths(of)  # type: ignore[arg-type]  # checked by the stage


def _rescale(to: str = "static") -> Cleaner:
    return Rescale(to)  # type: ignore[arg-type]  # checked by the stage


CLEANERS: Mapping[str, NotationEntry[Cleaner]] = MappingProxyType(
    {
        "fill-linear": NotationEntry(
            FillGaps, "fill-linear[:LONGEST_S]", "fill gaps by lines", _fill("linear"), 1
        ),
        "fill-cubic": NotationEntry(
            FillGaps, "fill-cubic[:LONGEST_S]", "fill gaps by a cubic spline", _fill("cubic"), 1
        ),
        "fill-ends": NotationEntry(
            FillGaps,
            "fill-ends",
            "fill gaps by lines, and hold the first and last known position at the ends",
            lambda: FillGaps("linear", ends=True),
        ),
        "outliers": NotationEntry(
            RemoveOutliers, "outliers[:WINDOW_S[:SIGMAS]]", "Hampel identifier", _outliers, 2
        ),
        "butterworth": NotationEntry(
            Butterworth,
            "butterworth:CUTOFF_HZ[:ORDER]",
            "zero-lag low-pass; ORDER of both passes together, 4 by default",
            _butterworth,
            2,
            1,
        ),
        "residual": NotationEntry(
            ResidualAnalysis,
            "residual[:axis|marker|common]",
            "Butterworth, cut-off by residual analysis after Winter",
            _residual,
            1,
        ),
        "challis": NotationEntry(
            Challis,
            "challis[:axis|marker|common]",
            "Butterworth, cut-off by autocorrelation after Challis",
            _challis,
            1,
        ),
        "savgol": NotationEntry(
            SavitzkyGolay, "savgol[:WINDOW_S[:DEGREE]]", "local polynomials", _savgol, 2
        ),
        "spline": NotationEntry(
            SmoothingSpline, "spline[:PENALTY_S3]", "cubic spline, cross-validated", _spline, 1
        ),
        "kalman": NotationEntry(
            KalmanSmoother, "kalman[:JERK_DENSITY:MEASUREMENT_M]", "RTS smoother", _kalman, 2
        ),
        "median": NotationEntry(Median, "median[:WINDOW_S]", "running median", _median, 1),
        "resample": NotationEntry(Resample, "resample:RATE_HZ", "another rate", _resample, 1, 1),
        "rotate": NotationEntry(
            Rotate, "rotate:AXIS=DEGREES[,…]", "turn about fixed axes, in order", _rotate, 1, 1
        ),
        "level": NotationEntry(Level, "level", "level by feet and posture", Level),
        "bone-lengths": NotationEntry(
            BoneLengths,
            "bone-lengths[:own|static]",
            "constant segment lengths: the recording's medians, or the static trial's",
            _bone_lengths,
            1,
        ),
        "swap-sides": NotationEntry(
            SwapSides, "swap-sides", "undo exchanges of left and right", SwapSides
        ),
        "rescale": NotationEntry(
            Rescale,
            "rescale[:static|height]",
            "bring to the size of the static trial, or roughly to the stated height",
            _rescale,
            1,
        ),
    }
)


def parse_cleaners(text: str) -> tuple[Cleaner, ...]:
    """Cleaners from their text: names with options after colons, joined by ``+``.

    ``"none"`` is no cleaning, an empty tuple.

    Examples
    --------
    >>> parse_cleaners("butterworth:6")
    (Butterworth(cutoff_hz=6.0, order=4, corrected=False, short_runs='raise'),)
    >>> len(parse_cleaners("fill-linear+residual"))
    2
    >>> parse_cleaners("none")
    ()

    Raises
    ------
    NameNotFoundError
        A name that does not exist; the nearest one is offered.
    ValueRangeError
        Too few or too many options, or an option that is illegal; the usage is told.
    """
    return () if text.strip() == _NONE else parse_steps(text, CLEANERS, "cleaner")


def cleaners_text(cleaners: Sequence[Cleaner]) -> str:
    """The text that `parse_cleaners` reads as these cleaners.

    Raises
    ------
    ValueRangeError
        When one cannot be written, such as a cleaner of one's own.
    """
    return "+".join(step_text(cleaner, CLEANERS) for cleaner in cleaners) or _NONE
