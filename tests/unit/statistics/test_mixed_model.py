"""The mixed model on the worked examples of Pinheiro & Bates (2000)."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from scipy import stats

from kinebench.errors import (
    KinebenchWarning,
    NameNotFoundError,
    ValueRangeError,
)
from kinebench.statistics.mixed_model import fit_mixed_model

# section 1.1: travel time of an ultrasonic wave, 6 rails, ns
RAILS = [55, 53, 54, 26, 37, 32, 78, 91, 85, 92, 100, 96, 49, 51, 50, 80, 85, 83]
RAIL = [str(index // 3) for index in range(18)]
# section 1.2: effort to rise from 4 types of stool, 9 subjects, Borg scale
STOOLS = [12, 15, 12, 10, 10, 14, 13, 12, 7, 14, 13, 9, 7, 11, 10, 9, 8, 11, 8, 7]
STOOLS += [9, 11, 11, 10, 8, 12, 12, 11, 7, 11, 8, 7, 9, 13, 10, 8]
TYPE = ["T1", "T2", "T3", "T4"] * 9
SITTER = [str(index // 4) for index in range(36)]


def test_rails() -> None:
    """mean 66.5 (10.17), between rails 24.80547, residual 4.020779, restricted logL -61.0885."""
    found = fit_mixed_model(RAILS, {}, RAIL)
    mean = found.term("intercept")
    assert mean.estimate == pytest.approx(66.5, abs=1e-6)
    assert mean.standard_error == pytest.approx(10.17104, abs=2e-4)
    assert found.subject_sd == pytest.approx(24.80547, rel=2e-5)
    assert found.residual_sd == pytest.approx(4.020779, rel=2e-5)
    assert found.log_likelihood == pytest.approx(-61.0885, abs=5e-5)
    assert (found.n_subjects, found.n_observations) == (6, 18)


def test_stools() -> None:
    """Subjects 1.332465, residual 1.100295; T2 3.8889, T3 2.2222, T4 0.6667 above T1."""
    found = fit_mixed_model(STOOLS, {"type": TYPE}, SITTER)
    estimates = {term.name: term.estimate for term in found.terms}
    assert estimates == pytest.approx(
        {"intercept": 77 / 9, "type[T2]": 35 / 9, "type[T3]": 20 / 9, "type[T4]": 6 / 9}
    )
    assert found.subject_sd == pytest.approx(1.332465, rel=2e-5)
    assert found.residual_sd == pytest.approx(1.100295, rel=2e-5)
    assert found.term("type[T2]").standard_error == pytest.approx(0.5186838, abs=2e-6)
    assert found.log_likelihood == pytest.approx(-60.56539, abs=5e-5)


def test_balanced_design_equals_the_analysis_of_variance() -> None:
    table = np.array(STOOLS, dtype=np.float64).reshape(9, 4)
    residual = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0) + table.mean()
    error = (residual**2).sum() / 24
    rows = 4 * table.mean(axis=1).var(ddof=1)
    found = fit_mixed_model(STOOLS, {"type": TYPE}, SITTER)
    assert found.residual_sd**2 == pytest.approx(error, rel=1e-4)
    assert found.subject_sd**2 == pytest.approx((rows - error) / 4, rel=1e-4)


def test_p_of_the_published_example() -> None:
    """nlme prints 24 degrees of freedom, t = 7.498, 4.284, 1.285, p = 0, 3e-4, 0.211."""
    found = fit_mixed_model(STOOLS, {"type": TYPE}, SITTER)
    published = {"T2": (7.498, 0.0), "T3": (4.284, 3e-4), "T4": (1.285, 0.2110)}
    for name, (t, p) in published.items():
        term = found.term(f"type[{name}]")
        assert term.df == 24
        assert term.estimate / term.standard_error == pytest.approx(t, abs=5e-4)
        assert term.p == pytest.approx(p, abs=6e-5)
    half = stats.t.ppf(0.975, 24) * found.term("type[T4]").standard_error
    assert found.term("type[T4]").interval.low == pytest.approx(6 / 9 - half)
    assert found.term("type[T4]").interval.high == pytest.approx(6 / 9 + half)


def test_mean_over_subjects_has_their_degrees_of_freedom() -> None:
    """Balanced: the interval is that of the six means of rails."""
    term = fit_mixed_model(RAILS, {}, RAIL).term("intercept")
    means = np.reshape(RAILS, (6, 3)).mean(axis=1)
    expected = stats.ttest_1samp(means, 0).confidence_interval()
    assert term.df == 5
    assert term.interval.low == pytest.approx(expected.low, rel=1e-6)
    assert term.interval.high == pytest.approx(expected.high, rel=1e-6)


def test_factor_between_subjects_is_tested_between_them() -> None:
    """Three repetitions of 10 subjects in two groups: the t test of subject means."""
    rng = np.random.default_rng(2)
    table = rng.normal(0, 2, (10, 1)) + rng.normal(0, 1, (10, 3)) + np.repeat([0, 3], 5)[:, None]
    group = ["a"] * 15 + ["b"] * 15
    found = fit_mixed_model(table.ravel(), {"group": group}, [str(i // 3) for i in range(30)])
    expected = stats.ttest_ind(table[5:].mean(axis=1), table[:5].mean(axis=1))
    assert found.term("group[b]").df == 8
    assert found.term("group[b]").p == pytest.approx(expected.pvalue, rel=1e-6)


def test_unbalanced_data_agree_with_statsmodels() -> None:
    library = pytest.importorskip("statsmodels.regression.mixed_linear_model")
    rng = np.random.default_rng(4)
    codes = np.sort(rng.integers(0, 9, 70))
    levels = rng.choice(["a", "b", "c"], 70)
    levels[0] = "a"
    design = np.column_stack([np.ones(70), levels == "b", levels == "c"]).astype(np.float64)
    response = design @ [1.0, 2.0, -1.0] + rng.normal(0, 1.5, 9)[codes] + rng.normal(0, 1, 70)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = library.MixedLM(response, design, codes).fit(reml=True)
    ours = fit_mixed_model(
        response,
        {"f": levels.tolist()},
        [str(code) for code in codes],
        first_levels={"f": "a"},
    )
    estimates = [ours.term(name).estimate for name in ("intercept", "f[b]", "f[c]")]
    errors = [ours.term(name).standard_error for name in ("intercept", "f[b]", "f[c]")]
    np.testing.assert_allclose(estimates, theirs.fe_params, rtol=1e-5)
    np.testing.assert_allclose(errors, theirs.bse_fe, rtol=1e-3)  # theirs: numerical Hessian
    same = codes[:, None] == codes
    covariance = ours.subject_sd**2 * same + ours.residual_sd**2 * np.eye(70)
    exact = np.linalg.inv(design.T @ np.linalg.solve(covariance, design))
    np.testing.assert_allclose(errors, np.sqrt(np.diag(exact)), rtol=1e-9)
    assert ours.subject_sd**2 == pytest.approx(float(theirs.cov_re[0, 0]), rel=1e-3)
    assert ours.residual_sd**2 == pytest.approx(float(theirs.scale), rel=1e-4)
    assert ours.log_likelihood == pytest.approx(float(theirs.llf), abs=1e-6)


def test_first_level_can_be_named() -> None:
    found = fit_mixed_model(STOOLS, {"type": TYPE}, SITTER, first_levels={"type": "T2"})
    assert found.term("intercept").estimate == pytest.approx(112 / 9)
    assert found.term("type[T1]").estimate == pytest.approx(-35 / 9)


def test_interactions_of_two_factors() -> None:
    rng = np.random.default_rng(0)
    subjects = [f"s{who}" for who in range(8) for _ in range(12)]
    tilt = ["0", "1"] * 48
    noise = ["a", "a", "b", "b", "c", "c"] * 16
    effect = {("0", "a"): 0, ("1", "a"): 2, ("0", "b"): 1, ("1", "b"): 3, ("0", "c"): 0}
    effect["1", "c"] = 7
    response = [effect[pair] for pair in zip(tilt, noise, strict=True)]
    response = np.array(response) + np.repeat(rng.normal(0, 2, 8), 12) + rng.normal(0, 0.1, 96)
    found = fit_mixed_model(response, {"tilt": tilt, "noise": noise}, subjects, interactions=True)
    expected = {
        "tilt[1]": 2,
        "noise[b]": 1,
        "noise[c]": 0,
        "tilt[1]:noise[b]": 0,
        "tilt[1]:noise[c]": 5,
    }
    assert [term.name for term in found.terms[1:]] == list(expected)
    for name, value in expected.items():
        assert found.term(name).estimate == pytest.approx(value, abs=0.15)


@pytest.mark.parametrize("scale", [1e-6, 1e5])
def test_units_do_not_matter(scale: float) -> None:
    found = fit_mixed_model(np.multiply(RAILS, scale) + 7 * scale, {}, RAIL)
    assert found.term("intercept").estimate == pytest.approx(73.5 * scale)
    assert found.subject_sd == pytest.approx(24.80547 * scale, rel=1e-4)
    assert found.log_likelihood == pytest.approx(-61.0885 - 17 * np.log(scale), abs=1e-3)


def test_subjects_that_do_not_differ_lie_on_the_boundary() -> None:
    values = np.tile([-1.0, 0.0, 1.0, 0.5], 5)
    found = fit_mixed_model(values, {}, [str(index // 4) for index in range(20)])
    assert found.subject_sd == 0
    assert found.residual_sd == pytest.approx(values.std(ddof=1))


def test_no_residual_is_told() -> None:
    table = np.arange(5.0)[:, None] + [0.0, 2.0]
    subjects = [str(index // 2) for index in range(10)]
    with pytest.warns(KinebenchWarning, match="leaves no residual"):
        found = fit_mixed_model(table.ravel(), {"f": ["a", "b"] * 5}, subjects)
    assert found.term("f[b]").estimate == pytest.approx(2)


def test_coverage_with_few_subjects() -> None:
    """Nominal 95 % with 5 subjects, where an interval by the normal distribution falls short."""
    rng = np.random.default_rng(6)
    subjects = [str(index // 4) for index in range(20)]
    student = normal = 0
    for _ in range(120):
        response = np.repeat(rng.normal(0, 2, 5), 4) + rng.normal(0, 1, 20)
        term = fit_mixed_model(response, {}, subjects).term("intercept")
        student += 0.0 in term.interval
        normal += abs(term.estimate) < 1.96 * term.standard_error
    assert 0.91 < student / 120 < 0.985
    assert normal < student - 4


@pytest.mark.parametrize(
    ("response", "factors", "subjects", "message"),
    [
        (RAILS, {}, ["a"] * 18, "needs 2 subjects or more, found 1"),
        (RAILS, {"f": ["x"] * 4}, RAIL, "factor f must have 18 labels, found 4"),
        (RAILS, {"f": RAIL, "g": RAIL}, RAIL, "cannot tell apart"),
        ([1, 2, 3], {"f": ["x", "y", "z"]}, ["a", "b", "b"], "cannot tell apart"),
        (RAILS, {}, [str(index) for index in range(18)], "subjects with 2 observations"),
        ([3] * 18, {}, RAIL, "all responses are equal"),
    ],
)
def test_what_is_refused(
    response: Sequence[float],
    factors: Mapping[str, Sequence[str]],
    subjects: Sequence[str],
    message: str,
) -> None:
    with pytest.raises(ValueRangeError, match=message):
        fit_mixed_model(response, factors, subjects)


def test_unknown_names() -> None:
    with pytest.raises(NameNotFoundError, match="no factor 'kind'"):
        fit_mixed_model(STOOLS, {"type": TYPE}, SITTER, first_levels={"kind": "T1"})
    with pytest.raises(NameNotFoundError, match="no level 'T5'"):
        fit_mixed_model(STOOLS, {"type": TYPE}, SITTER, first_levels={"type": "T5"})
    with pytest.raises(NameNotFoundError, match=r"no term 'type\[T1\]'"):
        fit_mixed_model(STOOLS, {"type": TYPE}, SITTER).term("type[T1]")
