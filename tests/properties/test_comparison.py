"""Laws of a comparison."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinebench.comparison import IndexResampling, Procedure, compare_recordings
from kinebench.core import Coordinate, Motion
from kinebench.events import ManualEvent
from kinebench.reports.tables import Table, as_text

SEEDS = st.integers(0, 10_000)


def pair(seed: int) -> tuple[Motion, Motion]:
    rng = np.random.default_rng(seed)
    times = np.sort(rng.uniform(0, 3, 40)) if seed % 2 else np.arange(40) / 20
    coordinates = (Coordinate("knee_angle_r"), Coordinate("pelvis_ty", "translational"))
    truth = rng.normal(size=(40, 2)).cumsum(axis=0) / 10
    return (
        Motion(coordinates, times, truth),
        Motion(coordinates, times, truth + rng.normal(size=truth.shape) / 20),
    )


def compared(
    one: Motion,
    other: Motion,
    how: Procedure = Procedure(),  # noqa: B008 - a frozen value
) -> dict[tuple[str, str], float]:
    result = compare_recordings(one, other, how, other_policies=False)
    return {(f.item, f.metric): f.value for f in result.evaluation.figures}


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_swapping_reference_and_estimate_flips_the_bias_and_its_interval(seed: int) -> None:
    one, other = pair(seed)
    there = compare_recordings(one, other, Procedure(), other_policies=False)
    back = compare_recordings(other, one, Procedure(), other_policies=False)
    for a, b in zip(there.evaluation.figures, back.evaluation.figures, strict=True):
        if a.metric == "bias":
            assert a.value == pytest.approx(-b.value, abs=1e-12)
            assert a.interval is not None
            assert b.interval is not None
            assert a.interval == pytest.approx((-b.interval[1], -b.interval[0]), abs=1e-9)
            assert a.interval[0] <= a.value <= a.interval[1]
        if a.metric == "rmse":
            assert a.value == pytest.approx(b.value, abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(SEEDS, st.floats(-5, 5))
def test_both_clocks_may_be_moved_together(seed: int, shift_s: float) -> None:
    one, other = pair(seed)
    moved, with_it = (replace(motion, times=motion.times + shift_s) for motion in (one, other))
    before, after = compared(one, other), compared(moved, with_it)
    for key in before:
        if not key[1].endswith("_time"):
            assert after[key] == pytest.approx(before[key], abs=1e-6, nan_ok=True), key


@settings(max_examples=20, deadline=None)
@given(SEEDS, st.integers(2, 200))
def test_by_index_a_motion_agrees_with_itself_on_any_clock(seed: int, n_points: int) -> None:
    one, _ = pair(seed)
    elsewhere = replace(one, times=3 * one.times + 7)
    found = compared(one, elsewhere, Procedure(time=IndexResampling(n_points)))
    assert found["knee_angle_r", "rmse"] == 0.0


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.integers(1, 38))
def test_parts_of_a_trial_make_the_whole(seed: int, cut: int) -> None:
    one, other = pair(2 * seed)  # even: 20 Hz
    middle = (cut + 0.5) / 20
    events = (ManualEvent("a", 0.0, middle, ""), ManualEvent("b", middle, 39 / 20, ""))
    if cut < 1 or cut > 37:
        return
    result = compare_recordings(one, other, Procedure(events=events), other_policies=False)
    parts = [
        next(f for f in part.evaluation.figures if (f.item, f.metric) == ("knee_angle_r", "bias"))
        for part in result.repetitions
    ]
    assert sum(part.n for part in parts) == 40
    mean = sum(part.n * part.value for part in parts) / 40
    assert mean == pytest.approx(result.evaluation.value("knee_angle_r", "bias"), abs=1e-12)


CELLS = st.text("abc°−|x", min_size=1, max_size=9)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=4), st.integers(1, 60))
def test_no_cell_is_lost_however_narrow_the_terminal(
    rows: list[tuple[str, str, str, str]], width: int
) -> None:
    text = as_text(Table(("item", "unit", "first value", "second"), tuple(rows)), width)
    words = text.split()
    for row in rows:
        for cell in row[2:]:
            assert cell in words
    assert {"first", "value", "second"} <= set(words)
