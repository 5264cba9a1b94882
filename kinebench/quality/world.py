"""Units, axes, and positions that no camera gives."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.core.display import counted
from kinebench.core.markers import Markers
from kinebench.core.plausible import PLAUSIBLE
from kinebench.core.segments import stature, typical_lengths
from kinebench.core.subject import Subject
from kinebench.core.upright import up_axes
from kinebench.errors import listed
from kinebench.quality.finding import Finding, graded, spans_of
from kinebench.quality.poses import lengths_upright

# Height that keypoints suggest where people are most upright, over the stated one: 0.92 to 1.04 in
# 120 recordings of 20 virtual people, who squat, rise, walk, bend and lunge (of all frames 0.88 to
# 1.04, 4 of them amber); people's proportions differ by a few percent more.
_AMBER_SIZE, _RED_SIZE = 0.12, 0.20
# A factor within a fifth of one of these is a unit taken for another.
_UNITS = {
    1000.0: "positions in mm were taken as m",
    100.0: "positions in cm were taken as m",
    3.281: "positions in feet were taken as m",
    39.37: "positions in inches were taken as m",
    0.01: "the height is in cm, or positions in m were taken as cm",
    0.001: "positions in m were taken as mm",
    0.0254: "the height is in inches",
    0.3048: "the height is in feet",
}
# Somebody upright leans by less than 3° over a trial; squats and jumps included.
_AMBER_LEAN_DEG, _RED_LEAN_DEG = 30.0, 60.0
# Agreement over a recording with the hips, right minus left, of 192 recordings of eight movements,
# lunges and walking among them: knees 0.95, ankles 0.72, heels 0.61, big toes 0.73 at least, and
# with names exchanged as far below 0. The median of the cosines was -0.2 for the ankles of a lunge,
# whose feet stand in line.
EXCHANGED = -0.3
# In heights from the middle of the body: a hand stretched out reaches 0.65.
_FAR_HEIGHTS = 1.2
_BLOCK = 4096  # frames that are looked at at once: memory
# A mass in lb taken as kg gives a body-mass index above 40 from 18.1 on, and few people are above;
# 13 is the least that is survived.
_BMI = (13.0, 40.0)


def size(recording: Markers, subject: Subject) -> Iterator[Finding] | None:
    """The person in the recording, where most upright, against the stated height."""
    seen = stature(lengths_upright(recording))
    if not np.isfinite(seen):
        return None
    return _size(seen, subject.height_m)


def _size(seen: float, stated: float) -> Iterator[Finding]:
    ratio = seen / stated
    off = max(ratio, 1 / max(ratio, 1e-12)) - 1
    severity = graded(off, _AMBER_SIZE, _RED_SIZE)
    if severity != "green":
        unit = next((what for factor, what in _UNITS.items() if 0.8 < ratio / factor < 1.25), "")
        yield Finding(
            "size",
            severity,
            f"segments are those of a person of {seen:.3g} m, the stated height is {stated:.3g} m",
            measured=ratio,
            limit=1 + _AMBER_SIZE,
            unit="1",
            advice=f"{unit}?" if unit else "height, calibration or person are not right",
        )


def mass(subject: Subject) -> Iterator[Finding]:
    """A mass that does not go with the height, both as stated."""
    index = subject.mass_kg / subject.height_m**2
    if subject.height_m not in PLAUSIBLE["height"] or _BMI[0] <= index <= _BMI[1]:
        return
    yield Finding(
        "mass",
        "red" if index < 8 or index > 60 else "amber",
        f"{subject.mass_kg:.4g} kg at {subject.height_m:.3g} m: body-mass index {index:.0f} kg/m²",
        measured=index,
        limit=_BMI[1] if index > _BMI[1] else _BMI[0],
        unit="kg/m²",
        advice="mass in lb or g?" if index > _BMI[1] else "mass is not in kg?",
    )


def axes(recording: Markers, subject: Subject) -> Iterator[Finding] | None:
    """Whether the person stands along +Y."""
    upright = _middle(recording, ("Neck",)), _middle(recording, ("RAnkle", "LAnkle"))
    if upright[0] is None or upright[1] is None:
        return None
    directions = upright[0] - upright[1]
    known = directions[np.isfinite(directions).all(axis=1)]
    if not len(known):
        return None
    return _axes(np.median(known, axis=0), up_axes(recording))


def _axes(direction: FloatArray, upright: str) -> Iterator[Finding]:
    length = float(np.linalg.norm(direction))
    lean = float(np.degrees(np.arccos(np.clip(direction[1] / max(length, 1e-12), -1, 1))))
    severity = graded(lean, _AMBER_LEAN_DEG, _RED_LEAN_DEG)
    if severity == "green":
        return
    axis = int(np.abs(direction).argmax())
    sign = "+" if direction[axis] > 0 else "-"
    name = f"{sign}{'XYZ'[axis]}"
    way = {"+Y": "leans by", "-Y": "is upside down,"}.get(name, f"is along {name},")
    advice = (
        "the vertical axis of the file is another: --axes"
        f" {f'{upright} sets it upright' if upright else 'names it'}"
        if lean > _RED_LEAN_DEG
        else "the person bends or lies, or the cameras' vertical is off"
    )
    yield Finding(
        "axes",
        severity,
        f"from ankles to neck the person {way} {lean:.0f}° from the vertical +Y",
        measured=lean,
        limit=_AMBER_LEAN_DEG,
        unit="deg",
        advice=advice,
    )


def handedness(recording: Markers, subject: Subject) -> Iterator[Finding] | None:
    """Whether toes point forwards as seen from the hips, and legs and shoulders lie as hips do.

    Else left and right are exchanged, in all keypoints or in some.
    """
    found = {what: agreement(one, other) for what, (one, other) in _directions(recording).items()}
    known = {what: agreed for what, agreed in found.items() if np.isfinite(agreed)}
    return _handedness(known) if known else None


def cosines(one: FloatArray, other: FloatArray) -> FloatArray:
    """Of the angles between two directions (n_frames, 3), where both are known (n_known,)."""
    sizes = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    cosine = (one * other).sum(axis=1) / np.maximum(sizes, 1e-12)
    return np.asarray(cosine[np.isfinite(cosine)])


def agreement(one: FloatArray, other: FloatArray) -> float:
    """Whether two directions (n_frames, 3) agree over a recording: 1 always, -1 never; NaN unknown.

    The squares of their cosines with their signs, over the squares: frames count by how clear they
    are. The feet of a lunge or of a step are nearly in line, and say little of right and left.
    """
    cosine = cosines(one, other)
    weight = float(cosine @ cosine)
    return float(cosine @ np.abs(cosine)) / weight if weight > 0 else float("nan")


def _directions(recording: Markers) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Pairs of directions (n_frames, 3) m that agree in everybody."""
    there = set(recording.names)
    found = {}
    if not {"RHip", "LHip"} <= there:
        return {}
    hips = recording.position("RHip") - recording.position("LHip")
    for joint in ("Knee", "Ankle", "Shoulder"):
        if {f"R{joint}", f"L{joint}"} <= there:
            across = recording.position(f"R{joint}") - recording.position(f"L{joint}")
            found[f"{joint.lower()}s"] = (across, hips)
    if {"Neck", "midHip", "RHeel", "LHeel", "RBigToe", "LBigToe"} <= there:
        p = recording.position
        forwards = np.asarray(np.cross(p("Neck") - p("midHip"), hips))
        found["toes"] = (p("RBigToe") - p("RHeel") + p("LBigToe") - p("LHeel"), forwards)
    return found


