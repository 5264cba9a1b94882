"""Arrays of one's own in a study file: what they do not declare stands in the table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinebench.core.keypoints import OPENCAP_20
from kinebench.core.trial import Trial
from kinebench.errors import KinebenchError, ValueRangeError
from kinebench.io.mot import write_motion
from kinebench.io.trc import write_trc
from kinebench.lab import Population
from kinebench.lab.camera.chain import Chain
from kinebench.lab.motions.squat import Squat
from kinebench.studies.sources.laboratory import LabSource
from kinebench.studies.sources.own import own_trials


@pytest.fixture(scope="module")
def trial() -> Trial:
    return LabSource(Population().subject(1), Squat(repetitions=1), "squat", Chain(), "lab")({})


@pytest.fixture
def folder(trial: Trial, tmp_path: Path) -> Path:
    """The movement as an array in millimetres, the static trial as a TRC, which has metres."""
    assert trial.static is not None
    assert trial.reference_motion is not None
    array = 1e3 * trial.keypoints.select(OPENCAP_20).positions
    np.save(tmp_path / "squat.npy", array)
    write_trc(tmp_path / "neutral.trc", trial.static)
    write_motion(tmp_path / "squat.mot", trial.reference_motion)
    return tmp_path


TABLE = {
    "file": "squat.npy",
    "reference": "squat.mot",
    "mass_kg": 70.0,
    "height_m": 1.75,
    "unit": "mm",
    "rate_hz": 60.0,
    "keypoint_set": "OPENCAP_20",
}


def test_unit_rate_and_names_are_the_table_s(folder: Path, trial: Trial) -> None:
    (source,) = own_trials(TABLE, "[[trials]]", folder)
    own = source({})
    np.testing.assert_allclose(
        own.keypoints.positions, trial.keypoints.select(OPENCAP_20).positions, atol=1e-9
    )
    assert own.keypoints.rate_hz == pytest.approx(60.0)
    assert (source.subject, source.activity, source.name) == (folder.name, "squat", "squat")


def test_a_static_trial_that_declares_its_unit_is_read_by_it(folder: Path, trial: Trial) -> None:
    (source,) = own_trials({**TABLE, "static": "neutral.trc"}, "[[trials]]", folder)
    static = source({"static": "own"}).static
    assert static is not None
    assert trial.static is not None
    filmed = trial.static.select(OPENCAP_20).positions
    np.testing.assert_allclose(static.positions, filmed, atol=1e-6)


def test_a_unit_for_a_file_that_declares_its_own_is_refused(folder: Path, trial: Trial) -> None:
    write_trc(folder / "squat.trc", trial.keypoints)
    with pytest.raises(KinebenchError, match=r"unit|declare"):
        own_trials({**TABLE, "file": "squat.trc"}, "[[trials]]", folder)


@pytest.mark.parametrize("lacking", ["mass_kg", "height_m"])
def test_both_mass_and_height_are_needed(folder: Path, lacking: str) -> None:
    table = {key: value for key, value in TABLE.items() if key != lacking}
    with pytest.raises(KinebenchError, match=lacking):
        own_trials(table, "[[trials]]", folder)


def test_an_impossible_body_is_refused(folder: Path) -> None:
    with pytest.raises(ValueRangeError):
        own_trials({**TABLE, "height_m": 175.0}, "[[trials]]", folder)
