"""What cannot be a person is noticed before anything else, and warnings outlive failures."""

from __future__ import annotations

import pickle
import re
import shutil
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from kinebench.cli.main import main
from kinebench.core import Markers, Subject
from kinebench.core.keypoints import OPENCAP_20
from kinebench.core.upright import up_axes
from kinebench.errors import KinebenchWarning, ScalingError, ValueRangeError
from kinebench.io.keypoint_files import read_markers
from kinebench.io.trc import read_trc, write_trc
from kinebench.pipeline.plan import plan_from_markers
from kinebench.pipeline.spec import PipelineSpec
from kinebench.pipeline.unit_check import body_extent, require_plausible
from kinebench.remarks import (
    Remark,
    carried_by_errors,
    collected_remarks,
    reason_of,
    remarks_of,
)

CASES = Path(__file__).parent
NEUTRAL = CASES / "04-zeros-for-missing" / "neutral.trc"
SQUAT = CASES / "04-zeros-for-missing" / "squat_nan.trc"
SUBJECT = Subject(73.7, 1.752)
GIVEN = ("--mass", "73.7", "--height", "1.752", "--augmenter", "lab-1")


def turned(markers: Markers, rows: Sequence[Sequence[float]]) -> Markers:
    return markers.with_positions(markers.positions @ np.array(rows, float).T)


# -- 07: the subject ------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["run", "why", "engines"])
@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("mass_kg: 73.7\nheight_m: 175.2\n", "height of 175.2 m is not plausible (in cm?)"),
        ("mass_kg: 73.7\nheight_m: 1752\n", "(in mm?)"),
        ("mass_kg: 73.7\nheight_m: 69.0\n", "(in inches?)"),
        ("mass_kg: 73.7\nheight_m: 5.75\n", "(in feet?)"),
        ("mass_kg: 162.5\nheight_m: 69.0\n", "(in inches, and the mass in lb?)"),
        ("mass_kg: 73700\nheight_m: 1.752\n", "(in g?)"),
        ("mass_kg: 1.752\nheight_m: 73.7\n", "(mass and height exchanged?)"),
    ],
)
def test_case_07(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, lines: str, words: str
) -> None:
    session = tmp_path / "session"
    (session / "MarkerData").mkdir(parents=True)
    shutil.copy(NEUTRAL, session / "MarkerData" / "neutral.trc")
    (session / "MarkerData" / "squats.trc").write_text("nothing of a TRC: read later, or never\n")
    (session / "sessionMetadata.yaml").write_text(lines)
    out = ["--out", str(tmp_path / "o")] if command == "run" else []
    assert main([command, str(session), "--trial", "nowhere", *out]) == 2
    printed = capsys.readouterr().err
    assert words in printed
    assert printed.count("not plausible") == 1
    assert not (tmp_path / "o").exists()


def test_a_height_that_is_given_instead_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], opencap_files: Path
) -> None:
    session = tmp_path / "session"
    (session / "MarkerData").mkdir(parents=True)
    shutil.copy(NEUTRAL, session / "MarkerData" / "neutral.trc")
    shutil.copy(SQUAT, session / "MarkerData" / "squats.trc")
    (session / "sessionMetadata.yaml").write_text("mass_kg: 73.7\nheight_m: 175.2\n")
    assert main(["run", str(session), *GIVEN, "--dry-run"]) == 0
    assert "subject   73.7 kg, 1.752 m" in capsys.readouterr().out


def test_the_subject_is_judged_before_files_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--keypoints", str(tmp_path / "nowhere.trc"), "--mass", "73.7", "--height", "175.2"]
    assert main(["run", *given, "--out", str(tmp_path / "o")]) == 2
    assert capsys.readouterr().err == (
        "kinebench run: a height of 175.2 m is not plausible (in cm?): expected 0.5 to 2.6 m\n"
    )
    assert main(["identify", str(NEUTRAL), "--mass", "73.7", "--height", "175.2"]) == 2
    assert "(in cm?)" in capsys.readouterr().err


def test_doubtful_people_are_warned_about_even_when_the_file_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--keypoints", str(tmp_path / "nowhere.trc"), "--mass", "162.5", "--height", "1.752"]
    assert main(["run", *given, "--out", str(tmp_path / "o")]) == 2
    warning, line = capsys.readouterr().err.splitlines()
    assert "(in lb?)" in warning
    assert line.startswith("kinebench run: cannot read")


