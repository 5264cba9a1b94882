"""Group mean and interval by subject."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.errors import KinebenchWarning, ValueRangeError
from kinebench.statistics.bootstrap import bootstrap_subjects
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


def test_equals_the_bootstrap_of_subject_means() -> None:
    table = trials_of_subjects(12, 4, 2.0)
    found = group_figure(table, seed=5, n_resamples=2000)
    means = table.values.reshape(12, 4).mean(axis=1)
    direct = bootstrap_subjects(means, seed=5, n_resamples=2000)
    assert found.summary.mean == pytest.approx(means.mean(), rel=1e-12)
    assert found.interval.low == pytest.approx(direct.low[0], rel=1e-9)
    assert found.interval.high == pytest.approx(direct.high[0], rel=1e-9)
    assert (found.summary.n_subjects, found.summary.n_trials) == (12, 48)
    assert (found.seed, found.n_resamples) == (5, 2000)


def test_pooled_trials_still_resample_subjects() -> None:
    """Trials that repeat their subject tell nothing new: 20 of them are no better than 2."""
    few, many = trials_of_subjects(12, 2, 5.0), trials_of_subjects(12, 20, 5.0)
    widths = [
        group_figure(table, seed=0, pooling="pooled_trials", n_resamples=1000).interval.width
        for table in (few, many)
    ]
    assert widths[1] == pytest.approx(widths[0], rel=0.15)
    naive = 2 * 1.96 * float(many.values.std()) / np.sqrt(many.values.size)
    assert widths[1] > 3 * naive


def test_pooled_trials_weigh_subjects_by_trials() -> None:
    subjects = tuple(f"s{index // 2}" for index in range(24))
    table = Observations(
        np.concatenate([np.zeros(24), np.full(6, 10.0)]),
        (*subjects, *(("z",) * 6)),
        tuple(str(index) for index in range(30)),
    )
    pooled = group_figure(table, seed=0, pooling="pooled_trials", n_resamples=1000)
    assert pooled.summary.mean == pytest.approx(2.0)
    assert pooled.summary.mean in pooled.interval
    assert group_figure(table, seed=0).summary.mean == pytest.approx(10 / 13)


def test_equal_values_differ_by_rounding_only() -> None:
    """Sums over unequal numbers of trials: 0.1 + 0.1 + 0.1 over 3 is not quite 0.1."""
    subjects = tuple(f"s{who:02d}" for who in range(12) for _ in range(1 + who % 4 * 2))
    table = Observations(
        np.full(len(subjects), 0.1), subjects, tuple(str(index) for index in range(len(subjects)))
    )
    found = group_figure(table, seed=0, pooling="pooled_trials", n_resamples=1000)
    assert found.interval.low == pytest.approx(0.1, abs=1e-15)
    assert found.interval.width < 1e-15


def test_nothing_is_refused() -> None:
    with pytest.raises(ValueRangeError, match="no value"):
        group_figure(Observations(np.array([]), (), ()), seed=0)


def test_few_subjects_warn() -> None:
    with pytest.warns(KinebenchWarning, match="3 subjects"):
        group_figure(trials_of_subjects(3, 2, 1.0), seed=0, n_resamples=100)
