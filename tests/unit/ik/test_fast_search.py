"""What tracking alone gets wrong: limits that are none, poor minima, frames that say two things."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from kinebench.core import IKSolution, Markers, Model
from kinebench.core.ik_tasks import IKTasks
from kinebench.ik.fast import FastIK
from kinebench.kinematics import Tree, marker_positions, read_tree
from kinebench.kinematics.mechanism import build_mechanism
from kinebench.kinematics.tracking import MarkerTracker

Array = np.ndarray[Any, Any]
HALF_TURN = "-3.1415926 3.1415926"


def recording(tree: Tree, q: Array) -> Markers:
    return Markers(tree.marker_names, np.arange(len(q)) / 100, marker_positions(tree, q))


def cost(tasks: IKTasks, solution: IKSolution) -> Array:
    weights = np.array([tasks.weights[name] for name in solution.marker_names])
    squares = np.nan_to_num(solution.marker_errors) ** 2
    present = ~np.isnan(solution.marker_errors)
    return np.asarray(squares @ weights / (present @ weights))


def shaken(markers: Markers, seed: int, sd: float) -> Markers:
    noise = np.random.default_rng(seed).normal(0, sd, markers.positions.shape)
    return markers.with_positions(markers.positions + noise)


@pytest.fixture(scope="module")
def limited_arm(make_figure: Callable[..., Model]) -> Model:
    """The arm as OpenCap's models have it: three angles, each within half a turn."""
    return make_figure(changes=f"<range>-10 10</range>=><range>{HALF_TURN}</range>")


@pytest.mark.parametrize("name", ["arm_x", "arm_z"])
@pytest.mark.parametrize("sense", [1, -1])
def test_an_arm_goes_on_beyond_half_a_turn(
    limited_arm: Model, equal_tasks: IKTasks, swing: Array, name: str, sense: int
) -> None:
    """A pose past the limit is within the limits by other angles; a warm start stays at it."""
    tree = read_tree(limited_arm)
    q = swing.copy()
    q[:, tree.coordinate_index(name)] = sense * np.linspace(3.0, 4.2, len(q))
    solution = FastIK(equal_tasks)(limited_arm, recording(tree, q))
    assert solution.marker_errors.max() < 1e-6
    assert solution.converged.all()


def test_no_frame_is_above_what_it_gives_alone(
    limited_arm: Model, equal_tasks: IKTasks, swing: Array
) -> None:
    tree = read_tree(limited_arm)
    markers = shaken(recording(tree, swing), 1, 0.06)
    together = cost(equal_tasks, FastIK(equal_tasks)(limited_arm, markers))
    alone = [
        cost(equal_tasks, FastIK(equal_tasks)(limited_arm, markers.at_frames(np.array([frame]))))
        for frame in range(markers.n_frames)
    ]
    assert (together <= np.concatenate(alone) * (1 + 1e-6)).all()


def test_a_recording_backwards_fits_as_well(
    limited_arm: Model, equal_tasks: IKTasks, swing: Array
) -> None:
    tree = read_tree(limited_arm)
    markers = shaken(recording(tree, swing), 2, 0.04)
    backwards = markers.with_positions(markers.positions[::-1])
    forth = cost(equal_tasks, FastIK(equal_tasks)(limited_arm, markers))
    back = cost(equal_tasks, FastIK(equal_tasks)(limited_arm, backwards))[::-1]
    np.testing.assert_allclose(back, forth, rtol=1e-6)


def test_after_sides_were_exchanged_the_pose_comes_back(
    figure: Model, figure_tree: Tree, equal_tasks: IKTasks, swing: Array, swing_markers: Markers
) -> None:
    """The legs' names exchanged for a while: the frames around it are solved as without."""
    names = swing_markers.names
    other = {"r": "l", "l": "r"}
    partner = [
        names.index(f"{name[:-2]}{other[name[-2]]}{name[-1]}")
        if name[:-1] in ("thigh_r", "thigh_l", "shank_r", "shank_l")
        else index
        for index, name in enumerate(names)
    ]
    positions = swing_markers.positions.copy()
    positions[30:50] = positions[30:50][:, partner]
    solution = FastIK(equal_tasks)(figure, swing_markers.with_positions(positions))
    outside = np.r_[0:30, 50:80]
    assert solution.marker_errors[outside].max() < 1e-6


@pytest.mark.parametrize("size", [0.7, 1.3])
def test_a_body_of_another_size_does_not_fold(
    figure: Model, equal_tasks: IKTasks, swing: Array, swing_markers: Markers, size: float
) -> None:
    resized = swing_markers.with_positions(size * swing_markers.positions)
    solution = FastIK(equal_tasks)(figure, resized)
    column = solution.motion.names.index("back_z")
    trunk = solution.motion.values[:, column : column + 3]
    truth = FastIK(equal_tasks)(figure, swing_markers).motion.values[:, column : column + 3]
    assert np.abs(trunk - truth).max() < np.deg2rad(40)


def test_rivals_are_flagged_where_noise_makes_them_and_nowhere_else(
    limited_arm: Model, equal_tasks: IKTasks, swing: Array
) -> None:
    tree = read_tree(limited_arm)
    exact = recording(tree, swing)
    clean = FastIK(equal_tasks)(limited_arm, exact)
    assert np.isnan(clean.rival_deg).all()
    few = IKTasks(tuple(pair for pair in equal_tasks.marker_weights if pair[0][-1] in "03"))
    found = [FastIK(few)(limited_arm, shaken(exact, seed, 0.06)) for seed in range(3)]
    rivals = np.concatenate([solution.rival_deg for solution in found])
    assert np.isfinite(rivals).any()
    assert (rivals[np.isfinite(rivals)] > 5).all()


def test_a_better_pose_spreads_both_ways(
    figure_tree: Tree, equal_tasks: IKTasks, swing: Array, swing_markers: Markers
) -> None:
    mechanism = build_mechanism(figure_tree, dict(equal_tasks.weights))
    columns = np.array([swing_markers.names.index(name) for name in mechanism.markers])
    defaults = figure_tree.defaults[list(mechanism.variables)]
    tracker = MarkerTracker(mechanism, swing_markers.positions, columns, defaults)
    tracker.solve()
    good = tracker.x.copy()
    tracker.x[:] = defaults
    tracker.outcomes["energy"] = 1.0
    tracker._carry(40, good[40])
    np.testing.assert_allclose(tracker.x, good, atol=1e-7)
