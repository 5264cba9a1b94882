"""Laws of the metrics."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kinebench.metrics import UndefinedMetricWarning, shapley
from kinebench.metrics import extremes as x
from kinebench.metrics import markers as m
from kinebench.metrics import similarity as s
from kinebench.metrics import waveform as w
from kinebench.metrics.pairs import without_wraps, wrapped_difference

few = settings(deadline=None, max_examples=60)

# multiples of 2⁻¹⁰ within ±64: differences are exact, sums of squares do not vanish by rounding
values = st.integers(-65536, 65536).map(lambda k: k / 1024)


@contextmanager
def undefined_ignored() -> Iterator[None]:
    """Of two peaks alike no time is defined; the NaN obeys the laws too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        yield


@st.composite
def pairs(draw: st.DrawFn, gaps: bool = True) -> tuple[np.ndarray, np.ndarray]:
    shape = (draw(st.integers(2, 30)), draw(st.integers(1, 4)))
    element = values | st.just(np.nan) if gaps else values
    reference = draw(arrays(float, shape, elements=element))
    estimate = draw(arrays(float, shape, elements=element))
    assume((~np.isnan(reference + estimate)).any(axis=0).all())
    return reference, estimate


@few
@given(pairs())
def test_mae_is_at_most_rmse_and_rmse_at_most_max(pair: tuple[np.ndarray, np.ndarray]) -> None:
    mae, rmse, largest = (
        function(*pair) for function in (w.mean_absolute_error, w.rmse, w.max_absolute_error)
    )
    assert (mae <= rmse * (1 + 1e-12)).all()
    assert (rmse <= largest * (1 + 1e-12)).all()
    assert (np.abs(w.bias(*pair)) <= mae * (1 + 1e-12)).all()


@few
@given(pairs())
def test_rmse_splits_into_bias_and_the_rest(pair: tuple[np.ndarray, np.ndarray]) -> None:
    parts = w.bias(*pair) ** 2 + w.offset_removed_rmse(*pair) ** 2
    np.testing.assert_allclose(w.rmse(*pair) ** 2, parts, rtol=1e-10, atol=1e-10)


@few
@given(pairs(), values)
def test_a_constant_changes_bias_only(pair: tuple[np.ndarray, np.ndarray], constant: float) -> None:
    reference, estimate = pair
    shifted = estimate + constant
    np.testing.assert_allclose(
        w.bias(reference, shifted), w.bias(reference, estimate) + constant, atol=1e-9
    )
    for function in (w.offset_removed_rmse, x.range_of_motion_error):
        before, after = function(reference, estimate), function(reference, shifted)
        np.testing.assert_allclose(before, after, atol=1e-6)
    times = np.arange(len(reference)) / 100
    with undefined_ignored():
        np.testing.assert_array_equal(
            x.peak_timing_error(reference, shifted, times),
            x.peak_timing_error(reference, estimate, times),
        )


@few
@given(pairs())
def test_swapping_flips_signed_errors_and_keeps_sizes(pair: tuple[np.ndarray, np.ndarray]) -> None:
    reference, estimate = pair
    times = np.arange(len(reference)) / 100
    functions: tuple[Callable[..., Any], ...] = (
        w.bias, x.range_of_motion_error, x.peak_error, x.trough_error,
    )  # fmt: skip
    for function in functions:
        np.testing.assert_allclose(function(*pair), -function(estimate, reference), atol=1e-12)
    for timing in (x.peak_timing_error, x.trough_timing_error):
        with undefined_ignored():
            there, back = timing(reference, estimate, times), timing(estimate, reference, times)
        np.testing.assert_allclose(there, -back, atol=1e-12)
    for function in (w.rmse, w.mean_absolute_error, w.offset_removed_rmse, w.max_absolute_error):
        np.testing.assert_allclose(function(*pair), function(estimate, reference), atol=1e-12)


@few
@given(pairs())
def test_order_of_frames_does_not_matter(pair: tuple[np.ndarray, np.ndarray]) -> None:
    turned = pair[0][::-1], pair[1][::-1]
    for function in (w.bias, w.rmse, w.mean_absolute_error, x.range_of_motion_error):
        np.testing.assert_allclose(function(*pair), function(*turned), atol=1e-10)


@few
@given(pairs(), st.sampled_from([0.25, 2.0, 16.0]))
def test_scale_of_the_unit(pair: tuple[np.ndarray, np.ndarray], scale: float) -> None:
    """Degrees or radians: errors scale, ratios do not."""
    reference, estimate = pair
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        for function in (w.bias, w.rmse, x.peak_error, s.lfm_offset):
            np.testing.assert_allclose(
                function(scale * reference, scale * estimate), scale * function(*pair), atol=1e-9
            )
        for function in (s.pearson_r, s.lfm_slope, s.sprague_geers_magnitude):
            np.testing.assert_allclose(
                function(scale * reference, scale * estimate), function(*pair), atol=1e-9
            )


