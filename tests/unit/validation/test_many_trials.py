"""Folders of mocap beside folders of sessions or files: matched by trial, told on one page."""

from __future__ import annotations

import json
import math
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kinebench.cli.main import main
from kinebench.core.motion import Motion
from kinebench.core.provenance import file_sha256
from kinebench.io.mot import read_motion, write_motion
from kinebench.io.trc import read_trc, write_trc
from kinebench.lab import Population
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions.squat import Squat
from kinebench.studies.sources.lab_session import LabSession
from kinebench.validation import Stated, find_trials
from kinebench.validation.files import validate_files

LAGS = {("anna", "squats"): 0.4, ("anna", "deep"): -0.7, ("ben", "squats"): 1.1}


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sessions of two people as downloaded, one as archive; mocap of each trial on other clocks."""
    root = tmp_path_factory.mktemp("visit")
    people = {"anna": ("squats", "deep"), "ben": ("squats",)}
    for number, (name, trials) in enumerate(people.items(), start=11):
        motions = tuple((trial, Squat(repetitions=1, tempo_s=2.0, depth_deg=80.0 + 15.0 * i))
                        for i, trial in enumerate(trials))  # fmt: skip
        lab = LabSession(Population().subject(number), motions, errors=two_phones())
        folder = lab.write(root / "downloads" / f"{name}_OpenCap", "labvalidation")
        own = root / "mocap" / name
        own.mkdir(parents=True)
        for trial in trials:
            motion = read_motion(folder / "OpenSimData" / "Mocap" / "IK" / f"{trial}.mot")
            write_late(own / f"{trial}.mot", motion, LAGS[name, trial])
        for trial in (*trials, "static1"):
            markers = read_trc(folder / "MarkerData" / "Mocap" / f"{trial}.trc")
            write_trc(own / f"{trial}.trc", markers, "mm", 5)
    shutil.make_archive(
        str(root / "downloads" / "ben_OpenCap"), "zip", root / "downloads", "ben_OpenCap"
    )
    shutil.rmtree(root / "downloads" / "ben_OpenCap")
    return root


def write_late(path: Path, motion: Motion, lag_s: float) -> None:
    write_motion(path, replace(motion, times=motion.times - lag_s))


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main(["validate", *map(str, arguments)]) == 0
    return capsys.readouterr().out


@pytest.mark.usefixtures("undrawn")
def test_every_trial_that_both_have(
    visit: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kinebench.reports.comparison_report._MOST_WAVEFORMS", 1)  # it is quicker
    out, page = tmp_path / "out", tmp_path / "page.html"
    asked = [visit / "mocap", visit / "downloads", "--out", out, "--report", page, "--pool"]
    text = run(capsys, *asked)
    assert "video − mocap: 3 trials of 2 subjects" in text
    assert "2 kinds of trials: deep, squat; pooled as asked for" in " ".join(text.split())
    found = json.loads((out / "validation.json").read_text("utf-8"))
    clocks = {(one["subject"], one["trial"]): one["clock"]["lag_s"] for one in found["trials"]}
    assert clocks == pytest.approx(LAGS, abs=0.02)
    # trials are averaged per subject, as every group figure is
    per_trial = {
        (one["subject"], one["trial"]): {row["item"]: row["rmse"] for row in one["errors"]}
        for one in found["trials"]
    }
    knee = {key: rows["knee_angle_r"] for key, rows in per_trial.items()}
    anna = (knee["anna", "squats"] + knee["anna", "deep"]) / 2
    mean = math.degrees((anna + knee["ben", "squats"]) / 2)
    assert re.search(rf"^knee_angle_r\s+°\s+{mean:.2f} ", text, re.MULTILINE)
    # what was compared lies in a folder of its own
    for subject, trial in LAGS:
        one, other = (
            read_motion(out / subject / trial / f"{name}.mot") for name in ("reference", "video")
        )
        error = other.value("knee_angle_r") - one.value("knee_angle_r")
        assert np.sqrt(np.mean(error**2)) == pytest.approx(knee[subject, trial], abs=1e-6)
    text = page.read_text("utf-8")
    assert "<h1>Video against mocap: 3 trials of 2 subjects</h1>" in text
    # every file with its digest, the archive as what it is
    for file in ("mocap/anna/deep.mot", "downloads/ben_OpenCap.zip"):
        assert file_sha256(visit / file) in text
    said = (out / "methods.txt").read_text("utf-8")
    assert "In each of 3 trials the video's clock was corrected by a lag of its own" in said


def test_kinds_of_trials_are_told_apart(
    visit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kinebench.reports.comparison_report._MOST_WAVEFORMS", 0)  # it is quicker
    page = tmp_path / "page.html"
    text = run(capsys, visit / "mocap", visit / "downloads", "--report", page)
    assert "squat: 2 trials of 2 subjects" in text
    assert "2 kinds of trials: deep, squat; shown apart" in " ".join(text.split())
    assert len(re.findall(r"^knee_angle_r\s", text, re.MULTILINE)) == 2
    assert "All trials: squat" in page.read_text("utf-8")


def test_a_name_of_a_static_trial_is_looked_for_beside_each_trial(visit: Path) -> None:
    stated = Stated(static_mocap=Path("static1.trc"), body="lab", engine="fast")
    found = find_trials(visit / "mocap", visit / "downloads", stated)
    statics = {(one.subject, one.trial): one.stated.static_mocap for one in found.trials}
    assert statics == {key: visit / "mocap" / key[0] / "static1.trc" for key in LAGS}
    assert {one.mocap.suffix for one in found.trials} == {".trc"}
    one = found.trials[-1]
    made = validate_files(one.mocap, one.video, one.stated, subject=one.subject, trial=one.trial)
    assert made.run is not None
    assert made.model is not None
    assert ("static mocap", visit / "mocap" / "ben" / "static1.trc") in made.files
    # what was unpacked is told as the archive that it came from
    assert ("video", visit / "downloads" / "ben_OpenCap.zip") in made.files


def test_what_only_one_side_has_is_left_out_with_the_reason(
    visit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mocap = tmp_path / "mocap"
    shutil.copytree(visit / "mocap", mocap)
    shutil.copy(mocap / "anna" / "deep.mot", mocap / "anna" / "walk.mot")
    shutil.copytree(mocap / "ben", mocap / "carl")
    found = find_trials(mocap, visit / "downloads", Stated())
    reasons = dict(found.excluded)
    assert reasons["anna/walk"] == (
        "0 sessions of downloads have the trial 'walk'; there are deep, squats"
    )
    assert reasons["carl/squats"].startswith("downloads has no session of 'carl'; it has anna_Open")
    # a squat against another person's squat at another depth is refused, and told
    shutil.copy(mocap / "ben" / "squats.mot", mocap / "anna" / "deep.mot")
    text = run(capsys, mocap, visit / "downloads")
    assert "left out: anna/walk: 0 sessions" in " ".join(text.split())


def test_one_subject_in_a_flat_folder_beside_one_session(visit: Path) -> None:
    found = find_trials(visit / "mocap" / "anna", visit / "downloads" / "anna_OpenCap", Stated())
    assert [one.trial for one in found.trials] == ["deep", "squats"]
    assert {one.stated.trial for one in found.trials} == {"deep", "squats"}


def test_folders_of_files_match_as_compare_matches_them(visit: Path, tmp_path: Path) -> None:
    video = tmp_path / "runs"
    for subject, trial in LAGS:
        place = video / subject / trial
        place.mkdir(parents=True)
        shutil.copy(visit / "mocap" / subject / f"{trial}.mot", place / "kinematics.mot")
    found = find_trials(visit / "mocap", video, Stated())
    assert {(one.subject, one.trial): one.video for one in found.trials} == {
        key: video.joinpath(*key, "kinematics.mot") for key in LAGS
    }
    assert found.excluded == ()


def test_a_session_that_cannot_be_read_stops_no_other(visit: Path, tmp_path: Path) -> None:
    shutil.copytree(visit / "downloads", tmp_path / "downloads")
    broken = tmp_path / "downloads" / "dora_OpenCap"
    (broken / "MarkerData").mkdir(parents=True)
    (broken / "sessionMetadata.yaml").write_text("mass_kg: [")
    found = find_trials(visit / "mocap", tmp_path / "downloads", Stated())
    assert len(found.trials) == len(LAGS)
    assert [one.item for one in found.excluded] == ["dora_OpenCap"]


def test_a_file_is_no_partner_of_a_folder(visit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = visit / "mocap" / "anna" / "deep.mot"
    assert main(["validate", str(visit / "mocap"), str(one)]) == 2
    assert "deep.mot" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--mass", "70", "--height", "1.7"], "of one subject: several are named"),
        (["--static-mocap", "{}/mocap/anna/static1.trc"], "give its name alone, such as static1"),
        (["--static-mocap", "standing.trc"], "there is no standing.trc beside deep.trc"),
        (["--trial", "squats"], "of a folder every trial is taken"),
    ],
)
def test_what_fits_one_trial_alone_is_refused(
    options: list[str], told: str, visit: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [option.format(visit) for option in options]
    assert main(["validate", str(visit / "mocap"), str(visit / "downloads"), *given]) == 2
    assert told in capsys.readouterr().err
