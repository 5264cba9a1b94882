"""A session filmed and measured in one virtual laboratory, and its mocap moved to another one."""

from __future__ import annotations

import json
import math
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.cli.main import main
from kinebench.core import Markers
from kinebench.geometry.rotations import rotation_about_vertical
from kinebench.io.mot import read_motion, write_motion
from kinebench.io.trc import read_trc, write_trc
from kinebench.lab import Population, record
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions.gait import Gait
from kinebench.lab.motions.squat import Squat
from kinebench.studies.sources.lab_session import LabSession

LAG_S, YAW = 2.35, math.radians(130)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("laboratory") / "session"
    lab = LabSession(Population().subject(3), (("squats", Squat()),), errors=two_phones())
    return lab.write(folder, "labvalidation")


def elsewhere(markers: Markers) -> Markers:
    """Z-up, turned, shifted, on another clock, by names that nobody knows."""
    turned = markers.positions @ rotation_about_vertical(YAW).T + np.array([3.0, 0.0, -1.5])
    x, y, z = np.moveaxis(turned, 2, 0)
    names = tuple(f"Anna:P{i:02d}" for i in range(len(markers.names)))
    return Markers(names, markers.times + LAG_S, np.stack([x, -z, y], axis=2))


@pytest.fixture(scope="module")
def mocap(session: Path) -> Path:
    """Files of the other laboratory, in mm, with the map of its names."""
    folder = session.parent / "elsewhere"
    folder.mkdir()
    for name in ("squats", "static1"):
        own = read_trc(session / "MarkerData" / "Mocap" / f"{name}.trc")
        write_trc(folder / f"{name}.trc", elsewhere(own), "mm", 5)
    rows = [f'"{name}" = ["p{i:02d}"]' for i, name in enumerate(own.names)]
    (folder / "own.toml").write_text("\n".join(["[markers]", *rows]), "utf-8")
    shutil.make_archive(str(folder / "OpenCapData_1"), "zip", session.parent, "session")
    return folder


def options(folder: Path) -> list[str]:
    static = folder / "static1.trc"
    return ["--static-mocap", str(static), "--body", "lab", "--engine", "fast", "--trial", "squats"]


