"""Results in README are those that the committed reports carry."""

from __future__ import annotations

import importlib
import math
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]
_ESTIMATE = re.compile(r"([+−]\d+\.\d\d)°\s+\[([+−]\d+\.\d\d),\s+([+−]\d+\.\d\d)\]")


@pytest.fixture(scope="module")
def headlines() -> Iterator[ModuleType]:
    sys.path.insert(0, str(ROOT))
    try:
        yield importlib.import_module("benchmarks.studies.headlines")
    finally:
        sys.path.remove(str(ROOT))


def row(subject: str, level: str, error: float) -> dict[str, str]:
    return {"subject": subject, "factor": level, "mean_error_deg": str(error)}


def test_every_subject_counts_once(headlines: ModuleType) -> None:
    rows = [
        row("a", "old", 1.0), row("a", "new", 2.0), row("a", "new", 4.0),
        row("b", "old", 2.0), row("b", "new", 3.0),
        row("c", "old", 9.0), row("d", "new", 9.0),
    ]  # fmt: skip
    base, change, (low, high), n, _ = headlines.effect(rows, "factor", "new", "old")
    assert (base, change, n) == (1.5, 1.5, 2)
    # Student, one degree of freedom: 12.706 standard errors of 0.5
    assert high - change == pytest.approx(12.706 * 0.5, rel=1e-4)
    assert change - low == pytest.approx(high - change)


@pytest.mark.parametrize(("by", "alike"), [(0.3, True), (0.45, False), (0.6, False)])
def test_levels_are_equivalent_within_the_margin(
    headlines: ModuleType, by: float, alike: bool
) -> None:
    # the 90 % interval of three changes 0.1 apart is 2.92 · 0.1 / √3 = 0.17 to each side
    rows = [row(name, "old", 5.0) for name in "abc"]
    rows += [row(name, "new", 5.0 + by + d) for name, d in zip("abc", (-0.1, 0, 0.1), strict=True)]
    assert headlines.effect(rows, "factor", "new", "old").equivalent == alike


def test_one_subject_has_no_interval(headlines: ModuleType) -> None:
    rows = [row("a", "old", 1.0), row("a", "new", 2.0)]
    _, change, interval, n, alike = headlines.effect(rows, "factor", "new", "old")
    assert (change, n, alike) == (1.0, 1, False)
    assert all(math.isnan(limit) for limit in interval)


def test_the_page_is_what_the_reports_carry(headlines: ModuleType) -> None:
    assert (ROOT / "reports" / "headlines.md").read_text(encoding="utf-8") == headlines.page()


def test_every_estimate_in_the_readme_is_on_a_committed_page() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    results = text.split("## Results")[1].split("## Where things are")[0]
    pages = (ROOT / "reports").glob("*.md")
    committed = "".join(path.read_text(encoding="utf-8") for path in pages)
    found = _ESTIMATE.findall(results)
    assert len(found) > 20
    for change, low, high in found:
        assert f"{change} [{low}, {high}]" in committed, f"{change} [{low}, {high}]"


def test_what_is_not_beyond_chance_is_said_so() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    results = " ".join(text.split("## Results")[1].split("## Where things are")[0].split())
    for match in re.finditer(r"driven " + _ESTIMATE.pattern + r"(.{0,22})", results):
        _, low, high, after = match.groups()
        if low.startswith("−") != high.startswith("−"):
            assert "not beyond chance" in after, match[0]


def test_kept_runs_are_read_again_as_they_were(headlines: ModuleType) -> None:
    rows = [
        {**row("a", "x", 1.23456), "trial": "squat", "augmenter": "v0.3", "camera": "none",
         "offset_removed_deg": "0.5", "status": "done"},
    ]  # fmt: skip
    text = headlines.kept(rows)
    assert text == (
        "subject,trial,augmenter,camera,mean_error_deg,offset_removed_deg\n"
        "a,squat,v0.3,none,1.2346,0.5000\n"
    )
    committed = (ROOT / "benchmarks/studies/version_by_camera.csv").read_text(encoding="utf-8")
    assert committed.splitlines()[0] == text.splitlines()[0]
