"""Public recordings; laboratory-made twins are in test_pair_of_laboratories.py."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kinebench.cli.main import main

LEGS = ("hip_", "knee_", "ankle_")


def test_subject_2_walks_mocap_against_video(
    mirror_file: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    files = [mirror_file("GRF_tracking_data/old/walking1.mot"), mirror_file("walking1_video.mot")]
    assert main(["validate", *map(str, files), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    # the data set's card says that the clocks are one, though the files start 1.30 s apart
    assert found["clock"]["lag_s"] == pytest.approx(0.0, abs=0.01)
    assert found["clock"]["confidence"] == "high"
    assert abs(found["frame"]["yaw_rad"]) < math.radians(3)
    legs = [row["rmse"] for row in found["errors"] if row["item"].startswith(LEGS)]
    # Uhlrich et al. 2023: mean absolute errors of 4.5° in the mean of the lower body
    assert 1.0 < np.degrees(np.mean(legs)) < 6.0


def test_subject_4_squats_markers_against_the_experts_motion(
    mirror_file: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    mocap, static, expert = (
        str(mirror_file(f"grf/Subject4/{name}"))
        for name in (
            "MarkerData/squats1.trc",
            "MarkerData/static1.trc",
            "IK/squats1_manual_scaling_ik.mot",
        )
    )
    # the data set does not state them; without a constraint on mass they change no angle
    size = ["--mass", "70", "--height", "1.75", "--engine", "fast"]
    assert main(["validate", mocap, expert, "--static-mocap", static, *size, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["clock"]["lag_s"] == pytest.approx(0.0, abs=0.005)
    assert any("43 of 43 tracked markers" in note["message"] for note in found["remarks"])
    legs = [row["rmse"] for row in found["errors"] if row["item"].startswith(LEGS)]
    assert np.degrees(np.mean(legs)) < 2.0


def test_subject_4_squats_are_not_subject_2_walking(
    mirror_file: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    files = [mirror_file("IK/squats1_manual_scaling_ik.mot"), mirror_file("walking1_video.mot")]
    assert main(["validate", *map(str, files)]) == 2
    assert "do not look like one trial" in capsys.readouterr().err
