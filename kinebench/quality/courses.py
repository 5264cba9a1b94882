"""Courses of keypoints: speed of the hips, spikes, jumps, tremble."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.core.display import counted
from kinebench.core.markers import Markers
from kinebench.core.subject import Subject
from kinebench.errors import listed
from kinebench.quality.finding import Finding, graded, spans_of
from kinebench.signals.butterworth import butterworth

# Sprinters run at 12 m/s, people in a laboratory at 6 m/s at most; a drop from 0.5 m ends at 3.
_AMBER_SPEED, _RED_SPEED, _SMOOTH_HZ = 6.0, 12.0, 6.0
# From the median of five frames. Detectors err by 0.15 m in a frame now and then: it takes several
# such frames, or one that is twice as far off.
_SPIKE_M, _FAR_SPIKE_M, _FEW_SPIKES, _RED_SHARE = 0.12, 0.3, 3, 0.02
# From three frames to the next three, at 60 Hz and more; in fewer frames a movement goes farther.
# Of 300 clean recordings one keypoint moved by 0.15 m, three by 0.07 m, half of all by 0.03 m; of
# the raw keypoints of somebody who balances by 0.22, 0.14 and 0.03 m.
_LEVEL_FRAMES, _LEVEL_HZ = 3, 60.0
_JUMP_OF_ONE_M, _JUMP_OF_THREE_M, _JUMP_OF_ALL_M = 0.25, 0.15, 0.08
# Good recordings tremble by 0.5 to 2.5 mm per axis, two phones by up to 4.
_AMBER_TREMBLE_M, _RED_TREMBLE_M = 0.006, 0.020
# At 30 Hz the second differences of a knee in walking are 7 mm: movement, not noise.
_NOISE_HZ = 50.0


def speed(recording: Markers, subject: Subject) -> Iterator[Finding] | None:
    """How fast the pelvis moves, after a low-pass."""
    if "midHip" not in recording.names or recording.n_frames < 10:
        return None
    return _speed(recording)


def _speed(recording: Markers) -> Iterator[Finding]:
    hz = recording.rate_hz
    path = recording.position("midHip")
    if hz > 2.5 * _SMOOTH_HZ:
        path = butterworth(path, hz, _SMOOTH_HZ, short_runs="keep")
    course = np.linalg.norm(np.gradient(path, recording.times, axis=0), axis=1)
    course = np.where(np.isfinite(course), course, 0.0)
    fastest = float(course.max())
    severity = graded(fastest, _AMBER_SPEED, _RED_SPEED)
    if severity != "green":
        yield Finding(
            "speed",
            severity,
            f"the hips move at {fastest:.0f} m/s",
            where=("midHip",),
            spans_s=spans_of(course > _AMBER_SPEED, recording.times),
            measured=fastest,
            limit=_AMBER_SPEED,
            unit="m/s",
            advice="another person, a lost calibration, or wrong units or rate",
        )


def spikes(recording: Markers, subject: Subject) -> Iterator[Finding] | None:
    """Keypoints that leave their course for a frame or two."""
    if recording.n_frames < 5:
        return None
    return _spikes(recording)


def _spikes(recording: Markers) -> Iterator[Finding]:
    positions = recording.positions
    distance: FloatArray = np.zeros(positions.shape[:2])
    with np.errstate(invalid="ignore"):
        for column, path in enumerate(np.swapaxes(positions, 0, 1)):  # memory
            distance[2:-2, column] = np.linalg.norm(path[2:-2] - _median_of_5(path), axis=1)
    distance = np.where(np.isfinite(distance), distance, 0.0)
    far = distance > _SPIKE_M
    frames: NDArray[np.bool_] = np.asarray(far.any(axis=1))
    largest = float(distance.max())
    if frames.sum() < _FEW_SPIKES and largest <= _FAR_SPIKE_M:
        return
    names = tuple(np.array(recording.names)[far.any(axis=0)].tolist())
    many = frames.mean() > _RED_SHARE and largest > _FAR_SPIKE_M
    yield Finding(
        "spikes",
        "red" if many else "amber",
        f"{names[0]}{f' and {len(names) - 1} more leave' if len(names) > 1 else ' leaves'} the"
        f" course by up to {largest:.2f} m in {counted(int(frames.sum()), 'frame')}",
        where=names,
        spans_s=spans_of(frames, recording.times),
        measured=largest,
        limit=_SPIKE_M,
        unit="m",
        advice="outliers of the detector: --clean outliers",
    )


def _median_of_5(values: FloatArray) -> FloatArray:
    """Of every 5 frames in a row the median (n_frames - 4, ...); NaN where one of them is NaN.

    Two pairs cannot hold it with their lower minimum and their higher maximum: what is left of
    them, and the fifth.
    """
    a, b, c, d, e = (values[start : len(values) - 4 + start] for start in range(5))
    low = np.maximum(np.minimum(a, b), np.minimum(c, d))
    high = np.minimum(np.maximum(a, b), np.maximum(c, d))
    return np.asarray(np.maximum(np.minimum(low, high), np.minimum(np.maximum(low, high), e)))


def jumps(recording: Markers, subject: Subject) -> Iterator[Finding] | None:
    """Keypoints that from one frame to the next are somewhere else, and stay there."""
    if recording.n_frames < 2 * _LEVEL_FRAMES + 1:
        return None
    return _jumps(recording)


def _jumps(recording: Markers) -> Iterator[Finding]:
    levels = np.stack(
        [_levels(path) for path in np.swapaxes(recording.positions, 0, 1)], axis=1
    ) / max(1.0, _LEVEL_HZ / recording.rate_hz)
    ordered = np.sort(levels, axis=1)[:, ::-1]
    counts = {1: _JUMP_OF_ONE_M, 3: _JUMP_OF_THREE_M, levels.shape[1] // 2 + 1: _JUMP_OF_ALL_M}
    beyond: NDArray[np.bool_] = np.zeros(len(levels), bool)
    limit = _JUMP_OF_ONE_M
    for count, least in counts.items():
        if count <= levels.shape[1] and (ordered[:, count - 1] > least).any():
            beyond |= ordered[:, count - 1] > least
            limit = least
    if not beyond.any():
        return
    at = int(np.where(beyond, ordered[:, 0], 0.0).argmax())
    columns = np.flatnonzero(levels[at] > 0.5 * ordered[at, 0])
    names = tuple(recording.names[column] for column in columns)
    flags = np.zeros(recording.n_frames, bool)
    flags[_LEVEL_FRAMES - 1 : _LEVEL_FRAMES - 1 + len(beyond)] = beyond
    many = len(columns) > len(recording.names) / 2
    s = "s" * (many or len(names) == 1)
    who = "the whole body" if many else listed(names, 3)
    time = recording.times[at + _LEVEL_FRAMES - 1]
    yield Finding(
        "jumps",
        "red" if many else "amber",
        f"{who} jump{s} by {ordered[at, 0]:.2f} m at {time:.2f} s and stay{s} there",
        where=names,
        spans_s=spans_of(flags, recording.times),
        measured=float(ordered[at, 0]),
        limit=limit,
        unit="m",
        advice="frames were cut out, or somebody else was seen"
        if many
        else "keypoints were exchanged, or somebody else's were seen",
    )


def _levels(path: FloatArray) -> FloatArray:
    """How far three frames lie from the three before, less their own speeds (n_frames - 5,) m.

    Zero around single outliers, which are `spikes`, and where a frame is missing.
    """
    n, w = len(path) - 2 * _LEVEL_FRAMES + 1, _LEVEL_FRAMES
    parts = [path[start : start + n] for start in range(2 * w)]
    step = sum(parts[w:]) - sum(parts[:w])
    speed = (parts[w - 1] - parts[0] + parts[-1] - parts[w]) / (2 * (w - 1))
    level = np.nan_to_num(np.linalg.norm(step / w - w * speed, axis=1))
    away = np.zeros(len(path), bool)
    away[2:-2] = np.nan_to_num(np.linalg.norm(path[2:-2] - _median_of_5(path), axis=1)) > _SPIKE_M
    near = np.any([away[start : start + n] for start in range(2 * w)], axis=0)
    return np.where(near, 0.0, level)


def tremble(recording: Markers, subject: Subject) -> Iterator[Finding] | None:
    """Noise from frame to frame, by keypoint.

    White noise of variance s² has second differences of variance 6 s², a movement hardly any. The
    median of their size is taken, so that single spikes do not count.
    """
    if recording.n_frames < 10 or recording.rate_hz < _NOISE_HZ:
        return None
    return _tremble(recording)


def _tremble(recording: Markers) -> Iterator[Finding]:
    noise: dict[str, float] = {}
    for name, path in zip(recording.names, np.swapaxes(recording.positions, 0, 1), strict=True):
        column = np.abs(np.diff(path, 2, axis=0))
        known = column[np.isfinite(column).all(axis=1)]
        if len(known):
            # of a normal distribution the median size is 0.6745 standard deviations
            noise[name] = float(np.median(known, axis=0).max() / 0.6745 / np.sqrt(6.0))
    most = max(noise.values(), default=0.0)
    severity = graded(most, _AMBER_TREMBLE_M, _RED_TREMBLE_M)
    if severity != "green":
        names = tuple(name for name, value in noise.items() if value > _AMBER_TREMBLE_M)
        yield Finding(
            "tremble",
            severity,
            f"{names[0]}{f' and {len(names) - 1} more tremble' if len(names) > 1 else ' trembles'}"
            f" by {most * 1e3:.0f} mm per axis",
            where=names,
            measured=most * 1e3,
            limit=_AMBER_TREMBLE_M * 1e3,
            unit="mm",
            advice="noise of this size shows in all angles: --clean butterworth:6",
        )
