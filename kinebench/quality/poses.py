"""Lengths of segments in poses that are alike: a detector's errors go with the pose."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.segments import (
    BODY_SEGMENTS,
    segment_ends,
    segment_lengths,
    typical_lengths,
)

# A detector's errors go with the pose: a thigh shortens as the hip bends. Two sides, and movement
# and static trial, are compared in this share of the frames, where their poses are most alike. Of
# 108 clean recordings of nine movements, of which four are one-sided, 2 are told of their sides,
# and 17 where all frames count; of the static trial 0 and 16. A knee put down the leg by 18 % of
# the thigh is told in 106 (sides) and 107 (static trial), and in 94 and 83 where all frames count.
_ALIKE = 0.25

# Segments that the detector sees from many sides; the breadth of hips and shoulders is not judged:
# seen from the side it is a guess.
JUDGED = tuple(name for name in BODY_SEGMENTS if name not in ("pelvis", "shoulders"))


def directions(recording: Markers) -> dict[str, FloatArray]:
    """Unit vectors (n_frames, 3) along the segments that are judged, downwards from the body."""
    found = {}
    for name, (upper, lower) in segment_ends(recording.names, JUDGED).items():
        along = recording.positions[:, lower] - recording.positions[:, upper]
        found[name] = along / np.maximum(np.linalg.norm(along, axis=1), 1e-9)[:, None]
    return found


def lengths_where_alike(recording: Markers, differences: Sequence[FloatArray]) -> dict[str, float]:
    """Typical lengths, m, in the share of the frames with the least squares of differences of pose.

    A segment that is not seen there has that of all frames.
    """
    everywhere = typical_lengths(recording)
    if not differences:
        return everywhere
    squares = np.concatenate([one.reshape(recording.n_frames, -1) ** 2 for one in differences], 1)
    known = np.isfinite(squares)
    seen_in = np.flatnonzero(known.any(axis=1))
    if not len(seen_in):
        return everywhere
    mean = np.where(known, squares, 0.0)[seen_in].sum(axis=1) / known[seen_in].sum(axis=1)
    alike = np.zeros(recording.n_frames, bool)
    alike[seen_in[mean <= np.quantile(mean, _ALIKE)]] = True
    there = {
        name: float(np.median(course[seen]))
        for name, course in segment_lengths(recording).items()
        if (seen := alike & np.isfinite(course)).any()
    }
    return everywhere | there


def height(direction: FloatArray) -> float:
    """How far a direction points up in the median of the frames, -1 to 1; NaN where unknown."""
    known = direction[:, 1][np.isfinite(direction[:, 1])]
    return float(np.median(known)) if len(known) else float("nan")


def lengths_upright(recording: Markers) -> dict[str, float]:
    """Typical lengths, m, in the share of the frames in which trunk and legs are most upright."""
    legs = ("thigh", "shank")
    return lengths_where_alike(
        recording,
        [
            course[:, 1] - (1.0 if name == "trunk" else -1.0)
            for name, course in directions(recording).items()
            if name == "trunk" or name.endswith(legs)
        ],
    )
