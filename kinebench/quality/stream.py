"""A recording as a stream of frames: rate, time stamps, gaps, standstill."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.core.keypoints import BODY_25
from kinebench.core.markers import Markers
from kinebench.core.subject import Subject
from kinebench.quality.finding import Finding, spans_of
from kinebench.signals.runs import runs

# OpenCap films at 60 to 240 Hz; below 25 Hz a heel strike falls between frames, below 10 Hz or
# above 1000 Hz the times are not in seconds.
_SLOW_HZ, _TOO_SLOW_HZ, _TOO_FAST_HZ = 25.0, 10.0, 1000.0
# Half a frame late is seen as movement; time stamps with three decimals jitter by 6 % at 120 Hz.
_UNEVEN = 0.25
# Interpolation over 0.2 s keeps walking within 1 cm; over 1 s a step is lost.
_AMBER_GAP_S, _RED_GAP_S = 0.2, 1.0
# Files carry five decimals; somebody who bends off a line by less than that in 0.2 s accelerates by
# less than 4 mm/s². Slower than 1 cm/s may be standing.
_ROUNDING_M, _MOVING_M = 2e-5, 0.002
# Angles of a segment of 0.4 m are off by up to 0.7° when its ends are rounded to 5 mm, and smooth
# courses become stairs; files in whole millimetres are common, and do no harm.
_STEPS_M = (0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)
_COARSE_M, _TOO_COARSE_M = 0.005, 0.02
_FEW_PLACES, _LARGE_M = 10, 1e4
# Splines of third degree fill gaps by one polynomial. The 0.3 s before and after it are recorded.
# Noise of 0.1 mm, or movement of 5 Hz and 0.1 mm, leaves it; slow smooth courses bend by less.
_CURVE_S, _BEND_M, _MOST_FILLED = 0.3, 0.001, 0.5
_FEW_FILLED, _NOISY_M = 0.125, 5e-5
# A camera never gives the same position twice to a micrometre, but files repeat last values.
_STILL_M, _FROZEN_S, _REPEATED = 1e-6, 0.1, 0.05
# In whole millimetres somebody who stands repeats places for 0.1 s, as 6 % of clean recordings do.
_ROUNDED_M, _FROZEN_ROUNDED_S = 0.001, 0.4


def rate(recording: Markers, subject: Subject) -> Iterator[Finding] | None:
    """Frames per second."""
    if recording.n_frames < 2:
        return None
    return _rate(recording)


def _rate(recording: Markers) -> Iterator[Finding]:
    hz = recording.rate_hz
    if hz < _SLOW_HZ or hz > _TOO_FAST_HZ:
        yield Finding(
            "sampling rate",
            "red" if hz < _TOO_SLOW_HZ or hz > _TOO_FAST_HZ else "amber",
            f"{hz:.4g} frames per second",
            measured=hz,
            limit=_TOO_FAST_HZ if hz > _TOO_FAST_HZ else _SLOW_HZ,
            unit="Hz",
            advice=_of_rate(hz),
        )


def _of_rate(hz: float) -> str:
    if abs(hz - 1) < 1e-6:
        return "frame numbers instead of times?"
    return "times in ms?" if hz < 1 else "times in minutes?" if hz > 2000 else "is the rate right?"


def time_stamps(recording: Markers, subject: Subject) -> Iterator[Finding] | None:
    """Frames that are not evenly spaced."""
    if recording.n_frames < 3:
        return None
    return _time_stamps(recording)


def _time_stamps(recording: Markers) -> Iterator[Finding]:
    steps = np.diff(recording.times)
    usual = float(np.median(steps))
    odd = np.abs(steps / usual - 1) > _UNEVEN
    if odd.any():
        longest, at = float(steps.max()), int(steps.argmax())
        start, end = recording.times[at], recording.times[at + 1]
        yield Finding(
            "time stamps",
            "red" if odd.mean() > 0.05 or longest > _RED_GAP_S else "amber",
            f"{int(odd.sum())} of {len(steps)} frame intervals are not {usual:.4g} s; the longest"
            f" is {longest:.4g} s, from {start:.3f} to {end:.3f} s",
            spans_s=spans_of(np.append(odd, False), recording.times),
            measured=longest,
            limit=usual * (1 + _UNEVEN),
            unit="s",
            advice="frames were lost or time stamps shifted: resample",
        )


def gaps(recording: Markers, subject: Subject) -> Iterator[Finding]:
    """Keypoints missing for long."""
    if recording.n_frames < 2 or not recording.missing.any():
        return
    longest: dict[str, float] = {}
    spans: list[tuple[float, float]] = []
    step = 1 / recording.rate_hz
    for name, missing in zip(recording.names, recording.missing.T, strict=True):
        for start, stop in runs(missing):
            if (stop - start) * step > _AMBER_GAP_S:
                longest[name] = max(longest.get(name, 0.0), (stop - start) * step)
                spans.append((float(recording.times[start]), float(recording.times[stop - 1])))
    if not longest:
        return
    name = max(longest, key=lambda one: longest[one])
    yield Finding(
        "gaps",
        # of optical clusters one marker may be missing; every keypoint is needed
        "red" if any(longest.get(one, 0.0) > _RED_GAP_S for one in BODY_25) else "amber",
        f"{name} is missing for {longest[name]:.2f} s in a row"
        + (f", {len(longest) - 1} more for over {_AMBER_GAP_S:g} s" if len(longest) > 1 else ""),
        where=tuple(longest),
        spans_s=tuple(sorted(set(spans))),
        measured=longest[name],
        limit=_AMBER_GAP_S,
        unit="s",
        advice="what is filled in there is a guess: leave these frames out",
    )


def resolution(recording: Markers, subject: Subject) -> Iterator[Finding] | None:
    """Positions that are told in whole centimetres or coarser."""
    return _resolution(recording) if recording.n_frames > 1 else None


def _resolution(recording: Markers) -> Iterator[Finding]:
    step = _step_m(recording)
    if step >= _COARSE_M:
        yield Finding(
            "resolution",
            "red" if step >= _TOO_COARSE_M else "amber",
            f"all positions are multiples of {step * 1e3:g} mm",
            measured=step * 1e3,
            limit=_COARSE_M * 1e3,
            unit="mm",
            advice="decimals were cut off when the file was written: write it with five, in m",
        )


def _step_m(recording: Markers) -> float:
    """The coarsest step of which all positions are multiples; 0 when it is below a millimetre."""
    some = recording.positions[:: max(1, recording.n_frames // 500)]
    known = some[np.isfinite(some)]
    # few places are multiples of anything, and large numbers have no decimals
    if len(np.unique(known)) < _FEW_PLACES or np.abs(known).max() > _LARGE_M:
        return 0.0
    for step in _STEPS_M:
        if (np.abs(known / step - np.round(known / step)) * step < 1e-7).all():
            return step
    return 0.0


def straight_lines(recording: Markers, subject: Subject) -> Iterator[Finding] | None:
    """Keypoints that move exactly along a line or a smooth curve: gaps that were filled unsaid."""
    if recording.n_frames < 2 or recording.n_frames <= _frames_of(recording, _AMBER_GAP_S):
        return None
    if _step_m(recording):
        return iter(())  # rounded courses run along lines, and stand still
    return _filled(recording)


def _frames_of(recording: Markers, seconds: float) -> int:
    return max(4, round(seconds * recording.rate_hz))


def _filled(recording: Markers) -> Iterator[Finding]:
    lines, curves = (np.zeros((recording.n_frames, len(recording.names)), bool) for _ in range(2))
    widths = [_frames_of(recording, seconds) for seconds in (_AMBER_GAP_S, _CURVE_S)]
    for column, path in enumerate(np.swapaxes(recording.positions, 0, 1)):  # memory
        lines[:, column] = _stretches(_on_line(path, widths[0]), len(path))
        curves[:, column] = _stretches(_on_curve(path, widths[1]), len(path)) & ~lines[:, column]
    # somebody who was computed, or smoothed afterwards, moves along smooth curves at every turn
    curves[:, curves.mean(axis=0) > _MOST_FILLED] = False
    smooth = np.flatnonzero(curves.any(axis=0))
    if len(smooth) > _FEW_FILLED * len(recording.names):
        for column in smooth.tolist():
            curves[:, column] &= _noise_m(recording.positions[:, column]) > _NOISY_M
    yield from _along(recording, lines, "line", "a straight line", _AMBER_GAP_S)
    yield from _along(recording, curves, "curve", "a smooth curve", _CURVE_S)


def _along(
    recording: Markers, filled: NDArray[np.bool_], kind: str, by: str, least: float
) -> Iterator[Finding]:
    longest: dict[str, float] = {}
    for name, column in zip(recording.names, filled.T, strict=True):
        seconds = max((stop - start for start, stop in runs(column)), default=0) / recording.rate_hz
        if seconds >= least:
            longest[name] = seconds
    if not longest:
        return
    name = max(longest, key=lambda one: longest[one])
    yield Finding(
        "straight lines",
        "red" if longest[name] > _RED_GAP_S else "amber",
        f"{name} moves along an exact {kind} for {longest[name]:.2f} s"
        + (f", {len(longest) - 1} more do so too" if len(longest) > 1 else ""),
        where=tuple(longest),
        spans_s=spans_of(np.asarray(filled.any(axis=1)), recording.times),
        measured=longest[name],
        limit=_AMBER_GAP_S,
        unit="s",
        advice=f"a gap was filled by {by}: what is there is a guess",
    )


def _stretches(starts: NDArray[np.bool_], n_frames: int) -> NDArray[np.bool_]:
    """Frames (n_frames,) of stretches of one length that begin at `starts`.

    The last place where one can begin tells how long they are.
    """
    filled = np.zeros(n_frames, bool)
    width = n_frames - len(starts)
    for start, stop in runs(starts):
        filled[start : stop + width] = True
    return filled


def _on_line(path: FloatArray, width: int) -> NDArray[np.bool_]:
    """Where stretches begin that move along a line at one speed (n_starts,)."""
    n = len(path) - width
    chord = path[width:] - path[:n]
    with np.errstate(invalid="ignore"):
        straight = np.linalg.norm(chord, axis=1) > _MOVING_M
        for place in (width // 4, width // 2, 3 * width // 4):
            on_line = path[:n] + chord * (place / width)
            straight &= (np.abs(path[place : place + n] - on_line) < _ROUNDING_M).all(axis=1)
    return np.asarray(straight)


def _on_curve(path: FloatArray, width: int) -> NDArray[np.bool_]:
    """Where stretches begin that follow a polynomial of third degree, but bend off a line."""
    n = len(path) - width
    if n <= 0:
        return np.zeros(0, bool)
    knots = [round(width * share) for share in (0.0, 1 / 3, 2 / 3, 1.0)]
    between = [round(width * share) for share in (1 / 6, 0.5, 5 / 6)]
    with np.errstate(invalid="ignore"):
        inside = path[between[1] : between[1] + n] - (path[:n] + path[width:]) / 2
        smooth = np.linalg.norm(inside, axis=1) > _BEND_M
        for place in between:
            curve = np.zeros((n, 3))
            for knot, weight in _lagrange(knots, place).items():
                curve += weight * path[knot : knot + n]
            off = np.abs(path[place : place + n] - curve)
            smooth &= (off < 2 * _ROUNDING_M).all(axis=1)
    return np.asarray(smooth)


def _noise_m(path: FloatArray) -> float:
    """Standard deviation, m, of what changes from frame to frame.

    White noise of variance s² has fourth differences of variance 70 s², a movement hardly any.
    """
    bends = np.abs(np.diff(path, 4, axis=0))
    known = bends[np.isfinite(bends).all(axis=1)]
    most = np.median(known, axis=0).max() if len(known) else 0.0
    return float(most / 0.6745 / np.sqrt(70.0))


def _lagrange(knots: list[int], place: int) -> dict[int, float]:
    """Weights with which values at the knots give the polynomial's value at a place."""
    return {
        knot: float(np.prod([(place - k) / (knot - k) for k in knots if k != knot]))
        for knot in knots
    }


