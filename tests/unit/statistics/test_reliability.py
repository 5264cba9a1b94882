"""Intraclass correlations against Shrout & Fleiss 1979 and pingouin; errors against Weir 2005."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from kinebench.errors import KinebenchWarning, NameNotFoundError, ValueRangeError
from kinebench.statistics.reliability import ICC_FORMS, icc

# Shrout & Fleiss 1979, table 2: 6 targets, 4 judges
SHROUT_FLEISS = [
    [9, 2, 5, 8],
    [6, 1, 3, 2],
    [8, 4, 6, 8],
    [7, 1, 2, 6],
    [10, 5, 6, 9],
    [6, 2, 4, 7],
]
# Weir 2005, table 1, trials A1 and A2: peak power of 8 subjects, W
WEIR = [
    [146, 140],
    [148, 152],
    [170, 152],
    [90, 99],
    [157, 145],
    [156, 153],
    [176, 167],
    [205, 218],
]


@pytest.mark.parametrize(
    ("form", "published", "pingouin", "low", "high"),
    [
        # limits: psych::ICC in R prints -0.133 0.72, 0.019 0.76, 0.342 0.95
        ("ICC(1,1)", 0.17, 0.1657417684, -0.133, 0.72),
        ("ICC(2,1)", 0.29, 0.2897637795, 0.019, 0.76),
        ("ICC(3,1)", 0.71, 0.7148407148, 0.342, 0.95),
        ("ICC(A,1)", 0.29, 0.2897637795, 0.019, 0.76),
        ("ICC(C,1)", 0.71, 0.7148407148, 0.342, 0.95),
    ],
)
def test_published_example(
    form: str, published: float, pingouin: float, low: float, high: float
) -> None:
    found = icc(SHROUT_FLEISS, form)
    assert found.form == form
    assert found.value == pytest.approx(published, abs=0.005)
    assert found.value == pytest.approx(pingouin, abs=1e-10)
    assert found.interval.low == pytest.approx(low, abs=6e-4)
    assert found.interval.high == pytest.approx(high, abs=6e-3)
    assert (found.n_subjects, found.n_raters) == (6, 4)


def test_p_values_of_the_published_example() -> None:
    """F = 1.79 with 5 and 18 degrees of freedom, F = 11.03 with 5 and 15."""
    assert icc(SHROUT_FLEISS, "ICC(1,1)").p == pytest.approx(0.1647688083, abs=1e-10)
    for form in ICC_FORMS[1:]:
        assert icc(SHROUT_FLEISS, form).p == pytest.approx(0.0001345665, abs=1e-10)


def test_a_second_published_example() -> None:
    """Weir 2005, table 5: ICC(2,1) 0.95, ICC(3,1) 0.95."""
    assert icc(WEIR, "ICC(2,1)").value == pytest.approx(0.9499750706, abs=1e-10)
    assert icc(WEIR, "ICC(3,1)").value == pytest.approx(0.9470161370, abs=1e-10)


def test_a_systematic_change_counts_for_agreement_only() -> None:
    shifted = np.add(WEIR, [0, 20])
    consistency = icc(shifted, "ICC(C,1)").value
    assert consistency == pytest.approx(icc(WEIR, "ICC(C,1)").value)
    assert icc(shifted, "ICC(A,1)").value < consistency - 0.1


def test_offset_between_raters() -> None:
    ratings = np.arange(6.0)[:, None] + [0.0, 5.0]
    assert icc(ratings, "ICC(C,1)").value == pytest.approx(1.0)
    assert icc(ratings, "ICC(A,1)").value == pytest.approx(3.5 / (3.5 + 12.5))
    assert icc(ratings, "ICC(1,1)").value < 0


@pytest.mark.parametrize("form", ICC_FORMS)
def test_perfect_agreement(form: str) -> None:
    found = icc(np.repeat([[1.0], [2.5], [7.0]], 3, axis=1), form)
    assert found.value == 1.0
    assert (found.interval.low, found.interval.high) == (1.0, 1.0)
    assert found.p == 0.0


@pytest.mark.parametrize("form", ICC_FORMS)
def test_equal_ratings_have_no_correlation(form: str) -> None:
    with pytest.warns(KinebenchWarning, match="neither subjects differ nor their ratings"):
        found = icc(np.full((4, 2), 0.1), form)
    assert np.isnan([found.value, found.interval.low, found.p]).all()


@pytest.mark.parametrize("form", ICC_FORMS)
def test_coverage(form: str) -> None:
    """Nominal 90 % with 12 subjects and 3 raters of variances 4, 1 and noise 2."""
    rng = np.random.default_rng(0)
    raters = 0.0 if form == "ICC(1,1)" else 1.0
    noise = 3.0 if form == "ICC(1,1)" else 2.0
    truth = 4 / (4 + noise + (raters if form in ("ICC(2,1)", "ICC(A,1)") else 0.0))
    inside = 0
    for _ in range(400):
        ratings = (
            rng.normal(0, 2, (12, 1))
            + rng.normal(0, raters, (1, 3))
            + rng.normal(0, noise**0.5, (12, 3))
        )
        inside += truth in icc(ratings, form, level=0.9).interval
    assert 0.855 <= inside / 400 <= 0.945


def test_subjects_that_do_not_differ() -> None:
    """All variance is noise: -3 by the formula, and an interval without negative weights."""
    found = icc([[0.0, 0.0], [-1.0, 1.0], [1.0, -1.0]], "ICC(A,1)")
    assert found.value == pytest.approx(-3.0)
    # MS_R = MS_C = 0: both limits are -n / (k n - k - n), whatever F is
    assert (found.interval.low, found.interval.high) == pytest.approx((-3.0, -3.0))
    assert found.p == 1.0
    with pytest.warns(KinebenchWarning, match=r"ICC\(2,1\) is NaN"):
        assert np.isnan(icc([[0.0, 1.0], [1.0, 0.0]], "ICC(2,1)").value)


def test_rounding_is_no_variance() -> None:
    """Three equal subjects rated 0.1 and 0.3: consistency is undefined, agreement is nil."""
    ratings = np.tile([0.1, 0.3], (3, 1))
    with pytest.warns(KinebenchWarning, match=r"ICC\(C,1\) is NaN"):
        assert np.isnan(icc(ratings, "ICC(C,1)").value)
    found = icc(ratings, "ICC(A,1)")
    assert (found.value, found.interval.width) == (0.0, 0.0)
    assert icc(ratings, "ICC(1,1)").value == pytest.approx(-1.0)


def test_negative_agreement_has_the_degrees_of_freedom_of_the_error() -> None:
    ratings = np.array([[1.0, 5.0, 3.0], [4.0, 2.0, 4.0], [3.0, 3.0, 4.0], [5.0, 1.0, 3.0]])
    found = icc(ratings, "ICC(A,1)")
    assert found.value < 0
    rows = 3 * ratings.mean(axis=1).var(ddof=1)
    columns = 4 * ratings.mean(axis=0).var(ddof=1)
    error = (ratings.var(ddof=1) * 11 - 3 * rows - 2 * columns) / 6
    f = stats.f.ppf(0.975, 3, 6)
    low = 4 * (rows - f * error) / (f * (3 * columns + 5 * error) + 4 * rows)
    assert found.interval.low == pytest.approx(low)
    assert found.interval.low < found.value < found.interval.high


def test_what_is_refused() -> None:
    with pytest.raises(NameNotFoundError, match=r"no form 'ICC\(2,k\)'"):
        icc(SHROUT_FLEISS, "ICC(2,k)")
    with pytest.raises(ValueRangeError, match="at least 2 columns"):
        icc([[1.0], [2.0]], "ICC(1,1)")
    with pytest.raises(ValueRangeError, match="at least 2 row"):
        icc([[1.0, 2.0]], "ICC(1,1)")
    with pytest.raises(ValueRangeError, match="NaN"):
        icc([[1.0, np.nan], [2.0, 3.0]], "ICC(1,1)")


def test_frames_are_warned_of_where_one_looks() -> None:
    assert "Never on frames" in (icc.__doc__ or "")
