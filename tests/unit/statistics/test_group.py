"""Group mean and interval by subject."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy import stats

from kinebench.errors import KinebenchWarning, ValueRangeError
from kinebench.statistics.group import group_figure
from kinebench.statistics.hierarchy import Observations


def trials_of_subjects(n_subjects: int, n_trials: int, between: float) -> Observations:
    rng = np.random.default_rng(1)
    level = rng.normal(0, between, n_subjects)
    values = level[:, None] + rng.normal(0, 1, (n_subjects, n_trials))
    return Observations(
        values.ravel(),
        tuple(f"s{who}" for who in range(n_subjects) for _ in range(n_trials)),
        tuple(f"t{trial}" for _ in range(n_subjects) for trial in range(n_trials)),
    )


def test_equals_students_interval_of_subject_means() -> None:
    table = trials_of_subjects(25, 4, 2.0)
    found = group_figure(table)
    means = table.values.reshape(25, 4).mean(axis=1)
    expected = stats.t.interval(0.95, 24, means.mean(), means.std(ddof=1) / 5)
    assert found.summary.mean == pytest.approx(means.mean(), rel=1e-12)
    assert (found.interval.low, found.interval.high) == pytest.approx(expected, rel=1e-9)
    assert (found.summary.n_subjects, found.summary.n_trials) == (25, 100)


def test_intervals_cover_at_their_rate_with_few_subjects() -> None:
    """Resampled intervals covered 73 % with three subjects."""
    rng = np.random.default_rng(4)
    held = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinebenchWarning)
        for _ in range(2000):
            values = rng.normal(size=3)
            labels = ("a", "b", "c")
            held += 0.0 in group_figure(Observations(values, labels, labels)).interval
    assert 0.93 < held / 2000 < 0.97


def test_a_single_subject_has_no_interval() -> None:
    found = group_figure(trials_of_subjects(1, 4, 1.0))
    assert np.isnan([found.interval.low, found.interval.high]).all()


def test_pooled_trials_still_take_subjects_as_independent() -> None:
    """Trials that repeat their subject tell nothing new: 20 of them are no better than 2."""
    few, many = trials_of_subjects(22, 2, 5.0), trials_of_subjects(22, 20, 5.0)
    widths = [group_figure(table, pooling="pooled_trials").interval.width for table in (few, many)]
    assert widths[1] == pytest.approx(widths[0], rel=0.15)
    naive = 2 * 1.96 * float(many.values.std()) / np.sqrt(many.values.size)
    assert widths[1] > 3 * naive


def test_pooled_trials_weigh_subjects_by_trials() -> None:
    subjects = tuple(f"s{index // 2}" for index in range(48))
    table = Observations(
        np.concatenate([np.zeros(48), np.full(12, 10.0)]),
        (*subjects, *(("z",) * 12)),
        tuple(str(index) for index in range(60)),
    )
    pooled = group_figure(table, pooling="pooled_trials")
    assert pooled.summary.mean == pytest.approx(2.0)
    assert pooled.summary.mean in pooled.interval
    assert group_figure(table).summary.mean == pytest.approx(10 / 25)


def test_equal_values_differ_by_rounding_only() -> None:
    """Sums over unequal numbers of trials: 0.1 + 0.1 + 0.1 over 3 is not quite 0.1."""
    subjects = tuple(f"s{who:02d}" for who in range(24) for _ in range(1 + who % 4 * 2))
    table = Observations(
        np.full(len(subjects), 0.1), subjects, tuple(str(index) for index in range(len(subjects)))
    )
    found = group_figure(table, pooling="pooled_trials")
    assert found.interval.low == pytest.approx(0.1, abs=1e-15)
    assert found.interval.width < 1e-15


def test_nothing_is_refused() -> None:
    with pytest.raises(ValueRangeError, match="no value"):
        group_figure(Observations(np.array([]), (), ()))


def test_few_subjects_warn() -> None:
    with pytest.warns(KinebenchWarning, match="fewer than 20"):
        group_figure(trials_of_subjects(3, 2, 1.0))
