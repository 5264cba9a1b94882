"""Laws of the band, and the solver's own scatter as its judge."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kinebench.core import Markers, Model
from kinebench.errors import KinebenchWarning, NameNotFoundError
from kinebench.geometry.rotations import rotation_from_axis_angles
from kinebench.kinematics import Tree, marker_positions
from kinebench.lab import generic_body
from kinebench.uncertainty import band as module
from kinebench.uncertainty.band import Band, band_of, standard_errors
from kinebench.uncertainty.marker_errors import NORMAL_95, MarkerErrors
from kinebench.uncertainty.response import body_axes, response
from tests.unit.uncertainty.conftest import Solved, solved

Array = np.ndarray[Any, Any]


def band(found: Solved, errors: MarkerErrors) -> Band:
    return band_of(found.model, found.tasks, found.solution, found.markers, errors)


def bars(found: Solved, errors: MarkerErrors) -> Array:
    return np.asarray(band(found, errors).standard_error.values)


def scattered(tree: Tree, q: Array, errors: MarkerErrors, n: int) -> Markers:
    """One pose (1, n_coordinates) seen n times, each time with other errors."""
    root = np.linalg.cholesky(errors.moments)
    drawn = np.random.default_rng(5).standard_normal((n, len(root))) @ root.T
    axes = body_axes(tree, q, errors.markers)[0]
    shifts = np.einsum("mij,fmj->fmi", axes, drawn.reshape(n, -1, 3))
    seen = marker_positions(tree, q, errors.markers) + shifts
    return Markers(errors.markers, np.arange(n) / 60, seen)


def test_standard_errors_are_the_scatter_of_the_solver(poses: Array, errors: MarkerErrors) -> None:
    # 1,000 draws tell a standard deviation to 2.2 %: the worst of 31 is within 4 of these
    tree, q = generic_body().tree, poses[2:3]
    found = solved(scattered(tree, q, errors, 1000))
    clean = marker_positions(tree, q, errors.markers)
    answer = response(tree, found.tasks.weights, {}, q, clean, errors.markers)
    expected = standard_errors(answer, errors.of(answer.markers))[0]
    names = [tree.coordinate_names[index] for index in answer.coordinates]
    true = q[0, list(answer.coordinates)]
    scatter = np.sqrt(((found.solution.motion.select(names).values - true) ** 2).mean(axis=0))
    np.testing.assert_allclose(scatter, expected, rtol=0.09)
    assert len(expected) == 31


def test_markers_without_error_give_a_band_of_no_width(squat: Solved, errors: MarkerErrors) -> None:
    exact = replace(errors, moments=np.zeros_like(errors.moments))
    found = band(squat, exact)
    known = [name for name in found.standard_error.names if name not in found.unknown]
    assert (found.standard_error.select(known).values == 0).all()
    assert len(known) == 31


def test_twice_the_error_is_twice_the_band(squat: Solved, errors: MarkerErrors) -> None:
    np.testing.assert_allclose(bars(squat, errors.times(2)), 2 * bars(squat, errors), rtol=1e-12)


def test_the_band_does_not_depend_on_where_one_stands(squat: Solved, errors: MarkerErrors) -> None:
    elsewhere = squat.markers.positions + np.array([3.0, 0.5, -2.0])
    there = bars(solved(squat.markers.with_positions(elsewhere)), errors)
    np.testing.assert_allclose(there, bars(squat, errors), rtol=1e-5)


def test_nor_on_where_one_looks(squat: Solved, errors: MarkerErrors) -> None:
    turn = rotation_from_axis_angles({"y": 25.0})
    turned = squat.markers.positions @ turn.T
    there, here = bars(solved(squat.markers.with_positions(turned)), errors), bars(squat, errors)
    names = squat.solution.motion.names
    # tilt and list of the pelvis are about the room's axes, and mix as one turns
    mixed = [names.index(f"pelvis_{name}") for name in ("tilt", "list", "rotation", "tx", "tz")]
    kept = np.delete(np.arange(len(names)), mixed)
    np.testing.assert_allclose(there[:, kept], here[:, kept], rtol=1e-5)
    on_ground = mixed[-2:]
    np.testing.assert_allclose(
        np.hypot(*there[:, on_ground].T), np.hypot(*here[:, on_ground].T), rtol=1e-5
    )


def test_what_no_marker_holds_has_no_band(squat: Solved, errors: MarkerErrors) -> None:
    lost = ("r_lwrist_study", "r_mwrist_study")
    kept = [name for name in squat.markers.names if name not in lost]
    with pytest.warns(KinebenchWarning, match="lacks 2 of 43"):
        found = band(solved(squat.markers.select(kept)), errors)
    # the elbow's own markers lie on its axis; toes have no joint that is free
    assert set(found.unknown) == {"elbow_flex_r", "pro_sup_r", "mtp_angle_r", "mtp_angle_l"}
    assert np.isfinite(found.standard_error.value("elbow_flex_l")).all()


def test_a_rival_pose_is_within_the_band(squat: Solved, errors: MarkerErrors) -> None:
    motion = squat.solution.motion
    rivals = np.full(motion.values.shape, np.nan)
    rivals[1] = motion.values[1]
    column = motion.names.index("arm_rot_r")
    rivals[1, column] += np.radians(300.0)  # which is 60° the other way
    other = squat._replace(solution=replace(squat.solution, rival_values=rivals))
    wide, plain = band(other, errors).half_width, band(squat, errors).half_width
    assert np.radians(60) < wide[1, column] < np.radians(60) + plain[1, column]
    others = np.delete(np.arange(len(motion.names)), column)
    np.testing.assert_array_equal(wide[:, others], plain[:, others])
    np.testing.assert_array_equal(wide[[0, 2, 3, 4]], plain[[0, 2, 3, 4]])


def test_markers_that_fit_worse_widen_the_band(squat: Solved, errors: MarkerErrors) -> None:
    names = squat.solution.motion.names
    usual = bars(squat, errors)
    worse = bars(squat, replace(errors, residuals=errors.residuals / 4))
    better = bars(squat, replace(errors, residuals=errors.residuals * 4))
    knee, arm = names.index("knee_angle_r"), names.index("arm_flex_r")
    assert (worse[:, [knee, arm]] > 1.5 * usual[:, [knee, arm]]).all()
    # a half at least; what arms are off by hardly shows in how markers fit
    np.testing.assert_array_less(better[:, knee], usual[:, knee])
    np.testing.assert_allclose(better[:, arm], usual[:, arm])


def test_an_angle_is_not_said_to_be_wrong_by_more_than_half_a_turn(
    squat: Solved, errors: MarkerErrors
) -> None:
    found = band(squat, errors.times(1e4))
    turning = [c.kind == "rotational" for c in found.standard_error.coordinates]
    assert np.nanmax(found.half_width[:, turning]) == pytest.approx(np.pi)
    assert np.nanmax(found.half_width[:, ~np.array(turning)]) > 10


def test_multipliers_go_by_coordinate_then_by_group(squat: Solved, errors: MarkerErrors) -> None:
    calibrated = replace(errors, multipliers={"knee_angle": 3.0, "legs": 2.5})
    ratio = (bars(squat, calibrated) / bars(squat, errors))[0]
    names = squat.solution.motion.names
    by_name = dict(zip(names, ratio * NORMAL_95, strict=True))
    assert by_name["knee_angle_l"] == pytest.approx(3.0)
    assert by_name["hip_flexion_r"] == pytest.approx(2.5)
    assert by_name["pelvis_tilt"] == pytest.approx(NORMAL_95)


def test_frames_are_judged_one_by_one(
    squat: Solved, errors: MarkerErrors, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = bars(squat, errors)
    monkeypatch.setattr(module, "_CHUNK", 2)
    np.testing.assert_allclose(bars(squat, errors), whole, rtol=1e-9)


def test_a_marker_of_which_nothing_is_known_is_named(squat: Solved, errors: MarkerErrors) -> None:
    fewer = MarkerErrors(
        "few", "", errors.markers[1:], errors.moments[3:, 3:], errors.residuals[1:], {}
    )
    with pytest.raises(NameNotFoundError, match=errors.markers[0]):
        band(squat, fewer)


def test_the_model_may_have_coordinates_that_the_motion_lacks(
    squat: Solved, errors: MarkerErrors
) -> None:
    names = [name for name in squat.solution.motion.names if not name.startswith("mtp")]
    motion = squat.solution.motion.select(names)
    solution = replace(squat.solution, motion=motion, observed=None, rival_values=None)
    found = band(squat._replace(solution=solution), errors)
    assert found.standard_error.names == tuple(names)
    assert isinstance(squat.model, Model)
