"""Segments between keypoints, and what their lengths say of a person's size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.geometry.segments import distances


def _sided(name: str, upper: str, lower: str) -> dict[str, tuple[str, str]]:
    return {
        f"{side} {name}": (letter + upper, letter + lower)
        for side, letter in (("right", "R"), ("left", "L"))
    }


SEGMENTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "pelvis": ("RHip", "LHip"),
        **_sided("thigh", "Hip", "Knee"),
        **_sided("shank", "Knee", "Ankle"),
        **_sided("ankle to heel", "Ankle", "Heel"),
        **_sided("foot", "Heel", "BigToe"),
        **_sided("outer foot", "Heel", "SmallToe"),
        **_sided("upper arm", "Shoulder", "Elbow"),
        **_sided("forearm", "Elbow", "Wrist"),
        "trunk": ("midHip", "Neck"),
        "shoulders": ("RShoulder", "LShoulder"),
    }
)
"""Name to the keypoints at its ends."""

RIGID_SEGMENTS = tuple(name for name in SEGMENTS if name not in ("trunk", "shoulders"))
"""Segments that anatomy keeps at one length; they form no loop.

The trunk bends and shoulders shrug: neither is among them."""

BODY_SEGMENTS = tuple(name for name in SEGMENTS if "heel" not in name and "outer" not in name)
"""Segments that a recording of a person is judged by: each part of the body once."""

STATURE_SHARES: Mapping[str, float] = MappingProxyType(
    {"thigh": 0.245, "shank": 0.246, "upper arm": 0.186, "forearm": 0.146, "trunk": 0.288}
)
"""Length over stature: Drillis & Contini 1966, as in Winter 2009, fig. 4.1 (trunk: hip to the
height of the shoulders)."""

# what a person's height is made of; arms are not
_UPRIGHT = ("thigh", "shank", "trunk")


def segment_ends(names: Iterable[str], among: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Of the segments that have both ends among keypoints: where these stand.

    Parameters
    ----------
    names : iterable of str
        Keypoints, in order.
    among : iterable of str
        Names of `SEGMENTS`.
    """
    places = {name: column for column, name in enumerate(names)}
    return {
        name: (places[upper], places[lower])
        for name in among
        for upper, lower in (SEGMENTS[name],)
        if upper in places and lower in places
    }


def segment_lengths(
    recording: Markers, among: Iterable[str] = BODY_SEGMENTS
) -> dict[str, FloatArray]:
    """Course (n_frames,) m of the length of every segment whose keypoints are there.

    NaN where a keypoint is missing.
    """
    ends = segment_ends(recording.names, among)
    courses = distances(recording.positions, list(ends.values()))
    return dict(zip(ends, courses.T, strict=True))


def typical_lengths(recording: Markers, among: Iterable[str] = BODY_SEGMENTS) -> dict[str, float]:
    """Median over time, m, of the length of each segment whose keypoints are there.

    NaN where its ends are never seen together.
    """
    return {
        name: float(np.median(course[known])) if (known := np.isfinite(course)).any() else np.nan
        for name, course in segment_lengths(recording, among).items()
    }


def stature(lengths: Mapping[str, float]) -> float:
    """A person's height, m, that typical lengths of thighs, shanks and trunk suggest; NaN without.

    Within 6 % or so: people differ, and keypoints are not where joints are.
    """
    found = shares = 0.0
    for name in _UPRIGHT:
        sides = (name, f"right {name}", f"left {name}")
        known = [lengths[side] for side in sides if np.isfinite(lengths.get(side, np.nan))]
        if known:
            found += float(np.mean(known))
            shares += STATURE_SHARES[name]
    return found / shares if shares else float("nan")
