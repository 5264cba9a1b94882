"""The committed coverage table holds its bar, is complete, and comes back when it is simulated."""

from __future__ import annotations

import csv
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from kinebench.errors import KinebenchWarning

ROOT = Path(__file__).parents[2]
# within this many points of the nominal 95 or 5 %
BAR = 2.0


@pytest.fixture(scope="module")
def cases(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT))
        from benchmarks.coverage import cases

        yield cases
    for name in [name for name in sys.modules if name.partition(".")[0] == "benchmarks"]:
        del sys.modules[name]


def table() -> list[dict[str, str]]:
    with (ROOT / "reports" / "coverage.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def percent(text: str) -> float:
    return float(text.removesuffix(" %"))


def test_every_row_is_within_the_bar_or_says_what_to_think_of_it() -> None:
    for row in table():
        if row["simulated"] == "no interval":
            continue
        within = abs(percent(row["simulated"]) - percent(row["nominal"])) <= BAR + 1e-9
        assert within == (row["within_bar"] == "yes"), row
        assert within != bool(row["remark"]), row


def test_what_is_printed_by_default_is_within_the_bar() -> None:
    """Normal subjects at any number, and one trial's errors as the laboratory makes them."""
    rows = table()
    ours = [row for row in rows if "normal" in row["data"] and "lognormal" not in row["data"]]
    ours += [row for row in rows if "the laboratory's slow errors" in row["data"]]
    assert len(ours) > 20
    assert {row["within_bar"] for row in ours} == {"yes"}


def test_the_table_has_every_case(cases: ModuleType) -> None:
    found = [(row["interval"], row["data"], row["n"]) for row in table()]
    assert found == [(case.interval, case.data, case.n) for case in cases.CASES]


@pytest.mark.parametrize(
    "named",
    [
        ("group mean (`compare`, studies)", "normal subjects", "3 subjects"),
        ("bias or side drop of one trial (`compare`)", "AR(1), φ = 0.9, 60 Hz", "300 frames"),
        ("ICC(C,1)", "2 raters", "20 subjects"),
    ],
)
def test_rows_come_back_with_another_seed(cases: ModuleType, named: tuple[str, ...]) -> None:
    (case,) = [c for c in cases.CASES if (c.interval, c.data, c.n) == named]
    (row,) = [r for r in table() if (r["interval"], r["data"], r["n"]) == named]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinebenchWarning)
        share = cases.simulated(case, 2000, 5)
    assert share is not None
    # two estimates from 2000 draws each: standard error 0.7 points
    assert 100 * share == pytest.approx(percent(row["simulated"]), abs=2.5)
