"""How long reading a long TRC takes beside pandas reading its numbers alone.

``python -m benchmarks.timing.trc`` writes a recording of 10,000 frames × 63 markers, reads it with
`read_trc` and its rows of numbers with ``pandas.read_csv`` (C engine), in turns in one process
after a warm-up, and prints the ratio of the medians. The bar is 1.5.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from kinebench.core import Markers
from kinebench.io.trc import read_trc, write_trc

BAR = 1.5


def recording(n_frames: int, n_markers: int) -> Markers:
    """A random walk: every digit differs."""
    rng = np.random.default_rng(63)
    positions = 1.0 + np.cumsum(rng.normal(0.0, 1e-3, (n_frames, n_markers, 3)), axis=0)
    names = tuple(f"marker_{index}" for index in range(n_markers))
    return Markers(names, np.arange(n_frames) / 60, positions)


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ratio(n_frames: int, n_markers: int, n_runs: int) -> tuple[float, float]:
    """Median seconds of `read_trc`, and of pandas for the numbers alone."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.trc"
        write_trc(path, recording(n_frames, n_markers), decimals=5)
        numbers = path.with_suffix(".tsv")
        numbers.write_bytes(path.read_bytes().split(b"\n", 6)[6])

        def stock() -> object:
            frame = pd.read_csv(numbers, sep="\t", header=None, engine="c", dtype=np.float64)
            return frame.to_numpy()

        def ours() -> object:
            return read_trc(path)

        ours(), stock()
        runs = [(seconds(ours), seconds(stock)) for _ in range(n_runs)]
    return statistics.median(run[0] for run in runs), statistics.median(run[1] for run in runs)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--frames", type=int, default=10_000)
    parser.add_argument("--markers", type=int, default=63)
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    ours, stock = ratio(options.frames, options.markers, options.runs)
    print(f"kinebench {ours:.3f} s, pandas {stock:.3f} s, ratio {ours / stock:.2f} (bar {BAR})")


if __name__ == "__main__":
    main()
