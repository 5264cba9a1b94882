"""Angles depend neither on where a person stands nor on where they face."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kinebench.core import IKSolution, Markers, Model
from kinebench.core.ik_tasks import CoordinateTask, IKTasks
from kinebench.geometry.rotations import rotation_about_vertical
from kinebench.ik.fast import FastIK
from kinebench.ik.opensim_engine import OpenSimIK
from kinebench.kinematics import marker_positions, read_tree
from kinebench.osim.standing_place import Displacement

ENGINES = [OpenSimIK, FastIK]
ROOT = ("tilt", "list", "rotation", "tx", "ty", "tz")
FAR = [(0.3, 0.0, -0.2), (8.0, 0.0, 0.0), (-30.0, 0.5, 40.0), (0.0, 0.0, 2000.0)]


def tasks_of(model: Model) -> IKTasks:
    return IKTasks(tuple((name, 1.0) for name in read_tree(model).marker_names))


@pytest.fixture(scope="module")
def recording(figure: Model) -> Markers:
    """A figure that moves, with 10 mm of noise: no solver stops at zero."""
    tree = read_tree(figure)
    rng = np.random.default_rng(5)
    q = np.tile(tree.defaults, (6, 1))
    for name in tree.coordinate_names:
        if name not in ROOT:
            q[:, tree.coordinate_index(name)] = 0.3 + 0.05 * np.arange(6)
    positions = marker_positions(tree, q)
    positions += rng.normal(0.0, 0.01, positions.shape)
    return Markers(tree.marker_names, np.arange(6) / 60, positions)


def moved(markers: Markers, yaw_deg: float, place: tuple[float, float, float]) -> Markers:
    R = rotation_about_vertical(np.radians(yaw_deg))
    return markers.with_positions(markers.positions @ R.T + np.array(place))


def angles(solution: IKSolution, without: tuple[str, ...]) -> np.ndarray:
    kept = [name for name in solution.motion.names if name not in without]
    return np.degrees(solution.motion.select(kept).values)


@pytest.mark.parametrize("place", FAR)
@pytest.mark.parametrize("engine", ENGINES)
def test_angles_are_the_same_anywhere(
    engine: type, place: tuple[float, float, float], figure: Model, recording: Markers
) -> None:
    solve = engine(tasks_of(figure))
    here, there = solve(figure, recording), solve(figure, moved(recording, 0.0, place))
    places = ("tx", "ty", "tz")
    # OpenSim's solver makes 0.04° out of the rounding of the positions
    np.testing.assert_allclose(angles(there, places), angles(here, places), atol=0.1)
    shift = there.motion.select(places).values - here.motion.select(places).values
    np.testing.assert_allclose(shift, np.tile(place, (6, 1)), atol=1e-3)
    np.testing.assert_allclose(there.marker_errors, here.marker_errors, atol=5e-4)


@pytest.mark.parametrize("yaw_deg", [-135.0, 90.0, 180.0])
@pytest.mark.parametrize("engine", ENGINES)
def test_joint_angles_are_the_same_for_any_heading(
    engine: type, yaw_deg: float, figure: Model, recording: Markers
) -> None:
    solve = engine(tasks_of(figure))
    here, there = solve(figure, recording), solve(figure, moved(recording, yaw_deg, (9.0, 0, -4.0)))
    # OpenSim's solver stops early, in its own way for every heading
    near = 1e-3 if engine is FastIK else 1.5
    np.testing.assert_allclose(angles(there, ROOT), angles(here, ROOT), atol=near)


@pytest.mark.parametrize("engine", ENGINES)
def test_ranges_of_the_place_do_not_hold(
    engine: type, make_figure: Callable[..., Model], recording: Markers
) -> None:
    """The figure's tx is clamped to ±100 m in its file, its heading here to half turns."""
    narrow = make_figure(changes="<range>-100 100</range>=><range>-3.14 3.14</range>")
    solve = engine(tasks_of(narrow))
    found = solve(narrow, moved(recording, 180.0, (50.0, 0.0, 0.0)))
    assert found.rms_errors.max() < 0.02
    ranges = {c.name: c.range for c in found.motion.coordinates}
    assert ranges["tx"] is ranges["rotation"] is None
    assert ranges["elbow"] == (0, 2.6)


def test_a_task_of_the_place_is_in_the_laboratory(figure: Model, recording: Markers) -> None:
    """A pull towards tx = 8 m means 8 m, for both engines."""
    weights = tasks_of(figure).marker_weights
    far = moved(recording, 0.0, (7.9, 0.0, 0.0))
    for engine in ENGINES:
        found = engine(IKTasks(weights, (CoordinateTask("tx", 1e3, 8.0),)))(figure, far)
        np.testing.assert_allclose(found.motion.value("tx"), 8.0, atol=2e-3)


def test_a_planar_model_is_displaced_in_its_plane(
    leg_model: Model, leg_trial: Callable[..., Markers]
) -> None:
    names = read_tree(leg_model).marker_names
    solve = OpenSimIK(IKTasks(tuple((name, 1.0) for name in names)))
    trial = leg_trial(0.1 * np.ones(3), -0.3 * np.ones(3), -0.9 * np.ones(3))
    here, there = solve(leg_model, trial), solve(leg_model, moved(trial, 0.0, (12.0, 3.0, 0.0)))
    kept = [name for name in here.motion.names if name not in ("pelvis_tx", "pelvis_ty")]
    np.testing.assert_allclose(
        there.motion.select(kept).values, here.motion.select(kept).values, atol=1e-6
    )
    np.testing.assert_allclose(there.motion.value("pelvis_tx"), here.motion.value("pelvis_tx") + 12)


def test_nothing_is_displaced_by_nothing(recording: Markers, figure: Model) -> None:
    motion = FastIK(tasks_of(figure))(figure, recording).motion
    assert Displacement().undone(motion) == motion
