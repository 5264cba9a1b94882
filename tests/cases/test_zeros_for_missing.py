"""Missing markers written as numbers, in every format, in static trials and in `compare`."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kinebench.cli.main import main
from kinebench.core import Markers
from kinebench.errors import KinebenchWarning
from kinebench.io.c3d import read_c3d, write_c3d
from kinebench.io.keypoint_files import read_markers
from kinebench.io.sentinels import without_sentinels
from kinebench.io.trc import read_trc, write_trc

CASES = Path(__file__).parent
ZEROS = CASES / "04-zeros-for-missing"
C3D = CASES / "17-c3d-zeros-for-missing"
RIGHT = read_trc(ZEROS / "squat_nan.trc")
GONE = slice(20, 35)
Writer = Callable[[Path, Markers, float], Path]


def test_case_04() -> None:
    with pytest.warns(
        KinebenchWarning, match=r"squat\.trc: 0 0 0 is taken as missing: RKnee in frames \d+ to \d+"
    ):
        markers = read_trc(ZEROS / "squat.trc")
    assert markers == RIGHT
    assert markers.missing.sum() == 10


def test_case_17() -> None:
    with pytest.warns(KinebenchWarning, match="0 0 0 is taken as missing: RKnee in frames"):
        markers = read_c3d(C3D / "squat.c3d")
    assert markers.missing.sum(axis=0).tolist() == [
        10 if name == "RKnee" else 0 for name in markers.names
    ]


def as_trc(folder: Path, markers: Markers, word: float) -> Path:
    """The unit is mm; the word stands in the file as it is."""
    path = folder / "t.trc"
    write_trc(path, markers.with_positions(np.nan_to_num(markers.positions, nan=word / 1e3)), "mm")
    return path


def as_c3d(folder: Path, markers: Markers, word: float) -> Path:
    """Residuals are 0 throughout."""
    path = folder / "t.c3d"
    write_c3d(path, markers.with_positions(np.nan_to_num(markers.positions, nan=word / 1e3)))
    return path


def as_csv(folder: Path, markers: Markers, word: float) -> Path:
    path = folder / "t.csv"
    cells = np.nan_to_num(markers.positions * 1e3, nan=word).reshape(markers.n_frames, -1)
    names = [f"{name}_{axis}" for name in markers.names for axis in "xyz"]
    table = np.column_stack([markers.times, cells])
    header = ",".join(["time", *names])
    np.savetxt(path, table, "%.9g", ",", header=header, comments="")
    return path


def as_npz(folder: Path, markers: Markers, word: float) -> Path:
    path = folder / "t.npz"
    positions = np.nan_to_num(markers.positions * 1e3, nan=word).astype(np.float32)
    np.savez(path, positions=positions, names=markers.names, times=markers.times)
    return path


def read(path: Path) -> Markers:
    return read_markers(path, "mm" if path.suffix in (".csv", ".npz") else None)


def with_gap(name: str, frames: slice = GONE) -> Markers:
    full = RIGHT.at_frames(np.flatnonzero(~RIGHT.missing.any(axis=1))[:80])
    positions = full.positions + np.array([0.0123, 0.0, 0.4567])
    positions[frames, full.names.index(name)] = np.nan
    return Markers(full.names, np.arange(80) / 60, positions)


@pytest.mark.parametrize("word", [0.0, -0.0, -1.0, 9999.0, -9999.0, 999999.0, -9999.99, -16512.0,
                                  1e10, -3.697314e28, 100.0, 12.5, 0.25, 1e-4])  # fmt: skip
@pytest.mark.parametrize("write", [as_trc, as_c3d, as_csv, as_npz])
def test_every_word_in_every_format(tmp_path: Path, write: Writer, word: float) -> None:
    markers = with_gap("LAnkle")
    with pytest.warns(KinebenchWarning, match=r"is taken as missing: LAnkle in frames 21 to 35$"):
        found = read(write(tmp_path, markers, word))
    np.testing.assert_array_equal(found.missing, markers.missing)
    np.testing.assert_allclose(found.positions, markers.positions, atol=1e-6)


@pytest.mark.parametrize("name", ["Neck", "RBigToe", "midHip"])
@pytest.mark.parametrize("frames", [slice(0, 1), slice(70, 80), slice(0, 80), slice(3, 60, 7)])
def test_any_marker_and_any_frames(tmp_path: Path, name: str, frames: slice) -> None:
    markers = with_gap(name, frames)
    with pytest.warns(KinebenchWarning, match=f"0 0 0 is taken as missing: {name} in "):
        np.testing.assert_array_equal(read(as_trc(tmp_path, markers, 0.0)).missing, markers.missing)


def test_the_whole_person(tmp_path: Path) -> None:
    markers = with_gap("Neck", slice(0, 0))
    nobody = np.where(np.arange(80)[:, None, None] // 10 == 2, np.nan, markers.positions)
    with pytest.warns(
        KinebenchWarning,
        match="missing: Neck, midHip, RShoulder, LShoulder, RElbow and 15 more in frames 21 to 30",
    ):
        found = read(as_trc(tmp_path, markers.with_positions(nobody), 0.0))
    assert found.missing[20:30].all()


@pytest.mark.parametrize("cell", [0, 1, 2])
def test_one_zero_is_a_position(tmp_path: Path, cell: int) -> None:
    markers = with_gap("Neck", slice(0, 0))
    positions = markers.positions.copy()
    positions[10:20, 3, cell] = 0.0
    positions[30:40, 5, [(cell + 1) % 3, (cell + 2) % 3]] = 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for write in (as_trc, as_c3d, as_csv, as_npz):
            found = read(write(tmp_path, markers.with_positions(positions), 0.0))
            assert not found.missing.any()
            np.testing.assert_allclose(found.positions, positions, atol=1e-6)


def test_whole_numbers_may_be_positions_where_all_are_whole() -> None:
    positions = np.random.default_rng(1).integers(-300, 300, (200, 9, 3)).astype(float)
    positions[50:60, 2] = 100.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert without_sentinels(positions, 1e-2, "abcdefghi", "t") is positions


def test_a_number_is_a_position_where_nothing_finer_than_centimetres_is_told() -> None:
    positions = np.random.default_rng(1).integers(-300, 300, (200, 9, 3)) / 100
    positions[50:60, 2] = 0.25
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert without_sentinels(positions, 1.0, "abcdefghi", "t") is positions


def test_many_numbers_are_counted() -> None:
    positions = np.random.default_rng(2).uniform(-1, 1, (20, 2, 3))
    positions[:5, 0] = np.arange(1e6, 6e6, 1e6)[:, None]
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = without_sentinels(positions, 1.0, "ab", "t")
    assert np.isnan(found[:5, 0]).all()
    assert len(told) == 4
    assert str(told[0].message) == "t: 1000000 1000000 1000000 is taken as missing: a in frame 1"
    assert "2 more numbers that fill all three cells" in str(told[3].message)


@given(
    arrays(float, (6, 3, 3), elements=st.floats(-3, 3)),
    arrays(bool, (6, 3)),
    st.sampled_from([0.0, -1.0, 9999.0, -16512.0, 1e10]),
)
@settings(max_examples=60)
def test_what_is_written_for_missing_is_missing_and_nothing_else(
    positions: np.ndarray, gone: np.ndarray, word: float
) -> None:
    positions = positions + np.array([0.0, 8.0, 16.0])
    written = np.where(gone[..., None], word, positions)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = without_sentinels(written, 1.0, "abc", "t")
    np.testing.assert_array_equal(found, np.where(gone[..., None], np.nan, positions))
    assert bool(told) == bool(gone.any())


def test_compare_leaves_the_frames_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def scored(estimate: Path) -> object:
        assert main(["compare", str(ZEROS / "squat_nan.trc"), str(estimate), "--json"]) == 0
        (pair,) = json.loads(capsys.readouterr().out)["pairs"]
        return {key: value for key, value in pair.items() if key != "remarks"}

    full = RIGHT.with_positions(RIGHT.positions + 0.01)
    write_trc(tmp_path / "squat.trc", full)
    right = scored(tmp_path / "squat.trc")
    write_trc(tmp_path / "squat.trc", full.with_positions(np.nan_to_num(full.positions, nan=0.0)))
    assert scored(tmp_path / "squat.trc") == right


def test_compare_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(ZEROS / "squat_nan.trc"), str(ZEROS / "squat.trc")]) == 0
    printed = capsys.readouterr()
    assert "squat.trc: 0 0 0 is taken as missing: RKnee in frames" in printed.out + printed.err


def test_a_static_trial_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], opencap_files: Path
) -> None:
    neutral = read_trc(ZEROS / "neutral.trc")
    positions = neutral.positions.copy()
    positions[30:33, neutral.names.index("RHip")] = 0.0
    write_trc(tmp_path / "neutral.trc", neutral.with_positions(positions))
    given = ["--keypoints", ZEROS / "squat_nan.trc", "--static", tmp_path / "neutral.trc"]
    subject = ["--mass", "73.7", "--height", "1.752", "--augmenter", "lab-1"]
    assert main(["run", *map(str, given), *subject, "--dry-run"]) == 0
    err = capsys.readouterr().err
    assert "neutral.trc: 0 0 0 is taken as missing: RHip in frames 31 to 33" in err
