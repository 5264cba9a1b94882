"""The figures that poseaudit computes too, when it is at hand."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks" / "poseaudit"


@pytest.fixture(scope="module")
def benchmark_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("poseaudit_benchmark", FOLDER / "compare.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def command() -> str:
    found = os.environ.get("KINEBENCH_POSEAUDIT") or shutil.which("poseaudit")
    if found is None:
        pytest.skip("poseaudit is not installed; KINEBENCH_POSEAUDIT may name its command")
    return found


@pytest.mark.mirror
def test_both_agree_to_a_millionth(
    benchmark_script: ModuleType, command: str, mirror_file: Callable[[str], Path]
) -> None:
    mirror_file("exampleWalking/walking1_videoAndMocap.mot")
    rows = benchmark_script.agreement_rows(command)
    assert len(rows) == 9
    for row in rows:
        assert row.n == 62, row.figure
        assert row.largest < 1e-6, row.figure


def test_limits_and_icc_of_subjects_agree(benchmark_script: ModuleType, command: str) -> None:
    rows = benchmark_script.subject_rows(command)
    assert len(rows) == 4
    for row in rows:
        assert row.n == 3, row.figure
        assert row.largest < 1e-6, row.figure


def test_frames_are_not_taken_for_subjects(benchmark_script: ModuleType) -> None:
    """No course over time reaches statistics that want one value per subject."""
    source = (FOLDER / "compare.py").read_text(encoding="utf-8")
    assert "bland_altman(" in source
    before_subjects = source.split("def subject_rows")[0]
    assert "bland_altman(" not in before_subjects
    assert "icc(" not in before_subjects
    one, other = benchmark_script._subjects()
    assert one.n_frames == other.n_frames == 40
    # subjects are exchangeable: neighbours are not alike, as frames of a course would be
    for name in one.names:
        course = one.value(name) - one.value(name).mean()
        assert abs((course[1:] * course[:-1]).sum() / (course**2).sum()) < 0.4


def test_between_stamps_the_spline_is_nearer(benchmark_script: ModuleType, command: str) -> None:
    for rate_hz, own, their in benchmark_script.clock_rows(command):
        assert own < their, rate_hz


def test_the_note_has_every_figure_and_no_disagreement() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    agreement = text.split("## Where both compute a figure")[1].split("## Where they differ")[0]
    verdicts = [line.rsplit("|", 2)[1].strip() for line in agreement.splitlines() if "e-1" in line]
    assert len(verdicts) == 13
    assert set(verdicts) == {"yes"}
    assert "## What each has" in text
