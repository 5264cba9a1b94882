"""Which side and segment a marker belongs to, by the naming habits of the field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from kinebench.errors import require_names

LANDMARKS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "hip": (("RHJC_study", "LHJC_study"), ("R_HJC", "L_HJC"), ("RHip", "LHip")),
        "knee": (("r_knee_study", "L_knee_study"), ("r_knee", "L_knee"), ("RKnee", "LKnee")),
        "ankle": (
            ("r_ankle_study", "L_ankle_study"),
            ("r_ankle", "L_ankle"),
            ("RAnkle", "LAnkle"),
        ),
        "heel": (("r_calc_study", "L_calc_study"), ("r_calc", "L_calc"), ("RHeel", "LHeel")),
    }
)
"""Landmark to (right, left) names: augmented markers, optical markers, keypoints."""

FEET: tuple[tuple[tuple[str, str], ...], ...] = (
    (
        ("r_calc_study", "L_calc_study"),
        ("r_toe_study", "L_toe_study"),
        ("r_5meta_study", "L_5meta_study"),
    ),
    (("r_calc", "L_calc"), ("r_toe", "L_toe"), ("r_5meta", "L_5meta")),
    (("RHeel", "LHeel"), ("RBigToe", "LBigToe"), ("RSmallToe", "LSmallToe")),
)
"""Sets of (right, left) foot points, heel first: augmented markers, optical markers, keypoints."""

# The first pattern that fits decides; epicondyles move with the thigh, malleoli with the shank.
_SEGMENTS = (
    ("foot", r"calc|toe|meta|heel|foot"),
    ("pelvis", r"asis|psis|hjc|hip|pelvis|sacr"),
    ("trunk", r"c7|neck|shoulder|stern|clav|t10"),
    ("thigh", r"thigh|knee|femur"),
    ("shank", r"ankle|shank|tibia|(?<![a-z])sh\d"),
    ("arm", r"elbow|wrist|humer|forearm|hand"),
    ("head", r"nose|eye|ear|head"),
)

_SIDE_FIRST = re.compile(r"^([rRlL])(?=[_.]|[A-Z0-9])")
_SIDE_LAST = re.compile(r"_([rRlL])$")


def side_of(name: str) -> str:
    """Side: "right" or "left" (``r_knee``, ``r.ASIS``, ``RHip``, ``hip_flexion_r``), "midline"."""
    found = _SIDE_FIRST.search(name) or _SIDE_LAST.search(name)
    if not found:
        return "midline"
    return "right" if found.group(1) in "rR" else "left"


def segment_of(name: str) -> str:
    """Segment of a name: "foot", "shank", "thigh", "pelvis", "trunk", "arm", "head" or "other"."""
    plain = name.lower()
    return next((segment for segment, words in _SEGMENTS if re.search(words, plain)), "other")


def bilateral_pairs(names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Names that exist on both sides: stem to (right, left), in order of the right ones.

    ``hip_flexion_r`` and ``hip_flexion_l`` have the stem ``hip_flexion``; ``r_knee`` and
    ``L_knee`` the stem ``knee``.
    """
    sides: dict[str, dict[str, str]] = {}
    for name in names:
        if side_of(name) != "midline":
            stem = _SIDE_FIRST.sub("", name, count=1) if _SIDE_FIRST.search(name) else name[:-2]
            sides.setdefault(stem.strip("_."), {})[side_of(name)] = name
    return {stem: (pair["right"], pair["left"]) for stem, pair in sides.items() if len(pair) == 2}


def landmark_pairs(names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Which of the `LANDMARKS` these markers have: landmark to (right, left) names."""
    existing = set(names)
    found = {}
    for landmark, candidates in LANDMARKS.items():
        pair = next((pair for pair in candidates if existing.issuperset(pair)), None)
        if pair is not None:
            found[landmark] = pair
    return found


def foot_points(names: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Heel, toe and metatarsal of the right and of the left foot, of the first set that exists.

    Raises
    ------
    NameNotFoundError
        No set of `FEET` is complete.
    """
    existing = tuple(names)
    for pairs in FEET:
        if set(existing).issuperset(name for pair in pairs for name in pair):
            return tuple(right for right, _ in pairs), tuple(left for _, left in pairs)
    require_names([name for pair in FEET[0] for name in pair], existing, "marker", "the recording")
    raise AssertionError("unreachable: the first set is incomplete")
