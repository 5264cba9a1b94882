"""Every stage beside the stock tool in one run, ratio first, and a plot.

Run with ``python -m benchmarks.timing [plot.svg]``. Processor time, one thread, medians. Stock are
InverseKinematicsTool, ScaleTool, the networks in TensorFlow (loaded already), and for the whole
pipeline the same four stages with all three.
"""

from __future__ import annotations

import os

# one thread against one thread: before TensorFlow starts
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.timing.floor import clock_hz, floor_s, operations
from benchmarks.timing.ik import SQUATS, noisy_squat
from benchmarks.timing.ik_cost import compare
from benchmarks.timing.ik_trials import IKTrial, real_trials
from benchmarks.timing.opensim_tool import run_tool
from benchmarks.timing.scaling import fast_seconds as scaling_seconds
from benchmarks.timing.scaling import real_static_trials, tool_seconds
from kinebench.augmentation.augmenter import LSTMAugmenter
from kinebench.core.ik_tasks import IKTasks
from kinebench.core.trial import Trial
from kinebench.ik.fast import FastIK
from kinebench.ik.opensim_engine import OpenSimIK
from kinebench.kinematics.mechanism import Mechanism, build_mechanism
from kinebench.kinematics.osim_tree import read_tree
from kinebench.pipeline.opencap import opencap_setup
from kinebench.pipeline.pipeline import Pipeline
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.opensim_scaler import OpenSimScaler

PLOT = Path(__file__).with_name("timing.svg")
Curve = list[tuple[int, float, float]]  # size, seconds of kinebench, seconds of the stock tool


def seconds(work: Callable[[], object], repeats: int = 5) -> float:
    """Median processor time after one run that is not counted."""
    work()
    found = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return statistics.median(found)


def told(stage: str, fast_s: float, stock_s: float, remark: str = "") -> None:
    print(
        f"{stock_s / fast_s:6.0f}×  {stage:<44}{1e3 * fast_s:>10.1f}{1e3 * stock_s:>12.0f}{remark}"
    )


def mechanism_of(trial: IKTrial, names: tuple[str, ...]) -> Mechanism:
    weights = {name: trial.tasks.weights[name] for name in names}
    return build_mechanism(read_tree(trial.model), weights)


def print_ik() -> None:
    for trial in (noisy_squat(), *(next(real_trials(name)) for name in SQUATS)):
        found = compare(trial)
        mechanism = mechanism_of(trial, found.solution.marker_names)
        iterations = float(found.solution.iterations.mean())
        frame_s = found.fast_s / len(found.fast)
        told(
            f"inverse kinematics, {trial.name}",
            found.fast_s,
            found.opensim_s,
            f"   {1e6 * frame_s:.1f} µs a frame, floor {1e6 * floor_s(mechanism, iterations):.1f}"
            f" µs ({operations(mechanism, iterations):.0f} operations)",
        )


def print_scaling() -> None:
    for name in ("subject 0, upright", "subject 4, mocap"):
        trial = next(real_static_trials(name))
        fast_s = seconds(lambda trial=trial: scaling_seconds(trial), 15)  # type: ignore[misc]
        stock_s = statistics.median(tool_seconds(trial) for _ in range(3))
        told(f"scaling, {name}", fast_s, stock_s)


def print_augmentation_and_pipeline() -> None:
    trial, static = next(real_trials(SQUATS[0])), next(real_static_trials("subject 0, upright"))
    stages = {name: LSTMAugmenter("v0.3", runtime=name) for name in ("compiled", "tensorflow")}
    keypoints = trial.markers.select(stages["compiled"].needs)
    standing = static.static.select(stages["compiled"].needs)
    person = static.subject
    fast_s, stock_s = (
        seconds(lambda stage=stage: stage(keypoints, person), 3)  # type: ignore[misc]
        for stage in stages.values()
    )
    told("augmentation, subject 0 Squats_0", fast_s, stock_s)
    files = opencap_setup()
    arguments = files.scaling, files.marker_set, static.window
    fast = Pipeline(files.generic, stages["compiled"], FastScaler(*arguments), FastIK(files.ik))
    stock = Pipeline(
        files.generic, stages["tensorflow"], OpenSimScaler(*arguments), OpenSimIK(files.ik)
    )
    whole = Trial("squat", person, keypoints, static=standing)
    told("whole pipeline", seconds(lambda: fast(whole), 3), seconds(lambda: stock(whole), 1))


def ik_seconds(trial: IKTrial, repeats: int = 1) -> tuple[float, float]:
    engine = FastIK(trial.tasks)
    fast_s = seconds(lambda: [engine(trial.model, trial.markers) for _ in range(repeats)], 3)
    return fast_s, repeats * run_tool(trial.tasks, trial.model, trial.markers)[1]


def cut(trial: IKTrial, n_frames: int, n_markers: int) -> IKTrial:
    """The first frames and every so many-th marker."""
    names = [name for name in trial.tasks.weights if name in trial.markers.names]
    chosen = [names[i] for i in np.linspace(0, len(names) - 1, n_markers).astype(int)]
    markers = trial.markers.select(chosen).at_frames(np.arange(n_frames))
    tasks = IKTasks(tuple((name, trial.tasks.weights[name]) for name in chosen))
    return IKTrial(trial.name, trial.setup, trial.model, markers, tasks)


def curves() -> dict[str, Curve]:
    """Seconds against frames, markers and trials, on the noisy squat."""
    squat = noisy_squat()
    frames = [(n, *ik_seconds(cut(squat, n, 43))) for n in (100, 200, 400, 800)]
    markers = [(n, *ik_seconds(cut(squat, 200, n))) for n in (15, 25, 34, 43)]
    trials = [(n, *ik_seconds(cut(squat, 100, 43), n)) for n in (1, 2, 4, 8)]
    return {"frames": frames, "markers (200 frames)": markers, "trials (100 frames)": trials}


def draw(found: dict[str, Curve], floor: float, path: Path) -> None:
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 3, figsize=(10, 3.4), sharey=True, layout="constrained")
    for axis, (what, rows) in zip(axes, found.items(), strict=True):
        size, fast, stock = (np.array(column) for column in zip(*rows, strict=True))
        frames = {"frames": size, "markers (200 frames)": np.full(len(size), 200)}
        n_frames = frames.get(what, 100 * size)
        axis.loglog(size, stock, "o-", label="InverseKinematicsTool")
        axis.loglog(size, fast, "s-", label="kinebench")
        axis.loglog(size, floor * n_frames, ":", color="grey", label="operations by the clock")
        axis.set(xlabel=what, xticks=size, xticklabels=[f"{n:g}" for n in size])
        axis.minorticks_off()
        axis.grid(alpha=0.3)
    axes[0].set_ylabel("processor time, s")
    axes[0].legend(frameon=False, fontsize=8)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def main(path: Path = PLOT) -> None:
    """Print the table, draw the plot."""
    warnings.simplefilter("ignore")
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {clock_hz() / 1e9:.1f} GHz"
    print(f"{'ratio':>7}  {'stage':<44}{'kinebench ms':>12}{'stock ms':>10}   ({load})")
    print_ik()
    print_scaling()
    print_augmentation_and_pipeline()
    squat = noisy_squat()
    solution = FastIK(squat.tasks)(squat.model, squat.markers)
    mechanism = mechanism_of(squat, solution.marker_names)
    draw(curves(), floor_s(mechanism, float(solution.iterations.mean())), path)
    print(f"plot: {path.name}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
