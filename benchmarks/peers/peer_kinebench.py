"""kinebench: `FastIK` on the trial, and on single frames, which it solves from a cold start."""

import time
import warnings

import measured
import numpy as np

from kinebench.core import Markers
from kinebench.core.ik_tasks import IKTasks
from kinebench.ik.fast import FastIK, solve_trials
from kinebench.io.models import read_model

N_COLD = 200  # frames that are solved alone
N_COPIES = 8  # of the trial, for threads
REPEATS = 5  # a call lasts some hundredths of a second: too short for one reading of the clock


def rates(engine, model, markers) -> str:
    """Frames per second of wall-clock time with 1 and 2 threads."""
    found = []
    for n_threads in (1, 2):
        start = time.perf_counter()
        solve_trials(engine, [(model, markers)] * N_COPIES, n_threads)
        seconds = time.perf_counter() - start
        found.append(f"{N_COPIES * markers.n_frames / seconds:,.0f}")
    return f"{N_COPIES} copies in 1 and 2 threads, by the wall clock: {found[0]} and {found[1]}/s"


def main() -> None:
    warnings.simplefilter("ignore")
    folder = measured.folder_of_problem()
    names, times, positions, weights = measured.markers_of(folder)
    markers, model = Markers(tuple(names), times, positions), read_model(folder / "model.osim")
    engine = FastIK(IKTasks(weights))
    engine(model, markers.at_frames(np.arange(1)))
    start_s = time.process_time()
    motion, seconds = None, []
    for _ in range(REPEATS):
        start = time.process_time()
        motion = engine(model, markers).motion
        seconds.append(time.process_time() - start)
    chosen = np.linspace(0, len(times) - 1, N_COLD).astype(int)
    _, cold = measured.frame_by_frame(
        lambda index: engine(model, markers.at_frames(chosen[index : index + 1])), N_COLD
    )
    measured.write_answer(
        "kinebench",
        start_s,
        float(np.median(seconds)),
        cold,
        rates(engine, model, markers),
        names=np.array(motion.names),
        values=motion.values,
    )


if __name__ == "__main__":
    main()