def _handedness(agreements: dict[str, float]) -> Iterator[Finding]:
    messages = {
        "toes": "the toes point backwards as seen from hips and neck",
        "shoulders": "the right shoulder is on the left as seen from the hips",
        "knees": "the right knee is on the left as seen from the hips",
        "ankles": "the right ankle is on the left as seen from the hips",
    }
    for what, agreed in agreements.items():
        if agreed < EXCHANGED:
            yield Finding(
                "left and right",
                "red",
                messages[what],
                where=(what,),
                measured=agreed,
                limit=EXCHANGED,
                unit="1",
                advice="left and right are exchanged, or the axes are left-handed",
            )


def zeros(recording: Markers, subject: Subject) -> Iterator[Finding]:
    """Keypoints exactly at the origin: files write missing ones so."""
    at_zero = (recording.positions == 0.0).all(axis=2)
    if not at_zero.any():
        return
    share = float(at_zero.mean())
    names = tuple(np.array(recording.names)[at_zero.any(axis=0)].tolist())
    yield Finding(
        "zeros",
        "red",
        f"{listed(names, 3)} at exactly 0 0 0 in"
        f" {counted(int(at_zero.any(axis=1).sum()), 'frame')}",
        where=names,
        spans_s=spans_of(at_zero.any(axis=1), recording.times),
        measured=share,
        limit=0.0,
        unit="1",
        advice="zeros stand for missing values in this file",
    )


def far_points(recording: Markers, subject: Subject) -> Iterator[Finding]:
    """Single keypoints far from the rest of the body."""
    distance = np.full((recording.n_frames, len(recording.names)), np.nan)
    for start in range(0, recording.n_frames, _BLOCK):
        there = start + np.flatnonzero(~recording.missing[start : start + _BLOCK].all(axis=1))
        seen = recording.positions[there]
        distance[there] = np.linalg.norm(seen - np.nanmedian(seen, axis=1, keepdims=True), axis=2)
    lengths = stature(typical_lengths(recording))
    height = lengths if np.isfinite(lengths) else subject.height_m
    far: NDArray[np.bool_] = np.asarray(distance > _FAR_HEIGHTS * height)
    if not far.any():
        return
    names = tuple(np.array(recording.names)[far.any(axis=0)].tolist())
    farthest = float(np.nanmax(distance))
    yield Finding(
        "far points",
        "red",
        f"{listed(names, 3)} up to {farthest:.3g} m from the middle of the body in"
        f" {counted(int(far.any(axis=1).sum()), 'frame')}",
        where=names,
        spans_s=spans_of(np.asarray(far.any(axis=1)), recording.times),
        measured=farthest,
        limit=_FAR_HEIGHTS * height,
        unit="m",
        advice="a triangulation failed, or a number stands for missing; cut or fill these frames",
    )


def _middle(recording: Markers, names: tuple[str, ...]) -> FloatArray | None:
    if not set(names) <= set(recording.names):
        return None
    return np.asarray(recording.select(names).positions.mean(axis=1))
