"""What `kinebench validate` prints, writes and refuses, of motions with known differences."""

from __future__ import annotations

import csv
import hashlib
import json
import math
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.cli.main import main
from kinebench.core import Markers, Motion
from kinebench.geometry.rotations import rotation_about_vertical
from kinebench.io.mot import write_motion
from kinebench.io.trc import write_trc
from kinebench.lab import Population, record
from kinebench.lab.body import generic_body
from kinebench.lab.motions.squat import Squat

NAMES = (
    "pelvis_tilt", "pelvis_list", "pelvis_rotation", "pelvis_tx", "pelvis_ty", "pelvis_tz",
    "hip_flexion_r", "knee_angle_r", "knee_angle_l",
)  # fmt: skip
OFF_DEG = {"hip_flexion_r": 3.0, "knee_angle_l": -2.0}
LAG_S, YAW_DEG, SHIFT_M = 0.5, 10.0, (0.2, 0.05, -0.3)


def squats() -> Motion:
    """With an upright pelvis, so that its rotation is that of the body about the vertical."""
    motion = record(Population().subject(8), Squat(repetitions=2)).true_motion.select(NAMES)
    upright = ~np.isin(NAMES, ("pelvis_tilt", "pelvis_list"))
    return replace(motion, values=motion.values * upright)


def filmed(mocap: Motion) -> Motion:
    """Late, turned and moved in the laboratory, and wrong by constants."""
    values = mocap.values.copy()
    column = {name: i for i, name in enumerate(NAMES)}
    for name, degrees in OFF_DEG.items():
        values[:, column[name]] += math.radians(degrees)
    values[:, column["pelvis_rotation"]] += math.radians(YAW_DEG)
    place = [column[name] for name in ("pelvis_tx", "pelvis_ty", "pelvis_tz")]
    values[:, place] = values[:, place] @ rotation_about_vertical(math.radians(YAW_DEG)).T + SHIFT_M
    return replace(mocap, values=values, times=mocap.times + LAG_S)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("motions")
    mocap = squats()
    write_motion(folder / "squats.mot", mocap)
    write_motion(folder / "video.mot", filmed(mocap))
    return str(folder / "squats.mot"), str(folder / "video.mot")


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["validate", *arguments]) == 0
    return capsys.readouterr().out


