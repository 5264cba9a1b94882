"""A recording as a stream of frames: rate, time stamps, gaps, standstill."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

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
# A camera never gives the same position twice to a micrometre, but files repeat last values.
_STILL_M, _FROZEN_S, _REPEATED = 1e-6, 0.1, 0.05


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


def straight_lines(recording: Markers, subject: Subject) -> Iterator[Finding] | None:
    """Keypoints that move exactly along a line at one speed: gaps that were filled unsaid."""
    if recording.n_frames < 2 or recording.n_frames <= _line_frames(recording):
        return None
    return _straight_lines(recording)


def _line_frames(recording: Markers) -> int:
    return max(4, round(_AMBER_GAP_S * recording.rate_hz))


def _straight_lines(recording: Markers) -> Iterator[Finding]:
    width = _line_frames(recording)
    p, n = recording.positions, recording.n_frames - width
    chord = p[width:] - p[:n]
    with np.errstate(invalid="ignore"):
        straight = np.linalg.norm(chord, axis=2) > _MOVING_M
        for place in (width // 4, width // 2, 3 * width // 4):
            on_line = p[:n] + chord * (place / width)
            straight &= (np.abs(p[place : place + n] - on_line) < _ROUNDING_M).all(axis=2)
    longest: dict[str, float] = {}
    frames: NDArray[np.bool_] = np.zeros(recording.n_frames, bool)
    for name, column in zip(recording.names, straight.T, strict=True):
        for start, stop in runs(column):
            frames[start : stop + width] = True
            seconds = (stop - 1 - start + width) / recording.rate_hz
            longest[name] = max(longest.get(name, 0.0), seconds)
    if not longest:
        return
    name = max(longest, key=lambda one: longest[one])
    yield Finding(
        "straight lines",
        "red" if longest[name] > _RED_GAP_S else "amber",
        f"{name} moves along an exact line for {longest[name]:.2f} s"
        + (f", {len(longest) - 1} more do so too" if len(longest) > 1 else ""),
        where=tuple(longest),
        spans_s=spans_of(frames, recording.times),
        measured=longest[name],
        limit=_AMBER_GAP_S,
        unit="s",
        advice="a gap was filled by a straight line: what is there is a guess",
    )


def frozen(recording: Markers, subject: Subject) -> Iterator[Finding] | None:
    """Keypoints that stand still to the micrometre, and frames that repeat the one before."""
    if recording.n_frames < 3:
        return None
    return _frozen(recording)


def _frozen(recording: Markers) -> Iterator[Finding]:
    with np.errstate(invalid="ignore"):
        steps = np.abs(np.diff(recording.positions, axis=0))
        still: NDArray[np.bool_] = np.asarray((steps < _STILL_M).all(axis=2))
    needed = max(3, round(_FROZEN_S * recording.rate_hz))
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
        share = held[name] * recording.rate_hz / (recording.n_frames - 1)
        yield Finding(
            "frozen",
            "red" if share > 0.5 or len(held) > len(recording.names) / 2 else "amber",
            f"{name} does not move at all for {held[name]:.2f} s"
            + (f", nor do {len(held) - 1} others" if len(held) > 1 else ""),
            where=tuple(held),
            spans_s=spans_of(frames, recording.times),
            measured=held[name],
            limit=_FROZEN_S,
            unit="s",
            advice="a lost keypoint was written with its last position",
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
