"""A ratio of speeds that loses a fifth is seen, with made-up timings; noise and gains are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path

import pytest

from benchmarks.timing.history import (
    BASELINE,
    GATE,
    SLOWER,
    Race,
    baseline_of,
    measured,
    verdict_of,
)
from kinebench.baselines.judging import Outcome, Verdict
from kinebench.baselines.text import baseline_text, parse_baseline, read_baseline

ACCEPTED = ("2026-11-29", "somebody", "made-up timings")


def race(name: str, own: Sequence[float], stock: Sequence[float]) -> Race:
    """Timings in turn, as a clock would tell them."""
    clocks: tuple[Iterator[float], Iterator[float]] = cycle(own), cycle(stock)
    return Race(name, lambda: next(clocks[0]), lambda: next(clocks[1]))


def judged(own: Sequence[float], stock: Sequence[float] = (10.0,)) -> Verdict:
    """A stage that was 100 times as fast when it was accepted, and another that stays so."""
    then = measured([race("solving", [0.1], [10.0]), race("reading", [1.0], [2.0])], 1)
    now = measured([race("solving", own, stock), race("reading", [1.0], [2.0])], 5)
    return verdict_of(baseline_of(then.figures, ACCEPTED), now)


def outcome_of(verdict: Verdict, stage: str = "solving") -> Outcome:
    return next(one.outcome for one in verdict.findings if one.key.item == stage)


def test_a_planted_slowdown_of_a_fifth_fails() -> None:
    verdict = judged([0.125])
    assert [one.key.item for one in verdict.failures] == ["solving"]
    assert outcome_of(verdict, "reading") is Outcome.FINE


@pytest.mark.parametrize("own", [[0.1], [0.11], [0.095], [0.3, 0.105, 0.2]])
def test_noise_and_a_busy_moment_do_not(own: list[float]) -> None:
    assert outcome_of(judged(own)) is Outcome.FINE


def test_a_gain_is_told_and_does_not_fail() -> None:
    verdict = judged([0.05])
    assert outcome_of(verdict) is Outcome.BETTER
    assert not verdict.failures


def test_a_slow_machine_is_no_slow_code() -> None:
    """Both take three times as long: the ratio stays."""
    assert outcome_of(judged([0.3], [30.0])) is Outcome.FINE


def test_a_faster_stock_tool_counts_like_a_slowdown() -> None:
    assert outcome_of(judged([0.1], [8.0])) is Outcome.MOVED


def test_a_stage_that_is_no_longer_measured_fails() -> None:
    then = measured([race("solving", [0.1], [10.0])], 1)
    verdict = verdict_of(baseline_of(then.figures, ACCEPTED), measured([], 1))
    assert outcome_of(verdict) is Outcome.VANISHED


def test_what_is_kept_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    then = measured([race("solving", [0.1], [10.0])], 1)
    baseline = baseline_of(then.figures, ACCEPTED)
    again = parse_baseline(baseline_text(baseline), "ratios")
    assert again.tolerances == {"ratio": SLOWER}
    assert verdict_of(again, then).failures == ()


def test_the_baseline_that_is_kept_is_one_of_ratios_alone() -> None:
    baseline = read_baseline(BASELINE)
    assert baseline.gate == GATE
    assert baseline.figures
    assert {one.tolerance for one in baseline.figures.values()} == {"ratio"}
    assert baseline.tolerances["ratio"].limit == SLOWER.limit
