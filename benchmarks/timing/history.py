"""How many times as fast as stock tools each stage is, kept as a baseline: a fifth lost is seen.

    python -m benchmarks.timing.history check [--only STAGE] [--repeats N]
    python -m benchmarks.timing.history accept --by WHO --reason WHY

Only ratios are kept: kinebench and the stock tool take turns in one run, and the least processor
time of each counts, which a busy machine disturbs least. Baseline and verdict are those of
`kinebench check` (`history.baseline.toml`; `kinebench baseline show` and `diff` read it), and every
acceptance leaves a line in `history.csv`. Laboratory recordings alone: no file is needed.
"""

from __future__ import annotations

import os

# one thread against one thread: before NumPy and TensorFlow start
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import argparse
import importlib.util
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np

from kinebench.baselines.baseline import Baseline, Expected, Key, Origin, Tolerance
from kinebench.baselines.judging import Verdict, judge
from kinebench.baselines.measurement import Measured, Measurement, machine
from kinebench.baselines.text import baseline_text, read_baseline
from kinebench.core.environment import environment
from kinebench.io.atomic import write_atomically
from kinebench.reports.gate_words import in_text

FOLDER = Path(__file__).parent
BASELINE, HISTORY = FOLDER / "history.baseline.toml", FOLDER / "history.csv"
ROOT = FOLDER.parents[1]
GATE, TRIAL = "speed", "ratios"
COMMAND = "python -m benchmarks.timing.history check"

SLOWER = Tolerance(
    0.15, "1", "ratio",
    "a ratio that has lost a fifth is seen, and repeats of one code differ by less",
)  # fmt: skip

Seconds = Callable[[], float]


@dataclass(frozen=True)
class Race:
    """A stage beside a stock tool on the same work; both tell the seconds that they took."""

    name: str
    own: Seconds
    stock: Seconds

    def ratio(self, repeats: int) -> float:
        """How many times as fast: both take turns, the least of each counts."""
        runs = [(self.own(), self.stock()) for _ in range(repeats)]
        return min(stock for _, stock in runs) / min(own for own, _ in runs)


def processor_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def measured(races: Iterable[Race], repeats: int) -> Measurement:
    """The ratios as figures of a gate."""
    found = {Key(TRIAL, race.name, "ratio"): Measured(race.ratio(repeats), "1") for race in races}
    return Measurement({}, found, {}, {})


def origin() -> Origin:
    return Origin(COMMAND, 0, environment(), {}, {}, machine())


def baseline_of(ratios: Mapping[Key, Measured], accepted: tuple[str, str, str]) -> Baseline:
    """The baseline of what was measured: date, by whom and why it was accepted."""
    expected = {key: Expected(one.value, 0.0, one.unit, "ratio") for key, one in ratios.items()}
    return Baseline(GATE, origin(), *accepted, 1, {"ratio": SLOWER}, expected, {})


def verdict_of(baseline: Baseline, found: Measurement) -> Verdict:
    return judge(baseline, found, origin())


def races(folder: Path) -> Iterator[Race]:
    """All stages, on laboratory recordings; scratch files go to a folder."""
    yield from _stages()
    yield _filter()
    yield _reading(folder)
    yield _command(folder)


def _stages() -> Iterator[Race]:
    from benchmarks.timing.opensim_tool import run_tool
    from kinebench.augmentation.augmenter import LSTMAugmenter
    from kinebench.baselines.gate import OWN_SPEC, quick_trials
    from kinebench.ik.fast import FastIK
    from kinebench.pipeline.engines import with_engine

    fast = OWN_SPEC.build()
    stock = with_engine(fast, "opensim")
    trial = quick_trials()[0]({})
    run = fast(trial)
    assert isinstance(fast.solve, FastIK)
    model, markers, tasks = run.scaling.model, run.augmented, fast.solve.tasks
    tracked = markers.select(run.solution.marker_names)
    yield Race(
        "inverse kinematics",
        partial(processor_seconds, lambda: fast.solve(model, markers)),
        lambda: run_tool(tasks, model, tracked)[1],
    )
    assert trial.static is not None
    standing = fast(type(trial)("static", trial.subject, trial.static, static=trial.static))
    scale = partial(fast.scale, fast.generic, standing.augmented, trial.subject)
    tool = partial(stock.scale, fast.generic, standing.augmented, trial.subject)
    yield Race("scaling", partial(processor_seconds, scale), partial(processor_seconds, tool))
    if importlib.util.find_spec("tensorflow") is not None:
        own = partial(fast.augment, trial.keypoints, trial.subject)
        network = LSTMAugmenter("lab-1", warm_up_s=1.0, runtime="tensorflow")
        other = partial(network, trial.keypoints, trial.subject)
        other()  # the network is loaded
        yield Race(
            "augmentation", partial(processor_seconds, own), partial(processor_seconds, other)
        )


