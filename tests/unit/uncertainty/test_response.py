"""The response of poses to markers, held against the solver itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from kinebench.kinematics.osim_tree import read_tree
from kinebench.kinematics.poses import poses_of
from kinebench.uncertainty.response import Response, body_axes, response
from tests.unit.uncertainty.conftest import Solved, solved

Array = np.ndarray[Any, Any]


def answer_of(found: Solved) -> Response:
    tree = read_tree(found.model)
    names = found.solution.marker_names
    q = poses_of(tree, found.solution.motion)
    positions = found.markers.select(names).positions
    return response(tree, found.tasks.weights, {}, q, positions, names)


def moved(found: Solved, answer: Response, shifts: Array) -> Solved:
    """The recording with markers displaced (n_frames, n_markers, 3) in their bodies' axes."""
    tree = found.tree
    axes = body_axes(tree, poses_of(tree, found.solution.motion), answer.markers)
    positions = np.array(found.markers.positions)
    columns = [found.markers.names.index(name) for name in answer.markers]
    positions[:, columns] += np.einsum("fmij,fmj->fmi", axes, shifts)
    return solved(found.markers.with_positions(positions))


def values_of(found: Solved, answer: Response) -> Array:
    names = [found.tree.coordinate_names[index] for index in answer.coordinates]
    return np.asarray(found.solution.motion.select(names).values)


def test_small_displacements_move_the_solution_as_predicted(squat: Solved) -> None:
    # residuals of 10 mm: without the second derivatives that they cause this fails
    answer = answer_of(squat)
    random = np.random.default_rng(1)
    shifts = 1e-5 * random.standard_normal((5, len(answer.markers), 3))
    ahead, back = moved(squat, answer, shifts), moved(squat, answer, -shifts)
    change = (values_of(ahead, answer) - values_of(back, answer)) / 2
    predicted = np.einsum("fvmi,fmi->fv", answer.gain, shifts)
    size = np.sqrt((change**2).mean())
    assert np.abs(predicted - change).max() < 0.01 * size


def test_everything_that_markers_hold_is_determined(squat: Solved) -> None:
    assert answer_of(squat).determined.all()


def test_what_lost_its_markers_is_not_determined(squat: Solved) -> None:
    positions = np.array(squat.markers.positions)
    lost = ["r_lwrist_study", "r_mwrist_study"]
    positions[2, [squat.markers.names.index(name) for name in lost]] = np.nan
    answer = answer_of(squat._replace(markers=squat.markers.with_positions(positions)))
    names = [squat.tree.coordinate_names[index] for index in answer.coordinates]
    open_ = {names[column] for column in np.flatnonzero(~answer.determined[2])}
    # the line of the upper arm's markers is the elbow's axis: nothing sees the forearm
    assert open_ == {"elbow_flex_r", "pro_sup_r"}
    assert answer.determined[[0, 1, 3, 4]].all()
    assert (answer.gain[2, :, [answer.markers.index(name) for name in lost]] == 0).all()


def test_a_frame_without_markers_determines_nothing(squat: Solved) -> None:
    positions = np.array(squat.markers.positions)
    positions[1] = np.nan
    answer = answer_of(squat._replace(markers=squat.markers.with_positions(positions)))
    assert not answer.determined[1].any()
    assert answer.determined[0].all()
