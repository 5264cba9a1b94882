"""Bad input gets one clear line, exit code 2, and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.core import Markers
from kinebench.io.trc import read_trc, write_trc

pytestmark = pytest.mark.mirror

SUBJECT = ("--mass", "72", "--height", "1.78")


@pytest.fixture
def refused(
    kinebench: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Run the command, which must refuse in one line; gives the line."""

    def run(*arguments: object) -> str:
        code = kinebench(*arguments)
        printed = capsys.readouterr()
        assert code == 2, printed.err
        assert printed.out == ""
        (line,) = [line for line in printed.err.splitlines() if not line.startswith("warning: ")]
        assert line.startswith("kinebench run: ")
        assert not (tmp_path / "out").exists()
        return line

    return run


@pytest.fixture
def doubted(
    kinebench: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Run the command, which must go on; gives its warnings."""

    def run(*arguments: object) -> str:
        assert kinebench(*arguments) == 0
        assert (tmp_path / "out" / "run.json").exists()
        return capsys.readouterr().err

    return run


def without(markers: Markers, name: str, frames: slice) -> Markers:
    positions = markers.positions.copy()
    positions[frames, markers.names.index(name)] = np.nan
    return markers.with_positions(positions)


Trc = Callable[[Markers], Path]


def test_a_missing_keypoint_is_named(keypoints: Markers, trc: Trc, refused: Any) -> None:
    lacking = keypoints.select(name for name in keypoints.names if name != "RHeel")
    line = refused("--keypoints", trc(lacking), *SUBJECT)
    assert "no keypoint 'RHeel'" in line
    assert "it has: Neck" in line


def test_a_misspelt_name_gets_the_near_match(keypoints: Markers, trc: Trc, refused: Any) -> None:
    line = refused("--keypoints", trc(keypoints.rename({"RKnee": "RKne"})), *SUBJECT)
    assert "no keypoint 'RKnee' (did you mean 'RKne'?)" in line


def test_a_misspelt_trial_gets_the_near_match(short_session: Path, refused: Any) -> None:
    line = refused(short_session, "--trial", "Squat_0")
    assert "no trial 'Squat_0' (did you mean 'Squats_0'?)" in line


def test_a_gap_in_the_middle_is_filled(keypoints: Markers, trc: Trc, doubted: Any) -> None:
    doubted("--keypoints", trc(without(keypoints, "RKnee", slice(40, 44))), *SUBJECT)


def test_a_gap_in_the_middle_unfilled_is_named_with_its_frames(
    keypoints: Markers, trc: Trc, refused: Any
) -> None:
    gappy = trc(without(keypoints, "RKnee", slice(40, 44)))
    line = refused("--keypoints", gappy, *SUBJECT, "--clean", "none")
    assert "RKnee in frames 41–44" in line


@pytest.mark.parametrize("frames", [slice(0, 5), slice(90, None)])
def test_a_gap_at_an_end_is_named(
    keypoints: Markers, trc: Trc, refused: Any, frames: slice
) -> None:
    line = refused("--keypoints", trc(without(keypoints, "RKnee", frames)), *SUBJECT)
    assert "RKnee in frames " in line
    assert "cut the trial" in line


def test_a_keypoint_that_is_never_seen_is_named(keypoints: Markers, trc: Trc, refused: Any) -> None:
    line = refused("--keypoints", trc(without(keypoints, "RKnee", slice(None))), *SUBJECT)
    assert "no position in any of 96 frames for RKnee" in line


def test_two_markers_with_one_name(keypoints: Markers, trc: Trc, refused: Any) -> None:
    path = trc(keypoints)
    path.write_text(path.read_text().replace("RElbow", "RShoulder"))
    assert "found twice: RShoulder" in refused("--keypoints", path, *SUBJECT)


def test_times_that_do_not_increase(keypoints: Markers, trc: Trc, refused: Any) -> None:
    path = trc(keypoints)
    lines = path.read_text().split("\n")
    lines[10], lines[11] = lines[11], lines[10]
    path.write_text("\n".join(lines))
    assert "must increase strictly" in refused("--keypoints", path, *SUBJECT)


def test_a_sampling_rate_of_zero(keypoints: Markers, trc: Trc, refused: Any) -> None:
    path = trc(keypoints)
    lines = path.read_text().split("\n")
    lines[2] = "0\t0" + lines[2].removeprefix("60\t60")
    path.write_text("\n".join(lines))
    assert "'DataRate': must be above 0" in refused("--keypoints", path, *SUBJECT)


def test_an_array_needs_unit_and_rate(keypoints: Markers, tmp_path: Path, refused: Any) -> None:
    path = tmp_path / "squat.npz"
    np.savez(path, positions=keypoints.positions, names=np.array(keypoints.names))
    assert "does not declare its unit" in refused("--keypoints", path, *SUBJECT)
    assert "rate above 0 Hz" in refused("--keypoints", path, *SUBJECT, "--unit", "m", "--rate", "0")


def test_an_array_with_unit_and_rate_runs(keypoints: Markers, tmp_path: Path, doubted: Any) -> None:
    path = tmp_path / "squat.npz"
    np.savez(path, positions=keypoints.positions[:70] * 1e3, names=np.array(keypoints.names))
    doubted("--keypoints", path, *SUBJECT, "--unit", "mm", "--rate", "60")
    written = read_trc(tmp_path / "out" / "keypoints.trc")
    assert np.ptp(written.positions[:, :, 1]) < 2.5


def test_millimetres_taken_as_metres_are_refused(
    keypoints: Markers, trc: Trc, refused: Any
) -> None:
    big = trc(keypoints.with_positions(keypoints.positions * 1e3))
    line = refused("--keypoints", big, *SUBJECT)
    assert "are the positions in mm, taken as m?" in line


def test_swapped_sides_are_doubted(keypoints: Markers, trc: Trc, doubted: Any) -> None:
    other = {"R": "L", "L": "R"}
    names = {name: other[name[0]] + name[1:] for name in keypoints.names if name[0] in other}
    assert "left and right are exchanged" in doubted(
        "--keypoints", trc(keypoints.rename(names)), *SUBJECT
    )


def test_a_mass_in_pounds_is_doubted(keypoints: Markers, trc: Trc, doubted: Any) -> None:
    said = doubted("--keypoints", trc(keypoints), "--mass", "159", "--height", "1.78")
    assert "mass in lb" in said


def test_a_height_in_centimetres_is_refused(keypoints: Markers, trc: Trc, refused: Any) -> None:
    line = refused("--keypoints", trc(keypoints), "--mass", "72", "--height", "178")
    assert "a height of 178 m is not plausible (in cm?)" in line


@pytest.mark.parametrize(
    ("mass", "height", "said"),
    [
        ("0", "1.78", "must be a number above 0"),
        ("72", "-1.78", "must be a number above 0"),
        ("nan", "1.78", "must be a mass, a number in kg"),
        ("72", "5 foot", "'foot' is no unit of a height"),
    ],
)
def test_an_impossible_subject_is_refused(
    keypoints: Markers, trc: Trc, refused: Any, mass: str, height: str, said: str
) -> None:
    line = refused("--keypoints", trc(keypoints), f"--mass={mass}", f"--height={height}")
    assert said in line


def test_no_static_window_gets_advice(keypoints: Markers, trc: Trc, refused: Any) -> None:
    positions = keypoints.positions.copy()
    positions[::2, keypoints.names.index("RAnkle")] += 0.5
    path = trc(keypoints.with_positions(positions))
    line = refused("--keypoints", path, "--static", path, *SUBJECT)
    assert "no static window" in line
    assert "Record a static trial, or give the window yourself" in line


def test_a_missing_model_file_does_not_end_the_process(
    keypoints: Markers, trc: Trc, refused: Any, tmp_path: Path
) -> None:
    gone = tmp_path / "gone.osim"
    line = refused("--keypoints", trc(keypoints), *SUBJECT, "--scaled-model", gone)
    assert f"model {gone} does not exist" in line


def test_a_model_without_markers_is_told(
    keypoints: Markers, trc: Trc, refused: Any, subject0: Path, tmp_path: Path
) -> None:
    (model,) = (subject0 / "OpenSimData" / "Model").glob("*_scaled.osim")
    bare = tmp_path / "bare.osim"
    bare.write_bytes(model.read_bytes().replace(b"_study", b"_mine"))
    line = refused("--keypoints", trc(keypoints), *SUBJECT, "--scaled-model", bare)
    assert "share no marker" in line


def test_a_model_without_one_needed_marker_is_doubted(
    keypoints: Markers, trc: Trc, doubted: Any, subject0: Path, tmp_path: Path
) -> None:
    (model,) = (subject0 / "OpenSimData" / "Model").glob("*_scaled.osim")
    lacking = tmp_path / "lacking.osim"
    lacking.write_bytes(model.read_bytes().replace(b'"RHJC_study"', b'"hip"'))
    said = doubted(
        "--keypoints", trc(keypoints.at_frames(np.arange(5))), *SUBJECT, "--scaled-model", lacking
    )
    assert "the model lacks 1 of 43 markers that the IK tasks name: RHJC_study" in said


def test_corrupt_weights_are_never_used(
    keypoints: Markers,
    trc: Trc,
    refused: Any,
    tmp_path: Path,
    mirror_file: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from kinebench.augmentation.weights import load_networks
    from kinebench.pipeline.opencap import opencap_setup

    # networks that another test has loaded would hide the damage
    load_networks.cache_clear()
    weights = mirror_file("LSTM/v0.0/weights.h5")
    mirror = Path(os.environ["KINEBENCH_MIRROR"])
    below = weights.relative_to(mirror)
    repository = Path(*below.parts[:4])
    copy = tmp_path / "mirror" / repository
    shutil.copytree(mirror / repository, copy)
    damaged = bytearray(weights.read_bytes())
    damaged[5000] ^= 1
    (tmp_path / "mirror" / below).write_bytes(damaged)
    monkeypatch.setenv("KINEBENCH_MIRROR", str(tmp_path / "mirror"))
    monkeypatch.setenv("KINEBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("socket.socket.connect", _no_network)
    opencap_setup.cache_clear()
    line = refused("--keypoints", trc(keypoints), *SUBJECT, "--augmenter", "v0.0")
    opencap_setup.cache_clear()
    assert "weights.h5" in line


def _no_network(*_: object) -> None:
    raise OSError("no network in this test")


def test_a_file_in_the_way_is_told_before_the_work(
    keypoints: Markers, trc: Trc, tmp_path: Path, capsys: pytest.CaptureFixture[str], kinebench: Any
) -> None:
    (tmp_path / "out").write_text("mine")
    assert kinebench("--keypoints", trc(keypoints), *SUBJECT) == 2
    assert "is a file, not a folder" in capsys.readouterr().err
    assert (tmp_path / "out").read_text() == "mine"


def test_results_never_replace_their_input(
    keypoints: Markers, tmp_path: Path, capsys: pytest.CaptureFixture[str], kinebench: Any
) -> None:
    (tmp_path / "out").mkdir()
    own = tmp_path / "out" / "keypoints.trc"
    write_trc(own, keypoints)
    before = own.read_bytes()
    assert kinebench("--keypoints", own, *SUBJECT) == 2
    assert "would replace the input" in capsys.readouterr().err
    assert own.read_bytes() == before
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["keypoints.trc"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--engine", "nonsense"), "kinebench has no engine 'nonsense'; it has: opensim, fast"),
        (("--markers", "openpos"), "'openpos' (did you mean 'openpose'?)"),
        (("--augmenter", "v0.9"), "v0.9"),
        (("--clean", "butterwort:6"), "did you mean 'butterworth'?"),
        (("--markers", "openpose", "--warm-up", "1"), "nothing is augmented"),
        (("--markers", "openpose", "--static-pose", "any_pose"), "no scaling set-up 'any_pose'"),
        (("--markers", "mocap"), "optical markers need a static trial"),
        (("--window", "50", "60"), "no frame lies between 50 and 60 s"),
        (("--window", "2", "1"), "must not end before it starts"),
        (("--warm-up", "-1"), "warm_up_s of LSTMAugmenter must be 0 to 30 s"),
        (("--trial", "squats"), "--trial: only with a session"),
        (("--axes", "+x+y"), "axes must name forward, up and right"),
        (("--resample", "0"), "resample_hz of LSTMAugmenter must be above 0"),
    ],
)
def test_options_that_make_no_sense(
    keypoints: Markers, trc: Trc, refused: Any, options: tuple[str, ...], told: str
) -> None:
    assert told in refused("--keypoints", trc(keypoints), *SUBJECT, *options)


def test_a_scaled_model_with_a_window_makes_no_sense(
    keypoints: Markers, trc: Trc, refused: Any, subject0: Path
) -> None:
    (model,) = (subject0 / "OpenSimData" / "Model").glob("*_scaled.osim")
    line = refused(
        "--keypoints", trc(keypoints), *SUBJECT, "--scaled-model", model, "--window", "0", "1"
    )
    assert "would have no effect" in line


def test_another_rate_than_the_augmenter_s_is_doubted_unless_resampled(
    keypoints: Markers, trc: Trc, doubted: Any, tmp_path: Path
) -> None:
    slow = replace(keypoints, times=keypoints.times * 0.6)
    assert "knows frames of 60 Hz only" in doubted("--keypoints", trc(slow), *SUBJECT)
    shutil.rmtree(tmp_path / "out")
    said = doubted("--keypoints", trc(slow), *SUBJECT, "--resample", "60", "--warm-up", "1")
    assert "60 Hz only" not in said
    assert "warms up" not in said


def test_markers_stored_beside_the_keypoints_do_not_hide_the_augmented_ones(
    short_session: Path, doubted: Any, tmp_path: Path
) -> None:
    stored = short_session / "MarkerData" / "Squats_0.trc"
    doubted(
        "--keypoints", stored, *SUBJECT, "--augmenter", "v0.2", "--no-floor", "--window", "0", "1"
    )
    ours, theirs = read_trc(tmp_path / "out" / "augmented.trc"), read_trc(stored)
    apart = ours.position("r.ASIS_study") - theirs.position("r.ASIS_study")
    assert np.linalg.norm(apart, axis=1).mean() > 5e-3


def test_without_a_static_trial_the_standing_is_found_and_judged(
    mirror_file: Callable[[str], Path], doubted: Any, tmp_path: Path
) -> None:
    """The tutorial's case: a squat by somebody of 1.96 m, and nothing else."""
    import json

    markers = read_trc(mirror_file("3179260bbb4f21f8b114f059448def10bdd4443c/test_data/squats.trc"))
    cut = tmp_path / "squats.trc"
    write_trc(cut, markers.at_frames(np.arange(markers.n_frames - 120, markers.n_frames)))
    said = doubted("--keypoints", cut, "--mass", "78.2", "--height", "1.96")
    assert "no static trial: the model is scaled on" in said
    standing = json.loads((tmp_path / "out" / "run.json").read_text())["resolved"]["standing"]
    assert max(standing["knee_flexion_deg"]) < 10
    assert standing["movement_m"] < 0.04


def test_a_slip_in_the_published_set_up_is_told(
    mirror_file: Callable[[str], Path], doubted: Any, tmp_path: Path
) -> None:
    squats = read_trc(mirror_file("Subject4/MarkerData/squats1.trc")).at_frames(np.arange(5))
    write_trc(tmp_path / "squats.trc", squats)
    said = doubted(
        "--keypoints", tmp_path / "squats.trc", "--markers", "mocap", "--mass", "62.6",
        "--height", "1.7", "--static", mirror_file("Subject4/MarkerData/static1.trc"),
    )  # fmt: skip
    assert "measures between R_wrist_radius and L_elbow_med" in said


def test_a_model_scaled_on_offset_free_markers_takes_fresh_ones(
    mirror_file: Callable[[str], Path], doubted: Any, tmp_path: Path
) -> None:
    walk = read_trc(mirror_file("OC_val/walking1.trc")).at_frames(np.arange(5))
    write_trc(tmp_path / "walk.trc", walk)
    for markers in ("augmented", "stored"):
        said = doubted(
            "--keypoints", tmp_path / "walk.trc", "--mass", "63.5", "--height", "1.69",
            "--scaled-model", mirror_file("OC_val/LaiUhlrich2022_scaled.osim"),
            "--markers", markers, "--overwrite",
        )  # fmt: skip
        assert said.count("the scaled model weighs 60.0 kg, the subject 63.5 kg") == 1
