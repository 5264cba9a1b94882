"""Inverse kinematics by OpenSim itself: the engine that others are held to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import numpy as np

from kinebench.core.ik_tasks import CoordinateTask, IKTasks
from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Coordinate, Motion
from kinebench.core.results import IKSolution
from kinebench.errors import InverseKinematicsError
from kinebench.ik.tracked import shared_markers
from kinebench.io.trc import write_trc
from kinebench.osim.coordinates import coordinate_kinds
from kinebench.osim.edits import (
    marker_names,
    shared_root,
    without_dependent_leaves,
    without_forces,
)
from kinebench.osim.runtime import load_opensim, quietly, scratch_folder
from kinebench.osim.soundness import require_sound
from kinebench.osim.standing_place import displacement, free_root
from kinebench.remarks import tell


@dataclass(frozen=True, slots=True)
class OpenSimIK:
    """OpenSim's inverse kinematics, set up as OpenCap does.

    Forces, and bodies that no marker can notice (the patellae), are removed first: same angles,
    much faster. The frames are solved one by one with the solver inside OpenSim's
    InverseKinematicsTool, as the tool does and with its results, because the tool itself cannot
    be interrupted. They are solved where the model stands in its default pose, and the ranges of
    coordinates that only place the model in the laboratory do not hold: so the angles do not depend
    on where a person stands.

    Parameters
    ----------
    tasks : IKTasks
        Tasks of markers that model or trial lack, and of coordinates that the model lacks, are
        left out, with a warning that names them.
    accuracy : float
        The tool's own; it does not converge tightly whatever it is set to.
    """

    title: ClassVar[str] = "OpenSim's inverse kinematics tool"

    tasks: IKTasks
    accuracy: float = 1e-5

    def __call__(self, model: Model, markers: Markers) -> IKSolution:
        """Solve a trial.

        Raises
        ------
        InverseKinematicsError
            When no marker is shared, a frame has none, or OpenSim fails; with its reason.
        """
        require_sound(model)
        _require_coordinates(model)
        names = shared_markers(self.tasks, marker_names(model), markers.names)
        tracked = markers.select(names)
        _require_markers_in_every_frame(tracked)
        lean = without_dependent_leaves(without_forces(model))
        opensim = load_opensim()
        with scratch_folder() as folder, quietly(opensim) as log:
            (folder / "model.osim").write_bytes(lean.xml)
            try:
                return self._solve(opensim, folder, lean, tracked)
            except RuntimeError as error:
                raise InverseKinematicsError(
                    f"OpenSim failed on {model.name}: {log.reason(str(error))}"
                ) from error

    def _solve(
        self, opensim: ModuleType, folder: Path, lean: Model, tracked: Markers
    ) -> IKSolution:
        model = opensim.Model(str(folder / "model.osim"))
        model.finalizeConnections()
        free_root(opensim, model)
        state = model.initSystem()
        pulled = [task.name for task in self.tasks.coordinate_tasks]
        moved = displacement(opensim, model, state, tracked, pulled)
        tracked = tracked.with_positions(tracked.positions + moved.vector)
        # positions to a tenth of a nanometre: rounding must not show in the angles
        write_trc(folder / "markers.trc", _with_last_seen(tracked), decimals=10)
        weights = opensim.SetMarkerWeights()
        for name in tracked.names:
            weights.cloneAndAppend(opensim.MarkerWeight(name, self.tasks.weights[name]))
        measured = opensim.MarkersReference(str(folder / "markers.trc"), weights)
        pulls = _coordinate_references(opensim, model, self.tasks.coordinate_tasks)
        # weight of the constraints: infinite, so that they hold exactly
        solver = opensim.InverseKinematicsSolver(model, measured, pulls, np.inf)
        solver.setAccuracy(self.accuracy)
        found = model.getCoordinateSet()
        coordinates = [found.get(index) for index in range(found.getSize())]
        # times as the marker file has them
        times = measured.getMarkerTable().getIndependentColumn()
        state.setTime(times[0])
        solver.assemble(state)
        order = _columns(solver, tracked.names)  # known only now
        values = np.empty((tracked.n_frames, len(coordinates)))
        placed = np.empty(tracked.positions.shape)
        converged = np.empty(tracked.n_frames, bool)
        locations = opensim.SimTKArrayVec3()
        for frame, time in enumerate(times):
            state.setTime(time)
            converged[frame] = _track(solver, state)
            values[frame] = [coordinate.getValue(state) for coordinate in coordinates]
            solver.computeCurrentMarkerLocations(locations)
            placed[frame] = [locations.getElt(index).to_numpy() for index in order]
        errors = np.linalg.norm(placed - tracked.positions, axis=2)
        kinds = _kinds(lean, coordinates)
        motion = moved.undone(Motion(kinds, tracked.times, values))
        return IKSolution(motion, tracked.names, errors, converged, np.full(tracked.n_frames, -1))


def _with_last_seen(markers: Markers) -> Markers:
    """The markers with one more, last and seen in every frame, that no model has.

    OpenSim drops the empty cells at the end of a row and then finds too few columns: a marker
    missing in the last column ends the reading of the whole file.
    """
    seen = np.zeros((markers.n_frames, 1, 3))
    return Markers(
        (*markers.names, "end_of_row"),
        markers.times,
        np.concatenate([markers.positions, seen], axis=1),
        frame=markers.frame,
    )


def _require_coordinates(model: Model) -> None:
    if shared_root(model).find(".//JointSet/objects/*/coordinates/Coordinate") is None:
        raise InverseKinematicsError(f"{model.name} has no coordinate: nothing in it can move")


def _require_markers_in_every_frame(tracked: Markers) -> None:
    empty = np.flatnonzero(tracked.missing.all(axis=1))
    if empty.size:
        raise InverseKinematicsError(
            f"{empty.size} frames have no marker at all, the first at"
            f" {tracked.times[empty[0]]:g} s; cut them off or fill them"
        )


def _track(solver: Any, state: Any) -> bool:
    """Solve one frame from the previous one; from scratch, and False, when OpenSim gives up."""
    try:
        solver.track(state)
    except RuntimeError:
        solver.assemble(state)
        return False
    return True


def _columns(solver: Any, names: tuple[str, ...]) -> list[int]:
    """Where the solver keeps each marker."""
    there = [solver.getMarkerNameForIndex(i) for i in range(solver.getNumMarkersInUse())]
    return [there.index(name) for name in names]


def _coordinate_references(
    opensim: ModuleType, model: Any, tasks: tuple[CoordinateTask, ...]
) -> Any:
    references = opensim.SimTKArrayCoordinateReference()
    there = model.getCoordinateSet()
    lacking = [task.name for task in tasks if not there.contains(task.name)]
    if lacking:
        tell(
            "coordinates lacking",
            f"the model lacks coordinates that the IK tasks name: {', '.join(lacking)};"
            " their tasks are left out",
            where=lacking,
        )
    for task in tasks:
        if task.name in lacking:
            continue
        default = there.get(task.name).getDefaultValue()
        target = opensim.Constant(default if task.value is None else task.value)
        reference = opensim.CoordinateReference(task.name, target)
        reference.setWeight(task.weight)
        references.push_back(reference)
    return references


def _kinds(model: Model, coordinates: list[Any]) -> tuple[Coordinate, ...]:
    """Kinds and ranges of coordinates as the model has them."""
    element = shared_root(model).find("Model")
    kinds = {} if element is None else coordinate_kinds(element)
    found = []
    for coordinate in coordinates:
        limits = (coordinate.getRangeMin(), coordinate.getRangeMax())
        kind, coupled = kinds[coordinate.getName()]
        clamped = coordinate.getDefaultClamped()
        found.append(Coordinate(coordinate.getName(), kind, limits if clamped else None, coupled))
    return tuple(found)
