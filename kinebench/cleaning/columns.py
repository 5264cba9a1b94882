"""From markers to the columns that `signals` works on, and back; errors that name the markers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.core.limits import Limit
from kinebench.core.markers import Markers
from kinebench.core.sampling import warn_if_not_uniform
from kinebench.errors import CleaningError, ValueRangeError, listed
from kinebench.signals.runs import ShortRuns, runs

WINDOW = Limit(
    0, 10, "s", "no movement is left of what a longer window smooths or judges", positive=True
)
"""Of a filter's or a search's window, s."""


def require_values(markers: Markers, what: str) -> None:
    """Raise a `CleaningError` that names the markers without a single position."""
    gone = np.asarray(markers.missing).all(axis=0)
    empty = [markers.names[index] for index in np.flatnonzero(gone)]
    if empty:
        raise CleaningError(
            f"{what} found no position in any of {markers.n_frames} frames for"
            f" {', '.join(empty)}: leave these markers out, or mend the recording"
        )


def filterable_positions(
    markers: Markers, what: str, shortest: int, short_runs: ShortRuns = "raise"
) -> FloatArray:
    """Positions (n_frames, n_markers, 3) m, once it is sure that a filter can take them.

    Raises
    ------
    CleaningError
        For markers without any position, and for runs shorter than `shortest` frames unless
        `short_runs` is "keep".

    Warns
    -----
    KinebenchWarning
        When frames are not evenly spaced.
    """
    if short_runs not in ("raise", "keep"):
        raise ValueRangeError(f"short_runs can be 'raise' or 'keep', found {short_runs!r}")
    require_values(markers, what)
    warn_if_not_uniform(markers.times, what)
    if short_runs == "raise":
        _require_long_runs(markers, what, shortest)
    return markers.positions


def _require_long_runs(markers: Markers, what: str, shortest: int) -> None:
    if markers.n_frames < shortest:
        raise CleaningError(
            f"{what} needs {shortest} frames or more, but the recording has {markers.n_frames}"
        )
    present: NDArray[np.bool_] = ~markers.missing
    short = {
        name: f"frames {start + 1} to {stop}"
        for name, column in zip(markers.names, present.T, strict=True)
        for start, stop in runs(column)
        if stop - start < shortest
    }
    if short:
        shown = listed((f"{name}: {where}" for name, where in short.items()), 5, between="; ")
        raise CleaningError(
            f"{what} needs {shortest} frames in a row without a gap, but some runs are shorter"
            f" ({shown}): fill the gaps first (fill-linear), or leave short runs as they are"
            ' (short_runs="keep")'
        )


def frames_of(duration_s: float, rate_hz: float, odd: bool = False) -> int:
    """Frames in a duration, one or more; made odd by rounding up where `odd`."""
    frames = max(1, round(duration_s * rate_hz))
    return frames + 1 if odd and frames % 2 == 0 else frames
