"""From input options to a plan: which file is read how, and what is refused in full."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.cli import planning
from kinebench.cli.planning import (
    add_input_arguments,
    planned,
    read_file,
    require_one_input,
    session_place,
    subject_of,
)
from kinebench.core import Markers, Subject
from kinebench.core.keypoints import OPENCAP_20
from kinebench.errors import FileFormatError, KinebenchError, ValueRangeError
from kinebench.io.trc import write_trc
from kinebench.lab import generic_body

LAB = ("--body", "lab", "--augmenter", "lab-1")
SIZE = ("--mass", "70", "--height", "1.75")


def parsed(*options: object) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_input_arguments(parser)
    return parser.parse_args([str(option) for option in options])


def refusal(*options: object) -> str:
    with pytest.raises(ValueRangeError) as refused:
        require_one_input(parsed(*options))
    return str(refused.value)


def test_exactly_one_of_session_and_keypoints() -> None:
    assert refusal() == (
        "name an OpenCap session (folder, .zip or data set), or --keypoints FILE with --mass and"
        " --height; for example: kinebench run OpenCapData_1234 --trial squats"
    )
    both = "name either a session or --keypoints FILE, not both"
    assert refusal("session", "--keypoints", "a.trc") == both
    require_one_input(parsed("session", "--trial", "a", "--variant", "b"))
    require_one_input(parsed("--keypoints", "a.trc", "--static", "b.trc", "--unit", "mm"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--static", "b.trc"), "--static"),
        (("--unit", "mm"), "--unit"),
        (("--rate", "60"), "--rate"),
        (("--keypoint-set", "x"), "--keypoint-set"),
        (("--axes", "+x+z-y"), "--axes"),
        (("--rate", "60", "--static", "b.trc"), "--static and --rate"),
    ],
)
def test_options_of_files_on_a_session(options: tuple[str, ...], said: str) -> None:
    assert refusal("session", *options) == f"{said}: only with --keypoints, not with a session"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--trial", "a"), "--trial"),
        (("--variant", "a"), "--variant"),
        (("--variant", "a", "--trial", "b"), "--trial and --variant"),
    ],
)
def test_options_of_a_session_on_files(options: tuple[str, ...], said: str) -> None:
    assert refusal("--keypoints", "a.trc", *options) == (
        f"{said}: only with a session, not with --keypoints"
    )


def person(n_frames: int = 40) -> Markers:
    """The 20 keypoints along a vertical line, 1.5 m from top to bottom."""
    positions = np.zeros((n_frames, 20, 3))
    positions[..., 1] = np.linspace(1.5, 0.05, 20)
    return Markers(OPENCAP_20, np.arange(n_frames) / 60, positions)


@pytest.fixture
def array(tmp_path: Path) -> Path:
    """Positions in mm, without names, times and unit."""
    path = tmp_path / "squat.npy"
    np.save(path, 1e3 * person().positions)
    return path


def test_unit_rate_and_names_are_of_arrays(array: Path) -> None:
    options = ("--unit", "mm", "--rate", "30", "--keypoint-set", "OPENCAP_20")
    arguments = parsed("--keypoints", array, *options)
    found = read_file(arguments, array)
    assert found.rate_hz == pytest.approx(30)
    assert found.names == OPENCAP_20
    np.testing.assert_allclose(found.positions, person().positions)


def test_a_file_that_declares_them_needs_none_beside_an_array(array: Path, tmp_path: Path) -> None:
    trc = tmp_path / "neutral.trc"
    write_trc(trc, person())
    options = ("--unit", "mm", "--rate", "30", "--keypoint-set", "OPENCAP_20")
    arguments = parsed("--keypoints", array, "--static", trc, *options)
    found = read_file(arguments, trc)
    assert found.rate_hz == pytest.approx(60)
    np.testing.assert_allclose(found.positions, person().positions)
    # the other way round too
    arguments = parsed("--keypoints", trc, "--static", array, *options)
    assert read_file(arguments, trc).rate_hz == pytest.approx(60)
    assert read_file(arguments, array).rate_hz == pytest.approx(30)


def test_without_any_array_they_make_no_sense(tmp_path: Path) -> None:
    trc = tmp_path / "squat.trc"
    write_trc(trc, person())
    for option in (("--unit", "mm"), ("--rate", "30"), ("--keypoint-set", "OPENCAP_20")):
        with pytest.raises(KinebenchError, match=option[0].strip("-").split("-")[0]):
            read_file(parsed("--keypoints", trc, *option), trc)


def test_axes_are_of_every_file(tmp_path: Path) -> None:
    trc = tmp_path / "squat.trc"
    write_trc(trc, person().with_positions(person().positions[..., [0, 2, 1]] * [1, -1, 1]))
    found = read_file(parsed("--keypoints", trc, "--axes=+x+z-y"), trc)
    np.testing.assert_allclose(found.positions, person().positions, atol=1e-8)


def test_a_plan_of_files_names_them_by_their_part(tmp_path: Path) -> None:
    paths = {name: tmp_path / f"{name}.trc" for name in ("squat", "neutral")}
    for path in paths.values():
        write_trc(path, person())
    named = ("--keypoints", paths["squat"], "--static", paths["neutral"])
    plan, inputs, remarks = planned(parsed(*named, *SIZE, *LAB))
    assert inputs == {"keypoints": paths["squat"], "static": paths["neutral"]}
    assert plan.trial.name == "squat"
    assert plan.trial.static is not None
    assert plan.trial.subject == Subject(70.0, 1.75, "subject")
    assert isinstance(remarks, tuple)


def test_a_scaled_model_of_files_is_among_the_inputs(tmp_path: Path) -> None:
    trc, model = tmp_path / "squat.trc", tmp_path / "mine.osim"
    write_trc(trc, person())
    model.write_bytes(generic_body().model.xml)
    arguments = parsed("--keypoints", trc, "--scaled-model", model, *SIZE, *LAB)
    plan, inputs, _ = planned(arguments)
    assert inputs == {"keypoints": trc, "scaled model": model}
    assert [str(choice) for choice in plan.choices][-1] == "mine (asked for, scaled already)"


def session(folder: Path, *trials: str) -> Path:
    (folder / "MarkerData").mkdir(parents=True)
    for name in trials:
        write_trc(folder / "MarkerData" / f"{name}.trc", person())
    (folder / "sessionMetadata.yaml").write_text("mass_kg: 61.5\nheight_m: 1.7\nsubjectID: s4\n")
    return folder


def test_one_moving_trial_needs_no_name(tmp_path: Path) -> None:
    plan, inputs, _ = planned(parsed(session(tmp_path / "s", "squat", "neutral"), *LAB))
    assert plan.trial.name == "squat"
    assert plan.trial.subject == Subject(61.5, 1.7, "s4")
    assert {role: path.name for role, path in inputs.items()} == {
        "keypoints": "squat.trc", "static": "neutral.trc",
    }  # fmt: skip


@pytest.mark.parametrize("trials", [("squat", "walk", "neutral"), ("neutral",)])
def test_of_several_trials_one_is_named(trials: tuple[str, ...], tmp_path: Path) -> None:
    folder = session(tmp_path / "s", *trials)
    with pytest.raises(ValueRangeError) as refused:
        planned(parsed(folder, *LAB))
    known = ", ".join(sorted(trials))
    assert str(refused.value).startswith("s has several trials, name one with --trial: ")
    assert ", ".join(sorted(str(refused.value).split(": ")[-1].split(", "))) == known
    plan, _, _ = planned(parsed(folder, "--trial", "neutral", *LAB))
    assert plan.trial.name == "neutral"


def test_a_session_s_own_model_must_be_there(tmp_path: Path) -> None:
    folder = session(tmp_path / "s", "squat", "neutral")
    with pytest.raises(ValueRangeError) as refused:
        planned(parsed(folder, "--scaled-model", "own", *LAB))
    assert str(refused.value) == "--scaled-model own: the session has no scaled model for 'squat'"
    model = folder / "OpenSimData" / "Model" / "body_scaled.osim"
    model.parent.mkdir(parents=True)
    model.write_bytes(generic_body().model.xml)
    for asked in ("own", str(model)):
        plan, inputs, _ = planned(parsed(folder, "--scaled-model", asked, *LAB))
        assert inputs["scaled model"] == model
        assert any("scaled already" in str(choice) for choice in plan.choices)


def test_a_folder_is_a_session_before_it_is_a_dataset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kinebench.datasets.fetch_dataset", lambda name: pytest.fail("asked for"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "opencap-core").mkdir()
    assert session_place(Path("opencap-core")) == Path("opencap-core")
    assert session_place(Path("elsewhere")) == Path("elsewhere")


def test_a_dataset_is_the_folder_above_its_recordings(monkeypatch: pytest.MonkeyPatch) -> None:
    here = Path("/cache/set/s1")
    files = [here / "README", here / "MarkerData" / "Video" / "a.trc", here / "x.mot"]
    monkeypatch.setattr("kinebench.datasets.cards", lambda: {"public": None})
    monkeypatch.setattr("kinebench.datasets.fetch_dataset", lambda name: files)
    assert session_place(Path("public")) == here
    monkeypatch.setattr("kinebench.datasets.fetch_dataset", lambda name: files[:1])
    assert session_place(Path("public")) == Path("public")


def test_size_of_the_options_or_of_the_session() -> None:
    known = Subject(61.5, 1.7, "s4", "f")
    assert subject_of(parsed("s"), known) == known
    assert subject_of(parsed("s", *SIZE), None) == Subject(70.0, 1.75, "subject", None)
    with pytest.raises(ValueRangeError) as refused:
        subject_of(parsed("s"), None)
    assert str(refused.value) == ("--mass and --height needed: the augmenter and scaling use them")
    with pytest.raises(ValueRangeError, match="mass_kg"):
        subject_of(parsed("s", "--mass", "0", "--height", "1.7"), None)


@pytest.mark.parametrize("table", ["pipeline", "base"])
def test_a_pipeline_is_a_table_of_a_gate_or_of_a_study(table: str, tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text(f'[other]\nx = 1\n[{table}]\nbody = "lab"\naugmenter = "lab-1"\n')
    assert planning.spec_of(parsed("s", "--pipeline", file)).body == "lab"


def test_a_file_without_a_pipeline_names_what_it_has(tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text("pipeline = 3\n[one]\n[two]\n")
    with pytest.raises(FileFormatError) as refused:
        planning.spec_of(parsed("s", "--pipeline", file))
    assert str(refused.value) == "p.toml has no table [pipeline]; found: pipeline, one, two"
    file.write_text('[pipeline]\nbodi = "lab"\n')
    with pytest.raises(KinebenchError, match=r"p\.toml \[pipeline\]"):
        planning.spec_of(parsed("s", "--pipeline", file))


def test_many_sessions_can_be_named() -> None:
    parser = argparse.ArgumentParser()
    add_input_arguments(parser, sessions="*")
    arguments: Any = parser.parse_args(["a", "b"])
    assert arguments.session == [Path("a"), Path("b")]
