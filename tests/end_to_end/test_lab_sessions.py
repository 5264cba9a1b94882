"""``run``, ``why`` and ``engines`` on sessions of virtual subjects: no public data is needed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.cli.main import main
from kinebench.io.mot import read_motion
from kinebench.io.session import read_session
from kinebench.io.trc import read_trc
from kinebench.lab import StaticPose
from kinebench.lab.sessions import LAYOUTS, SessionContent, write_session
from kinebench.studies.sources.lab_session import LabSession

pytestmark = pytest.mark.usefixtures("no_public_data")


@pytest.fixture(scope="module")
def content(lab_content: SessionContent) -> SessionContent:
    return lab_content


@pytest.fixture(scope="module")
def folder(content: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_session(tmp_path_factory.mktemp("sessions") / "OpenCapData_1", content)


def run_json(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert main(["run", *map(str, arguments), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_session_is_read_as_it_was_written(
    lab_session: LabSession, layout: str, content: Any, tmp_path: Path
) -> None:
    session = read_session(write_session(tmp_path / "s", content, layout))
    assert session.trials == ("squats", "neutral")
    assert session.subject == replace(
        lab_session.person.as_subject(), sex=lab_session.person.sex[0]
    )
    files = session.files("squats")
    squats = content.trials["squats"]
    for path, markers in ((files.keypoints, squats.keypoints), (files.stored, squats.augmented)):
        assert path is not None
        found = read_trc(path).select(markers.names)
        shift = found.positions - markers.positions
        # OpenCap's downloaded keypoints stand on its floor, as its markers do
        np.testing.assert_allclose(shift[..., [0, 2]], 0.0, atol=1e-5)
        assert np.ptp(shift[..., 1]) < 2e-5
    assert files.static is not None
    assert files.static.stem.startswith("neutral")
    assert files.motion is not None
    assert files.scaled_model is not None
    assert files.settings["augmenter"] == "lab-1"
    motion = read_motion(files.motion)
    np.testing.assert_allclose(motion.values, squats.motion.values, atol=1e-5)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("engine", ["fast", "opensim"])
def test_run_meets_the_session_s_own_motion(
    layout: str, engine: str, content: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_session(tmp_path / "s", content, layout)
    out = tmp_path / "out"
    found = run_json(capsys, folder, "--trial", "squats", "--engine", engine, "--out", out)
    assert found["choices"]["augmenter"] == "lab-1 (it made the session's markers)"
    assert found["choices"]["model"] == "kinebench_body_generic (the session's)"
    ours = read_motion(out / "kinematics.mot")
    theirs = content.trials["squats"].motion
    for name in ("knee_angle_r", "knee_angle_l", "hip_flexion_r", "pelvis_tilt"):
        # ScaleTool's marker placer stops early: half a degree at most (the engines differ)
        assert np.degrees(np.abs(ours.value(name) - theirs.value(name)).max()) < 1.0, name


def test_the_knee_bends_as_the_subject_bent_it(
    content: Any, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_json(capsys, folder, "--trial", "squats", "--engine", "fast", "--out", tmp_path / "out")
    ours = read_motion(tmp_path / "out" / "kinematics.mot").value("knee_angle_r")
    truth = content.trials["squats"].optical_motion.value("knee_angle_r")
    assert np.degrees(np.sqrt(np.mean((ours - truth) ** 2))) < 8.0
    assert np.degrees(truth.max()) > 60.0


def test_an_augmenter_that_is_asked_for_is_used(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--trial", "squats", "--augmenter", "lab-1", "--engine", "fast")
    found = run_json(capsys, folder, *options, "--out", tmp_path / "out")
    assert found["choices"]["augmenter"] == "lab-1 (asked for)"
    assert "static markers" not in found["choices"]


def test_without_a_static_trial_the_session_s_model_is_used(
    content: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = replace(content, trials={"squats": content.trials["squats"]})
    folder = write_session(tmp_path / "s", alone)
    found = run_json(capsys, folder, "--engine", "fast", "--out", tmp_path / "out")
    assert "no other static trial" in found["choices"]["scaling"]
    assert (tmp_path / "out" / "scaled.osim").read_bytes() == content.scaled_model.xml


def test_stored_markers_are_tracked_as_they_are(
    content: Any, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--trial", "squats", "--markers", "stored", "--engine", "fast")
    run_json(capsys, folder, *options, "--out", tmp_path / "out")
    tracked = read_trc(tmp_path / "out" / "augmented.trc")
    stored = content.trials["squats"].augmented
    gap = tracked.select(stored.names).positions - stored.positions
    assert np.abs(gap).max() < 1e-4


def test_a_bad_static_trial_is_told_and_another_rate_is_read(
    lab_session: LabSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bent = StaticPose(duration_s=3.0, right_knee_deg=30.0)
    session = replace(lab_session, static=bent, rate_hz=100.0)
    folder = session.write(tmp_path / "s", "local")
    found = run_json(
        capsys, folder, "--trial", "squats", "--engine", "fast", "--out", tmp_path / "out"
    )
    assert found["results"]["rate_hz"] == pytest.approx(100.0)
    facts = [one["message"] for one in (*found["remarks"], *found["quality"])]
    assert sum("right knee is bent" in message for message in facts) == 1


def test_why_on_a_session(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", str(folder), "--trial", "squats", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["trial"] == "squats"
    assert {"static window", "camera tilt", "keypoint noise"} <= set(found["parts"])
    for figure, as_is in found["as_is"].items():
        total = sum(part[figure] or 0.0 for part in found["parts"].values())
        if as_is is not None:
            assert total == pytest.approx(found["swapped"][figure] - as_is, abs=1e-9)


def test_engines_on_a_session(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["engines", str(folder), "--trial", "squats", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [engine["name"] for engine in found["engines"]] == ["opensim", "fast"]
    assert found["second_not_worse"] >= 0.99


def test_a_session_of_keypoints_alone_is_run_when_the_augmenter_is_named(
    lab_session: LabSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = replace(lab_session, results=False).write(tmp_path / "s")
    options = ("--augmenter", "lab-1", "--engine", "fast", "--trial", "squats")
    found = run_json(capsys, folder, *options, "--out", tmp_path / "out")
    assert found["results"]["frames"] > 60


def test_the_laboratory_s_measurements_lie_beside_the_video(
    lab_session: LabSession, tmp_path: Path
) -> None:
    folder = replace(lab_session, results=False).write(tmp_path / "s", "labvalidation")
    session = read_session(folder)
    assert session.trials == ("squats", "static1")
    assert {one.trial for one in session.recordings if one.content == "mocap"} == {
        "squats",
        "static1",
    }
    truth = read_motion(folder / "OpenSimData" / "Mocap" / "IK" / "squats.mot")
    assert np.degrees(truth.value("knee_angle_r").max()) > 60.0


FAST = ("--trial", "squats", "--augmenter", "lab-1", "--engine", "fast")


def heights(out: Path, augmented: bool) -> float:
    """Lowest augmented marker, or lowest keypoint, of a run, m."""
    markers = read_trc(out / "augmented.trc")
    names = [name for name in markers.names if name.endswith("_study") == augmented]
    return float(markers.select(names).positions[..., 1].min())


def test_the_floor_is_set_by_augmented_markers_and_can_be_left_out(
    content: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # a downloaded session stands on its floor already: only other layouts show the offset
    folder = write_session(tmp_path / "s", content, "local")
    run_json(capsys, folder, *FAST, "--out", tmp_path / "floor")
    run_json(capsys, folder, *FAST, "--no-floor", "--out", tmp_path / "none")
    assert heights(tmp_path / "floor", augmented=True) == pytest.approx(0.01, abs=2e-5)
    assert abs(heights(tmp_path / "floor", augmented=False) - 0.01) > 2e-3
    assert abs(heights(tmp_path / "none", augmented=True) - 0.01) > 2e-3
    lowest = content.trials["squats"].keypoints.positions[..., 1].min()
    assert heights(tmp_path / "none", augmented=False) == pytest.approx(lowest, abs=2e-5)


def test_resampling_reaches_the_augmenter(
    lab_session: LabSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = replace(lab_session, rate_hz=100.0, results=False).write(tmp_path / "s")
    markers = []
    for name, options in (("plain", ()), ("resampled", ("--resample", "60"))):
        run_json(capsys, folder, *FAST, *options, "--out", tmp_path / name)
        markers.append(read_trc(tmp_path / name / "augmented.trc").position("r_knee_study"))
    assert np.linalg.norm(markers[0] - markers[1], axis=1).max() > 2e-3


def test_a_static_trial_is_scaled_on_even_where_a_scaled_model_lies_beside_it(
    content: Any, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = run_json(capsys, folder, *FAST, "--out", tmp_path / "out")
    assert "static window" in found["choices"]
    assert "scaling" not in found["choices"]
    assert (tmp_path / "out" / "scaled.osim").read_bytes() != content.scaled_model.xml


def test_a_cleaned_trial_is_scaled_on_a_cleaned_static_trial(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--trial", "squats", "--engine", "fast")
    plain = run_json(capsys, folder, *options, "--out", tmp_path / "plain")
    assert plain["choices"]["static markers"] == "stored (the session's, made by lab-1)"
    clean = run_json(
        capsys, folder, *options, "--clean", "butterworth:6", "--out", tmp_path / "clean"
    )
    assert "static markers" not in clean["choices"]
    assert [step["kind"] for step in clean["resolved"]["clean"]["static"]] == ["Butterworth"]
