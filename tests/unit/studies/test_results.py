from __future__ import annotations

from kinebench.studies.execution import Outcome
from kinebench.studies.results import counts_in_words, outcome_counts


def test_outcomes_are_counted_in_the_order_of_the_words() -> None:
    outcomes = [
        Outcome(0, {}, "skipped", "why"),
        Outcome(1, {}, "done"),
        Outcome(2, {}, "failed", "why"),
        Outcome(3, {}, "done"),
    ]
    assert list(outcome_counts(outcomes).items()) == [("done", 2), ("failed", 1), ("skipped", 1)]
    assert counts_in_words(outcomes) == "2 done, 1 failed, 1 skipped"
    assert counts_in_words([]) == "none"
