"""Checks of results, on solutions made up so that every number is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from kinebench.core import Coordinate, Markers, Motion, Subject
from kinebench.core.results import IKSolution, PipelineRun, ScalingResult
from kinebench.lab import generic_body
from kinebench.quality import Evidence, assess
from kinebench.quality.finding import Finding, said_together
from kinebench.quality.model import leg_lengths

TIMES = np.arange(100) / 100.0
SUBJECT = Subject(70.0, 1.70)
HIP = Coordinate("hip_flexion_r", range=(np.radians(-30), np.radians(120)))
KNEE = Coordinate("knee_angle_r", range=(0.0, np.radians(140)))
ARM = Coordinate("arm_rot_r", range=(-10.0, 10.0))


@dataclass(frozen=True)
class Flagged:
    """A solution that tells how far rival poses are."""

    solution: IKSolution
    rival_deg: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.solution, name)


def solved(
    errors_m: Any = 0.005, hip_deg: Any = 20.0, knee_deg: Any = 20.0, arm_deg: Any = 0.0
) -> IKSolution:
    def course(value: Any) -> Any:
        return np.broadcast_to(np.asarray(value, dtype=float), (100,))

    values = np.radians(np.stack([course(hip_deg), course(knee_deg), course(arm_deg)], axis=1))
    errors = np.broadcast_to(np.asarray(errors_m, dtype=float), (100, 2))
    motion = Motion((HIP, KNEE, ARM), TIMES, values)
    return IKSolution(motion, ("a", "b"), errors, np.ones(100, bool), np.ones(100, np.int64))


def findings(solution: Any, check: str, height_m: float = 0.01) -> tuple[Finding, ...]:
    place = np.zeros((100, 1, 3))
    place[..., 1] = height_m
    foot = Markers(("r_calc_study",), TIMES, place)
    nothing = Motion((), np.empty(0), np.empty((0, 0)))
    scaling = ScalingResult(generic_body().model, {}, (np.nan, np.nan), nothing, (), np.empty(0))
    run = PipelineRun(SUBJECT, foot, foot, scaling, solved())
    object.__setattr__(run, "solution", solution)
    found = assess(Evidence(SUBJECT, foot, None, run))
    assert check in found.made
    return tuple(finding for finding in found.findings if finding.check == check)


def some(frames: slice, value: float, usual: float) -> Any:
    course = np.full(100, usual)
    course[frames] = value
    return course


@pytest.mark.parametrize(("rms_mm", "light"), [(19, None), (21, "amber"), (41, "red")])
def test_the_mean_marker_error_has_opensim_s_limit(rms_mm: float, light: str | None) -> None:
    found = findings(solved(rms_mm / 1e3), "marker error")
    assert [finding.severity for finding in found] == ([] if light is None else [light])
    if found:
        assert found[0].measured == pytest.approx(rms_mm)
        assert found[0].spans_s == ((0.0, 0.99),)


@pytest.mark.parametrize(
    ("worst_mm", "frames", "light"),
    [(60, 20, None), (60, 30, "amber"), (90, 1, "amber"), (210, 1, "red")],
)
def test_the_largest_counts_when_it_lasts_or_is_twice_the_limit(
    worst_mm: float, frames: int, light: str | None
) -> None:
    errors = np.full((100, 2), 0.005)
    errors[:frames, 1] = worst_mm / 1e3
    found = findings(solved(errors), "largest marker error")
    assert [finding.severity for finding in found] == ([] if light is None else [light])
    assert all(finding.where == ("b",) for finding in found)


def test_missing_markers_are_no_errors() -> None:
    errors = np.full((100, 2), 0.005)
    errors[10:20] = np.nan
    assert findings(solved(errors), "marker error") == ()
    assert findings(solved(errors), "largest marker error") == ()


def test_a_joint_that_rests_on_its_limit() -> None:
    (found,) = findings(solved(hip_deg=some(slice(20, 50), -30.0, 10.0)), "joint limits")
    assert (found.severity, found.where) == ("amber", ("hip_flexion_r",))
    assert found.spans_s == ((0.2, 0.49),)
    (found,) = findings(solved(hip_deg=some(slice(20, 80), 120.0, 10.0)), "joint limits")
    assert found.severity == "red"


def test_a_straight_knee_and_a_short_touch_are_no_fault() -> None:
    assert findings(solved(knee_deg=0.0), "joint limits") == ()
    assert findings(solved(hip_deg=some(slice(20, 30), -30.0, 10.0)), "joint limits") == ()
    assert findings(solved(knee_deg=140.0), "joint limits") != ()


@pytest.mark.parametrize(("step", "light"), [(49.0, None), (51.0, "red")])
def test_a_jump_is_more_than_fifty_degrees_a_frame(step: float, light: str | None) -> None:
    found = findings(solved(hip_deg=some(slice(50, 100), step, 0.0)), "joint jumps")
    assert [finding.severity for finding in found] == ([] if light is None else [light])


def test_a_whole_turn_is_no_jump_and_an_arm_is_amber() -> None:
    assert findings(solved(arm_deg=some(slice(50, 100), 360.0, 0.0)), "joint jumps") == ()
    (found,) = findings(solved(arm_deg=some(slice(50, 100), 90.0, 0.0)), "joint jumps")
    assert found.severity == "amber"


def test_rival_poses_and_frames_that_were_given_up() -> None:
    rival = some(slice(3, 5), 77.0, 0.0)
    (found,) = findings(Flagged(solved(), rival), "rival poses")
    assert (found.measured, found.spans_s) == (77.0, ((0.03, 0.04),))
    assert findings(Flagged(solved(), np.zeros(100)), "rival poses") == ()
    lost = replace(solved(), converged=np.arange(100) > 9)
    (found,) = findings(lost, "convergence")
    assert (found.severity, found.measured) == ("red", 10.0)


@pytest.mark.parametrize(
    ("height_m", "light"), [(0.01, None), (0.15, "amber"), (0.3, "red"), (-0.3, "red")]
)
def test_feet_must_touch_the_floor(height_m: float, light: str | None) -> None:
    found = findings(solved(), "floor", height_m)
    assert [finding.severity for finding in found] == ([] if light is None else [light])


def test_legs_of_the_generic_body_are_alike() -> None:
    lengths = leg_lengths(generic_body().model)
    assert lengths["right thigh"] == pytest.approx(lengths["left thigh"])
    assert 0.35 < lengths["right shank"] < 0.45


def test_what_findings_have_in_common_is_said_once() -> None:
    one, other = (
        Finding("joint jumps", "amber", f"{name} jumps", where=(name,), advice="look")
        for name in ("arm_flex_r", "arm_rot_r")
    )
    static = one.of("static")
    red = Finding(
        "joint jumps", "red", "knee_angle_r jumps", where=("knee_angle_r",), advice="look"
    )
    found = said_together((one, other, static, red))
    assert [text for _, text in found] == [
        "arm_flex_r jumps; arm_rot_r jumps; look",
        "static trial: arm_flex_r jumps; look",
        "knee_angle_r jumps; look",
    ]
    assert [first.severity for first, _ in found] == ["amber", "amber", "red"]
