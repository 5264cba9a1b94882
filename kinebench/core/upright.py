"""Which axes of a recording point forward, up and right, as the body in it tells."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers

_UPRIGHT = 0.5  # cosine of 60°: the neck stays nearer to above the ankles, lying down apart
_TOP = ("Neck", "C7_study", "C7", "r_shoulder_study", "r_shoulder", "RSHO", "RShoulder")
_FEET = (("RAnkle", "LAnkle"), ("r_ankle_study", "L_ankle_study"), ("r_ankle", "L_ankle"),
         ("RANK", "LANK"))  # fmt: skip
_SIDES = (("RHip", "LHip"), ("RHJC_study", "LHJC_study"), ("r.ASIS_study", "L.ASIS_study"),
          ("r.ASIS", "L.ASIS"), ("RASI", "LASI"), ("RShoulder", "LShoulder"))  # fmt: skip


def up_axes(recording: Markers) -> str:
    """Axes, as `read_markers` takes them, that set the body upright; empty when it stands so.

    Empty too when the names of shoulders, ankles or hips are not known, and for a body that leans
    between two axes.
    """
    known = set(recording.names)
    top = next((name for name in _TOP if name in known), None)
    feet = next((pair for pair in _FEET if set(pair) <= known), None)
    sides = next((pair for pair in _SIDES if set(pair) <= known), None)
    if top is None or feet is None or sides is None:
        return ""
    place = recording.position
    up = _direction(place(top) - (place(feet[0]) + place(feet[1])) / 2)
    right = _direction(place(sides[0]) - place(sides[1]))
    if not np.isfinite([*up, *right]).all() or up[1] >= _UPRIGHT or np.abs(up).max() < _UPRIGHT:
        return ""
    best = max(_rotations(), key=lambda rows: rows[1] @ up + 0.5 * rows[2] @ right)
    return "".join(_letter(row) for row in best)


def _rotations() -> list[FloatArray]:
    """The 24 matrices whose rows are forward, up and right along axes of a file."""
    signed = (
        np.eye(3)[list(order)] * np.array(signs)[:, None]
        for order in permutations(range(3))
        for signs in product((1.0, -1.0), repeat=3)
    )
    return [rows for rows in signed if np.linalg.det(rows) > 0]


def _letter(row: FloatArray) -> str:
    axis = int(np.abs(row).argmax())
    return ("+" if row[axis] > 0 else "-") + "xyz"[axis]


def _direction(vectors: FloatArray) -> FloatArray:
    """Unit vector of the median of vectors (n_frames, 3); NaN without any."""
    seen = vectors[np.isfinite(vectors).all(axis=1)]
    if not len(seen):
        return np.full(3, np.nan)
    middle = np.median(seen, axis=0)
    length = np.linalg.norm(middle)
    return np.asarray(middle / length if length else np.full(3, np.nan))
