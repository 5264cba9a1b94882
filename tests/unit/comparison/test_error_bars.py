"""Differences held against the error bars that lie beside an estimate."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kinebench.cli.main import main
from kinebench.comparison import Comparison, FilePair, Procedure, compare_pair
from kinebench.comparison.error_bars import share_within_band, standard_error_beside
from kinebench.core import Coordinate, Motion
from kinebench.io.mot import write_motion
from kinebench.reports.comparison_remarks import pair_remarks
from kinebench.reports.comparison_tables import band_table

COORDINATES = (
    Coordinate("knee_angle_r"),
    Coordinate("arm_flex_r"),
    Coordinate("pelvis_tx", "translational"),
    Coordinate("mtp_angle_r"),
)
TIMES = np.arange(100) / 50


def motion(values: np.ndarray, times: np.ndarray = TIMES) -> Motion:
    return Motion(COORDINATES, times, values)


@pytest.fixture
def pair(tmp_path: Path) -> FilePair:
    """The knee is 4° off in half of the frames, the arm by a whole turn, the pelvis by 10 mm."""
    true = np.zeros((100, 4))
    true[:, 0] = np.sin(TIMES)
    found = true.copy()
    found[:50, 0] += np.radians(4.0)
    found[:, 1] += np.radians(359.0)
    found[:, 2] += 0.010
    bars = np.full((100, 4), np.nan)
    bars[:, :3] = np.radians(1.0), np.radians(1.0), 0.010 / 1.96 * 0.99
    reference, estimate = tmp_path / "truth.mot", tmp_path / "out" / "kinematics.mot"
    estimate.parent.mkdir()
    write_motion(reference, motion(true))
    write_motion(estimate, motion(found))
    write_motion(estimate.with_name("kinematics_se.sto"), motion(bars))
    return FilePair(reference, estimate, "somebody", "squat")


def test_shares_are_of_frames_within_the_band(pair: FilePair) -> None:
    found = share_within_band(compare_pair(pair, Procedure()))
    # 1.96 standard errors of 1° are less than 4° and more than the 1° that 359° are; 9.9 mm are
    # less than 10; the toes have no bars
    assert found == {"knee_angle_r": 0.5, "arm_flex_r": 1.0, "pelvis_tx": 0.0}


def test_bars_follow_the_estimates_clock(pair: FilePair) -> None:
    late = np.full((100, 4), 1e-6)
    late[TIMES >= 1.0] = 10.0  # wide in the second half of the estimate's clock
    write_motion(pair.estimate.with_name("kinematics_se.sto"), motion(late))
    shifted = FilePair(pair.reference, pair.estimate, "somebody", "squat", lag_s=0.5)
    result = compare_pair(shifted, Procedure())
    assert result.standard_error is not None
    wide = result.standard_error.value("knee_angle_r") > 5
    # 1.0 s of the estimate's clock is 0.5 s of the reference's
    assert result.standard_error.times[np.argmax(wide)] == pytest.approx(0.5, abs=0.021)


def test_without_bars_nothing_is_said(pair: FilePair) -> None:
    beside = pair.estimate.with_name("kinematics_se.sto")
    assert standard_error_beside(pair.reference) is None
    write_motion(beside, motion(np.full((100, 4), np.nan)))
    assert standard_error_beside(pair.estimate) is None
    beside.unlink()
    result = compare_pair(pair, Procedure())
    assert share_within_band(result) == {}
    assert not any(
        "band" in line for line in pair_remarks(Comparison(Procedure(), (result,)), result)
    )


def test_command_says_which_differences_are_within(
    pair: FilePair, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    files = [str(pair.reference), str(pair.estimate)]
    assert main(["compare", *files]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert (
        "within the estimate's own 95 % band: 50 % of frames in the mean over 3 coordinates;"
        " least: pelvis_tx 0 %, knee_angle_r 50 %, arm_flex_r 100 %" in said
    )
    page = tmp_path / "page.html"
    assert main(["compare", *files, "--json", "--report", str(page)]) == 0
    told = json.loads(capsys.readouterr().out)["pairs"][0]["within_band"]
    assert told == {"knee_angle_r": 0.5, "arm_flex_r": 1.0, "pelvis_tx": 0.0}
    assert "95 % band" in page.read_text()


def test_table_has_widths_in_readable_units(pair: FilePair) -> None:
    rows = band_table(compare_pair(pair, Procedure())).rows
    assert rows[0] == ("knee_angle_r", "°", "1.96", "50 %")
    assert rows[2][:3] == ("pelvis_tx", "mm", "9.90")
