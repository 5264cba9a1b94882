"""What gravity and the ground say of a recording: up, seconds, and forwards."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kinebench.cleaning.levelling import Level
from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.subject import Subject
from kinebench.errors import KinebenchError
from kinebench.quality.finding import Finding, graded, spans_of
from kinebench.remarks import unheard
from kinebench.signals.runs import runs

# Tilt that levelling finds in 290 level recordings of virtual people: 2.5° forward, 1.3° sideways
# at most; in public ones 3.5° and 1.0°. Forward it is known to 1.8°, by heights of heel and toe.
_AMBER_TILT_DEG = {"forward": 6.0, "sideways": 4.0}
_RED_TILT_DEG = {"forward": 12.0, "sideways": 9.0}
_LEANING_DEG = 30.0  # beyond, the check of the axes tells

_GRAVITY = 9.81
# 70 flights of virtual people at 30 to 240 Hz and one public one, by two cameras each: 9.7 to 10.4.
_AMBER_FALL, _RED_FALL = 0.20, 0.50
_OFF_FLOOR_M, _FLIGHT_FRAMES = 0.06, 6
# How far a flight rises above the line from its start to its end, and of that what is no parabola.
_ARC_M, _NO_PARABOLA = 0.04, 0.15
# On a box feet stay at one height for most of the time.
_AT_ONE_HEIGHT_M, _AT_ONE_HEIGHT = 0.01, 0.5

_TRAVEL_M, _BACKWARDS = 1.0, -0.7

# Winter 2009, table 4.1: shares of the body's mass, here at the middle of each segment.
_MASSES = (
    ("Neck", "midHip", 0.497),
    ("Neck", "Neck", 0.081),
    *((f"{s}Hip", f"{s}Knee", 0.100) for s in "RL"),
    *((f"{s}Knee", f"{s}Ankle", 0.0465) for s in "RL"),
    *((f"{s}Heel", f"{s}BigToe", 0.0145) for s in "RL"),
    *((f"{s}Shoulder", f"{s}Elbow", 0.028) for s in "RL"),
    *((f"{s}Elbow", f"{s}Wrist", 0.022) for s in "RL"),
)
_FEET = tuple(f"{side}{part}" for side in "RL" for part in ("Heel", "BigToe", "SmallToe"))
_BODY = tuple(dict.fromkeys((*(name for one in _MASSES for name in one[:2]), *_FEET)))


def tilt(recording: Markers, subject: Subject) -> Iterator[Finding] | None:
    """Whether the ground that the feet rest on is level, and bodies stand plumb on it."""
    try:
        with unheard():
            found = Level().resolve(recording).tilt
    except (KinebenchError, np.linalg.LinAlgError):
        return None
    if found is None or found.posture == "none":
        return None
    angles = {
        "forward": (found.sagittal, found.sagittal_uncertainty),
        "sideways": (found.frontal, found.frontal_uncertainty),
    }
    return _tilted({way: np.degrees(pair) for way, pair in angles.items()})


def _tilted(angles: dict[str, FloatArray]) -> Iterator[Finding]:
    for way, (angle, uncertainty) in angles.items():
        size = abs(float(angle))
        severity = graded(size, _AMBER_TILT_DEG[way], _RED_TILT_DEG[way])
        if severity == "green" or size < 3 * uncertainty or size > _LEANING_DEG:
            continue
        toward = {"forward": ("backward", "forward"), "sideways": ("left", "right")}[way]
        yield Finding(
            "tilt",
            severity,
            f"a plumb person on level ground would lean by {size:.0f}° {toward[bool(angle > 0)]}",
            where=(way,),
            measured=size,
            limit=_AMBER_TILT_DEG[way],
            unit="deg",
            advice="the cameras' vertical is off: --clean level",
        )


def gravity(recording: Markers, subject: Subject) -> Iterator[Finding] | None:
    """How fast the centre of mass falls while both feet are off the floor."""
    if not set(_BODY) <= set(recording.names) or recording.n_frames < 2 * _FLIGHT_FRAMES:
        return None
    lowest = np.min([recording.position(name)[:, 1] for name in _FEET], axis=0)
    known = np.isfinite(lowest)
    if not known.any():
        return None
    off = known & (np.nan_to_num(lowest) > np.percentile(lowest[known], 5) + _OFF_FLOOR_M)
    height = np.zeros(recording.n_frames)
    for one, other, share in _MASSES:
        height += share * (recording.position(one)[:, 1] + recording.position(other)[:, 1]) / 2
    falls = {
        (start, stop): fall
        for start, stop in runs(off)
        if stop - start >= _FLIGHT_FRAMES
        and (fall := _fall(recording.times[start:stop], height[start:stop], lowest[start:stop]))
    }
    return _falling(falls, recording) if falls else None


def _fall(times: FloatArray, height: FloatArray, lowest: FloatArray) -> float:
    """Acceleration downwards, m/s², of a flight; 0 for what is none."""
    if not np.isfinite(height).all():
        return 0.0
    at_rest = np.abs(lowest - np.median(lowest)) < _AT_ONE_HEIGHT_M
    t = times - times.mean()
    curve, *_ = coefficients = np.polyfit(t / t[-1], height, 2)
    arc = -float(curve)
    left = float(np.sqrt(np.mean((np.polyval(coefficients, t / t[-1]) - height) ** 2)))
    if at_rest.mean() > _AT_ONE_HEIGHT or arc < _ARC_M or left > _NO_PARABOLA * arc:
        return 0.0
    return 2 * arc / float(t[-1]) ** 2


def _falling(falls: dict[tuple[int, int], float], recording: Markers) -> Iterator[Finding]:
    fall = float(np.median(list(falls.values())))
    off = max(fall / _GRAVITY, _GRAVITY / fall) - 1
    severity = graded(off, _AMBER_FALL, _RED_FALL)
    if severity == "green":
        return
    frames = np.zeros(recording.n_frames, bool)
    for start, stop in falls:
        frames[start:stop] = True
    right = recording.rate_hz * np.sqrt(_GRAVITY / fall)
    yield Finding(
        "gravity",
        severity,
        f"in flight the body falls at {fall:.1f} m/s² instead of {_GRAVITY:g}, as if"
        f" {right:.0f} frames per second were stated as {recording.rate_hz:.0f}",
        spans_s=spans_of(frames, recording.times),
        measured=fall,
        limit=_GRAVITY * (1 + _AMBER_FALL),
        unit="m/s²",
        advice="rate, unit or calibration are not right",
    )


def travel(recording: Markers, subject: Subject) -> Iterator[Finding] | None:
    """Whether somebody who travels does so where the toes point."""
    needed = {"midHip", "RHeel", "LHeel", "RBigToe", "LBigToe"}
    if not needed <= set(recording.names):
        return None
    p = recording.position
    path = p("midHip")[:, [0, 2]]
    toes = (p("RBigToe") - p("RHeel") + p("LBigToe") - p("LHeel"))[:, [0, 2]]
    known = np.isfinite(path).all(axis=1) & np.isfinite(toes).all(axis=1)
    if not known.any():
        return None
    way, forwards = path[known][-1] - path[known][0], np.median(toes[known], axis=0)
    distance = float(np.linalg.norm(way))
    cosine = float(way @ forwards) / max(distance * float(np.linalg.norm(forwards)), 1e-12)
    return _backwards(distance, cosine) if distance > _TRAVEL_M else None


def _backwards(distance: float, cosine: float) -> Iterator[Finding]:
    if cosine < _BACKWARDS:
        yield Finding(
            "travel",
            "amber",
            f"the person travels {distance:.1f} m backwards, heels first",
            measured=cosine,
            limit=_BACKWARDS,
            unit="1",
            advice="is time reversed? a gait backwards has other events than one forwards",
        )
