"""Standard errors and 95 % bands of joint coordinates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.body_groups import group_of
from kinebench.core.ik_tasks import IKTasks
from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Coordinate, Motion
from kinebench.core.names import columns_of
from kinebench.core.results import IKSolution
from kinebench.core.value import Value
from kinebench.errors import require_names
from kinebench.kinematics.osim_tree import read_tree
from kinebench.kinematics.poses import poses_of
from kinebench.kinematics.tree import Tree
from kinebench.uncertainty.marker_errors import NORMAL_95, MarkerErrors
from kinebench.uncertainty.response import Response, response

_CHUNK = 256  # frames at once: memory
# arms are wrong in poses that markers hardly hold, and the place by what all markers share: neither
# is better where markers fit well
_NO_TRACE = ("arms", "translations")
_WIDEST = np.pi / NORMAL_95  # rad: an angle cannot be wrong by more than half a turn


@dataclass(frozen=True, slots=True, eq=False)
class Band(Value):
    """How wrong each coordinate of a motion may be.

    Parameters
    ----------
    standard_error : Motion
        Same coordinates and times as the motion, rad or m. In 95 of 100 cases the truth is within
        `NORMAL_95` of them. NaN where nothing says how wrong: no marker determines the coordinate.
    errors : str
        Name of the model of marker errors.
    """

    standard_error: Motion
    errors: str

    @property
    def half_width(self) -> FloatArray:
        """(n_frames, n_coordinates) rad or m, of the 95 % band."""
        return np.asarray(NORMAL_95 * self.standard_error.values)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Coordinates without a band in any frame."""
        known = np.any(np.isfinite(self.standard_error.values), axis=0)
        return tuple(self.standard_error.names[column] for column in np.flatnonzero(~known))


def band_of(
    model: Model, tasks: IKTasks, solution: IKSolution, markers: Markers, errors: MarkerErrors
) -> Band:
    """The band of a solution, whichever engine found it.

    Parameters
    ----------
    model : Model
        Scaled, with its markers placed.
    tasks : IKTasks
    solution : IKSolution
    markers : Markers
        What was tracked.
    errors : MarkerErrors
        Of at least the tracked markers.

    Raises
    ------
    NameNotFoundError
        When nothing is known of the errors of a tracked marker.
    """
    tree = read_tree(model)
    names, motion = solution.marker_names, solution.motion
    misfit = errors.misfit(names, solution.marker_errors)
    require_names(names, markers.names, "marker", "the recording")
    columns = columns_of(names, markers.names)
    weights = {name: tasks.weights[name] for name in names}
    wishes = _wishes(tree, tasks)
    q = poses_of(tree, motion)
    values = np.full(motion.values.shape, np.nan)
    for frames in _chunks(motion.n_frames):
        # of these frames alone: all at once would double the recording
        tracked = markers.positions[frames][:, columns]
        answer = response(tree, weights, wishes, q[frames], tracked, names)
        found = standard_errors(answer, errors.of(answer.markers))
        for place, index in enumerate(answer.coordinates):
            name = tree.coordinates[index].name
            if name in motion.names:
                values[frames, motion.names.index(name)] = found[:, place]
    values = widened(values, motion.coordinates, misfit, errors)
    values = _with_rivals(values, solution)
    return Band(Motion(motion.coordinates, motion.times, values), errors.name)


def widened(
    values: FloatArray, coordinates: Sequence[Coordinate], misfit: FloatArray, errors: MarkerErrors
) -> FloatArray:
    """Standard errors (n_frames, n_coordinates) by how markers fit, and calibrated.

    Parameters
    ----------
    values : (n_frames, n_coordinates) rad or m
        As propagated.
    coordinates : sequence of Coordinate
    misfit : (n_frames,)
        As `MarkerErrors.misfit` gives it.
    errors : MarkerErrors
    """
    factors = np.stack(
        [
            np.maximum(misfit, 1.0) if group_of(c.name, c.unit) in _NO_TRACE else misfit
            for c in coordinates
        ],
        axis=1,
    )
    scales = np.array([errors.multiplier(c) for c in coordinates]) / NORMAL_95
    turning = np.array([c.kind == "rotational" for c in coordinates])
    return np.asarray(np.minimum(values * factors * scales, np.where(turning, _WIDEST, np.inf)))


def _with_rivals(values: FloatArray, solution: IKSolution) -> FloatArray:
    """Standard errors whose band reaches as far as another pose that fits as well."""
    if solution.rival_values is None:
        return values
    apart = np.abs(solution.rival_values - solution.motion.values)
    turning = np.array([c.kind == "rotational" for c in solution.motion.coordinates])
    around = np.abs(np.mod(apart + np.pi, 2 * np.pi) - np.pi)
    apart = np.nan_to_num(np.where(turning, around, apart))
    return np.asarray(np.hypot(values, apart / NORMAL_95))


def standard_errors(answer: Response, moments: FloatArray) -> FloatArray:
    """Standard errors (n_frames, n_coordinates) rad or m, NaN where nothing determines.

    Parameters
    ----------
    answer : Response
    moments : (3 n_markers, 3 n_markers) m²
        Of displacements of the response's markers, in the axes of their bodies.
    """
    gain = answer.gain.reshape(-1, len(moments))
    squares = np.einsum("ij,ij->i", gain @ moments, gain).reshape(answer.gain.shape[:2])
    found = np.sqrt(np.maximum(squares, 0.0))
    found[~answer.determined] = np.nan
    return np.asarray(found)


def _wishes(tree: Tree, tasks: IKTasks) -> dict[int, tuple[float, float]]:
    found = {}
    for task in tasks.coordinate_tasks:
        if task.name in tree.coordinate_names:
            index = tree.coordinate_index(task.name)
            target = tree.coordinates[index].default if task.value is None else task.value
            found[index] = (task.weight, target)
    return found


def _chunks(n: int) -> Iterator[slice]:
    return (slice(start, start + _CHUNK) for start in range(0, n, _CHUNK))
