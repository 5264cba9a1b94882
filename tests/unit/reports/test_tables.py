from __future__ import annotations

import csv
import io

import pytest

from kinebench.reports.tables import Table, as_csv, as_latex, as_text, without_constant

TABLE = Table(
    ("coordinate", "unit", "bias", "RMSE, offset removed", "max"),
    (("hip", "°", "1.00", "12.25", "3"), ("pelvis_ty", "mm", "−4.00", "5.00", "—")),
)


def test_text_in_one_block_when_there_is_room() -> None:
    lines = as_text(TABLE, 80).splitlines()
    assert lines[2] == "coordinate  unit   bias  removed  max"
    assert lines[-1] == "pelvis_ty   mm    −4.00     5.00    —"
    assert len(lines) == 6


@pytest.mark.parametrize("width", [24, 30, 36, 60])
def test_columns_that_do_not_fit_follow_below_with_their_labels(width: int) -> None:
    text = as_text(TABLE, width)
    assert max(map(len, text.splitlines())) <= max(width, 25)
    blocks = text.split("\n\n")
    assert all("pelvis_ty   mm" in block for block in blocks)
    for cell in ("1.00", "12.25", "−4.00", "5.00", "—", "removed"):
        assert text.count(cell) == 1, cell
    assert len(blocks) == {24: 3, 30: 2, 36: 2, 60: 1}[width]


def test_a_single_column_is_never_dropped_however_narrow() -> None:
    assert "12.25" in as_text(TABLE, 5)


def test_text_of_labels_only() -> None:
    assert as_text(Table(("a", "b"), (("x", "y"),)), 80).splitlines()[-1] == "x  y"


def test_csv_has_all_columns_and_all_digits() -> None:
    rows = [{"item": 'hip, "left"', "value": 0.1 + 0.2}, {"item": "knee", "more": 1}]
    text = as_csv(rows)
    assert text.splitlines()[0] == "item,value,more"
    read = list(csv.DictReader(io.StringIO(text)))
    assert float(read[0]["value"]) == 0.1 + 0.2
    assert read[0]["item"] == 'hip, "left"'
    assert read[1] == {"item": "knee", "value": "", "more": "1"}


def test_latex_is_escaped_and_whole() -> None:
    text = as_latex(Table(("a_b", "unit", "5%"), (("x&y", "°", "−1 [0, 2]"),)), "100 % {of} $")
    assert r"\caption{100 \% \{of\} \$}" in text
    assert r"a\_b & unit & 5\% \\" in text
    assert r"x\&y & \textdegree{} & $-$1 {[}0, 2{]} \\" in text
    assert r"\begin{tabular}{llr}" in text
    assert text.count(r"\begin") == text.count(r"\end") == 2


def test_counts_that_are_the_same_in_all_rows_are_said_once() -> None:
    table = Table(("item", "unit", "RMSE", "subjects", "trials"), (
        ("knee", "°", "3", "5", "1"), ("hip", "°", "4", "5", "1"),
    ))  # fmt: skip
    shown, counts = without_constant(table, ("subjects", "trials", "pairs"))
    assert shown.header == ("item", "unit", "RMSE")
    assert shown.rows == (("knee", "°", "3"), ("hip", "°", "4"))
    assert counts == "5 subjects, 1 trial"


def test_counts_that_differ_or_stand_alone_stay() -> None:
    differ = Table(("item", "unit", "subjects"), (("knee", "°", "5"), ("hip", "°", "4")))
    alone = Table(("item", "unit", "subjects"), (("knee", "°", "5"),))
    nothing = Table(("item", "unit", "subjects"), ())
    for table in (differ, alone, nothing):
        assert without_constant(table, ("subjects",)) == (table, "")