def validated(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(["validate", *arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_another_laboratory_changes_no_angle(
    session: Path, mocap: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = session / "MarkerData" / "Mocap"
    plain = validated(capsys, str(own / "squats.trc"), str(session), *options(own))
    moved = validated(
        capsys,
        str(mocap / "squats.trc"),
        str(mocap / "OpenCapData_1.zip"),
        *options(mocap),
        "--map",
        str(mocap / "own.toml"),
        "--axes",
        "Z-UP",
    )
    assert moved["clock"]["lag_s"] == pytest.approx(plain["clock"]["lag_s"] - LAG_S, abs=5e-4)
    yaw = moved["frame"]["yaw_rad"] - plain["frame"]["yaw_rad"]
    assert math.remainder(yaw - YAW, 2 * math.pi) == pytest.approx(0, abs=math.radians(0.05))
    before = {row["item"]: row for row in plain["errors"]}
    assert len(before) > 25
    for row in moved["errors"]:
        bar = math.radians(0.05) if row["unit"] == "rad" else 0.5e-3
        for kind in ("rmse", "without_offset", "without_rotation"):
            if before[row["item"]][kind] is not None:
                assert row[kind] == pytest.approx(before[row["item"]][kind], abs=bar), row["item"]
    # it is an answer: of the legs some degrees, not nothing
    assert math.radians(0.5) < before["knee_angle_r"]["rmse"] < math.radians(12)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["validate", *arguments]) == 2
    return capsys.readouterr().err


@pytest.mark.parametrize("spoilt", ["squats", "static1"])
@pytest.mark.parametrize("factor", [1000.0, 0.001])
def test_each_mocap_file_must_be_as_large_as_a_person(
    spoilt: str, factor: float, session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A header that says m of numbers in mm, or the other way round."""
    for name in ("squats", "static1"):
        own = read_trc(session / "MarkerData" / "Mocap" / f"{name}.trc")
        size = factor if name == spoilt else 1.0
        write_trc(tmp_path / f"{name}.trc", own.with_positions(size * own.positions), "m", 8)
    said = refused(capsys, str(tmp_path / "squats.trc"), str(session), *options(tmp_path))
    assert {"squats": "the mocap", "static1": "the static mocap trial"}[spoilt] in said


def test_names_that_the_model_does_not_know(
    session: Path, mocap: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(
        capsys, str(mocap / "squats.trc"), str(session), *options(mocap), "--axes", "z-up"
    )
    assert "the model knows 0 of" in said
    assert "--map" in said


def test_z_up_is_refused_until_it_is_confirmed(
    session: Path, mocap: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own_map = ["--map", str(mocap / "own.toml")]
    files = [str(mocap / "squats.trc"), str(session)]
    said = refused(capsys, *files, *options(mocap), *own_map)
    assert "not Y-up" in said
    assert "--axes z-up" in said
    # and the other way round: confirmed where it is not so
    own = session / "MarkerData" / "Mocap"
    said = refused(capsys, str(own / "squats.trc"), str(session), *options(own), "--axes", "z-up")
    assert "--axes is wrong" in said


def test_mm_taken_as_m(session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = session / "MarkerData" / "Mocap"
    for name in ("squats", "static1"):
        markers = read_trc(own / f"{name}.trc")
        write_trc(tmp_path / f"{name}.trc", replace(markers, positions=markers.positions * 1e3))
    said = refused(capsys, str(tmp_path / "squats.trc"), str(session), *options(tmp_path))
    assert "mm, taken as m?" in said


@pytest.mark.parametrize(
    ("size", "cure"),
    [
        (("--mass", "70", "--height", "178"), "in cm?"),
        (("--mass", "158", "--height", "1.75"), "in lb?"),
        # one alone, judged by itself; a mass with the height that the session states
        (("--height", "178"), "a height of 178 m is not plausible (in cm?)"),
        (("--height", "70"), "a height of 70 m is not plausible (in inches?)"),
        (("--mass", "220"), "a mass of 220 kg is not plausible (in lb?)"),
        (("--mass", "72000"), "a mass of 72000 kg is not plausible (in g?)"),
        (("--mass", "190"), "(in lb?)"),
    ],
)
def test_a_height_in_cm_and_a_mass_in_lb_come_before_all_else(
    size: tuple[str, ...], cure: str, session: Path, mocap: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # wrong axes and unknown names too: the size is told first
    said = refused(capsys, str(mocap / "squats.trc"), str(session), *options(mocap), *size)
    assert cure in said


def test_sizes_are_looked_at_before_any_recording_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("mocap.trc", "video.trc"):
        (tmp_path / name).write_text("nothing that can be read")
    files = [str(tmp_path / "mocap.trc"), str(tmp_path / "video.trc")]
    for size, told in (("--height", "in cm?"), ("--mass", "in g?")):
        assert told in refused(capsys, *files, size, "175" if size == "--height" else "70000")
    # what is unlikely and right passes with --sure, and the file is what fails
    assert "mocap.trc" in refused(capsys, *files, "--height", "2.61", "--sure")


@pytest.mark.parametrize(
    ("mocap", "video", "options", "told"),
    [
        ("a.trc", "b.trc", ["--static-mocap", "s.trc"], "--static-mocap would make a motion of a"),
        ("a.c3d", "b.trc", ["--scaled-model", "m.osim"], "--scaled-model would make a motion of"),
        ("a.mot", "b.trc", [], "a.mot is a motion and the video markers"),
        ("a.trc", "b.mot", [], "a.trc is markers and the video a motion: give --static-mocap"),
        ("a.mot", "b.mot", ["--map", "opencap"], "--map: only with markers, and a.mot is a motion"),
    ],
)
def test_kinds_that_cannot_be_compared_are_refused_before_they_are_read(
    mocap: str,
    video: str,
    options: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (mocap, video, "s.trc", "m.osim"):
        Path(name).write_text("nothing that can be read")
    assert told in refused(capsys, mocap, video, *options)


def test_a_project_of_markers_is_refused_before_the_mocap_is_solved(
    session: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "project" / "squats" / "pose-3d"
    folder.mkdir(parents=True)
    own = session / "MarkerData" / "Mocap"
    shutil.copy(own / "squats.trc", folder / "squats_filtered.trc")

    def never(*arguments: object) -> None:
        raise AssertionError("the mocap was solved")

    monkeypatch.setattr("kinebench.validation.files.solved", never)
    size = ["--mass", "70", "--height", "1.75"]
    files = [str(own / "squats.trc"), str(tmp_path / "project")]
    assert "the video is markers" in refused(capsys, *files, *options(own)[:-2], *size)


def test_a_squat_against_somebodys_walk(
    session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    walk = record(Population().subject(8), Gait()).true_motion
    write_motion(tmp_path / "walk.mot", walk)
    mocap = session / "OpenSimData" / "Mocap" / "IK" / "squats.mot"
    said = refused(capsys, str(mocap), str(tmp_path / "walk.mot"))
    assert "do not look like one trial" in said
    assert "is it the same movement of the same person?" in said


@pytest.mark.usefixtures("undrawn")
def test_what_is_written(session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mocap = session / "OpenSimData" / "Mocap" / "IK" / "squats.mot"
    out, page = tmp_path / "out", tmp_path / "page.html"
    asked = ["--out", str(out), "--report", str(page), "--trial", "squats"]
    assert main(["validate", str(mocap), str(session), *asked]) == 0
    printed = capsys.readouterr().out
    assert "methods: The video's clock was corrected by a lag of" in printed
    assert "confidence high" in printed
    written = {path.name for path in out.iterdir()}
    assert written == {
        "figures.csv", "methods.txt", "report.html", "validation.json",
        "reference.mot", "video.mot",
    }  # fmt: skip
    # what is written is what was compared: its error is the one that is told
    one, other = (read_motion(out / f"{name}.mot") for name in ("reference", "video"))
    np.testing.assert_array_equal(one.times, other.times)
    told = json.loads((out / "validation.json").read_text("utf-8"))["errors"]
    known = {row["item"]: row["rmse"] for row in told}
    error = other.value("knee_angle_r") - one.value("knee_angle_r")
    assert np.sqrt(np.mean(error**2)) == pytest.approx(known["knee_angle_r"], abs=1e-6)
    text = re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8"))
    assert "SHA-256" in text
    # the page's checklist knows what was removed before the comparison
    assert re.search(r"alignment in space\s+yaw [+−-]", text)
    assert re.search(r"time alignment\s+the video is late by", text)
    assert "Three kinds of error" in page.read_text("utf-8")
