"""Recordings that are legal by their format but hardly of a person."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinebench.core import Markers
from kinebench.errors import FileFormatError, KinebenchWarning
from kinebench.io.first_look import implausible_times, warn_if_implausible
from kinebench.io.keypoint_files import read_markers
from kinebench.io.mot import read_motion
from kinebench.io.sto import read_table
from kinebench.io.trc import read_trc, write_trc
from kinebench.remarks import collected_remarks

BODY = np.random.default_rng(6).uniform(0, 1.8, (5, 3, 3))
NAMES = ("Neck", "RHip", "LHip")


def remarks(markers: Markers) -> list[str]:
    with collected_remarks() as told:
        warn_if_implausible(markers, "m", "a.trc")
    assert all(remark.file == "a.trc" for remark in told)
    return [remark.text for remark in told]


def test_an_ordinary_recording_gives_no_remark() -> None:
    for start_s in (-1.3, 0.0, 0.5, 3600.0, 86_400.0):
        assert remarks(Markers(NAMES, start_s + np.arange(5) / 60, BODY)) == []


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ([0.0, 1e8], "times reach 1e+08 s"),
        ([-2e9, 0.0], "times begin at -2e+09 s, long before 0"),
        ([-61.0, -60.0], "times begin at -61 s"),
        ([0.0, 1.0, 9000.0], "8999 s lie between two frames"),
        ([0.0, 1e-9], "two frames are 1e-09 s apart"),
    ],
)
def test_times_beyond_reason(times: list[float], message: str) -> None:
    assert any(message in remark for remark in implausible_times(np.array(times)))


def test_one_marker_far_away_in_one_frame_is_named() -> None:
    positions = BODY.copy()
    positions[3, 1, 0] = -1e6
    found = remarks(Markers(NAMES, np.arange(5) / 60, positions))
    assert found[0] == (
        "a.trc: RHip lies 1e+03 km off in frame 4 (1 frames with places beyond 10 km)"
    )


@pytest.mark.parametrize("n_frames", [0, 5])
def test_nothing_is_no_recording(n_frames: int) -> None:
    names = NAMES if n_frames == 0 else ()
    markers = Markers(names, np.arange(n_frames) / 60, np.zeros((n_frames, len(names), 3)))
    with pytest.raises(FileFormatError, match=r"a\.trc holds no recording: . frames of . markers"):
        warn_if_implausible(markers, "m", "a.trc")


@pytest.mark.filterwarnings("ignore:.*positions span:kinebench.errors.KinebenchWarning")
def test_every_reader_of_markers_looks(tmp_path: Path) -> None:
    far = BODY.copy()
    far[2, 0] = (2e4, 1.0, 2e3)
    write_trc(tmp_path / "a.trc", Markers(NAMES, np.arange(5) / 60, far))
    np.savez(tmp_path / "a.npz", positions=far, names=np.array(NAMES), times=np.arange(5) / 60)
    header = ",".join(["time", *(f"{name}_{axis}" for name in NAMES for axis in "xyz")])
    table = np.column_stack([np.arange(5) / 60, far.reshape(5, -1)])
    np.savetxt(tmp_path / "a.csv", table, delimiter=",", header=header, comments="")
    with pytest.warns(KinebenchWarning, match="Neck lies 20 km off in frame 3"):
        read_trc(tmp_path / "a.trc")
    for name in ("a.npz", "a.csv"):
        with pytest.warns(KinebenchWarning, match="Neck lies 20 km off in frame 3"):
            read_markers(tmp_path / name, "m")
    (tmp_path / "a.csv").write_text(header + "\n")
    with pytest.raises(FileFormatError, match="has no rows"):
        read_markers(tmp_path / "a.csv", "m")


def test_tables_of_motion_and_force_too(tmp_path: Path) -> None:
    head = "x\nversion=1\nnRows=2\nnColumns=2\ninDegrees=no\nendheader\ntime\tknee\n"
    head = head.replace("knee", "knee_angle_r")
    (tmp_path / "a.mot").write_text(head + "0\t1\n90000\t1\n")
    for read in (read_table, read_motion):
        with pytest.warns(KinebenchWarning, match=r"a\.mot: 90000 s lie between two frames"):
            read(tmp_path / "a.mot")
