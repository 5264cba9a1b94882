"""Laws that hold for all data: order, shift, scale, perfect agreement, seeds."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kinebench.errors import KinebenchWarning
from kinebench.statistics import (
    ICC_FORMS,
    POOLINGS,
    Observations,
    benjamini_hochberg,
    bland_altman,
    equivalence,
    group_figure,
    hedges_g,
    holm,
    icc,
    mean_interval,
    paired_contrast,
    paired_curves,
    series_mean,
    summarise,
    two_sample_curves,
)

# multiples of 1/8: sums are exact, so laws hold to the last digit where they should
numbers = st.integers(-800, 800).map(lambda value: value / 8)
seeds = st.integers(0, 2**32 - 1)
samples = st.integers(3, 14).flatmap(lambda n: arrays(np.float64, n, elements=numbers))
pairs = st.integers(3, 14).flatmap(lambda n: arrays(np.float64, (2, n), elements=numbers))
tables = st.tuples(st.integers(3, 8), st.integers(2, 4)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=numbers)
)
curve_pairs = st.tuples(st.integers(3, 6), st.integers(1, 8)).flatmap(
    lambda shape: arrays(np.float64, (2, *shape), elements=numbers)
)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Few subjects are the point here; the warnings have tests of their own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinebenchWarning)
        yield


@st.composite
def observations(draw: st.DrawFn) -> Observations:
    n = draw(st.integers(1, 24))

    def label(choices: str) -> tuple[str, ...]:
        return tuple(draw(st.lists(st.sampled_from(choices), min_size=n, max_size=n)))

    values = draw(arrays(np.float64, n, elements=numbers))
    return Observations(values, label("abcd"), label("wx"), label("kp"), label("rl"))


def rearranged(table: Observations, order: np.ndarray) -> Observations:
    labels = [
        tuple(np.array(getattr(table, name))[order].tolist())
        for name in ("subjects", "trials", "coordinates", "sides")
    ]
    return Observations(table.values[order], *labels)


def numbers_in(result: Any) -> list[float]:
    """All floats of a result, in order."""
    if is_dataclass(result):
        return [x for field in fields(result) for x in numbers_in(getattr(result, field.name))]
    if isinstance(result, tuple):
        return [x for item in result for x in numbers_in(item)]
    if isinstance(result, np.ndarray):
        return [float(x) for x in result.ravel()]
    return [result] if isinstance(result, float) else []


@given(observations(), st.sampled_from(sorted(POOLINGS)), seeds)
def test_order_of_rows_changes_nothing(table: Observations, pooling: str, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(table.values))
    one, other = summarise(table, pooling), summarise(rearranged(table, order), pooling)
    np.testing.assert_equal(numbers_in(other), numbers_in(one))


@given(observations(), st.sampled_from(sorted(POOLINGS)))
def test_names_of_subjects_change_nothing(table: Observations, pooling: str) -> None:
    renamed = Observations(
        table.values,
        tuple({"a": "z", "b": "q", "c": "b", "d": "a"}[name] for name in table.subjects),
        table.trials,
        table.coordinates,
        table.sides,
    )
    one, other = summarise(table, pooling), summarise(renamed, pooling)
    np.testing.assert_allclose(numbers_in(other), numbers_in(one), rtol=1e-12, atol=1e-10)
    assert one.n_units == other.n_units


@given(observations(), st.sampled_from(sorted(POOLINGS)))
def test_mean_lies_within_the_values(table: Observations, pooling: str) -> None:
    summary = summarise(table, pooling)
    assert table.values.min() - 1e-9 <= summary.minimum <= summary.mean + 1e-9
    assert summary.mean - 1e-9 <= summary.maximum <= table.values.max() + 1e-9
    assert summary.n_subjects <= summary.n_trials <= summary.n_values
    assert summary.n_units <= summary.n_values


@given(observations(), st.sampled_from(sorted(POOLINGS)), numbers)
def test_equal_values_are_their_summary(table: Observations, pooling: str, value: float) -> None:
    equal = Observations(np.full(len(table.values), value), table.subjects, table.trials)
    summary = summarise(equal, pooling)
    assert summary.mean == summary.median == summary.maximum == value
    assert summary.sd == 0 or summary.n_units == 1


@settings(max_examples=30)
@given(observations(), st.sampled_from(sorted(POOLINGS)), seeds)
def test_group_figure_does_not_depend_on_order(
    table: Observations, pooling: str, order_seed: int
) -> None:
    order = np.random.default_rng(order_seed).permutation(len(table.values))
    one = group_figure(table, pooling=pooling)
    other = group_figure(rearranged(table, order), pooling=pooling)
    np.testing.assert_equal(numbers_in(other), numbers_in(one))


@given(pairs, seeds)
def test_agreement_does_not_depend_on_order(pair: np.ndarray, seed: int) -> None:
    subjects = np.array([str(index // 2) for index in range(pair.shape[1])])
    order = np.random.default_rng(seed).permutation(pair.shape[1])
    one = bland_altman(pair[0], pair[1], subjects.tolist())
    other = bland_altman(pair[0, order], pair[1, order], subjects[order].tolist())
    np.testing.assert_allclose(other.upper, one.upper, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(
        numbers_in(other.upper_interval), numbers_in(one.upper_interval), rtol=1e-9, atol=1e-7
    )


@given(pairs, numbers, st.sampled_from([0.25, 2.0, 16.0]))
def test_agreement_follows_shift_and_scale(pair: np.ndarray, shift: float, scale: float) -> None:
    subjects = [str(index // 2) for index in range(pair.shape[1])]
    reference, estimate = pair
    one = bland_altman(reference, estimate, subjects)
    other = bland_altman(scale * reference, scale * estimate + shift, subjects)
    for name in ("bias", "lower", "upper", "lower_percentile", "upper_percentile"):
        expected = scale * getattr(one, name) + shift
        assert getattr(other, name) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert other.sd == pytest.approx(scale * one.sd, rel=1e-9, abs=1e-9)
    assert one.lower <= one.bias <= one.upper
    assert one.bias in one.bias_interval
    assert one.upper in one.upper_interval
    assert one.lower in one.lower_interval


@given(pairs)
def test_perfect_agreement_has_no_width(pair: np.ndarray) -> None:
    reference, _ = pair
    subjects = [str(index // 2) for index in range(len(reference))]
    found = bland_altman(reference, reference, subjects)
    assert (found.bias, found.lower, found.upper) == (0, 0, 0)
    assert found.upper_interval.width == found.bias_interval.width == 0
    assert paired_contrast(reference, reference).interval.width == 0
    assert equivalence(reference, reference, 1.0).equivalent


@given(tables, numbers, st.sampled_from([0.25, 2.0, 16.0]), seeds)
def test_icc_has_no_unit_and_no_order(
    table: np.ndarray, shift: float, scale: float, seed: int
) -> None:
    order = np.random.default_rng(seed).permutation(len(table))
    for form in ICC_FORMS:
        one = icc(table, form)
        other = icc(scale * table[order][:, ::-1] + shift, form)
        np.testing.assert_allclose(numbers_in(other), numbers_in(one), rtol=1e-7, atol=1e-7)
        if np.isfinite(one.value):
            assert one.value <= 1
            assert one.interval.low <= one.value + 1e-9
            assert one.value <= one.interval.high + 1e-9


@given(tables)
def test_agreement_is_no_stronger_than_consistency(table: np.ndarray) -> None:
    agreement, consistency = icc(table, "ICC(A,1)").value, icc(table, "ICC(C,1)").value
    if np.isfinite(agreement) and consistency > 0 and agreement > 0:
        columns = table.mean(axis=0).var() * len(table)
        residual = table - table.mean(axis=0) - table.mean(axis=1, keepdims=True) + table.mean()
        if columns / (table.shape[1] - 1) * table.shape[1] > (residual**2).mean() * 3:
            assert agreement <= consistency + 1e-9


@given(pairs)
def test_swapping_reference_and_estimate_flips_signs(pair: np.ndarray) -> None:
    forth, back = paired_contrast(*pair), paired_contrast(*pair[::-1])
    assert back.mean == -forth.mean
    assert back.interval.low == pytest.approx(-forth.interval.high, rel=1e-12)
    np.testing.assert_equal(back.p, forth.p)
    np.testing.assert_allclose(back.g.value, -forth.g.value, rtol=1e-12)


@given(pairs, numbers, st.sampled_from([0.25, 2.0, 16.0]))
def test_effect_size_has_no_unit(pair: np.ndarray, shift: float, scale: float) -> None:
    one, other = hedges_g(*pair), hedges_g(*(scale * pair + shift))
    np.testing.assert_allclose(other.value, one.value, rtol=1e-9)
    if np.isfinite(one.value) and abs(one.value) < 10:
        assert one.interval.low <= one.value <= one.interval.high


@given(pairs, st.floats(0.1, 200), st.floats(0.1, 200))
def test_a_wider_margin_is_met_more_easily(pair: np.ndarray, one: float, other: float) -> None:
    narrow, wide = sorted([one, other])
    at_wide, at_narrow = (equivalence(pair[0], pair[1], margin) for margin in (wide, narrow))
    assert at_wide.p <= at_narrow.p + 1e-12


@given(samples, st.floats(0.5, 0.9), st.floats(0.9, 0.999))
def test_more_confidence_is_wider(sample: np.ndarray, low: float, high: float) -> None:
    narrow, wide = mean_interval(sample, level=low), mean_interval(sample, level=high)
    assert wide.low <= narrow.low <= narrow.high <= wide.high
    assert (
        series_mean(sample, 1.0, level=low).interval.width
        <= series_mean(sample, 1.0, level=high).interval.width + 1e-12
    )


@given(arrays(np.float64, st.integers(1, 20), elements=st.floats(0, 1)), seeds)
def test_corrections_keep_order_and_only_raise(p: np.ndarray, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(p))
    for correction in (holm, benjamini_hochberg):
        adjusted = correction(p)
        assert (adjusted >= p * (1 - 1e-12)).all()
        assert (adjusted <= 1).all()
        assert (np.diff(adjusted[np.argsort(p, kind="stable")]) >= -1e-15).all()
        np.testing.assert_array_equal(correction(p[order]), adjusted[order])
    assert (benjamini_hochberg(p) <= holm(p) + 1e-12).all()


@settings(max_examples=50)
@given(curve_pairs, seeds, st.sampled_from([0.25, 2.0, -16.0]), numbers)
def test_curve_test_laws(pair: np.ndarray, seed: int, scale: float, shift: float) -> None:
    order = np.random.default_rng(seed).permutation(pair.shape[1])
    found = paired_curves(*pair, seed=seed, alpha=0.2)
    moved = paired_curves(*(scale * pair[:, order] + shift), seed=seed + 1, alpha=0.2)
    assert moved.p == pytest.approx(found.p)
    np.testing.assert_allclose(moved.t, np.sign(scale) * found.t, rtol=1e-4, atol=1e-9)
    assert len(moved.clusters) == len(found.clusters)
    assert (found.p <= 0.2) == bool(found.clusters) or not found.height < np.abs(found.t).max()
    for cluster in found.clusters:
        assert cluster.p <= 0.2


@settings(max_examples=30)
@given(curve_pairs, seeds)
def test_groups_may_be_swapped(pair: np.ndarray, seed: int) -> None:
    forth = two_sample_curves(*pair, seed=seed, alpha=0.2)
    back = two_sample_curves(*pair[::-1], seed=seed, alpha=0.2)
    assert back.p == pytest.approx(forth.p)
    np.testing.assert_allclose(back.t, -forth.t, rtol=1e-4, atol=1e-6)


@given(samples, numbers, st.sampled_from([0.25, 2.0, 16.0]), st.floats(0.2, 2.0))
def test_waveform_intervals_follow_shift_scale_and_direction_of_time(
    series: np.ndarray, shift: float, scale: float, rate_hz: float
) -> None:
    one = series_mean(series, rate_hz)
    moved = series_mean(scale * series[::-1] + shift, rate_hz)
    assert moved.degrees_of_freedom == one.degrees_of_freedom >= 1
    assert moved.mean == pytest.approx(scale * one.mean + shift, rel=1e-9, abs=1e-9)
    assert moved.interval.width == pytest.approx(scale * one.interval.width, rel=1e-6, abs=1e-9)
