"""A body of the laboratory in a few squatting poses, with markers that are a little off."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

from kinebench.core import IKSolution, Markers, Model
from kinebench.core.ik_tasks import IKTasks
from kinebench.ik.fast import FastIK
from kinebench.kinematics import Tree, marker_positions, read_tree
from kinebench.kinematics.poses import poses_of
from kinebench.lab import generic_body, ik_tasks
from kinebench.lab.motions import Squat
from kinebench.uncertainty.marker_errors import MarkerErrors

Array = np.ndarray[Any, Any]


class Solved(NamedTuple):
    """A recording and its solution."""

    model: Model
    tree: Tree
    tasks: IKTasks
    markers: Markers
    solution: IKSolution


def solved(markers: Markers) -> Solved:
    body = generic_body()
    solution = FastIK(ik_tasks())(body.model, markers)
    return Solved(body.model, read_tree(body.model), ik_tasks(), markers, solution)


@pytest.fixture(scope="package")
def poses() -> Array:
    """Five poses (5, n_coordinates) of a squat, without bent arms at their singular pose."""
    course = Squat(repetitions=1)(generic_body(), 60.0)
    tree = generic_body().tree
    q = poses_of(tree, course)
    for name, value in (("arm_add_r", -0.4), ("arm_add_l", -0.4), ("elbow_flex_r", 0.9),
                        ("elbow_flex_l", 0.8), ("arm_flex_r", 0.3), ("arm_flex_l", 0.4),
                        ("knee_angle_r", 0.1), ("knee_angle_l", 0.1)):  # fmt: skip
        q[:, tree.coordinate_index(name)] += value
    return q[:: len(q) // 5][:5]


@pytest.fixture(scope="package")
def squat(poses: Array) -> Solved:
    """Markers off by 10 mm, so that residuals and the curvature that they cause count."""
    tree = generic_body().tree
    names = tuple(ik_tasks().weights)
    positions = marker_positions(tree, poses, names)
    positions = positions + 0.01 * np.random.default_rng(7).standard_normal(positions.shape)
    return solved(Markers(names, np.arange(len(poses)) / 10, positions))


@pytest.fixture(scope="package")
def errors() -> MarkerErrors:
    """Correlated errors of 2 mm of the laboratory's markers."""
    names = tuple(ik_tasks().weights)
    n = 3 * len(names)
    parts = np.random.default_rng(3).standard_normal((n, 12))
    moments = parts @ parts.T + 4 * np.eye(n)
    moments *= 0.002**2 / np.diagonal(moments).mean()
    return MarkerErrors("two millimetres", "nothing", names, moments, np.full(len(names), 0.02), {})
