"""Inverse kinematics by OpenSim's own tool: the engine that others are held to."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Coordinate, Motion
from kinebench.core.results import IKSolution
from kinebench.core.tasks import IKTasks
from kinebench.errors import InverseKinematicsError, KinebenchWarning
from kinebench.io.sto import read_motion, read_table
from kinebench.io.trc import write_trc
from kinebench.osim.edits import marker_names, without_dependent_leaves, without_forces
from kinebench.osim.runtime import load_opensim, quietly, scratch_folder

__all__ = ["OpenSimIK"]


@dataclass(frozen=True, slots=True)
class OpenSimIK:
    """OpenSim's InverseKinematicsTool, set up as OpenCap does.

    Forces, and bodies that no marker can notice (the patellae), are removed first: same angles,
    much faster.

    Parameters
    ----------
    tasks : IKTasks
        Tasks of markers that model or trial lack are left out, with a warning that names them.
    accuracy : float
        The tool's own; it does not converge tightly whatever it is set to.
    """

    tasks: IKTasks
    accuracy: float = 1e-5

    def __call__(self, model: Model, markers: Markers) -> IKSolution:
        """Solve a trial.

        Raises
        ------
        InverseKinematicsError
            When no marker is shared, a frame has none, or OpenSim fails; with its reason.
        """
        names = tracked_markers(self.tasks, model, markers)
        tracked = markers.select(names)
        _require_markers_in_every_frame(tracked)
        opensim = load_opensim()
        with scratch_folder() as folder, quietly(opensim) as log:
            lean = without_dependent_leaves(without_forces(model))
            (folder / "model.osim").write_bytes(lean.xml)
            # positions to a tenth of a nanometre: rounding must not show in the angles
            write_trc(folder / "markers.trc", tracked, decimals=10)
            try:
                ran = self._tool(opensim, folder, tracked).run()
            except RuntimeError as error:
                raise InverseKinematicsError(f"OpenSim failed: {error}") from error
            if not ran or not (folder / "motion.mot").exists():
                raise InverseKinematicsError(f"OpenSim failed: {log.reason()}")
            motion = _with_ranges(opensim, read_motion(folder / "motion.mot"), folder)
            errors = _marker_errors(folder / "_ik_model_marker_locations.sto", tracked)
        frames = motion.n_frames
        return IKSolution(motion, names, errors, np.ones(frames, bool), np.full(frames, -1))

    def _tool(self, opensim: ModuleType, folder: Path, tracked: Markers) -> Any:
        tool = opensim.InverseKinematicsTool()
        tool.set_model_file(str(folder / "model.osim"))
        tool.set_marker_file(str(folder / "markers.trc"))
        tool.set_output_motion_file(str(folder / "motion.mot"))
        tool.setResultsDir(str(folder))
        tool.set_report_errors(False)
        tool.set_report_marker_locations(True)
        tool.set_accuracy(self.accuracy)
        # half a frame of margin: the file rounds the times
        margin = 0.5 / tracked.rate_hz if tracked.n_frames > 1 else 1.0
        tool.set_time_range(0, tracked.times[0] - margin)
        tool.set_time_range(1, tracked.times[-1] + margin)
        weights = self.tasks.weights
        for name in tracked.names:
            task = opensim.IKMarkerTask()
            task.setName(name)
            task.setApply(True)
            task.setWeight(weights[name])
            tool.upd_IKTaskSet().cloneAndAppend(task)
        for wanted in self.tasks.coordinate_tasks:
            task = opensim.IKCoordinateTask()
            task.setName(wanted.name)
            task.setApply(True)
            task.setWeight(wanted.weight)
            if wanted.value is None:
                task.setValueType(opensim.IKCoordinateTask.DefaultValue)
            else:
                task.setValueType(opensim.IKCoordinateTask.ManualValue)
                task.setValue(wanted.value)
            tool.upd_IKTaskSet().cloneAndAppend(task)
        return tool


def tracked_markers(tasks: IKTasks, model: Model, markers: Markers) -> tuple[str, ...]:
    """Markers that tasks, model and trial share, in the order of the tasks.

    Raises
    ------
    InverseKinematicsError
        When there is none.
    """
    in_model, in_trial = set(marker_names(model)), set(markers.names)
    weighted = [name for name, _ in tasks.marker_weights]
    shared = tuple(name for name in weighted if name in in_model and name in in_trial)
    if not shared:
        raise InverseKinematicsError(
            f"tasks, model and trial share no marker: the tasks name {', '.join(weighted[:3])}, …,"
            f" the model has {', '.join(sorted(in_model)[:3])}, …,"
            f" the trial has {', '.join(markers.names[:3])}, …"
        )
    for holder, there in (("the model", in_model), ("the trial", in_trial)):
        lacking = [name for name in weighted if name not in there]
        if lacking:
            warnings.warn(
                f"{holder} lacks {len(lacking)} of {len(weighted)} markers that the IK tasks name:"
                f" {', '.join(lacking)}; their tasks are left out",
                KinebenchWarning,
                stacklevel=3,
            )
    return shared


def _require_markers_in_every_frame(tracked: Markers) -> None:
    empty = np.flatnonzero(tracked.missing.all(axis=1))
    if empty.size:
        raise InverseKinematicsError(
            f"{empty.size} frames have no marker at all, the first at"
            f" {tracked.times[empty[0]]:g} s; cut them off or fill them"
        )


def _with_ranges(opensim: ModuleType, motion: Motion, folder: Path) -> Motion:
    """Kinds and ranges of the coordinates as the model has them."""
    model = opensim.Model(str(folder / "model.osim"))
    found = model.getCoordinateSet()
    coordinates = []
    for name in motion.names:
        part = found.get(name)
        turns = part.getMotionType() == opensim.Coordinate.Rotational
        limits = (part.getRangeMin(), part.getRangeMax()) if part.getDefaultClamped() else None
        coordinates.append(Coordinate(name, "rotational" if turns else "translational", limits))
    return replace(motion, coordinates=tuple(coordinates))


def _marker_errors(path: Path, tracked: Markers) -> FloatArray:
    """(n_frames, n_markers) m, NaN where the marker was missing."""
    table = read_table(path)
    columns = {name: index for index, name in enumerate(table.columns)}
    order = [columns[f"{name}_t{axis}"] for name in tracked.names for axis in "xyz"]
    placed = table.values[:, order].reshape(tracked.positions.shape)
    return np.asarray(np.linalg.norm(placed - tracked.positions, axis=2))
