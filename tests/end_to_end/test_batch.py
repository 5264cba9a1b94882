"""``run --all``: many trials of many sessions; virtual subjects, no public data."""

from __future__ import annotations

import csv
import json
import re
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kinebench.cli.main import main
from kinebench.core.provenance import changed_on
from kinebench.core.subject import Subject
from kinebench.io.mot import read_motion
from kinebench.lab.sessions import SessionContent, write_session

pytestmark = pytest.mark.usefixtures("no_public_data")

FAST = ("--engine", "fast", "--workers", "1")


def short(content: SessionContent, seconds: float = 0.5) -> SessionContent:
    """The content with its squat cut: what is tested here needs no long trial."""
    squats = content.trials["squats"]
    frames = np.arange(int(seconds * 60))
    cut = replace(
        squats,
        keypoints=squats.keypoints.at_frames(frames),
        augmented=squats.augmented and squats.augmented.at_frames(frames),
        motion=squats.motion and squats.motion.at_frames(frames),
    )
    return replace(content, trials={**content.trials, "squats": cut})


def of_subject(content: SessionContent, identifier: str) -> SessionContent:
    known = content.subject
    assert known is not None
    return replace(content, subject=Subject(known.mass_kg, known.height_m, identifier, known.sex))


@pytest.fixture(scope="module")
def content(lab_content: SessionContent) -> SessionContent:
    return short(lab_content)


@pytest.fixture
def sessions(content: SessionContent, tmp_path: Path) -> Path:
    """Two sessions in a folder, one as a zip, and one that lacks a subject."""
    folder = tmp_path / "downloads"
    first = of_subject(content, "p1")
    more = replace(first, trials={**first.trials, "squats2": first.trials["squats"]})
    write_session(folder / "site" / "OpenCapData_1", more)
    as_zip(write_session(tmp_path / "made" / "OpenCapData_2", of_subject(content, "p2")), folder)
    write_session(folder / "OpenCapData_3", replace(content, subject=None))
    return folder


def as_zip(session: Path, into: Path) -> Path:
    archive = shutil.make_archive(str(into / session.name), "zip", session.parent, session.name)
    shutil.rmtree(session)
    return Path(archive)


