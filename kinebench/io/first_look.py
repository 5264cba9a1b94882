"""A look at what was read: legal by its format, but perhaps no recording of a person."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.plausible import PLAUSIBLE
from kinebench.errors import FileFormatError
from kinebench.remarks import tell

_TIME, _STEP = PLAUSIBLE["time"], PLAUSIBLE["time between frames"]
_RATE, _FRAMES_OF_A_RATE = PLAUSIBLE["sampling rate"], 10
_FARTHEST_M = PLAUSIBLE["distance of a marker"].high
_SPREAD = PLAUSIBLE["spread of all markers"]


def warn_if_implausible(markers: Markers, unit: str, file: str) -> None:
    """Refuse a recording without frames or markers; warn of times and places beyond reason.

    Parameters
    ----------
    markers : Markers
    unit : str
        That the file declares, for the message.
    file : str
        Name for the message.

    Raises
    ------
    FileFormatError
        When there is nothing in it.
    """
    if not (markers.n_frames and markers.names):
        raise FileFormatError(
            f"{file} holds no recording: {markers.n_frames} frames of {len(markers.names)} markers"
        )
    for doubt in implausible_times(markers.times):
        tell("times", doubt, file=file)
    rate = _tell_of_rate(markers.times)
    if rate:
        tell("sampling rate", rate, file=file)
    _tell_if_far_off(markers, file)
    for doubt in _spread(markers.positions, unit):
        tell("unit", doubt, file=file)


def implausible_times(times: FloatArray) -> Iterator[str]:
    """What is odd about times (n_frames,) s beyond reason; none when all is well."""
    if not len(times):
        return
    if times[0] < _TIME.low:
        yield f"times begin at {times[0]:g} s, long before 0"
    if max(abs(times[0]), abs(times[-1])) > _TIME.high:
        yield f"times reach {times[-1]:g} s, more than four months (in ms or µs, or dates?)"
    if len(times) > 1:
        steps = np.diff(times)
        if steps.max() > _STEP.high:
            yield f"{steps.max():g} s lie between two frames, more than an hour"
        if steps.min() < _STEP.low:
            yield f"two frames are {steps.min():g} s apart, less than a microsecond"


def _tell_of_rate(times: FloatArray) -> str:
    """What is odd about the rate of ten frames and more; empty when nothing is."""
    if len(times) < _FRAMES_OF_A_RATE:
        return ""
    rate = 1.0 / float(np.median(np.diff(times)))
    if rate in _RATE:
        return ""
    if abs(rate - 1.0) < 1e-6:
        cause = "frame numbers instead of times?"
    else:
        cause = "times in ms?" if rate < _RATE.low else "times in minutes?"
    return f"{rate:.3g} frames per second; {cause}"


def _tell_if_far_off(markers: Markers, file: str) -> None:
    with np.errstate(invalid="ignore"):
        far = np.abs(markers.positions) > _FARTHEST_M
    if far.any():
        frame, marker, _ = np.argwhere(far)[0]
        n_frames = int(far.any(axis=(1, 2)).sum())
        place = np.nanmax(np.abs(markers.positions[frame, marker]))
        names = np.array(markers.names)[far.any(axis=(0, 2))].tolist()
        tell(
            "far points",
            f"{markers.names[marker]} lies {place / 1e3:.3g} km off in frame {frame + 1}"
            f" ({n_frames} frames with places beyond {_FARTHEST_M / 1e3:g} km)",
            where=names,
            file=file,
        )


def _spread(positions: FloatArray, unit: str) -> Iterator[str]:
    """Units are declared, never guessed, but they can be wrong: nothing is changed."""
    sample = positions[:: max(1, len(positions) // 100)]
    known = sample[np.isfinite(sample)]
    spread = float(np.percentile(known, 99) - np.percentile(known, 1)) if known.size else 0.0
    if spread > _SPREAD.high:
        # a person among others, 1 to 4 m, is 100 to 400 cm
        found, other = f"{spread:.0f} m", "cm" if spread < 400 else "mm"
    elif 0 < spread < _SPREAD.low:
        found, other = f"{spread * 1e3:.2g} mm", "m"
    else:
        return
    hint = f" (are they in {other}?)" if unit.lower() != other else ""
    yield f"positions span {found} when read as {unit}{hint}; taken as declared"
