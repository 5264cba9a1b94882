"""Loaders on files made here; on the real ones see tests/conformance/test_datasets.py."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from kinebench.core import Coordinate, Markers, Motion, Subject
from kinebench.datasets import Sample, find_card, load, sample_names
from kinebench.datasets.contents import Contents
from kinebench.datasets.loaders import lbmc
from kinebench.datasets.loaders.labvalidation import augmented_offset_removed, optical
from kinebench.datasets.loaders.loader import (
    KEYPOINTS,
    MarkersIn,
    SampleFiles,
    TableLoader,
    augmented,
    keypoints,
)
from kinebench.datasets.registration import add_dataset
from kinebench.errors import DatasetError, FileFormatError
from kinebench.io.mot import write_motion
from kinebench.io.trc import write_trc

TIMES = np.array([0.0, 0.01, 0.02])


def _markers(*names: str) -> Markers:
    positions = np.arange(3 * len(names) * 3, dtype=float).reshape(3, len(names), 3) / 100
    return Markers(names, TIMES, positions)


def _motion(value: float) -> Motion:
    return Motion((Coordinate("knee_angle_r"),), TIMES, np.full((3, 1), value))


MIXED = _markers(
    "r.ASIS", "Neck_offsetRemoved", *KEYPOINTS, "r.ASIS_study", "r.ASIS_study_offsetRemoved"
)


@pytest.mark.parametrize(
    ("choose", "names"),
    [
        (keypoints, KEYPOINTS),
        (augmented, ("r.ASIS_study",)),
        (optical, ("r.ASIS",)),
        (augmented_offset_removed, ("r.ASIS_study",)),
    ],
)
def test_a_mixed_file_is_taken_apart(choose, names):
    assert choose(MIXED).names == names


def test_offset_free_markers_keep_their_positions():
    chosen = augmented_offset_removed(MIXED)
    expected = MIXED.position("r.ASIS_study_offsetRemoved")
    np.testing.assert_array_equal(chosen.position("r.ASIS_study"), expected)


def test_augmented_markers_of_v0_3_have_another_ending():
    assert augmented(_markers("Neck", "RASIS_augmenter")).names == ("RASIS_augmenter",)


def test_a_table_of_files_becomes_samples(tmp_path, places):
    folder = tmp_path / "study"
    folder.mkdir()
    write_trc(folder / "a.trc", MIXED)
    write_motion(folder / "a.mot", _motion(0.5))
    (folder / "m.osim").write_bytes(b"<OpenSimDocument><Model/></OpenSimDocument>")
    card = add_dataset(folder, "mine", places=places)
    loader = TableLoader(
        {
            "a": SampleFiles(
                "squats",
                {"keypoints": MarkersIn("a.trc", keypoints), "mocap": "a.trc"},
                {"reference": "a.mot"},
                {"scaled": "m.osim"},
            )
        }
    )
    contents = Contents(card, places)
    assert loader.names(contents) == ("a",)
    sample = loader.load(contents, "a")
    assert (sample.dataset, sample.name, sample.activity) == ("mine", "a", "squats")
    assert sample.subject is None
    assert sample.markers["keypoints"].names == KEYPOINTS
    assert sample.markers["mocap"].names == MIXED.names
    np.testing.assert_allclose(sample.motions["reference"].values, 0.5, atol=1e-9)
    assert sample.models["scaled"].name == "m"


SUBJECT = Subject(72.0, 1.78)


def test_a_sample_as_a_trial():
    static = _markers("Neck", "RHip")
    sample = Sample(
        "d",
        "squat",
        SUBJECT,
        "squats",
        {"keypoints": _markers("Neck"), "static": static, "mocap": _markers("C7")},
        {"reference": _motion(0.1), "video": _motion(0.2)},
    )
    trial = sample.trial()
    assert (trial.name, trial.subject, trial.activity) == ("squat", SUBJECT, "squats")
    assert trial.keypoints == sample.markers["keypoints"]
    assert trial.static == static
    assert trial.reference_markers == sample.markers["mocap"]
    assert trial.reference_motion == sample.motions["reference"]


def test_a_sample_without_keypoints_is_no_trial():
    with pytest.raises(DatasetError, match="no keypoints of DJ1; it holds: mocap"):
        Sample("d", "DJ1", SUBJECT, markers={"mocap": _markers("C7")}).trial()


def test_a_sample_without_mass_and_height_is_no_trial():
    with pytest.raises(DatasetError, match="does not state mass and height"):
        Sample("d", "DJ1", markers={"keypoints": _markers("Neck")}).trial()


def test_a_sample_is_a_value():
    sample = Sample("d", "a", SUBJECT, markers={"keypoints": _markers("Neck")})
    with pytest.raises(TypeError):
        sample.markers["keypoints"] = _markers("C7")  # type: ignore[index]
    again = pickle.loads(pickle.dumps(sample))
    assert again == sample
    assert not again.markers["keypoints"].positions.flags.writeable


def test_misspelt_sample_offers_the_near_match(places):
    with pytest.raises(DatasetError, match=r"no sample 'Squat_0' \(did you mean 'Squats_0'"):
        load("opencap-session-subject0", "Squat_0", places)


def test_a_users_own_dataset_has_no_loader(served, places):
    with pytest.raises(DatasetError, match="no loader for walks; fetch_file"):
        sample_names("walks", places)


CSV = "Time,RHip_FE,RKnee_FE\n0.0,0.1,nan\n0.5,,0.3\n"


def _read(tmp_path: Path, text: str) -> Motion:
    (tmp_path / "gait.csv").write_text(text)
    return lbmc._read_angles(tmp_path / "gait.csv")


def test_lbmc_angles_are_radians_with_gaps(tmp_path):
    motion = _read(tmp_path, CSV)
    assert motion.names == ("RHip_FE", "RKnee_FE")
    np.testing.assert_array_equal(motion.times, [0.0, 0.5])
    np.testing.assert_array_equal(motion.values, [[0.1, np.nan], [np.nan, 0.3]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CSV.replace("Time", "t"), "first column must be Time"),
        (CSV + "0.6,1\n", r"gait\.csv"),
        (CSV.replace("0.5", "-0.5"), "increase strictly"),
        (CSV.replace(",RKnee_FE", ""), "2 columns are named"),
    ],
)
def test_an_irregular_lbmc_file_is_an_error(tmp_path, text, message):
    with pytest.raises(FileFormatError, match=message):
        _read(tmp_path, text)


@pytest.fixture
def laboratory(tmp_path: Path, places) -> Path:
    root = tmp_path / "lab"
    subject = root / "subject2"
    for folder in (
        "MarkerData/Mocap",
        "MarkerData/Video/HRNet/2-cameras/PostAugmentation_v0.2",
        "OpenSimData/Mocap/IK",
        "OpenSimData/Mocap/Model",
        "OpenSimData/Video/HRNet/2-cameras/IK",
        "OpenSimData/Video/OpenPose_default/5-cameras/IK",
    ):
        (subject / folder).mkdir(parents=True)
    (subject / "sessionMetadata.yaml").write_text(
        "subjectID: subject2\nmass_kg: 78.2\nheight_m: 1.96\ngender_mf: m\n"
    )
    write_trc(subject / "MarkerData/Mocap/walking1.trc", _markers("r.ASIS"))
    video = subject / "MarkerData/Video/HRNet/2-cameras/PostAugmentation_v0.2"
    write_trc(video / "walking1.trc", _markers("r.ASIS_study", *KEYPOINTS))
    write_trc(video / "walking10.trc", _markers("Neck"))
    write_motion(subject / "OpenSimData/Mocap/IK/walking1.mot", _motion(0.1))
    for value, setup in ((0.2, "HRNet/2-cameras"), (0.3, "OpenPose_default/5-cameras")):
        write_motion(subject / f"OpenSimData/Video/{setup}/IK/walking1.mot", _motion(value))
    model = subject / "OpenSimData/Mocap/Model/LaiUhlrich2022_scaled.osim"
    model.write_bytes(b"<OpenSimDocument><Model/></OpenSimDocument>")
    add_dataset(root, "simtk-labvalidation", places=places)
    return root


def test_a_laboratory_folder_gives_reference_and_estimates(laboratory, places):
    assert sample_names("simtk-labvalidation", places) == ("subject2/walking1",)
    sample = load("simtk-labvalidation", "subject2/walking1", places)
    assert sample.subject == Subject(78.2, 1.96, "subject2", "m")
    assert sample.activity == "walking"
    angles = {key: float(motion.values[0, 0]) for key, motion in sample.motions.items()}
    assert angles == pytest.approx(
        {"reference": 0.1, "HRNet/2-cameras": 0.2, "OpenPose_default/5-cameras": 0.3}
    )
    assert sample.markers["mocap"].names == ("r.ASIS",)
    assert sample.models["scaled"].name == "LaiUhlrich2022_scaled"
    assert "HRNet/2-cameras/PostAugmentation_v0.2" in sample.markers


def test_a_laboratory_trial_can_be_run(laboratory, places):
    trial = load("simtk-labvalidation", "subject2/walking1", places).trial()
    assert trial.keypoints.names == KEYPOINTS
    assert trial.reference_motion is not None


def test_a_laboratory_trial_without_all_keypoints_has_markers_only(laboratory, places):
    video = laboratory / "subject2/MarkerData/Video/HRNet/2-cameras/PostAugmentation_v0.2"
    write_trc(video / "walking1.trc", _markers("Neck", "r.ASIS_study"))
    add_dataset(laboratory, "simtk-labvalidation", replace_existing=True, places=places)
    sample = load("simtk-labvalidation", "subject2/walking1", places)
    assert "keypoints" not in sample.markers
    assert "HRNet/2-cameras/PostAugmentation_v0.2" in sample.markers


def test_a_laboratory_changed_after_it_was_added_is_refused(laboratory, places):
    (laboratory / "subject2/OpenSimData/Mocap/IK/walking1.mot").write_text("x")
    with pytest.raises(DatasetError, match="changed since it was added"):
        load("simtk-labvalidation", "subject2/walking1", places)


def test_metadata_without_mass_is_an_error(laboratory, places):
    (laboratory / "subject2/sessionMetadata.yaml").write_text("height_m: 1.96\n")
    add_dataset(laboratory, "simtk-labvalidation", replace_existing=True, places=places)
    with pytest.raises(DatasetError, match="does not state mass_kg and height_m"):
        load("simtk-labvalidation", "subject2/walking1", places)


def test_a_laboratory_not_fetched_has_no_samples(places):
    assert sample_names("simtk-labvalidation", places) == ()
    assert find_card("simtk-labvalidation", places).manual
