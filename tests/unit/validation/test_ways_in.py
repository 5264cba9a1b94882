"""Every kind of input that ``kinebench validate`` takes, from one laboratory-made visit."""

from __future__ import annotations

import json
import math
import re
import shutil
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from kinebench.cli.main import main
from kinebench.core.markers import Markers
from kinebench.errors import NameNotFoundError
from kinebench.io.c3d import write_c3d
from kinebench.io.mot import read_motion
from kinebench.io.trc import read_trc
from kinebench.lab import Population
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions.squat import Squat
from kinebench.osim.edits import marker_names, with_renamed_markers
from kinebench.studies.sources.lab_session import LabSession
from kinebench.validation.mocap import mocap_spec, require_tracked

LAB = ["--body", "lab"]
FAST = [*LAB, "--engine", "fast"]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("laboratory") / "session"
    motions = (("squats", Squat(repetitions=1)),)
    lab = LabSession(Population().subject(3), motions, errors=two_phones())
    return lab.write(folder, "labvalidation")


def mocap(session: Path, name: str = "squats") -> Path:
    return session / "MarkerData" / "Mocap" / f"{name}.trc"


def only(folder: Path, pattern: str) -> Path:
    (found,) = folder.rglob(pattern)
    return found


def result(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert main(["validate", *map(str, arguments), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def errors(found: dict[str, Any]) -> dict[str, float]:
    return {row["item"]: row["rmse"] for row in found["errors"]}


@pytest.fixture(scope="module")
def plain(session: Path) -> dict[str, float]:
    """From TRC files, scaled on the static trial."""
    given = [mocap(session), session, "--static-mocap", mocap(session, "static1"), *FAST]
    with redirect_stdout(StringIO()) as said:
        assert main(["validate", *map(str, given), "--json"]) == 0
    return errors(json.loads(said.getvalue()))


def test_c3d_gives_what_trc_gives(
    session: Path, plain: dict[str, float], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("squats", "static1"):
        write_c3d(tmp_path / f"{name}.c3d", read_trc(mocap(session, name)))
    static = ["--static-mocap", tmp_path / "static1.c3d"]
    found = errors(result(capsys, tmp_path / "squats.c3d", session, *static, *FAST))
    # C3D holds mm as 32-bit numbers, TRC as decimals: joint angles agree to 0.01°
    assert found == pytest.approx(plain, abs=math.radians(0.01))


@pytest.mark.parametrize("packed", [False, True])
def test_a_pose2sim_project(
    packed: bool, session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = session / "OpenSimData" / "Mocap" / "IK" / "squats.mot"
    own = only(session / "OpenSimData" / "Video", "squats.mot")
    project = tmp_path / "project"
    (project / "kinematics").mkdir(parents=True)
    shutil.copy(own, project / "kinematics" / "squats.mot")
    shutil.copy(own, project / "kinematics" / "walk.mot")
    given = (
        Path(shutil.make_archive(str(project), "zip", tmp_path, "project")) if packed else project
    )
    found = result(capsys, reference, given)
    assert errors(found) == pytest.approx(errors(result(capsys, reference, own)), abs=1e-9)
    assert any("Pose2Sim project, squats.mot" in one["message"] for one in found["remarks"])


def test_a_pose2sim_project_of_markers_alone(
    session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    augmented = only(session / "MarkerData" / "Video", "PostAugmentation*/squats.trc")
    folder = tmp_path / "project" / "squats" / "pose-3d"
    folder.mkdir(parents=True)
    shutil.copy(augmented, folder / "squats_filtered_LSTM.trc")
    found = errors(result(capsys, mocap(session), tmp_path / "project"))
    assert found == pytest.approx(errors(result(capsys, mocap(session), augmented)), abs=1e-9)


def test_markers_against_markers(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    augmented = only(session / "MarkerData" / "Video", "PostAugmentation*/squats.trc")
    found = result(capsys, mocap(session), augmented)
    assert found["clock"]["lag_s"] == pytest.approx(0, abs=0.02)
    distances = errors(found)
    assert len(distances) > 30
    # two phones see a body within some centimetres, and never within 1 mm
    assert all(1e-3 < distance < 0.15 for distance in distances.values())
    assert not [one for one in found["remarks"] if one["severity"] == "warning"]


@pytest.mark.usefixtures("undrawn")
def test_a_scaled_model_instead_of_a_static_trial(
    session: Path, plain: dict[str, float], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    static = ["--static-mocap", mocap(session, "static1")]
    first = result(capsys, mocap(session), session, *static, *FAST, "--out", out)
    assert sorted(path.name for path in out.iterdir()) == [
        "figures.csv", "methods.txt", "mocap.mot", "mocap_scaled.osim", "reference.mot",
        "report.html", "validation.json", "video.mot",
    ]  # fmt: skip
    scaled = ["--scaled-model", out / "mocap_scaled.osim"]
    second = result(capsys, mocap(session), session, *scaled, *FAST, "--out", tmp_path / "two")
    assert errors(second) == pytest.approx(plain, abs=math.radians(0.01))
    one, two = read_motion(out / "mocap.mot"), read_motion(tmp_path / "two" / "mocap.mot")
    assert one.names == two.names
    for folder, found, model, how in (
        (out, first, "kinebench_body_scaled", "was scaled on the static trial"),
        (tmp_path / "two", second, "mocap_scaled", "was given"),
    ):
        told = {remark["code"]: remark for remark in found["remarks"]}
        assert told["video"]["message"] == "video: OpenCap session, squats.mot"
        solved = told["mocap solved"]
        said = re.fullmatch(
            r"mocap: 43 of 43 tracked markers; marker error of inverse kinematics (\d\.\d) mm RMS",
            solved["message"],
        )
        assert said is not None
        # the laboratory's true markers on a model that ScaleTool's rules fit to them
        assert 0.3 < float(said[1]) < 5
        assert solved["severity"] == "note"
        methods = (folder / "methods.txt").read_text("utf-8")
        assert methods.startswith(
            "The mocap's motion is inverse kinematics of 43 markers (fast; root mean square marker"
            f" error {said[1]} mm) with model {model}, which {how}. "
        )
        assert "joint axes" not in told
    # without a session that says who it is: nothing is scaled, no mass or height is asked for
    third = result(capsys, mocap(session), out / "video.mot", *scaled, *FAST, "--lag", "0")
    assert errors(third).keys() == errors(first).keys()


def test_a_model_of_the_video_is_not_one_of_the_mocap() -> None:
    """As the mocap's names are OpenCap's optical ones, no map would help."""
    optical = SimpleNamespace(ik=SimpleNamespace(weights={"r_knee": 1.0}), marker_set=None)
    spec: Any = SimpleNamespace(setup=lambda: optical)
    recorded = Markers(("r_knee",), np.arange(2.0), np.zeros((2, 1, 3)))
    generic = mocap_spec("lab").setup().generic
    with pytest.raises(NameNotFoundError) as told:
        require_tracked(recorded, "the mocap", spec, generic)
    assert "was scaled for video: its markers are augmented ones such as " in str(told.value)
    assert "give --static-mocap FILE" in str(told.value)
    names = marker_names(generic)
    renamed = with_renamed_markers(generic, {name: f"{name}_x" for name in names})
    with pytest.raises(NameNotFoundError, match=r"has other markers than a mocap's: \w"):
        require_tracked(recorded, "the mocap", spec, renamed)


def test_opensims_engine_gives_what_the_fast_one_gives(
    session: Path, plain: dict[str, float], capsys: pytest.CaptureFixture[str]
) -> None:
    static = ["--static-mocap", mocap(session, "static1")]
    found = errors(result(capsys, mocap(session), session, *static, *LAB, "--engine", "opensim"))
    assert found.keys() == plain.keys()
    legs = [name for name in plain if name.startswith(("hip_", "knee_", "ankle_"))]
    for name in legs:
        assert found[name] == pytest.approx(plain[name], abs=math.radians(0.2)), name
