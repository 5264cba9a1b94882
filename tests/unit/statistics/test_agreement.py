"""Limits of agreement on Bland & Altman's repeated measurements of cardiac output."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from kinebench.errors import KinebenchWarning, ValueRangeError
from kinebench.statistics.agreement import bland_altman

# Cardiac output of 12 subjects by radionuclide ventriculography (RV) and impedance cardiography
# (IC), l/min: Bland & Altman 1999, table 4; analysed again in Bland & Altman 2007
CARDIAC = {
    "1": [(7.83, 6.57), (7.42, 5.62), (7.89, 6.90), (7.12, 6.57), (7.88, 6.35)],
    "2": [(6.16, 4.06), (7.26, 4.29), (6.71, 4.26), (6.54, 4.09)],
    "3": [(4.75, 4.71), (5.24, 5.50), (4.86, 5.08), (4.78, 5.02), (6.05, 6.01), (5.42, 5.67)],
    "4": [(4.21, 4.14), (3.61, 4.20), (3.72, 4.61), (3.87, 4.68), (3.92, 5.04)],
    "5": [(3.13, 3.03), (2.98, 2.86), (2.85, 2.77), (3.17, 2.46), (3.09, 2.32), (3.12, 2.43)],
    "6": [(5.92, 5.90), (6.42, 5.81), (5.92, 5.70), (6.27, 5.76)],
    "7": [(7.13, 5.09), (6.62, 4.63), (6.58, 4.61), (6.93, 5.09)],
    "8": [(4.54, 4.72), (4.81, 4.61), (5.11, 4.36), (5.29, 4.20), (5.39, 4.36), (5.57, 4.20)],
    "9": [(4.48, 3.17), (4.92, 3.12), (3.97, 2.96)],
    "10": [(4.22, 4.35), (4.65, 4.62), (4.74, 3.16), (4.44, 3.53), (4.50, 3.53)],
    "11": [(6.78, 7.20), (6.07, 6.09), (6.52, 7.00), (6.42, 7.10), (6.41, 7.40), (5.76, 6.80)],
    "12": [(5.06, 4.50), (4.72, 4.20), (4.90, 3.80), (4.80, 3.80), (4.90, 4.20), (5.10, 4.50)],
}
SUBJECTS = [who for who, pairs in CARDIAC.items() for _ in pairs]
RV, IC = np.array([pair for pairs in CARDIAC.values() for pair in pairs]).T


def test_repeated_measures_example() -> None:
    """RV - IC: bias 0.60, limits -1.34 and 2.54, against 0.71 for the mean of subject means."""
    found = bland_altman(IC, RV, SUBJECTS)
    assert (found.n_subjects, found.n_pairs) == (12, 60)
    assert found.bias == pytest.approx(0.60, abs=0.005)
    assert found.lower == pytest.approx(-1.34, abs=0.005)
    assert found.upper == pytest.approx(2.54, abs=0.005)
    assert found.sd == pytest.approx(0.99, abs=0.005)


def test_analysis_of_variance_agrees_with_scipy() -> None:
    components = bland_altman(IC, RV, SUBJECTS).components
    groups = [np.subtract(*np.array(pairs).T) for pairs in CARDIAC.values()]
    f = stats.f_oneway(*groups).statistic
    assert components.mean_square_between / components.mean_square_within == pytest.approx(f)
    within = np.average([g.var(ddof=1) for g in groups], weights=[len(g) - 1 for g in groups])
    assert components.within == pytest.approx(within)
    # n0: 60 pairs, squared numbers of pairs add up to 312
    between = (components.mean_square_between - components.within) / ((3600 - 312) / 660)
    assert components.between == pytest.approx(between)


def test_proportional_bias_agrees_with_cluster_robust_regression() -> None:
    """statsmodels OLS, cov_type='cluster', use_t: slope 0.03578, error 0.18871, p 0.8531."""
    slope = bland_altman(IC, RV, SUBJECTS).proportional_bias
    assert slope.slope == pytest.approx(0.03578059, abs=1e-8)
    assert slope.intercept == pytest.approx(0.42244373, abs=1e-8)
    assert slope.interval.low == pytest.approx(-0.37956564, abs=1e-8)
    assert slope.interval.high == pytest.approx(0.45112683, abs=1e-8)
    assert slope.p == pytest.approx(0.85307051, abs=1e-8)


def test_percentile_limits_need_no_distribution() -> None:
    found = bland_altman(IC, RV, SUBJECTS)
    assert found.lower_percentile == pytest.approx(np.percentile(RV - IC, 2.5))
    assert found.upper_percentile == pytest.approx(np.percentile(RV - IC, 97.5))


def test_sign_is_estimate_minus_reference() -> None:
    forth, back = bland_altman(IC, RV, SUBJECTS), bland_altman(RV, IC, SUBJECTS)
    assert back.bias == pytest.approx(-forth.bias)
    assert back.lower == pytest.approx(-forth.upper)
    assert back.lower_interval.low == pytest.approx(-forth.upper_interval.high)
    assert back.upper_percentile == pytest.approx(-forth.lower_percentile)
    assert back.proportional_bias.slope == pytest.approx(-forth.proportional_bias.slope)


def test_one_pair_per_subject_is_the_plain_method() -> None:
    rng = np.random.default_rng(0)
    truth, guess = rng.normal(size=(2, 15))
    found = bland_altman(truth, guess, [str(who) for who in range(15)])
    difference = guess - truth
    assert np.isnan(found.components.within)
    assert found.sd == pytest.approx(difference.std(ddof=1))
    assert found.upper == pytest.approx(
        difference.mean() + stats.norm.ppf(0.975) * difference.std(ddof=1)
    )
    expected = stats.ttest_1samp(difference, 0).confidence_interval()
    assert found.bias_interval.low == pytest.approx(expected.low)
    assert found.bias_interval.high == pytest.approx(expected.high)


def test_spread_within_only_is_no_spread_between() -> None:
    values = np.tile([-1.0, 0.0, 1.0], 4)
    found = bland_altman(np.zeros(12), values, list("aaabbbcccddd"))
    assert found.components.between == 0
    assert found.sd == pytest.approx(1.0)


def test_ignoring_subjects_would_be_too_narrow() -> None:
    rng = np.random.default_rng(3)
    offset = np.repeat(rng.normal(0, 3, 5), 20)
    subjects = [name for name in "abcde" for _ in range(20)]
    found = bland_altman(np.zeros(100), offset + rng.normal(0, 0.1, 100), subjects)
    naive = 2 * 1.96 * offset.std() / np.sqrt(100)
    assert found.bias_interval.width > 5 * naive
    assert found.sd > offset.std(ddof=1)


def test_coverage_of_bias_and_limits() -> None:
    """Nominal 95 %; 20 subjects with 2 to 6 repetitions, variances 1 and 0.5."""
    rng = np.random.default_rng(8)
    subjects = [f"s{who}" for who in range(20) for _ in range(2 + who % 5)]
    codes = np.array([int(name[1:]) for name in subjects])
    limit = stats.norm.ppf(0.975) * np.sqrt(1.5)
    hits = np.zeros(5)
    for _ in range(400):
        errors = rng.normal(0, 1, 20)[codes] + rng.normal(0, 0.5**0.5, len(codes))
        found = bland_altman(np.zeros(len(codes)), errors, subjects)
        hits += [
            0.0 in found.bias_interval,
            -limit in found.lower_interval,
            limit in found.upper_interval,
            limit > found.upper_interval.high,
            limit < found.upper_interval.low,
        ]
    share = hits / 400
    assert (share[:3] > 0.91).all()
    assert (share[:3] < 0.985).all()
    assert (share[3:] > 0.002).all()


def test_proportional_bias_is_found() -> None:
    rng = np.random.default_rng(1)
    truth = rng.uniform(0, 60, 60)
    subjects = [str(index // 5) for index in range(60)]
    found = bland_altman(truth, 1.1 * truth + rng.normal(0, 1, 60), subjects).proportional_bias
    assert found.slope == pytest.approx(0.1 / 1.05, abs=0.02)
    assert found.p < 1e-4
    assert 0.0 not in found.interval


def test_perfect_agreement() -> None:
    found = bland_altman(RV, RV, SUBJECTS)
    assert (found.bias, found.lower, found.upper, found.sd) == (0, 0, 0, 0)
    assert found.upper_interval.width == found.bias_interval.width == 0
    assert found.proportional_bias.slope == 0
    assert found.proportional_bias.p == 1


def test_one_subject_gives_nan_with_a_reason() -> None:
    with pytest.warns(KinebenchWarning, match="two subjects or more"):
        found = bland_altman([1.0, 2.0, 3.0], [1.5, 2.0, 3.5], ["a"] * 3)
    assert found.bias == pytest.approx(1 / 3)
    values = [found.lower, found.upper, found.sd, found.bias_interval.low]
    assert np.isnan([*values, found.lower_interval.low, found.proportional_bias.slope]).all()
    with pytest.warns(KinebenchWarning, match="two subjects or more"):
        assert np.isnan(bland_altman([1.0], [1.5], ["a"]).upper)


def test_what_is_refused() -> None:
    with pytest.raises(ValueRangeError, match="one shape"):
        bland_altman(RV, IC[:-1], SUBJECTS)
    with pytest.raises(ValueRangeError, match="each observation needs its subject"):
        bland_altman(RV, IC, SUBJECTS[:-1])
    with pytest.raises(ValueRangeError, match="coverage"):
        bland_altman(RV, IC, SUBJECTS, coverage=95)
