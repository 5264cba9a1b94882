"""Paired contrasts, effect sizes and equivalence against scipy and statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.special import gamma

from kinebench.errors import KinebenchWarning, NameNotFoundError, ValueRangeError
from kinebench.statistics.contrasts import (
    equivalence,
    hedges_g,
    mean_interval,
    paired_contrast,
    paired_contrasts,
)
from kinebench.statistics.multiplicity import benjamini_hochberg, holm

# Weir 2005, table 1, trials A1 and A2: peak power of 8 subjects, W
FIRST = np.array([146, 148, 170, 90, 157, 156, 176, 205], dtype=np.float64)
SECOND = np.array([140, 152, 152, 99, 145, 153, 167, 218], dtype=np.float64)
# Student 1908: additional hours of sleep of 10 patients, two drugs
DRUG_1 = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
DRUG_2 = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])


def test_student_1908() -> None:
    """Mean difference 1.58 h, t = 4.06, p = 0.0028, 95 % interval 0.70 to 2.46 h."""
    found = paired_contrast(DRUG_1, DRUG_2)
    assert found.mean == pytest.approx(1.58)
    assert found.t == pytest.approx(4.0621, abs=5e-5)
    assert found.p == pytest.approx(0.002833, abs=5e-7)
    assert found.interval.low == pytest.approx(0.7001142, abs=5e-7)
    assert found.interval.high == pytest.approx(2.4598858, abs=5e-7)
    assert found.n_subjects == 10
    assert found.p_adjusted == found.p


def test_sign_is_estimate_minus_reference() -> None:
    forth, back = paired_contrast(FIRST, SECOND), paired_contrast(SECOND, FIRST)
    assert forth.mean == pytest.approx(-2.75)
    assert (back.mean, back.t, back.g.value) == (-forth.mean, -forth.t, -forth.g.value)
    assert back.p == forth.p
    assert back.g.interval.low == pytest.approx(-forth.g.interval.high, rel=1e-6)


def test_hedges_g_by_its_definition() -> None:
    """The limits are those noncentralities at which the t found is a 2.5 % event."""
    found = hedges_g(DRUG_1, DRUG_2)
    difference = DRUG_2 - DRUG_1
    unbias = gamma(4.5) / (np.sqrt(4.5) * gamma(4.0))
    assert unbias == pytest.approx(1 - 3 / (4 * 9 - 1), abs=1e-3)
    assert found.value == pytest.approx(unbias * difference.mean() / difference.std(ddof=1))
    t = difference.mean() / difference.std(ddof=1) * np.sqrt(10)
    low, high = np.sqrt(10) * np.array([found.interval.low, found.interval.high])
    assert stats.nct.sf(t, 9, low) == pytest.approx(0.025, abs=1e-7)
    assert stats.nct.cdf(t, 9, high) == pytest.approx(0.025, abs=1e-7)


def test_hedges_g_has_no_small_sample_bias() -> None:
    samples = np.random.default_rng(0).normal(0.8, 1.0, (4000, 6))
    found = [hedges_g(np.zeros(6), sample).value for sample in samples]
    assert np.mean(found) == pytest.approx(0.8, abs=0.03)
    biased = (samples.mean(axis=1) / samples.std(axis=1, ddof=1)).mean()
    assert biased > 0.9


def test_equivalence_agrees_with_statsmodels() -> None:
    """statsmodels ttost_paired(SECOND, FIRST, -10, 10): p 0.0482521 and 0.0059246."""
    found = equivalence(FIRST, SECOND, 10.0)
    assert found.p_lower == pytest.approx(0.048252180565150536, rel=1e-12)
    assert found.p_upper == pytest.approx(0.005924555195256303, rel=1e-12)
    assert found.p == found.p_lower
    assert found.equivalent
    assert found.interval.level == pytest.approx(0.90)
    assert found.interval.low == pytest.approx(-9.908595930076954, rel=1e-12)
    assert found.interval.high == pytest.approx(4.408595930076954, rel=1e-12)


@pytest.mark.parametrize("margin", [1.0, 5.0, 9.9, 9.92, 10.0, 30.0])
def test_equivalent_is_where_the_interval_lies_within_the_margin(margin: float) -> None:
    found = equivalence(FIRST, SECOND, margin)
    inside = -margin < found.interval.low and found.interval.high < margin
    assert found.equivalent == inside


def test_not_significant_is_not_equivalent() -> None:
    assert paired_contrast(FIRST, SECOND).p > 0.4
    assert not equivalence(FIRST, SECOND, 5.0).equivalent


def test_equivalence_of_a_true_margin_is_seldom_claimed() -> None:
    """At a true difference of exactly the margin, 5 % of claims are wrong."""
    samples = np.random.default_rng(3).normal(2.0, 1.0, (2000, 12))
    claims = np.mean([equivalence(np.zeros(12), sample, 2.0).equivalent for sample in samples])
    assert 0.035 < claims < 0.065


def test_contrasts_of_a_factor() -> None:
    table = np.column_stack([FIRST, SECOND, FIRST + DRUG_2[:8], FIRST + 9 + DRUG_1[:8]])
    found = paired_contrasts(table, ["v0.1", "v0.2", "v0.3", "v0.4"], "v0.3")
    assert [one.name for one in found] == ["v0.1 - v0.3", "v0.2 - v0.3", "v0.4 - v0.3"]
    for one, column in zip(found, (0, 1, 3), strict=True):
        expected = stats.ttest_rel(table[:, column], table[:, 2])
        assert one.t == pytest.approx(expected.statistic)
        assert one.p == pytest.approx(expected.pvalue)
    plain = [one.p for one in found]
    np.testing.assert_allclose([one.p_adjusted for one in found], holm(plain))
    by_rate = paired_contrasts(
        table, ["v0.1", "v0.2", "v0.3", "v0.4"], "v0.3", correction="benjamini_hochberg"
    )
    np.testing.assert_allclose([one.p_adjusted for one in by_rate], benjamini_hochberg(plain))


def test_mean_interval_agrees_with_scipy() -> None:
    expected = stats.ttest_1samp(DRUG_2, 0).confidence_interval(0.9)
    found = mean_interval(DRUG_2, level=0.9)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_perfect_agreement() -> None:
    with pytest.warns(KinebenchWarning, match="all differences are equal"):
        found = paired_contrast(FIRST, FIRST)
    assert (found.mean, found.t, found.p, found.interval.width) == (0, 0, 1, 0)
    assert np.isnan(found.g.value)
    assert equivalence(FIRST, FIRST, 0.01).p == 0


def test_constant_difference() -> None:
    with pytest.warns(KinebenchWarning, match="all differences are equal"):
        found = paired_contrast(FIRST, FIRST - 4)
    assert (found.mean, found.t, found.p) == (-4, -np.inf, 0)
    assert equivalence(FIRST, FIRST - 4, 5.0).equivalent
    assert equivalence(FIRST, FIRST - 4, 4.0).p == 1


def test_one_subject_says_nothing() -> None:
    with pytest.warns(KinebenchWarning, match="fewer than 3 subjects"):
        found = paired_contrast([1.0], [2.0])
    assert found.mean == 1
    assert np.isnan([found.t, found.p, found.interval.low, found.g.value]).all()
    with pytest.warns(KinebenchWarning, match="two subjects or more"):
        unsure = equivalence([1.0], [1.1], 5.0)
    assert np.isnan(unsure.p)
    assert not unsure.equivalent


def test_what_is_refused() -> None:
    with pytest.raises(ValueRangeError, match="margin must be positive, found -2"):
        equivalence(FIRST, SECOND, -2.0)
    with pytest.raises(ValueRangeError, match="margin must be positive, found inf"):
        equivalence(FIRST, SECOND, np.inf)
    with pytest.raises(ValueRangeError, match=r"alpha must lie between 0 and 0\.5"):
        equivalence(FIRST, SECOND, 2.0, alpha=0.5)
    with pytest.raises(NameNotFoundError, match="no level 'c'"):
        paired_contrasts([[1.0, 2.0], [2.0, 4.0]], ["a", "b"], "c")
    with pytest.raises(NameNotFoundError, match="no correction 'bonferroni'"):
        paired_contrasts([[1.0, 2.0], [2.0, 4.0]], ["a", "b"], "a", correction="bonferroni")
    with pytest.raises(ValueRangeError, match="name each of the 2 columns once"):
        paired_contrasts([[1.0, 2.0]], ["a", "a"], "a")
    with pytest.raises(ValueRangeError, match="NaN"):
        paired_contrast([1.0, np.nan], [1.0, 2.0])
    with pytest.raises(ValueRangeError, match="level"):
        mean_interval([1.0, 2.0], level=2.0)
