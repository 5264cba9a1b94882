"""Shapley values of small factorials by hand."""

from __future__ import annotations

import pickle
from itertools import product

import numpy as np
import pytest
from numpy.typing import ArrayLike

from kinebench.errors import ValueRangeError
from kinebench.metrics import UndefinedMetricWarning, shapley

LOW = {"pose": "good", "tilt": 0.0}


def table(a: float, b: float, both: float) -> dict[tuple[str, float], float]:
    """Result 10 at baseline, 10 + a, 10 + b with one factor changed, and 10 + both."""
    return {
        ("good", 0.0): 10.0,
        ("bad", 0.0): 10.0 + a,
        ("good", 2.0): 10.0 + b,
        ("bad", 2.0): 10.0 + both,
    }


def test_interaction_is_shared() -> None:
    found = shapley(table(3, 1, 10), ("pose", "tilt"), LOW)
    # pose: (3 + (10 − 1)) / 2, tilt: (1 + (10 − 3)) / 2
    assert found.parts == {"pose": 6.0, "tilt": 4.0}
    assert found.total == 10.0
    assert (found.baseline, found.target) == (10.0, 20.0)


def test_without_interaction_parts_are_the_single_effects() -> None:
    assert shapley(table(3, 1, 4), ("pose", "tilt"), LOW).parts == {"pose": 3.0, "tilt": 1.0}


def test_other_way_round_changes_the_sign() -> None:
    back = shapley(table(3, 1, 10), ("pose", "tilt"), {"pose": "bad", "tilt": 2.0})
    assert back.parts == {"pose": -6.0, "tilt": -4.0}


def test_textbook_game() -> None:
    """Glove game: players 1, 2 have left gloves, 3 a right one; values 1/6, 1/6, 4/6."""
    cells = {(a, b, c): float((a or b) and c) for a, b, c in product((False, True), repeat=3)}
    found = shapley(cells, ("1", "2", "3"), dict.fromkeys("123", False))
    assert found.parts == pytest.approx({"1": 1 / 6, "2": 1 / 6, "3": 2 / 3})


def test_arrays_are_shared_column_by_column() -> None:
    cells = {cell: np.array([value, -value]) for cell, value in table(3, 1, 10).items()}
    found = shapley(cells, ("pose", "tilt"), LOW)
    np.testing.assert_allclose(found.parts["pose"], [6, -6])
    np.testing.assert_allclose(found.total, [10, -10])


def test_more_levels_need_a_target() -> None:
    cells = table(3, 1, 10) | {("ugly", 0.0): 50.0, ("ugly", 2.0): 70.0}
    with pytest.raises(
        ValueRangeError, match=r"pose needs a target level out of \['bad', 'ugly'\]"
    ):
        shapley(cells, ("pose", "tilt"), LOW)
    assert shapley(cells, ("pose", "tilt"), LOW, {"pose": "bad"}).parts["pose"] == 6.0
    assert shapley(cells, ("pose", "tilt"), LOW, {"pose": "ugly"}).parts["pose"] == 49.5


def test_one_factor_takes_all() -> None:
    assert shapley({("a",): 1.0, ("b",): 4.0}, ("f",), {"f": "a"}).parts == {"f": 3.0}


def test_missing_cells_are_named() -> None:
    cells = table(3, 1, 10)
    del cells["bad", 2.0]
    with pytest.raises(ValueRangeError, match=r"1 of 4 cells.*pose = bad, tilt = 2\.0"):
        shapley(cells, ("pose", "tilt"), LOW)


def test_nan_cells_leave_nan() -> None:
    with pytest.warns(UndefinedMetricWarning, match="cell's result is NaN"):
        found = shapley(table(3, np.nan, 10), ("pose", "tilt"), LOW)
    assert np.isnan(list(found.parts.values())).all()
    assert found.total == 10.0


@pytest.mark.parametrize(
    ("factors", "baseline", "target", "message"),
    [
        ((), {}, None, "factors must be given"),
        (("pose", "pose"), LOW, None, "each once"),
        (("pose",), LOW, None, "one level for each"),
        (("pose", "tilt"), {"pose": "good"}, None, "tilt needs a baseline"),
        (("pose", "tilt"), {"pose": "good", "tilt": 9.0}, None, "tilt needs a baseline"),
        (("pose", "tilt"), LOW | {"noise": 1}, None, "baseline names no factors.*noise"),
        (("pose", "tilt"), LOW, {"noise": 1}, "target names no factors.*noise"),
        (("pose", "tilt"), LOW, {"tilt": 9.0}, r"tilt has no level 9\.0"),
    ],
)
def test_invalid(factors: tuple, baseline: dict, target: dict | None, message: str) -> None:
    with pytest.raises(ValueRangeError, match=message):
        shapley(table(3, 1, 10), factors, baseline, target)


def test_shapes_must_agree() -> None:
    cells: dict[tuple[str, float], ArrayLike] = {**table(3, 1, 10)}
    cells["bad", 2.0] = np.array([1.0, 2.0])
    with pytest.raises(ValueRangeError, match="one shape"):
        shapley(cells, ("pose", "tilt"), LOW)


def test_survives_pickling() -> None:
    found = shapley(table(3, 1, 10), ("pose", "tilt"), LOW)
    again = pickle.loads(pickle.dumps(found))
    assert again.parts == found.parts
    with pytest.raises(TypeError):
        again.parts["pose"] = 1.0
