"""The reader of C3D: as ezc3d on sound files, and never beyond a FileFormatError on others."""

from __future__ import annotations

import math
import struct
import warnings
from pathlib import Path
from typing import Any

import ezc3d
import numpy as np
import pytest

from kinebench.errors import FileFormatError
from kinebench.io.c3d import read_c3d, write_c3d
from kinebench.io.c3d_format import parse_c3d

PROCESSORS = {"intel": 84, "dec": 85, "mips": 86}
POINTS = np.random.default_rng(4).uniform(-900, 900, (7, 3, 3)).round()
RESIDUALS = np.array([0, 1, -1, 2, 0, -1, 3])[:, None] * np.ones((1, 3), dtype=int)


def floats(values: Any, processor: str) -> bytes:
    array = np.asarray(values, dtype=np.float32).ravel()
    if processor == "mips":
        return array.astype(">f4").tobytes()
    if processor == "intel":
        return array.astype("<f4").tobytes()
    return (array * np.float32(4)).astype("<f4").view("<u2").reshape(-1, 2)[:, ::-1].tobytes()


def integers(values: Any, processor: str) -> bytes:
    return np.asarray(values).ravel().astype(">i2" if processor == "mips" else "<i2").tobytes()


def entry(number: int, name: str, content: bytes, processor: str) -> bytes:
    size = integers([2 + len(content)], processor)
    return struct.pack("bb", len(name), number) + name.encode() + size + content


def parameter(name: str, kind: int, shape: tuple[int, ...], data: bytes, processor: str) -> bytes:
    content = struct.pack("b", kind) + bytes([len(shape), *shape]) + data + b"\0"
    return entry(1, name, content, processor)


def encoded(processor: str, as_floats: bool, n_analog: int = 0) -> bytes:
    """A C3D file of POINTS, mm, 50 Hz, first frame 11, by the description of the format."""
    scale = -0.5 if as_floats else 0.5
    number = floats if as_floats else integers
    section = b"".join(
        [
            entry(-1, "POINT", b"\0", processor),
            parameter("USED", 2, (), integers([3], processor), processor),
            parameter("SCALE", 4, (), floats([scale], processor), processor),
            parameter("RATE", 4, (), floats([50.0], processor), processor),
            parameter("DATA_START", 2, (), integers([3], processor), processor),
            parameter("UNITS", -1, (4,), b"mm  ", processor),
            parameter("LABELS", -1, (4, 3), b"a   bb  c:d ", processor),
            b"\0",
        ]
    )
    header = bytes([2, 80]) + integers([3, n_analog, 11, 17, 0], processor)
    header += floats([scale], processor) + integers([3, 1 if n_analog else 0], processor)
    header += floats([50.0], processor)
    positions = POINTS if as_floats else POINTS / 0.5
    rows = np.concatenate([positions, RESIDUALS[..., None]], axis=2).reshape(7, -1)
    rows = np.concatenate([rows, np.full((7, n_analog), 5)], axis=1)
    return (
        header.ljust(512, b"\0")
        + (bytes([1, 80, 1, PROCESSORS[processor]]) + section).ljust(512, b"\0")
        + number(rows, processor)
    )


@pytest.mark.parametrize("processor", PROCESSORS)
@pytest.mark.parametrize("as_floats", [True, False])
@pytest.mark.parametrize("n_analog", [0, 4])
def test_every_way_of_writing_numbers(processor: str, as_floats: bool, n_analog: int) -> None:
    content = parse_c3d(encoded(processor, as_floats, n_analog))
    np.testing.assert_array_equal(content.positions, POINTS)
    np.testing.assert_array_equal(content.invalid, RESIDUALS < 0)
    assert content.first_frame == 10
    assert content.parameters["POINT"]["LABELS"] == ("a", "bb", "c:d")
    assert content.parameters["POINT"]["RATE"] == (50.0,)


