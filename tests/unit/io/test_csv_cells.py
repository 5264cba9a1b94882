"""CSV whose cells no spreadsheet runs."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.io.csv_cells import csv_text, guarded, unguarded


@pytest.mark.parametrize(
    "name", ["=1+1", "+cmd|' /C calc'!A0", "-x", "@SUM(A1)", "\t=1", "＝1", "=HYPERLINK()"]
)
def test_no_name_stays_a_formula(name: str) -> None:
    (header, row) = csv.reader(io.StringIO(csv_text([name], [[name]]), newline=""))
    assert header == row == [f"'{name}"]


@pytest.mark.parametrize("cell", ["-1.5", "+2", "-1e-9", "-inf", "knee", "", "a=1", "−1", "'a"])
def test_numbers_and_names_stay_as_they_are(cell: str) -> None:
    assert guarded(cell) == cell


@pytest.mark.parametrize("value", [-1.5, 3, None, True])
def test_what_is_no_text_is_left_alone(value: object) -> None:
    assert guarded(value) is value


@given(st.text(max_size=6) | st.text("'=+-@1.\t", max_size=6))
def test_guards_come_off_again(text: str) -> None:
    assert unguarded(guarded(text)) == text
