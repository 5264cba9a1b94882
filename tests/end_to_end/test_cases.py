"""Recordings of strangers through the whole command, with the published augmenter."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kinebench.core import Motion
from kinebench.io.mot import read_motion
from kinebench.io.trc import read_trc

pytestmark = pytest.mark.mirror

CASES = Path(__file__).parents[1] / "cases"
SUBJECT = ("--mass", "73.7", "--height", "1.752", "--engine", "fast")
STATIC = CASES / "04-zeros-for-missing" / "neutral.trc"
Run = Callable[..., int]


@pytest.fixture
def motion_of(kinebench: Run, tmp_path: Path, subject0: Path) -> Callable[..., Motion]:
    """Run the command on the input given; its motion."""

    def run(*arguments: object) -> Motion:
        assert kinebench(*arguments, *SUBJECT) == 0
        motion = read_motion(tmp_path / "out" / "kinematics.mot")
        shutil.rmtree(tmp_path / "out")
        return motion

    return run


def test_04_zeros_give_what_blanks_give(
    motion_of: Callable[..., Motion], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = CASES / "04-zeros-for-missing"
    blank = motion_of("--keypoints", folder / "squat_nan.trc", "--static", STATIC)
    capsys.readouterr()
    zeros = motion_of("--keypoints", folder / "squat.trc", "--static", STATIC)
    assert zeros == blank
    said = capsys.readouterr().err
    assert "0 0 0 is taken as missing: RKnee in frames" in said
    assert "filled, nothing was seen there: RKnee for 0.17 s" in said


def test_10_frames_that_are_left_out_leave_a_gap(
    motion_of: Callable[..., Motion], capsys: pytest.CaptureFixture[str]
) -> None:
    squat = CASES / "10-csv-frame-numbers-skip" / "squat.csv"
    given = ("--unit", "m", "--rate", "60")
    motion = motion_of("--keypoints", squat, "--static", STATIC, *given)
    assert motion.times[-1] == pytest.approx(119 / 60)
    assert np.diff(motion.times).max() == pytest.approx(31 / 60)
    assert "the longest is 0.5167 s, from 0.650 to 1.167 s" in capsys.readouterr().err


def test_15_semicolons_and_decimal_commas(motion_of: Callable[..., Motion]) -> None:
    squat = CASES / "15-csv-semicolons" / "squat.csv"
    motion = motion_of("--keypoints", squat, "--static", STATIC, "--unit", "m")
    assert motion.n_frames == 30


def test_17_zeros_in_c3d(
    motion_of: Callable[..., Motion], kinebench: Run, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    folder = CASES / "17-c3d-zeros-for-missing"
    given = ("--keypoints", folder / "squat.c3d", "--static", folder / "neutral.c3d")
    assert kinebench(*given, *SUBJECT) == 0
    assert "0 0 0 is taken as missing: RKnee in frames" in capsys.readouterr().err
    augmented = read_trc(tmp_path / "out" / "augmented.trc")
    knee, marker = augmented.position("RKnee"), augmented.position("r_knee_study")
    assert np.linalg.norm(knee - marker, axis=1).max() < 0.15


def test_13_and_20_the_session_unpacked_and_in_upper_case(
    tmp_path: Path, motion_of: Callable[..., Motion]
) -> None:
    folder = tmp_path / "session"
    (folder / "MARKERDATA").mkdir(parents=True)
    shutil.copy(STATIC, folder / "MARKERDATA" / "NEUTRAL.TRC")
    shutil.copy(CASES / "04-zeros-for-missing" / "squat_nan.trc", folder / "MARKERDATA/SQUATS.TRC")
    (folder / "SESSIONMETADATA.YAML").write_text("mass_kg: 73.7\nheight_m: 1.752\n")
    motion = motion_of(folder, "--trial", "SQUATS", "--clean", "fill-linear")
    files = motion_of(
        "--keypoints", CASES / "04-zeros-for-missing" / "squat_nan.trc", "--static", STATIC
    )
    np.testing.assert_allclose(motion.values, files.values, atol=1e-6)
