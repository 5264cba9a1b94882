"""How time and memory grow with frames, markers, trials, cells, pairs and workers.

    python -m benchmarks.timing.growth [--only TEXT] [--largest N]

Each size is measured in a process of its own: processor seconds of the work alone, and how far its
peak of memory lies above what was there before. An exponent is the slope of a straight line through
the logarithms of the larger half of the sizes, where fixed costs no longer flatter; 1 is linear.
Laboratory recordings alone: no file is needed. Bars: exponents of 1.05; an hour at 120 Hz through
`kinebench run --engine fast` within twice the memory of its input and output; plan and table of
100,000 cells in 30 s and 1 GB.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
BAR = 1.05
HOUR = 432_000  # frames at 120 Hz
N_FIGURES = 5  # of a cell in the table
_MB = 2**20

Work = Callable[[], object]


@dataclass(frozen=True)
class Growth:
    """Something that is done to more and more.

    Parameters
    ----------
    sizes : tuple of int
    prepare : callable
        Size -> the work; what it does itself is not measured. The work may give the bytes of its
        input and output.
    """

    sizes: tuple[int, ...]
    prepare: Callable[[int], Work]


@cache
def laboratory() -> Any:
    """A pipeline of kinebench's own and what it made of a laboratory squat."""
    from kinebench.baselines.gate import OWN_SPEC, quick_trials

    pipeline = OWN_SPEC.build()
    trial = quick_trials()[0]({})
    return pipeline, trial, pipeline(trial)


def stretched(markers: Any, n_frames: int, rate_hz: float = 120.0) -> Any:
    """A recording played forwards and backwards until it is long enough."""
    from kinebench.core import Markers

    there = np.arange(markers.n_frames)
    frames = np.resize(np.concatenate([there, there[::-1]]), n_frames)
    return Markers(markers.names, np.arange(n_frames) / rate_hz, markers.positions[frames])


def solving(n_frames: int, n_markers: int | None = None) -> Work:
    pipeline, _, run = laboratory()
    markers = run.augmented.select(run.solution.marker_names[:n_markers])
    pipeline.solve(run.scaling.model, markers)  # loads what is compiled
    long = stretched(markers, n_frames)
    return lambda: pipeline.solve(run.scaling.model, long)


def augmenting(n_frames: int) -> Work:
    pipeline, trial, _ = laboratory()
    long = stretched(trial.keypoints, n_frames, 60.0)
    return lambda: pipeline.augment(long, trial.subject)


def filtering(n_frames: int) -> Work:
    from kinebench.signals.butterworth import butterworth

    signal = np.random.default_rng(0).normal(size=(n_frames, 20))
    return lambda: butterworth(signal, 120.0, 6.0)


def reading(n_frames: int) -> Work:
    from kinebench.io.trc import read_trc, write_trc

    _, trial, _ = laboratory()
    path = _scratch() / "long.trc"
    write_trc(path, stretched(trial.keypoints, n_frames))
    return lambda: read_trc(path)


def error_bars(n_frames: int) -> Work:
    from kinebench.uncertainty.band import band_of
    from kinebench.uncertainty.marker_errors import learnt_errors

    pipeline, _, run = laboratory()
    long = stretched(run.augmented, n_frames)
    solution = pipeline.solve(run.scaling.model, long)
    errors = learnt_errors("laboratory, on the spot")
    tasks = pipeline.solve.tasks
    return lambda: band_of(run.scaling.model, tasks, solution, long, errors)


def checks(n_frames: int) -> Work:
    from kinebench.quality import assess_recording

    _, trial, _ = laboratory()
    long = stretched(trial.keypoints, n_frames)
    return lambda: assess_recording(long, trial.subject)


def trials(n: int) -> Work:
    pipeline, trial, _ = laboratory()
    return lambda: [pipeline(trial) for _ in range(n)]


def pairs(n: int) -> Work:
    from benchmarks.timing.compare import aligned_and_scored

    return lambda: [aligned_and_scored(seed) for seed in range(n)]


