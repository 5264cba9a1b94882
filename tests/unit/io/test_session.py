"""OpenCap session folders in their three layouts, made up here."""

from __future__ import annotations

from pathlib import Path

import pytest

from kinebench.errors import FileFormatError, KinebenchWarning, NameNotFoundError, ValueRangeError
from kinebench.io.session import Session, read_session

METADATA = (
    "mass_kg: 72.0\nheight_m: 1.78\nsubjectID: s1\ngender_mf: m\nopenSimModel: LaiUhlrich2022\n"
)
HEAD = "PathFileType\t4\t(X/Y/Z)\tt.trc\nDataRate\n60\nFrame#\tTime\tNeck\t\t\t"


def fill(folder: Path, *names: str) -> Path:
    """Files with just as much in them as an index looks at."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEAD + ("r_knee_study" if "Pre" not in name else "RKnee") + "\n")
    return folder


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return folder


def below(session: Session, path: Path | None) -> str | None:
    return None if path is None else path.relative_to(session.folder).as_posix()


@pytest.fixture
def downloaded(tmp_path: Path) -> Path:
    folder = fill(
        tmp_path / "OpenCapData_1234",
        "MarkerData/squats1.trc",
        "MarkerData/neutral.trc",
        "MarkerData/._squats1.trc",
        "OpenSimData/Model/LaiUhlrich2022_scaled.osim",
        "OpenSimData/Model/LaiUhlrich2022_no_patella_scaled.osim",
        "OpenSimData/Kinematics/squats1.mot",
        "OpenSimData/Kinematics/squats10.mot",
        "OpenSimData/Kinematics/neutral.mot",
    )
    put(
        folder,
        "MarkerData/Settings/settings_squats1.yaml",
        "augmenter_model: v0.2\nfilterFrequency: default\nposeDetector: hrnet\n"
        "openSimModel: LaiUhlrich2022_shoulder\nscalingSetup: any_pose\nverticalOffset: 0.0123\n",
    )
    return put(folder, "sessionMetadata.yaml", METADATA)


def test_a_downloaded_session(downloaded: Path) -> None:
    session = read_session(str(downloaded))
    assert session.subject is not None
    assert session.subject.mass_kg == 72.0
    assert (session.subject.identifier, session.subject.sex) == ("s1", "m")
    assert session.trials == ("squats1", "neutral")
    assert session.variants == ("",)
    files = session.files("squats1")
    assert below(session, files.keypoints) == "MarkerData/squats1.trc"
    assert files.stored == files.keypoints
    assert below(session, files.static) == "MarkerData/neutral.trc"
    assert files.static_stored == files.static
    assert below(session, files.motion) == "OpenSimData/Kinematics/squats1.mot"
    assert below(session, files.scaled_model) == "OpenSimData/Model/LaiUhlrich2022_scaled.osim"
    assert (files.generic_model, files.scaling_setup, files.ik_setup) == (None, None, None)
    assert files.settings == {
        "augmenter": "v0.2",
        "filter_frequency": "default",
        "pose_detector": "hrnet",
        "model": "LaiUhlrich2022_shoulder",
        "scaling_setup": "any_pose",
        "vertical_offset": "0.0123",
    }


def test_the_static_trial_itself_has_no_static_trial(downloaded: Path) -> None:
    files = read_session(downloaded).files("neutral")
    assert files.static is None
    assert files.settings == {"model": "LaiUhlrich2022"}


def test_settings_spelt_as_in_the_metadata(downloaded: Path) -> None:
    put(downloaded, "MarkerData/Settings/settings_squats1.yaml", "filterfrequency: 12\n")
    put(
        downloaded,
        "sessionMetadata.yaml",
        METADATA + "augmentermodel: v0.3\nposemodel: openpose\nfilterFrequency: 6\n"
        "scalingsetup: upright_standing_pose\n",
    )
    assert read_session(downloaded).files("squats1").settings == {
        "augmenter": "v0.3",
        "filter_frequency": "12",  # the trial's own, in whatever spelling
        "pose_detector": "openpose",
        "model": "LaiUhlrich2022",
        "scaling_setup": "upright_standing_pose",
    }


def test_set_ups_beside_the_model(downloaded: Path) -> None:
    fill(
        downloaded,
        "OpenSimData/Model/Setup_Scale_LaiUhlrich2022_scaled.xml",
        "OpenSimData/Model/LaiArnold_generic.osim",
        "OpenSimData/Model/LaiUhlrich2022_generic.osim",
        "OpenSimData/Model/LaiArnold_scaled.osim",
        "OpenSimData/IK/Setup_IK_squats1.xml",
        "OpenSimData/IK/squats10_setup_ik.xml",
    )
    put(downloaded, "MarkerData/Settings/settings_squats1.yaml", "augmenter_model: v0.2\n")
    files = read_session(downloaded).files("squats1")
    assert files.scaling_setup is not None
    assert files.ik_setup is not None
    assert files.ik_setup.name == "Setup_IK_squats1.xml"
    # of several models the one that the session names
    assert files.generic_model is not None
    assert files.generic_model.name == "LaiUhlrich2022_generic.osim"
    assert files.scaled_model is not None
    assert files.scaled_model.name == "LaiUhlrich2022_scaled.osim"


@pytest.fixture
def local(tmp_path: Path) -> Path:
    trials = ("3f2a", "neutral")
    folder = tmp_path / "local"
    for base in ("HRNet/2-cameras", "OpenPose_default/3-cameras"):
        for trial in trials:
            fill(
                folder,
                f"MarkerData/{base}/PreAugmentation/{trial}.trc",
                f"MarkerData/{base}/PostAugmentation_v0.1/{trial}_LSTM.trc",
                f"MarkerData/{base}/PostAugmentation_v0.2/{trial}_LSTM.trc",
                f"MarkerData/{base}/PostAugmentation_v0.10/{trial}.trc",
                f"OpenSimData/{base}/Kinematics/{trial}.mot",
            )
        fill(folder, f"OpenSimData/{base}/Model/LaiUhlrich2022_scaled.osim")
    return put(folder, "sessionMetadata.yaml", METADATA)


def test_a_local_run_with_several_variants(local: Path) -> None:
    session = read_session(local)
    assert session.trials == ("3f2a", "neutral")
    assert session.variants == ("HRNet/2-cameras", "OpenPose_default/3-cameras")
    with pytest.raises(
        NameNotFoundError,
        match="several variants of trial '3f2a', name one of: HRNet/2-cameras, OpenPose_default",
    ):
        session.files("3f2a")
    with pytest.raises(NameNotFoundError, match=r"did you mean 'HRNet/2-cameras'\?"):
        session.files("3f2a", "HRnet/2-cameras")
    files = session.files("3f2a", "OpenPose_default/3-cameras")
    base = "OpenPose_default/3-cameras"
    assert below(session, files.keypoints) == f"MarkerData/{base}/PreAugmentation/3f2a.trc"
    # no version is stated: the newest, and 0.10 is newer than 0.2
    assert below(session, files.stored) == f"MarkerData/{base}/PostAugmentation_v0.10/3f2a.trc"
    assert below(session, files.static) == f"MarkerData/{base}/PreAugmentation/neutral.trc"
    assert files.static_stored is not None
    assert files.static_stored.parent.name == "PostAugmentation_v0.10"
    assert below(session, files.motion) == f"OpenSimData/{base}/Kinematics/3f2a.mot"
    assert files.scaled_model is not None
    assert base in files.scaled_model.as_posix()


def test_the_stated_augmenter_version_chooses_the_markers(local: Path) -> None:
    base = "MarkerData/HRNet/2-cameras"
    put(local, f"{base}/Settings/Settings_3f2a.yaml", "augmenter_model: v0.2\n")
    put(
        local,
        "MarkerData/OpenPose_default/3-cameras/Settings_3f2a.yaml",
        "augmenter_model: v0.1\nfilterFrequency: 6\n",
    )
    session = read_session(local)
    files = session.files("3f2a", "HRNet/2-cameras")
    assert below(session, files.stored) == f"{base}/PostAugmentation_v0.2/3f2a_LSTM.trc"
    assert below(session, files.static_stored) == f"{base}/PostAugmentation_v0.2/neutral_LSTM.trc"
    assert "filter_frequency" not in files.settings  # those of the other variant
    other = session.files("3f2a", "OpenPose_default/3-cameras")
    assert other.stored is not None
    assert other.stored.parent.name == "PostAugmentation_v0.1"


def test_settings_beside_the_results_of_a_version_tell_of_that_version(local: Path) -> None:
    base = "MarkerData/HRNet/2-cameras"
    for version in ("v0.1", "v0.2"):
        put(
            local,
            f"{base}/PostAugmentation_{version}/Settings_3f2a.yaml",
            f"augmenter_model: {version}\n",
        )
    files = read_session(local).files("3f2a", "HRNet/2-cameras")
    assert files.settings["augmenter"] == "v0.2"
    assert files.stored is not None
    assert files.stored.parent.name == "PostAugmentation_v0.2"


def test_a_trial_in_one_variant_needs_no_choice(local: Path) -> None:
    fill(local, "MarkerData/HRNet/2-cameras/PreAugmentation/jump.trc")
    session = read_session(local)
    files = session.files("jump")
    assert "HRNet" in files.keypoints.parts
    assert files.stored is None
    assert files.motion is None
    with pytest.raises(NameNotFoundError, match="'jump' has no video recording in variant"):
        session.files("jump", "OpenPose_default/3-cameras")


def test_models_of_no_variant_serve_all(tmp_path: Path) -> None:
    fill(
        tmp_path,
        "MarkerData/HRNet/2-cameras/PostAugmentation/squat_LSTM.trc",
        "OpenSimData/Model/m_scaled.osim",
        "OpenSimData/OpenPose/Model/other_scaled.osim",
        "MarkerData/OpenPose/PostAugmentation/squat_LSTM.trc",
    )
    files = read_session(tmp_path).files("squat", "HRNet/2-cameras")
    assert files.scaled_model is not None
    assert files.scaled_model.name == "m_scaled.osim"
    assert files.keypoints == files.stored
    assert files.static is None


@pytest.fixture
def laboratory(tmp_path: Path) -> Path:
    folder = fill(
        tmp_path / "subject2",
        "MarkerData/Mocap/static1.trc",
        "MarkerData/Mocap/squats1.trc",
        "ForceData/squats1_forces.mot",
        "OpenSimData/Mocap/IK/squats1.mot",
        "OpenSimData/Mocap/Model/LaiUhlrich2022_scaled.osim",
    )
    for detector in ("HRNet", "OpenPose_default"):
        for cameras in ("2-cameras", "5-cameras"):
            for trial in ("static1", "squats1"):
                fill(
                    folder,
                    f"MarkerData/Video/{detector}/{cameras}/PostAugmentation_v0.2/{trial}.trc",
                    f"MarkerData/Video/{detector}/{cameras}/PostAugmentation_v0.2/"
                    f"{trial}_videoAndMocap.trc",
                    f"OpenSimData/Video/{detector}/{cameras}/IK/{trial}.mot",
                    f"OpenSimData/Video/{detector}/{cameras}/IK/{trial}_videoAndMocap.mot",
                    f"OpenSimData/Video/{detector}/{cameras}/Model/LaiUhlrich2022_scaled.osim",
                )
    return put(folder, "sessionMetadata.yaml", METADATA.replace("gender_mf", "sex"))


def test_the_laboratory_validation(laboratory: Path) -> None:
    session = read_session(laboratory)
    assert session.trials == ("squats1", "static1")
    assert len(session.variants) == 4
    mocap = [recording for recording in session.recordings if recording.content == "mocap"]
    assert {recording.trial for recording in mocap} == {"static1", "squats1"}
    files = session.files("squats1", "HRNet/5-cameras")
    base = "Video/HRNet/5-cameras"
    assert below(session, files.stored) == f"MarkerData/{base}/PostAugmentation_v0.2/squats1.trc"
    assert below(session, files.motion) == f"OpenSimData/{base}/IK/squats1.mot"
    assert below(session, files.static) == f"MarkerData/{base}/PostAugmentation_v0.2/static1.trc"
    assert files.scaled_model is not None
    assert "Mocap" not in files.scaled_model.parts
    assert session.subject is not None
    assert session.subject.sex == "m"


def test_models_and_motions_of_mocap_serve_no_video(laboratory: Path) -> None:
    for path in (laboratory / "OpenSimData" / "Video").rglob("*.*"):
        path.unlink()
    files = read_session(laboratory).files("squats1", "HRNet/5-cameras")
    assert (files.scaled_model, files.motion) == (None, None)


def test_several_static_trials(downloaded: Path) -> None:
    fill(downloaded, "MarkerData/neutral_2.trc", "MarkerData/Neutral_old.trc")
    session = read_session(downloaded)
    assert session.trials[0] == "squats1"
    with pytest.warns(
        KinebenchWarning,
        match="several static trials: neutral, neutral_2, Neutral_old; 'neutral' is taken",
    ):
        files = session.files("squats1")
    assert files.static is not None
    assert files.static.name == "neutral.trc"


def test_no_static_trial(downloaded: Path) -> None:
    (downloaded / "MarkerData/neutral.trc").unlink()
    files = read_session(downloaded).files("squats1")
    assert (files.static, files.static_stored) == (None, None)


def test_a_misspelt_trial(downloaded: Path) -> None:
    with pytest.raises(NameNotFoundError, match=r"no trial 'squat1' \(did you mean 'squats1'\?\)"):
        read_session(downloaded).files("squat1")


def test_keypoints_alone(tmp_path: Path) -> None:
    put(tmp_path, "MarkerData/squat.trc", HEAD + "RKnee\n")
    files = read_session(tmp_path).files("squat")
    assert files.keypoints.name == "squat.trc"
    assert files.stored is None


@pytest.mark.parametrize(
    "metadata", ["mass_kg: 72\n", "height_m: 1.8\n", "a: 1\n", "mass_kg: null\nheight_m: 1.8\n"]
)
def test_metadata_without_mass_or_height(downloaded: Path, metadata: str) -> None:
    session = read_session(put(downloaded, "sessionMetadata.yaml", metadata))
    assert session.subject is None


def test_no_metadata_or_under_the_older_name(downloaded: Path) -> None:
    (downloaded / "sessionMetadata.yaml").unlink()
    session = read_session(downloaded)
    assert session.subject is None
    assert session.metadata == {}
    put(downloaded, "metadata.yaml", "mass_kg: 60\nheight_m: 1.6\n")
    subject = read_session(downloaded).subject
    assert subject is not None
    assert (subject.identifier, subject.sex) == ("subject", None)


@pytest.mark.parametrize(
    ("mass", "height"), [("72,5", "178 cm"), ("'72.5kg'", "1,78"), ("72500 g", "'1.78'")]
)
def test_metadata_with_units(downloaded: Path, mass: str, height: str) -> None:
    put(downloaded, "sessionMetadata.yaml", f"mass_kg: {mass}\nheight_m: {height}\n")
    subject = read_session(downloaded).subject
    assert subject is not None
    assert (subject.mass_kg, subject.height_m) == pytest.approx((72.5, 1.78))


@pytest.mark.parametrize("text", ["mass_kg: 72\nheight_cm: 178\n", "mass_kg: 72\nheight: 1.78\n"])
def test_a_height_under_another_name_is_told(downloaded: Path, text: str) -> None:
    put(downloaded, "sessionMetadata.yaml", text)
    with pytest.warns(KinebenchWarning, match="'height_m' is not stated; 'height.*' is not read"):
        assert read_session(downloaded).subject is None


@pytest.mark.parametrize("name", ["jump.csv", "jump.c3d", "jump.trc.gz", "Jump.CSV"])
def test_a_recording_of_another_kind_is_named(downloaded: Path, name: str) -> None:
    put(downloaded, f"MarkerData/{name}", "x")
    with pytest.raises(NameNotFoundError, match=f"where {name} is no TRC file and is not read"):
        read_session(downloaded).files("jump")


def test_a_session_deep_within_a_folder_is_found(tmp_path: Path, downloaded: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    downloaded.rename(tmp_path / "a" / "b" / "session")
    assert read_session(tmp_path / "a").folder == tmp_path / "a" / "b" / "session"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mass_kg: [72\n", "cannot read sessionMetadata.yaml: while parsing"),
        ("- a\n- b\n", "sessionMetadata.yaml must hold keys with values"),
        ("", "sessionMetadata.yaml must hold keys with values"),
        ("mass_kg: 72 lots\nheight_m: 1.8\n", "'mass_kg': 'lots' is no unit of a mass; valid are"),
        ("mass_kg: heavy\nheight_m: 1.8\n", "'mass_kg': must be a mass, a number in kg or with"),
        ("mass_kg: [1]\nheight_m: 1.8\n", "'mass_kg': must be a number, found"),
        ("mass_kg: 72\nheight_m: true\n", "'height_m': must be a number, found True"),
        ("mass_kg: 72\nheight_m: 1.8\nheight_m: 1.7\n", "'height_m' stands twice"),
        ("mass_kg: 72\na: {b: 1, b: 2}\n", "'b' stands twice"),
        ("!!python/object/apply:os.system ['true']\n", "cannot read sessionMetadata.yaml"),
        ("a: &a [1, 1]\nb: [*a, *a]\n", "cannot read sessionMetadata.yaml: aliases"),
        ("date: !!timestamp x\n", "cannot read sessionMetadata.yaml"),
        ("mass_kg: " + "9" * 400 + "\nheight_m: 1.8\n", "bits is too large"),
        ("mass_kg: .inf\nheight_m: 1.8\n", "a number is inf"),
        ('subjectID: "\\e[2J"\nmass_kg: 60\nheight_m: 1.6\n', "control character"),
    ],
)
def test_broken_metadata(downloaded: Path, text: str, message: str) -> None:
    with pytest.raises(FileFormatError, match=message) as caught:
        read_session(put(downloaded, "sessionMetadata.yaml", text))
    assert "\n" not in str(caught.value)


def test_doubtful_metadata(downloaded: Path) -> None:
    with pytest.raises(ValueRangeError, match="mass_kg must be a number above 0"):
        read_session(put(downloaded, "sessionMetadata.yaml", "mass_kg: 0\nheight_m: 1.8\n"))
    put(downloaded, "sessionMetadata.yaml", "mass_kg: 72\nheight_m: 178\n")
    with pytest.warns(KinebenchWarning, match="in cm"):
        read_session(downloaded)


def test_broken_settings(downloaded: Path) -> None:
    put(downloaded, "MarkerData/Settings/settings_squats1.yaml", "a: [\n")
    with pytest.raises(FileFormatError, match=r"cannot read settings_squats1.yaml"):
        read_session(downloaded).files("squats1")


def test_folders_that_are_no_sessions(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match=r"session folder .*no does not exist"):
        read_session(tmp_path / "no")
    with pytest.raises(FileFormatError, match=r"no OpenCap session: it has no .trc file below"):
        read_session(tmp_path)
    fill(tmp_path, "MarkerData/._squat.trc")
    with pytest.raises(FileFormatError, match="no OpenCap session"):
        read_session(tmp_path)


def test_a_date_that_never_was_is_a_text(downloaded: Path) -> None:
    text = "date: 2001-99-99\nmass_kg: 60\nheight_m: 1.6\n"
    session = read_session(put(downloaded, "sessionMetadata.yaml", text))
    assert session.metadata["date"] == "2001-99-99"


def test_a_session_shows_itself_in_a_line(downloaded: Path) -> None:
    assert repr(read_session(downloaded)) == (
        "<Session OpenCapData_1234: 72 kg, 1.78 m; trials squats1, neutral>"
    )
