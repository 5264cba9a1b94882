"""One person of constant size, with left and right where they belong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np

from kinebench.cleaning.sides import Burst, SwapSides
from kinebench.core.arrays import FloatArray
from kinebench.core.display import counted
from kinebench.core.keypoints import paired_parts
from kinebench.core.markers import Markers
from kinebench.core.segments import SEGMENTS, segment_lengths, stature, typical_lengths
from kinebench.core.subject import Subject
from kinebench.quality.evidence import Evidence
from kinebench.quality.finding import Finding, Spans, graded, spans_of
from kinebench.quality.poses import JUDGED, directions, height, lengths_where_alike
from kinebench.remarks import collected_remarks
from kinebench.signals.butterworth import butterworth

# Largest values of 160 recordings of virtual subjects by two phones, OpenCap's body with its
# detector's bias put on twice included: long segments 17 % from their median, forearms and upper
# arms 30 %, feet (whose ends lie 0.2 m apart, and bend) 38 %.
_LONG = ("thigh", "shank", "trunk")
_AMBER_COURSE = {"long": 0.25, "short": 0.45}
_RED_COURSE = {"long": 0.45, "short": 0.80}
# Right over left: 7 % and 14 % there.
_AMBER_SIDES = {"long": 0.12, "short": 0.20}
_RED_SIDES = {"long": 0.25, "short": 0.40}
# Movement over static trial: 11 % and 18 % there, 4.5 % for the whole person.
_AMBER_STATIC = {"long": 0.16, "short": 0.25}
_RED_STATIC = {"long": 0.28, "short": 0.45}
_AMBER_WHOLE, _RED_WHOLE = 0.075, 0.15
# By how much a neighbour is off, over how much the segment itself is: a knee that is put off across
# the shank changes that little. Chosen on 600 single keypoints put 8 to 30 cm off in clean virtual
# sessions; of 290 on other people and cameras 231 were named right, 17 wrong, 42 not.
_MOVES_TOO, _KEEPS = 0.3, 0.12
# Correlation of right and left. Where a detector's hips move with depth, both thighs shorten by the
# same course; a limb that is lost is lost alone.
_TOGETHER = 0.8
_ALIKE_ADVICE = (
    "right and left change alike: keypoints move with the pose, as hips in a deep squat and feet on"
    " tiptoe"
)
_PLURALS = {"foot": "feet"}
# What is slower than this is no noise; the detector's slow errors have 0.7 Hz.
_SLOW_HZ = 3.0
_SWAPPED_GROUPS = {
    "legs": ("Knee", "Ankle", "Heel", "BigToe", "SmallToe"),
    "hips": ("Hip",),
    "arms": ("Elbow", "Wrist"),
    "shoulders": ("Shoulder",),
}


def _kind(segment: str) -> str:
    return "long" if segment.split()[-1] in _LONG else "short"


def lengths_over_time(recording: Markers, subject: Subject) -> Iterator[Finding] | None:
    """Segments whose length changes within a recording."""
    courses = {name: segment_lengths(recording).get(name) for name in JUDGED}
    known = {name: course for name, course in courses.items() if course is not None}
    if not known or recording.n_frames < 10:
        return None
    return _changing(known, recording)


def _changing(courses: dict[str, FloatArray], recording: Markers) -> Iterator[Finding]:
    known = {name: course for name, course in courses.items() if np.isfinite(course).any()}
    calm = {name: _calm(course, recording.rate_hz) for name, course in known.items()}
    usual = {name: float(np.nanmedian(course)) for name, course in known.items()}
    offs = {
        name: np.nan_to_num(np.abs(course / max(usual[name], 1e-9) - 1), posinf=0.0)
        for name, course in calm.items()
    }
    grades = {
        name: graded(float(off.max()), _AMBER_COURSE[_kind(name)], _RED_COURSE[_kind(name)])
        for name, off in offs.items()
    }
    found = {name: severity for name, severity in grades.items() if severity != "green"}
    for names in _both_sides(found, calm):
        off, kind = np.max([offs[name] for name in names], axis=0), _kind(names[0])
        courses_m = [calm[name] for name in names]
        typical = float(np.mean([usual[name] for name in names]))
        if len(names) > 1:
            stem = names[0].removeprefix("right ")
            which, advice = f"both {_PLURALS.get(stem, stem + 's')} are", _ALIKE_ADVICE
        else:
            which = f"the {names[0]} is"
            advice = f"keypoints are lost or taken for others there{_which(names[0], offs)}"
        yield Finding(
            "segment lengths",
            found[names[0]],
            f"{which} {np.nanmin(courses_m):.2f} to {np.nanmax(courses_m):.2f} m long within the"
            f" recording, mostly {typical:.2f} m",
            where=names,
            spans_s=spans_of(off > _AMBER_COURSE[kind], recording.times),
            measured=float(off.max()),
            limit=_AMBER_COURSE[kind],
            unit="1",
            advice=advice,
        )


def _both_sides(
    found: Mapping[str, str], courses: Mapping[str, FloatArray]
) -> Iterator[tuple[str, ...]]:
    """Segments one by one; right and left as one where they are graded alike and change alike."""
    told: set[str] = set()
    for name, severity in found.items():
        other = name.replace("right ", "left ")
        if name in told:
            continue
        if other != name and found.get(other) == severity and _go_together(courses, name, other):
            told.add(other)
            yield name, other
        else:
            yield (name,)


def _go_together(courses: Mapping[str, FloatArray], one: str, other: str) -> bool:
    known = np.isfinite(courses[one]) & np.isfinite(courses[other])
    if not known.any():
        return False
    a, b = (courses[name][known] - courses[name][known].mean() for name in (one, other))
    sizes = np.abs(a).max(), np.abs(b).max()
    if not (np.isfinite(sizes).all() and min(sizes) > 0):
        return False
    a, b = a / sizes[0], b / sizes[1]
    return bool(a @ b > _TOGETHER * np.linalg.norm(a) * np.linalg.norm(b))


def _which(name: str, offs: dict[str, FloatArray]) -> str:
    """Which keypoint it probably is; empty where lengths do not tell.

    An end is off whose other segment changes too; where the other segment at one end keeps its
    length, it is the other end, if nothing else ends there.
    """
    off = offs[name]
    there = off > _AMBER_COURSE[_kind(name)]
    moved, kept, unknown = [], [], []
    for end in SEGMENTS[name]:
        others = [one for one in offs if one != name and end in SEGMENTS[one]]
        share = min((offs[one][there].mean() / off[there].mean() for one in others), default=None)
        if share is None:
            unknown.append(end)
        elif share >= _MOVES_TOO:
            moved.append(end)
        elif share < _KEEPS:
            kept.append(end)
    if len(moved) == 1:
        return f", probably {_spoken(moved[0])}: what else ends there changes its length too"
    if not moved and len(kept) == len(unknown) == 1:
        other = _spoken(kept[0])
        return f", probably {_spoken(unknown[0])}: what else ends at {other} keeps its length"
    return ""


def _spoken(keypoint: str) -> str:
    """``RHip`` is "the right hip"."""
    side = {"R": "right ", "L": "left "}.get(keypoint[0], "")
    words = re.findall("[A-Z][a-z]*|[a-z]+", keypoint[1:] if side else keypoint)
    return f"the {side}{' '.join(words).lower()}"


def _calm(course: FloatArray, rate_hz: float) -> FloatArray:
    if rate_hz <= 2.5 * _SLOW_HZ:
        return course
    return np.asarray(butterworth(course[:, None], rate_hz, _SLOW_HZ, short_runs="keep")[:, 0])


def sides(recording: Markers, subject: Subject) -> Iterator[Finding] | None:
    """Right segments against left ones, where both are held alike."""
    along = directions(recording)
    pairs = [
        (course, along[name.replace("right", "left")])
        for name, course in along.items()
        if name.startswith("right ") and name.replace("right", "left") in along
    ]
    lengths = lengths_where_alike(recording, [one - other for one, other in pairs])
    stems = [
        name.removeprefix("right ")
        for name in lengths
        if name.startswith("right ") and name.replace("right", "left") in lengths
    ]
    if not stems:
        return None
    return _sides(lengths, stems)


def _sides(lengths: dict[str, float], stems: list[str]) -> Iterator[Finding]:
    for stem in stems:
        right, left = lengths[f"right {stem}"], lengths[f"left {stem}"]
        if not (np.isfinite(right) and np.isfinite(left) and min(right, left) > 0):
            continue
        off, kind = max(right / left, left / right) - 1, _kind(stem)
        severity = graded(off, _AMBER_SIDES[kind], _RED_SIDES[kind])
        if severity != "green":
            yield Finding(
                "left against right",
                severity,
                f"the right {stem} is {right:.2f} m long, the left {left:.2f} m",
                where=(f"right {stem}", f"left {stem}"),
                measured=off,
                limit=_AMBER_SIDES[kind],
                unit="1",
                advice="one side was hidden from the cameras",
            )


def static_against_trial(evidence: Evidence) -> tuple[Finding, ...] | None:
    """The person of the movement, where held as in the static trial, against the person there."""
    if evidence.static is None:
        return None
    standing = typical_lengths(evidence.static)
    upright = {name: height(course) for name, course in directions(evidence.static).items()}
    moving = lengths_where_alike(
        evidence.recorded,
        [
            course[:, 1] - upright[name]
            for name, course in directions(evidence.recorded).items()
            if np.isfinite(upright.get(name, np.nan))
        ],
    )
    found = []
    sizes = stature(moving), stature(standing)
    if not (np.isfinite(sizes).all() and min(sizes) > 0):
        return None
    whole = sizes[0] / sizes[1]
    severity = graded(max(whole, 1 / whole) - 1, _AMBER_WHOLE, _RED_WHOLE)
    if severity != "green":
        found.append(
            Finding(
                "movement against static",
                severity,
                f"the person in the movement is {(whole - 1) * 100:+.0f} % as large as in the"
                f" static trial ({sizes[0]:.2f} against {sizes[1]:.2f} m)",
                measured=whole,
                limit=1 + _AMBER_WHOLE,
                unit="1",
                advice="another person, or another calibration: every angle is off",
            )
        )
    for name in JUDGED:
        one, other = moving.get(name, np.nan), standing.get(name, np.nan)
        if not (np.isfinite(one) and np.isfinite(other) and min(one, other) > 0):
            continue
        # proportions alone: the whole size is told above
        off, kind = max(one / other / whole, other * whole / one) - 1, _kind(name)
        severity = graded(off, _AMBER_STATIC[kind], _RED_STATIC[kind])
        if severity != "green":
            found.append(
                Finding(
                    "movement against static",
                    severity,
                    f"the {name} is {one:.2f} m long in the movement, {other:.2f} m in the static"
                    " trial",
                    where=(name,),
                    measured=off,
                    limit=_AMBER_STATIC[kind],
                    unit="1",
                    advice="the model was scaled on other lengths than the movement has",
                )
            )
    return tuple(found)


def swaps(recording: Markers, subject: Subject) -> Iterator[Finding] | None:
    """Left and right keypoints that change places in bursts, as `SwapSides` finds them."""
    if recording.n_frames < 3 or not paired_parts(recording.names):
        return None
    with collected_remarks():  # it says in words what the findings say
        bursts = SwapSides().resolve(recording).bursts
    return _swaps(recording, bursts)


def _swaps(recording: Markers, bursts: tuple[Burst, ...]) -> Iterator[Finding]:
    for name, parts in _SWAPPED_GROUPS.items():
        here = [(burst, set(parts) & set(burst.parts)) for burst in bursts]
        here = [(burst, exchanged) for burst, exchanged in here if exchanged]
        if not here:
            continue
        frames = np.any([burst.frames(recording.times) for burst, _ in here], axis=0)
        exchanged = set().union(*(parts for _, parts in here))
        spans: Spans = spans_of(frames, recording.times)
        seconds = float(frames.sum()) / recording.rate_hz
        yield Finding(
            "side swaps",
            "red" if frames.mean() > 0.05 else "amber",
            f"the {name} are on the other side in {counted(int(frames.sum()), 'frame')},"
            f" {seconds:.2f} s in {counted(len(spans), 'burst')}",
            where=tuple(f"{side}{part}" for part in parts if part in exchanged for side in "RL"),
            spans_s=spans,
            measured=float(frames.sum()),
            limit=0.0,
            unit="frames",
            advice="the detector took left for right there: swap-sides puts it right",
        )