def cells(n: int) -> Work:
    """The plan of a study of n cells, and tables of their outcomes."""
    from kinebench.baselines.gate import quick_trials
    from kinebench.cleaning import parse_cleaners
    from kinebench.lab import STATIC_POSES
    from kinebench.metrics import FigureRow, FigureTable, Kind
    from kinebench.studies.analysis.results import outcome_table, result_table
    from kinebench.studies.design import Factor, Level, Study
    from kinebench.studies.execution.cells import Outcome
    from kinebench.studies.plan import cells as planned

    filters = [f"butterworth:{hz}" for hz in range(2, 14)]
    factors = (
        Factor("filter", "clean", tuple(Level(one, parse_cleaners(one)) for one in filters)),
        Factor(
            "static pose", "data.static",
            tuple(Level(name, pose) for name, pose in list(STATIC_POSES.items())[:8]),
        ),
    )  # fmt: skip
    squat: Any = quick_trials()[0]
    trials = tuple(replace(squat, number=1 + i) for i in range(n // 96))
    study = Study("growth", "how large?", laboratory()[0], factors, trials)
    figures = [
        FigureTable.of(
            FigureRow(Kind.COORDINATE, f"angle_{i}", "rmse", 0.1 * i + seed, "rad")
            for i in range(N_FIGURES)
        )
        for seed in range(100)
    ]

    def work() -> object:
        outcomes = [
            Outcome(cell.index, cell.labels, "done", "", figures[cell.index % 100])
            for cell in planned(study)
        ]
        return len(result_table(study, outcomes)) + len(outcome_table(study, outcomes))

    return work


def workers(n: int) -> Work:
    from benchmarks.timing.compare import aligned_and_scored, seconds

    return lambda: seconds(aligned_and_scored, 200, n)


def _scratch() -> Path:
    return Path(tempfile.mkdtemp(prefix="growth-"))


DECADES = tuple(10**k for k in range(2, 7))
GROWTHS = {
    "frames, reading TRC": Growth(DECADES[:4], reading),
    "frames, low-pass filter": Growth(DECADES, filtering),
    "frames, augmentation": Growth(DECADES[:4], augmenting),
    "frames, inverse kinematics": Growth(DECADES[:4], solving),
    "frames, error bars": Growth(DECADES[:4], error_bars),
    "frames, checks": Growth(DECADES[:4], checks),
    "markers, inverse kinematics": Growth((11, 22, 33, 43), partial(solving, 2000)),
    "trials": Growth((1, 2, 4, 8, 16), trials),
    "pairs": Growth((10, 20, 40, 80, 160), pairs),
    "cells, plan and table": Growth((960, 9600, 96_000), cells),
}


def one(name: str, size: int) -> None:
    """Measure in this process: processor seconds, and peak above what was there, bytes."""
    warnings.simplefilter("ignore")
    work = GROWTHS[name].prepare(size)
    before = resident()
    start = time.process_time()
    work()
    print(time.process_time() - start, max(peak() - before, 0))


def resident() -> int:
    """Bytes of this process that are in memory."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def peak() -> int:
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def apart(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *words], env=environment, check=True, capture_output=True, text=True
    )


def exponent(sizes: list[int], values: list[float]) -> float:
    """Slope of the logarithms over the larger half of the sizes, two of them at least."""
    half = len(sizes) // 2 if len(sizes) > 2 else 0
    x, y = np.log(sizes[half:]), np.log(np.maximum(values[half:], 1e-9))
    return float(np.polyfit(x, y, 1)[0])


def hour(n_frames: int = HOUR) -> tuple[float, int, int, int]:
    """A long recording through the command: wall-clock s, peak, arrays and files of it, bytes."""
    from kinebench.io.trc import write_trc

    _, trial, _ = laboratory()
    folder = _scratch()
    write_trc(folder / "long.trc", stretched(trial.keypoints, n_frames))
    write_trc(folder / "static.trc", trial.static)
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True,"
        " stdout=subprocess.DEVNULL);"
        " print(1024 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    start = time.perf_counter()
    done = apart(
        "-c", code, sys.executable, "-m", "kinebench", "run",
        "--keypoints", str(folder / "long.trc"), "--static", str(folder / "static.trc"),
        "--mass", f"{trial.subject.mass_kg}", "--height", f"{trial.subject.height_m}",
        "--body", "lab", "--augmenter", "lab-1", "--engine", "fast", "--out", str(folder / "out"),
    )  # fmt: skip
    wall = time.perf_counter() - start
    files = [folder / "long.trc", *(folder / "out").iterdir()]
    _, _, run = laboratory()
    solution = run.solution
    per_frame = sum(
        8 * array[0].size
        for array in (
            # the recording, and what the files of the result hold
            trial.keypoints.positions, run.keypoints.positions, run.augmented.positions,
            solution.motion.values, solution.motion.values, solution.marker_errors,
        )
    )  # fmt: skip
    size = sum(file.stat().st_size for file in files)
    return wall, int(done.stdout), n_frames * per_frame, size


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", metavar="TEXT")
    parser.add_argument("--largest", type=int, default=10**6, metavar="N")
    parser.add_argument("--hour", type=int, default=HOUR, metavar="FRAMES")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        one(asked.one[0], int(asked.one[1]))
        return
    print("| growth | sizes | seconds | MB | exponent of time | of memory |")
    print("|---|---|---|---|---:|---:|")
    for name, growth in GROWTHS.items():
        sizes = [size for size in growth.sizes if size <= asked.largest]
        if asked.only not in name or not sizes:
            continue
        found = [
            tuple(map(float, apart("-m", "benchmarks.timing.growth", "--one", name, f"{n}")
                      .stdout.split()[-2:]))
            for n in sizes
        ]  # fmt: skip
        times, peaks = ([row[i] for row in found] for i in (0, 1))
        print(
            f"| {name} | {_row(sizes)} | {', '.join(f'{t:.3g}' for t in times)}"
            f" | {', '.join(f'{p / _MB:.0f}' for p in peaks)} | {exponent(sizes, times):.2f}"
            f" | {exponent(sizes, peaks):.2f} |",
            flush=True,
        )
    if asked.only in "an hour":
        wall, high, arrays, files = hour(asked.hour)
        print(
            f"\n{asked.hour} frames through the command: {wall:.0f} s, peak {high / _MB:.0f} MB;"
            f" input and output {arrays / _MB:.0f} MB as arrays, {files / _MB:.0f} MB as files:"
            f" {high / arrays:.1f} and {high / files:.1f} times (bar 2)"
        )


def _row(sizes: list[int]) -> str:
    return ", ".join(f"{size:,}" for size in sizes)


if __name__ == "__main__":
    main()
