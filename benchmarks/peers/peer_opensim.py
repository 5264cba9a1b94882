"""OpenSim: `InverseKinematicsTool.run` for the trial, `InverseKinematicsSolver` for frames."""

import time

import measured
import numpy as np
import opensim


def by_tool(model, folder, names, times, weights):
    """Coordinates, values (n_frames, n_coordinates) rad or m, processor seconds of `run`."""
    tool = opensim.InverseKinematicsTool()
    tool.set_model_file(str(folder / "model.osim"))
    tool.set_marker_file(str(folder / "markers.trc"))
    tool.set_output_motion_file(str(folder / "opensim.mot"))
    tool.setResultsDir(str(folder))
    tool.set_report_errors(False)
    tool.set_accuracy(1e-5)  # OpenCap's
    margin = 0.5 * (times[1] - times[0])
    tool.set_time_range(0, times[0] - margin)
    tool.set_time_range(1, times[-1] + margin)
    for name in names:
        task = opensim.IKMarkerTask()
        task.setName(name)
        task.setApply(True)
        task.setWeight(weights[name])
        tool.upd_IKTaskSet().cloneAndAppend(task)
    start = time.process_time()
    tool.run()
    seconds = time.process_time() - start
    table = opensim.TimeSeriesTable(str(folder / "opensim.mot"))
    values = table.getMatrix().to_numpy().copy()
    labels = list(table.getColumnLabels())
    coordinates = model.getCoordinateSet()
    for column, label in enumerate(labels):
        # 1 is OpenSim's number for a rotation; what it calls coupled is written as it is
        if coordinates.get(label).getMotionType() == 1:
            values[:, column] = np.deg2rad(values[:, column])
    return labels, values, seconds


def latencies(model, state, folder, names, weights) -> np.ndarray:
    """Processor seconds of each frame after the first, the solver tracking from the last pose."""
    wanted = opensim.SetMarkerWeights()
    for name in names:
        wanted.cloneAndAppend(opensim.MarkerWeight(name, weights[name]))
    measured_markers = opensim.MarkersReference(str(folder / "markers.trc"), wanted)
    nothing = opensim.SimTKArrayCoordinateReference()
    solver = opensim.InverseKinematicsSolver(model, measured_markers, nothing, np.inf)
    solver.setAccuracy(1e-5)
    times = measured_markers.getMarkerTable().getIndependentColumn()
    state.setTime(times[0])
    solver.assemble(state)

    def solve(frame: int) -> None:
        state.setTime(times[frame])
        solver.track(state)

    return measured.frame_by_frame(solve, len(times))[1][1:]


def main() -> None:
    folder = measured.folder_of_problem()
    opensim.Logger.setLevelString("Off")
    model = opensim.Model(str(folder / "model.osim"))
    state = model.initSystem()
    start_s = time.process_time()
    names, times, _, weights = measured.markers_of(folder)
    labels, values, seconds = by_tool(model, folder, names, times, weights)
    frames = latencies(model, state, folder, names, weights)
    measured.write_answer(
        "opensim", start_s, seconds, frames, "", names=np.array(labels), values=values
    )


if __name__ == "__main__":
    main()
