"""Arrays of keypoints: layout, names, unit, rate and axes are declared, never guessed."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.core import Markers
from kinebench.core.keypoints import BODY_25, HRNET_23, OPENCAP_20
from kinebench.errors import FileFormatError, KinebenchWarning, NameNotFoundError, ValueRangeError
from kinebench.io.c3d import write_c3d
from kinebench.io.keypoint_files import read_array, read_markers
from kinebench.io.trc import write_trc

BODY = np.random.default_rng(3).uniform(0.0, 1.8, (7, 25, 3))
DECLARED: dict[str, Any] = {"unit": "m", "rate_hz": 60.0, "keypoint_set": "BODY_25"}


def saved(folder: Path, array: Any) -> Path:
    np.save(folder / "k.npy", array)
    return folder / "k.npy"


def archived(folder: Path, **arrays: Any) -> Path:
    np.savez(folder / "k.npz", **arrays)
    return folder / "k.npz"


def listed(folder: Path, text: str) -> Path:
    (folder / "k.csv").write_text(text)
    return folder / "k.csv"


@pytest.mark.parametrize("array", [BODY, BODY.transpose(2, 1, 0)], ids=["frames first", "OpenCap"])
def test_both_layouts(tmp_path: Path, array: Any) -> None:
    markers = read_markers(saved(tmp_path, array), **DECLARED)
    assert markers.names == BODY_25
    np.testing.assert_array_equal(markers.positions, BODY)
    np.testing.assert_allclose(markers.times, np.arange(7) / 60)


@pytest.mark.parametrize(
    ("keypoint_set", "names"),
    [("BODY_25", BODY_25), ("OPENCAP_20", OPENCAP_20), ("HRNET_23", HRNET_23)],
)
def test_keypoint_sets(tmp_path: Path, keypoint_set: str, names: tuple[str, ...]) -> None:
    path = saved(tmp_path, BODY[:, : len(names)])
    assert read_markers(path, "m", 60.0, keypoint_set).names == names


@pytest.mark.parametrize(("unit", "scale"), [("m", 1.0), ("cm", 100.0), ("mm", 1000.0)])
def test_units(tmp_path: Path, unit: str, scale: float) -> None:
    markers = read_markers(saved(tmp_path, BODY * scale), **(DECLARED | {"unit": unit}))
    np.testing.assert_allclose(markers.positions, BODY, rtol=1e-14)


def test_millimetres_taken_as_metres_are_warned_about_and_kept(tmp_path: Path) -> None:
    path = saved(tmp_path, BODY * 1000)
    with pytest.warns(KinebenchWarning, match=r"k.npy: positions span .* \(are they in mm\?\)"):
        markers = read_markers(path, **DECLARED)
    np.testing.assert_array_equal(markers.positions, BODY * 1000)


@pytest.mark.parametrize(
    ("lacking", "message"),
    [
        ({"unit": None}, "does not declare its unit: name m, cm or mm"),
        ({"rate_hz": None}, "sampling rate above 0 Hz is needed, found None"),
        ({"rate_hz": 0.0}, "sampling rate above 0 Hz is needed, found 0"),
        ({"rate_hz": -60.0}, "found -60"),
        ({"rate_hz": np.inf}, "found inf"),
        ({"rate_hz": np.nan}, "found nan"),
        ({"keypoint_set": None}, "name its keypoint set, one of BODY_25, OPENCAP_20, HRNET_23"),
    ],
)
def test_what_is_not_declared_is_asked_for(
    tmp_path: Path, lacking: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueRangeError, match=message):
        read_markers(saved(tmp_path, BODY), **(DECLARED | lacking))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unit": "inch"}, "no unit 'inch'"),
        ({"keypoint_set": "BODY25"}, r"did you mean 'BODY_25'\?"),
    ],
)
def test_unknown_choices(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(NameNotFoundError, match=message):
        read_markers(saved(tmp_path, BODY), **(DECLARED | change))


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (BODY[:, :24], r"expected \(n_frames, 25, 3\) or \(3, 25, n_frames\), found \(7, 24, 3\)"),
        (BODY[0], r"found \(25, 3\)"),
        (BODY[:, :, :2], r"found \(7, 25, 2\)"),
        (BODY.astype(complex), "holds neither numbers nor texts, but <c16"),
        (BODY.astype(str), "positions are no numbers"),
        (np.where(np.arange(3) == 1, np.nan, BODY), "Nose in frame 1 lacks some components"),
    ],
)
def test_arrays_that_do_not_fit(tmp_path: Path, array: Any, message: str) -> None:
    with pytest.raises(FileFormatError, match=message):
        read_markers(saved(tmp_path, array), **DECLARED)


def test_three_frames_fit_both_layouts(tmp_path: Path) -> None:
    path = saved(tmp_path, BODY[:3])
    with pytest.warns(KinebenchWarning, match="is taken as 3 frames of 25 keypoints"):
        np.testing.assert_array_equal(read_markers(path, **DECLARED).positions, BODY[:3])


def test_pickled_content_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "k.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    np.savez(tmp_path / "k.npz", positions=np.array([print], dtype=object), allow_pickle=True)
    for path in tmp_path.iterdir():
        with pytest.raises(
            FileFormatError, match=r"k\.np.: array 'positions' holds Python objects"
        ):
            read_markers(path, **DECLARED)


@pytest.mark.parametrize("ending", ["npy", "npz", "csv"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"\x80\x04 pickle", b"\xff\xfe"])
def test_broken_files(tmp_path: Path, ending: str, content: bytes) -> None:
    path = tmp_path / f"k.{ending}"
    with pytest.raises(FileFormatError, match=r"cannot read .*k\..*No such file"):
        read_markers(path, **DECLARED)
    path.write_bytes(content)
    with pytest.raises((FileFormatError, NameNotFoundError), match=r"k\."):
        read_markers(path, **DECLARED)


def test_archives_tell_names_times_and_confidence(tmp_path: Path) -> None:
    times = np.array([0.0, 0.1, 0.3])
    confidence = np.full((3, 2), 0.5)
    path = archived(
        tmp_path, positions=BODY[:3, :2], names=["Neck", "Nose"], times=times, confidence=confidence
    )
    with pytest.warns(KinebenchWarning, match="taken as 3 frames"):
        markers = read_markers(path, "m")
    assert markers == Markers(("Neck", "Nose"), times, BODY[:3, :2], confidence)
    path = archived(tmp_path, positions=BODY[:, :2], names=np.array([b"Neck", b"Nose"]))
    assert read_markers(path, "m", 50.0).names == ("Neck", "Nose")


@pytest.mark.parametrize(
    ("arrays", "options", "error", "message"),
    [
        ({"keypoints": BODY}, {}, FileFormatError, "no array 'positions'; it has: keypoints"),
        ({"positions": BODY, "names": ["a"]}, {}, FileFormatError, r"expected \(n_frames, 1, 3\)"),
        (
            {"positions": BODY[:, :2], "names": ["a", "a"], "times": np.arange(7)},
            {},
            FileFormatError,
            "found twice: a",
        ),
        (
            {"positions": BODY[:, :1], "names": ["a"], "times": np.zeros(7)},
            {},
            FileFormatError,
            "must increase strictly",
        ),
        (
            {"positions": BODY[:, :1], "names": ["a"], "times": np.arange(7)},
            {"rate_hz": 60.0},
            ValueRangeError,
            "has times itself",
        ),
        (
            {"positions": BODY, "names": BODY_25},
            {"rate_hz": 60.0, "keypoint_set": "BODY_25"},
            ValueRangeError,
            "has names itself",
        ),
    ],
)
def test_archives_that_do_not_fit(
    tmp_path: Path, arrays: Any, options: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        read_markers(archived(tmp_path, **arrays), "m", **options)


def test_tables(tmp_path: Path) -> None:
    path = listed(tmp_path, "\ufefftime,b_z,b_x,b_y\n0,0.3,0.1,0.2\n0.5,,,\n")
    markers = read_markers(path, "m")
    np.testing.assert_array_equal(markers.position("b"), [[0.1, 0.2, 0.3], [np.nan] * 3])
    assert markers.times.tolist() == [0.0, 0.5]
    path = listed(tmp_path, "frame,b_x,b_y,b_z\n0,1,2,3\n1,1.5,2.5,3.5\n")
    with pytest.warns(KinebenchWarning, match="are they in m"):
        assert read_markers(path, "mm", 10.0).positions[1].tolist() == [[0.0015, 0.0025, 0.0035]]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("time,b_x,b_y", "no column 'b_z'"),
        ("time,b_y,b_z", "no column 'b_x'"),
        ("time,b_x,b_y,b_z,b_q", "column 5, 'b_q': expected time, frame or"),
        ("Uhrzeit,b_x,b_y,b_z", "column 1, 'Uhrzeit'"),
        (",b_x,b_y,b_z", "column 1, without a name"),
        ("time,b_x,b_y,b_z,b_x", "column 'b_x' stands twice"),
        ("time,x", "column 2, 'x': expected time, frame or <name>_x"),
    ],
)
def test_tables_with_other_columns(tmp_path: Path, header: str, message: str) -> None:
    path = listed(tmp_path, f"{header}\n{','.join('1' * len(header.split(',')))}\n")
    with pytest.raises((FileFormatError, NameNotFoundError), match=message):
        read_markers(path, "m", 10.0)


def test_tables_with_text(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match=r"k\.csv, line 2, field 'b_x': 'x' is not a number"):
        read_markers(listed(tmp_path, "time,b_x,b_y,b_z\n0,x,1,1\n"), "m")


@pytest.mark.parametrize(
    ("axes", "turned"),
    [
        ("+x+y+z", [1.0, 2.0, 3.0]),
        ("+x-y-z", [1.0, -2.0, -3.0]),
        ("+y+z+x", [2.0, 3.0, 1.0]),
        ("+x+z-y", [1.0, 3.0, -2.0]),
        ("+X+Z-Y", [1.0, 3.0, -2.0]),
        ("Z-up", [1.0, 3.0, -2.0]),
    ],
)
def test_axes(tmp_path: Path, axes: str, turned: list[float]) -> None:
    array = np.full((2, 25, 3), [1.0, 2.0, 3.0])
    array[1] = np.nan
    markers = read_markers(saved(tmp_path, array), **DECLARED, axes=axes)
    assert markers.positions[0, 0].tolist() == turned
    assert markers.missing[1].all()


@pytest.mark.parametrize("axes", ["-x+y+z", "+x+y-z", "+x+z+y", "-x-y-z"])
def test_mirrored_axes_are_refused(tmp_path: Path, axes: str) -> None:
    with pytest.raises(ValueRangeError, match="mirror the body: left would become right"):
        read_markers(saved(tmp_path, BODY), **DECLARED, axes=axes)


@pytest.mark.parametrize("axes", ["", "xyz", "+x+y", "+x+x+z", "z", "+x+y*z", "x+y+z+", "+x+y+z+x"])
def test_axes_that_are_none_are_refused(tmp_path: Path, axes: str) -> None:
    with pytest.raises(ValueRangeError, match="must name forward, up and right"):
        read_markers(saved(tmp_path, BODY), **DECLARED, axes=axes)


def test_files_that_declare_themselves(tmp_path: Path) -> None:
    markers = Markers(("a", "b"), np.arange(4) / 10, BODY[:4, :2])
    write_trc(tmp_path / "t.trc", markers)
    write_c3d(tmp_path / "t.c3d", markers)
    for name in ("t.trc", "t.c3d"):
        turned = read_markers(tmp_path / name, axes="+x+z-y").positions
        np.testing.assert_allclose(turned[..., 1], markers.positions[..., 2], atol=1e-6)
        for option in ({"unit": "m"}, {"rate_hz": 10.0}, {"keypoint_set": "BODY_25"}):
            with pytest.raises(ValueRangeError, match=r"declares its .* itself; leave it out"):
                read_markers(tmp_path / name, **option)


def test_unknown_endings(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match=r"no reader for '.json'; valid are .trc, .c3d"):
        read_markers(tmp_path / "k.json")
    np.savetxt(tmp_path / "k.npy", BODY[0])
    with pytest.raises(FileFormatError, match="cannot read"):
        read_array(tmp_path / "k.npy", "m", 60.0, "BODY_25")


@pytest.mark.parametrize("name", ["k.npy", "k.npz"])
def test_a_header_that_asks_for_a_terabyte(tmp_path: Path, name: str) -> None:
    head = b"{'descr': '<f8', 'fortran_order': False, 'shape': (221474836483, 25, 3)}"
    content = b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head
    if name == "k.npz":
        with zipfile.ZipFile(tmp_path / name, "w") as zipped:
            zipped.writestr("positions.npy", content)
    else:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(FileFormatError, match=r"cannot read k\.np.: its header announces"):
        read_markers(tmp_path / name, **DECLARED)


def test_names_that_are_no_characters(tmp_path: Path) -> None:
    names = np.frombuffer(b"\xff\xff\xff\x7f" * 25, "<U1")
    path = archived(tmp_path, positions=BODY, names=names)
    with pytest.raises(FileFormatError, match="characters that do not exist"):
        read_markers(path, "m", 60.0)


SEEN: dict[str, Any] = {"positions": BODY[:4, :2], "names": ["Neck", "Nose"]}


@pytest.mark.parametrize("name", ["frame", "frames", "Frame_Number", "frame_idx"])
def test_frame_numbers_by_any_name_tell_the_times(tmp_path: Path, name: str) -> None:
    path = archived(tmp_path, **SEEN, **{name: [0, 1, 5, 6]})
    assert read_markers(path, "m", 60.0).times.tolist() == pytest.approx([0, 1 / 60, 5 / 60, 0.1])


@pytest.mark.parametrize("name", ["time", "times", "Timestamps", "t"])
def test_times_by_any_name(tmp_path: Path, name: str) -> None:
    path = archived(tmp_path, **SEEN, **{name: [0.0, 0.1, 0.2, 0.4]})
    assert read_markers(path, "m").times.tolist() == [0.0, 0.1, 0.2, 0.4]
    with pytest.raises(ValueRangeError, match="has times itself"):
        read_markers(path, "m", 60.0)


def test_two_arrays_of_times_are_refused(tmp_path: Path) -> None:
    path = archived(tmp_path, **SEEN, time=[0.0, 0.1, 0.2, 0.3], times=[0.0, 1.0, 2.0, 3.0])
    with pytest.raises(FileFormatError, match=r"k\.npz has two arrays of times; leave one out"):
        read_markers(path, "m")


def test_an_archive_that_states_its_rate_needs_none_and_is_not_contradicted(tmp_path: Path) -> None:
    path = archived(tmp_path, **SEEN, fps=50.0)
    assert read_markers(path, "m").rate_hz == pytest.approx(50.0)
    assert read_markers(path, "m", 50.0).rate_hz == pytest.approx(50.0)
    with pytest.raises(ValueRangeError, match="states its rate, 50 Hz, but 60 Hz was declared"):
        read_markers(path, "m", 60.0)


def test_an_archive_that_states_its_unit_is_not_contradicted(tmp_path: Path) -> None:
    path = archived(tmp_path, **(SEEN | {"positions": 1e3 * BODY[:4, :2]}), units="mm")
    np.testing.assert_allclose(read_markers(path, "mm", 60.0).positions, BODY[:4, :2])
    with pytest.raises(ValueRangeError, match="states its unit, 'mm', but m was declared"):
        read_markers(path, "m", 60.0)


def test_confidence_of_zero_is_missing(tmp_path: Path) -> None:
    confidence = np.full((4, 2), 0.9)
    confidence[1:3, 1] = 0.0
    path = archived(tmp_path, **SEEN, confidence=confidence)
    with pytest.warns(KinebenchWarning, match="2 positions of confidence 0 are taken as missing, "):
        markers = read_markers(path, "m", 60.0)
    np.testing.assert_array_equal(markers.missing, confidence == 0)


def test_a_confidence_that_is_zero_throughout_says_nothing(tmp_path: Path) -> None:
    path = archived(tmp_path, **SEEN, confidence=np.zeros((4, 2)))
    assert not read_markers(path, "m", 60.0).missing.any()


@pytest.mark.parametrize("name", ["time_ms", "Time (ms)", "time[ms]"])
def test_times_in_milliseconds_that_say_so(tmp_path: Path, name: str) -> None:
    path = listed(tmp_path, f"{name},Neck_x,Neck_y,Neck_z\n0,1,2,3\n20,1,2,3\n")
    assert read_markers(path, "m").times.tolist() == [0.0, 0.02]


@pytest.mark.parametrize(
    "name", ["Frame Index", "frame_idx", "FrameNo", "frame_id", "Frame Number"]
)
def test_frame_numbers_of_a_table_by_any_name(tmp_path: Path, name: str) -> None:
    path = listed(tmp_path, f"{name},Neck_x,Neck_y,Neck_z\n3,1,2,3\n9,1,2,3\n")
    assert read_markers(path, "m", 60.0).times.tolist() == [0.05, 0.15]


@pytest.mark.parametrize(
    ("factor", "cure"), [(1e3, "times in ms"), (60.0, "frame numbers"), (1 / 60, "in minutes")]
)
def test_times_in_another_unit_are_told(tmp_path: Path, factor: float, cure: str) -> None:
    times = np.arange(30) / 60 * factor
    path = archived(
        tmp_path, positions=np.tile(BODY[:1, :2], (30, 1, 1)), names=["a", "b"], t=times
    )
    with pytest.warns(KinebenchWarning, match=rf"frames per second; .*{cure}"):
        read_markers(path, "m")
