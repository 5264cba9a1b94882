"""Sessions as people name and keep them: archives, files, inner folders, endings in upper case."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kinebench.cli.main import main
from kinebench.comparison import find_pairs
from kinebench.errors import FileFormatError
from kinebench.io.session import Session, read_session
from kinebench.io.trc import read_trc

CASES = Path(__file__).parent
NEUTRAL = CASES / "04-zeros-for-missing" / "neutral.trc"
SQUAT = CASES / "04-zeros-for-missing" / "squat_nan.trc"
METADATA = "subjectID: s1\nmass_kg: 73.7\nheight_m: 1.752\naugmentermodel: v0.3\n"


def session(
    folder: Path, squat: str = "squats.trc", metadata: str = "sessionMetadata.yaml"
) -> Path:
    (folder / "MarkerData").mkdir(parents=True)
    shutil.copy(NEUTRAL, folder / "MarkerData" / "neutral.trc")
    shutil.copy(SQUAT, folder / "MarkerData" / squat)
    (folder / metadata).write_text(METADATA)
    return folder


def test_case_20(tmp_path: Path, capsys: pytest.CaptureFixture[str], opencap_files: Path) -> None:
    folder = session(tmp_path / "session", "SQUATS.TRC")
    assert main(["run", str(folder), "--trial", "SQUATS", "--augmenter", "lab-1", "--dry-run"]) == 0
    assert "trial     SQUATS: 120 frames" in capsys.readouterr().out
    assert main(["run", str(folder), "--augmenter", "lab-1", "--dry-run"]) == 0
    assert "trial     SQUATS: 120 frames" in capsys.readouterr().out


def upper(folder: Path) -> Path:
    """Every name below a folder in upper case."""
    for path in sorted(folder.rglob("*"), key=lambda path: -len(path.parts)):
        path.rename(path.with_name(path.name.upper()))
    return folder


def test_every_file_of_a_session_is_found_in_upper_case(tmp_path: Path) -> None:
    def full(name: str) -> Path:
        folder = session(tmp_path / name / "s")
        for file in (
            "MarkerData/Settings/settings_squats.yaml",
            "OpenSimData/Model/LaiUhlrich2022_scaled.osim",
            "OpenSimData/Model/LaiUhlrich2022_no_patella_scaled.osim",
            "OpenSimData/Model/LaiUhlrich2022_generic.osim",
            "OpenSimData/Model/Setup_Scale_s.xml",
            "OpenSimData/Kinematics/squats.mot",
            "OpenSimData/Kinematics/squats_setup_ik.xml",
        ):
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text("scalingSetup: any_pose\n")
        return folder

    def names(found: Session) -> list[str]:
        files = found.files(found.trials[0])
        paths = (files.keypoints, files.static, files.motion, files.scaled_model,
                 files.generic_model, files.scaling_setup)  # fmt: skip
        assert None not in paths
        settings = sorted(files.settings.items())
        return [path.relative_to(found.folder).as_posix().lower() for path in paths if path] + [
            str(settings), str(found.subject), str(files.ik_setup is None),
        ]  # fmt: skip

    plain = names(read_session(full("plain")))
    assert names(read_session(upper(full("upper")))) == plain


@pytest.mark.parametrize("name", ["SessionMetadata.YAML", "sessionMetadata.yml", "METADATA.YAML"])
def test_metadata_under_other_names(tmp_path: Path, name: str) -> None:
    found = read_session(session(tmp_path / "s", metadata=name))
    assert found.subject is not None
    assert found.subject.height_m == 1.752


def test_folders_of_motions_and_studies_take_any_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for side, name in (("a", "s1/Walk.TRC"), ("b", "s1/Walk.trc")):
        (tmp_path / side / "s1").mkdir(parents=True)
        shutil.copy(NEUTRAL, tmp_path / side / name)
    (pair,) = find_pairs(tmp_path / "a", tmp_path / "b").pairs
    assert (pair.reference.name, pair.estimate.name) == ("Walk.TRC", "Walk.trc")
    study = (CASES / "14-toml-with-bom" / "study.toml").read_text(encoding="utf-8-sig")
    study = study.replace('augmenter = "v0.3"', 'augmenter = "lab-1"\nbody = "lab"')
    (tmp_path / "STUDY.TOML").write_text(study)
    assert main(["study", "list", str(tmp_path)]) == 0
    assert "mine  (2 cells)" in capsys.readouterr().out


def as_zip(folder: Path) -> Path:
    return Path(shutil.make_archive(str(folder), "zip", folder))


def as_renamed_zip(folder: Path) -> Path:
    return as_zip(folder).rename(folder.parent / "OpenCapData_x")


def as_tar_gz(folder: Path) -> Path:
    return Path(shutil.make_archive(str(folder), "gztar", folder))


def as_tar(folder: Path) -> Path:
    return Path(shutil.make_archive(str(folder), "tar", folder))


@pytest.mark.parametrize("pack", [as_zip, as_renamed_zip])
def test_case_13(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    pack: Callable[[Path], Path],
    opencap_files: Path,
) -> None:
    """A session as OpenCap gives it for download is read as its folder is."""
    folder = session(tmp_path / "OpenCapData_y")
    archive = pack(folder)
    options = ["--trial", "squats", "--augmenter", "lab-1", "--dry-run"]
    assert main(["run", str(folder), *options]) == 0
    plain = capsys.readouterr().out
    assert main(["run", str(archive), *options]) == 0
    assert capsys.readouterr().out == plain.replace(str(folder), str(archive.resolve()))
    assert main(["run", str(archive), *options, "--json"]) == 0
    told = str(archive.resolve() / "MarkerData" / "squats.trc")
    assert f'"keypoints": "{told}"' in capsys.readouterr().out


@pytest.mark.parametrize(("pack", "kind"), [(as_tar_gz, "gzip"), (as_tar, "tar")])
@pytest.mark.parametrize("command", ["run", "why", "engines"])
def test_case_13_another_archive(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    pack: Callable[[Path], Path],
    kind: str,
    command: str,
) -> None:
    archive = pack(session(tmp_path / "OpenCapData_y"))
    out = ["--out", str(tmp_path / "o")] if command == "run" else []
    assert main([command, str(archive), "--trial", "squats", *out]) == 2
    assert capsys.readouterr().err == (
        f"kinebench {command}: {archive.name} is a {kind} archive: unpack it, and name the folder"
        " that holds MarkerData\n"
    )


@pytest.mark.parametrize("ending", [".trc", ".mot", ".csv"])
def test_an_archive_under_another_ending(tmp_path: Path, ending: str) -> None:
    path = as_zip(session(tmp_path / "s")).rename(tmp_path / f"t{ending}")
    assert zipfile.is_zipfile(path)
    assert not tarfile.is_tarfile(path)
    with pytest.raises(FileFormatError, match=rf"^t\{ending} is a zip archive: unpack it$"):
        read_trc(path)


@pytest.mark.parametrize("inner", [
    "MarkerData", "OpenSimData", "OpenSimData/Model", "MarkerData/Settings", "Videos/Cam0",
    "sessionMetadata.yaml", "",
])  # fmt: skip
def test_a_part_of_a_session_stands_for_it(
    tmp_path: Path, inner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = session(tmp_path / "s")
    if "." not in inner:
        (folder / inner).mkdir(parents=True, exist_ok=True)
    assert read_session(folder / inner).folder.resolve() == folder.resolve()
    if (folder / inner).is_dir():
        monkeypatch.chdir(folder / inner)
        assert read_session(Path()).folder.resolve() == folder.resolve()


def test_a_folder_around_one_session_stands_for_it(tmp_path: Path) -> None:
    session(tmp_path / "OpenCapData_1" / "OpenCapData_1")
    assert read_session(tmp_path / "OpenCapData_1").folder.name == "OpenCapData_1"
    session(tmp_path / "OpenCapData_1" / "OpenCapData_2")
    with pytest.raises(
        FileFormatError, match="several sessions, name one of them: OpenCapData_1, OpenCapData_2"
    ):
        read_session(tmp_path / "OpenCapData_1")


def test_a_file_is_no_session(tmp_path: Path) -> None:
    folder = session(tmp_path / "s")
    with pytest.raises(FileFormatError, match=r"squats\.trc is a file, no session folder: .*"
                       r"--keypoints squats\.trc"):  # fmt: skip
        read_session(folder / "MarkerData" / "squats.trc")
    with pytest.raises(FileFormatError, match="nowhere does not exist"):
        read_session(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileFormatError, match=r"no \.trc file below MarkerData"):
        read_session(tmp_path / "empty")


def test_a_folder_is_no_recording(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = session(tmp_path / "s")
    archive = as_zip(folder)
    given = ["--keypoints", str(archive), "--mass", "70", "--height", "1.7", "--dry-run"]
    assert main(["run", *given]) == 2
    assert "s.zip is an OpenCap session as a zip archive, which 'kinebench run" in (
        capsys.readouterr().err
    )
    given = ["--keypoints", str(folder), "--mass", "70", "--height", "1.7", "--dry-run"]
    assert main(["run", *given]) == 2
    assert "s is an OpenCap session, which 'kinebench run" in capsys.readouterr().err
