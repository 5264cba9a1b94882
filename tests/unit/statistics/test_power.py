"""Figures of the planner against simulated studies, analysed by the functions that users call."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinebench.errors import ValueRangeError
from kinebench.statistics import bland_altman, equivalence, icc
from kinebench.statistics.power import (
    MOST_SUBJECTS,
    DifferenceComponents,
    components_of,
    equivalence_power,
    icc_half_width,
    limits_half_width,
    smallest_n,
)

PARTS = DifferenceComponents(subject=2.0, trial=1.5, repetition=3.0, bias=1.0)


def simulated(
    numbers: np.random.Generator, n: int, trials: int, repetitions: int
) -> tuple[np.ndarray, list[str], list[str]]:
    """Differences (n, trials, repetitions), and the names of subjects and trials."""
    draws = (
        PARTS.bias
        + PARTS.subject * numbers.standard_normal((n, 1, 1))
        + PARTS.trial * numbers.standard_normal((n, trials, 1))
        + PARTS.repetition * numbers.standard_normal((n, trials, repetitions))
    )
    names = [f"s{s} t{t}" for s in range(n) for t in range(trials) for _ in range(repetitions)]
    subjects, of_trials = zip(*(name.split() for name in names), strict=True)
    return draws, list(subjects), list(of_trials)


@pytest.mark.parametrize(
    ("n", "margin", "bias"), [(5, 4.0, 0.0), (12, 2.5, 1.0), (12, 1.0, 0.0), (30, 2.0, 1.0)]
)
def test_power_of_equivalence_is_that_of_simulated_studies(
    n: int, margin: float, bias: float
) -> None:
    numbers = np.random.default_rng(7)
    shown = 0
    for _ in range(2_000):
        shown += equivalence(
            np.zeros(n), bias + 2.0 * numbers.standard_normal(n), margin
        ).equivalent
    expected = equivalence_power(n, 2.0, margin, bias)
    # four standard errors of a share of 2,000
    assert shown / 2_000 == pytest.approx(expected, abs=0.045)


def test_at_the_margin_power_is_alpha() -> None:
    assert equivalence_power(20, 2.0, 3.0, bias=3.0) == pytest.approx(0.05, abs=1e-3)


@pytest.mark.parametrize(("n", "trials", "repetitions"), [(10, 3, 1), (25, 2, 4), (20, 1, 1)])
def test_width_of_limits_is_that_of_simulated_studies(
    n: int, trials: int, repetitions: int
) -> None:
    numbers = np.random.default_rng(8)
    widths = []
    for _ in range(400):
        draws, *_ = simulated(numbers, n, trials, repetitions)
        values = draws.mean(axis=2).ravel()
        subjects = [f"s{s}" for s in range(n) for _ in range(trials)]
        found = bland_altman(np.zeros(len(values)), values, subjects).upper_interval
        widths.append((found.high - found.low) / 2)
    expected = limits_half_width(n, PARTS, trials, repetitions)
    assert np.mean(widths) == pytest.approx(expected, rel=0.12)


@pytest.mark.parametrize(("n", "expected"), [(30, 0.9), (60, 0.7)])
def test_width_of_icc_is_that_of_simulated_studies(n: int, expected: float) -> None:
    numbers = np.random.default_rng(9)
    widths = []
    for _ in range(300):
        people = math.sqrt(expected) * numbers.standard_normal((n, 1))
        both = people + math.sqrt(1 - expected) * numbers.standard_normal((n, 2))
        found = icc(both, "ICC(1,1)").interval
        widths.append((found.high - found.low) / 2)
    assert np.mean(widths) == pytest.approx(icc_half_width(n, expected), rel=0.12)


def test_components_of_a_large_pilot_are_those_that_made_it() -> None:
    draws, subjects, trials = simulated(np.random.default_rng(10), 2_000, 3, 3)
    found = components_of(draws.ravel(), subjects, trials)
    assert found.subject == pytest.approx(PARTS.subject, rel=0.05)
    assert found.trial == pytest.approx(PARTS.trial, rel=0.08)
    assert found.repetition == pytest.approx(PARTS.repetition, rel=0.03)
    assert found.bias == pytest.approx(PARTS.bias, abs=0.2)


def test_without_repeats_everything_is_the_subjects() -> None:
    found = components_of([1.0, 3.0, 5.0], ["a", "b", "c"], ["t", "t", "t"])
    assert (found.subject, found.trial, found.repetition) == (2.0, 0.0, 0.0)


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(2, 80), sd=st.floats(0.1, 10), margin=st.floats(0.1, 20), bias=st.floats(0, 10)
)
def test_more_subjects_and_wider_margins_never_harm(
    n: int, sd: float, margin: float, bias: float
) -> None:
    power = equivalence_power(n, sd, margin, bias)
    assert 0.0 <= power <= 1.0
    assert equivalence_power(n, sd, 1.1 * margin, bias) >= power - 1e-9
    # below the level itself it may fall: of two subjects the spread is small by chance more often
    # than of three, and only then so narrow a margin is met
    if bias < margin and power >= 0.05:
        assert equivalence_power(n + 1, sd, margin, bias) >= power - 1e-3
    assert limits_half_width(n + 1, DifferenceComponents(sd)) < limits_half_width(
        n, DifferenceComponents(sd)
    )


def test_trials_cannot_replace_subjects() -> None:
    many = PARTS.mean_sd(10_000, 1)
    assert many == pytest.approx(PARTS.subject, rel=1e-3)
    needed = smallest_n(lambda n: equivalence_power(n, many, 2.0, 1.0) >= 0.8)
    assert needed is not None
    assert needed > 20


def test_the_smallest_number_is_the_smallest() -> None:
    assert smallest_n(lambda n: n >= 37) == 37
    assert smallest_n(lambda n: n >= 2) == 2
    assert smallest_n(lambda n: n > MOST_SUBJECTS) is None


@pytest.mark.parametrize("bad", [{"subject": -1.0}, {"subject": 0.0}, {"subject": math.nan}])
def test_impossible_components_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueRangeError):
        DifferenceComponents(**bad)
    with pytest.raises(ValueRangeError, match="two subjects"), warnings.catch_warnings():
        components_of([1.0, 2.0], ["a", "a"], ["t", "u"])
