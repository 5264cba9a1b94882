"""The page about the quick gate: catch rates beside false alarms, and the floor of each."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.gate.museum import OWN_FAULTS, PUBLISHED
from benchmarks.gate.page import Elsewhere, Row, Tried, page
from tests.unit.baselines.made_up_gate import baseline

LARGE = Row(PUBLISHED[0], 3.0, 0.0, False, True, True, False, "knee_angle_r in a squat")
SMALL = Row(PUBLISHED[1], 0.5, 1.0, False, True, False, False, "knee_angle_r in a squat")
BROKEN = Row(OWN_FAULTS[0], 0.0, 0.0, True, True, True, True, "no keypoint")
ELSEWHERE = (
    Elsewhere("OLD=1", "exit 0: quick: 0 of 559 figures failed", (), 1),
    Elsewhere("OLDER=1", "exit 1: quick", ("OLDER=1: seed 10009: hip",), 1),
)
TRIED = Tried((LARGE, SMALL, BROKEN), (), (), 200, ELSEWHERE, baseline("strict", spread_deg=0.5))


def cells(row: str, text: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if line.startswith(f"| {row} |")]
    return [cell.strip() for cell in line.strip("|").split("|")[1:]]


def test_a_catch_rate_stands_above_its_false_alarm_rate() -> None:
    text = page(TRIED)
    # one large published fault, seen by both presets; the small one does not count among them
    assert [cell.split(" (")[0] for cell in cells("large published faults caught", text)] == [
        "1 of 1", "1 of 1", "0 of 1",
    ]  # fmt: skip
    assert cells("all published faults caught", text)[1].startswith("1 of 2 (50 % [")
    # an error is large whatever its size
    assert cells("large own faults caught", text)[2].startswith("1 of 1")
    alarms = cells("clean re-runs with an alarm", text)
    assert alarms[0] == alarms[1]
    assert alarms[0].startswith("1 of 2 (50 %")
    # 1.96² / (200 + 1.96²), the upper end of Wilson's interval of nothing in 200
    assert alarms[2] == "0 of 200 (0 % [0, 2])"


def test_alarms_are_counted_and_listed() -> None:
    text = page(replace(TRIED, alarms=("seed 10007: knee",)))
    assert cells("clean re-runs with an alarm", text)[2].startswith("1 of 200")
    assert "- seed 10007: knee" in text
    assert "- OLDER=1: seed 10009: hip" in text


def test_the_floor_and_what_is_below_large_are_listed() -> None:
    text = page(TRIED)
    assert "below 0.05° at most and 0.02° RMS and 0.05 mm at most and 0.02 mm RMS" in text
    # six spreads of half a degree
    assert "3.0° (the steadiest) to 3.0° (the least steady)" in text
    assert f"below large: {SMALL.fault.name}" in text
    assert "strict caught, opencap missed, errors alone missed" in text
    assert f"below large: {LARGE.fault.name}" not in text
    assert f"below large: {BROKEN.fault.name}" not in text
