"""``kinebench run --dry-run`` in full, of recordings of a virtual person."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kinebench.cli.main import main
from kinebench.cli.run import _stance
from kinebench.core import Markers
from kinebench.core.keypoints import OPENCAP_20
from kinebench.io.trc import write_trc
from kinebench.lab import Population, record
from kinebench.lab.static_poses import StaticPose

LAB = ("--body", "lab", "--augmenter", "lab-1", "--mass", "66.6", "--height", "1.707")
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def trc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Markers:
    """Half a second of somebody who stands, as squat.trc in the working folder."""
    monkeypatch.chdir(tmp_path)
    standing = record(Population().subject(3), StaticPose(duration_s=0.5)).keypoints
    write_trc("squat.trc", standing.select(OPENCAP_20))
    return standing


def plan(capsys: Capture, *words: str) -> list[str]:
    assert main(["run", "--keypoints", "squat.trc", *LAB, *words, "--dry-run"]) == 0
    return capsys.readouterr().out.splitlines()


def test_every_line_of_a_plan(trc: Markers, capsys: Capture) -> None:
    found = plan(capsys, "--engine", "fast", "--out", "results", "--clean", "fill-linear:0.25")
    assert found == [
        "trial     squat: 31 frames at 60 Hz",
        "subject   66.6 kg, 1.707 m",
        "input     keypoints: squat.trc",
        "choice    tracked markers: augmented (default)",
        "choice    augmenter: lab-1 (asked for)",
        "choice    keypoints: 20 of 20 points (from the recording)",
        "choice    static window: stillest, most upright part of the trial itself"
        " (no static trial)",
        "cleaning  FillGaps(method=linear, longest_s=0.25, ends=False)",
        "floor     lowest marker 10 mm above the ground",
        "engine    fast",
        "output    results",
    ]
    assert not Path("results").exists()


def test_what_is_not_done_is_said_too(trc: Markers, capsys: Capture) -> None:
    lines = plan(capsys, "--clean", "none", "--no-floor")
    assert lines[-4:] == [
        "cleaning  none", "floor     as is", "engine    opensim", "output    (none named)",
    ]  # fmt: skip


def test_one_frame_has_no_rate(trc: Markers, capsys: Capture) -> None:
    write_trc("squat.trc", trc.select(OPENCAP_20).at_frames(np.arange(1)))
    assert plan(capsys)[0] == "trial     squat: 1 frames"


def test_a_plan_as_json(trc: Markers, capsys: Capture) -> None:
    content = json.loads("\n".join(plan(capsys, "--json", "--engine", "fast")))
    assert list(content) == ["trial", "inputs", "choices", "pipeline", "parameters", "remarks"]
    assert (content["trial"], content["inputs"]) == ("squat", {"keypoints": "squat.trc"})
    assert content["choices"]["augmenter"] == "lab-1 (asked for)"
    assert content["pipeline"]["engine"] == "fast"
    assert content["parameters"]["kind"] == "Pipeline"
    (remark,) = [one for one in content["remarks"] if one["code"] == "static trial"]
    assert remark["severity"] == "warning"


def test_a_plan_as_toml_is_read_back(trc: Markers, capsys: Capture) -> None:
    lines = plan(capsys, "--toml", "--engine", "fast", "--warm-up", "1")
    Path("mine.toml").write_text("\n".join(lines) + "\n")
    again = ["run", "--keypoints", "squat.trc", "--pipeline", "mine.toml", *LAB[4:]]
    assert main([*again, "--dry-run", "--toml"]) == 0
    assert capsys.readouterr().out.splitlines() == lines
    assert lines[0] == "[pipeline]"
    assert "warm_up_s = 1.0" in lines


def test_how_one_stood_is_told_where_keypoints_tell_it() -> None:
    assert _stance({"window_s": (0.0, 0.5)}) == _stance({"movement_mm": None}) == ""
    stood = {"movement_mm": 3.4, "knee_flexion_deg": (5.2, 6.8), "trunk_lean_deg": 2.1}
    assert _stance(stood) == (
        ": joints move by 3 mm at most, knees are bent by 5° (right) and 7° (left), the trunk"
        " leans by 2°"
    )
