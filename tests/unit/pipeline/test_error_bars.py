"""Error bars of runs: of the laboratory's people, whose truth is known."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kinebench.cli.main import main
from kinebench.core.body_groups import group_of
from kinebench.core.motion import Coordinate, Motion
from kinebench.io.mot import read_motion
from kinebench.io.trc import write_trc
from kinebench.lab import Population, Recording, StaticPose, record
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions import Gait, MotionModel, Squat
from kinebench.pipeline.error_bars import ErrorBars, error_bars
from kinebench.pipeline.plan import Plan, plan_from_markers
from kinebench.pipeline.spec import PipelineSpec
from kinebench.uncertainty.band import Band

LAB = PipelineSpec(body="lab", augmenter="lab-1", engine="fast")


def filmed(number: int, motion: MotionModel) -> tuple[Recording, Recording]:
    person = Population("error bars in tests").subject(number)
    moving = record(person, motion, two_phones(), names=("trial",))
    return moving, record(person, StaticPose(duration_s=2.5, sway_m=0.003), two_phones())


def planned(moving: Recording, static: Recording, spec: PipelineSpec = LAB) -> Plan:
    subject = moving.subject.as_subject()
    return plan_from_markers("trial", moving.keypoints, static.keypoints, subject, spec)


def within(number: int, motion: MotionModel) -> dict[str, list[bool]]:
    """Whether each coordinate of each frame is within its band, by group."""
    moving, static = filmed(number, motion)
    plan = planned(moving, static)
    run = plan.pipeline(plan.trial)
    band = error_bars(plan, run).band
    assert band is not None
    truth = moving.true_motion.select(run.motion.names)
    error = run.motion.values - truth.values
    turning = np.array([c.kind == "rotational" for c in truth.coordinates])
    around = np.mod(error + np.pi, 2 * np.pi) - np.pi
    inside = np.abs(np.where(turning, around, error)) <= band.half_width
    found: dict[str, list[bool]] = {}
    for column, coordinate in enumerate(truth.coordinates):
        if coordinate.name not in band.unknown:
            found.setdefault(group_of(coordinate.name, coordinate.unit), []).extend(
                inside[:, column].tolist()
            )
    return found


@pytest.mark.filterwarnings("ignore")
def test_bands_hold_the_truth_of_people_who_taught_nothing() -> None:
    """Eight people; frames of one say the same, so that people count, not frames.

    Shares of single sessions scatter by 5 to 8 % about 95: the mean of eight by less than 3. Three
    of these below 95 is the margin.
    """
    sessions = [within(number, Squat(repetitions=1)) for number in range(1, 6)]
    sessions += [within(number, Gait(strides=2)) for number in range(6, 9)]
    for group in ("legs", "pelvis", "trunk", "arms", "translations"):
        mean = np.mean([np.mean(session[group]) for session in sessions])
        assert 0.86 <= mean <= 1.0, group
    everything = [np.mean([np.mean(shares) for shares in session.values()]) for session in sessions]
    assert 0.89 <= np.mean(everything) < 1.0  # bars that hold everything would be too long


@pytest.mark.filterwarnings("ignore")
def test_run_writes_bars_beside_the_motion(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moving, static = filmed(20, Squat(repetitions=1))
    keypoints, standing, out = (tmp_path / name for name in ("k.trc", "s.trc", "out"))
    write_trc(keypoints, moving.keypoints)
    write_trc(standing, static.keypoints)
    pipeline = tmp_path / "lab.toml"
    pipeline.write_text(LAB.to_toml())
    files = ["--keypoints", str(keypoints), "--static", str(standing), "--pipeline", str(pipeline)]
    assert main(["run", *files, "--mass", "70", "--height", "1.7", "--out", str(out)]) == 0
    assert "95 % error bars, median: legs ±" in capsys.readouterr().out
    motion, bars = read_motion(out / "kinematics.mot"), read_motion(out / "kinematics_se.sto")
    assert bars.names == motion.names
    np.testing.assert_array_equal(bars.times, motion.times)
    knee = np.degrees(bars.value("knee_angle_r"))
    assert (knee > 0.3).all()
    assert (knee < 20).all()
    assert np.isnan(bars.value("mtp_angle_r")).all()
    told = json.loads((out / "run.json").read_text())
    assert told["error_bars"]["marker_errors"] == "laboratory, on the spot"
    assert "lab-1" in told["error_bars"]["learnt_on"]
    assert told["error_bars"]["unknown"] == ["mtp_angle_r", "mtp_angle_l"]
    assert "kinematics_se.sto" in told["outputs"]


@pytest.mark.filterwarnings("ignore")
def test_where_nothing_is_known_there_are_no_bars_and_a_reason() -> None:
    moving, static = filmed(21, Squat(repetitions=1))
    plan = planned(moving, static)
    run = plan.pipeline(plan.trial)
    assert error_bars(plan, run).band is not None
    assert error_bars(plan, run).about.endswith("virtual people")
    other = replace(plan, spec=PipelineSpec(track="stored"))
    assert "another version" in error_bars(other, run).about
    version = replace(plan, spec=PipelineSpec())  # markers of lab-1, taken for OpenCap's
    assert "lab-1, of which nothing was learnt" in error_bars(version, run).about
    raw = replace(plan, spec=PipelineSpec(track="openpose"))
    assert error_bars(raw, run) == ErrorBars(
        None, "what these markers are off by has not been learnt"
    )
    others = replace(plan, spec=PipelineSpec(track="mocap"))
    found = error_bars(others, run)
    assert found.band is None
    assert "r_calc_study" in found.about or "marker" in found.about
    assert found.as_dict() == {"none_because": found.about}
    assert found.in_words().startswith("no error bars: ")
    assert found.standard_error is None


def test_half_widths_are_medians_of_each_group_in_degrees_and_mm() -> None:
    """1.95996 standard errors; frames and coordinates of a group count alike, NaN not at all."""
    names = ("hip_flexion_r", "knee_angle_r", "knee_angle_r_beta", "pelvis_tilt", "elbow_flex_r")
    coordinates = [*map(Coordinate, names), Coordinate("pelvis_tx", "translational")]
    degrees = np.radians([[1.0, 2.0, 50.0, 4.0], [3.0, np.nan, 50.0, 4.0]])
    values = np.hstack([degrees, np.full((2, 1), np.nan), [[0.1234], [0.1234]]])
    motion = Motion(tuple(coordinates), np.array([0.0, 0.1]), values)
    bars = ErrorBars(Band(motion, "toy errors"), "learnt on toys")
    # legs: the median of 1, 2 and 3 degrees
    expected = {"legs": 3.92, "pelvis": 7.84, "translations": 241.86}
    assert bars.half_widths() == expected
    assert bars.in_words() == (
        "95 % error bars, median: legs ±4°, pelvis ±8°, translations ±242 mm"
    )
    assert bars.standard_error is motion
    assert bars.as_dict() == {
        "file": "kinematics_se.sto",
        "holds": "standard errors; the 95 % band is 1.96 of them to both sides",
        "marker_errors": "toy errors",
        "learnt_on": "learnt on toys",
        "median_half_width": expected,
        "unknown": ["elbow_flex_r"],
    }


def test_without_a_band_the_reason_is_all_there_is() -> None:
    bars = ErrorBars(None, "nobody knows")
    assert (bars.half_widths(), bars.standard_error) == ({}, None)
    assert bars.as_dict() == {"none_because": "nobody knows"}
    assert bars.in_words() == "no error bars: nobody knows"
