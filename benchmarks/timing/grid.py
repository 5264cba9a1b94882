"""The full grid of a study beside the stock steps: augmenter × filter × static pose.

Run with ``python -m benchmarks.timing.grid [--workers 2] [--sample 6]``. One virtual subject squats
for 8 s; 6 augmenters (one of them none) × 12 filters × 8 static poses are 576 runs of the pipeline.
A sample of them is run with ScaleTool, InverseKinematicsTool and the networks in TensorFlow, one
Python process each, as people do. Then the grid is run again with one more filter.

Bars: 500 runs in under 5 minutes on 2 cores; 30 times faster than the stock steps for each run;
one more level costs that level alone.
"""

from __future__ import annotations

import argparse
import os

# one thread per process: the processes are the parallelism
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import resource
import statistics
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.timing.stock_run import stock_seconds
from kinebench.augmentation.augmenter import LSTMAugmenter, NoAugmentation
from kinebench.cleaning import parse_cleaners
from kinebench.ik.fast import FastIK
from kinebench.lab import STATIC_POSES, Population
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions.squat import Squat
from kinebench.pipeline.opencap import opencap_setup
from kinebench.pipeline.pipeline import STAGES, Pipeline
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.standing_window import StandingWindow
from kinebench.studies.changes import Changes
from kinebench.studies.design import Factor, Level, Study
from kinebench.studies.execution.cells import run_cell, run_study
from kinebench.studies.execution.store import Store
from kinebench.studies.plan import Cell, cells
from kinebench.studies.sources.laboratory import LabSource

FILTERS = ("none", *(f"butterworth:{f}" for f in (2, 3, 4, 5, 6, 8, 10, 12, 15, 20)), "residual")
ONE_MORE = "butterworth:7"
VERSIONS = ("v0.3", "v0.2", "v0.1", "v0.0", "lab-1")
N_POSES = 8
EIGHT_SECONDS = Squat(tempo_s=3.1, repetitions=2, pause_s=0.6)


def grid(filters: Sequence[str] = FILTERS, subjects: int = 1) -> Study:
    """Static pose × filter × augmenter on 8 s of squats."""
    files, raw = opencap_setup(), opencap_setup("openpose")
    window = StandingWindow(avoid_start_s=0.0)
    base = Pipeline(
        files.generic,
        LSTMAugmenter(VERSIONS[0], warm_up_s=1.0),
        FastScaler(files.scaling, files.marker_set, window),
        FastIK(files.ik),
    )
    # keypoints alone ask for other markers, measurements and weights
    none = Changes(
        (
            ("augment", NoAugmentation()),
            ("scale", FastScaler(raw.scaling, raw.marker_set, window)),
            ("solve", FastIK(raw.ik)),
        )
    )
    augmenters = tuple(Level(v, LSTMAugmenter(v, warm_up_s=1.0)) for v in VERSIONS)
    cleaners = {f: parse_cleaners(f) for f in filters}
    factors = (
        Factor(
            "static pose",
            "data.static",
            tuple(Level(name, pose) for name, pose in list(STATIC_POSES.items())[:N_POSES]),
        ),
        Factor("filter", "clean", tuple(Level(name, value) for name, value in cleaners.items())),
        Factor("augmenter", "augment", (*augmenters, Level("none", none))),
    )
    people = Population()
    sources = tuple(
        LabSource(people.subject(index), EIGHT_SECONDS, "squat", two_phones())
        for index in range(subjects)
    )
    return Study("grid", "how fast is the full grid?", base, factors, sources)


def timed(study: Study, store: Store, workers: int) -> tuple[float, float]:
    """Wall-clock and processor seconds of a run, start of the processes included."""
    cpu, start = _cpu(), time.perf_counter()
    outcomes = run_study(study, store, workers)
    wall = time.perf_counter() - start
    counts = Counter(outcome.status for outcome in outcomes)
    assert set(counts) == {"done"}, counts
    return wall, _cpu() - cpu


def _cpu() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def sample(study: Study, n: int) -> list[Cell]:
    """Cells spread over the grid, so that every augmenter has its turn."""
    planned = list(cells(study))
    n_last = len(study.factors[-1].levels)
    step = len(planned) // n // n_last * n_last + 1
    return [planned[(index * step) % len(planned)] for index in range(n)]


