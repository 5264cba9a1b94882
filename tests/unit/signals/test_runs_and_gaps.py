"""Runs, gap filling and outliers on small signals with known answers."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.errors import CleaningError, ValueRangeError
from kinebench.signals.gaps import fill_gaps, longest_gap
from kinebench.signals.outliers import hampel_outliers
from kinebench.signals.runs import filter_runs, long_run_mask, require_rate, runs

nan = np.nan


def test_runs_are_half_open() -> None:
    assert runs([True, True, False, True]) == [(0, 2), (3, 4)]
    assert runs([False, False]) == []
    assert runs([True]) == [(0, 1)]


def test_filter_runs_sees_each_run_alone_and_columns_together() -> None:
    values = np.array([[1.0, 5.0], [2.0, 6.0], [nan, 7.0], [4.0, 8.0], [5.0, 9.0]])
    seen: list[tuple[int, ...]] = []

    def kernel(segment: np.ndarray, columns: np.ndarray) -> np.ndarray:
        seen.append((*segment.shape, *columns))
        return segment - segment.mean(axis=0)

    filtered = filter_runs(values, kernel, shortest=2)
    assert seen == [(2, 1, 0), (2, 1, 0), (5, 1, 1)]
    np.testing.assert_array_equal(filtered[:, 0], [-0.5, 0.5, nan, -0.5, 0.5])


def test_a_short_run_raises_or_is_kept() -> None:
    values = np.array([1.0, nan, 3.0, 4.0, 5.0])
    with pytest.raises(CleaningError, match="needs 2 frames in a row, but frames 1 to 1"):
        filter_runs(values, lambda s, _: 0 * s, shortest=2)
    kept = filter_runs(values, lambda s, _: 0 * s, shortest=2, short_runs="keep")
    np.testing.assert_array_equal(kept, [1.0, nan, 0.0, 0.0, 0.0])
    np.testing.assert_array_equal(long_run_mask(values, 2), [False, False, True, True, True])


def test_signals_must_have_finite_frames() -> None:
    with pytest.raises(ValueRangeError, match="one frame"):
        fill_gaps(np.empty((0, 3)))
    with pytest.raises(ValueRangeError, match="infinite"):
        fill_gaps([1.0, np.inf])
    with pytest.raises(ValueRangeError, match="above 0 Hz"):
        require_rate(0.0)


def test_linear_filling_draws_a_line_and_leaves_the_ends() -> None:
    values = [nan, 1.0, nan, nan, 4.0, nan]
    np.testing.assert_allclose(fill_gaps(values), [nan, 1, 2, 3, 4, nan])
    np.testing.assert_allclose(fill_gaps(values, ends=True), [1, 1, 2, 3, 4, 4])


def test_the_limit_leaves_long_gaps_whole() -> None:
    values = [0.0, nan, 2.0, nan, nan, 5.0, nan, nan]
    np.testing.assert_allclose(fill_gaps(values, longest=1), [0, 1, 2, nan, nan, 5, nan, nan])
    np.testing.assert_allclose(fill_gaps(values, longest=2, ends=True), [0, 1, 2, 3, 4, 5, 5, 5])
    np.testing.assert_allclose(fill_gaps(values, longest=0), values)
    assert longest_gap(values) == 2
    assert longest_gap([1.0]) == 0


def test_cubic_filling_reproduces_a_cubic() -> None:
    t = np.arange(12.0)
    truth = 0.1 * t**3 - t**2 + 3
    values = truth.copy()
    values[[3, 4, 8]] = nan
    np.testing.assert_allclose(fill_gaps(values, "cubic"), truth, atol=1e-9)
    assert np.abs(fill_gaps(values, "linear") - truth).max() > 0.1


def test_uneven_times_are_respected() -> None:
    np.testing.assert_allclose(fill_gaps([0.0, nan, 4.0], times=[0.0, 3.0, 4.0]), [0, 3, 4])
    with pytest.raises(ValueRangeError, match="as many times"):
        fill_gaps([0.0, 1.0], times=[0.0])


def test_filling_works_column_by_column_and_leaves_empty_columns() -> None:
    values = np.full((3, 2, 3), nan)
    values[0, 0], values[2, 0] = 0.0, 2.0
    filled = fill_gaps(values)
    np.testing.assert_allclose(filled[:, 0], np.arange(3.0)[:, None] * np.ones(3))
    assert np.isnan(filled[:, 1]).all()


def test_filling_refuses_unknown_methods_and_limits() -> None:
    with pytest.raises(ValueRangeError, match="'quadratic'"):
        fill_gaps([1.0], "quadratic")  # type: ignore[arg-type]
    with pytest.raises(ValueRangeError, match="found -1"):
        fill_gaps([1.0], longest=-1)


def test_hampel_finds_a_spike_and_only_the_spike() -> None:
    t = np.arange(80) / 60
    values = np.stack([np.sin(2 * t), np.cos(3 * t)], axis=1)
    values[30, 0] += 0.5
    expected = np.zeros((80, 2), dtype=bool)
    expected[30, 0] = True
    np.testing.assert_array_equal(hampel_outliers(values, 5, 4.0), expected)


def test_hampel_ignores_gaps_and_standstill() -> None:
    values = np.full(30, 1.0 / 3.0)
    values[10:15] = nan
    assert not hampel_outliers(values, 3, 3.0).any()
    values[20] += 0.001
    assert hampel_outliers(values, 3, 3.0).sum() == 1
    assert not hampel_outliers(values, 3, 3.0, smallest=0.01).any()
    assert not hampel_outliers(np.full(9, nan), 3, 3.0).any()


@pytest.mark.parametrize("arguments", [(0, 3.0), (3, 0.0), (3, 3.0, -1.0)])
def test_hampel_refuses(arguments: tuple[float, ...]) -> None:
    with pytest.raises(ValueRangeError, match="outlier search"):
        hampel_outliers(np.zeros(9), *arguments)  # type: ignore[arg-type]


def test_hampel_counts_in_standard_deviations_of_normal_noise() -> None:
    noise = np.random.default_rng(0).normal(size=4000)
    marked = hampel_outliers(noise, 500, 2.0).mean()
    # beyond two sigmas lie 4.55 % of a normal distribution
    assert marked == pytest.approx(0.0455, abs=0.01)
