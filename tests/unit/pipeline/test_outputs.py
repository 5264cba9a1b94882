from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import signal
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kinebench.core import (
    Coordinate,
    IKSolution,
    Markers,
    Model,
    Motion,
    PipelineRun,
    ScalingResult,
    Subject,
)
from kinebench.io.atomic import OutputError
from kinebench.io.mot import read_motion
from kinebench.io.sto import read_table
from kinebench.io.trc import read_trc
from kinebench.pipeline import outputs
from kinebench.pipeline.outputs import (
    OUTPUT_FILES,
    manifest_text,
    require_room,
    summary,
    write_run,
)

MANIFEST = {"trial": "squat", "number": float("nan"), "list": (1, float("inf"))}


@pytest.fixture
def run(leg_model: Model) -> PipelineRun:
    times = np.arange(3) / 60
    markers = Markers(("Neck", "RKnee"), times, np.arange(18.0).reshape(3, 2, 3) / 10)
    motion = Motion((Coordinate("knee_angle_r"),), times, np.radians([[1.0], [2.0], [3.0]]))
    errors = np.array([[0.003, 0.004], [0.001, np.nan], [0.02, 0.002]])
    solution = IKSolution(
        motion,
        ("Neck", "RKnee"),
        errors,
        np.array([True, True, False]),
        np.array([-1, -1, -1]),
        rival_deg=np.array([20.0, np.nan, 7.0]),
    )
    pose = Motion((), np.empty(0), np.empty((0, 0)))
    scaling = ScalingResult(
        leg_model, {"femur_r": (1, 1.1, 1), "femur_l": (1, 1, 1)}, (0.5, 1.0), pose,
        ("A", "B"), np.array([0.003, 0.004]),
    )  # fmt: skip
    quality = {
        "movement_m": 0.0123456, "knee_flexion_deg": [3.14159, 4.23456], "trunk_lean_deg": 5.34567,
    }  # fmt: skip
    return PipelineRun(Subject(70, 1.7), markers, markers, scaling, solution, {"standing": quality})


def test_every_file_is_there_and_nothing_else(run: PipelineRun, tmp_path: Path) -> None:
    write_run(tmp_path / "a" / "b", run, MANIFEST)
    assert sorted(os.listdir(tmp_path / "a" / "b")) == sorted(OUTPUT_FILES)


def test_what_is_written_reads_back(run: PipelineRun, tmp_path: Path) -> None:
    write_run(tmp_path, run, MANIFEST)
    motion = read_motion(tmp_path / "kinematics.mot")
    np.testing.assert_allclose(motion.values, run.motion.values, atol=1e-8)
    np.testing.assert_allclose(
        read_trc(tmp_path / "keypoints.trc").positions, run.keypoints.positions, atol=1e-6
    )
    assert (tmp_path / "scaled.osim").read_bytes() == run.scaling.model.xml


def test_marker_errors_have_opensim_s_columns_and_count_what_is_there(
    run: PipelineRun, tmp_path: Path
) -> None:
    write_run(tmp_path, run, MANIFEST)
    table = read_table(tmp_path / "marker_errors.sto")
    assert table.columns == (
        "total_squared_error",
        "marker_error_RMS",
        "marker_error_max",
        "filled_keypoints",
    )
    expected = [
        [25e-6, np.sqrt(12.5e-6), 0.004, 0.0],
        [1e-6, 0.001, 0.001, 0.0],
        [404e-6, np.sqrt(202e-6), 0.02, 0.0],
    ]
    np.testing.assert_allclose(table.values, expected, atol=1e-8)
    per_marker = read_table(tmp_path / "marker_errors_per_marker.sto")
    assert per_marker.columns == ("Neck", "RKnee")
    np.testing.assert_allclose(per_marker.values, run.solution.marker_errors, atol=1e-8)


def test_run_json_is_valid_json_with_the_digests(run: PipelineRun, tmp_path: Path) -> None:
    write_run(tmp_path, run, MANIFEST)

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    content = json.loads((tmp_path / "run.json").read_text(), parse_constant=refuse)
    assert content["number"] is None
    assert content["list"] == [1, None]
    assert set(content["outputs"]) == set(OUTPUT_FILES) - {"run.json"}
    for name, digest in content["outputs"].items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest


def test_manifests_keep_names_of_any_script() -> None:
    assert json.loads(manifest_text({"trial": "Kniebeuge Größe"}))["trial"] == "Kniebeuge Größe"


