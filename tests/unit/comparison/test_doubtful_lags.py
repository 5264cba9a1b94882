"""A lag that the curves contradict is warned of wherever it is shown."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kinebench.cli.main import main
from kinebench.core import Coordinate, Motion
from kinebench.io.mot import write_motion

Capture = pytest.CaptureFixture[str]


def limp(side: float) -> Motion:
    """Legs in turn at 1 Hz; the pelvis rises more with one side's steps."""
    times = np.arange(401) / 100
    knees = [np.sin(2 * np.pi * times + phase) for phase in (0.0, np.pi)]
    height = 0.9 + 0.02 * np.cos(4 * np.pi * times) + 0.02 * side * np.cos(2 * np.pi * times)
    coordinates = (
        Coordinate("pelvis_ty", "translational"),
        Coordinate("knee_angle_r"),
        Coordinate("knee_angle_l"),
    )
    return Motion(coordinates, times, np.stack([height, *knees], axis=1))


@pytest.fixture
def folders(tmp_path: Path) -> tuple[str, str]:
    for name, side in (("mocap", 1.0), ("video", -1.0)):
        for subject in ("s1", "s2"):
            (tmp_path / name / subject).mkdir(parents=True)
            write_motion(tmp_path / name / subject / "walk1.mot", limp(side))
    return str(tmp_path / "mocap"), str(tmp_path / "video")


def said(capsys: Capture) -> str:
    return " ".join(capsys.readouterr().out.split())


def test_of_one_trial(folders: tuple[str, str], tmp_path: Path, capsys: Capture) -> None:
    files = [f"{folder}/s1/walk1.mot" for folder in folders]
    page = tmp_path / "page.html"
    assert main(["compare", *files, "--align", "signal", "--report", str(page)]) == 0
    assert "warning: the alignment is doubtful: at this lag" in said(capsys)
    assert "warning: the alignment is doubtful: at this lag" in page.read_text("utf-8")
    # as one of the other policies
    assert main(["compare", *files]) == 0
    text = said(capsys)
    assert "doubtful: at this lag" in text[text.index("policy signal would give") :]
    assert "warning: the alignment" not in text
    assert main(["compare", *files, "--json"]) == 0
    flags = json.loads(capsys.readouterr().out)["pairs"][0]["policies"]["signal"]["flags"]
    assert any(flag.startswith("doubtful: at this lag") for flag in flags)


def test_of_many_trials_one_warning_names_them(folders: tuple[str, str], capsys: Capture) -> None:
    assert main(["compare", *folders, "--align", "signal"]) == 0
    text = said(capsys)
    assert "warning: the lag is in doubt in 2 of 2 trials, s1/walk1, s2/walk1; of s1/walk1" in text
    assert text.count("warning:") == 1
    assert main(["compare", *folders]) == 0
    assert "doubt" not in said(capsys)
