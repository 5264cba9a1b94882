"""OpenSim's InverseKinematicsTool as OpenCap runs it; processor seconds of its `run`."""

from __future__ import annotations

import time

from kinebench.core import Markers, Model, Motion
from kinebench.core.ik_tasks import IKTasks
from kinebench.io.mot import read_motion
from kinebench.io.trc import write_trc
from kinebench.osim.edits import without_dependent_leaves, without_forces
from kinebench.osim.runtime import load_opensim, quietly, scratch_folder

__all__ = ["run_tool"]


def run_tool(tasks: IKTasks, model: Model, markers: Markers) -> tuple[Motion, float]:
    """Motion of the shared markers, and seconds of `run` alone; patellae and forces removed."""
    opensim = load_opensim()
    lean = without_dependent_leaves(without_forces(model))
    with scratch_folder() as folder, quietly(opensim):
        (folder / "model.osim").write_bytes(lean.xml)
        write_trc(folder / "markers.trc", markers, decimals=10)
        tool = opensim.InverseKinematicsTool()
        tool.set_model_file(str(folder / "model.osim"))
        tool.set_marker_file(str(folder / "markers.trc"))
        tool.set_output_motion_file(str(folder / "motion.mot"))
        tool.setResultsDir(str(folder))
        tool.set_report_errors(False)
        tool.set_accuracy(1e-5)
        margin = 0.5 / markers.rate_hz
        tool.set_time_range(0, markers.times[0] - margin)
        tool.set_time_range(1, markers.times[-1] + margin)
        for name in markers.names:
            task = opensim.IKMarkerTask()
            task.setName(name)
            task.setApply(True)
            task.setWeight(tasks.weights[name])
            tool.upd_IKTaskSet().cloneAndAppend(task)
        start = time.process_time()
        tool.run()
        seconds = time.process_time() - start
        return read_motion(folder / "motion.mot"), seconds