def found(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(printed(capsys, *arguments, "--json"))
    return content


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["validate", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    line: str = err.splitlines()[-1]
    return line.removeprefix("kinebench validate: ")


def flat(text: str) -> str:
    return " ".join(text.split())


def test_lag_frame_and_errors_are_printed(files, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    lines = printed(capsys, *files).splitlines()
    assert lines[:6] == [
        "video − mocap: squats",
        "",
        "                                          without",
        "                                without     joint",
        "item                unit  RMSE   offset  rotation",
        "─────────────────────────────────────────────────",
    ]
    rows = {row[0]: row[1:] for row in map(str.split, lines[6 : lines.index("", 6)])}
    assert rows["hip_flexion_r"] == ["°", "3.00", "0.00", "0.00"]
    assert rows["knee_angle_l"] == ["°", "2.00", "0.00", "0.00"]
    assert rows["knee_angle_r"] == ["°", "0.00", "0.00", "0.00"]
    # of three angles 3 and 2 degrees
    assert "mean, legs          °     1.67     0.00      0.00" in lines
    told = lines[lines.index("", 6) + 1 :]
    assert told[:5] == [
        "note: video: file, video.mot",
        "note: joint axes: those of LaiUhlrich2022 and Rajagopal2016 are assumed",
        "clock: the video is late by +0.500 s; searched -3.03 to +4.03 s; confidence high",
        "clock: the leg angles: +0.500 s, correlation 1.000",
        "clock: the pelvis's movement: +0.500 s, correlation 1.000",
    ]
    assert any(line.startswith("frame: yaw -10.00°") for line in told)
    assert max(map(len, lines)) <= 120
    assert lines[-1].endswith(".")
    place = next(i for i, line in enumerate(lines) if line.startswith("methods: The video's clock"))
    assert lines[place - 1] == ""


def test_lines_are_as_wide_as_the_terminal_and_hang(files, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "72")
    narrow = printed(capsys, *files, "--lag", "0.5")
    assert max(len(line) for line in narrow.splitlines()) <= 72
    hanging = [line for line in narrow.splitlines() if line.startswith("  ") and line[2] != " "]
    assert hanging
    monkeypatch.setenv("COLUMNS", "20")
    lines = printed(capsys, *files, "--lag", "0.5").splitlines()
    told = [line for line in lines if line.startswith("note: ")]
    assert max(map(len, told)) in range(30, 41)


def test_json_holds_clock_frame_and_errors_in_si_units(files, capsys):
    content = found(capsys, *files, "--coordinates", "hip_flexion_r,pelvis_tx,knee_angle_l")
    assert list(content) == [
        "remarks", "clock", "frame", "errors", "joint_rotations_rad", "comparison",
    ]  # fmt: skip
    assert [remark["code"] for remark in content["remarks"]] == ["video", "joint axes"]
    clock = content["clock"]
    assert clock["lag_s"] == pytest.approx(LAG_S, abs=1e-6)
    assert (clock["given"], clock["confidence"]) == (False, "high")
    # half of a recording of 7.07 s, to both sides of the lag with which both start together
    assert clock["searched_s"] == pytest.approx([-3.033, 4.033], abs=1e-3)
    assert clock["rival_s"] is None
    assert clock["drift_s"] == pytest.approx(0, abs=1e-5)
    assert clock["wander_s"] == pytest.approx(0, abs=1e-5)
    assert [s["name"] for s in clock["signals"]] == ["the leg angles", "the pelvis's movement"]
    for signal in clock["signals"]:
        assert signal["lag_s"] == pytest.approx(LAG_S, abs=1e-6)
        assert signal["best_lag_s"] == pytest.approx(LAG_S, abs=1e-6)
        assert signal["correlation"] == pytest.approx(1, abs=1e-6)
    frame = content["frame"]
    # the video is turned back, and moved back by as much as it then is away
    assert math.degrees(frame["yaw_rad"]) == pytest.approx(-YAW_DEG, abs=1e-3)
    back = -rotation_about_vertical(math.radians(-YAW_DEG)) @ SHIFT_M
    assert frame["translation_m"] == pytest.approx(list(back), abs=1e-4)
    assert frame["part_s"] == pytest.approx([0, 3.483], abs=1e-3)
    assert frame["rms_m"] == pytest.approx(0, abs=1e-6)
    assert frame["rest_rms_m"] == pytest.approx(0, abs=1e-6)
    rows = {row.pop("item"): row for row in content["errors"]}
    assert rows["hip_flexion_r"]["unit"] == "rad"
    assert rows["hip_flexion_r"]["rmse"] == pytest.approx(math.radians(3), abs=1e-6)
    assert rows["hip_flexion_r"]["without_offset"] == pytest.approx(0, abs=1e-6)
    assert rows["hip_flexion_r"]["without_rotation"] == pytest.approx(0, abs=1e-6)
    assert rows["pelvis_tx"]["unit"] == "m"
    assert rows["pelvis_tx"]["without_rotation"] is None
    figures = content["comparison"]["pairs"][0]["figures"]
    scored = {"hip_flexion_r", "pelvis_tx", "knee_angle_l"}
    assert {row["coordinate"] for row in figures if row["coordinate"] in NAMES} == scored
    bias = {row["coordinate"]: row["value"] for row in figures if row["metric"] == "bias"}
    assert bias["knee_angle_l"] == pytest.approx(math.radians(-2), abs=1e-6)


def test_a_given_lag_and_one_frame_are_not_estimated(files, capsys):
    content = found(capsys, *files, "--lag", "0.5", "--frame", "same")
    assert (content["clock"]["lag_s"], content["clock"]["given"]) == (0.5, True)
    assert content["frame"] is None
    rows = {row["item"]: row for row in content["errors"]}
    assert math.degrees(rows["pelvis_rotation"]["rmse"]) == pytest.approx(YAW_DEG, abs=1e-4)


def test_a_window_and_repetitions_are_scored_alone(files, capsys):
    options = ("--lag", "0.5", "--coordinates", "hip_flexion_r")
    whole = found(capsys, *files, *options)["comparison"]
    part = found(capsys, *files, *options, "--window", "1", "2")["comparison"]
    counts = [of["pairs"][0]["figures"][0]["n"] for of in (whole, part)]
    assert counts == [421, 61]
    (pair,) = found(capsys, *files, *options, "--events", "squat")["comparison"]["pairs"]
    assert len(pair["repetitions"]) == 2


def test_out_holds_report_figures_methods_and_json(files, capsys, tmp_path):
    out, table, page = tmp_path / "deep" / "out", tmp_path / "table.csv", tmp_path / "page.html"
    asked = ("--out", str(out), "--csv", str(table), "--report", str(page))
    text = printed(capsys, *files, *asked)
    assert sorted(path.name for path in out.iterdir()) == [
        "figures.csv", "methods.txt", "reference.mot", "report.html", "validation.json",
        "video.mot",
    ]  # fmt: skip
    assert table.read_bytes() == (out / "figures.csv").read_bytes()
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    bias = {r["coordinate"]: (float(r["value"]), r["unit"]) for r in rows if r["metric"] == "bias"}
    assert bias["hip_flexion_r"] == (pytest.approx(3, abs=1e-4), "°")
    assert {(row["subject"], row["trial"]) for row in rows} == {("subject", "squats")}
    methods = (out / "methods.txt").read_text("utf-8")
    assert methods.endswith(".\n")
    assert flat(text).endswith(f"methods: {flat(methods)}")
    content = json.loads((out / "validation.json").read_text("utf-8"))
    assert content == found(capsys, *files)
    # a comparison alone would take the clocks as one, which they were not
    assert content["comparison"]["methods"] == methods.strip()
    assert (out / "validation.json").read_text("utf-8").endswith("}\n")
    text = page.read_text("utf-8")
    assert text == (out / "report.html").read_text("utf-8")
    for path in map(Path, files):
        assert path.name in text
        assert hashlib.sha256(path.read_bytes()).hexdigest() in text
    assert str(Path(files[0]).parent) not in text


# height and side of a marker, m, and how much of the squat's depth it goes down
BODY = {
    "C7": (1.5, 0.0, 1.0), "r_shoulder": (1.45, 0.2, 1.0), "L_shoulder": (1.45, -0.2, 1.0),
    "r.ASIS": (1.0, 0.12, 0.9), "L.ASIS": (1.0, -0.12, 0.9), "r_knee": (0.5, 0.15, 0.4),
    "L_knee": (0.5, -0.15, 0.4), "r_calc": (0.03, 0.15, 0.0), "L_calc": (0.03, -0.15, 0.0),
}  # fmt: skip


@pytest.fixture(scope="module")
def markers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Markers of somebody who squats; the right knee 20 mm higher; in km; lying on the back."""
    folder = tmp_path_factory.mktemp("markers")
    times = np.arange(240) / 60
    depth = 0.25 * (1 - np.cos(2 * np.pi * times / 4))
    columns = [
        np.stack([0.3 * share * depth, height - share * depth, side + 0 * times], axis=1)
        for height, side, share in BODY.values()
    ]
    mocap = Markers(tuple(BODY), times, np.stack(columns, axis=1))
    off = mocap.positions.copy()
    off[:, list(BODY).index("r_knee"), 1] += 0.02
    written = {
        "mocap": mocap,
        "video": mocap.with_positions(off),
        "small": mocap.with_positions(mocap.positions / 1000),
        "lying": mocap.with_positions(mocap.positions[..., [0, 2, 1]] * [1, -1, 1]),
    }
    for name, each in written.items():
        write_trc(folder / f"{name}.trc", each, decimals=8)
    return {name: str(folder / f"{name}.trc") for name in written}


def test_markers_against_markers_by_distance(markers, capsys):
    options = ("--lag", "0", "--frame", "same")
    content = found(capsys, markers["mocap"], markers["video"], *options)
    rows = {row["item"]: row for row in content["errors"]}
    assert rows["r_knee"]["unit"] == "m"
    assert rows["r_knee"]["rmse"] == pytest.approx(0.02, abs=1e-6)
    assert rows["L_knee"]["rmse"] == pytest.approx(0, abs=1e-6)
    assert content["joint_rotations_rad"] == {}


def test_one_side_too_small_is_refused(markers, capsys):
    said = refused(capsys, markers["small"], markers["video"])
    assert "the mocap" in said
    said = refused(capsys, markers["mocap"], markers["small"])
    assert "the video" in said


def test_markers_matched_by_another_spelling_are_told(markers, capsys, tmp_path):
    text = Path(markers["video"]).read_text("utf-8").replace("\tr_knee\t", "\tr_knee_study\t")
    video = tmp_path / "video.trc"
    video.write_text(text, "utf-8")
    content = found(capsys, markers["mocap"], str(video), "--lag", "0", "--frame", "same")
    (told,) = [one for one in content["remarks"] if one["code"] == "markers matched"]
    assert (told["severity"], told["message"]) == ("note", "markers matched: r_knee=r_knee_study")
    same = found(capsys, markers["mocap"], markers["video"], "--lag", "0", "--frame", "same")
    assert [one["code"] for one in same["remarks"]] == ["video"]


def test_a_map_tells_what_it_knows(markers, capsys, tmp_path):
    own = tmp_path / "own.toml"
    known = [f'"{name}" = ["{name}"]' for name in BODY]
    own.write_text("\n".join(["[markers]", *known[1:]]))
    options = ("--map", str(own), "--lag", "0", "--frame", "same")
    content = found(capsys, markers["mocap"], markers["video"], *options)
    (told,) = [one for one in content["remarks"] if one["code"] == "marker names"]
    assert told["message"] == "mocap: map own knows 8 of 9 markers; left out: C7"
    assert (told["severity"], told["where"]) == ("note", ["C7"])
    own.write_text("\n".join(["[markers]", *known]))
    content = found(capsys, markers["mocap"], markers["video"], *options)
    (told,) = [one for one in content["remarks"] if one["code"] == "marker names"]
    assert (told["message"], told["where"]) == ("mocap: map own knows 9 of 9 markers", [])


def test_whose_axes_are_wrong_is_told(markers, capsys):
    said = refused(capsys, markers["lying"], markers["video"])
    assert said.startswith("the mocap")
    assert "--axes" in said
    assert "--video-axes" not in said
    said = refused(capsys, markers["mocap"], markers["lying"])
    assert said.startswith("the video")
    assert "--video-axes" in said
    options = ("--lag", "0", "--frame", "same")
    # forward, up and right of the file are +x, +z and -y
    content = found(capsys, markers["mocap"], markers["lying"], *options, "--video-axes", "z-up")
    assert {row["item"]: row["rmse"] for row in content["errors"]}["L_knee"] < 1e-6
    content = found(capsys, markers["lying"], markers["video"], *options, "--axes", "z-up")
    assert {row["item"]: row["rmse"] for row in content["errors"]}["L_knee"] < 1e-6


@pytest.mark.parametrize(("side", "option"), [("mocap", "--axes"), ("video", "--video-axes")])
def test_axes_that_were_stated_and_are_wrong(side, option, markers, capsys):
    said = refused(capsys, markers["mocap"], markers["video"], option, "z-up")
    assert said.startswith(f"the {side}")
    assert f"{option} is wrong" in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["MOCAP"], "name the video beside the mocap, or a study with --preset"),
        (
            ["MOCAP", "VIDEO", "--map", "a", "--axes", "z-up"],
            "--map and --axes: only with markers, and squats.mot is a motion",
        ),
        (
            ["MOCAP", "VIDEO", "--scaled-model", "m.osim", "--mass", "70", "--height", "1.7"],
            "--scaled-model: only with markers, and squats.mot is a motion",
        ),
        (
            ["MARKERS", "VIDEO"],
            "mocap.trc is markers and the video a motion: give --static-mocap FILE, to scale a"
            " model and solve inverse kinematics, or --scaled-model FILE",
        ),
        (
            ["MARKERS", "VIDEO", "--static-mocap", "MARKERS"],
            "--mass and --height are needed: scaling uses them",
        ),
        (
            ["MARKERS", "VIDEO", "--static-mocap", "MARKERS", "--height", "1.7"],
            "--mass and --height are needed: scaling uses them",
        ),
    ],
)  # fmt: skip
def test_a_refusal_is_one_line(options, said, files, markers, capsys):
    named = {"MOCAP": files[0], "VIDEO": files[1], "MARKERS": markers["mocap"]}
    assert refused(capsys, *(named.get(word, word) for word in options)) == said


def test_nothing_is_written_over_what_is_read(files, capsys):
    before = Path(files[1]).read_bytes()
    said = refused(capsys, *files, "--csv", files[1])
    assert "video.mot" in said
    assert Path(files[1]).read_bytes() == before


def test_what_a_mass_and_a_height_are_is_asked_twice(files, capsys):
    said = refused(capsys, *files, "--mass", "320", "--height", "1.7")
    assert said.endswith("; where it is right nevertheless, say so with --sure")
    printed(capsys, *files, "--mass", "320", "--height", "1.7", "--sure", "--lag", "0.5")


def test_the_model_of_a_session_tells_its_joint_axes(files, capsys, tmp_path):
    kinematics = tmp_path / "OpenSimData" / "Kinematics"
    kinematics.mkdir(parents=True)
    shutil.copy(files[1], kinematics / "squats.mot")
    model = tmp_path / "OpenSimData" / "Model" / "body_scaled.osim"
    model.parent.mkdir()
    (tmp_path / "MarkerData").mkdir()
    times = np.arange(9) / 60
    write_trc(tmp_path / "MarkerData" / "squats.trc", Markers(("a",), times, np.ones((9, 1, 3))))
    model.write_bytes(generic_body().model.xml)
    (tmp_path / "sessionMetadata.yaml").write_text("mass_kg: 70.0\nheight_m: 1.75\nsubjectID: s7\n")
    content = found(capsys, files[0], str(tmp_path), "--lag", "0.5")
    assert [one["message"] for one in content["remarks"]][:1] == [
        "video: OpenCap session, squats.mot"
    ]
    assert "joint axes" not in [one["code"] for one in content["remarks"]]
    assert content["comparison"]["pairs"][0]["subject"] == "s7"


def test_the_help_shows_examples(capsys):
    assert main(["validate", "--help"]) == 0
    text = capsys.readouterr().out
    assert "  kinebench validate walking1.mot walking1_video.mot --report walk.html\n" in text


def test_the_name_of_a_public_session_is_its_place(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    places = {Path("opencap-session-subject0"): Path(files[1])}
    monkeypatch.setattr("kinebench.cli.planning.session_place", lambda named: places[named])
    assert main(["validate", files[0], "opencap-session-subject0"]) == 0
    assert "clock: the video is late by +0.500 s" in " ".join(capsys.readouterr().out.split())
