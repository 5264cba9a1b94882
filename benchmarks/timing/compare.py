"""How long kinebench compare takes: 1,000 pairs of 1,000-frame, 33-coordinate motions.

    python -m benchmarks.timing.compare [--pairs 1000] [--workers 2]

Bar: alignment and all waveform metrics in under 20 s on 2 cores. The second row is everything that
`kinebench compare` does for each of many pairs: besides, intervals of the bias and the sensitivity
to the lag.
"""

from __future__ import annotations

import argparse
import os

# one thread per process: the processes are the parallelism
os.environ.setdefault("OMP_NUM_THREADS", "1")

import resource
import sys
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from kinebench.alignment import align
from kinebench.comparison import Procedure, compare_recordings
from kinebench.core.motion import Coordinate, Motion
from kinebench.errors import KinebenchWarning
from kinebench.metrics import evaluate_motion, metrics_of

__all__ = ["aligned_and_scored", "compared", "pair", "seconds"]

N_FRAMES, N_COORDINATES = 1000, 33


def pair(seed: int) -> tuple[Motion, Motion]:
    """A reference, and an estimate on another clock with errors that last."""
    rng = np.random.default_rng(seed)
    times = np.arange(N_FRAMES) / 100
    frequencies = rng.uniform(0.5, 3.0, N_COORDINATES)
    truth = 0.5 * np.sin(2 * np.pi * times[:, None] * frequencies)
    error = 0.05 * np.sin(5 * times)[:, None] + 0.01 * rng.normal(size=truth.shape)
    coordinates = tuple(Coordinate(f"coordinate_{i}") for i in range(N_COORDINATES))
    return Motion(coordinates, times, truth), Motion(coordinates, times + 0.003, truth + error)


def aligned_and_scored(seed: int) -> int:
    """Align a pair and compute every waveform metric; the number of figures."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinebenchWarning)
        aligned = align(*pair(seed))
        return len(evaluate_motion(aligned.reference, aligned.estimate).figures)


def compared(seed: int) -> int:
    """All that the command does for one of many pairs; the number of figures."""
    result = compare_recordings(*pair(seed), Procedure(), other_policies=False)
    return len(result.evaluation.figures)


def seconds(work: Callable[[int], int], n_pairs: int, n_workers: int) -> tuple[float, float]:
    """Wall-clock time of n pairs in processes, their start included, and their CPU time."""
    start, cpu = time.perf_counter(), _cpu_of_children()
    with ProcessPoolExecutor(n_workers) as pool:
        counts = set(pool.map(work, range(n_pairs), chunksize=max(1, n_pairs // (8 * n_workers))))
    assert counts == {N_COORDINATES * len(metrics_of("waveform"))}
    return time.perf_counter() - start, _cpu_of_children() - cpu


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Print both times."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    for name, work in (("all waveform metrics", aligned_and_scored), ("everything", compared)):
        took, cpu = seconds(work, asked.pairs, asked.workers)
        print(
            f"{name}: {asked.pairs} pairs in {took:.1f} s in {asked.workers} processes;"
            f" CPU {cpu:.1f} s, {1e3 * cpu / asked.pairs:.1f} ms a pair"
        )
    print("opensim imported:", "opensim" in sys.modules)


if __name__ == "__main__":
    main()
