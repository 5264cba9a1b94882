"""Fixtures that all tests share."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

# speed is measured in benchmarks; here a busy machine must not fail a law
# the same examples in every run: red by luck says nothing about a change; others are drawn by
# `pytest --hypothesis-profile random` and by `python -m benchmarks.fuzzing`
hypothesis.settings.register_profile("random", deadline=None)
hypothesis.settings.register_profile("kinebench", deadline=None, derandomize=True)
hypothesis.settings.load_profile("kinebench")

# tables drop columns where a terminal is narrow, and xdist's workers have one of their own
os.environ["COLUMNS"] = "120"

ROOT = Path(__file__).resolve().parents[1]


def _mirror() -> Path | None:
    named = os.environ.get("KINEBENCH_MIRROR")
    candidates = [Path(named)] if named else [ROOT.parent / "shared" / "mirror"]
    return next((folder for folder in candidates if folder.is_dir()), None)


# On a fresh machine the first test that solves a pose compiles the solver, half a minute's work
# that is then stored. One worker does it while the others do what needs no solver; `make test`
# keeps this order. All others take less than five seconds, so that workers end together.
FIRST = (
    "unit/quality/test_planted_faults.py",  # compiles
    "end_to_end/test_faults.py",
    "unit/lab/test_people.py",
    "unit/studies/test_cluster.py",
    "unit/lab/test_motions.py",
    "unit/studies/test_pool.py",
    "unit/reports/test_why_report.py",
    "unit/studies/test_primary_metric.py",
    "conformance/test_processors.py",  # compiles for another processor
    "end_to_end/test_session.py",
    "end_to_end/test_gate_museum.py",
    "end_to_end/test_demo.py",
    "end_to_end/test_engines_and_why.py",
    "end_to_end/test_lab_sessions.py",
    "end_to_end/test_bad_input.py",
    "conformance/laboratory/test_proof.py",
    "end_to_end/test_check.py",
    "end_to_end/test_lab_session_facts.py",
    "unit/validation/test_ways_in.py",
    "unit/diagnosis/test_why.py",
    "unit/scaling/fast/test_fast_scaler.py",
    "end_to_end/test_batch.py",
    "end_to_end/test_pytest_plugin.py",
    "unit/studies/test_study_folder.py",
    "end_to_end/test_known_answers.py",
    "end_to_end/test_damaged_input.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take longest, and the one that compiles, before all others."""
    places = {ROOT / "tests" / name: number for number, name in enumerate(FIRST)}
    gone = [str(path) for path in places if not path.exists()]
    if gone:
        raise pytest.UsageError(f"FIRST names files that are not there: {', '.join(gone)}")
    items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Spare the search for garbage what collecting makes: half a million objects that stay.

    Python looks through all of them again and again, a tenth of the suite's time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
        # most garbage goes as it is made; what refers to itself waits for 50,000 more objects
        gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def mirror_file() -> Callable[[str], Path]:
    """Find a public file by the end of its address; skip the test when it is not at hand."""
    folder = _mirror()
    files = [] if folder is None else [path for path in folder.rglob("*") if path.is_file()]

    def find(ending: str) -> Path:
        if folder is None:
            pytest.skip("public data not at hand: KINEBENCH_MIRROR names no folder")
        found = [path for path in files if path.as_posix().endswith("/" + ending)]
        if not found:
            # where the mirror is there, a test that does without it proves nothing
            give_up = pytest.fail if os.environ.get("CI") else pytest.skip
            give_up(f"public data not at hand: {ending} is not in the mirror")
        assert len(found) == 1, f"{ending} fits {len(found)} files of the mirror"
        return found[0]

    return find


def pytest_configure(config: pytest.Config) -> None:
    """Let the package find the mirror that the tests find."""
    folder = _mirror()
    if folder is not None:
        os.environ["KINEBENCH_MIRROR"] = str(folder)
