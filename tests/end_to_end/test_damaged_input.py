"""Every reader on damaged input: a value, or the declared error in one short line.

A short run of `benchmarks/fuzzing`, which has the readers in one table; every run has the same
inputs. ``python -m benchmarks.fuzzing --reader NAME --show NUMBER`` writes one of them.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
INPUTS_EACH = 40  # five of each of the eight ways to damage bytes; the benchmark has thousands


@pytest.fixture(scope="module")
def tallies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    found = tmp_path_factory.mktemp("fuzzing") / "tallies.json"
    count = str(INPUTS_EACH * len(_names()))
    # a process of its own: a reader that crashes must not end the suite
    subprocess.run(
        [sys.executable, "-m", "benchmarks.fuzzing", "--inputs", count, "--json", str(found)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        timeout=250,
    )
    tallies: dict[str, Any] = json.loads(found.read_text())
    return tallies


def _names() -> list[str]:
    sys.path.insert(0, str(ROOT))
    try:
        return list(importlib.import_module("benchmarks.fuzzing.readers").READERS)
    finally:
        sys.path.remove(str(ROOT))


@pytest.mark.parametrize("name", _names())
def test_damaged_input_is_read_or_refused(tallies: dict[str, Any], name: str) -> None:
    tally = tallies[name]
    assert tally["inputs"] == INPUTS_EACH
    assert tally["faults"] == {}
    # inputs that are all refused at the door would test the door alone
    assert tally["accepted"] + tally["warned"] > 0
