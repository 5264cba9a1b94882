"""Whole runs are as they were, field by field; and they find what the laboratory knows."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.pipeline import golden_runs


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("golden")
    before = Path.cwd()
    os.chdir(made)
    golden_runs.write_inputs(made)
    yield made
    os.chdir(before)


def as_it_was(name: str, found: Any) -> None:
    """`python tests/unit/pipeline/golden_runs.py` after a change that is meant."""
    known = json.loads((golden_runs.FOLDER / f"{name}.json").read_text("utf-8"))
    assert list(golden_runs.differences(known, json.loads(json.dumps(found)))) == []


@pytest.mark.parametrize("name", list(golden_runs.RUNS))
def test_a_run_is_as_it_was(name: str, folder: Path) -> None:
    as_it_was(name, golden_runs.ran(name))


def test_commands_say_what_they_said(folder: Path) -> None:
    for name, words in golden_runs.COMMANDS.items():
        as_it_was(name, golden_runs.answered(*words))
    table = (folder / "out" / "batch" / "trials.csv").read_text("utf-8")
    as_it_was("trials", golden_runs.in_words_and_numbers(table))


def test_differences_are_found_in_words_numbers_and_keys() -> None:
    known = {"a": ["x", 1.0], "motion": {"b": 2.0}}
    assert list(golden_runs.differences(known, {"a": ["x", 1.001], "motion": {"b": 2.09}})) == []
    found = {"a": ["y", 1.01], "motion": {"b": 2.2}}
    assert list(golden_runs.differences(known, found)) == [
        "/a[0]: 'x' → 'y'", "/a[1]: 1.0 → 1.01", "/motion/b: 2.0 → 2.2",
    ]  # fmt: skip
    assert list(golden_runs.differences(known, {"a": ["x", 1.0]})) == [
        ": keys ['a', 'motion'] → ['a']"
    ]
