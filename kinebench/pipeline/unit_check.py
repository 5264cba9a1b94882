"""Whether recordings can be of the subject at all: unit, axes and times, before any work."""

from __future__ import annotations

import numpy as np

from kinebench.core.markers import Markers
from kinebench.core.plausible import PLAUSIBLE
from kinebench.core.subject import Subject
from kinebench.core.upright import up_axes
from kinebench.errors import ValueRangeError
from kinebench.remarks import tell

_EXTENT = PLAUSIBLE["extent of a body over its height"]
_GAP = PLAUSIBLE["frame interval over the usual one"].high
_USUAL = 0.8  # extent over height of somebody upright
_UNITS = (
    (1e-3, "mm, taken as m", "mm"), (1e-2, "cm, taken as m", "cm"), (1e3, "m, taken as mm", "m"),
    (1e2, "m, taken as cm", "m"), (1e-1, "mm, taken as cm", "mm"), (10.0, "cm, taken as mm", "cm"),
    (0.3048, "feet, taken as m", ""), (0.0254, "inches, taken as m", ""),
    (2.54, "inches, taken as cm", ""), (25.4, "inches, taken as mm", ""),
)  # fmt: skip
"""What turns the positions as read into metres, and what has then been mistaken for what."""


def require_plausible(
    recording: Markers, subject: Subject, which: str, role: str = "movement"
) -> None:
    """Refuse positions in another unit; warn of other axes, and of times that jump.

    Parameters
    ----------
    recording : Markers
    subject : Subject
        Whose height is known to be one of a person.
    which : str
        What the recording is called in messages.
    role : {"movement", "static"}

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
    if np.isfinite(extent) and extent / subject.height_m not in _EXTENT:
        raise ValueRangeError(
            f"{which}: the body is {_length(extent)} large, the subject {subject.height_m:g} m"
            f" tall{_mistaken(extent / subject.height_m)}"
        )
    axes = up_axes(recording)
    if axes:
        tell(
            "axes",
            f"{which}: the head is not above the feet along y, OpenSim's up; forward, up and right"
            f" lie along {axes} (as --axes of --keypoints FILE has it, where none was given)",
            recording=role,
        )
    intervals = np.diff(recording.times)
    usual = np.median(intervals) if intervals.size else 0.0
    late = np.flatnonzero(intervals > _GAP * usual)
    if late.size:
        start, end = recording.times[late[0]], recording.times[late[0] + 1]
        more = f", and {late.size - 1} more such gaps" if late.size > 1 else ""
        tell(
            "time stamps",
            f"{which}: there is no frame between {start:.3f} and {end:.3f} s{more}; frames count as"
            " neighbours across it",
            spans_s=((float(start), float(end)),),
            recording=role,
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


def _mistaken(ratio: float) -> str:
    """The unit that makes the body's extent over its height an ordinary one, in words."""
    fitting = [
        (abs(np.log(ratio * factor / _USUAL)), words, unit)
        for factor, words, unit in _UNITS
        if ratio * factor in _EXTENT
    ]
    if not fitting:
        return ""
    _, words, unit = min(fitting)
    cure = f" (--unit {unit}, or the unit in the file's header)" if unit else ""
    return f": are the positions in {words}?{cure}"


def _length(metres: float) -> str:
    return f"{metres:.3g} m" if metres >= 0.1 else f"{metres * 1e3:.2g} mm"
