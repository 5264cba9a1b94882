"""Units that two recordings of one movement do not share: of time, angles and lengths."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.errors import ValueRangeError
from kinebench.remarks import Remark
from kinebench.signals.runs import columns_by_pattern

SLOWEST_HZ, FASTEST_HZ = 4.0, 5000.0
"""Sampling rates of human movement: slower shows no movement, faster is no camera."""

_TIMES_IN = (
    ("ms", 1e3, "divide its times by 1000"),
    ("µs", 1e6, "divide its times by 1,000,000"),
    ("minutes", 1 / 60, "multiply its times by 60"),
)
_FRAMES_THAT_AGREE, _RATES_APART = 20, 0.01
"""Two recordings of so many frames or more agree in number by chance once in hundreds of pairs."""
_DEGREES = 180.0 / math.pi
_QUANTILES = np.linspace(0.05, 0.95, 19)
_UNITS = {
    # size of the larger side, rad or m, below which a ratio is one of noise (a virtual pelvis has
    # 0.02° of list, 1.2° are estimated); factors; what they mean
    "rotational": (
        math.radians(3.0),
        (_DEGREES,),
        "degrees on one side, radians on the other, as coupled coordinates of OpenSim before and"
        " after version 4",
    ),
    "translational": (0.05, (1000.0, 100.0), "m on one side, mm or cm on the other"),
}
_SPREAD = 1.6  # two methods may differ by so much in size and range and still be 57 apart in unit
_STILL = 1.2  # locked angles differ by less


class _Clock(NamedTuple):
    rate_hz: float
    duration_s: float


def require_common_clock(
    reference: Motion | Markers,
    estimate: Motion | Markers,
    names: tuple[str, str] = ("the reference", "the estimate"),
) -> None:
    """Refuse times that are not in seconds: in ms, µs, minutes, or frame numbers.

    Told by a sampling rate that no recording of a person has, or by durations that agree only
    after the change of unit. Recordings of fewer than three frames are not judged.

    Parameters
    ----------
    reference, estimate : Motion or Markers
    names : (str, str)
        What the two are called in the message.

    Raises
    ------
    ValueRangeError
        With the unit that the times are probably in.
    """
    if min(len(reference.times), len(estimate.times)) < 3:
        return
    clocks = _clock(reference), _clock(estimate)
    for own, other, name in ((*clocks, names[0]), (*clocks[::-1], names[1])):
        unit = _unit(own, other)
        if unit:
            raise ValueRangeError(
                f"the times of {name} cannot be seconds: {own.rate_hz:.3g} Hz for"
                f" {own.duration_s:.3g} s, beside {other.rate_hz:.3g} Hz for"
                f" {other.duration_s:.3g} s; {unit}"
            )


def rates_apart(reference: Motion | Markers, estimate: Motion | Markers) -> Iterator[Remark]:
    """A doubt where both have as many frames at different rates: one of the rates may be wrong."""
    n = reference.n_frames
    if n != estimate.n_frames or n < _FRAMES_THAT_AGREE:
        return
    own, other = _clock(reference).rate_hz, _clock(estimate).rate_hz
    if abs(own / other - 1) > _RATES_APART:
        yield Remark(
            "rates",
            "warning",
            f"both have {n} frames, the reference at {own:.4g} Hz and the estimate at"
            f" {other:.4g} Hz: is one of the rates wrong?",
        )


def _clock(recording: Motion | Markers) -> _Clock:
    times = recording.times
    return _Clock(1.0 / float(np.median(np.diff(times))), float(times[-1] - times[0]))


def _unit(own: _Clock, other: _Clock) -> str:
    """The likely cure when a clock is not in seconds; empty when it is."""
    plausible = SLOWEST_HZ <= own.rate_hz <= FASTEST_HZ
    if plausible and 0.1 < own.duration_s / other.duration_s < 10.0:
        return ""
    fitting = []
    for name, factor, cure in _TIMES_IN:
        rate_hz, duration_s = own.rate_hz * factor, own.duration_s / factor
        if not SLOWEST_HZ <= rate_hz <= FASTEST_HZ:
            continue
        # no camera of 600 Hz films 60 times shorter than its partner: then it is minutes
        if plausible and not (rate_hz >= 10.0 and 0.2 < rate_hz / other.rate_hz < 5.0):
            continue
        apart = abs(math.log(duration_s / other.duration_s))
        fitting.append((apart, f"they are probably in {name}: {cure}"))
    if abs(own.rate_hz - 1.0) < 1e-6:  # steps of 1: nothing but frame numbers
        fitting = [(0.0, "they are probably frame numbers or per cent, and must be seconds")]
    apart, cure = min(fitting, default=(math.inf, "times must be in seconds"))
    # a plausible clock is doubted only when the other unit makes the durations agree
    return cure if not plausible or apart < math.log(1.5) else ""


def other_units(reference: Motion, estimate: Motion) -> dict[str, str]:
    """Coordinates that the two sides have in two units, with the reason to give.

    Both the size and the range of such a coordinate differ by nearly the factor between the units:
    180/π, or 1000 or 100 for lengths. Files of OpenSim before version 4 have coupled coordinates
    in degrees and later files have them in radians, whatever ``inDegrees`` says. Quantiles are
    compared, so that a lag between the two does not matter.

    Raises
    ------
    ValueRangeError
        Most angles are so: then the header of one file is wrong.
    """
    factors, reasons, n_angles = {}, {}, 0
    one, other = _quantiles(reference), _quantiles(estimate)
    for coordinate in reference.coordinates:
        name = coordinate.name
        if name not in one or name not in other:
            continue
        smallest, known, reason = _UNITS[coordinate.kind]
        factor = _factor(one[name], other[name], known, smallest)
        angle = coordinate.kind == "rotational"
        n_angles += angle and factor is not None
        if factor is None or factor == 1.0:
            continue
        if angle:
            factors[name] = factor
        reasons[name] = f"{_larger(factor)} {max(factor, 1 / factor):.4g} times larger: {reason}"
    if factors and len(factors) > n_angles / 2:
        raise _wrong_header(factors)
    return reasons


def _larger(factor: float) -> str:
    return "the estimate is" if factor > 1.0 else "the reference is"


def _wrong_header(factors: dict[str, float]) -> ValueRangeError:
    shown = ", ".join(list(factors)[:4]) + (", …" if len(factors) > 4 else "")
    larger = _larger(next(iter(factors.values())))
    return ValueRangeError(
        f"{larger} 57.3 times larger in {len(factors)} angles ({shown}): one of the two is in"
        " another unit than its header says; correct its line inDegrees"
    )


def _quantiles(motion: Motion) -> dict[str, FloatArray]:
    """Of each coordinate that has two values or more."""
    found: dict[str, FloatArray] = {}
    missing = np.isnan(motion.values)
    for columns in columns_by_pattern(missing):
        known = motion.values[~missing[:, columns[0]]][:, columns]
        if len(known) >= 2:
            quantiles = np.quantile(known, _QUANTILES, axis=0)
            found |= zip([motion.names[column] for column in columns], quantiles.T, strict=True)
    return found


def _factor(
    one: FloatArray, other: FloatArray, factors: tuple[float, ...], smallest: float
) -> float | None:
    """The factor, or its inverse, by which the two differ; 1 by none; None where nothing moves."""
    sizes = float(np.sqrt(np.mean(one**2))), float(np.sqrt(np.mean(other**2)))
    if max(sizes) < smallest:
        return None
    spreads = float(one.std()), float(other.std())
    still = max(spreads) < 1e-3 * max(sizes)
    if min(sizes) == 0.0 or (not still and min(spreads) == 0.0):
        return 1.0
    ratios = [sizes[1] / sizes[0]] if still else [sizes[1] / sizes[0], spreads[1] / spreads[0]]
    slack = _STILL if still else _SPREAD
    # of the other sign, quantiles stand in the opposite order
    alike = max(float(one @ other), float(-one @ other[::-1]))
    if alike < 0.8 * float(np.linalg.norm(one) * np.linalg.norm(other)):
        return 1.0
    for factor in (*factors, *(1.0 / factor for factor in factors)):
        if all(1 / slack < ratio / factor < slack for ratio in ratios):
            return factor
    return 1.0
