"""The README's ten lines, run as a stranger would."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from kinebench.core.motion import Motion
from kinebench.core.trial import Trial
from kinebench.testing.plugin import _judge

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[2]
PIPELINE = """\
import numpy as np

from kinebench.core.motion import Coordinate, Motion


def estimate(trial):
    hip, knee, ankle = (trial.keypoints.position("R" + name) for name in ("Hip", "Knee", "Ankle"))
    thigh, shank = hip - knee, ankle - knee
    cosine = (thigh * shank).sum(axis=1)
    cosine /= np.linalg.norm(thigh, axis=1) * np.linalg.norm(shank, axis=1)
    angle = np.pi - np.arccos(cosine)
    return Motion((Coordinate("knee_angle_r"),), trial.keypoints.times, angle[:, None])
"""
INSTALLED = any(
    point.value == "kinebench.testing.plugin" for point in entry_points(group="pytest11")
)
PLUGIN = () if INSTALLED else ("-p", "kinebench.testing.plugin")


def example() -> str:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return next(
        block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "gate" in block
    )


@pytest.fixture
def stranger(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    # few draws: what is tried here is the plugin, not the spread
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    few = example().replace("kinebench_gate(estimate)", "kinebench_gate(estimate, repeats=2)")
    assert few != example()
    pytester.makepyfile(my_pipeline=PIPELINE, test_mine=few)
    pytester.makeini("[pytest]\npythonpath = .\n")
    return pytester


def run(stranger: pytest.Pytester, *options: str) -> pytest.RunResult:
    return stranger.runpytest_subprocess("-p", "no:cacheprovider", *PLUGIN, *options)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> None:
    """All that the gate imports: a run in this process forgets what it was first to import.

    So it should with the stranger's modules, but libraries must not be imported twice.
    """
    names: dict[str, Any] = {"__name__": "stranger"}
    exec(PIPELINE, names)
    baseline = tmp_path_factory.mktemp("imported") / "baseline.toml"

    def faulty(trial: Trial) -> Motion:
        motion = names["estimate"](trial)
        return replace(motion, values=motion.values + 0.1)

    for estimate, reason in ((names["estimate"], "the first"), (faulty, None)):
        with pytest.raises(pytest.fail.Exception):
            _judge(estimate, {}, baseline, "opencap", 2, reason)


@pytest.fixture
def run_here(
    stranger: pytest.Pytester, imported: None, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., pytest.RunResult]:
    """pytest in this process, which spares a second of imports."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def run(*options: str) -> pytest.RunResult:
        return stranger.runpytest_inprocess("-p", "no:cacheprovider", *PLUGIN, *options)

    return run


def test_the_example_has_ten_lines() -> None:
    assert sum(bool(line.strip()) for line in example().splitlines()) <= 10


def test_the_example_goes_red_for_a_fault_and_green_for_a_clean_change(
    stranger: pytest.Pytester, run_here: Callable[..., pytest.RunResult]
) -> None:
    without = run(stranger)
    without.assert_outcomes(passed=1, failed=1)
    without.stdout.fnmatch_lines(["*there is no kinebench.baseline.toml; --kinebench-update*"])
    accepted = run_here("--kinebench-update", "the first")
    accepted.assert_outcomes(passed=1, failed=1)
    accepted.stdout.fnmatch_lines(["*kinebench.baseline.toml was rewritten*"])
    assert 'reason = "the first"' in (stranger.path / "kinebench.baseline.toml").read_text()

    run_here().assert_outcomes(passed=2)
    stranger.makepyfile(my_pipeline=PIPELINE.replace("np.pi - np.arccos(c", "np.arccos(-1 * c"))
    run_here().assert_outcomes(passed=2)
    stranger.makepyfile(my_pipeline=PIPELINE.replace("np.pi - np", "3.1 - np"))
    faulty = run_here()
    faulty.assert_outcomes(passed=1, failed=1)
    faulty.stdout.fnmatch_lines(["*knee_angle_r: 2.38° RMS apart*, lower*"])


def test_the_baseline_may_lie_elsewhere(
    stranger: pytest.Pytester, run_here: Callable[..., pytest.RunResult]
) -> None:
    elsewhere = stranger.path / "there.toml"
    run_here("--kinebench-baseline", "there.toml", "--kinebench-update", "the first")
    assert elsewhere.is_file()
    run_here("--kinebench-baseline", str(elsewhere)).assert_outcomes(passed=2)


def test_a_planted_fault_reaches_the_trial(
    stranger: pytest.Pytester, run_here: Callable[..., pytest.RunResult]
) -> None:
    stranger.makepyfile(
        test_mine="""
        import numpy as np

        def test_tilt(kinebench_trial, kinebench_trials):
            plain = kinebench_trial("squat", camera="none")
            tilted = kinebench_trial("squat", camera="tilt:0:5")
            apart = np.abs(plain.keypoints.positions - tilted.keypoints.positions).max()
            assert apart > 0.01
            assert plain.reference_motion == tilted.reference_motion
            assert len(kinebench_trials) == 4
            assert all(trial.reference_motion is not None for trial in kinebench_trials)
        """
    )
    run_here().assert_outcomes(passed=1)


def test_the_plugin_does_nothing_unless_asked(stranger: pytest.Pytester) -> None:
    stranger.makepyfile(
        test_mine="""
        import sys

        def test_light():
            assert "kinebench.testing.plugin" in sys.modules
            heavy = ("numpy", "scipy", "opensim", "numba", "kinebench.core", "kinebench.lab")
            assert [name for name in heavy if name in sys.modules] == []
        """
    )
    run(stranger).assert_outcomes(passed=1)
