"""Pooling by hand, on a table small enough to do in the head."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from kinebench.errors import KinebenchWarning, NameNotFoundError, ValueRangeError
from kinebench.statistics.hierarchy import POOLINGS, Observations, pool, summarise

# subject a: trial w (repetitions 1, 3), trial x (6); subject b: trial w (10)
PLAIN = Observations(
    values=np.array([1.0, 3.0, 6.0, 10.0]),
    subjects=("a", "a", "a", "b"),
    trials=("w", "w", "x", "w"),
)
# one trial each; knee on both sides, pelvis once
BILATERAL = Observations(
    values=np.array([2.0, 4.0, 9.0, 1.0, 3.0, 8.0]),
    subjects=("a", "a", "a", "b", "b", "b"),
    trials=("w",) * 6,
    coordinates=("knee", "knee", "pelvis") * 2,
    sides=("r", "l", "") * 2,
)


@pytest.mark.parametrize(
    ("pooling", "mean", "n_units"),
    [
        ("hierarchical", 7.0, 2),  # ((1 + 3) / 2 + 6) / 2 = 4; 10
        ("bilateral_twice", 7.0, 2),
        ("pooled_sides", 7.0, 2),  # no sides here
        ("pooled_trials", 6.0, 3),  # 2, 6, 10
        ("pooled_repetitions", 5.0, 4),
    ],
)
def test_repetitions_trials_subjects(pooling: str, mean: float, n_units: int) -> None:
    summary = summarise(PLAIN, pooling)
    assert summary.mean == mean
    assert summary.n_units == n_units
    assert (summary.n_subjects, summary.n_trials, summary.n_values) == (2, 3, 4)
    assert summary.pooling == pooling


@pytest.mark.parametrize(
    ("pooling", "values"),
    [
        ("hierarchical", [6.0, 5.0]),  # (3 + 9) / 2, (2 + 8) / 2
        ("bilateral_twice", [5.0, 4.0]),  # 15 / 3, 12 / 3
        ("pooled_sides", [9.0, 4.0, 2.0, 8.0, 3.0, 1.0]),  # "", l, r of each
        ("pooled_trials", [6.0, 5.0]),
        ("pooled_repetitions", [4.0, 2.0, 9.0, 3.0, 1.0, 8.0]),  # sorted by label
    ],
)
def test_bilateral_coordinates(pooling: str, values: list[float]) -> None:
    assert pool(BILATERAL, pooling).values.tolist() == values


def test_units_name_what_they_are() -> None:
    assert pool(PLAIN).labels == (("a",), ("b",))
    assert pool(PLAIN, "pooled_trials").labels == (("a", "w"), ("a", "x"), ("b", "w"))
    assert pool(BILATERAL, "pooled_sides").labels[:3] == (("a", ""), ("a", "l"), ("a", "r"))


def test_spread_of_the_units() -> None:
    summary = summarise(PLAIN, "pooled_trials")
    assert summary.sd == 4.0
    assert (summary.minimum, summary.median, summary.maximum) == (2.0, 6.0, 10.0)


def test_trials_of_two_subjects_may_share_a_name() -> None:
    assert summarise(PLAIN, "pooled_trials").n_trials == 3


def test_one_subject_has_no_spread() -> None:
    summary = summarise(Observations(np.array([4.0]), ("a",), ("w",)))
    assert summary.mean == 4.0
    assert np.isnan(summary.sd)


def test_missing_values_are_counted_and_left_out() -> None:
    table = Observations(np.array([1.0, np.nan, 5.0]), ("a", "a", "b"), ("w", "w", "w"))
    with pytest.warns(KinebenchWarning, match="1 of 3 values are missing"):
        summary = summarise(table)
    assert summary.mean == 3.0
    assert (summary.n_values, summary.n_missing) == (2, 1)


def test_nothing_gives_nan_with_a_reason() -> None:
    with pytest.warns(KinebenchWarning, match="no value to summarise"):
        summary = summarise(Observations(np.array([]), (), ()))
    assert np.isnan([summary.mean, summary.sd, summary.median, summary.maximum]).all()
    assert (summary.n_units, summary.n_subjects) == (0, 0)


def test_misspelt_pooling_offers_the_right_one() -> None:
    with pytest.raises(NameNotFoundError, match="did you mean 'pooled_trials'"):
        summarise(PLAIN, "pooled_trial")


def test_every_pooling_is_explained() -> None:
    import kinebench.statistics.hierarchy as module

    assert module.__doc__ is not None
    assert all(f"\n{name}\n" in module.__doc__ for name in POOLINGS)


def test_labels_must_fit() -> None:
    with pytest.raises(ValueRangeError, match=r"trials must have one label per value: 2 .* 1"):
        Observations(np.array([1.0, 2.0]), ("a", "b"), ("w",))
    with pytest.raises(ValueRangeError, match="sides must have one label"):
        Observations(np.array([1.0, 2.0]), ("a", "b"), ("w", "w"), sides=("r",))
    with pytest.raises(ValueRangeError, match="infinite"):
        Observations(np.array([np.inf]), ("a",), ("w",))


def test_table_is_a_read_only_value() -> None:
    copy = pickle.loads(pickle.dumps(BILATERAL))
    assert copy == BILATERAL
    assert not copy.values.flags.writeable
    assert PLAIN.sides == ("",) * 4
