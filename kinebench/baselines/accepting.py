"""From measurements to a baseline: spreads over repeats, tolerances by preset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kinebench.baselines.baseline import Baseline, Course, Expected, Key, Origin, Tolerance
from kinebench.baselines.measurement import ALL, Measurement
from kinebench.baselines.presets import group_of
from kinebench.core.arrays import FloatArray
from kinebench.core.motion import Motion
from kinebench.errors import ValueRangeError
from kinebench.metrics.pairs import wrapped_difference

_COURSE_HZ = 10.0
"""Rate of stored courses: a tenth of a second says where, and lowest and highest values of all
frames stand beside them."""


def baseline_of(
    gate: str,
    origin: Origin,
    same: Sequence[Measurement],
    others: Sequence[Measurement],
    tolerances: Mapping[str, Tolerance],
    accepted: tuple[str, str, str],
) -> Baseline:
    """The baseline of what was measured.

    Parameters
    ----------
    gate : str
    origin : Origin
    same : sequence of Measurement
        Repeats on the same recordings; the first is what is expected.
    others : sequence of Measurement
        Repeats under other noise, for the spread of errors against the truth.
    tolerances : mapping of str to Tolerance
    accepted : (str, str, str)
        Date, by whom, why.

    Raises
    ------
    ValueRangeError
        When a trial failed: what is expected must be there.
    """
    first = same[0]
    for number, repeat in enumerate((*same, *others), start=1):
        for trial, reason in repeat.failures.items():
            raise ValueRangeError(
                f"nothing can be accepted: '{trial}' gave no motion in repeat {number}: {reason}"
            )
    figures = {
        key: Expected(
            measured.value,
            _spread(key, same, others),
            measured.unit,
            _tolerance(key, measured.unit),
        )
        for key, measured in first.figures.items()
    }
    courses = {
        (trial, coordinate.name): _course(trial, coordinate.name, motion, same)
        for trial, motion in first.motions.items()
        for coordinate in motion.coordinates
    }
    date, by, reason = accepted
    repeats = len(same) + len(others)
    return Baseline(gate, origin, date, by, reason, repeats, tolerances, figures, courses)


def _tolerance(key: Key, unit: str) -> str:
    if key.quantity == "time":
        return "time"
    kind = "error" if key.trial == ALL else "rms" if key.quantity == "rmse" else "largest"
    return f"{group_of(key.item, unit)} {kind}"


def _spread(key: Key, same: Sequence[Measurement], others: Sequence[Measurement]) -> float:
    """Standard deviation: of errors under any noise, of all else on the same recording."""
    measured = (*same[:1], *others) if key.trial == ALL and key.quantity == "rmse" else same
    values = [one.figures[key].value for one in measured if key in one.figures]
    return float(np.std(values, ddof=1)) if len(values) > 1 else 0.0


def _course(trial: str, name: str, motion: Motion, same: Sequence[Measurement]) -> Course:
    coordinate = motion.select([name]).coordinates[0]
    unit = coordinate.unit
    group = group_of(name, unit)
    frames = _thinned(motion)
    courses = [m.motions[trial].value(name) for m in same if trial in m.motions]
    spread = max((_apart(motion.value(name), course, unit) for course in courses), default=0.0)
    return Course(
        motion.times[frames],
        motion.value(name)[frames],
        spread,
        unit,
        f"{group} largest",
        f"{group} rms",
    )


def _thinned(motion: Motion) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    if motion.n_frames < 2:
        return np.arange(motion.n_frames)
    step = max(1, round(motion.rate_hz / _COURSE_HZ))
    # the last frame too: a recording that ends early is a change
    return np.unique([*range(0, motion.n_frames, step), motion.n_frames - 1])


def _apart(one: FloatArray, other: FloatArray, unit: str) -> float:
    if len(one) != len(other):
        raise ValueRangeError("repeats on the same recording differ in their number of frames")
    difference = wrapped_difference(one, other) if unit == "rad" else other - one
    known = np.abs(difference[np.isfinite(difference)])
    return float(known.max()) if known.size else 0.0