def written_before(folder: Path) -> dict[str, bytes]:
    for name in OUTPUT_FILES:
        (folder / name).write_bytes(b"before")
    (folder / "notes.txt").write_bytes(b"mine")
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("failing", OUTPUT_FILES)
def test_a_full_disk_leaves_the_previous_result_untouched(
    run: PipelineRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    before = written_before(tmp_path)
    write = outputs._write

    def full(path: Path, pieces: Iterable[str | bytes]) -> str:
        if path.name == failing:
            path.write_bytes(b"half a pie")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(path, pieces)

    monkeypatch.setattr(outputs, "_write", full)
    with pytest.raises(OutputError, match=r"cannot write to .*No space left on device"):
        write_run(tmp_path, run, MANIFEST)
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    "failure", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()]
)
def test_a_failure_leaves_no_folder_that_was_not_there(
    run: PipelineRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    def fail(path: Path, pieces: Iterable[str | bytes]) -> str:
        raise failure

    monkeypatch.setattr(outputs, "_write", fail)
    with pytest.raises((OutputError, KeyboardInterrupt)):
        write_run(tmp_path / "new" / "deeper", run, MANIFEST)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("moment", ["keypoints.trc", "augmented.trc", "run.json"])
def test_a_signal_while_files_move_into_place_waits_for_the_last(
    run: PipelineRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, moment: str
) -> None:
    before = written_before(tmp_path)
    replace = Path.replace

    def interrupted(self: Path, target: Path) -> Path:
        if target.name == moment:
            signal.raise_signal(number)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with hearing(number), pytest.raises(Heard):
        write_run(tmp_path, run, MANIFEST)
    after = contents(tmp_path)
    assert after.keys() == before.keys()
    assert [name for name in OUTPUT_FILES if after[name] == b"before"] == []


class Heard(BaseException):
    """What the handler of a test raises: whoever runs the tests may have SIGINT ignored."""


@contextlib.contextmanager
def hearing(number: int) -> Iterator[None]:
    def hear(number: int, frame: object) -> None:
        raise Heard

    before = signal.signal(number, hear)
    try:
        yield
        assert signal.getsignal(number) is hear, "the handler is set back"
    finally:
        signal.signal(number, before)


def test_a_file_in_the_way_is_named(run: PipelineRun, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    for folder in (tmp_path / "taken", tmp_path / "taken" / "below"):
        with pytest.raises(OutputError, match="taken is a file, not a folder"):
            require_room(folder, [])
        with pytest.raises(OutputError, match="cannot write to"):
            write_run(folder, run, MANIFEST)
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_folder_without_permission_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # tests may run as root
    with pytest.raises(OutputError, match="no permission to write in"):
        require_room(tmp_path / "new", [])


def test_an_input_is_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"keypoints\.trc of the results would replace the input"):
        require_room(tmp_path, [tmp_path / "sub" / ".." / "keypoints.trc"])
    require_room(tmp_path, [tmp_path / "sub" / "keypoints.trc", tmp_path / "squat.trc"])


def test_looking_for_room_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    require_room(Path("new/deeper"), [])
    assert list(tmp_path.iterdir()) == []


def test_the_summary_is_in_mm_degrees_and_per_cent(run: PipelineRun) -> None:
    found = summary(run)
    assert found["frames"] == 3
    assert found["rate_hz"] == 60.0
    assert found["frames_not_converged"] == 1
    assert found["frames_with_rival_pose"] == 2
    assert found["worst_marker"] == {"name": "Neck", "error_mm": 20.0, "time_s": 2 / 60}
    # of what is there in each frame: sqrt(12.5), 1 and sqrt(202) mm
    assert found["marker_error_rms_mm"] == {"mean": 6.249, "max": 14.213}
    assert found["static"] == {
        "window_s": [0.5, 1.0],
        "marker_error_rms_mm": 3.536,  # sqrt((9 + 16) / 2); micrometres are written
        "marker_error_max_mm": 4.0,
        "worst_marker": "B",
        "movement_mm": 12.346,
        "knee_flexion_deg": [3.14, 4.23],  # hundredths of a degree are
        "trunk_lean_deg": 5.35,
    }
    assert found["frames_filled"] == 0
    assert found["body_scale_factors"] == {"femur_r": [1.0, 1.1, 1.0], "femur_l": [1.0, 1.0, 1.0]}
    assert found["right_over_left_percent"] == {"femur": 110.0}
    assert found["model_mass_kg"] == 22.1


def test_ratios_and_masses_are_written_to_a_thousandth_per_cent_and_a_tenth_of_a_gram(
    run: PipelineRun, leg_model: Model
) -> None:
    factors = {"femur_r": (1.0, 1.0123456, 1.0), "femur_l": (1.0, 1.0, 1.0)}
    model = Model("leg", leg_model.xml.replace(b"<mass>8</mass>", b"<mass>8.123456</mass>"))
    scaling = replace(run.scaling, model=model, body_scale_factors=factors)
    found = summary(replace(run, scaling=scaling))
    assert found["right_over_left_percent"] == {"femur": 101.235}
    assert found["model_mass_kg"] == 22.2235


def test_a_window_is_written_to_a_microsecond(run: PipelineRun) -> None:
    scaling = replace(run.scaling, window_s=(1.2666666, 1.5666666))
    found = summary(replace(run, scaling=scaling))
    assert found["static"]["window_s"] == [1.266667, 1.566667]


def test_a_single_frame_has_no_rate(run: PipelineRun) -> None:
    def first(motion: Motion) -> Motion:
        return motion.at_frames(np.array([0]))

    solution = IKSolution(
        first(run.motion),
        run.solution.marker_names,
        run.solution.marker_errors[:1],
        np.array([True]),
        np.array([-1]),
    )
    found = summary(replace(run, solution=solution))
    assert (found["frames"], found["rate_hz"]) == (1, None)


def test_a_run_without_static_pose_has_no_static_figures(
    run: PipelineRun, leg_model: Model
) -> None:
    from kinebench.scaling.given import GivenModel

    given = GivenModel(leg_model)(leg_model, run.keypoints, run.subject)
    bare = PipelineRun(run.subject, run.keypoints, run.augmented, given, run.solution)
    assert summary(bare)["static"] == {}


@pytest.mark.parametrize("name", OUTPUT_FILES)
def test_results_are_not_replaced_unless_asked(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(OutputError, match=r"holds results already: .* with --overwrite"):
        require_room(tmp_path, [])
    require_room(tmp_path, [], overwrite=True)
    (tmp_path / name).rename(tmp_path / "other.txt")
    require_room(tmp_path, [])
