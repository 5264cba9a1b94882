"""Whether recordings can be of the subject at all: unit, axes and times, before any work."""

from __future__ import annotations

import warnings
from itertools import permutations, product

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.subject import Subject
from kinebench.errors import KinebenchWarning, ValueRangeError

__all__ = ["body_extent", "require_plausible", "up_axes"]

_SMALLEST, _LARGEST = 0.35, 1.6
"""Extent of a body over its height. 28 public recordings, of squats, jumps, walking and sitting
down, have 0.67 to 0.88; a person curled up stays above 0.4, and nobody reaches 1.6."""

_USUAL = 0.8
_UNITS = (
    (1e-3, "mm, taken as m", "mm"), (1e-2, "cm, taken as m", "cm"), (1e3, "m, taken as mm", "m"),
    (1e2, "m, taken as cm", "m"), (1e-1, "mm, taken as cm", "mm"), (10.0, "cm, taken as mm", "cm"),
    (0.3048, "feet, taken as m", ""), (0.0254, "inches, taken as m", ""),
    (2.54, "inches, taken as cm", ""), (25.4, "inches, taken as mm", ""),
)  # fmt: skip
"""What turns the positions as read into metres, and what has then been mistaken for what."""

_UPRIGHT = 0.5  # cosine of 60°: the neck stays nearer to above the ankles, lying down apart
_TOP = ("Neck", "C7_study", "C7", "r_shoulder_study", "r_shoulder", "RSHO", "RShoulder")
_FEET = (("RAnkle", "LAnkle"), ("r_ankle_study", "L_ankle_study"), ("r_ankle", "L_ankle"),
         ("RANK", "LANK"))  # fmt: skip
_SIDES = (("RHip", "LHip"), ("RHJC_study", "LHJC_study"), ("r.ASIS_study", "L.ASIS_study"),
          ("r.ASIS", "L.ASIS"), ("RASI", "LASI"), ("RShoulder", "LShoulder"))  # fmt: skip
_GAP = 2.5  # usual intervals: one dropped frame is common, and an LSTM hardly notices


def require_plausible(recording: Markers, subject: Subject, which: str) -> None:
    """Refuse positions in another unit; warn of other axes, and of times that jump.

    Parameters
    ----------
    recording : Markers
    subject : Subject
        Whose height is known to be one of a person.
    which : str
        What the recording is called in messages.

    Raises
    ------
    ValueRangeError
        When the body in it is smaller or larger than any pose of the subject can be.

    Warns
    -----
    KinebenchWarning
        When the head is not above the feet, or frames are left out.
    """
    extent = body_extent(recording)
    if np.isfinite(extent) and not _SMALLEST <= extent / subject.height_m <= _LARGEST:
        raise ValueRangeError(
            f"{which}: the body is {_length(extent)} large, the subject {subject.height_m:g} m"
            f" tall{_mistaken(extent / subject.height_m)}"
        )
    axes = up_axes(recording)
    if axes:
        _warn(
            f"{which}: the head is not above the feet along y, OpenSim's up; forward, up and right"
            f" lie along {axes} (as --axes of --keypoints FILE has it, where none was given)"
        )
    intervals = np.diff(recording.times)
    usual = np.median(intervals) if intervals.size else 0.0
    late = np.flatnonzero(intervals > _GAP * usual)
    if late.size:
        start, end = recording.times[late[0]], recording.times[late[0] + 1]
        more = f", and {late.size - 1} more such gaps" if late.size > 1 else ""
        _warn(
            f"{which}: there is no frame between {start:.3f} and {end:.3f} s{more}; frames count as"
            " neighbours across it"
        )


def body_extent(recording: Markers) -> float:
    """Diagonal, m, of the box around the middle nine tenths of the markers; median over frames.

    Frames with fewer than half of the markers are left out; NaN when none is left.
    """
    sample = recording.positions[:: max(1, recording.n_frames // 100)]
    sample = sample[np.mean(np.isfinite(sample[..., 0]), axis=1) > 0.5]
    if not sample.size or sample.shape[1] < 8:
        return float("nan")
    # of 20 keypoints, one may lie anywhere
    low = np.nanpercentile(sample, 5, axis=1, method="higher")
    high = np.nanpercentile(sample, 95, axis=1, method="lower")
    return float(np.median(np.linalg.norm(high - low, axis=1)))


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


def _mistaken(ratio: float) -> str:
    """The unit that makes the body's extent over its height an ordinary one, in words."""
    fitting = [
        (abs(np.log(ratio * factor / _USUAL)), words, unit)
        for factor, words, unit in _UNITS
        if _SMALLEST <= ratio * factor <= _LARGEST
    ]
    if not fitting:
        return ""
    _, words, unit = min(fitting)
    cure = f" (--unit {unit}, or the unit in the file's header)" if unit else ""
    return f": are the positions in {words}?{cure}"


def _length(metres: float) -> str:
    return f"{metres:.3g} m" if metres >= 0.1 else f"{metres * 1e3:.2g} mm"


def _warn(message: str) -> None:
    warnings.warn(message, KinebenchWarning, stacklevel=3)
