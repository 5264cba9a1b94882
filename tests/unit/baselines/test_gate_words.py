"""What a gate says counts what a person counts: curves, trials, errors."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kinebench.baselines.accepting import baseline_of
from kinebench.baselines.baseline import Key
from kinebench.baselines.judging import Finding, Outcome, Verdict, judge
from kinebench.baselines.measurement import ALL, Measured, Measurement
from kinebench.baselines.presets import tolerances_of
from kinebench.reports.gate_report import gate_document
from kinebench.reports.gate_words import (
    github_error,
    headline,
    in_text,
    nothing_measured,
    worst_of_each,
)
from tests.unit.baselines.made_up_gate import (
    ERROR,
    KNEE,
    ORIGIN,
    TRIAL,
    baseline,
    measured,
    motion,
)

OF_CURVE = ("lowest", "highest", "course", "course rms")


def findings(trial: str, item: str, *failed: str, outcome: Outcome = Outcome.MOVED) -> list:
    """All figures of a curve; those that are named failed."""
    return [
        Finding(Key(trial, item, what), outcome if what in failed else Outcome.FINE, "rad")
        for what in OF_CURVE
    ]


def verdict(*found: Sequence[Finding]) -> Verdict:
    return Verdict("gate", tuple(each for own in found for each in own), ())


def error(item: str, outcome: Outcome = Outcome.FINE) -> list[Finding]:
    return [Finding(Key(ALL, item, "rmse"), outcome, "rad")]


def test_a_curve_counts_once_however_many_of_its_figures_moved() -> None:
    found = verdict(
        findings("squat", "knee", *OF_CURVE),
        findings("squat", "hip", "course rms"),
        findings("gait", "knee", "course"),
        findings("gait", "hip"),
        findings("jump", "knee"),
        error("knee", Outcome.MOVED),
        error("hip"),
    )
    assert headline(found) == "gate: 3 of 5 curves moved in 2 of 3 trials, 1 of 2 errors moved"


def test_what_is_fine_is_said_with_what_was_compared() -> None:
    found = verdict(findings("squat", "knee"), findings("gait", "knee"), error("knee"))
    assert headline(found) == (
        "gate: nothing moved: 2 curves of 2 trials, 1 error against the truth"
    )
    assert headline(verdict()) == "gate: nothing was compared"


def test_new_and_better_are_counted_by_curve_too() -> None:
    new = [Finding(Key("gait", "hip", what), Outcome.NEW, "rad") for what in OF_CURVE[:2]]
    found = verdict(findings("gait", "knee"), new, error("knee", Outcome.BETTER))
    assert headline(found) == (
        "gate: nothing moved: 1 curve of 1 trial, 1 error against the truth, 1 new, 1 better"
    )


def test_a_trial_that_is_gone_is_one_line_and_another_curve_is_named() -> None:
    gone = [findings("squat", item, *OF_CURVE, outcome=Outcome.VANISHED) for item in ("a", "b")]
    partly = findings("gait", "a", *OF_CURVE, outcome=Outcome.VANISHED)
    found = verdict(*gone, partly, findings("gait", "b"))
    assert headline(found) == "gate: 3 of 4 curves gone in 2 of 2 trials"
    told = {(one.key.trial, one.key.item): one.key.quantity for one in worst_of_each(found)}
    assert set(told) == {("squat", "all 2 coordinates"), ("gait", "a")}
    assert told["squat", "all 2 coordinates"] == "motion"


def test_a_gate_that_moved_says_so_in_its_title() -> None:
    expected = baseline()
    for made, title in ((measured(), "toy: the pipeline has not moved"),
                        (measured(motion(1.2 * KNEE)), "toy: the pipeline has moved")):  # fmt: skip
        found = judge(expected, made, ORIGIN)
        document = gate_document(found, expected, made)
        assert document.title == title
        assert "figures" not in headline(found)
        assert headline(found) in in_text(found, expected)


def test_where_nothing_came_out_each_reason_is_said_once() -> None:
    failures = {"squat": "no licence", "gait": "no licence", "jump": "it hangs"}
    lines = nothing_measured(Measurement({}, {}, failures), baseline(), "gate.baseline.toml")
    assert lines == [
        "squat, gait: no licence",
        "jump: it hangs",
        "nothing was measured: no motion came out of 3 trials",
    ]
    said = github_error(lines, "a:b.toml")
    assert said.startswith("::error file=a%3Ab.toml,title=kinebench%3A nothing was measured::")
    assert "\n" not in said


def test_another_trial_than_the_baseline_s_is_told_with_both_names() -> None:
    other = Measurement({"s2 gait": motion()}, {})
    (line,) = nothing_measured(other, baseline(), "b.toml")
    assert (
        line == f"nothing was measured that b.toml knows: it is of {TRIAL}, and this was of s2 gait"
    )


@pytest.mark.parametrize("quantity", ["time", "markers per second"])
def test_figures_of_no_curve_and_no_error_have_their_own_count(quantity: str) -> None:
    key = Key(ALL, "one trial", quantity)
    found = verdict([Finding(key, Outcome.MOVED, "s")], error("knee"))
    assert headline(found) == "gate: 1 of 1 figure moved"


def test_made_up_measurements_agree_with_the_count() -> None:
    first = measured()
    expected = baseline_of(
        "toy", ORIGIN, (first,), (), tolerances_of("opencap"), ("2026-11-28", "a person", "first")
    )
    worse = Measurement(
        measured(motion(1.2 * KNEE)).motions,
        {**measured(motion(1.2 * KNEE)).figures, ERROR: Measured(1.0, "rad")},
    )
    assert headline(judge(expected, worse, ORIGIN)) == (
        "toy: 1 of 1 error moved, 1 of 2 curves moved in 1 of 1 trial"
    )