@few
@given(pairs())
def test_correlations_are_within_their_range(pair: tuple[np.ndarray, np.ndarray]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        r, squared = s.pearson_r(*pair), s.r_squared(*pair)
        phase = s.sprague_geers_phase(*pair)
        explained = s.coefficient_of_determination(*pair)
    known = ~np.isnan(r)
    assert (np.abs(r[known]) <= 1).all()
    np.testing.assert_allclose(squared[known], r[known] ** 2)
    assert ((phase >= 0) & (phase <= 1) | np.isnan(phase)).all()
    both = known & ~np.isnan(explained)
    assert (explained[both] <= squared[both] + 1e-9).all()


@few
@given(st.floats(-50, 50), st.floats(-50, 50))
def test_wrapped_difference_is_the_same_angle(reference: float, estimate: float) -> None:
    difference = wrapped_difference(reference, estimate)
    assert -np.pi - 1e-9 < difference <= np.pi + 1e-9
    assert np.cos(difference) == pytest.approx(np.cos(estimate - reference), abs=1e-9)
    assert np.sin(difference) == pytest.approx(np.sin(estimate - reference), abs=1e-9)


@few
@given(
    arrays(float, st.integers(2, 30), elements=st.floats(-3, 3)),
    st.integers(-3, 3),
    arrays(int, 30, elements=st.integers(-2, 2)),
)
def test_turns_added_to_an_angle_change_no_error(
    angles: np.ndarray, turns: int, scattered: np.ndarray
) -> None:
    reference = np.cumsum(angles)[:, None] / 4
    error = 0.2 * np.cos(np.arange(len(angles)))[:, None]
    estimate = reference + error + 2 * np.pi * (turns + scattered[: len(angles), None])
    r, e = without_wraps(reference, estimate, np.array([True]))
    np.testing.assert_allclose(e - r, error, atol=1e-9)
    np.testing.assert_allclose(r, reference, atol=1e-9)


positions = arrays(float, st.tuples(st.integers(1, 5), st.just(4), st.just(3)), elements=values)


@few
@given(positions, values)
def test_distances_ignore_a_common_translation(points: np.ndarray, shift: float) -> None:
    other = points[:, ::-1]
    np.testing.assert_allclose(
        m.distance_mean(points + shift, other + shift), m.distance_mean(points, other), atol=1e-9
    )
    np.testing.assert_allclose(
        m.offset_removed_distance_rms(points, other + shift),
        m.offset_removed_distance_rms(points, other),
        atol=1e-9,
    )
    assert (m.distance_mean(points, other) <= m.distance_rms(points, other) + 1e-9).all()
    assert (m.distance_p95(points, other) <= m.distance_max(points, other) + 1e-9).all()
    assert m.offset_removed_distance_rms(points, other).max() <= (
        m.distance_rms(points, other).max() + 1e-9
    )


# Shapley's axioms


@st.composite
def games(draw: st.DrawFn) -> tuple[tuple[str, ...], dict[tuple[int, ...], float]]:
    n = draw(st.integers(1, 5))
    cells = list(product((0, 1), repeat=n))
    results = draw(st.lists(st.floats(-100, 100), min_size=len(cells), max_size=len(cells)))
    return tuple(f"f{i}" for i in range(n)), dict(zip(cells, results, strict=True))


def parts(factors: tuple[str, ...], cells: Mapping[tuple[Hashable, ...], float]) -> np.ndarray:
    return np.array([*shapley(cells, factors, dict.fromkeys(factors, 0)).parts.values()])


@few
@given(games())
def test_parts_add_up_to_the_whole(game: tuple) -> None:
    factors, cells = game
    whole = cells[(1,) * len(factors)] - cells[(0,) * len(factors)]
    assert parts(factors, cells).sum() == pytest.approx(whole, abs=1e-10)


@few
@given(games(), st.integers(0, 4), st.floats(-10, 10))
def test_a_factor_that_only_adds_gets_what_it_adds(game: tuple, which: int, gain: float) -> None:
    """Dummy axiom; with a gain of 0, the null player gets nothing."""
    factors, cells = game
    which %= len(factors)
    dummy = {
        cell: cells[(*cell[:which], 0, *cell[which + 1 :])] + gain * cell[which] for cell in cells
    }
    assert parts(factors, dummy)[which] == pytest.approx(gain, abs=1e-10)


@few
@given(games())
def test_factors_that_act_alike_get_alike(game: tuple) -> None:
    factors, cells = game
    assume(len(factors) >= 2)
    alike = {cell: cells[cell] + cells[(cell[1], cell[0], *cell[2:])] for cell in cells}
    found = parts(factors, alike)
    assert found[0] == pytest.approx(found[1], abs=1e-10)


@few
@given(games(), st.permutations(range(5)))
def test_order_of_factors_does_not_matter(game: tuple, order: list[int]) -> None:
    factors, cells = game
    order = [i for i in order if i < len(factors)]
    turned = {tuple(cell[i] for i in order): value for cell, value in cells.items()}
    found = parts(tuple(factors[i] for i in order), turned)
    np.testing.assert_allclose(found, parts(factors, cells)[order], atol=1e-10)


@few
@given(games(), st.floats(-3, 3))
def test_parts_are_linear_in_the_results(game: tuple, factor: float) -> None:
    factors, cells = game
    other = {cell: sum(cell) ** 2 + 0.5 * cell[0] for cell in cells}
    mixed = {cell: cells[cell] + factor * other[cell] for cell in cells}
    expected = parts(factors, cells) + factor * parts(factors, other)
    np.testing.assert_allclose(parts(factors, mixed), expected, atol=1e-9)
