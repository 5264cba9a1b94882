from __future__ import annotations

import html
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kinebench.cli.main import main
from kinebench.io.mot import read_motion
from kinebench.io.trc import read_trc, write_trc

pytestmark = pytest.mark.mirror


@pytest.fixture(scope="module")
def inputs(
    mirror_file: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> list[str]:
    """One squat of a real recording, and its static trial."""
    folder = tmp_path_factory.mktemp("inputs")
    squat = read_trc(mirror_file("MarkerData/Squats_0.trc")).between(0.0, 4.0)
    write_trc(folder / "squat.trc", squat)
    static = mirror_file("MarkerData/neutral.trc")
    files = ["--keypoints", str(folder / "squat.trc"), "--static", str(static)]
    return [*files, "--mass", "72", "--height", "1.78", "--augmenter", "v0.1"]


def test_engines_agree_and_the_fast_one_is_not_worse(
    inputs: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["engines", *inputs, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [engine["name"] for engine in found["engines"]] == ["opensim", "fast"]
    assert found["second_not_worse"] >= 0.999
    legs = [
        row["rms"]
        for row in found["coordinates"]
        if row["name"].startswith(("hip", "knee", "ankle", "subtalar"))
    ]
    assert len(legs) == 12
    # a degree at most: where it is more, OpenSim's solver stopped early
    assert max(legs) < 0.0175


def test_run_with_the_fast_engine_gives_a_motion(
    inputs: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    motions = []
    for engine in ("opensim", "fast"):
        out = tmp_path / engine
        assert main(["run", *inputs, "--engine", engine, "--out", str(out)]) == 0
        motions.append(read_motion(out / "kinematics.mot"))
    capsys.readouterr()
    assert motions[0].names == motions[1].names
    for name in ("knee_angle_r", "knee_angle_l", "hip_flexion_r", "hip_flexion_l"):
        assert abs(motions[0].value(name) - motions[1].value(name)).max() < 0.03


def test_why_tells_causes_that_add_up(
    inputs: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "why.html"
    assert main(["why", *inputs, "--json", "--report", str(report)]) == 0
    found = json.loads(capsys.readouterr().out)
    for figure, as_is in found["as_is"].items():
        total = sum(part[figure] for part in found["parts"].values())
        assert total == pytest.approx(found["swapped"][figure] - as_is, abs=1e-9)
    assert "camera tilt" in found["parts"]
    # v0.1 made these markers; that it is older than v0.3 is no evidence
    version = next(one for one in found["causes"] if one["name"] == "augmenter version")
    assert (version["now"], version["evidence"], version["likely_wrong"]) == ("v0.1", "", False)
    # clean sessions were recorded with v0.3 alone
    assert found["side_drop_interval"] is None
    assert "no interval" in found["verdict"][1]
    assert any("augmenter version" in what for what in found["cannot_be_told"])
    recorded = {
        name: chance
        for name, chance in found["probabilities"].items()
        if chance is not None and name not in ("augmenter start-up", "augmenter timing")
    }
    assert found["anything_wrong"] >= max(recorded.values())
    page = report.read_text(encoding="utf-8")
    assert all(html.escape(sentence) in page for sentence in found["verdict"])
    assert page.count("<svg") >= 2


def test_why_prints_its_verdict(
    inputs: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from kinebench.diagnosis import why

    # what is printed does not depend on how many causes were tried
    monkeypatch.setattr(why, "causes_of", lambda *_: ((), {"camera tilt": "not tried here"}))
    assert main(["why", *inputs]) == 0
    printed = capsys.readouterr().out
    assert "at the deepest points the" in printed
    assert "not tried: camera tilt: not tried here" in printed
    assert "cannot be told from this recording: which augmenter version" in printed
