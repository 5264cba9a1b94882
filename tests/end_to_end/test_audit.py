"""`kinebench run` and `kinebench audit` on sound and broken sessions: no public data is needed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.cli.main import main
from kinebench.core import Markers
from kinebench.errors import DatasetError
from kinebench.io.sto import read_table
from kinebench.io.trc import write_trc
from kinebench.lab import Population
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions.squat import Squat
from kinebench.lab.sessions import SessionContent, write_session
from kinebench.pipeline.opencap import opencap_setup
from kinebench.studies.sources.lab_session import LabSession

PERSON = Population("audit tests").subject(7)
SQUATS = (("squats", Squat(repetitions=1)),)


@pytest.fixture(scope="module")
def content() -> SessionContent:
    return LabSession(PERSON, SQUATS, errors=two_phones()).content()


def broken(content: SessionContent, change: Callable[[Markers], Markers]) -> SessionContent:
    """The session with other keypoints, and without what had been made of the sound ones."""
    trials = {
        name: replace(
            trial,
            keypoints=change(trial.keypoints) if name == "squats" else trial.keypoints,
            augmented=None,
        )
        for name, trial in content.trials.items()
    }
    return replace(content, trials=trials)


def larger(markers: Markers) -> Markers:
    """Limbs of the movement 45 % longer: somebody else, or another calibration."""
    return markers.with_positions(markers.positions * 1.45)


@pytest.fixture
def sound(content: SessionContent, tmp_path: Path) -> Path:
    return write_session(tmp_path / "sound", content)


@pytest.fixture
def unsound(content: SessionContent, tmp_path: Path) -> Path:
    return write_session(tmp_path / "unsound", broken(content, larger))


def run_fast(session: Path, *options: object) -> int:
    fast = ("--trial", "squats", "--engine", "fast", "--augmenter", "lab-1")
    return main(["run", str(session), *fast, "--out", str(session / "out"), *map(str, options)])


def test_run_is_quiet_about_a_sound_recording(
    sound: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_fast(sound, "--strict") == 0
    told = capsys.readouterr().err
    assert "amber:" not in told
    assert "red:" not in told
    manifest = json.loads((sound / "out" / "run.json").read_text())
    assert manifest["quality_light"] == "green"
    flags = read_table(sound / "out" / "marker_errors.sto")
    assert flags.columns[-1] == "quality_flag"
    assert set(flags.values[:, -1]) == {0.0}


def test_run_tells_of_a_movement_that_the_model_does_not_fit(
    unsound: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_fast(unsound) == 0
    told = capsys.readouterr().err
    assert "warning: red: RMS marker error" in told
    assert "warning: red: the person in the movement is +4" in told
    manifest = json.loads((unsound / "out" / "run.json").read_text())
    assert manifest["quality_light"] == "red"
    assert {"marker error", "movement against static"} <= {
        finding["check"] for finding in manifest["quality"] if finding["severity"] == "red"
    }
    flags = read_table(unsound / "out" / "marker_errors.sto").values[:, -1]
    assert set(flags) == {2.0}
    assert run_fast(unsound, "--strict", "--overwrite") == 1


def test_what_is_wrong_is_told_before_a_failure(
    content: SessionContent, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def lost(markers: Markers) -> Markers:
        positions = np.array(markers.positions) * 1.45
        positions[30:40, 3] = np.nan  # without cleaning the augmenter refuses gaps
        return markers.with_positions(positions)

    session = write_session(tmp_path / "s", broken(content, lost))
    assert run_fast(session) == 2
    told = capsys.readouterr().err.splitlines()
    assert any("red" in line for line in told[:-1])
    assert told[-1].startswith("kinebench run:")


def audit_json(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, Any]:
    code = main(["audit", *map(str, arguments), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_audit_of_a_sound_session(sound: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = audit_json(capsys, sound)
    assert code == 0
    assert found["light"] == "green"
    (trial,) = found["trials"]
    assert (trial["trial"], trial["findings"]) == ("squats", [])
    assert "augmenter version" in trial["checked"]
    assert set(trial["not_checked"]) >= {"cut-off"}


def test_audit_of_an_unsound_session(
    unsound: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    code, found = audit_json(capsys, unsound, "--augmenter", "lab-1", "--report", page)
    assert (code, found["light"]) == (1, "red")
    text = page.read_text(encoding="utf-8")
    for finding in found["trials"][0]["findings"]:
        assert finding["check"] in text
    assert text.count("<svg") == 2
    assert main(["audit", str(unsound), "--augmenter", "lab-1"]) == 1
    assert capsys.readouterr().out.startswith("RED    squats:")


@pytest.fixture
def files(content: SessionContent, tmp_path: Path) -> list[str]:
    paths = {name: tmp_path / f"{name}.trc" for name in ("squats", "neutral")}
    for name, path in paths.items():
        write_trc(path, content.trials[name].keypoints)
    recordings = ["--keypoints", str(paths["squats"]), "--static", str(paths["neutral"])]
    return [*recordings, "--mass", f"{PERSON.mass_kg}", "--height", f"{PERSON.height_m}"]


def test_files_are_judged_where_no_model_is_at_hand(
    files: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def lacking(*_: str) -> Path:
        raise DatasetError("no network here")

    monkeypatch.setattr("kinebench.pipeline.opencap.fetch_file", lacking)
    opencap_setup.cache_clear()
    code, found = audit_json(capsys, *files)
    (trial,) = found["trials"]
    assert (code, trial["light"]) == (0, "green")
    assert [remark["message"] for remark in trial["remarks"]] == ["not solved: no network here"]
    assert "marker error" in trial["not_checked"]


@pytest.mark.mirror
def test_audit_of_files(
    files: list[str], mirror_file: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    mirror_file("Models/LaiUhlrich2022.osim")
    code, found = audit_json(capsys, *files, "--augmenter", "lab-1")
    assert code == 0, found
    assert {"marker error", "model size"} <= set(found["trials"][0]["checked"])


def test_a_trial_that_cannot_be_run_is_red_and_the_recording_is_judged(
    content: SessionContent, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def gap(markers: Markers) -> Markers:
        positions = np.array(markers.positions)
        positions[30:80, 3] = np.nan
        return markers.with_positions(positions)

    session = write_session(tmp_path / "s", broken(content, gap))
    code, found = audit_json(capsys, session, "--augmenter", "lab-1")
    assert code == 1
    (trial,) = found["trials"]
    assert trial["failure"]
    assert {"pipeline", "gaps"} <= {finding["check"] for finding in trial["findings"]}


def test_a_session_that_is_none_is_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", str(tmp_path / "nowhere")]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_a_trial_that_is_not_there_is_bad_input(
    sound: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", str(sound), "--trial", "squat"]) == 2
    assert "did you mean 'squats'" in capsys.readouterr().err
