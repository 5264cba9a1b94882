"""Missing values of coordinates that a file spells as numbers."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.core.arrays import FloatArray
from kinebench.errors import FileFormatError, KinebenchWarning
from kinebench.io.mot import read_motion
from kinebench.io.sentinels import motion_jumps, without_motion_sentinels
from kinebench.io.sto import Table, table_text

TIMES = np.arange(100) / 100
NAMES = ("pelvis_tx", "pelvis_tilt", "hip_flexion_r", "knee_angle_r", "subtalar_angle_r")


def walking() -> FloatArray:
    """In m and degrees; the subtalar joint is locked at 0, the knee rests on its limit, 0."""
    wave = np.sin(9 * TIMES)
    knee = np.maximum(0.0, 60 * wave)
    return np.stack([0.9 + TIMES, 5 + wave, 30 * wave + 3, knee, 0 * wave], axis=1)


def written(folder: Path, values: FloatArray, degrees: bool = True) -> Path:
    angles = np.array([1.0, *[1.0 if degrees else np.pi / 180] * 4])
    table = Table(
        "Coordinates", NAMES, TIMES, values * angles, {"inDegrees": "yes" if degrees else "no"}
    )
    path = folder / "walk.mot"
    path.write_text(table_text(table))
    return path


@pytest.mark.parametrize("degrees", [True, False])
def test_nothing_is_missing_where_nothing_is(tmp_path: Path, degrees: bool) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        motion = read_motion(written(tmp_path, walking(), degrees))
    assert np.isfinite(motion.values).all()


@pytest.mark.parametrize("word", [9999.0, -9999.0, 999.99, -9999.99, -16512.0, 1e10])
@pytest.mark.parametrize("columns", [slice(0, 5), slice(3, 4)])
def test_numbers_that_stand_for_missing(tmp_path: Path, word: float, columns: slice) -> None:
    values = walking()
    values[40:60, columns] = word
    with pytest.warns(KinebenchWarning, match=r"is taken as missing: .* in frames 41 to 60"):
        motion = read_motion(written(tmp_path, values))
    expected = np.zeros(values.shape, bool)
    expected[40:60, columns] = True
    np.testing.assert_array_equal(np.isnan(motion.values), expected)


@pytest.mark.parametrize("degrees", [True, False])
@pytest.mark.parametrize("frames", [slice(40, 60), slice(0, 20), slice(85, 100)])
def test_frames_of_zeros_between_values(tmp_path: Path, frames: slice, degrees: bool) -> None:
    values = walking()
    values[frames] = 0.0
    with pytest.warns(KinebenchWarning, match="0 is taken as missing: pelvis_tx, pelvis_tilt"):
        motion = read_motion(written(tmp_path, values, degrees))
    assert np.isnan(motion.values[frames, :4]).all()
    assert np.isnan(motion.values).sum() == 4 * len(range(*frames.indices(100)))


def test_who_goes_to_zero_and_stays_there_is_known(tmp_path: Path) -> None:
    values = walking()
    values[20:, 2] = 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isfinite(read_motion(written(tmp_path, values)).values).all()


def test_a_locked_joint_between_missing_frames_is_known(tmp_path: Path) -> None:
    values = walking()
    values[20:40] = values[60:80] = -9999.0
    with pytest.warns(KinebenchWarning, match="-9999 is taken as missing"):
        motion = read_motion(written(tmp_path, values))
    assert np.isnan(motion.values).sum() == 40 * 5


def test_zeros_in_one_column_between_values(tmp_path: Path) -> None:
    values = walking()
    values[10:20, 2] = 0.0
    with pytest.warns(KinebenchWarning, match="0 is taken as missing: hip_flexion_r in frames"):
        motion = read_motion(written(tmp_path, values))
    assert np.argwhere(np.isnan(motion.values)).tolist() == [[at, 2] for at in range(10, 20)]


@given(rest=st.integers(1, 60), speed=st.floats(0.1, 400.0))
def test_who_starts_at_zero_and_moves_smoothly_is_not_missing(rest: int, speed: float) -> None:
    course = np.maximum(0.0, speed * (np.arange(100) - rest) / 100)
    values = np.stack([course, 0.5 * course, 0.2 * course], axis=1)
    jumps = motion_jumps(TIMES, np.ones(3, bool), in_degrees=True)
    assert without_motion_sentinels(values, ["a", "b", "c"], jumps, "t") is values


def test_a_header_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, walking())
    path.write_text(path.read_text().replace("inDegrees=yes", "inDegrees=no\ninDegrees=yes"))
    with pytest.raises(FileFormatError, match="'inDegrees': stands twice, as 'no' and as 'yes'"):
        read_motion(path)
