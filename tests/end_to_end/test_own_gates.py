"""Kinebench guards itself: gates with a study's levels, and what `make gate` makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.gate import guard
from kinebench.baselines.baseline import Key
from kinebench.baselines.gate import read_gate
from kinebench.baselines.text import read_baseline
from kinebench.cli.main import main
from kinebench.errors import DataNotHereError, FileFormatError, NameNotFoundError

pytestmark = pytest.mark.usefixtures("trials_filmed_once")

ROOT = Path(__file__).resolve().parents[2]
STUDY = """\
name = "toy"
question = "what do levels do?"
[base]
body = "lab"
augmenter = "lab-1"
[laboratory]
subjects = 9
activities = ["squat"]
[[factors]]
name = "pipeline"
path = "estimate"
levels = [
  { label = "ours", value = { python = "MODULE:estimate" } },
  { label = "late", value = { python = "MODULE:late" } },
]
[[factors]]
name = "static"
path = "data.static"
levels = ["ideal", "knees 20°"]
"""
GATE = """\
[gate]
study = "toy.toml"
[laboratory]
subjects = 1
activities = ["one squat"]
"""
PIPELINE = """\
from dataclasses import replace
from kinebench.core.motion import Coordinate, Motion
KNEE = Coordinate("pelvis_ty", "translational")
def estimate(trial):
    # a static trial with bent knees is lower
    low = trial.static.position("midHip")[:, 1].mean()
    height = trial.keypoints.position("midHip")[:, 1:2] - low
    return Motion((KNEE,), trial.keypoints.times, height)
def late(trial):
    return replace(estimate(trial), values=estimate(trial).values * FACTOR)
"""


def planted(folder: Path, factor: float) -> Path:
    """A gate of a study whose second pipeline scales by a factor; a module of its own each time."""
    module = f"toy_study_{folder.name}_{round(100 * factor)}".replace("-", "_")
    (folder / f"{module}.py").write_text(PIPELINE.replace("FACTOR", str(factor)))
    (folder / "toy.toml").write_text(STUDY.replace("MODULE", module))
    gate = folder / "gate.toml"
    gate.write_text(GATE)
    return gate


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    made = planted(tmp_path, 1.5)
    accept = ["baseline", "accept", str(made), "--reason", "the first", "--repeats", "3"]
    assert main(accept) == 0
    return made


def test_every_level_has_its_errors_one_factor_at_a_time(gate: Path) -> None:
    found = read_baseline(gate.with_suffix(".baseline.toml"))
    trials = dict.fromkeys(key.trial for key in found.figures if key.quantity == "rmse")
    assert sorted(trials) == [
        "adults-0 one squat, pipeline late", "adults-0 one squat, static knees 20°", "all trials",
    ]  # fmt: skip
    values = {key.trial: figure.value for key, figure in found.figures.items()
              if key.quantity == "rmse"}  # fmt: skip
    assert len({round(value, 3) for value in values.values()}) == 3
    assert {"pipeline late", "static knees 20°"} <= set(found.origin.parameters)
    # a level is measured on the same recording: whatever way it moves, it moved
    late = found.figures[Key("adults-0 one squat, pipeline late", "pelvis_ty", "rmse")]
    assert (late.spread, found.tolerances[late.tolerance].kind) == (0.0, "identical")


def test_a_level_that_moves_is_red_and_named(
    gate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(gate)]) == 0
    planted(gate.parent, 1.45)
    capsys.readouterr()
    assert main(["check", str(gate)]) == 1
    out = capsys.readouterr().out
    assert "failed: adults-0 one squat, pipeline late, pelvis_ty: rmse" in out
    assert "static knees" not in out.split("changed besides")[0]
    # other noise: means over trials alone, which have not moved
    assert main(["check", str(gate), "--seed", "4"]) == 0


def test_what_does_not_go_together_is_refused(tmp_path: Path) -> None:
    path = planted(tmp_path, 2.0)
    for old, new, told in (
        ("[gate]", '[gate]\nbody = "lab"', "body does not go with study"),
        ("[laboratory]", '[under_test]\npython = "a:b"\n[laboratory]', "not both"),
    ):
        path.write_text(GATE.replace(old, new))
        with pytest.raises(FileFormatError, match=told):
            read_gate(path)
    path.write_text('[gate]\nleave_out = ["a"]\n')
    with pytest.raises(FileFormatError, match="leave_out names levels of a study"):
        read_gate(path)
    path.write_text(GATE.replace("[gate]", '[gate]\nleave_out = ["pipeline lat"]'))
    with pytest.raises(NameNotFoundError, match="did you mean 'pipeline late'"):
        read_gate(path)
    path.write_text(GATE.replace("[gate]", '[gate]\nleave_out = ["pipeline late"]'))
    assert [variant.label for variant in read_gate(path).variants] == ["static knees 20°"]
    path.write_text('[gate]\nstudy = "demo"\n[pipeline]\nengine = "fast"\n')
    with pytest.raises(FileFormatError, match="demo's pipeline is its own"):
        read_gate(path)


def test_a_gate_without_its_data_measures_nothing_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KINEBENCH_MIRROR", str(tmp_path / "none"))
    monkeypatch.setenv("KINEBENCH_CACHE", str(tmp_path / "empty"))
    path = tmp_path / "gate.toml"
    path.write_text('[gate]\nneeds = ["opencap-core"]\n')
    with pytest.raises(DataNotHereError):
        read_gate(path)
    assert main(["check", str(path)]) == 3
    assert "kinebench data fetch opencap-core" in capsys.readouterr().err
    assert main(["check", str(path), "--bisect"]) == 125


def test_the_guard_skips_aloud_and_fails_for_one_red_gate(
    gate: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    green = guard.check(gate)
    assert (green.code, green.skipped) == (0, "")
    planted(gate.parent, 1.4)
    red = guard.check(gate)
    assert red.code == 1
    assert "pipeline late" in red.text
    monkeypatch.setenv("KINEBENCH_MIRROR", str(tmp_path / "none"))
    monkeypatch.setenv("KINEBENCH_CACHE", str(tmp_path / "empty"))
    gate.write_text('[gate]\nneeds = ["opencap-core"]\n')
    absent = guard.check(gate)
    assert absent.code == 3
    assert "opencap-core is not at hand" in absent.skipped
    assert guard.verdict([green, absent], data_promised=False) == 0
    assert guard.verdict([green, absent], data_promised=True) == 1
    assert guard.verdict([green, red], data_promised=False) == 1
    nothing = guard.Said("empty", 3, "nothing was measured", 0.0)
    assert guard.verdict([nothing], data_promised=False) == 1


def test_every_gate_of_ours_has_a_baseline() -> None:
    names = [path.stem for path in guard.gates(guard.OWN)]
    assert names == [
        "augmenter-version", "demo", "filtering", "known-answers", "right-side-sinks",
        "static-pose",
    ]  # fmt: skip
    for path in guard.gates(guard.OWN):
        assert read_baseline(path.with_suffix(".baseline.toml")).gate == path.stem
    assert "benchmarks.gate.guard" in (ROOT / "Makefile").read_text()
    assert "make gate" in (ROOT / ".ci" / "run").read_text()
