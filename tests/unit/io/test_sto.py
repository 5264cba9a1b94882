"""MOT and STO files of all header generations."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from kinebench.core import Coordinate
from kinebench.errors import FileFormatError, KinebenchWarning, ValueRangeError
from kinebench.io.mot import motion_text, read_motion, read_motion_file, write_motion
from kinebench.io.sto import Table, read_table, table_text

ROWS = "time\tpelvis_tilt\tpelvis_ty\tknee_angle_r\n0\t90\t0.9\t-180\n0.5\t45\t1.0\tnan\n"
COUNTS = "nRows=2\nnColumns=4\n"
NOTE = (
    "\nUnits are S.I. units (second, ...)\nIf the header above contains a line with 'inDegrees'\n"
)
OLD = f"Coordinates\nversion=1\n{COUNTS}inDegrees=yes\n{NOTE}\nendheader\n{ROWS}"
NEW = f"inDegrees=yes\n{COUNTS}DataType=double\nversion=3\nOpenSimVersion=4.6\nendheader\n{ROWS}"
SIMM = f"name squat.mot\ndatacolumns 4\ndatarows 2\notherdata 1\nrange 0 1\nendheader\n{ROWS}"
ANGLES = np.array([[np.pi / 2, 0.9, -np.pi], [np.pi / 4, 1.0, np.nan]])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "squat.mot"


def put(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


VARIANTS = {
    "OpenSim 3": OLD,
    "OpenSim 4": NEW,
    "no counts": NEW.replace(COUNTS, ""),
    "CRLF": OLD.replace("\n", "\r\n"),
    "byte-order mark": "\ufeff" + OLD,
    "spaces around the equals sign": OLD.replace("=", " = "),
    "Yes": OLD.replace("=yes", "=Yes"),
    "endheader in capitals": OLD.replace("endheader", "EndHeader"),
    "blank line under endheader": OLD.replace("endheader\n", "endheader\n\n"),
    "separated by spaces": OLD.replace("\t", "   "),
    "padded": OLD.replace("\t", "\t      "),
    "trailing tabs": OLD.replace("\tknee_angle_r\n", "\tknee_angle_r\t\n").replace(
        "-180\n", "-180\t\n"
    ),
    "a blank cell": OLD.replace("nan", ""),
    "Time": OLD.replace("time\t", "Time\t"),
    "blank lines at the end": OLD + "\n\n",
    "states": NEW.replace("pelvis_tilt", "/jointset/ground_pelvis/pelvis_tilt/value")
    .replace("pelvis_ty", "/jointset/ground_pelvis/pelvis_ty/value")
    .replace("knee_angle_r", "/jointset/walker_knee_r/knee_angle_r/value"),
}


@pytest.mark.parametrize("text", VARIANTS.values(), ids=VARIANTS.keys())
def test_all_generations_give_radians_and_metres(path: Path, text: str) -> None:
    motion = read_motion(put(path, text))
    assert motion.coordinates == (
        Coordinate("pelvis_tilt"),
        Coordinate("pelvis_ty", "translational"),
        Coordinate("knee_angle_r"),
    )
    np.testing.assert_allclose(motion.values, ANGLES, rtol=1e-15)
    np.testing.assert_array_equal(motion.times, [0.0, 0.5])


def test_radians_stay(path: Path) -> None:
    text = OLD.replace("=yes", "=no").replace("90", "1.5").replace("-180", "-3")
    motion = read_motion(put(path, text.replace("45", "0.5")))
    np.testing.assert_array_equal(motion.values, [[1.5, 0.9, -3.0], [0.5, 1.0, np.nan]])


NO_VERSION = OLD.replace("version=1\n", "")
UNSTATED = OLD.replace("inDegrees=yes\n", "")
NEITHER = NO_VERSION.replace("inDegrees=yes\n", "")
SAYS_NO = OLD.replace("=yes", "=no")
DEGREES = {
    "neither version nor inDegrees": (".mot", NEITHER, True, "degrees, as OpenSim does"),
    "neither, in capitals": (".MOT", NEITHER, True, "degrees, as OpenSim does"),
    "neither, .sto": (".sto", NEITHER, False, "radians, as OpenSim does"),
    "no inDegrees": (".mot", UNSTATED, False, "radians, as OpenSim does"),
    "no inDegrees, .sto": (".sto", UNSTATED, False, "radians, as OpenSim does"),
    "version 0": (".mot", UNSTATED.replace("n=1", "n=0"), True, "degrees, as OpenSim does"),
    "version in words": (".mot", UNSTATED.replace("n=1", "n=one"), True, "degrees, as OpenSim"),
    "Version": (".mot", UNSTATED.replace("version", "Version"), True, "degrees, as OpenSim does"),
    "version 3": (".mot", UNSTATED.replace("n=1", "n=3"), False, "radians, as OpenSim does"),
    "SIMM": (".mot", SIMM, True, "degrees, as OpenSim does"),
    "SIMM with a comment": (".mot", f"/* made by SIMM */\n{SIMM}", True, "degrees, as OpenSim"),
    "SIMM, .sto": (".sto", SIMM, False, "radians, as OpenSim does"),
    "no version, yes": (".mot", NO_VERSION, True, ""),
    "no version, yes, .sto": (".sto", NO_VERSION, True, ""),
    "y": (".mot", OLD.replace("=yes", "=Y"), True, ""),
    "no version, no": (".mot", NO_VERSION.replace("=yes", "=no"), False, "'version=1', takes them"),
    "no version, no, .sto": (".sto", NO_VERSION.replace("=yes", "=no"), False, ""),
    "no, in capitals": (".mot", SAYS_NO.replace("=no", "=NO"), False, ""),
    "n": (".mot", SAYS_NO.replace("=no", "=n"), False, ""),
    "in words": (".sto", f"a\nAngles are in degrees.\nendheader\n{ROWS}", True, "radians; they"),
    "in words, and stated": (
        ".sto",
        SAYS_NO.replace("endh", "Angles are in degrees.\nendh"),
        False,
        "",
    ),
}


@pytest.mark.parametrize(("ending", "text", "degrees", "remark"), DEGREES.values(), ids=DEGREES)
def test_degrees_as_stated_or_as_storage_takes_them(
    tmp_path: Path, ending: str, text: str, degrees: bool, remark: str
) -> None:
    text = text.replace("0\t90\t", "0\t3\t").replace("45", "2").replace("-180", "-4")
    path = put(tmp_path / f"squat{ending}", text)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        values = read_motion(path).values[0]
    expected = np.radians([3.0, -4.0]) if degrees else [3.0, -4.0]
    np.testing.assert_allclose(values[[0, 2]], expected)
    assert values[1] == 0.9
    assert [remark in str(one.message) for one in told] == ([True] if remark else [])


@pytest.mark.parametrize("name", [key for key in DEGREES if "words" not in key and "ca" not in key])
def test_storage_takes_the_same_unit_unless_the_remark_says_otherwise(
    tmp_path: Path, name: str
) -> None:
    opensim = pytest.importorskip("opensim")
    ending, text, degrees, remark = DEGREES[name]
    path = put(tmp_path / f"squat{ending}", text)
    opensim.Logger.setLevelString("Off")
    same = "takes them" not in remark
    assert (opensim.Storage(str(path)).isInDegrees() == degrees) == same


def test_degrees_declared_as_radians_are_warned_about_and_kept(path: Path) -> None:
    put(path, OLD.replace("=yes", "=no"))
    with pytest.warns(KinebenchWarning, match="reach 180 rad .are they in degrees") as told:
        motion = read_motion(path)
    assert told[0].filename == __file__
    assert motion.value("pelvis_tilt")[0] == 90.0


def test_a_motion_of_nan_alone_warns_of_nothing(path: Path) -> None:
    text = f"a\nversion=1\ninDegrees=yes\n{COUNTS}endheader\n"
    text += "time\tknee_angle\thip_angle\tpelvis_tx\n0\tnan\tnan\tnan\n1\tnan\tnan\tnan\n"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isnan(read_motion(put(path, text)).values).all()


def test_the_static_motion_of_the_scale_tool(path: Path) -> None:
    joints = "/jointset/ground_pelvis/pelvis"
    text = (
        "static_pose\nversion=1\nnRows=1\nnColumns=6\ninDegrees=no\nendheader\n"
        f"time\t{joints}_tilt/value\t{joints}_tilt/speed\t{joints}_tx/value"
        "\t/forceset/soleus_r/activation\t/jointset/hip_r/hip_flexion_r/value\n"
        "      0.30000000\t     -0.05000000\t      0.00000000\t      1.20000000"
        "\t      0.05000000\t      0.25000000\n"
    )
    found = read_motion_file(put(path, text))
    motion = found.motion
    assert dict(found.left_out) == {
        f"{joints}_tilt/speed": "a speed",
        "/forceset/soleus_r/activation": "a state of a muscle",
    }
    assert motion.names == ("pelvis_tilt", "pelvis_tx", "hip_flexion_r")
    assert [coordinate.kind[0] for coordinate in motion.coordinates] == ["r", "t", "r"]
    np.testing.assert_array_equal(motion.values, [[-0.05, 1.2, 0.25]])


FAULTS = {
    "too few rows": (OLD.replace("nRows=2", "nRows=3"), "'nRows': states 3, found 2 rows of data"),
    "too many columns": (OLD.replace("=4", "=3"), "'nColumns': states 3, found 4 columns"),
    "count is no number": (OLD.replace("=4", "=x"), "'nColumns': states x, found 4 columns"),
    "SIMM's rows": (SIMM.replace("datarows 2", "datarows 5"), "'datarows': states 5, found 2"),
    "SIMM's columns": (SIMM.replace("columns 4", "columns 5"), "'datacolumns': states 5, found 4"),
    "no endheader": (OLD.replace("endheader\n", ""), "no line 'endheader'"),
    "nothing but a header": (OLD.partition("time")[0], "nothing follows 'endheader'"),
    "no rows": (
        OLD.partition("0\t90")[0].replace("nRows=2", "nRows=0"),
        "no rows of numbers",
    ),
    "no time": (
        OLD.replace("time\t", "t\t"),
        "line 11: the first column must be 'time', found 't'",
    ),
    "text": (OLD.replace("45", "4S"), "line 13, field 'pelvis_tilt': '4S' is not a number"),
    "a short row": (OLD.replace("\tnan", ""), "line 13: expected 4 fields, found 3"),
    "times equal": (OLD.replace("0.5\t45", "0\t45"), r"must increase.*\(row 1 is line 12\)"),
    "nothing but two of one name": (
        "a\nendheader\ntime\tq\tq\n0\t1\t1\n",
        "no coordinates; its columns are: q: two columns have this name",
    ),
    "a count of 5000 digits": (
        OLD.replace("nRows=2", "nRows=" + "9" * 5000),
        "'nRows': states 99999999999999999999…, found 2 rows",
    ),
    "a control character": (
        OLD.replace("pelvis_tilt", "pelvis\x1b[31m"),
        r"line 11: the name of column 2, 'pelvis.x1b.31m', holds a control character",
    ),
    "a letter that turns the line around": (
        OLD.replace("pelvis_tilt", "pelvis\u202e"),
        "holds a control character",
    ),
    "speeds": (OLD.replace("Coordinates", "Speeds"), "squat.mot holds speeds, as its first line"),
    "moments": (
        OLD.replace("Coordinates", "Inverse Dynamics Generalized Forces"),
        "holds joint moments",
    ),
    "maybe in degrees": (OLD.replace("=yes", "=maybe"), "'inDegrees': must be yes or no, found 'm"),
    "misspelt inDegrees": (OLD.replace("inDegrees=", "indegrees="), "'indegrees': OpenSim knows"),
    "infinite": (OLD.replace("nan", "-inf"), "line 13, field 'knee_angle_r'.* infinite"),
    "empty": ("", "no line 'endheader'"),
    "no coordinates": (
        "a\nendheader\ntime\t/forceset/soleus_r/activation\n0\t1\n",
        "no coordinates; its columns are: /forceset/soleus_r/activation: a state of a muscle",
    ),
}


@pytest.mark.parametrize(("text", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_faults_name_file_line_and_field(path: Path, text: str, message: str) -> None:
    with pytest.raises(FileFormatError, match=message) as caught:
        read_motion(put(path, text))
    assert str(caught.value).startswith("squat.mot")


def test_missing_and_binary_files(path: Path) -> None:
    with pytest.raises(FileFormatError, match="No such file"):
        read_motion(path)
    path.write_bytes(b"endheader\n\0")
    with pytest.raises(FileFormatError, match="no text file"):
        read_table(path)


def test_wrong_counts_are_warnings_when_asked(path: Path) -> None:
    put(path, OLD.replace("nRows=2", "nRows=3").replace("=4", "=9"))
    with pytest.warns(KinebenchWarning) as told:
        table = read_table(path, strict=False)
    assert [str(one.message).partition("': ")[2] for one in told] == [
        "states 9, found 4 columns",
        "states 3, found 2 rows of data",
    ]
    assert {one.filename for one in told} == {__file__}
    assert table.columns == ("pelvis_tilt", "pelvis_ty", "knee_angle_r")
    assert table.values[0].tolist() == [90.0, 0.9, -180.0]  # as the file has them


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (OLD, "Coordinates"),
        (NEW, ""),
        (SIMM, "squat.mot"),
        ("name=walk\nendheader\n" + ROWS, "walk"),
    ],
)
def test_names_of_tables(path: Path, text: str, name: str) -> None:
    assert read_table(put(path, text)).name == name


def test_header_fields_are_kept_and_cannot_be_changed(path: Path) -> None:
    table = read_table(put(path, NEW))
    assert table.header["OpenSimVersion"] == "4.6"
    with pytest.raises(TypeError):
        table.header["version"] = "4"  # type: ignore[index]


def test_column_names_may_hold_spaces(path: Path) -> None:
    assert read_table(put(path, OLD.replace("pelvis_ty", "R Heel Y"))).columns[1] == "R Heel Y"


def test_written_motions_have_the_form_that_opensim_reads(path: Path) -> None:
    motion = read_motion(put(path, OLD))
    write_motion(path, motion)
    text = path.read_text()
    assert text == motion_text(motion)
    lines = text.split("\n")
    assert lines[:5] == ["Coordinates", "version=1", "nRows=2", "nColumns=4", "inDegrees=yes"]
    assert lines[lines.index("endheader") + 1] == "time\tpelvis_tilt\tpelvis_ty\tknee_angle_r"
    cells = [f"{value:16.8f}" for value in (0.0, 90.0, 0.9, -180.0)]
    assert lines[lines.index("endheader") + 2] == "\t".join(cells)
    again = read_motion(path)
    np.testing.assert_allclose(again.values, motion.values, atol=1e-9)


def test_what_could_not_be_read_again_is_not_written() -> None:
    for table in (
        Table("two\nlines", ("a",), np.array([0.0]), np.array([[1.0]])),
        Table("t", ("a\tb",), np.array([0.0]), np.array([[1.0]])),
        Table("t", (" a",), np.array([0.0]), np.array([[1.0]])),
    ):
        with pytest.raises(ValueRangeError, match="cannot stand in a MOT or STO file"):
            table_text(table)
    with pytest.raises(ValueRangeError, match="closer than"):
        table_text(Table("t", ("a",), np.array([0.0, 1e-9]), np.array([[1.0], [2.0]])))


def test_a_coordinate_that_stands_twice_is_left_out_and_the_others_are_read(path: Path) -> None:
    put(path, OLD.replace("pelvis_tilt", "knee_angle_r"))
    found = read_motion_file(path)
    assert found.motion.names == ("pelvis_ty",)
    assert dict(found.left_out) == {"knee_angle_r": "two columns have this name"}
    with pytest.warns(KinebenchWarning, match="left out: knee_angle_r: two columns"):
        read_motion(path)


def test_the_model_knows_better_than_the_names(path: Path) -> None:
    put(path, OLD.replace("pelvis_tilt", "q_1").replace("pelvis_ty", "soleus_r"))
    found = read_motion_file(path, {"q_1": "translational", "soleus_r": "rotational"})
    assert found.motion.coordinates == (
        Coordinate("q_1", "translational"),
        Coordinate("soleus_r"),
    )
    assert dict(found.left_out) == {"knee_angle_r": "no coordinate of the model"}
    assert found.motion.values[0].tolist() == [90.0, np.radians(0.9)]


def test_a_name_that_does_not_say_what_it_is_is_told(path: Path) -> None:
    put(path, OLD.replace("pelvis_ty", "q_1"))
    with pytest.warns(KinebenchWarning, match=r"whether q_1 \(0.9 to 1\) are angles or lengths"):
        read_motion(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (OLD.replace("0.9", "950"), "translations reach 950 m"),
        (OLD.replace("90", "1").replace("-180", "2").replace("45", "1"), ""),
        (
            OLD.replace("90", "1").replace("-180", "2").replace("45", "1").replace("_ty", "_list"),
            "no angle reaches more than 2°",
        ),
    ],
)
def test_units_that_no_body_reaches_are_told(path: Path, text: str, message: str) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        read_motion(put(path, text))
    assert [message in str(one.message) for one in told] == ([True] if message else [])


def test_names_that_differ_in_case_only_are_told(path: Path) -> None:
    put(path, OLD.replace("pelvis_tilt", "Knee_angle_r"))
    with pytest.warns(KinebenchWarning, match="Knee_angle_r, knee_angle_r differ in upper and"):
        assert read_motion(path).names == ("Knee_angle_r", "pelvis_ty", "knee_angle_r")