# -- units and axes of recordings -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (1000.0, "mm, taken as m? (--unit mm"),
        (100.0, "cm, taken as m? (--unit cm"),
        (10.0, "mm, taken as cm? (--unit mm"),
        (0.1, "cm, taken as mm? (--unit cm"),
        (0.01, "m, taken as cm? (--unit m"),
        (0.001, "m, taken as mm? (--unit m"),
        (1 / 0.3048, "feet, taken as m?"),
        (1 / 0.0254, "inches, taken as m?"),
        (0.01 / 0.0254, "inches, taken as cm?"),
    ],
)
@pytest.mark.parametrize("path", [NEUTRAL, SQUAT])
def test_other_units_are_refused_with_the_likely_one(path: Path, factor: float, words: str) -> None:
    recording = read_trc(path)
    scaled = recording.with_positions(recording.positions * factor)
    with pytest.raises(ValueRangeError) as caught:
        require_plausible(scaled, SUBJECT, "squat")
    assert words in str(caught.value)
    assert "the subject 1.752 m tall" in str(caught.value)


@pytest.mark.parametrize("scale", [0.6, 0.8, 1.0, 1.2, 1.4])
@pytest.mark.parametrize("name", ["neutral", "squat_nan", "squat"])
def test_smaller_and_larger_people_are_let_through(scale: float, name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        recording = read_trc(CASES / "04-zeros-for-missing" / f"{name}.trc")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scaled = recording.with_positions(recording.positions * scale + [30.0, 0.0, -20.0])
        require_plausible(scaled, SUBJECT, "squat")


@pytest.mark.mirror
def test_no_public_recording_is_doubted(mirror_file: Callable[[str], Path]) -> None:
    folder = mirror_file("test_data/subject0/metadata.yaml")
    mirror = next(path for path in folder.parents if path.name == "mirror")
    recordings = sorted(mirror.rglob("*.trc"))
    assert len(recordings) > 20
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for path in recordings:
            require_plausible(read_trc(path), Subject(72.0, 1.8), path.name)


def test_one_marker_far_off_does_not_change_the_body() -> None:
    recording = read_trc(NEUTRAL)
    positions = recording.positions.copy()
    positions[:, 3] = [1e6, -1e6, 1e6]
    assert body_extent(recording.with_positions(positions)) < 1.6 * SUBJECT.height_m


@pytest.mark.parametrize(
    ("rows", "axes"),
    [
        (((1, 0, 0), (0, 0, -1), (0, 1, 0)), "+x+z-y"),  # Z up, forward along x
        (((0, 0, 1), (1, 0, 0), (0, 1, 0)), "+y+z+x"),  # Z up, forward along y
        (((-1, 0, 0), (0, 0, 1), (0, 1, 0)), "-x+z+y"),  # Z up, forward along −x
        (((1, 0, 0), (0, -1, 0), (0, 0, -1)), "+x-y-z"),  # a camera's axes: y down
        (((0, 1, 0), (1, 0, 0), (0, 0, -1)), "+y+x-z"),  # X up
    ],
)
@pytest.mark.parametrize("path", [NEUTRAL, SQUAT])
def test_other_axes_are_told_with_the_option_that_mends_them(
    tmp_path: Path, path: Path, rows: Sequence[Sequence[float]], axes: str
) -> None:
    upright = read_trc(path)
    lying = turned(upright, rows)
    assert up_axes(upright) == ""
    assert up_axes(lying) == axes
    with pytest.warns(KinebenchWarning, match=rf"head is not above .* along {re.escape(axes)}"):
        require_plausible(lying, SUBJECT, "squat")
    write_trc(tmp_path / "t.trc", lying, decimals=12)
    read = read_markers(tmp_path / "t.trc", axes=axes)
    np.testing.assert_allclose(read.positions, upright.positions, atol=1e-9)


def test_other_markers_have_axes_too() -> None:
    plain = read_trc(NEUTRAL)
    names = {"Neck": "C7_study", "RAnkle": "r_ankle_study", "LAnkle": "L_ankle_study",
             "RHip": "r.ASIS_study", "LHip": "L.ASIS_study", "RShoulder": "a",
             "LShoulder": "b"}  # fmt: skip
    lying = turned(plain, ((1, 0, 0), (0, 0, -1), (0, 1, 0)))
    assert up_axes(lying.rename(names)) == "+x+z-y"
    assert up_axes(lying.rename({name: name.lower() + "?" for name in lying.names})) == ""


def test_times_that_jump_are_told() -> None:
    squat = read_trc(SQUAT)
    frames = np.concatenate([np.arange(40), np.arange(70, 120)])
    with pytest.warns(KinebenchWarning, match=r"no frame between 0\.650 and 1\.167 s; frames"):
        require_plausible(squat.at_frames(frames), SUBJECT, "squat")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        require_plausible(squat.at_frames(np.delete(np.arange(120), [10, 50])), SUBJECT, "squat")


def test_units_and_axes_are_told_before_anything_else_fails() -> None:
    squat = read_trc(SQUAT)
    nameless = squat.select(name for name in OPENCAP_20 if name != "RHeel")
    with pytest.raises(ValueRangeError, match="mm, taken as m"):
        plan_from_markers(
            "squat",
            nameless.with_positions(nameless.positions * 1e3),
            None,
            SUBJECT,
            PipelineSpec(),
        )
    lying = turned(nameless, ((1, 0, 0), (0, 0, -1), (0, 1, 0)))
    with pytest.warns(KinebenchWarning, match="head is not above"):
        require_plausible(lying, SUBJECT, "squat")


# -- warnings outlive failures --------------------------------------------------------------------


def test_an_error_carries_the_warnings_before_it() -> None:
    outer: list[list[Remark]] = []

    def work() -> None:
        with collected_remarks() as remarks:
            outer.append(remarks)
            warnings.warn("first", KinebenchWarning, stacklevel=1)
            with carried_by_errors([Remark("x", "note", "second")]), collected_remarks():
                warnings.warn("third", KinebenchWarning, stacklevel=1)
                warnings.warn("third", KinebenchWarning, stacklevel=1)
                raise ScalingError("no\nwindow")

    with pytest.raises(ScalingError) as caught:
        work()
    assert [remark.text for remark in remarks_of(caught.value)] == ["first", "second", "third"]
    assert caught.value.__notes__ == ["first", "second", "third"]
    assert [remark.text for remark in outer[0]] == ["first"]
    assert reason_of(caught.value) == "no window (before that: first; second; third)"
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.__notes__ == caught.value.__notes__
    assert remarks_of(again) == remarks_of(caught.value)


def test_work_that_succeeds_keeps_its_warnings() -> None:
    with collected_remarks() as remarks:
        warnings.warn("one", KinebenchWarning, stacklevel=1)
        warnings.warn("one", KinebenchWarning, stacklevel=1)
    assert [remark.text for remark in remarks] == ["one"]
    with pytest.warns(UserWarning, match="another's"), collected_remarks() as remarks:
        warnings.warn("another's", UserWarning, stacklevel=1)
    assert remarks == []


@dataclass(frozen=True, slots=True)
class Fails:
    """A cleaner that warns, and fails."""

    def __call__(self, markers: Markers) -> Markers:
        warnings.warn("the camera was kicked", KinebenchWarning, stacklevel=1)
        raise ScalingError("nothing is left")


@pytest.mark.parametrize("command", ["run", "why", "engines"])
def test_warnings_of_plan_and_pipeline_outlive_a_failure(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    opencap_files: Path,
) -> None:
    from kinebench.cli import planning

    spec = planning.spec_of
    monkeypatch.setattr(planning, "spec_of", lambda given: replace(spec(given), clean=(Fails(),)))
    out = ["--out", str(tmp_path / "o")] if command == "run" else []
    zeros = CASES / "04-zeros-for-missing" / "squat.trc"
    assert main([command, "--keypoints", str(zeros), *GIVEN, *out]) == 2
    lines = capsys.readouterr().err.splitlines()
    told = [line.removeprefix("warning: ") for line in lines[:-1]]
    assert all(line.startswith("warning: ") for line in lines[:-1])
    assert any("0 0 0 is taken as missing: RKnee" in line for line in told)
    assert any("no static trial" in line for line in told)
    assert "the camera was kicked" in told
    assert len(set(told)) == len(told)
    assert lines[-1] == f"kinebench {command}: nothing is left"


def test_warnings_of_compare_outlive_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    zeros = CASES / "04-zeros-for-missing" / "squat.trc"
    squat = read_trc(SQUAT)
    write_trc(tmp_path / "later.trc", replace(squat, times=squat.times + 60.0))
    assert main(["compare", str(zeros), str(tmp_path / "later.trc")]) == 2
    warning, line = capsys.readouterr().err.splitlines()
    assert warning.startswith("warning: squat.trc: 0 0 0 is taken as missing: RKnee")
    assert line.startswith("kinebench compare: ")
