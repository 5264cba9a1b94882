"""`Baseline`: what a pipeline is expected to give, how far it may move, and who accepted that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from kinebench.core.arrays import FloatArray, frozen_mapping, read_only, strictly_increasing
from kinebench.core.value import Value
from kinebench.errors import ValueRangeError, require_names

Kind = Literal["identical", "non-inferior", "timing", "ratio"]

KINDS = ("identical", "non-inferior", "timing", "ratio")

K = 6.0
"""Spreads that a figure may move by: with 20 repeats Student's t (19 degrees of freedom) passes
this once in 200,000 draws, so that thirty figures raise a false alarm once in 6,000 runs."""


class Key(NamedTuple):
    """Which figure: of which trial ("all trials" for a mean), coordinate and quantity."""

    trial: str
    item: str
    quantity: str

    def __str__(self) -> str:
        return " / ".join(self)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a quantity may move whatever its spread.

    Parameters
    ----------
    limit : float
        rad, m or s; for `timing` and `ratio` a share of the expected value.
    unit : {"rad", "m", "s", "1"}
    kind : {"identical", "non-inferior", "timing", "ratio"}
        Either way; upwards only, the limit being the margin; upwards, on one machine only;
        downwards only: how many times as fast as another tool in the same run.
    reason : str
        Why this much.
    """

    limit: float
    unit: str
    kind: Kind
    reason: str

    def __post_init__(self) -> None:
        require_names([self.kind], KINDS, "kind of figure", "a baseline")
        if not 0 <= self.limit < float("inf"):
            raise ValueRangeError(f"a tolerance must be finite and not below 0: {self.limit:g}")
        if not self.reason.strip():
            raise ValueRangeError("a tolerance needs a reason")


@dataclass(frozen=True, slots=True)
class Expected:
    """A figure as it was accepted.

    Parameters
    ----------
    value, spread : float
        rad, m, s or 1; the spread is the standard deviation over repeats.
    unit : str
    tolerance : str
        Name of its tolerance.
    """

    value: float
    spread: float
    unit: str
    tolerance: str


@dataclass(frozen=True, slots=True, eq=False)
class Course(Value):
    """A coordinate over time as it was accepted, thinned out.

    Parameters
    ----------
    times : (n,) s
    values : (n,) rad or m
        NaN where there was no value.
    spread : float
        Largest difference between repeats on the same input, rad or m.
    unit : {"rad", "m"}
    largest, rms : str
        Names of the tolerances of the largest difference and of the RMS difference.
    """

    times: FloatArray
    values: FloatArray
    spread: float
    unit: str
    largest: str
    rms: str

    def __post_init__(self) -> None:
        times = strictly_increasing(self.times, "times")
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "values", read_only(self.values, (len(times),), "values"))


@dataclass(frozen=True, slots=True, eq=False)
class Origin(Value):
    """Where a baseline, or a measurement, comes from.

    Parameters
    ----------
    command : str
        What makes it again.
    seed : int
        Of the laboratory's noise.
    versions : mapping of str to str
        `kinebench.core.environment.environment`.
    parameters : mapping of str to str
        Of the pipeline under test: settings and digests, by name.
    inputs : mapping of str to str
        Trial to SHA-256 of its recordings.
    machine : str
        Tells one computer from another without naming it.
    """

    command: str
    seed: int
    versions: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    machine: str = ""

    def __post_init__(self) -> None:
        for name in ("versions", "parameters", "inputs"):
            object.__setattr__(self, name, frozen_mapping(getattr(self, name)))


@dataclass(frozen=True, slots=True, eq=False)
class Baseline(Value):
    """What a gate compares with.

    Parameters
    ----------
    gate : str
        Name of the gate.
    origin : Origin
    date, accepted_by, reason : str
        When, by whom and why this was accepted.
    repeats : int
        Runs that the spreads come from.
    tolerances : mapping of str to Tolerance
    figures : mapping of Key to Expected
    courses : mapping of (str, str) to Course
        By trial and coordinate.
    k : float
        Spreads that a figure may move by when that is more than its tolerance.
    """

    gate: str
    origin: Origin
    date: str
    accepted_by: str
    reason: str
    repeats: int
    tolerances: Mapping[str, Tolerance]
    figures: Mapping[Key, Expected]
    courses: Mapping[tuple[str, str], Course]
    k: float = K

    def __post_init__(self) -> None:
        for name in ("tolerances", "figures", "courses"):
            object.__setattr__(self, name, frozen_mapping(getattr(self, name)))
        if not self.reason.strip():
            raise ValueRangeError("a baseline needs a reason why it was accepted")
        used = {figure.tolerance for figure in self.figures.values()}
        used |= {name for course in self.courses.values() for name in (course.largest, course.rms)}
        require_names(sorted(used), self.tolerances, "tolerance", f"the baseline of {self.gate}")

    @property
    def is_empty(self) -> bool:
        """Whether it holds neither figures nor courses."""
        return not self.figures and not self.courses