def stage_seconds(cell: Cell, repeats: int = 3) -> dict[str, float]:
    """Median seconds of each of kinebench's stages, nothing being kept."""
    trial = cell.source(dict(cell.choices))
    pipeline = cell.pipeline
    assert isinstance(pipeline, Pipeline)
    pipeline(trial)
    runs = [pipeline(trial).durations_s for _ in range(repeats)]
    return {stage: statistics.median(run[stage] for run in runs) for stage in STAGES}


def alone_seconds(cell: Cell, study: Study) -> float:
    """Processor seconds of a run that shares nothing: an empty store, everything kept in it."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        run_cell(cell, study, Store(Path(folder)))
        return time.process_time() - start


def print_sample(study: Study, n: int, grid_s: float) -> None:
    """Sampled runs beside the stock steps.

    Parameters
    ----------
    study : Study
    n : int
    grid_s : float
        Processor seconds per run of the grid, start of the processes and store included.
    """
    print(
        "\nstock steps against kinebench, processor time: all steps against a run of the grid on"
        " average,\nthe same with the imports of TensorFlow and OpenSim, all steps against the same"
        " run alone,\nand step against step\n"
        "\n   grid  +imports  alone   augment  scale    ik   stock s, imports s; run"
    )
    found = []
    alone_seconds(next(cells(study)), study)  # whatever is imported or compiled first
    for cell in sample(study, n):
        fast, stock = stage_seconds(cell), stock_seconds(cell)
        steps = stock["augment"] + stock["scale"] + stock["solve"]
        imports = stock["import tensorflow"] + stock["import opensim"]
        found.append((steps, imports, alone_seconds(cell, study)))
        each = (
            f"{stock[stage] / fast[stage]:.0f}×" if stock[stage] else "—"
            for stage in ("augment", "scale", "solve")
        )
        print(
            f"{steps / grid_s:6.0f}×{(steps + imports) / grid_s:9.0f}×{steps / found[-1][2]:6.0f}×"
            + "{:>10}{:>7}{:>6}".format(*each)
            + f"   {steps:.1f}, {imports:.1f}; "
            + ", ".join(level.label for _, level in cell.levels),
            flush=True,
        )
    steps_s, imports_s, _ = (statistics.mean(column) for column in zip(*found, strict=True))
    print(
        f"the grid: {steps_s / grid_s:.0f} times faster than its stock steps,"
        f" {(steps_s + imports_s) / grid_s:.0f} times with the imports that each process pays"
        " (bar: 30)"
    )


def entries(store: Store) -> dict[str, int]:
    """When each entry was written, ns."""
    found = (path for path in store.folder.rglob("*") if path.is_file())
    return {path.as_posix(): path.stat().st_mtime_ns for path in found}


def print_one_more_level(store: Store, workers: int) -> None:
    """What a filter more makes the run compute."""
    before = entries(store)
    wall, cpu = timed(grid((*FILTERS, ONE_MORE)), store, workers)
    after = entries(store)
    touched = sum(after[path] != written for path, written in before.items())
    augmenters = len(VERSIONS) + 1
    # the movement and each static trial cleaned, then augmented by each; per run one scaling, one
    # motion, one row of figures
    needed = (1 + N_POSES) * (1 + augmenters) + 3 * N_POSES * augmenters
    print(
        f"\none more filter: {N_POSES * augmenters} new runs, {len(after) - len(before)} results"
        f" computed ({needed} are new by design), {touched} of {len(before)} old ones touched;"
        f" {wall:.1f} s, processor {cpu:.1f} s"
    )
    wall, cpu = timed(grid((*FILTERS, ONE_MORE)), store, workers)
    print(f"nothing new: {wall:.1f} s, processor {cpu:.1f} s")


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sample", type=int, default=6)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    study = grid()
    n_runs = len(list(cells(study)))
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores before")
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        wall, cpu = timed(study, store, asked.workers)
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        print(
            f"{n_runs} runs of 8 s trials in {wall:.0f} s in {asked.workers} processes"
            f" (bar: 300 s for 500); processor {cpu:.0f} s, {1e3 * cpu / n_runs:.0f} ms a run;"
            f" {len(entries(store))} results, {size / 1e6:.0f} MB"
        )
        print_one_more_level(store, asked.workers)
    print_sample(study, asked.sample, cpu / n_runs)
    print("opensim imported here:", "opensim" in sys.modules)


if __name__ == "__main__":
    main()