def _filter() -> Race:
    from scipy.signal import butter, sosfiltfilt

    from kinebench.signals.butterworth import butterworth

    signal = np.cumsum(np.random.default_rng(0).normal(size=(2000, 60)), axis=0)

    def stock() -> object:
        return sosfiltfilt(butter(2, 6.0, fs=60.0, output="sos"), signal, axis=0, padlen=9)

    return Race(
        "low-pass filter",
        partial(processor_seconds, lambda: butterworth(signal, 60.0, 6.0)),
        partial(processor_seconds, stock),
    )


def _reading(folder: Path) -> Race:
    import pandas as pd

    from benchmarks.timing.trc import recording
    from kinebench.io.trc import read_trc, write_trc

    path = folder / "long.trc"
    write_trc(path, recording(2000, 63), decimals=5)
    numbers = path.with_suffix(".tsv")
    numbers.write_bytes(path.read_bytes().split(b"\n", 6)[6])
    stock = partial(pd.read_csv, numbers, sep="\t", header=None, engine="c", dtype=np.float64)
    return Race(
        "reading TRC",
        partial(processor_seconds, lambda: read_trc(path)),
        partial(processor_seconds, stock),
    )


def _command(folder: Path) -> Race:
    """A whole `kinebench run` beside the bare start of OpenSim, each a process of its own."""
    from kinebench.baselines.gate import quick_trials
    from kinebench.io.trc import write_trc

    trial = quick_trials()[0]({})
    assert trial.static is not None
    write_trc(folder / "squat.trc", trial.keypoints)
    write_trc(folder / "static.trc", trial.static)
    person = ("--mass", f"{trial.subject.mass_kg}", "--height", f"{trial.subject.height_m}")
    own = (
        "-m", "kinebench", "run", "--keypoints", str(folder / "squat.trc"),
        "--static", str(folder / "static.trc"), *person, "--body", "lab", "--augmenter", "lab-1",
        "--engine", "fast", "--out", str(folder / "out"), "--overwrite",
    )  # fmt: skip
    stock = ("-c", "import opensim")
    return Race("kinebench run", partial(_process_seconds, own), partial(_process_seconds, stock))


def _process_seconds(words: tuple[str, ...]) -> float:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a warm start has its bytecode
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(arguments: list[str] | None = None) -> int:
    """Check, or accept; 1 when a ratio has fallen."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=("check", "accept"))
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--only", metavar="STAGE")
    parser.add_argument("--by")
    parser.add_argument("--reason")
    asked = parser.parse_args(arguments)
    if asked.what == "accept" and (not asked.by or not asked.reason or asked.only):
        parser.error("accept needs --by WHO and --reason WHY, and takes all stages")
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        chosen = (r for r in races(Path(folder)) if asked.only in (None, r.name))
        found = measured(chosen, asked.repeats)
    for key, one in found.figures.items():
        print(f"{one.value:8.2f}×  {key[1]}")
    if asked.what == "accept":
        return _accept(found, (f"{datetime.now(UTC):%Y-%m-%d}", asked.by, asked.reason))
    baseline = read_baseline(BASELINE)
    if asked.only:
        known = {key: one for key, one in baseline.figures.items() if key.item == asked.only}
        baseline = replace(baseline, figures=known)
    verdict = verdict_of(baseline, found)
    print(in_text(verdict, baseline))
    return int(bool(verdict.failures))


def _accept(found: Measurement, accepted: tuple[str, str, str]) -> int:
    write_atomically(BASELINE, baseline_text(baseline_of(found.figures, accepted)))
    before = HISTORY.read_text(encoding="utf-8") if HISTORY.is_file() else "date,stage,ratio\n"
    rows = (
        f"{accepted[0]},{Key(*key).item},{one.value:.3g}\n" for key, one in found.figures.items()
    )
    write_atomically(HISTORY, before + "".join(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
