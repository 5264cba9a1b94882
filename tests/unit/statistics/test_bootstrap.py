"""BCa intervals against Efron & Tibshirani's worked example and against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from kinebench.errors import KinebenchWarning, ValueRangeError
from kinebench.statistics.bootstrap import bootstrap_subjects, jackknife, mean_of_rows

# Efron & Tibshirani 1993, table 14.1: spatial perception of 26 children, test A
SPATIAL = np.fromstring(
    "48 36 20 29 42 42 20 42 22 41 45 14 6 0 33 28 34 4 32 24 47 41 24 26 30 41", sep=" "
)


def variance(samples: np.ndarray) -> np.ndarray:
    return samples.var(axis=-2)


def test_published_example() -> None:
    """Section 14.2: variance 171.5, a = 0.061, 90 % BCa interval (115.8, 259.6)."""
    found = bootstrap_subjects(SPATIAL, variance, seed=1, level=0.90, n_resamples=20_000)
    assert found.estimate[0] == pytest.approx(171.5, abs=0.05)
    assert found.acceleration[0] == pytest.approx(0.061, abs=5e-4)
    # theirs has 2000 resamples: z0 = 0.146 with a standard error of 0.03
    assert found.bias_correction[0] == pytest.approx(0.146, abs=0.06)
    assert found.low[0] == pytest.approx(115.8, abs=2.5)
    assert found.high[0] == pytest.approx(259.6, abs=5.0)


@pytest.mark.parametrize("level", [0.80, 0.95])
def test_agrees_with_scipy(level: float) -> None:
    sample = np.random.default_rng(4).lognormal(0.0, 0.8, 18)
    ours = bootstrap_subjects(sample, seed=2, level=level, n_resamples=40_000)
    theirs = stats.bootstrap(
        (sample,), np.mean, confidence_level=level, n_resamples=40_000, method="BCa", rng=3
    )
    scale = theirs.standard_error
    assert ours.low[0] == pytest.approx(theirs.confidence_interval.low, abs=0.06 * scale)
    assert ours.high[0] == pytest.approx(theirs.confidence_interval.high, abs=0.06 * scale)
    assert ours.standard_error[0] == pytest.approx(scale, rel=0.03)


def test_jackknife_leaves_out_each_in_turn() -> None:
    rows = np.array([[1.0, 10.0], [2.0, 20.0], [6.0, 60.0]])
    expected = [[4.0, 40.0], [3.5, 35.0], [1.5, 15.0]]
    np.testing.assert_allclose(jackknife(rows, mean_of_rows), expected)


def test_skewed_sample_has_a_skewed_interval() -> None:
    found = bootstrap_subjects(np.array([0.0] * 10 + [5.0, 9.0]), seed=0)
    assert found.acceleration[0] > 0
    assert found.high[0] - found.estimate[0] > found.estimate[0] - found.low[0]


def test_many_columns_at_once_equal_one_by_one() -> None:
    rows = np.random.default_rng(5).normal(size=(12, 3))
    together = bootstrap_subjects(rows, seed=7, n_resamples=500)
    assert together.estimate.shape == (3,)
    # the draws are of subjects, so they are the same for each column, once sorted alike
    by_first = rows[np.lexsort(rows.T[::-1])]
    alone = bootstrap_subjects(by_first[:, [0]], seed=7, n_resamples=500)
    assert together.low[0] == pytest.approx(alone.low[0], rel=1e-12)
    assert together.high[0] == pytest.approx(alone.high[0], rel=1e-12)


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = bootstrap_subjects(SPATIAL, seed=3, n_resamples=1000)
    monkeypatch.setattr("kinebench.statistics.bootstrap._CHUNK", 26 * 7)
    assert bootstrap_subjects(SPATIAL, seed=3, n_resamples=1000) == whole


def test_settings_are_recorded() -> None:
    found = bootstrap_subjects(SPATIAL, seed=11, level=0.9, n_resamples=200)
    assert (found.seed, found.n_resamples, found.n_subjects) == (11, 200, 26)
    assert found.interval().level == 0.9


def test_few_subjects_warn() -> None:
    with pytest.warns(KinebenchWarning, match="9 subjects"):
        bootstrap_subjects(SPATIAL[:9], seed=0, n_resamples=200)


@pytest.mark.filterwarnings("ignore:1 subjects")
def test_one_subject_has_no_interval() -> None:
    found = bootstrap_subjects([3.0], seed=0)
    assert found.estimate[0] == 3.0
    assert np.isnan([found.low[0], found.high[0]]).all()


def test_equal_subjects_have_no_width() -> None:
    found = bootstrap_subjects(np.full(12, 0.1), seed=0, n_resamples=300)
    assert (found.low[0], found.high[0]) == (found.estimate[0], found.estimate[0])
    assert found.acceleration[0] == 0


def test_rounding_does_not_part_replicates_from_the_estimate() -> None:
    def a_digit_less_when_resampled(samples: np.ndarray) -> np.ndarray:
        value = np.nextafter(0.1, 1.0) if samples.ndim == 2 else 0.1
        return np.full((*samples.shape[:-2], 1), value)

    found = bootstrap_subjects(SPATIAL, a_digit_less_when_resampled, seed=0, n_resamples=100)
    assert found.bias_correction[0] == 0
    assert (found.low[0], found.high[0]) == (0.1, 0.1)


def test_ties_count_half() -> None:
    """Means of ones and zeros tie often: z0 takes the share below and half the ties."""
    sample = np.repeat([0.0, 1.0], [9, 3])
    found = bootstrap_subjects(sample, seed=5, n_resamples=20_000)
    ones = stats.binom(12, 0.25)
    expected = stats.norm.ppf(ones.cdf(2) + ones.pmf(3) / 2)
    assert found.bias_correction[0] == pytest.approx(expected, abs=0.03)


def test_estimate_outside_its_replicates_has_no_bca_interval() -> None:
    def largest_plus(samples: np.ndarray) -> np.ndarray:
        # the whole sample holds 12 different values, no resample of this seed does
        distinct = (np.diff(np.sort(samples, axis=-2), axis=-2) > 0).sum(axis=-2)
        return distinct.astype(np.float64)

    with pytest.warns(KinebenchWarning, match="one side of the estimate"):
        found = bootstrap_subjects(np.arange(12.0), largest_plus, seed=0, n_resamples=300)
    assert np.isnan(found.low[0])


def test_what_is_refused() -> None:
    with pytest.raises(ValueRangeError, match="at least 100"):
        bootstrap_subjects(SPATIAL, seed=0, n_resamples=99)
    with pytest.raises(ValueRangeError, match="level"):
        bootstrap_subjects(SPATIAL, seed=0, level=95)
    with pytest.raises(ValueRangeError, match="NaN"):
        bootstrap_subjects([1.0, np.nan], seed=0)
    with pytest.raises(ValueRangeError, match="the statistic must map"):
        bootstrap_subjects(SPATIAL, lambda s: s.mean(axis=(-1, -2)), seed=0, n_resamples=100)


def test_coverage_of_a_skewed_mean() -> None:
    """Nominal 90 %, 30 subjects, lognormal: BCa comes close, and misses on both sides."""
    rng = np.random.default_rng(0)
    truth = float(np.exp(0.5 * 0.5**2))
    ends = [
        bootstrap_subjects(
            rng.lognormal(0, 0.5, 30), seed=seed, level=0.9, n_resamples=600
        ).interval()
        for seed in range(300)
    ]
    below = np.mean([end.high < truth for end in ends])
    above = np.mean([end.low > truth for end in ends])
    assert 0.83 <= 1 - below - above <= 0.94
    assert above > 0.01
