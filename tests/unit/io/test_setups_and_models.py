"""Set-ups of OpenSim's tools, and models."""

from __future__ import annotations

from pathlib import Path

import pytest

from kinebench.core.ik_tasks import CoordinateTask
from kinebench.errors import FileFormatError, ModelError
from kinebench.io.models import read_document, read_model
from kinebench.io.setups import parse_ik_tasks, read_ik_tasks, read_time_range
from kinebench.io.xml import parse_xml

SETUP = """<?xml version="1.0" encoding="UTF-8"?>
<OpenSimDocument Version="40000"><InverseKinematicsTool><IKTaskSet><objects>
  <IKMarkerTask name="r_knee"><apply>true</apply><weight> 30 </weight></IKMarkerTask>
  <IKMarkerTask name="l_knee"><apply>false</apply><weight>30</weight></IKMarkerTask>
  <IKMarkerTask name="C7"/>
  <IKMarkerTask name="idle"><weight>0</weight></IKMarkerTask>
  <IKCoordinateTask name="knee_angle_r"><apply> True </apply><weight>0.1</weight>
    <value_type>manual_value</value_type><value>0.0873</value></IKCoordinateTask>
  <IKCoordinateTask name="mtp_angle_r"><weight>2</weight></IKCoordinateTask>
  <IKCoordinateTask name="off"><apply>false</apply><weight>1</weight></IKCoordinateTask>
  <IKCoordinateTask name="weightless"><value_type>from_file</value_type></IKCoordinateTask>
</objects></IKTaskSet></InverseKinematicsTool></OpenSimDocument>"""


def put(folder: Path, text: str | bytes) -> Path:
    path = folder / "setup.xml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_tasks_of_an_ik_set_up(tmp_path: Path) -> None:
    tasks = read_ik_tasks(put(tmp_path, SETUP))
    assert tasks.weights == {"r_knee": 30.0, "C7": 1.0}
    assert tasks.coordinate_tasks == (
        CoordinateTask("knee_angle_r", 0.1, 0.0873),
        CoordinateTask("mtp_angle_r", 2.0, None),
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<weight> 30 </weight>", "<weight>much</weight>", "task 'r_knee': weight 'much' is not a"),
        ("<weight> 30 </weight>", "<weight>-1</weight>", "setup.xml: weight of r_knee must be fin"),
        ("<weight> 30 </weight>", "<weight>nan</weight>", "setup.xml: weight of r_knee"),
        ("manual_value", "from_file", "'knee_angle_r': value_type 'from_file' is not supported"),
        ("0.0873", "x", "task 'knee_angle_r': value 'x' is not a number"),
        ("0.0873", "nan", "coordinate task 'knee_angle_r': value nan is no angle in rad"),
        ("0.0873", "-inf", "coordinate task 'knee_angle_r': value -inf is no angle in rad"),
        ("0.0873", "1e5", "coordinate task 'knee_angle_r': value 100000 is no angle in rad"),
        (
            "<weight> 30 </weight>",
            "<weight>1e13</weight>",
            "'r_knee': weight 1e.13 is beyond 1e.12",
        ),
        ('name="C7"', 'name=" "', "setup.xml: a task .IKMarkerTask. has no name"),
        (
            'name="C7"',
            'name="r_knee"',
            "setup.xml: r_knee has two tasks .IKMarkerTask.; remove one",
        ),
        (
            'name="mtp_angle_r"',
            'name="knee_angle_r"',
            "knee_angle_r has two tasks .IKCoordinateTask",
        ),
        ("<objects>", "<objects", "setup.xml is no valid XML"),
        ("</OpenSimDocument>", "", "setup.xml is no valid XML: no element found, line"),
        ("IKTaskSet", "Tasks", "setup.xml has no IKTaskSet"),
    ],
)
def test_faults_name_file_and_task(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(FileFormatError, match=message):
        read_ik_tasks(put(tmp_path, SETUP.replace(old, new)))


@pytest.mark.parametrize("content", [b"", b"\0\1\2", b"\xff\xfe<\0", b"text"])
def test_what_is_no_xml(content: bytes) -> None:
    with pytest.raises(FileFormatError, match=r"s.xml is no (valid )?XML"):
        parse_xml(content, "s.xml")
    with pytest.raises(FileFormatError):
        parse_ik_tasks(content, "s.xml")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<time_range> 0.5 1.25</time_range>", (0.5, 1.25)),
        ("<time_range>-1 -1</time_range>", None),
        ("<time_range>-Inf Inf</time_range>", None),
        ("<time_range>2 1</time_range>", None),
        ("<time_range>1</time_range>", None),
        ("<time_range/>", None),
        ("", None),
    ],
)
def test_time_ranges(tmp_path: Path, text: str, expected: tuple[float, float] | None) -> None:
    assert read_time_range(put(tmp_path, f"<ScaleTool>{text}</ScaleTool>")) == expected


def test_time_ranges_that_are_no_numbers(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match=r"setup.xml, time_range: 'from to' is not numbers"):
        read_time_range(put(tmp_path, "<a><time_range>from to</time_range></a>"))
    with pytest.raises(FileFormatError, match="No such file"):
        read_time_range(tmp_path / "no.xml")


def test_models(tmp_path: Path) -> None:
    path = tmp_path / "gait.osim"
    with pytest.raises(
        ModelError, match=r"gait.osim does not exist; its folder has: no .osim file"
    ):
        read_model(path)
    path.write_bytes(b"<OpenSimDocument><Model/></OpenSimDocument>")
    model = read_model(str(path))
    assert (model.name, model.xml) == ("gait", path.read_bytes())
    with pytest.raises(ModelError, match=r"gate.osim does not exist; its folder has: gait.osim"):
        read_model(tmp_path / "gate.osim")
    with pytest.raises(ModelError, match=r"x.osim does not exist; its folder has: no .osim file"):
        read_model(tmp_path / "no" / "x.osim")
    with pytest.raises(ModelError, match=r"model .* is a folder; give a file in it: gait.osim"):
        read_model(tmp_path)
    with pytest.raises(ModelError, match="holds no <Model>"):
        read_model(put(tmp_path, SETUP))
    assert read_document(put(tmp_path, SETUP)).name == "setup"


def test_a_set_up_that_tracks_nothing(tmp_path: Path) -> None:
    nothing = SETUP.replace(" 30 ", " 0 ").replace('<IKMarkerTask name="C7"/>', "")
    with pytest.raises(FileFormatError, match=r"setup.xml gives no marker a weight above 0"):
        read_ik_tasks(put(tmp_path, nothing))
