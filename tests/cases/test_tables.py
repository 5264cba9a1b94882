"""CSV as spreadsheets save it, NPZ as pandas gives it, and one answer for words like -nan(ind)."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.cli.main import main
from kinebench.core import Markers
from kinebench.core.keypoints import OPENCAP_20
from kinebench.errors import FileFormatError, KinebenchWarning
from kinebench.io import numbers
from kinebench.io.keypoint_files import read_markers
from kinebench.io.sto import read_table
from kinebench.io.trc import read_trc, trc_text

CASES = Path(__file__).parent
ROWS = [[0.0, 0.5, -1.25, 1e-3], [0.1, 0.625, np.nan, 2.0], [0.2, 0.75, 1.5, -3.0]]


def table(folder: Path, text: str, name: str = "t.csv") -> Path:
    (folder / name).write_text(text, encoding="utf-8", newline="")
    return folder / name


# -- 15: separators -------------------------------------------------------------------------------


def test_case_15_is_read_like_its_twin_with_commas() -> None:
    path = CASES / "15-csv-semicolons" / "squat.csv"
    markers = read_markers(path, "m")
    assert set(OPENCAP_20) <= set(markers.names)
    first = path.read_text(encoding="utf-8-sig").splitlines()[1].replace(",", ".").split(";")
    got = [markers.times[0], *markers.positions[0].ravel()]
    assert got == [float(cell) for cell in first]


PLAIN = "time,b_x,b_y,b_z\n0,1.5,-2,0.25\n0.5,,,\n1,1e-1,.5,-.25\n"
SPELT = {
    "semicolons": PLAIN.replace(",", ";"),
    "tabs": PLAIN.replace(",", "\t"),
    "decimal commas": PLAIN.replace(",", ";").replace(".", ","),
    "tabs and decimal commas": PLAIN.replace(",", "\t").replace(".", ","),
    "Excel's first line": "sep=;\n" + PLAIN.replace(",", ";").replace(".", ","),
    "another separator that it says": "sep=|\n" + PLAIN.replace(",", "|"),
    "CRLF": PLAIN.replace("\n", "\r\n"),
    "quotes": PLAIN.replace("b_x", '"b_x"').replace("1.5", '"1.5"'),
    "quoted decimal commas": PLAIN.replace("1.5", '"1.5"').replace(",", ";").replace(".", ","),
    "blanks": PLAIN.replace(",", ", "),
    "empty rows at the end": PLAIN + ",,,\n,,,\n\n",
    "no last line end": PLAIN[:-1],
    "upper case": PLAIN.replace("time", "Time (s)").replace("_x", "_X").replace("_z", ".Z"),
    "other order": "b_z,b_x,time,b_y\n0.25,1.5,0,-2\n,,0.5,\n-.25,.1,1,.5\n",
}


@pytest.mark.parametrize("text", SPELT.values(), ids=SPELT)
def test_other_spellings_of_one_table(tmp_path: Path, text: str) -> None:
    markers = read_markers(table(tmp_path, text), "m")
    assert markers == read_markers(table(tmp_path, PLAIN, "plain.csv"), "m")
    assert markers.missing.sum() == 1


def test_tables_under_other_endings(tmp_path: Path) -> None:
    plain = read_markers(table(tmp_path, PLAIN), "m")
    for name in ("t.tsv", "t.txt", "T.TSV", "t.CSV"):
        assert read_markers(table(tmp_path, PLAIN.replace(",", "\t"), name), "m") == plain


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PLAIN.replace("1.5", "1,5"), "t.csv, line 2: expected 4 fields, found 5"),
        (PLAIN.replace(",", ";").replace("1.5", "1.234,5"), "'1.234,5' is not a number"),
        (PLAIN.replace(",", "|"), "no comma, semicolon or tab separates the columns"),
        (PLAIN.replace("time", "zeit"), "t.csv, column 1, 'zeit': expected time, frame or"),
        (PLAIN.replace("1.5", "inf"), "line 2, field 'b_x': 'inf' is infinite"),
        ("sep=;\n", "nothing follows"),
        ("", "t.csv: it is empty"),
        (PLAIN.replace("1.5", '"1.5'), "cannot read t.csv: unexpected end of data"),
    ],
)
def test_what_cannot_be_read_gets_a_short_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(FileFormatError) as caught:
        read_markers(table(tmp_path, text), "m")
    assert message in str(caught.value)
    assert len(str(caught.value)) < 160


def test_a_long_header_makes_no_long_line(tmp_path: Path) -> None:
    text = (CASES / "15-csv-semicolons" / "squat.csv").read_text(encoding="utf-8-sig")
    with pytest.raises(FileFormatError) as caught:
        read_markers(table(tmp_path, text.replace(";", "|")), "m")
    assert len(str(caught.value)) < 160


# -- 10: frame numbers ----------------------------------------------------------------------------


def test_case_10_has_its_last_frame_where_the_number_says() -> None:
    path = CASES / "10-csv-frame-numbers-skip" / "squat.csv"
    markers = read_markers(path, "m", 60.0)
    assert markers.times[-1] == pytest.approx(119 / 60)
    assert np.diff(markers.times).max() == pytest.approx(31 / 60)


def framed(frames: Any) -> str:
    rows = [f"{frame},{frame % 16 / 8},0.5,1" for frame in frames]
    return "\n".join(["frame,b_x,b_y,b_z", *rows]) + "\n"


@pytest.mark.parametrize("start", [-3, 0, 1, 1000])
@pytest.mark.parametrize("step", [1, 2])
def test_times_are_frames_over_rate(tmp_path: Path, start: int, step: int) -> None:
    frames = start + step * np.arange(9)
    markers = read_markers(table(tmp_path, framed(frames)), "m", 50.0)
    np.testing.assert_allclose(markers.times, frames / 50)


@given(st.permutations(list(range(12))))
def test_rows_in_any_order_give_one_recording(tmp_path_factory: Any, order: list[int]) -> None:
    folder = tmp_path_factory.mktemp("order")
    plain = read_markers(table(folder, framed(range(12)), "plain.csv"), "m", 10.0)
    path = table(folder, framed(order))
    if order == sorted(order):
        assert read_markers(path, "m", 10.0) == plain
        return
    with pytest.warns(KinebenchWarning, match="not in the order of their frame numbers"):
        assert read_markers(path, "m", 10.0) == plain
    np.savez(
        folder / "t.npz",
        positions=[[[frame / 8, 0.5, 1]] for frame in order],
        names=["b"],
        frames=order,
    )
    with pytest.warns(KinebenchWarning, match="not in the order of their frame numbers"):
        assert read_markers(folder / "t.npz", "m", 10.0) == plain


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        ([0, 1, 2, 1, 3], r"t\.csv: frame 1 stands twice, in rows 2 and 4"),
        ([0, 1, 0, 1], r"t\.csv: frame 0 stands twice, in rows 1 and 3"),
        ([0, 0.5, 1], r"t\.csv: frame numbers must be whole, row 2 has 0\.5"),
        ([0, float("nan"), 1], r"t\.csv: frame numbers must be whole, row 2 has nan"),
    ],
)
def test_doubled_and_broken_frames_are_refused(
    tmp_path: Path, frames: list[float], message: str
) -> None:
    with pytest.raises(FileFormatError, match=message):
        read_markers(table(tmp_path, framed(frames)), "m", 50.0)


def test_frame_numbers_beside_times_must_agree(tmp_path: Path) -> None:
    def both(frames: Any) -> str:
        rows = [f"{frame},{index / 10},0.5,1,1" for index, frame in enumerate(frames)]
        return "\n".join(["frame,time,b_x,b_y,b_z", *rows]) + "\n"

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for frames in ([1, 2, 3, 4], [10, 20, 30, 40], [0, 0, 0, 0]):
            read_markers(table(tmp_path, both(frames)), "m")
    squat = read_trc(CASES / "04-zeros-for-missing" / "squat_nan.trc")
    text = trc_text(squat, "t.trc")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kept = np.delete(np.arange(120), np.arange(40, 70))  # times skip, numbers do not
        (tmp_path / "t.trc").write_text(trc_text(squat.at_frames(kept), "t.trc"))
        read_trc(tmp_path / "t.trc")
    for frames in ([1, 2, 3, 9, 10], [1, 2, 4, 3, 5]):
        with pytest.warns(KinebenchWarning, match="the times count, not the frame numbers"):
            read_markers(table(tmp_path, both(frames)), "m")
    (tmp_path / "t.trc").write_text(text.replace("\n100\t", "\n900\t"))
    with pytest.warns(KinebenchWarning, match=r"frame 99 is followed by 900 within 0\.0167 s"):
        read_trc(tmp_path / "t.trc")


# -- 21: arrays -----------------------------------------------------------------------------------


def test_case_21(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    squat = CASES / "21-npz-names-as-objects" / "squat.npz"
    given = ["--keypoints", str(squat), "--unit", "m", "--mass", "73.7", "--height", "1.752"]
    assert main(["run", *given, "--out", str(tmp_path / "o")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line == (
        "kinebench run: squat.npz: array 'names' holds Python objects, which are not read;"
        " save it as text: names.astype(str)"
    )


ARRAYS: dict[str, Any] = {
    "positions": np.arange(24.0).reshape(4, 2, 3),
    "names": np.array(["Knöchel", "b"]),
    "times": np.arange(4) / 10,
    "confidence": np.full((4, 2), 0.5),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_every_array_of_objects_is_named_with_its_cure(tmp_path: Path, name: str) -> None:
    np.savez(tmp_path / "t.npz", **{**ARRAYS, name: ARRAYS[name].astype(object)}, allow_pickle=True)
    with pytest.raises(FileFormatError, match=rf"t\.npz: array '{name}' .*{name}\.astype\("):
        read_markers(tmp_path / "t.npz", "m")
    np.save(tmp_path / "t.npy", ARRAYS["positions"].astype(object), allow_pickle=True)
    with pytest.raises(FileFormatError, match=r"t\.npy: array 'positions' .*astype\(float\)"):
        read_markers(tmp_path / "t.npy", "m", 60.0, "OPENCAP_20")


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_names_as_bytes(tmp_path: Path, encoding: str) -> None:
    names = np.array([name.encode(encoding) for name in ("Knöchel  ", "b")])
    np.savez(tmp_path / "t.npz", **{**ARRAYS, "names": names})
    assert read_markers(tmp_path / "t.npz", "m").names == ("Knöchel", "b")


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("names", np.array([1, 2]), "names must be text, found int64"),
        ("times", np.array(["0", "1", "2", "3"]), "times must be numbers, found <U1"),
        ("confidence", np.ones((4, 2), bool), "confidence must be numbers, found bool"),
        ("frames", np.array([b"a"] * 4), "frames must be numbers"),
    ],
)
def test_arrays_of_another_kind(tmp_path: Path, name: str, array: Any, message: str) -> None:
    np.savez(tmp_path / "t.npz", **{**ARRAYS, name: array})
    with pytest.raises(FileFormatError, match=message):
        read_markers(tmp_path / "t.npz", "m")


def test_arrays_that_are_not_read_are_named(tmp_path: Path) -> None:
    np.savez(tmp_path / "t.npz", **ARRAYS, shutter=np.arange(4), camera="a")
    with pytest.warns(
        KinebenchWarning, match=r"arrays shutter, camera are not read; known are pos"
    ):
        read_markers(tmp_path / "t.npz", "m")


def test_columns_of_matlab(tmp_path: Path) -> None:
    np.savez(tmp_path / "t.npz", **{**ARRAYS, "times": ARRAYS["times"][:, None]})
    assert read_markers(tmp_path / "t.npz", "m").times.tolist() == ARRAYS["times"].tolist()


# -- 22: words for "no number" --------------------------------------------------------------------

MISSING = [
    "nan", "NaN", "NAN", "-nan", "+nan", "nan(ind)", "-nan(ind)", "nan(snan)", "-nan(snan)",
    "nan(0x8000000000000)", "1.#QNAN", "-1.#QNAN", "1.#QNAN0", "1.#IND", "-1.#IND", "-1.#IND00",
    "1.#SNAN", "1,#QNAN", "NaNQ", "NA", "N/A", "#N/A", "null", "None", "",
]  # fmt: skip
INFINITE = ["inf", "-inf", "Infinity", "-INF", "1.#INF", "-1.#INF00", "1e999"]
NO_NUMBERS = [
    "1_0",
    "0x10",
    "1d5",
    "--1",
    "1e",
    ".",
    "nan(",
    "1.#",
    "1.#QNANX",
    "x",
    "nan nan",
    "-",
    "nana",
]


def trc_with(cell: str) -> str:
    head = (
        "PathFileType\t4\t(X/Y/Z)\tt.trc\n"
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\n60\t60\t3\t2\tm\n"
        "Frame#\tTime\ta\t\t\tb\t\t\n\t\tX1\tY1\tZ1\tX2\tY2\tZ2\n\n"
    )
    rows = [f"{i + 1}\t{i / 60}\t0.1\t0.2\t0.3\t{i}\t0.5\t0.6" for i in range(3)]
    rows[1] = f"2\t{1 / 60}\t0.1\t0.2\t0.3\t{cell}\t{cell}\t{cell}"
    return head + "\n".join(rows) + "\n"


def outcome(read: Any, path: Path) -> Any:
    """What reading gives, or the words in which it is refused."""
    try:
        return read(path)
    except FileFormatError as error:
        return str(error)


@pytest.mark.parametrize("long", [1, 10**9])
@pytest.mark.parametrize("cell", MISSING + INFINITE + NO_NUMBERS)
def test_a_word_means_one_thing_in_all_formats_short_and_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cell: str, long: int
) -> None:
    monkeypatch.setattr(numbers, "_LONG", long)
    (tmp_path / "t.trc").write_text(trc_with(cell))
    (tmp_path / "t.csv").write_text(f"time;b_x;b_y;b_z\n0;1;2;3\n1;{cell};{cell};{cell}\n")
    for ending in ("mot", "sto"):
        (tmp_path / f"t.{ending}").write_text(
            f"t\nnRows=2\nnColumns=3\ninDegrees=yes\nendheader\ntime\ta\tb\n0\t1\t2\n1\t3\t{cell}\n"
        )
    found = {
        "trc": outcome(lambda path: read_trc(path).position("b")[1, 0], tmp_path / "t.trc"),
        "csv": outcome(lambda path: read_markers(path, "m").positions[1, 0, 0], tmp_path / "t.csv"),
        "mot": outcome(lambda path: read_table(path).values[1, 1], tmp_path / "t.mot"),
        "sto": outcome(lambda path: read_table(path).values[1, 1], tmp_path / "t.sto"),
    }
    for ending, got in found.items():
        if cell in MISSING:
            assert isinstance(got, float), (ending, got)
            assert np.isnan(got), ending
        elif cell in INFINITE:
            assert str(got).endswith("is infinite"), (ending, got)
        else:
            assert "is not a number" in str(got) or "fields" in str(got), (ending, got)


@given(
    st.lists(
        st.one_of(
            st.text("0123456789+-.eEnNaAiIfFdDqQ#()x_, ", max_size=8),
            st.sampled_from(MISSING + INFINITE + NO_NUMBERS),
            st.floats(allow_nan=False, allow_infinity=False).map(repr),
        ),
        min_size=4,
        max_size=4,
    )
)
def test_short_and_long_files_agree_on_any_cell(cells: list[str]) -> None:
    rows = ["\t".join(cells).encode(), b"1\t2\t3\t4"]

    def read(long: int) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(numbers, "_LONG", long)
            return outcome(lambda _: numbers.parse_block(rows, "abcd", "t", 1), Path())

    np.testing.assert_equal(read(10**9), read(1))


def test_case_22(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = "abcdefghijklm"
    for name, n_frames in (("short", 600), ("long", 13000)):
        positions = np.full((n_frames, 13, 3), [0.123, 0.2, 0.3])
        positions[500, 0] = np.nan
        text = trc_text(Markers(tuple(names), np.arange(n_frames) / 100, positions), "t")
        text = text.replace("\t\t\t0", "\t-nan(ind)\t-nan(ind)\t-nan(ind)\t0")
        (tmp_path / f"{name}.trc").write_text(text)
    read: list[Markers] = [read_trc(tmp_path / f"{name}.trc") for name in ("short", "long")]
    for markers in read:
        assert np.argwhere(markers.missing).tolist() == [[500, 0]]
    window = ("--window", "4", "6")  # around the frame that lacks a marker, 5 s
    for name in ("short", "long"):
        path = str(tmp_path / f"{name}.trc")
        assert main(["compare", path, path, *window]) == 0, capsys.readouterr().err
