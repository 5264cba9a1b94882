"""The list of what is missed is made of the tables, and the committed page has it."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.uncertainty.missed import missed_said

PAGE = Path(__file__).parents[3] / "reports" / "uncertainty.md"
HEAD = ["| | sessions | legs | arms |", "|---|---:|---|---|"]
RECORDING_HEAD = ["| recording | reference | legs | arms |", "|---|---|---|---|"]


def row(title: str, legs: float, arms: float, error: float = 0.5) -> str:
    cells = (f"**{value}** ± {error}; ±11.0° (RMS 5.7°)" for value in (legs, arms))
    return f"| {title} | 9 | {' | '.join(cells)} |"


def recording(title: str, legs: float, arms: float) -> str:
    return f"| {title} | optical | **{legs}**; ±9.6° (RMS 3.8°) | **{arms}**; ±9.6° (RMS 3.8°) |"


def test_nothing_is_missed_on_the_bounds_themselves() -> None:
    people = {"video": [*HEAD, row("squat", 92.0, 97.0), row("all", 92.0, 97.0)]}
    recordings = [*RECORDING_HEAD, recording("walk", 88.0, 98.0)]
    assert missed_said(people, recordings).endswith("have it:\n\n- nothing")


def test_groups_are_judged_over_all_sessions_on_both_sides() -> None:
    people = {
        "video": [*HEAD, row("squat", 95.0, 95.0), row("all", 91.9, 95.0)],
        "optical": [*HEAD, row("squat", 95.0, 95.0), row("all", 95.0, 97.1)],
    }
    said = missed_said(people, RECORDING_HEAD)
    assert "- video: legs (91.9 %)\n- optical: arms (97.1 %)" in said


def test_a_single_row_is_named_when_chance_does_not_explain_it() -> None:
    video = [*HEAD, row("squat", 91.1, 95.0), row("gait", 90.9, 98.1), row("all", 95.0, 95.0)]
    said = missed_said({"video": video}, RECORDING_HEAD)
    # 90.9 + 2 × 0.5 is below 92, 91.1 + 1 is not; 98.1 − 1 is above 97
    expected = "legs in gait (90.9 %), arms in gait (98.1 %)"
    assert said.endswith(f"- video: single rows, by more than two standard errors: {expected}")


def test_rows_that_miss_as_all_sessions_do_are_not_repeated_others_are() -> None:
    rows = [row("squat", 99.0, 95.0), row("gait", 80.0, 95.0), row("all", 98.0, 95.0)]
    said = missed_said({"video": [*HEAD, *rows]}, RECORDING_HEAD)
    assert "legs (98.0 %); single rows, by more than two standard errors: legs in gait" in said
    assert "squat" not in said


def test_recordings_below_are_named_and_those_above_are_counted() -> None:
    recordings = [*RECORDING_HEAD, recording("walk", 87.9, 98.1), recording("run", 90.0, 100.0)]
    said = missed_said({}, recordings)
    assert said.endswith(
        "- recordings: legs of walk (87.9 %); too wide, above 98 %, in 2 of 4 cells"
    )


def test_the_committed_page_says_what_its_tables_say() -> None:
    page = PAGE.read_text(encoding="utf-8")
    tables = [
        found.splitlines()
        for found in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE)
        if "| legs |" in found
    ]
    video, by_cameras, rigs, _with_faults, laboratory, optical, recordings = tables
    people = {
        "augmented markers": [*video, *by_cameras],
        "plausible rigs": rigs,
        "the laboratory's own body": laboratory,
        "optical markers": optical,
    }
    assert missed_said(people, recordings) in page
