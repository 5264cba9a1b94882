"""C3D: read by our own reader, which is judged by ezc3d."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ezc3d
import numpy as np
import pytest

from kinebench.core import Markers
from kinebench.errors import FileFormatError, KinebenchWarning, ValueRangeError
from kinebench.io.atomic import OutputError
from kinebench.io.c3d import read_c3d, write_c3d


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "walk.c3d"


def written(path: Path, labels: list[str], unit: list[str], rate: float = 100.0) -> Path:
    content: Any = ezc3d.c3d()
    content["parameters"]["POINT"]["UNITS"]["value"] = unit
    content["parameters"]["POINT"]["RATE"]["value"] = [rate]
    content["parameters"]["POINT"]["LABELS"]["value"] = labels
    points = np.ones((4, len(labels), 5))
    points[:3] = np.arange(3 * len(labels) * 5).reshape(3, len(labels), 5) * 100
    content["data"]["points"] = points
    content.write(str(path))
    return path


def body(n_markers: int = 4) -> Markers:
    positions = np.random.default_rng(1).uniform(-1, 2, (6, n_markers, 3))
    positions[2:4, 1] = np.nan
    names = tuple(f"marker {index}" for index in range(n_markers))
    return Markers(names, np.arange(6) / 100, positions)


def test_writing_and_reading_is_the_identity_in_single_precision(path: Path) -> None:
    markers = body()
    write_c3d(path, markers)
    again = read_c3d(path)
    assert again.names == markers.names
    np.testing.assert_array_equal(again.missing, markers.missing)
    np.testing.assert_allclose(again.times, markers.times, atol=1e-9)
    np.testing.assert_allclose(again.positions, markers.positions, atol=2e-7)


def test_a_recording_that_does_not_start_at_0(path: Path) -> None:
    content: Any = ezc3d.c3d()
    content["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
    content["parameters"]["POINT"]["RATE"]["value"] = [50.0]
    content["parameters"]["POINT"]["LABELS"]["value"] = ["a"]
    content["data"]["points"] = np.arange(20.0).reshape(4, 1, 5) * 10
    content["header"]["points"]["first_frame"] = 25
    content.write(str(path))
    np.testing.assert_allclose(read_c3d(path).times, 0.5 + np.arange(5) / 50)


def test_more_markers_than_one_parameter_holds(path: Path) -> None:
    markers = body(300)
    write_c3d(path, markers)
    again = read_c3d(path)
    assert again.names == markers.names
    np.testing.assert_allclose(again.positions, markers.positions, atol=2e-7)


def test_a_c3d_file_knows_no_irregular_times(path: Path) -> None:
    markers = Markers(("a",), np.array([0.0, 0.1, 0.3]), np.zeros((3, 1, 3)))
    with pytest.raises(ValueRangeError, match="needs equal frame intervals"):
        write_c3d(path, markers)
    with pytest.raises(ValueRangeError, match="needs markers, found none"):
        write_c3d(path, Markers((), np.array([0.0, 1.0]), np.zeros((2, 0, 3))))
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize(("unit", "scale"), [("mm", 1e-3), ("cm", 1e-2), ("m", 1.0), ("MM", 1e-3)])
@pytest.mark.filterwarnings("ignore:.*positions span:kinebench.errors.KinebenchWarning")
def test_the_declared_unit_counts(path: Path, unit: str, scale: float) -> None:
    read = read_c3d(written(path, ["a", "b"], [unit]))
    expected = np.arange(30).reshape(3, 2, 5).transpose(2, 1, 0) * 100 * scale
    np.testing.assert_allclose(read.positions, expected, rtol=1e-7)


def test_millimetres_declared_as_metres_are_warned_about(path: Path) -> None:
    with pytest.warns(KinebenchWarning, match=r"walk.c3d: positions span .*are they in mm"):
        read_c3d(written(path, ["a", "b"], ["m"]))


@pytest.mark.parametrize("unit", [[], [""], ["inch"]])
def test_a_unit_that_is_not_declared_is_not_guessed(path: Path, unit: list[str]) -> None:
    with pytest.raises(FileFormatError, match=r"walk.c3d, POINT:UNITS: .* is not one of m, cm, mm"):
        read_c3d(written(path, ["a", "b"], unit))


def test_a_rate_of_0(path: Path) -> None:
    content = bytearray(written(path, ["a"], ["mm"]).read_bytes())
    rate = np.float32(100.0).tobytes()
    while (at := content.find(rate)) >= 0:  # in the header and in the parameter
        content[at : at + 4] = bytes(4)
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match=r"POINT:RATE must be above 0 Hz, found 0"):
        read_c3d(path)


@pytest.mark.parametrize("share", np.arange(0.0, 0.9, 0.07).tolist())
def test_a_file_that_is_cut_off(path: Path, share: float) -> None:
    markers = Markers(("a", "b"), np.arange(200) / 100, np.ones((200, 2, 3)))
    write_c3d(path, markers)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(FileFormatError, match=r"walk\.c3d"):
        read_c3d(path)


def test_a_disk_that_fills_without_telling(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ezc3d.c3d, "write", lambda _, name: Path(name).write_bytes(b"half"))
    with pytest.raises(OutputError, match="No space left on device"):
        write_c3d(path, body())
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["s1:RKnee", "s1:LKnee"], ("RKnee", "LKnee")),
        (["s1:RKnee", "s2:RKnee"], ("s1:RKnee", "s2:RKnee")),
        (["RKnee", "lab:s1:LKnee"], ("RKnee", "LKnee")),
    ],
)
def test_the_subject_before_a_label_is_dropped(
    path: Path, labels: list[str], names: tuple[str, ...]
) -> None:
    assert read_c3d(written(path, labels, ["mm"])).names == names


def test_doubled_labels(path: Path) -> None:
    with pytest.raises(FileFormatError, match="found twice: a"):
        read_c3d(written(path, ["a", "a"], ["mm"]))


def test_files_that_are_none(path: Path) -> None:
    with pytest.raises(FileFormatError, match="No such file"):
        read_c3d(path)
    for content in (b"", b"\2", b"PathFileType 4" * 99, bytes(2000)):
        path.write_bytes(content)
        with pytest.raises(FileFormatError, match=r"walk.c3d: it is no C3D file"):
            read_c3d(path)
    path.write_bytes(b"\2P" + np.random.default_rng(2).bytes(200_000))
    with pytest.raises(FileFormatError, match=r"cannot read walk.c3d"):
        read_c3d(path)


@pytest.mark.filterwarnings("ignore:.*positions span")
@pytest.mark.parametrize(
    "unit", ["mm", "Millimeters", "millimetres", "m", "Meters", "cm", "centimetre"]
)
def test_units_in_full(path: Path, unit: str) -> None:
    scale = {"mi": 1e-3, "mm": 1e-3, "m": 1.0, "me": 1.0, "cm": 0.01, "ce": 0.01}[unit[:2].lower()]
    positions = read_c3d(written(path, ["a", "b"], [unit])).positions
    assert positions[0, 1, 2] == pytest.approx(2500 * scale)
