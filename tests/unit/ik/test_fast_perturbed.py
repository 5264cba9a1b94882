"""Spoiled stretches of a synthetic recording: cost and angles beside OpenSim's engine."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.core import IKSolution, Markers, Model
from kinebench.core.ik_tasks import IKTasks
from kinebench.ik.fast import FastIK
from kinebench.ik.opensim_engine import OpenSimIK
from kinebench.kinematics import marker_positions, read_tree

Array = np.ndarray[Any, Any]
N_VERSIONS = 12
ROOT = str(Path(__file__).parents[3])


@pytest.fixture(scope="module")
def spoiling() -> Iterator[Any]:
    sys.path.insert(0, ROOT)
    try:
        yield importlib.import_module("benchmarks.solver.perturbed")
    finally:
        sys.path.remove(ROOT)


def cost(tasks: IKTasks, solution: IKSolution) -> Array:
    weights = np.array([tasks.weights[name] for name in solution.marker_names])
    present = ~np.isnan(solution.marker_errors)
    squares = np.nan_to_num(solution.marker_errors) ** 2
    return np.asarray(squares @ weights / (present @ weights))


@pytest.mark.parametrize("number", range(N_VERSIONS))
def test_cost_is_no_higher_than_opensims(
    spoiling: Any,
    make_figure: Callable[..., Model],
    equal_tasks: IKTasks,
    swing: Array,
    number: int,
) -> None:
    model = make_figure(changes="<range>-10 10</range>=><range>-3.1415926 3.1415926</range>")
    tree = read_tree(model)
    exact = Markers(tree.marker_names, np.arange(len(swing)) / 100, marker_positions(tree, swing))
    version = spoiling.perturbed(exact, np.random.default_rng((5, number)), n_frames=10)
    # a row of a TRC that ends with a missing marker is too short for OpenSim's reader
    order = np.argsort(-version.markers.missing.sum(axis=0), kind="stable")
    markers = version.markers.select([exact.names[i] for i in order])
    tasks = IKTasks(tuple((name, equal_tasks.weights[name]) for name in markers.names))
    fast, opensim = FastIK(tasks)(model, markers), OpenSimIK(tasks)(model, markers)
    assert (cost(tasks, fast) <= cost(tasks, opensim) + 1e-12).all()


def test_versions_are_the_same_again_and_cover_all_kinds(
    spoiling: Any, swing_markers: Markers
) -> None:
    perturbed = spoiling.perturbed
    drawn = [perturbed(swing_markers, np.random.default_rng((1, n))) for n in range(40)]
    again = perturbed(swing_markers, np.random.default_rng((1, 7)))
    assert again.markers == drawn[7].markers
    assert {kind for version in drawn for kind in version.kinds} == set(spoiling.KINDS)
    for version in drawn:
        assert version.markers.n_frames == 25
        assert (version.frames >= 0).all()
        assert (version.frames < swing_markers.n_frames).all()
