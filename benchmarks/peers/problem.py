"""One inverse-kinematics problem as plain files that any program can read, and answers to it.

A problem's folder holds ``model.osim`` (scaled; without forces and patellae), ``markers.npz``
(names, times (n_frames,) s, positions (n_frames, n_markers, 3) m in ground, NaN where missing),
``markers.trc`` (the same) and ``weights.json``. A peer writes ``answer.npz`` (names and values
(n_frames, n_coordinates) rad or m of the coordinates, or its own marker positions
(n_frames, n_markers, 3) m) and ``timing.json`` beside them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.timing.ik_cost import TOLERANCE
from kinebench.core import Markers, Model
from kinebench.core.arrays import FloatArray
from kinebench.core.ik_tasks import IKTasks
from kinebench.core.value import Value
from kinebench.io.models import read_model
from kinebench.io.trc import write_trc
from kinebench.kinematics import marker_positions, read_tree
from kinebench.osim.edits import without_dependent_leaves, without_forces

__all__ = [
    "Excess",
    "Problem",
    "answered_positions",
    "excess",
    "frame_costs",
    "read_problem",
    "shared",
    "write_problem",
]


@dataclass(frozen=True)
class Problem:
    """A scaled model, the markers that it shares with the tasks, and their weights."""

    name: str
    model: Model
    markers: Markers
    tasks: IKTasks


def shared(name: str, model: Model, markers: Markers, tasks: IKTasks) -> Problem:
    """What model, markers and tasks have in common; no coordinate tasks: no peer has them."""
    lean = without_dependent_leaves(without_forces(model))
    there = set(read_tree(lean).marker_names) & set(markers.names)
    weights = tuple(pair for pair in tasks.marker_weights if pair[0] in there)
    return Problem(name, lean, markers.select([marker for marker, _ in weights]), IKTasks(weights))


def write_problem(folder: Path, problem: Problem) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    markers = problem.markers
    (folder / "model.osim").write_bytes(problem.model.xml)
    (folder / "weights.json").write_text(json.dumps(problem.tasks.weights), encoding="utf-8")
    np.savez(
        folder / "markers.npz",
        names=np.array(markers.names),
        times=markers.times,
        positions=markers.positions,
    )
    write_trc(folder / "markers.trc", markers, decimals=10)


def read_problem(folder: Path) -> Problem:
    with np.load(folder / "markers.npz") as file:
        markers = Markers(tuple(file["names"].tolist()), file["times"], file["positions"])
    weights = json.loads((folder / "weights.json").read_text(encoding="utf-8"))
    return Problem(folder.name, read_model(folder / "model.osim"), markers, IKTasks(weights))


def answered_positions(problem: Problem, answer: Any) -> FloatArray:
    """Markers (n_frames, n_markers, 3) m of an answer, by kinebench's forward kinematics.

    A peer that has another model, and so says where it puts the markers, is taken at its word.
    """
    if "positions" in answer:
        return np.asarray(answer["positions"], dtype=np.float64)
    tree = read_tree(problem.model)
    values = np.asarray(answer["values"], dtype=np.float64)
    q = np.tile(tree.defaults, (len(values), 1))
    for name, column in zip(np.asarray(answer["names"]).tolist(), values.T, strict=True):
        q[:, tree.coordinate_index(name)] = column
    return marker_positions(tree, q, problem.markers.names)


def frame_costs(problem: Problem, positions: FloatArray) -> FloatArray:
    """Σ w |r|² / Σ w (n_frames,) m² over the markers present, as OpenSim weighs them."""
    squares = ((positions - problem.markers.positions) ** 2).sum(axis=2)
    present = ~np.isnan(problem.markers.positions).any(axis=2)
    weights = np.array([problem.tasks.weights[name] for name in problem.markers.names])
    total = np.where(present, squares * weights, 0.0).sum(axis=1)
    return np.asarray(total / (present * weights).sum(axis=1))


@dataclass(frozen=True, eq=False)
class Excess(Value):
    """How far an answer's cost is above ours.

    Parameters
    ----------
    rms_mm : (n_frames,)
        Root of the answer's cost: weighted RMS of the marker errors of a frame.
    ratio : (n_frames,)
        Cost by our cost; 1 is as good.
    below : (n_frames,) of bool
        Cost below ours by more than `TOLERANCE`.
    """

    rms_mm: FloatArray
    ratio: FloatArray
    below: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def excess(problem: Problem, positions: FloatArray, ours: FloatArray) -> Excess:
    """Judge marker positions (n_frames, n_markers, 3) m beside ours."""
    cost, reached = frame_costs(problem, positions), frame_costs(problem, ours)
    # a tenth of a micrometre: exact markers leave no cost to divide by
    least = 1e-14
    ratio = np.maximum(cost, least) / np.maximum(reached, least)
    return Excess(1e3 * np.sqrt(cost), ratio, cost < reached - TOLERANCE)
