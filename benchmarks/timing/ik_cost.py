"""Cost and speed of both inverse-kinematics engines on real trials: one table.

Run with ``python -m benchmarks.timing.ik_cost [PART OF A TRIAL'S NAME]``. OpenSim's time is that
of the tool's ``run``; the fast engine's that of a whole call on a known model, one thread each,
both in processor time, which other work on the machine disturbs least.
"""

from __future__ import annotations

import sys
import time
import warnings
from dataclasses import dataclass

import numpy as np

from benchmarks.timing.ik_trials import IKTrial, real_trials
from benchmarks.timing.opensim_tool import run_tool
from kinebench.core import IKSolution, Markers, Motion
from kinebench.core.arrays import FloatArray
from kinebench.core.ik_tasks import IKTasks
from kinebench.ik.fast import FastIK
from kinebench.kinematics import Tree, marker_positions, read_tree
from kinebench.kinematics.poses import poses_of

TOLERANCE = 1e-12  # m²: a cost that is higher by no more counts as equal
REPEATS = 5


@dataclass(frozen=True)
class Comparison:
    """Costs (n_frames,) m² and seconds of both engines on one trial."""

    trial: IKTrial
    fast: FloatArray
    opensim: FloatArray
    fast_s: float
    opensim_s: float
    solution: IKSolution

    @property
    def exceptions(self) -> list[int]:
        """Frames in which the fast engine's cost is the higher one."""
        return np.flatnonzero(self.fast > self.opensim + TOLERANCE).tolist()


def weighted_cost(tree: Tree, tasks: IKTasks, motion: Motion, markers: Markers) -> FloatArray:
    """Σ w |r|² / Σ w (n_frames,) m² over the markers present, by the tree's own kinematics."""
    q = poses_of(tree, motion)
    squares = ((marker_positions(tree, q, markers.names) - markers.positions) ** 2).sum(axis=2)
    weights = np.array([tasks.weights[name] for name in markers.names])
    present = ~np.isnan(squares)
    total = np.where(present, squares * weights, 0.0).sum(axis=1)
    return np.asarray(total / (present * weights).sum(axis=1))


def compare(trial: IKTrial) -> Comparison:
    """Solve a trial by both engines."""
    engine = FastIK(trial.tasks)
    solution = engine(trial.model, trial.markers)
    tracked = trial.markers.select(solution.marker_names)
    seconds = _processor_times(engine, trial)
    motion, opensim_s = run_tool(trial.tasks, trial.model, tracked)
    seconds += _processor_times(engine, trial)  # before and after: the machine's load changes
    tree = read_tree(trial.model)
    return Comparison(
        trial,
        weighted_cost(tree, trial.tasks, solution.motion, tracked),
        weighted_cost(tree, trial.tasks, motion, tracked),
        float(np.median(seconds)),
        opensim_s,
        solution,
    )


def _processor_times(engine: FastIK, trial: IKTrial) -> list[float]:
    seconds = []
    for _ in range(REPEATS):
        start = time.process_time()
        engine(trial.model, trial.markers)
        seconds.append(time.process_time() - start)
    return seconds


def main() -> None:
    warnings.simplefilter("ignore")
    print(
        f"{'trial':<24}{'set-up':<24}{'frames':>7}{'missing':>9}"
        f"{'RMS fast, OpenSim mm':>23}{'max fast, OpenSim mm':>23}{'fast ≤ OpenSim':>16}"
        f"{'frames/s fast, OpenSim':>24}{'ratio':>8}"
    )
    for trial in real_trials(sys.argv[1] if len(sys.argv) > 1 else ""):
        found = compare(trial)
        tracked = trial.markers.select(found.solution.marker_names)
        fast, opensim = np.sqrt(found.fast) * 1e3, np.sqrt(found.opensim) * 1e3
        n = len(fast)
        share = 100 * (1 - len(found.exceptions) / n)
        print(
            f"{trial.name:<24}{trial.setup:<24}{n:>7}{100 * tracked.missing.mean():>8.2f}%"
            f"{np.sqrt((fast**2).mean()):>12.4f}{np.sqrt((opensim**2).mean()):>11.4f}"
            f"{fast.max():>12.4f}{opensim.max():>11.4f}{share:>15.2f}%"
            f"{n / found.fast_s:>14.0f}{n / found.opensim_s:>10.0f}"
            f"{found.opensim_s / found.fast_s:>7.0f}×"
        )
        for frame in found.exceptions:
            print(f"    exception: frame {frame}, {fast[frame]:.6f} > {opensim[frame]:.6f} mm")
    print(
        f"Cost: Σ w |r|² / Σ w over the markers present; RMS and max over frames of its root;"
        f" ≤ within {TOLERANCE:g} m²."
    )


if __name__ == "__main__":
    main()
