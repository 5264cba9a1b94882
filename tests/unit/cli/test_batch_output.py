"""What `kinebench run --all` says when it is done: trials, failures, and where all of it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from kinebench.batch import Outcome
from kinebench.cli import batch

DONE = Outcome("p1", "s", "walk", "done", light="green")
KEPT = Outcome("p1", "s", "squat", "kept", light="green")
FAILED = Outcome("p2", "t", "walk", "failed", "no feet")
NO_SESSION = Outcome("u", "u", "", "failed", "no subject")


def printed(capsys: pytest.CaptureFixture[str], *outcomes: Outcome) -> tuple[str, str]:
    batch._print(outcomes, Path("out"))
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_every_trial_every_reason_and_the_counts_are_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out, err = printed(capsys, DONE, KEPT, FAILED, NO_SESSION)
    assert err == ""
    table, _, rest = out.partition("\n\n")
    assert [word for word in table.split() if word in ("walk", "squat")] == [
        "walk", "squat", "walk",
    ]  # fmt: skip
    assert rest.splitlines() == [
        "failed: t/walk: no feet",
        "failed: u: no subject",
        "1 run; 1 there already, from the same files and pipeline; 2 failed; trials.csv and"
        " report.html are in out",
    ]


@pytest.mark.parametrize(("one", "told"), [
    (DONE, "1 run; "),
    (KEPT, "1 there already, from the same files and pipeline; "),
    (FAILED, "1 failed; "),
])  # fmt: skip
def test_only_what_happened_is_counted(
    one: Outcome, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out, _ = printed(capsys, one)
    assert out.splitlines()[-1] == f"{told}trials.csv and report.html are in out"


def test_nothing_found_is_said_where_errors_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys) == ("", "no trial found: nothing was run\n")
