"""What the machinery of studies costs, and what a second worker gains.

Run with ``python -m benchmarks.timing.studies [--repeats 3]``. Handing over a batch is timed with
batches that do nothing but return figures of the usual size; real cells are those of
`benchmarks.timing.grid`. Processes and Dask workers take turns; medians.
"""

from __future__ import annotations

import argparse
import os

# one thread per process: the processes are the parallelism
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pickle
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.timing.grid import FILTERS, grid
from kinebench.metrics import FigureRow, FigureTable, Kind
from kinebench.studies.design import Study
from kinebench.studies.execution.batches import MOST, Batch, batches, recipe
from kinebench.studies.execution.cells import Outcome, run_study, stored_outcomes
from kinebench.studies.execution.cluster import cluster, run_on_cluster
from kinebench.studies.execution.pool import run_in_processes
from kinebench.studies.execution.store import Store
from kinebench.studies.plan import count_cells

N_EMPTY = 400


def real_study() -> Study:
    """Two subjects, two static poses, four filters, six augmenters: 96 runs."""
    whole = grid(FILTERS[:4], subjects=2)
    poses = replace(whole.factors[0], levels=whole.factors[0].levels[:2])
    return replace(whole, factors=(poses, *whole.factors[1:]))


def nothing(batch: Batch, shared: Study, store: Store) -> list[Outcome]:
    """A batch that only returns figures of the usual size."""
    return [
        Outcome(index, {"subject": "s"}, "done", "", FIGURES)
        for index in range(batch.start, batch.stop)
    ]


FIGURES = FigureTable.of(
    FigureRow(Kind.COORDINATE, f"angle_{i}", "rmse", 0.1 * i, "rad") for i in range(189)
)


def empty_batches(study: Study, n: int) -> Iterator[Batch]:
    """Full batches of trials that are never made."""
    for number in range(n):
        yield Batch(study.sources[0], number * MOST, 0, MOST)


@contextmanager
def dask_workers(n: int) -> Iterator[str]:
    """Address of a scheduler with n workers, each a process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    python = [sys.executable, "-m"]
    options = ["--host", "127.0.0.1", "--port", str(port)]
    commands = [[*python, "distributed.cli.dask_scheduler", *options]]
    commands += [[*python, "distributed.cli.dask_worker", address, "--nthreads", "1"]] * n
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = os.environ | {"PYTHONPATH": os.getcwd()}
    running = [
        subprocess.Popen([*command, "--no-dashboard"], env=environment, **quiet)
        for command in commands
    ]
    try:
        with cluster_of(address, n):
            yield address
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


@contextmanager
def cluster_of(address: str, n: int) -> Iterator[None]:
    with cluster(address) as client:
        client.wait_for_workers(n, timeout=60)
    yield


def seconds_per_batch(results: Callable[[int], Iterator[Any]]) -> float:
    """From many empty batches and few, so that the start drops out."""
    times = []
    for n in (10, 10 + N_EMPTY):
        start = time.perf_counter()
        assert sum(1 for _ in results(n)) == n
        times.append(time.perf_counter() - start)
    return (times[1] - times[0]) / N_EMPTY


def print_overhead(study: Study, cell_s: float) -> None:
    """Handing over a batch, against the work in it."""
    shared, store = recipe(study), Store(Path("unused"))
    sizes = [len(pickle.dumps(value)) for value in (next(batches(study, MOST)), shared)]
    print(f"\na batch is {sizes[0] / 1e3:.1f} kB, what all share {sizes[1] / 1e6:.2f} MB")
    with dask_workers(2) as address, cluster(address) as client:
        found = {
            "processes": seconds_per_batch(
                lambda n: run_in_processes(nothing, empty_batches(study, n), shared, store, 2)
            ),
            "Dask": seconds_per_batch(
                lambda n: run_on_cluster(client, nothing, empty_batches(study, n), shared, store)
            ),
        }
    for name, batch_s in found.items():
        for n_cells in (1, MOST):
            share = batch_s / (n_cells * cell_s)
            print(
                f"{name}: {1e3 * batch_s:.1f} ms for a batch with the figures of {MOST} cells,"
                f" {share:.2%} of the work of {n_cells} (bar: 5 %)"
            )


def run_seconds(study: Study, workers: int, scheduler: str | None = None) -> float:
    """Wall-clock seconds on an empty store."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        outcomes = run_study(study, Store(Path(folder)), workers, scheduler)
        assert {outcome.status for outcome in outcomes} == {"done"}
        return time.perf_counter() - start


def print_workers(study: Study, repeats: int) -> float:
    """One worker and two; gives seconds per cell of one process."""
    run_seconds(study, 1)  # compiled code is in the cache from now on
    found: dict[str, list[float]] = {}
    for _ in range(repeats):
        for n in (1, 2):
            found.setdefault(f"{n} process", []).append(run_seconds(study, n))
            with dask_workers(n) as address:
                # a first small run starts Python's imports
                run_seconds(replace(study, sources=study.sources[:1]), 1, address)
                found.setdefault(f"{n} Dask", []).append(run_seconds(study, 1, address))
    medians = {name: statistics.median(times) for name, times in found.items()}
    n_cells = count_cells(study)
    for kind, remark in (("process", ", start included"), ("Dask", ", workers warm")):
        one, two = medians[f"1 {kind}"], medians[f"2 {kind}"]
        print(
            f"{kind}: {n_cells} cells in {one:.1f} s on one worker, {two:.1f} s on two{remark}:"
            f" {one / two:.2f} times faster; medians of {repeats}, load {os.getloadavg()[0]:.1f}"
        )
    return medians["1 process"] / n_cells


def print_store(study: Study) -> None:
    """What a cell leaves in the store, and what it costs to find it again."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        run_study(study, store, 2)
        files = [path for path in Path(folder).rglob("*") if path.is_file()]
        size, n = sum(path.stat().st_size for path in files), count_cells(study)
        start = time.perf_counter()
        run_study(study, store)
        again = (time.perf_counter() - start) / n
        tracemalloc.start()
        kept = stored_outcomes(study, store)
        memory = tracemalloc.get_traced_memory()[0] / n
        tracemalloc.stop()
        figures = [len(outcome.figures) for outcome in kept]
    print(
        f"\nstore: {len(files) / n:.1f} files and {size / n / 1e6:.2f} MB a cell;"
        f" {1e3 * again:.1f} ms to find a cell again; {statistics.mean(figures):.0f} figures"
        f" and {memory / 1e3:.0f} kB of memory a cell"
    )


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    study = real_study()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores before")
    cell_s = print_workers(study, asked.repeats)
    print(f"{1e3 * cell_s:.0f} ms a cell in one process")
    print_overhead(study, cell_s)
    print_store(study)


if __name__ == "__main__":
    main()
