"""``kinebench run`` on a real session: what comes out, and whether it comes out again."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.cli.main import main
from kinebench.core import Model, Subject
from kinebench.core.markers import Markers
from kinebench.core.provenance import digest
from kinebench.io.mot import read_motion
from kinebench.io.trc import read_trc, write_trc
from kinebench.osim.runtime import load_opensim, quietly
from kinebench.pipeline.opencap import OpenCapSetup, opencap_setup
from kinebench.pipeline.outputs import OUTPUT_FILES
from kinebench.pipeline.session import reading
from kinebench.pipeline.session.facts import FittedWindow
from kinebench.pipeline.session.window import fitted_window
from kinebench.remarks import collected_remarks
from kinebench.scaling.opensim_scaler import OpenSimScaler
from kinebench.scaling.window import GivenWindow

pytestmark = pytest.mark.mirror

MODEL = "LaiUhlrich2022"


_fitted: dict[str, FittedWindow] = {}


def _fitted_once(
    setup: OpenCapSetup, static: Markers, subject: Subject, scaled: Model | None
) -> FittedWindow:
    key = digest((setup, static, subject, scaled))
    if key not in _fitted:
        with collected_remarks() as told:
            _fitted[key] = fitted_window(setup, static, subject, scaled)
        assert not told  # it would be lost the next time
    return _fitted[key]


@pytest.fixture(autouse=True, scope="module")
def _window_is_searched_once_of_the_same_static_trial() -> Iterator[None]:
    """Four runs of ScaleTool, in all that most tests here compute, and always the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "fitted_window", _fitted_once)
        yield


def messages(content: dict[str, Any]) -> list[str]:
    """Of the remarks in run.json or a plan."""
    return [remark["message"] for remark in content["remarks"]]


def run_on(session: Path, out: Path, *options: str) -> dict[str, Any]:
    """Run the command; its standard output must be the JSON of run.json and nothing else."""
    printed = io.StringIO()
    shown = warnings.showwarning
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        code = main(["run", str(session), "--out", str(out), "--json", *options])
    warnings.showwarning = shown
    assert code == 0
    return json.loads(printed.getvalue())


@pytest.fixture(scope="module", params=["with set-ups", "downloaded"])
def whole(
    request: pytest.FixtureRequest,
    subject0: Path,
    downloaded: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, dict[str, Any]]:
    session = subject0 if request.param == "with set-ups" else downloaded
    out = tmp_path_factory.mktemp("run") / "out"
    return out, run_on(session, out, "--trial", "Squats_0")


def test_the_session_s_own_motion_comes_out(
    whole: tuple[Path, Any], subject0: Path, motion_difference: Callable[..., Any]
) -> None:
    reference = read_motion(subject0 / "OpenSimData" / "IK" / "Squats_0.mot")
    found = motion_difference(reference, read_motion(whole[0] / "kinematics.mot"))
    rms, _ = found.judged()
    assert rms < 1.5
    assert found.translations()[0] < 5.0


def test_the_choices_are_the_session_s(whole: tuple[Path, Any]) -> None:
    _, content = whole
    assert content["choices"]["augmenter"].startswith("v0.1 (it made the session's markers")
    assert content["results"]["static"]["window_s"] == pytest.approx([1.26667, 1.56667], abs=1e-4)
    assert content["subject"]["mass_kg"] == 72.0
    assert content["resolved"]["standing"]["knee_flexion_deg"] == pytest.approx([5, 6], abs=1.5)


def test_everything_opens_in_opensim(whole: tuple[Path, Any]) -> None:
    out, content = whole
    assert sorted(path.name for path in out.iterdir()) == sorted(OUTPUT_FILES)
    opensim = load_opensim()
    with quietly(opensim):
        model = opensim.Model(str(out / "scaled.osim"))
        model.initSystem()
        assert model.getMarkerSet().getSize() == 43
        motion = opensim.Storage(str(out / "kinematics.mot"))
        assert motion.getSize() == content["results"]["frames"] == 832
        assert motion.isInDegrees()
        for name in ("marker_errors.sto", "marker_errors_per_marker.sto"):
            assert opensim.TimeSeriesTable(str(out / name)).getNumRows() == 832
        for name in ("keypoints.trc", "augmented.trc"):
            assert opensim.MarkerData(str(out / name)).getNumFrames() == 832


