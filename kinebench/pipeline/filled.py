"""What cleaning made up: positions in frames in which a marker was not seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.errors import listed
from kinebench.remarks import tell
from kinebench.signals.runs import runs

_TOLD_S = 0.1
"""Shorter gaps are recorded, not told. Lines through gaps of 0.1 s at every place of six public
recordings bend the knee wrongly by 0.4 to 1.9° (median of the largest error), of 0.2 s by 1 to 6°,
of 0.5 s by 3 to 31°, of 1 s by 3 to 53°."""
_SHOWN = 4  # gaps that a remark spells out


@dataclass(frozen=True, slots=True)
class FilledGap:
    """A stretch that was filled.

    Parameters
    ----------
    start_s, end_s : float
        Times of its first and last frame.
    duration_s : float
        Frames times frame interval.
    markers : tuple of str
        Those that were not seen in exactly these frames.
    """

    start_s: float
    end_s: float
    duration_s: float
    markers: tuple[str, ...]


def filled_gaps(before: Markers, after: Markers) -> tuple[FilledGap, ...]:
    """Gaps of a recording that have positions after a cleaner, at the same or at other times.

    A gap counts when it has a position in any frame of its time.
    """
    together: dict[tuple[int, int], list[str]] = {}
    for name, missing in zip(before.names, before.missing.T, strict=True):
        if not missing.any() or name not in after.names:
            continue
        present = ~after.missing[:, after.names.index(name)]
        for start, stop in runs(missing):
            inside = _between(after.times, before.times[start], before.times[stop - 1])
            if (present & inside).any():
                together.setdefault((start, stop), []).append(name)
    interval = 1.0 / before.rate_hz if before.n_frames > 1 else 0.0
    return tuple(
        FilledGap(
            float(before.times[start]),
            float(before.times[stop - 1]),
            (stop - start) * interval,
            tuple(names),
        )
        for (start, stop), names in sorted(together.items())
    )


def tell_of_filled(gaps: Sequence[FilledGap], recording: str) -> None:
    """Tell of gaps of a tenth of a second and more, in the "movement" or the "static" trial."""
    long = sorted((gap for gap in gaps if gap.duration_s >= _TOLD_S), key=_by_length)
    if not long:
        return
    texts = [
        f"{listed(gap.markers, 3)} for {gap.duration_s:.2f} s"
        f" ({gap.start_s:.3f} to {gap.end_s:.3f})"
        for gap in long
    ]
    told = listed(texts, _SHOWN, between="; ")
    which = {"static": "static trial"}.get(recording, "keypoints")
    tell(
        "gaps",
        f"gaps of the {which} are filled, nothing was seen there: {told}",
        where=sorted({name for gap in long for name in gap.markers}),
        spans_s=tuple((gap.start_s, gap.end_s) for gap in long),
        recording=recording,
    )


def tell_of_unseen(markers: Markers) -> None:
    """Tell of frames without a single marker."""
    spans = [
        (float(markers.times[start]), float(markers.times[stop - 1]))
        for start, stop in runs(markers.missing.all(axis=1))
    ]
    if not spans:
        return
    texts = [f"{start:.3f} to {end:.3f} s" for start, end in spans]
    tell(
        "frames without markers",
        f"{int(markers.missing.all(axis=1).sum())} frames have no marker at all,"
        f" {listed(texts, _SHOWN, 'more stretches')}: no angle there is measured",
        spans_s=tuple(spans),
        recording="movement",
    )


def filled_per_frame(gaps: Iterable[Mapping[str, Any]], times: FloatArray) -> NDArray[np.int64]:
    """How many markers are filled at each of the times (n_frames,) s.

    Parameters
    ----------
    gaps : iterable of mapping
        Gaps as `describe` puts them into a run's records.
    times : (n_frames,) s
    """
    filled: dict[str, NDArray[np.bool_]] = {}
    for gap in gaps:
        # frames of another rate may lie beside the gap's, yet between those that were seen
        interval = gap["duration_s"] - (gap["end_s"] - gap["start_s"])
        beside = max(0.0, interval - 1e-5)
        inside = _between(times, gap["start_s"] - beside, gap["end_s"] + beside)
        for name in gap["markers"]:
            filled[name] = filled.get(name, False) | inside
    return np.asarray(sum(filled.values(), np.zeros(len(times), np.int64)), dtype=np.int64)


def _between(times: FloatArray, start_s: float, end_s: float) -> NDArray[np.bool_]:
    # times that were written and read again differ in the eighth decimal
    return np.asarray((times >= start_s - 1e-6) & (times <= end_s + 1e-6))


def _by_length(gap: FilledGap) -> tuple[float, float]:
    return -gap.duration_s, gap.start_s
