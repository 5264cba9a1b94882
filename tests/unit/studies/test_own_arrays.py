"""Arrays of one's own in a study file: what they do not declare stands in the table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinebench.core.keypoints import OPENCAP_20
from kinebench.core.subject import Subject
from kinebench.core.trial import Trial
from kinebench.errors import KinebenchError, KinebenchWarning, ValueRangeError
from kinebench.io.mot import write_motion
from kinebench.io.trc import write_trc
from kinebench.lab import Population
from kinebench.lab.camera.chain import Chain
from kinebench.lab.motions.squat import Squat
from kinebench.lab.sessions import SessionContent, TrialContent, write_session
from kinebench.studies.evidence import EvidenceKind
from kinebench.studies.sources.laboratory import LabSource
from kinebench.studies.sources.own import OwnSource, _subject, own_trials


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


# ---- what a table says, and what it leaves out


def loaded(folder: Path, **changes: object) -> OwnSource:
    table = {key: value for key, value in {**TABLE, **changes}.items() if value is not None}
    (source,) = own_trials(table, "[[trials]]", folder)
    return source


def test_labels_are_stated_or_those_of_file_and_folder(folder: Path) -> None:
    source = loaded(folder)
    assert (source.subject, source.activity, source.name) == (folder.name, "squat", "squat")
    assert source.evidence is EvidenceKind.REAL_KEYPOINTS
    stated = loaded(folder, subject="s7", activity="rising")
    assert (stated.subject, stated.activity, stated.name) == ("s7", "rising", "squat")


def test_the_body_is_the_stated_one_and_its_limits_are_known(folder: Path) -> None:
    assert loaded(folder, mass_kg=81.5, height_m=1.9).trial.subject == Subject(81.5, 1.9)


def test_axes_turn_the_recording_and_no_static_trial_is_none(folder: Path) -> None:
    """Of the file, x is forwards, y up: as z forwards and x up, numbers go around."""
    plain, turned = loaded(folder).trial, loaded(folder, axes="+z+x+y").trial
    assert plain.static is None
    assert not np.allclose(turned.keypoints.positions, plain.keypoints.positions)
    spelt = loaded(folder, axes="+x+y+z").trial
    assert spelt.keypoints == plain.keypoints


def test_rate_and_unit_are_read_from_the_table(folder: Path) -> None:
    assert loaded(folder, rate_hz=30.0).trial.keypoints.rate_hz == pytest.approx(30.0)
    metres, millimetres = (loaded(folder, unit=unit).trial.keypoints for unit in ("cm", "mm"))
    np.testing.assert_allclose(metres.positions, 10 * millimetres.positions)
    for lacking in ("unit", "rate_hz", "keypoint_set"):
        with pytest.raises(KinebenchError):
            loaded(folder, **{lacking: None})


def test_a_static_array_has_the_table_s_unit_too(folder: Path, trial: Trial) -> None:
    assert trial.static is not None
    filmed = trial.static.select(OPENCAP_20).positions
    np.save(folder / "static.npy", 1e3 * filmed)
    static = loaded(folder, static="static.npy").trial.static
    assert static is not None
    np.testing.assert_allclose(static.positions, filmed, atol=1e-9)


def test_the_reference_is_on_the_keypoints_clock_with_or_without_the_pelvis(folder: Path) -> None:
    plain = loaded(folder).trial.reference_motion
    late = loaded(folder, lag_s=0.25).trial.reference_motion
    other = loaded(folder, same_frame=False).trial.reference_motion
    assert plain is not None
    assert late is not None
    assert other is not None
    np.testing.assert_allclose(late.times - plain.times, 0.25)
    np.testing.assert_array_equal(other.times, plain.times)
    assert [name for name in plain.names if name.startswith("pelvis_")]
    assert list(other.names) == [name for name in plain.names if not name.startswith("pelvis_")]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"mass_kg": None}, "[[trials]]"),
        ({"reference": None}, "[[trials]]"),
        ({"trial": "squat"}, "[[trials]] has no key 'trial'"),
        ({"file": 3}, "[[trials]]: file must be a text, found 3"),
        ({"lag_s": "x"}, "[[trials]]: lag_s must be a number, found 'x'"),
        ({"same_frame": 1}, "[[trials]]: same_frame must be true or false, found 1"),
    ],
)
def test_a_table_is_refused_with_its_name(
    folder: Path, changes: dict[str, object], told: str
) -> None:
    with pytest.raises(KinebenchError) as caught:
        loaded(folder, **changes)
    assert str(caught.value).startswith(told)


def test_keypoints_that_are_lacking_are_named_with_the_file(folder: Path, trial: Trial) -> None:
    names = [name for name in trial.keypoints.names if name != "RKnee"]
    write_trc(folder / "bare.trc", trial.keypoints.select(names))
    with pytest.raises(KinebenchError, match=r"bare\.trc has no keypoint 'RKnee'"):
        loaded(folder, file="bare.trc", unit=None, rate_hz=None, keypoint_set=None)


def test_of_a_body_both_or_neither_are_stated_beside_a_session_s_own() -> None:
    known = Subject(60.0, 1.6)
    stated = {"mass_kg": 70.0, "height_m": 1.75}
    assert _subject({}, "[[trials]]", known) == known
    assert _subject(stated, "[[trials]]", known) == Subject(70.0, 1.75)
    for table, of_session in (({"mass_kg": 70.0}, known), ({"height_m": 1.75}, known), ({}, None)):
        with pytest.raises(ValueRangeError) as caught:
            _subject(table, "[[trials]]", of_session)
        assert str(caught.value) == "[[trials]]: mass_kg and height_m are needed, both"


def test_a_session_s_trials_may_be_held_against_a_file(folder: Path, trial: Trial) -> None:
    """One of two trials, with the session's own body; the other has no result of its own."""
    assert trial.static is not None
    person = trial.subject
    content = {
        "squat": TrialContent(trial.keypoints, motion=trial.reference_motion),
        "other": TrialContent(trial.keypoints),
        "neutral": TrialContent(trial.static),
    }
    write_session(folder / "visit", SessionContent(person, content))
    table = {"session": "visit", "trial": "other", "reference": "squat.mot", "subject": "s1"}
    (source,) = own_trials(table, "[[trials]]", folder)
    assert (source.subject, source.name, source.activity) == ("s1", "other", "other")
    assert source.trial.static is not None
    assert source.trial.subject.mass_kg == pytest.approx(person.mass_kg, abs=1e-3)
    assert source.trial.reference_motion == loaded(folder).trial.reference_motion
    with pytest.warns(KinebenchWarning) as caught:
        (own,) = own_trials({"session": "visit", "mass_kg": 70, "height_m": 1.75}, "here", folder)
    assert [str(one.message) for one in caught] == [
        "here: other of visit are left out: the session has no result of them to be held against"
    ]
    assert (own.name, own.subject) == ("squat", "visit")
    assert own.trial.subject == Subject(70.0, 1.75)
    with pytest.raises(KinebenchError) as refused:
        own_trials({"session": "visit", "trial": "other"}, "here", folder)
    assert str(refused.value) == (
        'here: visit has no result of other to be held against; name one: reference = "FILE.mot"'
    )