@pytest.fixture(scope="module")
def short(short_session: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("short") / "out"
    run_on(short_session, out)
    return out


def test_a_second_run_gives_the_same_bytes(
    short: Path, short_session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "fitted_window", fitted_window)
    content = run_on(short_session, tmp_path / "again")
    for name in OUTPUT_FILES:
        if name != "run.json":
            assert (tmp_path / "again" / name).read_bytes() == (short / name).read_bytes(), name
    first = json.loads((short / "run.json").read_text())
    assert first["outputs"] == json.loads((tmp_path / "again" / "run.json").read_text())["outputs"]
    for volatile in ("durations_s", "outputs"):
        first.pop(volatile, None)
        content.pop(volatile, None)
    assert first == content


def test_the_only_moving_trial_needs_no_name(short: Path) -> None:
    assert json.loads((short / "run.json").read_text())["trial"] == "Squats_0"


def test_stored_markers_are_tracked_as_they_are(short_session: Path, tmp_path: Path) -> None:
    content = run_on(short_session, tmp_path / "out", "--markers", "stored")
    assert "augmenter" not in content["choices"]
    ours = read_trc(tmp_path / "out" / "augmented.trc")
    theirs = read_trc(short_session / "MarkerData" / "Squats_0.trc")
    np.testing.assert_allclose(ours.positions, theirs.positions, atol=2e-6)


def test_asking_for_another_version_makes_the_static_markers_anew(
    short_session: Path, tmp_path: Path
) -> None:
    content = run_on(short_session, tmp_path / "out", "--augmenter", "v0.2", "--warm-up", "1")
    assert content["choices"]["augmenter"] == "v0.2 (asked for)"
    assert "static markers" not in content["choices"]
    assert content["parameters"]["augment"]["warm_up_s"] == 1.0


def test_raw_keypoints_are_scaled_with_their_own_set_up(
    short_session: Path, tmp_path: Path
) -> None:
    content = run_on(short_session, tmp_path / "out", "--markers", "openpose")
    assert content["parameters"]["scale"]["setup"]["document"].endswith("_openpose")
    assert read_trc(tmp_path / "out" / "augmented.trc").names == (
        read_trc(tmp_path / "out" / "keypoints.trc").names
    )


def test_the_filter_of_the_session_is_told_and_not_repeated(
    short_session: Path, tmp_path: Path
) -> None:
    settings = short_session / "MarkerData" / "Settings"
    settings.mkdir(exist_ok=True)
    (settings / "settings_Squats_0.yaml").write_text("filterfrequency: 12\n")
    try:
        content = run_on(short_session, tmp_path / "out", "--dry-run")
    finally:
        (settings / "settings_Squats_0.yaml").unlink()
    told = content["choices"]["session's filter"]
    assert told.startswith("12 Hz (the session's, on the 2D keypoints before triangulation")
    assert content["parameters"]["clean"] == []


def test_labvalidation_s_layout(short_session: Path, tmp_path: Path) -> None:
    """Keypoints and augmented markers in folders by detector and number of cameras."""
    source = short_session / "MarkerData"
    for variant in ("HRNet/2-cameras", "OpenPose_default/3-cameras"):
        for trial, name in (("Squats_0", "squats1"), ("neutral", "static1")):
            markers = read_trc(source / f"{trial}.trc")
            base = tmp_path / "subject9" / "MarkerData" / "Video" / variant
            for stage, kept in (
                ("PreAugmentation", markers.names[:20]),
                ("PostAugmentation_v0.1", markers.names),
            ):
                (base / stage).mkdir(parents=True, exist_ok=True)
                write_trc(base / stage / f"{name}.trc", markers.select(kept))
    metadata = (short_session / "sessionMetadata.yaml").read_text()
    (tmp_path / "subject9" / "sessionMetadata.yaml").write_text(metadata)
    content = run_on(tmp_path / "subject9", tmp_path / "out", "--variant", "HRNet/2-cameras")
    assert content["trial"] == "squats1"
    assert "PreAugmentation" in content["inputs"]["keypoints"]["file"]
    assert content["choices"]["augmenter"].startswith("v0.1")
    assert "OpenCap's rule" in content["choices"]["static window"]


def test_a_session_without_static_trial_uses_its_scaled_model(
    short_session: Path, tmp_path: Path
) -> None:
    neutral = short_session / "MarkerData" / "neutral.trc"
    kept = neutral.read_bytes()
    neutral.unlink()
    try:
        content = run_on(short_session, tmp_path / "out")
    finally:
        neutral.write_bytes(kept)
    assert content["parameters"]["scale"]["kind"] == "GivenModel"
    assert content["results"]["static"] == {}


def test_another_mass_does_not_hide_the_session_s_version(
    short_session: Path, tmp_path: Path
) -> None:
    content = run_on(short_session, tmp_path / "out", "--mass", "90", "--dry-run")
    assert content["choices"]["augmenter"].startswith("v0.1 (it made the session's markers")
    # markers for another mass differ, so the session's own cannot be scaled on
    assert "static markers" not in content["choices"]


def test_markers_that_no_version_made_are_doubted(short_session: Path, tmp_path: Path) -> None:
    squats = short_session / "MarkerData" / "Squats_0.trc"
    kept = squats.read_bytes()
    markers = read_trc(squats)
    moved = markers.positions.copy()
    moved[:, 20:] += 0.1 * np.sin(np.arange(43))[:, None]
    write_trc(squats, markers.with_positions(moved))
    try:
        content = run_on(short_session, tmp_path / "out", "--dry-run")
    finally:
        squats.write_bytes(kept)
    assert content["choices"]["augmenter"] == "v0.3 (default)"
    assert any("no known augmenter version" in text for text in messages(content))


@pytest.fixture
def rescaled(short_session: Path, tmp_path: Path) -> Callable[[float], Path]:
    """A session whose model was scaled on 0.95 to 1.25 s, which no rule picks, then stretched."""

    def make(stretch: float) -> Path:
        folder = tmp_path / "session"
        shutil.copytree(short_session, folder)
        for path in (folder / "OpenSimData" / "Model").iterdir():
            path.unlink()
        metadata = folder / "sessionMetadata.yaml"
        text = metadata.read_text().replace("LaiArnoldModified2017_poly_withArms_weldHand", MODEL)
        metadata.write_text(text)
        setup = opencap_setup()
        static = read_trc(folder / "MarkerData" / "neutral.trc")
        scaler = OpenSimScaler(setup.scaling, setup.marker_set, GivenWindow(0.95, 1.25))
        scaled = scaler(setup.generic, static, Subject(72.0, 1.78)).model
        grown = re.sub(
            rb"<scale_factors>(\S+)",
            lambda found: b"<scale_factors>%.12g" % (float(found[1]) * stretch),
            scaled.xml,
        )
        (folder / "OpenSimData" / "Model" / f"{MODEL}_scaled.osim").write_bytes(grown)
        return folder

    return make


def test_a_window_that_no_rule_picks_is_found_by_the_scaled_model(
    rescaled: Callable[[float], Path],
) -> None:
    session = rescaled(1.0)
    content = run_on(session, session / "out", "--trial", "Squats_0", "--dry-run")
    assert content["choices"]["static window"].startswith(
        "0.95 to 1.25 s (from the session's scaled model, found by"
    )
    assert not any("no part of the static trial" in text for text in messages(content))


def test_a_model_that_the_static_trial_does_not_give_is_doubted(
    rescaled: Callable[[float], Path],
) -> None:
    session = rescaled(1.2)
    content = run_on(session, session / "out", "--trial", "Squats_0", "--dry-run")
    assert any("no part of the static trial gives" in text for text in messages(content))


def test_a_trial_cut_after_augmentation_is_doubted(downloaded: Path, tmp_path: Path) -> None:
    session = tmp_path / "session"
    shutil.copytree(downloaded, session)
    squats = session / "MarkerData" / "Squats_0.trc"
    whole = read_trc(squats)
    for first, cut in ((0, False), (45, True)):
        write_trc(squats, whole.at_frames(np.arange(first, 300)))
        content = run_on(session, tmp_path / "out", "--trial", "Squats_0", "--dry-run")
        assert content["choices"]["augmenter"].startswith("v0.1 (it made")
        assert any("cut or resampled" in text for text in messages(content)) == cut


def test_options_of_scaling_are_refused_where_the_session_s_model_is_used_as_it_is(
    short_session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = tmp_path / "session"
    shutil.copytree(short_session, session)
    (session / "MarkerData" / "neutral.trc").unlink()
    asked = ["run", str(session), "--trial", "Squats_0", "--dry-run"]
    assert main([*asked, "--static-pose", "any_pose"]) == 2
    assert "is used as it is" in capsys.readouterr().err
    assert main(asked) == 0
    printed = capsys.readouterr().out
    assert "no other static trial" in printed
    assert "choice    scaling set-up" not in printed


@pytest.mark.parametrize(("version", "doubted"), [("v0.1", False), ("v0.3", True)])
def test_other_markers_than_the_session_s_model_was_scaled_on_are_doubted(
    downloaded: Path, tmp_path: Path, version: str, doubted: bool
) -> None:
    session = tmp_path / "session"
    shutil.copytree(downloaded, session)
    (session / "MarkerData" / "neutral.trc").unlink()
    asked = ("--trial", "Squats_0", "--dry-run", "--augmenter", version)
    content = run_on(session, tmp_path / "out", *asked)
    told = [
        remark["message"]
        for remark in content["remarks"]
        if "scaled on others (v0.1)" in remark["message"]
    ]
    assert bool(told) == doubted


def test_another_model_than_the_session_states_is_doubted(
    short_session: Path, subject0: Path, tmp_path: Path
) -> None:
    for session, trial, doubted in ((short_session, "Squats_0", True), (subject0, "Asym_0", False)):
        content = run_on(session, tmp_path / "out", "--trial", trial, "--dry-run")
        assert any("stands in" in text for text in messages(content)) == doubted