def table(out: Path) -> list[dict[str, str]]:
    with (out / "trials.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def statuses(out: Path) -> dict[tuple[str, str], str]:
    return {(row["subject"], row["trial"]): row["status"] for row in table(out)}


def test_every_trial_of_a_folder_of_sessions(
    sessions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["run", str(sessions), "--all", "--out", str(out), *FAST]) == 1
    printed = capsys.readouterr().out
    assert statuses(out) == {
        ("p1", "squats"): "done",
        ("p1", "squats2"): "done",
        ("p2", "squats"): "done",
        ("OpenCapData_3", ""): "failed",
    }
    (failed,) = (row for row in table(out) if row["status"] == "failed")
    assert "--mass and --height needed" in failed["reason"]
    assert "failed: OpenCapData_3: --mass and --height needed" in " ".join(printed.split())
    for folder in ("p1/squats", "p1/squats2", "p2/squats"):
        told = json.loads((out / folder / "run.json").read_text())
        assert folder == f"{told['subject_label']}/{told['trial']}"
        assert told["session"].startswith("OpenCapData_")
    told = json.loads((out / "p2/squats/run.json").read_text())
    assert told["inputs"]["keypoints"]["file"].endswith(
        "OpenCapData_2.zip/OpenCapData_2/MarkerData/squats.trc"
    )
    page = (out / "report.html").read_text(encoding="utf-8")
    for text in ("p1", "p2", "squats2", "OpenCapData_3", told["outputs"]["kinematics.mot"]):
        assert text in page
    # what was read, with the day of the data: of a file in an archive the archive's
    keypoints = told["inputs"]["keypoints"]["sha256"]
    row = re.search(rf"<tr>(?:(?!</tr>).)*{keypoints}", page, re.DOTALL)
    assert row is not None
    assert "OpenCapData_2/MarkerData/squats.trc" in row[0]
    assert changed_on(sessions / "OpenCapData_2.zip") in row[0]
    kept(sessions, out, capsys)
    changed(sessions, out, capsys)


def kept(sessions: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same again runs nothing, and gives the same table; what was spoilt is run again."""
    before = [{**row, "status": ""} for row in table(out)]
    made = (out / "p2/squats/kinematics.mot").stat().st_mtime_ns
    shutil.rmtree(out / "p1/squats")
    assert main(["run", str(sessions), "--all", "--out", str(out), *FAST]) == 1
    assert statuses(out) == {
        ("p1", "squats"): "done",
        ("p1", "squats2"): "kept",
        ("p2", "squats"): "kept",
        ("OpenCapData_3", ""): "failed",
    }
    assert [{**row, "status": ""} for row in table(out)] == before
    assert (out / "p2/squats/kinematics.mot").stat().st_mtime_ns == made
    assert "2 there already" in capsys.readouterr().out


def changed(sessions: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another pipeline does not replace what is there unless it is asked to."""
    shutil.rmtree(sessions / "OpenCapData_3")
    other = ["run", str(sessions), "--all", "--out", str(out), *FAST, "--no-floor"]
    made = (out / "p2/squats/kinematics.mot").read_bytes()
    assert main(other) == 1
    assert set(statuses(out).values()) == {"failed"}
    assert all("--overwrite" in row["reason"] for row in table(out))
    assert (out / "p2/squats/kinematics.mot").read_bytes() == made
    capsys.readouterr()
    assert main([*other, "--overwrite"]) == 0
    assert set(statuses(out).values()) == {"done"}
    # OpenCap's downloads stand on their floor already: other parameters, much the same heights
    assert json.loads((out / "p2/squats/run.json").read_text())["pipeline"]["floor"] is False


def test_the_distance_from_the_session_s_own_motion(
    content: SessionContent, tmp_path: Path
) -> None:
    """Planted: the session's motion is made with its own model, then shifted by 3 degrees."""
    squats = content.trials["squats"]
    assert squats.motion is not None
    values = squats.motion.values.copy()
    values[:, squats.motion.names.index("knee_angle_r")] += 0.05
    shifted = replace(squats, motion=replace(squats.motion, values=values))
    session = write_session(
        tmp_path / "s", replace(content, trials={**content.trials, "squats": shifted})
    )
    assert main(["run", str(session), "--all", "--out", str(tmp_path / "o"), *FAST]) == 0
    found = {
        (row["scaled"], row["item"], row["metric"]): float(row["value"])
        for row in table(tmp_path / "o")
        if row["of"] == "coordinate"
    }
    # with the session's own model the fast engine finds the session's own motion again
    assert found["session's", "knee_angle_r", "bias"] == pytest.approx(-2.8648, abs=0.02)
    assert found["session's", "knee_angle_l", "rmse"] < 0.02
    # ScaleTool's placer moves markers: with a model scaled here the distance is scaling's too
    assert found["here", "knee_angle_r", "bias"] == pytest.approx(-2.8648, abs=1.0)
    groups = {
        (row["scaled"], row["item"]): float(row["value"])
        for row in table(tmp_path / "o")
        if row["of"] == "group"
    }
    legs = [v for (scaled, name, metric), v in found.items()
            if scaled == "session's" and metric == "rmse"
            and name.startswith(("hip_", "knee_", "ankle_", "subtalar_"))
            and not name.endswith("_beta")]  # fmt: skip
    assert groups["session's", "legs"] == pytest.approx(sum(legs) / len(legs))
    assert {name for _, name in groups} >= {"legs", "pelvis", "trunk", "translations"}


def test_two_processes_give_the_table_of_one(content: SessionContent, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_session(tmp_path / "in" / name, of_subject(content, name))
    for workers in ("1", "2"):
        arguments = ["run", str(tmp_path / "in"), "--all", "--engine", "fast"]
        assert main([*arguments, "--out", str(tmp_path / workers), "--workers", workers]) == 0
    assert table(tmp_path / "1") == table(tmp_path / "2")
    for name in ("a", "b"):
        one, two = (tmp_path / n / name / "squats" / "kinematics.mot" for n in "12")
        assert one.read_bytes() == two.read_bytes()


def test_a_trial_of_each_of_several_sessions_and_nothing_at_all(
    content: SessionContent, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = [str(write_session(tmp_path / name, of_subject(content, "p1"))) for name in "ab"]
    shown = ["run", *named, "--trial", "squats", "--dry-run", "--out", str(tmp_path / "o")]
    assert main(shown) == 0
    # one subject, two sessions: both names are in the folders
    told = capsys.readouterr().out
    assert f"squats -> {tmp_path / 'o' / 'p1' / 'a' / 'squats'}" in told
    assert f"squats -> {tmp_path / 'o' / 'p1' / 'b' / 'squats'}" in told
    (tmp_path / "empty").mkdir()
    assert main(["run", str(tmp_path / "empty"), "--all", "--out", str(tmp_path / "o")]) == 3
    assert "nothing was run" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--all", "--trial", "squats"), "--all and --trial"),
        (("--all", "--scaled-model", "m.osim"), "one scaled model does not fit many subjects"),
        (("--workers", "2"), "--workers: only with --all"),
    ],
)
def test_options_that_make_no_sense(
    options: tuple[str, ...], told: str, content: SessionContent, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    session = write_session(tmp_path / "s", content)
    assert main(["run", str(session), "--out", str(tmp_path / "o"), *options]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


def test_the_session_s_own_model_on_one_trial(
    content: SessionContent, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert content.scaled_model is not None
    session = write_session(tmp_path / "s", content)
    own = ["run", str(session), "--engine", "fast", "--scaled-model"]
    assert main([*own, "own", "--out", str(tmp_path / "o"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["choices"]["scaling"] == "kinebench_body_scaled.osim (asked for, scaled already)"
    assert (tmp_path / "o" / "scaled.osim").read_bytes() == content.scaled_model.xml
    ours, theirs = read_motion(tmp_path / "o" / "kinematics.mot"), content.trials["squats"].motion
    assert theirs is not None
    assert abs(ours.value("knee_angle_r") - theirs.value("knee_angle_r")).max() < 2e-3
    window = ("--window", "0", "0.4", "--out", str(tmp_path / "p"))
    assert main([*own, "own", *window]) == 2
    assert "a scaled model is used as it is" in capsys.readouterr().err
    bare = write_session(tmp_path / "t", replace(content, scaled_model=None))
    assert main(["run", str(bare), "--scaled-model", "own", "--out", str(tmp_path / "q")]) == 2
    assert "the session has no scaled model for 'squats'" in capsys.readouterr().err


def test_results_of_one_trial_are_not_replaced_unasked(
    content: SessionContent, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = write_session(tmp_path / "s", content)
    arguments = ["run", str(session), "--engine", "fast", "--out", str(tmp_path / "o")]
    assert main(arguments) == 0
    made = (tmp_path / "o" / "run.json").read_bytes()
    capsys.readouterr()
    assert main(arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("holds results already: name another folder, or replace them with"
                         " --overwrite")  # fmt: skip
    assert (tmp_path / "o" / "run.json").read_bytes() == made
    assert main([*arguments, "--overwrite"]) == 0


def test_a_zip_of_several_sessions(content: SessionContent, tmp_path: Path) -> None:
    for name in "ab":
        write_session(tmp_path / "all" / name, of_subject(content, name))
    archive = Path(shutil.make_archive(str(tmp_path / "all"), "zip", tmp_path / "all"))
    assert zipfile.is_zipfile(archive)
    out = tmp_path / "o"
    assert main(["run", str(archive), "--all", "--out", str(out), *FAST]) == 0
    assert set(statuses(out)) == {("a", "squats"), ("b", "squats")}
    told = json.loads((out / "a/squats/run.json").read_text())
    assert told["inputs"]["keypoints"]["file"].endswith("all.zip/a/MarkerData/squats.trc")
