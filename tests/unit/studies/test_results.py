from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kinebench.errors import KinebenchWarning
from kinebench.studies.analysis.results import (
    counts_in_words,
    outcome_counts,
    with_reasons,
    write_results,
)
from kinebench.studies.design import Study
from kinebench.studies.execution.cells import Outcome, Status
from kinebench.studies.files.study_file import read_study
from kinebench.studies.plan import cells


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


STUDY = """
name = "mine"
question = "which?"
[base]
body = "lab"
augmenter = "lab-1"
[laboratory]
subjects = 1
activities = ["squat"]
[[factors]]
name = "=cut-off"
path = "clean"
levels = ["none", { label = "@6", value = "butterworth:6" }, { label = "-5", value = "median" }]
"""


@pytest.fixture
def outcomes(tmp_path: Path) -> tuple[Study, list[Outcome], list[Outcome]]:
    """A study, its outcomes of the last run, and those of the store, where all is to do."""
    (tmp_path / "study.toml").write_text(STUDY)
    study = read_study(tmp_path / "study.toml")
    labels = [cell.labels for cell in cells(study)]
    words: list[tuple[Status, str]] = [("failed", "a, b\nc"), ("skipped", "=1+1"), ("done", "")]
    last = [Outcome(i, labels[i], *words[i]) for i in range(3)]
    write_results(tmp_path, study, last)
    return study, last, [Outcome(i, labels[i], "not run") for i in range(3)]


def test_reasons_of_the_last_run_are_known_again(
    tmp_path: Path, outcomes: tuple[Study, list[Outcome], list[Outcome]]
) -> None:
    study, last, stored = outcomes
    table = (tmp_path / "outcomes.csv").read_text()
    assert "'=cut-off" in table
    assert "'@6" in table
    assert ",-5," in table  # a number
    assert "'=1+1" in table
    found = with_reasons(stored, study, tmp_path)
    assert [(one.status, one.reason) for one in found[:2]] == [
        (one.status, one.reason) for one in last[:2]
    ]
    assert found[2].status == "not run"


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"\xff\xfe" + data,
        lambda data: data + b"a,b\n",
        lambda data: data + b"\n",
        lambda data: data.replace(b",failed,", b"\x00"),
        lambda data: data + b'"' + b"x" * 200_000 + b'"\n',
    ],
)
def test_a_damaged_table_of_reasons_costs_reasons_only(
    tmp_path: Path, outcomes: tuple[Study, list[Outcome], list[Outcome]], damage: Any
) -> None:
    study, _, stored = outcomes
    path = tmp_path / "outcomes.csv"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.warns(KinebenchWarning, match=r"outcomes\.csv"):
        assert len(with_reasons(stored, study, tmp_path)) == 3


def test_an_empty_or_foreign_table_tells_nothing(
    tmp_path: Path, outcomes: tuple[Study, list[Outcome], list[Outcome]]
) -> None:
    study, _, stored = outcomes
    for content in ("", "a,b\n1,2\n"):
        (tmp_path / "outcomes.csv").write_text(content)
        assert list(with_reasons(stored, study, tmp_path)) == stored
    (tmp_path / "outcomes.csv").unlink()
    assert list(with_reasons(stored, study, tmp_path)) == stored