def frozen(recording: Markers, subject: Subject) -> Iterator[Finding] | None:
    """Keypoints that stand still to the micrometre, and frames that repeat the one before."""
    if recording.n_frames < 3:
        return None
    step = _step_m(recording)
    return iter(()) if step > _ROUNDED_M else _frozen(recording, step)


def _frozen(recording: Markers, step: float) -> Iterator[Finding]:
    with np.errstate(invalid="ignore"):
        still: NDArray[np.bool_] = np.stack(
            [
                (np.abs(np.diff(path, axis=0)) < _STILL_M).all(axis=1)
                for path in np.swapaxes(recording.positions, 0, 1)
            ],
            axis=1,
        )
    seconds = _FROZEN_ROUNDED_S if step else _FROZEN_S
    needed = max(3, round(seconds * recording.rate_hz))
    held: dict[str, float] = {}
    frames: NDArray[np.bool_] = np.zeros(recording.n_frames, bool)
    for name, column in zip(recording.names, still.T, strict=True):
        for start, stop in runs(column):
            if stop - start >= needed:
                held[name] = held.get(name, 0.0) + (stop - start) / recording.rate_hz
                frames[start : stop + 1] = True
    repeated: NDArray[np.bool_] = np.asarray(still.all(axis=1))
    if held:
        name = max(held, key=lambda one: held[one])
        everything = len(held) == len(recording.names) and bool(repeated.any())
        rest = len(held) - 1
        who = f"{name} and {rest} more do not move" if rest else f"{name} does not move"
        if everything:
            who = "no keypoint moves"
        share = held[name] * recording.rate_hz / (recording.n_frames - 1)
        yield Finding(
            "frozen",
            "red" if share > 0.5 or len(held) > len(recording.names) / 2 else "amber",
            f"{who} at all for {held[name]:.2f} s",
            where=tuple(held),
            spans_s=spans_of(frames, recording.times),
            measured=held[name],
            limit=_FROZEN_S,
            unit="s",
            advice="one frame is repeated: a still image, or a gap filled so"
            if everything
            else "a lost keypoint was written with its last position",
        )
    elif repeated.mean() > _REPEATED:
        yield Finding(
            "frozen",
            "amber",
            f"{int(repeated.sum())} of {len(repeated)} frames repeat the one before",
            spans_s=spans_of(np.append(False, repeated), recording.times),
            measured=float(repeated.mean()),
            limit=_REPEATED,
            unit="1",
            advice="the video had a lower rate than the file states",
        )
