"""TRC files as programs write them, as editors spoil them, and as they must not be."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from kinebench.core import Markers
from kinebench.errors import FileFormatError, KinebenchError, KinebenchWarning, ValueRangeError
from kinebench.io.trc import read_trc, trc_text, write_trc

KEYS = "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame"
LINES = (
    "PathFileType\t4\t(X/Y/Z)\tC:\\Users\\lab user\\squat.trc",
    f"{KEYS}\tOrigNumFrames",
    "10\t10\t3\t2\tm\t10\t1\t3",
    "Frame#\tTime\tRKnee\t\t\tL.Knee 2\t\t",
    "\t\tX1\tY1\tZ1\tX2\tY2\tZ2",
    "",
    "1\t0.0\t0.5\t1.25\t-0.5\t0.1\t0.2\t0.3",
    "2\t0.1\t7.7E-4\t1\t-.5\t\t\t",
    "3\t0.2\t1e0\t+2\t3.\t0.7\t0.8\t0.9",
)
NAN = np.nan
POSITIONS = [
    [[0.5, 1.25, -0.5], [0.1, 0.2, 0.3]],
    [[7.7e-4, 1.0, -0.5], [NAN, NAN, NAN]],
    [[1.0, 2.0, 3.0], [0.7, 0.8, 0.9]],
]


def changed(*replacements: tuple[int, str]) -> list[str]:
    """The lines with some of them, counted from 1, replaced."""
    lines = list(LINES)
    for number, line in replacements:
        lines[number - 1] = line
    return lines


def encoded(lines: list[str] | tuple[str, ...], end: str = "\n") -> bytes:
    return (end.join(lines) + end).encode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "squat.trc"


VARIANTS = {
    "as OpenSim writes it": encoded(LINES),
    "CRLF": encoded(LINES, "\r\n"),
    "CR": encoded(LINES, "\r"),
    "byte-order mark": b"\xef\xbb\xbf" + encoded(LINES),
    "no end of the last line": encoded(LINES)[:-1],
    "blank lines at the end": encoded(LINES) + b"\n \n\t\t\n",
    "no blank line": encoded(LINES[:5] + LINES[6:]),
    "tabs in the blank line": encoded(changed((6, "\t\t\t\t\t\t\t"))),
    "two blank lines": encoded([*LINES[:6], "", *LINES[6:]]),
    "a trailing tab": encoded([line + "\t" if line else line for line in LINES]),
    "three trailing tabs": encoded([line + "\t\t\t" if line else line for line in LINES]),
    "repeated tabs in the header": encoded(changed((3, "10\t\t10\t\t3\t\t2\t\tm\t10\t1\t\t3"))),
    "spaces in the header": encoded(changed((3, "10 10\t 3\t 2\t  m\t10\t1\t3 "))),
    "counts as decimals": encoded(changed((3, "10.0\t10.0\t3.0\t2.0\tm\t10.0\t1\t3"))),
    "padded cells": encoded(changed((7, "1\t 0.0 \t  0.5\t1.25 \t-0.5\t 0.1\t0.2\t0.3"))),
    "spaces in blank cells": encoded(changed((8, "2\t0.1\t7.7E-4\t1\t-.5\t \t  \t "))),
    "NaN as text": encoded(changed((8, "2\t0.1\t7.7E-4\t1\t-.5\tNaN\tnan\tNAN"))),
    "a row separated by spaces": encoded(changed((7, "1 0.0 0.5  1.25 -0.5 0.1 0.2 0.3"))),
    "a row with repeated tabs": encoded(
        changed((7, "1\t\t0.0\t\t0.5\t\t1.25\t\t-0.5\t\t0.1\t\t0.2\t\t0.3"))
    ),
    "a blank frame number": encoded(changed((8, "\t0.1\t7.7E-4\t1\t-.5\t\t\t"))),
    "the first frame number blank": encoded(changed((7, "\t0.0\t0.5\t1.25\t-0.5\t0.1\t0.2\t0.3"))),
}


@pytest.mark.parametrize("content", VARIANTS.values(), ids=VARIANTS.keys())
def test_what_other_programs_write_is_read(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    expected = Markers(("RKnee", "L.Knee 2"), np.array([0.0, 0.1, 0.2]), np.array(POSITIONS))
    assert read_trc(path) == expected
    assert read_trc(str(path)).frame == "ground"


@pytest.mark.parametrize("unit", ["mm", "MM", "millimeters", "cm", "m", "Meters"])
def test_the_declared_unit_counts(path: Path, unit: str) -> None:
    scale = {"m": 1.0, "c": 100.0}.get(unit[0], 1.0) if unit in ("m", "cm", "Meters") else 1000.0
    rows = [
        f"{n + 1}\t{n / 10}\t" + "\t".join(f"{v * scale}" for v in np.ravel(frame))
        for n, frame in enumerate(np.nan_to_num(POSITIONS, nan=0.3456789))
    ]
    header = LINES[2].replace("\tm\t", f"\t{unit}\t")
    path.write_bytes(encoded([*LINES[:2], header, *LINES[3:6], *rows]))
    read = read_trc(path).positions
    np.testing.assert_allclose(read, np.nan_to_num(POSITIONS, nan=0.3456789), atol=1e-12)


FAULTS = {
    "fewer frames": (
        changed((3, "10\t10\t4\t2\tm\t10\t1\t4")),
        "line 3, field 'NumFrames': the he",
    ),
    "more markers": (
        changed((3, "10\t10\t3\t5\tm\t10\t1\t3")),
        "line 3, field 'NumMarkers': the header states 5, found 2 marker names",
    ),
    "half a marker": (changed((3, "10\t10\t3\t2.5\tm\t10\t1\t3")), "'NumMarkers': the header"),
    "count infinite": (changed((3, "10\t10\t3\tinf\tm\t10\t1\t3")), "'NumMarkers'"),
    "count NaN": (changed((3, "10\t10\tnan\t2\tm\t10\t1\t3")), "'NumFrames'"),
    "count is text": (changed((3, "10\t10\tmany\t2\tm\t10\t1\t3")), "'many' is not a number"),
    "rate 0": (changed((3, "0\t0\t3\t2\tm\t10\t1\t3")), "'DataRate': must be above 0, found '0'"),
    "rate negative": (changed((3, "-60\t0\t3\t2\tm\t10\t1\t3")), "'DataRate'"),
    "rate NaN": (changed((3, "nan\t0\t3\t2\tm\t10\t1\t3")), "'DataRate': must be above 0"),
    "rate infinite": (changed((3, "inf\t0\t3\t2\tm\t10\t1\t3")), "'DataRate': must be above 0"),
    "rate is text": (changed((3, "fast\t0\t3\t2\tm\t10\t1\t3")), "'fast' is not a number"),
    "unit blank": (changed((3, "10\t10\t3\t2\t\t10\t1\t3")), "line 3, field 'Units': is blank"),
    "unit unknown": (
        changed((3, "10\t10\t3\t2\tinch\t10\t1\t3")),
        "line 3, field 'Units': 'inch' is not one of m, cm, mm",
    ),
    "unit not in the header": (
        changed((2, LINES[1].replace("\tUnits", "")), (3, "10\t10\t3\t2\t10\t1\t3")),
        "line 2: header field 'Units' is missing",
    ),
    "too few header values": (changed((3, "10\t10\t3\t2\tm")), "expected 8 header values.*found 5"),
    "too many header values": (
        changed((3, "10\t10\t3\t2\tm\t10\t1\t3\t9")),
        "expected 8 header values.*found 9",
    ),
    "doubled names": (changed((4, "Frame#\tTime\tRKnee\t\t\tRKnee")), "found twice: RKnee"),
    "no Time": (changed((4, "Frame#\tRKnee\t\t\tLKnee")), "line 4: expected 'Frame#' and 'Time'"),
    "times equal": (
        changed((8, "2\t0.0\t1\t1\t1\t1\t1\t1")),
        r"value 1 is 0 and value 2 is 0 \(frame 1 is line 7\)",
    ),
    "times turn back": (changed((8, "2\t-1\t1\t1\t1\t1\t1\t1")), "must increase strictly"),
    "a time blank": (changed((8, "2\t\t1\t1\t1\t1\t1\t1")), "must be finite; value 2 is nan"),
    "half a marker missing": (
        changed((8, "2\t0.1\t1\t\t1\t1\t1\t1")),
        r"position of RKnee in frame 2 lacks some components.*\(frame 1 is line 7\)",
    ),
    "infinite": (
        changed((8, "2\t0.1\t1\tinf\t1\t1\t1\t1")),
        "line 8, field 'Y of RKnee': 'inf' is infinite",
    ),
    "text": (
        changed((8, "2\t0.1\t1\tx\t1\t1\t1\t1")),
        "line 8, field 'Y of RKnee': 'x' is not a number",
    ),
    "decimal comma": (
        changed((8, "2\t0,1\t1\t1\t1\t1\t1\t1")),
        "line 8, field 'Time': '0,1' is not a number",
    ),
    "underscore": (changed((8, "2\t0.1\t1\t1_0\t1\t1\t1\t1")), "'Y of RKnee': '1_0' is not"),
    "quoted": (changed((8, '2\t0.1\t1\t"1"\t1\t1\t1\t1')), "'Y of RKnee': '\"1\"' is not a"),
    "NA": (
        changed((8, "2\t0.1\t1\tNA\t1\t1\t1\t1")),
        "position of RKnee in frame 2 lacks some components",
    ),
    "two numbers in a cell": (
        changed((8, "2\t0.1\t1 1\t \t1\t1\t1\t1")),
        "line 8, field 'X of RKnee': '1 1' is not a number",
    ),
    "a short row": (changed((8, "2\t0.1\t1\t1\t1")), "line 8: expected 8 fields, found 5"),
    "a long row": (
        changed((8, "2\t0.1\t1\t1\t1\t1\t1\t1\t1")),
        "line 8: expected 8 fields, found 9",
    ),
    "a blank row in the middle": (
        [*LINES[:7], "", *LINES[7:]],
        "'NumFrames': the header states 3, found 4",
    ),
    "no rows": (list(LINES[:6]), "'NumFrames': the header states 3, found 0 rows"),
    "no rows, as stated": (
        changed((3, "10\t10\t0\t2\tm\t10\t1\t0"))[:6],
        "no rows of numbers",
    ),
    "the header alone": (list(LINES[:3]), "before any row of data"),
    "another format": (["Coordinates", "version=1", *LINES], "line 1: a TRC file starts with 'Pa"),
}


@pytest.mark.parametrize(("lines", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_faults_name_file_line_and_field(path: Path, lines: list[str], message: str) -> None:
    path.write_bytes(encoded(lines))
    with pytest.raises(FileFormatError, match=message) as caught:
        read_trc(path)
    assert str(caught.value).startswith("squat.trc")
    assert "\n" not in str(caught.value)


def test_long_recordings_have_the_same_faults(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # pandas reads them, which knows more ways to spell a number
    monkeypatch.setattr("kinebench.io.numbers._LONG", 1)
    for lines, message in FAULTS.values():
        path.write_bytes(encoded(lines))
        with pytest.raises(FileFormatError, match=message):
            read_trc(path)


def test_long_recordings_are_read_alike(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kinebench.io.numbers._LONG", 1)
    for content in VARIANTS.values():
        path.write_bytes(content)
        np.testing.assert_allclose(read_trc(path).positions, POSITIONS, rtol=1e-15)


@pytest.mark.parametrize("content", [b"", b"\n", b"\n\n\n\n\n\n", b"\xef\xbb\xbf"])
def test_empty_files(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match=r"squat.trc, line 1: a TRC file starts with 'Path"):
        read_trc(path)


def test_files_that_are_no_text_or_not_there(path: Path) -> None:
    with pytest.raises(FileFormatError, match=r"cannot read .*squat.trc: No such file"):
        read_trc(path)
    with pytest.raises(FileFormatError, match=r"cannot read .*: Is a directory"):
        read_trc(path.parent)
    path.write_bytes(bytes(range(256)) * 20)
    with pytest.raises(FileFormatError, match=r"squat.trc is no text file: it contains zero bytes"):
        read_trc(path)
    path.write_bytes("\n".join(LINES).encode("utf-16"))
    assert read_trc(path).n_frames == 3


def test_names_beyond_ascii(path: Path) -> None:
    lines = changed((4, "Frame#\tTime\tKnöchel_r\t\t\t左膝\t\t"))
    path.write_bytes(encoded(lines))
    assert read_trc(path).names == ("Knöchel_r", "左膝")
    lines = changed((4, "Frame#\tTime\tKnöchel\t\t\tKnüchel\t\t"))
    path.write_bytes("\n".join(lines).encode("latin-1"))
    assert read_trc(path).names == ("Knöchel", "Knüchel")


@pytest.mark.parametrize(
    ("scale", "unit", "message"),
    [
        (1000.0, "m", r"positions span \d+ m when read as m \(are they in mm\?\); taken as decl"),
        (100.0, "m", r"\(are they in cm\?\)"),
        (1.0, "mm", r"positions span [\d.]+ mm when read as mm \(are they in m\?\)"),
    ],
)
def test_a_magnitude_that_fits_no_person_is_warned_about_and_kept(
    path: Path, scale: float, unit: str, message: str
) -> None:
    body = np.linspace(0.0, 1.7, 90).reshape(5, 6, 3)
    markers = Markers(tuple("abcdef"), np.arange(5) / 10, body * scale)
    path.write_text(trc_text(markers, "t", "m").replace("\tm\t", f"\t{unit}\t"))
    with pytest.warns(KinebenchWarning, match=message) as told:
        read = read_trc(path)
    assert told[0].filename == __file__
    expected = body * scale * (1.0 if unit == "m" else 1e-3)
    np.testing.assert_allclose(read.positions, expected, atol=1e-8)


def test_a_person_is_not_warned_about(path: Path) -> None:
    body = np.linspace(-2.0, 4.0, 90).reshape(5, 6, 3)
    body[:, 2] = NAN
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for positions in (body, np.full_like(body, NAN), np.full_like(body, 0.1)):
            write_trc(path, Markers(tuple("abcdef"), np.arange(5) / 10, positions), "mm")
            read_trc(path)


def test_a_rate_that_the_times_contradict_is_warned_about(path: Path) -> None:
    path.write_bytes(encoded(changed((3, "60\t60\t3\t2\tm\t60\t1\t3"))))
    with pytest.warns(KinebenchWarning, match="DataRate 60 Hz, the time column has 10 Hz") as told:
        assert read_trc(path).rate_hz == 10.0
    assert told[0].filename == __file__


def test_written_files_have_the_form_that_opensim_reads(path: Path) -> None:
    write_trc(
        path,
        Markers(("RKnee", "L.Knee 2"), np.array([0.0, 0.1, 0.2]), np.array(POSITIONS)),
        decimals=2,
    )
    lines = path.read_text().split("\n")
    assert lines[0] == "PathFileType\t4\t(X/Y/Z)\tsquat.trc"
    assert lines[1] == LINES[1]
    assert lines[2] == "10\t10\t3\t2\tm\t10\t1\t3"
    assert lines[3] == LINES[3]
    assert lines[4] == LINES[4]
    assert lines[5] == ""
    assert lines[7] == "2\t0.10000000\t0.00\t1.00\t-0.50\t\t\t"
    assert lines[9:] == [""]


@pytest.mark.parametrize("name", [" a", "a ", "a\u3000"])
def test_names_that_no_trc_can_hold_are_refused(path: Path, name: str) -> None:
    with pytest.raises(ValueRangeError, match="cannot stand in a TRC file"):
        write_trc(path, Markers((name,), np.array([0.0]), np.zeros((1, 1, 3))))
    assert not path.exists()


def test_what_could_not_be_read_again_is_not_written(path: Path) -> None:
    with pytest.raises(ValueRangeError, match="needs markers and frames, found 1 and 0"):
        write_trc(path, Markers(("a",), np.array([]), np.zeros((0, 1, 3))))
    with pytest.raises(ValueRangeError, match="found 0 and 1"):
        write_trc(path, Markers((), np.array([0.0]), np.zeros((1, 0, 3))))
    with pytest.raises(ValueRangeError, match="closer than 2e-8 s"):
        write_trc(path, Markers(("a",), np.array([0.0, 1e-9]), np.zeros((2, 1, 3))))
    with pytest.raises(KinebenchError, match="unit must be 'm' or 'mm', found 'inch'"):
        write_trc(path, Markers(("a",), [0.0], np.zeros((1, 1, 3))), "inch")  # type: ignore[arg-type]
    assert list(path.parent.iterdir()) == []


def test_one_frame(path: Path) -> None:
    markers = Markers(("a",), np.array([0.25]), np.array([[[1.0, 2.0, 3.0]]]))
    write_trc(path, markers, "mm")
    assert read_trc(path) == markers
