"""The tidy table of figures: rows in, rows out, and what is asked of it."""

from __future__ import annotations

import math
import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.errors import ValueRangeError
from kinebench.metrics import Alignment, FigureRow, FigureTable, Kind, Quantity
from kinebench.metrics.figure_table import COLUMNS

ROWS = [
    FigureRow(Kind.COORDINATE, "knee_angle_r", "rmse", 0.3, "rad"),
    FigureRow(Kind.COORDINATE, "pelvis_ty", "rmse", 0.02, "m"),
    FigureRow(Kind.COORDINATE, "knee_angle_r", "offset_removed_rmse", 0.1, "rad"),
    FigureRow(Kind.COORDINATE, "knee_angle_r", "rmse", 0.2, "rad", Alignment.LAG_REMOVED),
    FigureRow(Kind.LANDMARK, "hip", "side_drop", -0.01, "m"),
    FigureRow(Kind.MARKER_ERROR, "r_knee", "residual_rms", math.nan, "m"),
]
TABLE = FigureTable.of(ROWS)

rows = st.lists(
    st.builds(
        FigureRow,
        st.sampled_from(Kind),
        st.sampled_from(["knee_angle_r", "hip", "ä"]),
        st.sampled_from(["rmse", "bias"]),
        st.floats(allow_infinity=False),
        st.sampled_from(["rad", "m"]),
        st.sampled_from([Alignment.NONE, Alignment.LAG_REMOVED]),
    )
)


@given(rows)
def test_rows_come_back_in_their_order(given_rows: list[FigureRow]) -> None:
    table = FigureTable.of(given_rows)
    assert len(table) == len(given_rows)
    # repr: NaN equals NaN, and -0.0 is not 0.0
    assert repr(list(table.rows())) == repr(given_rows)
    assert pickle.loads(pickle.dumps(table)) == table


@given(rows)
def test_asking_for_a_metric_is_looking_through_the_rows(given_rows: list[FigureRow]) -> None:
    table = FigureTable.of(given_rows)
    for kind in Kind:
        for alignment in (Alignment.NONE, Alignment.LAG_REMOVED):
            found = table.by_item(kind, "bias", alignment)
            wanted = {
                (row.unit, row.item): row.value
                for row in given_rows
                if (row.kind, row.metric, row.alignment) == (kind, "bias", alignment)
                and not math.isnan(row.value)
            }
            assert set(found) == {item for _, item in wanted}
            assert set(found.values()) <= set(wanted.values())


def test_what_is_forgiven_is_asked_for_by_name() -> None:
    assert TABLE.by_item(Kind.COORDINATE, "rmse") == {"knee_angle_r": 0.3, "pelvis_ty": 0.02}
    forgiven = {a: TABLE.by_item(Kind.COORDINATE, "rmse", a) for a in Alignment}
    assert forgiven[Alignment.OFFSET_REMOVED] == {"knee_angle_r": 0.1}
    assert forgiven[Alignment.LAG_REMOVED] == {"knee_angle_r": 0.2}
    # bias has no metric that is itself without offset
    assert TABLE.by_item(Kind.COORDINATE, "bias", Alignment.OFFSET_REMOVED) == {}


def test_one_figure_or_nan() -> None:
    assert TABLE.value(Kind.LANDMARK, "hip", "side_drop") == -0.01
    for kind, item, metric in (
        (Kind.LANDMARK, "knee", "side_drop"),
        (Kind.COORDINATE, "hip", "side_drop"),
        (Kind.MARKER_ERROR, "r_knee", "residual_rms"),
    ):
        assert math.isnan(TABLE.value(kind, item, metric))


def test_columns_are_those_of_results_csv() -> None:
    frame = TABLE.to_dataframe()
    assert tuple(frame.columns) == COLUMNS == ("kind", "item", "metric", "value", "unit")
    assert frame["kind"].tolist() == [
        "coordinate", "coordinate", "coordinate", "coordinate, lag removed", "side",
        "marker error",
    ]  # fmt: skip
    assert frame["value"].dtype == np.float64
    assert np.isnan(frame["value"].iloc[-1])
    assert FigureTable().to_dataframe().dtypes.tolist() == frame.dtypes.tolist()


def test_numbers_cannot_be_changed() -> None:
    for array in (TABLE.values, TABLE.quantity_codes, TABLE.item_codes):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


@pytest.mark.parametrize(
    ("codes", "values"), [([1], [0.5]), ([0, 0], [0.5]), ([[0]], [0.5]), ([0], [[0.5]])]
)
def test_what_does_not_fit_is_refused(codes: list[int], values: list[float]) -> None:
    one = (Quantity(Kind.COORDINATE, "rmse", "rad"),)
    with pytest.raises(ValueRangeError, match=r"quantity_codes must be|must have shape"):
        FigureTable(one, ("a",), np.array(codes), np.zeros(1, np.uint16), np.array(values))


def test_infinite_is_undefined_in_a_row_and_refused_in_the_table() -> None:
    assert math.isnan(next(FigureTable.of([ROWS[0]._replace(value=math.inf)]).rows()).value)
    with pytest.raises(ValueRangeError, match="infinite"):
        FigureTable(TABLE.quantities, TABLE.items, [0], [0], [math.inf])  # type: ignore[arg-type]


def test_words_that_are_stored_come_back_as_what_they_mean() -> None:
    quantity = Quantity("side", "side_drop", "m", "one lag removed")  # type: ignore[arg-type]
    assert quantity.kind is Kind.LANDMARK
    assert quantity.alignment is Alignment.LAG_REMOVED
    with pytest.raises(ValueError, match="'sides'"):
        Quantity("sides", "side_drop", "m")  # type: ignore[arg-type]


def test_pandas_is_imported_when_a_table_is_asked_for() -> None:
    code = "import sys, kinebench.metrics, kinebench.cli.main; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
