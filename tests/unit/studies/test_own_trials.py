"""Sessions and files of one's own stand in a study file directly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.core.trial import Trial
from kinebench.errors import KinebenchError, KinebenchWarning
from kinebench.io.mot import write_motion
from kinebench.io.trc import write_trc
from kinebench.lab import Population
from kinebench.lab.camera import two_phones
from kinebench.lab.motions import Squat
from kinebench.lab.sessions import SessionContent, TrialContent, write_session
from kinebench.studies.analysis.scores import score_of
from kinebench.studies.execution.cells import cell_key, run_cell
from kinebench.studies.execution.store import Store
from kinebench.studies.files.report_file import read_report
from kinebench.studies.plan import cells
from kinebench.studies.sources.laboratory import LabSource

STUDY = """
name = "mine"
question = "Does it matter?"
[base]
body = "lab"
augmenter = "lab-1"
engine = "fast"
warm_up_s = 1.0
window = "standing from start"
[[factors]]
name = "filter"
path = "clean"
levels = ["none", "butterworth:6"]
[[trials]]
"""
FILES = """
file = "data/squat.trc"
static = "data/neutral.trc"
reference = "data/squat.mot"
mass_kg = 70
height_m = 1.75
"""


@pytest.fixture(scope="module")
def source() -> LabSource:
    motion = Squat(repetitions=1)
    return LabSource(Population().subject(0), motion, "squat", two_phones(), "lab")


@pytest.fixture(scope="module")
def trial(source: LabSource) -> Trial:
    return source({})


@pytest.fixture
def folder(trial: Trial, tmp_path: Path) -> Path:
    """A session ``visit`` with two squats, of which one has a result, and files in ``data``."""
    assert trial.static is not None
    assert trial.reference_motion is not None
    content = {
        "squat": TrialContent(trial.keypoints, motion=trial.reference_motion),
        "other": TrialContent(trial.keypoints),
        "neutral": TrialContent(trial.static),
    }
    write_session(tmp_path / "visit", SessionContent(trial.subject, content))
    (tmp_path / "data").mkdir()
    write_trc(tmp_path / "data" / "squat.trc", trial.keypoints)
    write_trc(tmp_path / "data" / "neutral.trc", trial.static)
    write_motion(tmp_path / "data" / "squat.mot", trial.reference_motion)
    return tmp_path


def read(folder: Path, trials: str) -> Any:
    path = folder / "study.toml"
    path.write_text(STUDY + trials, encoding="utf-8")
    (study,) = read_report(path).studies
    return study


def test_a_session_gives_its_trials_with_its_own_results(folder: Path, trial: Trial) -> None:
    with pytest.warns(KinebenchWarning, match="other of visit are left out"):
        study = read(folder, 'session = "visit"\n')
    (source,) = study.sources
    assert (source.subject, source.name, source.activity) == ("visit", "squat", "squat")
    loaded = source({"static": "own"})
    filmed = trial.keypoints.select(loaded.keypoints.names)
    np.testing.assert_allclose(loaded.keypoints.positions, filmed.positions, atol=1e-5)
    assert loaded.static is not None
    assert loaded.reference_motion is not None
    assert loaded.subject.height_m == pytest.approx(trial.subject.height_m, abs=1e-3)
    assert source({"static": "none"}).static is None


def test_a_run_on_files_measures_what_the_laboratory_measures(
    folder: Path, source: LabSource, trial: Trial
) -> None:
    subject = trial.subject
    stated = FILES.replace("70", f"{subject.mass_kg!r}").replace("1.75", f"{subject.height_m!r}")
    study = read(folder, stated)
    store = Store(folder / "store")
    first = next(cells(study))
    found = run_cell(first, study, store)
    assert (found.status, found.reason) == ("done", "")
    truth = run_cell(replace(first, source=source), study, store)
    error, expected = (np.degrees(score_of({}, one.figures).error()) for one in (found, truth))
    # files hold 8 digits of metres and of degrees
    assert error == pytest.approx(expected, abs=0.01)
    assert expected > 0.1


def test_another_content_of_a_file_is_another_result(folder: Path, trial: Trial) -> None:
    """A store must not answer for a file that was changed since."""
    before = read(folder, FILES)
    same = read(folder, FILES)
    moved = trial.keypoints.with_positions(trial.keypoints.positions + 0.001)
    write_trc(folder / "data" / "squat.trc", moved)
    after = read(folder, FILES)
    keys = [cell_key(next(cells(study)), study) for study in (before, same, after)]
    assert keys[0] == keys[1] != keys[2]


def test_a_lag_and_another_frame_are_taken_out_of_the_reference(folder: Path) -> None:
    plain, other = (
        read(folder, FILES + more).sources[0].trial.reference_motion
        for more in ("", "lag_s = 0.5\nsame_frame = false\n")
    )
    np.testing.assert_allclose(other.times, plain.times + 0.5)
    assert not [name for name in other.names if name.startswith("pelvis_")]
    assert "knee_angle_r" in other.names


@pytest.mark.parametrize(
    ("trials", "told"),
    [
        ('session = "nowhere"\n', "nowhere"),
        ('session = "visit"\ntrial = "jump"\n', "squat"),
        ('session = "visit"\ntrial = "other"\n', "no result of other to be held against"),
        ('session = "visit"\nreference = "data/squat.mot"\n', "'trial' must name its trial"),
        ('session = "visit"\ntrail = "squat"\n', "did you mean 'trial'"),
        ('session = "visit"\nmass_kg = 70\ntrial = "squat"\n', "mass_kg and height_m"),
        (FILES.replace('reference = "data/squat.mot"', ""), "reference"),
        (FILES.replace("squat.mot", "gone.mot"), "gone.mot"),
        (FILES.replace("mass_kg = 70", ""), "mass_kg"),
        (FILES.replace("1.75", "175"), "cm"),
        (FILES + 'unit = "mm"\n', "declares its unit itself"),
        ('sample = "x"\n', "dataset"),
    ],
)
def test_a_fault_is_one_line_with_the_table(folder: Path, trials: str, told: str) -> None:
    with pytest.raises(KinebenchError, match=told) as error:
        read(folder, trials)
    assert str(error.value).startswith("study.toml: ")
    assert len(str(error.value).splitlines()) == 1
