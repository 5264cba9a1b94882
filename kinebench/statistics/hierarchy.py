"""From repetitions to trials to subjects to a group figure.

Repetitions of one trial and trials of one subject are no independent observations. A group figure
is therefore the mean over *subjects* of the mean over trials of the mean over repetitions. Other
poolings are found in print; they are here by name, for replication:

hierarchical
    repetition -> trial, coordinate and side -> trial and coordinate -> trial -> subject -> group.
    A bilateral coordinate weighs as much as a single one.
bilateral_twice
    As before, except that left and right are two coordinates: a bilateral one weighs twice.
pooled_sides
    Left and right leg of one subject are taken as two subjects.
pooled_trials
    Trials are taken as independent, whoever they belong to.
pooled_repetitions
    Every value is taken as independent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray, read_only
from kinebench.core.value import Value
from kinebench.errors import ValueRangeError, require_names
from kinebench.remarks import tell

_TRIAL = ("subject", "trial")
_CELL = (*_TRIAL, "coordinate", "side")

POOLINGS: Mapping[str, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {
        "hierarchical": (_CELL, (*_TRIAL, "coordinate"), _TRIAL, ("subject",)),
        "bilateral_twice": (_CELL, _TRIAL, ("subject",)),
        "pooled_sides": (_CELL, (*_TRIAL, "side"), ("subject", "side")),
        "pooled_trials": (_CELL, (*_TRIAL, "coordinate"), _TRIAL),
        "pooled_repetitions": (),
    }
)
"""Successive averaging steps of each pooling, finest first: the labels that each step keeps."""


@dataclass(frozen=True, slots=True, eq=False)
class Observations(Value):
    """A tidy table: one figure per row, and where it comes from.

    Parameters
    ----------
    values : (n_values,)
        One unit for all; NaN where the figure does not exist.
    subjects, trials : tuple of str
        One for each value. A trial is known by its subject and its name, so two subjects may both
        have a "walking1". Rows with the same labels are repetitions.
    coordinates, sides : tuple of str, optional
        Name without its side ("knee_angle"), and "r", "l" or "".
    """

    values: FloatArray
    subjects: tuple[str, ...]
    trials: tuple[str, ...]
    coordinates: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        values = read_only(self.values, (None,), "values")
        if np.isinf(values).any():
            raise ValueRangeError("values must not be infinite")
        object.__setattr__(self, "values", values)
        for field in fields(self)[1:]:
            labels = tuple(getattr(self, field.name))
            if not labels and field.name in ("coordinates", "sides"):
                labels = ("",) * len(values)
            if len(labels) != len(values):
                raise ValueRangeError(
                    f"{field.name} must have one label per value: "
                    f"{len(values)} value(s), {len(labels)} label(s)"
                )
            object.__setattr__(self, field.name, labels)

    def labels(self) -> tuple[tuple[str, str, str, str], ...]:
        """Subject, trial, coordinate and side of each row."""
        return tuple(zip(self.subjects, self.trials, self.coordinates, self.sides, strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Units(Value):
    """The numbers that a pooling takes as independent.

    Parameters
    ----------
    labels : tuple of tuple of str
        What each unit is: a subject, a subject's side, a trial, a repetition.
    values : (n_units,)
    n_subjects, n_trials, n_values, n_missing : int
        What went in; missing values are counted and left out.
    """

    labels: tuple[tuple[str, ...], ...]
    values: FloatArray
    n_subjects: int
    n_trials: int
    n_values: int
    n_missing: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", read_only(self.values, (len(self.labels),), "values"))


@dataclass(frozen=True, slots=True)
class Summary:
    """A group figure and what it rests on.

    Parameters
    ----------
    mean, sd, median, minimum, maximum : float
        Over the units of the pooling, in the unit of the observations; `sd` with n - 1, NaN for
        a single unit; all NaN when there is no unit.
    n_units, n_subjects, n_trials, n_values, n_missing : int
    pooling : str
        Name in `POOLINGS`.
    """

    mean: float
    sd: float
    median: float
    minimum: float
    maximum: float
    n_units: int
    n_subjects: int
    n_trials: int
    n_values: int
    n_missing: int
    pooling: str


def pool(observations: Observations, pooling: str = "hierarchical") -> Units:
    """Average observations down to the units of a pooling.

    Rows are averaged in an order that depends on labels and values only, so the order of rows
    changes nothing, not even the last digit.

    Raises
    ------
    NameNotFoundError
        When there is no such pooling.

    Warns
    -----
    KinebenchWarning
        When values are missing; they are left out.
    """
    require_names([pooling], POOLINGS, "pooling", "kinebench.statistics")
    present = np.isfinite(observations.values)
    n_missing = int((~present).sum())
    if n_missing:
        tell(
            "missing values",
            f"{n_missing} of {len(present)} values are missing and left out",
        )
    rows: list[tuple[tuple[str, ...], float]] = sorted(
        (label, float(value))
        for label, value, here in zip(
            observations.labels(), observations.values, present, strict=True
        )
        if here
    )
    n_values = len(rows)
    subjects = {label[0] for label, _ in rows}
    trials = {label[:2] for label, _ in rows}
    known: tuple[str, ...] = _CELL
    for kept in POOLINGS[pooling]:
        rows = _averaged(rows, [known.index(name) for name in kept])
        known = kept
    return Units(
        labels=tuple(label for label, _ in rows),
        values=np.array([value for _, value in rows]),
        n_subjects=len(subjects),
        n_trials=len(trials),
        n_values=n_values,
        n_missing=n_missing,
    )


def summarise(observations: Observations, pooling: str = "hierarchical") -> Summary:
    """Group figure of a set of observations.

    Raises
    ------
    NameNotFoundError
        When there is no such pooling.

    Warns
    -----
    KinebenchWarning
        When values are missing, or when none is left and the figures become NaN.
    """
    return summarise_units(pool(observations, pooling), pooling)


def summarise_units(units: Units, pooling: str) -> Summary:
    """Group figure of units that `pool` gave for that pooling.

    Warns
    -----
    KinebenchWarning
        When there is no unit and the figures become NaN.
    """
    values = np.sort(units.values)
    if not len(values):
        tell("missing values", "no value to summarise: NaN")
        values = np.full(1, np.nan)
    return Summary(
        mean=_mean(values),
        sd=float(values.std(ddof=1)) if len(values) > 1 else float("nan"),
        median=float(np.median(values)),
        minimum=float(values[0]),
        maximum=float(values[-1]),
        n_units=len(units.values),
        n_subjects=units.n_subjects,
        n_trials=units.n_trials,
        n_values=units.n_values,
        n_missing=units.n_missing,
        pooling=pooling,
    )


def _averaged(
    rows: list[tuple[tuple[str, ...], float]], kept: list[int]
) -> list[tuple[tuple[str, ...], float]]:
    groups: dict[tuple[str, ...], list[float]] = {}
    for label, value in rows:
        groups.setdefault(tuple(label[index] for index in kept), []).append(value)
    return sorted((label, _mean(np.sort(values))) for label, values in groups.items())


def _mean(values: NDArray[np.float64]) -> float:
    # deviations from one value: the mean of equal numbers is that number, to the last digit
    return float(values[0] + (values - values[0]).mean())
