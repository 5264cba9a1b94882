"""Speed of the marker augmenter beside TensorFlow, its floor, and how far the markers differ.

Run with ``python -m benchmarks.timing.augmentation``. 800 frames of a real squat, version v0.3,
both networks; weights, TensorFlow's graph and compiled code are there already. Runtimes take turns;
the least wall time of 15, as other work on the machine only adds to it. Ratios are to TensorFlow
with one trial, and with as many. Bars: one trial 4 × in one thread and 6 × on two cores, 8 × per
trial in a batch of 16.

The floor is what this machine needs at least, at rates that are measured in the same run: all
multiplications at the rate of NumPy's large products, and, where sequences run alone, the weights
of h U read once a frame at the rate at which a bare product of one row reads 256 kB again and
again.
"""

from __future__ import annotations

import os

# one thread against one thread: before NumPy and TensorFlow start
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks.timing.ik import SQUATS
from benchmarks.timing.ik_trials import real_trials
from kinebench.augmentation.augmenter import LSTMAugmenter
from kinebench.augmentation.compiled_runtime import aligned_zeros, predict
from kinebench.augmentation.llvm.compilation import Functions, Tile, tile_of_this_machine
from kinebench.augmentation.network import Network
from kinebench.augmentation.weights import load_networks
from kinebench.core.markers import Markers
from kinebench.core.subject import Subject

__all__ = ["Case", "floor_s", "main"]

VERSION, N_FRAMES, N_TRIALS = "v0.3", 800, 16
REPEATS = 15
Trials = list[tuple[Markers, Subject]]


@dataclass(frozen=True)
class Case:
    """A row of the table."""

    name: str
    runtime: str
    n_trials: int
    n_threads: int
    bar: float | None = None


CASES = (
    Case("one trial, one thread", "compiled", 1, 1, 4.0),
    Case("one trial, two threads", "compiled", 1, 2, 6.0),
    Case("batch of 16, one thread", "compiled", N_TRIALS, 1, 8.0),
    Case("batch of 16, two threads", "compiled", N_TRIALS, 2, 8.0),
    Case("one trial, NumPy", "numpy", 1, 1),
    Case("batch of 16, NumPy", "numpy", N_TRIALS, 1),
    Case("one trial, TensorFlow", "tensorflow", 1, 1),
    Case("batch of 16, TensorFlow", "tensorflow", N_TRIALS, 1),
)


def trials_of(n: int) -> Trials:
    """The same frames of people of different mass."""
    squat = next(real_trials(SQUATS[0])).markers
    keypoints = squat.select(LSTMAugmenter(VERSION).needs).at_frames(np.arange(N_FRAMES))
    return [(keypoints, Subject(60.0 + i, 1.78)) for i in range(n)]


def cores_got(work: Callable[[], object]) -> float:
    """Processor time by wall time, at its best: below 2, another program had a core."""
    best = 0.0
    for _ in range(REPEATS):
        start, used = time.perf_counter(), time.process_time()
        work()
        best = max(best, (time.process_time() - used) / (time.perf_counter() - start))
    return best


def shorter_network_s(networks: tuple[Network, ...]) -> float:
    """What a second core takes over of one trial."""
    rows = {
        f"{i}": np.zeros((1, N_FRAMES, network.n_features), dtype=np.float32)
        for i, network in enumerate(networks)
    }
    works = {name: partial(predict, networks[int(name)], array) for name, array in rows.items()}
    return min(least(works).values())


def least(works: Mapping[str, Callable[[], object]], repeats: int = REPEATS) -> dict[str, float]:
    """Least seconds of each, taken in turns after one that is not counted."""
    found = dict.fromkeys(works, float("inf"))
    for turn in range(repeats + 1):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            if turn:
                found[name] = min(found[name], time.perf_counter() - start)
    return found


