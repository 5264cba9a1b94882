"""Segments between keypoints, and what their lengths say of a person's size."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers

__all__ = ["SEGMENTS", "STATURE_SHARES", "segment_lengths", "stature"]


def _sided(name: str, upper: str, lower: str) -> dict[str, tuple[str, str]]:
    return {
        f"{side} {name}": (letter + upper, letter + lower)
        for side, letter in (("right", "R"), ("left", "L"))
    }


SEGMENTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        **_sided("thigh", "Hip", "Knee"),
        **_sided("shank", "Knee", "Ankle"),
        **_sided("foot", "Heel", "BigToe"),
        **_sided("upper arm", "Shoulder", "Elbow"),
        **_sided("forearm", "Elbow", "Wrist"),
        "trunk": ("midHip", "Neck"),
        "pelvis": ("RHip", "LHip"),
        "shoulders": ("RShoulder", "LShoulder"),
    }
)
"""Name to the keypoints at its ends."""

STATURE_SHARES: Mapping[str, float] = MappingProxyType(
    {"thigh": 0.245, "shank": 0.246, "trunk": 0.288}
)
"""Length over stature: Drillis & Contini 1966, as in Winter 2009, fig. 4.1 (hip to the height of
the shoulders)."""


def segment_lengths(recording: Markers) -> dict[str, FloatArray]:
    """Course (n_frames,) m of the length of every segment whose keypoints are there.

    NaN where a keypoint is missing.
    """
    return {
        name: np.asarray(
            np.linalg.norm(recording.position(upper) - recording.position(lower), axis=1)
        )
        for name, (upper, lower) in SEGMENTS.items()
        if upper in recording.names and lower in recording.names
    }


def stature(lengths: Mapping[str, float]) -> float:
    """A person's height, m, that typical lengths of thighs, shanks and trunk suggest; NaN without.

    Within 6 % or so: people differ, and keypoints are not where joints are.
    """
    found = shares = 0.0
    for name, share in STATURE_SHARES.items():
        sides = (name, f"right {name}", f"left {name}")
        known = [lengths[side] for side in sides if np.isfinite(lengths.get(side, np.nan))]
        if known:
            found += float(np.mean(known))
            shares += share
    return found / shares if shares else float("nan")