def test_recordings_as_ezc3d_reads_them(tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    for n_points, n_frames, n_analog in [(3, 10, 0), (2, 9, 5), (300, 4, 0), (1, 1, 1)]:
        made: Any = ezc3d.c3d()
        made["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
        made["parameters"]["POINT"]["RATE"]["value"] = [100.0]
        made["parameters"]["POINT"]["LABELS"]["value"] = [f"m{i}" for i in range(n_points)]
        points = np.ones((4, n_points, n_frames))
        points[:3] = generator.normal(size=(3, n_points, n_frames)) * 500
        made["data"]["points"] = points
        seen = generator.choice([-1.0, 0.0, 1.5, 2.0], size=(1, n_points, n_frames))
        made["data"]["meta_points"]["residuals"] = seen
        if n_analog:
            made["parameters"]["ANALOG"]["LABELS"]["value"] = [f"a{i}" for i in range(n_analog)]
            made["parameters"]["ANALOG"]["RATE"]["value"] = [1000.0]
            made["data"]["analogs"] = generator.normal(size=(1, n_analog, 10 * n_frames))
        made.write(str(tmp_path / "x.c3d"))
        judge: Any = ezc3d.c3d(str(tmp_path / "x.c3d"))
        read = parse_c3d((tmp_path / "x.c3d").read_bytes())
        expected = judge["data"]["points"][:3].transpose(2, 1, 0)
        np.testing.assert_array_equal(read.positions[~read.invalid], expected[~read.invalid])
        residuals = judge["data"]["meta_points"]["residuals"][0].T
        np.testing.assert_array_equal(read.invalid, residuals < 0)


@pytest.mark.parametrize("n_frames", [65534, 65535, 65536, 65600])
def test_recordings_longer_than_the_header_can_count(tmp_path: Path, n_frames: int) -> None:
    from kinebench.core import Markers

    positions = np.random.default_rng(5).uniform(0.1, 1.8, (n_frames, 2, 3))
    write_c3d(tmp_path / "x.c3d", Markers(("a", "b"), np.arange(n_frames) / 100, positions))
    again = read_c3d(tmp_path / "x.c3d")
    assert again.n_frames == n_frames
    np.testing.assert_allclose(again.positions, positions, atol=2e-7)


def test_no_single_byte_does_more_than_raise(tmp_path: Path) -> None:
    # in ezc3d one in twenty of them ended the process
    content = encoded("intel", as_floats=True, n_analog=2)
    path = tmp_path / "x.c3d"
    n_refused = n_same = 0
    # the rest of the header and behind the parameters is not read
    for at in (*range(24), *range(512, 760), *range(1024, 1200)):
        for value in {0, 127, 255, content[at] ^ 1} - {content[at]}:
            path.write_bytes(content[:at] + bytes([value]) + content[at + 1 :])
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    markers = read_c3d(path)
            except FileFormatError as error:
                n_refused += len(str(error)) < 400
            else:
                n_same += 1
                assert 1 <= markers.n_frames <= 7  # fewer than there are may be stated
                assert len(markers.names) == 3
                assert math.isfinite(markers.rate_hz)
    assert n_refused > 200
    assert n_same > 500  # numbers of the points, and bytes that mean nothing


@pytest.mark.parametrize(
    ("at", "value", "message"),
    [
        (2, 4, r"POINT:USED is 3, its header states 4"),
        (16, 4, r"POINT:DATA_START is 3, its header states 4"),
        (515, 83, "processor type 83 is none of 84, 85, 86"),
        (514, 200, "ends after .* bytes, amid its parameters"),
        (8, 99, "cut off: its header states 89 frames, found 7"),
        (8, 3, "holds no points: 3 points, frames 11 to 3"),
        (524, 0xFF, "parameters are damaged"),
    ],
)
def test_contradictions_are_named(tmp_path: Path, at: int, value: int, message: str) -> None:
    content = bytearray(encoded("intel", as_floats=True))
    content[at] = value
    (tmp_path / "x.c3d").write_bytes(content)
    with pytest.raises(FileFormatError, match=f"^cannot read x.c3d: .*{message}"):
        read_c3d(tmp_path / "x.c3d")


def test_an_infinite_position_is_refused(tmp_path: Path) -> None:
    content = bytearray(encoded("intel", as_floats=True))
    content[1024:1028] = struct.pack("<f", math.inf)
    (tmp_path / "x.c3d").write_bytes(content)
    with pytest.raises(FileFormatError, match="position of a in frame 1 is infinite"):
        read_c3d(tmp_path / "x.c3d")


@pytest.mark.parametrize("bits", [0x7FC00000, 0x7FA00000, 0xFF800001])
def test_any_kind_of_nan_is_a_missing_point(tmp_path: Path, bits: int) -> None:
    content = bytearray(encoded("intel", as_floats=True))
    content[1024:1028] = struct.pack("<I", bits)
    (tmp_path / "x.c3d").write_bytes(content)
    assert read_c3d(tmp_path / "x.c3d").missing[0, 0]