def rates() -> tuple[float, float]:
    """Operations per second of a large product, and bytes per second of 256 kB read again."""
    a = np.random.default_rng(0).normal(size=(1024, 1024)).astype(np.float32)
    row, weights, sums = (aligned_zeros(n) for n in (512, 128 * 512, 512))
    product = Functions(Tile(tile_of_this_machine().lanes, 1)).product
    size = 4 * tile_of_this_machine().lanes
    n_blocks = 512 // size

    def read(n: int) -> None:
        # a row of 128 numbers times so many blocks of columns
        for _ in range(300):
            product(
                row.ctypes.data,
                1,
                128,
                128,
                weights.ctypes.data,
                row.ctypes.data,
                n,
                sums.ctypes.data,
            )

    works = {
        "product": lambda: a @ a,
        "all": lambda: read(n_blocks),
        "half": lambda: read(n_blocks // 2),
    }
    found = least(works, 2 * REPEATS)
    # the other half takes no more calls
    reading = 300 * 4 * 128 * (512 // 2) / (found["all"] - found["half"])
    return 2 * 1024**3 / found["product"], reading


def floor_s(
    networks: tuple[Network, ...], alone: bool, operations_s: float, bytes_s: float
) -> float:
    """Seconds that a trial takes at least."""
    inputs = sum(
        net.kernel.size + sum(layer.kernel.size for layer in net.layers) for net in networks
    )
    recurrent = sum(layer.recurrent.size for network in networks for layer in network.layers)
    reading = 4 * recurrent / bytes_s if alone else 0.0
    return N_FRAMES * (2 * inputs / operations_s + max(2 * recurrent / operations_s, reading))


def start_up(runtime: str) -> float:
    """Processor time that a short trial costs more in the first call of a process than later."""
    code = (
        "import time, numpy as np\n"
        "from kinebench.augmentation import LSTMAugmenter, VERSIONS\n"
        "from kinebench.augmentation.weights import load_networks\n"
        "from kinebench.core import Markers, Subject\n"
        f"augment = LSTMAugmenter('{VERSION}', runtime='{runtime}')\n"
        "load_networks(VERSIONS[augment.version])\n"
        "names = augment.needs\n"
        "positions = np.random.default_rng(0).normal(size=(60, len(names), 3))\n"
        "trial = Markers(names, np.arange(60) / 60, positions), Subject(70.0, 1.7)\n"
        "def once():\n"
        "    start = time.process_time()\n"
        "    augment.augment_many([trial], 1)\n"
        "    return time.process_time() - start\n"
        "print(once() - min(once() for _ in range(3)))\n"
    )
    return min(_printed("-W", "ignore", "-c", code) for _ in range(5))


def tensorflow_on(n_threads: int) -> float:
    """Seconds of TensorFlow with one trial, in a process where it may use so many threads."""
    code = (
        "from benchmarks.timing.augmentation import Case, least, work_of\n"
        "print(least({'': work_of(Case('', 'tensorflow', 1, 1))})[''])"
    )
    names = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
    return _printed("-W", "ignore", "-c", code, **dict.fromkeys(names, str(n_threads)))


def _printed(*arguments: str, **variables: str) -> float:
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | variables,
    )
    return float(done.stdout)


def largest_difference_m(trials: Trials) -> dict[str, float]:
    """Of markers from those of TensorFlow, by runtime."""
    reference = LSTMAugmenter(VERSION, runtime="tensorflow").augment_many(trials)
    return {
        name: max(
            float(np.abs(one.positions - other.positions).max())
            for one, other in zip(
                LSTMAugmenter(VERSION, runtime=name).augment_many(trials), reference, strict=True
            )
        )
        for name in ("compiled", "numpy")
    }


def work_of(case: Case) -> Callable[[], object]:
    """What is timed."""
    stage, trials = LSTMAugmenter(VERSION, runtime=case.runtime), trials_of(case.n_trials)
    return lambda: stage.augment_many(trials, case.n_threads)


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    networks = load_networks(LSTMAugmenter(VERSION).row)
    found = least({case.name: work_of(case) for case in CASES})
    each = {case.name: found[case.name] / case.n_trials for case in CASES}
    operations_s, bytes_s = rates()
    one, many = each["one trial, TensorFlow"], each["batch of 16, TensorFlow"]
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(
        f"{'':<26}{'ms a trial':>11}{'TensorFlow, one':>17}{'as many':>9}{'bar':>6}"
        f"{'floor, ms':>11}{'of floor':>10}"
    )
    for case in CASES:
        took, like = each[case.name], one if case.n_trials == 1 else many
        floor = floor_s(networks, case.n_trials == 1, operations_s, bytes_s) / case.n_threads
        bar = f"{case.bar:.0f}×" if case.bar else ""
        print(
            f"{case.name:<26}{1e3 * took:>11.1f}{one / took:>16.1f}×{like / took:>8.1f}×{bar:>6}"
            f"{1e3 * floor:>11.1f}{took / floor:>9.2f}×"
        )
    alone = each[CASES[0].name] - shorter_network_s(networks)
    print(
        f"two threads got {cores_got(work_of(CASES[1])):.1f} cores; one trial without its shorter"
        f" network, which a free second core takes over: {1e3 * alone:.1f} ms, {one / alone:.1f}×"
    )
    print(f"rates: {operations_s / 1e9:.0f}e9 operations/s, {bytes_s / 1e9:.0f} GB/s from 256 kB")
    print(f"TensorFlow with two threads, one trial: {1e3 * tensorflow_on(2):.1f} ms")
    for name, difference in largest_difference_m(trials_of(N_TRIALS)).items():
        print(f"largest difference from TensorFlow's markers, {name}: {1e3 * difference:.1e} mm")
    for name in ("compiled", "numpy"):
        print(
            f"first call of a process, {name}: {1e3 * start_up(name):.0f} ms of processor time more"
        )


if __name__ == "__main__":
    main()
