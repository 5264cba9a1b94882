"""What a cell's run is measured by: a motion against its reference, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kinebench.core import Coordinate, IKSolution, Markers, Motion, ScalingResult, Subject, Trial
from kinebench.core.results import PipelineRun
from kinebench.lab import generic_body
from kinebench.metrics import Alignment, Kind
from kinebench.studies.execution import measure as module
from kinebench.studies.execution.measure import measured

TIMES = np.arange(240) / 60
ANGLES = (Coordinate("knee_angle_r"), Coordinate("hip_flexion_r"))
HEIGHT = Coordinate("pelvis_ty", "translational")
KEYPOINTS = Markers(("a",), TIMES, np.zeros((240, 1, 3)))


def motion(late_s: float = 0.0, offset: float = 0.0, times: np.ndarray = TIMES) -> Motion:
    """Two angles that move, and a height that moves the other way, as fast."""
    t = times - late_s
    values = [np.sin(t) + offset, 0.5 * np.sin(2 * t) + offset, 3 * np.sin(times + late_s)]
    return Motion((*ANGLES, HEIGHT), times, np.stack(values, axis=1))


def trial(reference: Motion | None) -> Trial:
    return Trial("t", Subject(70.0, 1.75), KEYPOINTS, reference_motion=reference)


def rmse_deg(figures: object, alignment: Alignment) -> dict[str, float]:
    found = figures.by_item(Kind.COORDINATE, "rmse", alignment)  # type: ignore[attr-defined]
    return {item: math.degrees(value) for item, value in found.items() if item != "pelvis_ty"}


@pytest.mark.parametrize("late_s", [0.03, -0.02])
def test_a_small_lag_of_the_angles_is_taken_out_of_all(late_s: float) -> None:
    """Of a motion alone: what follows the angles' lag loses its error, heights do not count."""
    figures = measured(motion(late_s), trial(motion()), ("rmse", "bias"))
    assert max(rmse_deg(figures, Alignment.NONE).values()) > 0.5
    left = rmse_deg(figures, Alignment.LAG_REMOVED)
    assert set(left) == {"knee_angle_r", "hip_flexion_r"}
    assert max(left.values()) < 0.03
    # the height comes as early as the angles late: without their lag it is twice as wrong
    before, after = (
        figures.by_item(Kind.COORDINATE, "rmse", alignment)["pelvis_ty"]
        for alignment in (Alignment.NONE, Alignment.LAG_REMOVED)
    )
    assert after == pytest.approx(2 * before, rel=0.05)
    # bias is no primary metric: it is measured as it is
    assert figures.by_item(Kind.COORDINATE, "bias", Alignment.LAG_REMOVED) == {}
    assert set(figures.by_item(Kind.COORDINATE, "bias")) == {
        "knee_angle_r", "hip_flexion_r", "pelvis_ty",
    }  # fmt: skip


def test_the_primary_metric_is_what_a_lag_is_taken_out_of() -> None:
    figures = measured(motion(0.03, 0.1), trial(motion()), ("rmse", "bias"), "bias")
    left = figures.by_item(Kind.COORDINATE, "bias", Alignment.LAG_REMOVED)
    assert left["knee_angle_r"] == pytest.approx(0.1, abs=2e-3)
    assert figures.by_item(Kind.COORDINATE, "rmse", Alignment.LAG_REMOVED) == {}


def test_without_angles_in_common_there_is_no_lag() -> None:
    height = motion(0.03).select(["pelvis_ty"])
    figures = measured(height, trial(motion()), ("rmse",))
    before, after = (
        figures.by_item(Kind.COORDINATE, "rmse", alignment)
        for alignment in (Alignment.NONE, Alignment.LAG_REMOVED)
    )
    assert before == after
    assert set(before) == {"pelvis_ty"}


def test_a_motion_without_reference_has_no_figures() -> None:
    assert len(measured(motion(), trial(None), ("rmse",))) == 0


def test_of_our_own_run_marker_errors_are_known_without_a_reference() -> None:
    """5 mm and 15 mm, of two markers."""
    model = generic_body().model
    scaling = ScalingResult(model, {}, (0.0, 1.0), motion(times=TIMES[:1]), (), np.empty(0))
    errors = np.tile([0.005, 0.015], (240, 1))
    solution = IKSolution(
        motion(), ("a", "b"), errors, np.ones(240, bool), np.ones(240, int)
    )  # fmt: skip
    run = PipelineRun(Subject(70.0, 1.75), KEYPOINTS, KEYPOINTS, scaling, solution)
    alone = measured(run, trial(None), ("rmse",))
    assert {quantity.kind for quantity in alone.quantities} == {Kind.MARKER_ERROR}
    held = measured(run, trial(motion()), ("rmse",))
    assert {Kind.COORDINATE, Kind.LANDMARK, Kind.MARKER_ERROR} == {
        quantity.kind for quantity in held.quantities
    }
    assert set(held.by_item(Kind.LANDMARK, "side_drop")) == {"hip", "knee", "ankle", "heel"}
    found = alone.by_item(Kind.MARKER_ERROR, alone.quantities[0].metric)
    assert found["a"] == pytest.approx(0.005)
    assert found["b"] == pytest.approx(0.015)


def test_bias_is_the_estimate_less_the_reference() -> None:
    figures = measured(motion(offset=0.1), trial(motion()), ("bias",), "bias")
    assert figures.by_item(Kind.COORDINATE, "bias")["knee_angle_r"] == pytest.approx(0.1)


def test_two_frames_tell_a_lag_and_one_does_not() -> None:
    """An angle that rises by one in a frame, and is half of that behind: half a frame."""
    one, other = (
        Motion(ANGLES[:1], TIMES[:2], np.array([[0.0 - late], [1.0 - late]])) for late in (0.0, 0.5)
    )
    assert module._lag(one, other) == pytest.approx(0.5 / 60)
    assert module._lag(motion(times=TIMES[:1]), motion(times=TIMES[:1])) == 0.0


def test_joints_that_a_model_lacks_have_no_drop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_DROPS", {"hip": "femur", "tail": "tail"})
    rows = list(module._side_drops(generic_body().model, motion(), motion()))
    assert {row.item for row in rows} == {"hip"}
    monkeypatch.setattr(module, "_DROPS", {"tail": "tail"})
    assert list(module._side_drops(generic_body().model, motion(), motion())) == []
