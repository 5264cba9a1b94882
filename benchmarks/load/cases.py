"""What is loaded: each case prepares a load of a size in a folder and gives the work to time."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kinebench.core import Coordinate, Markers, Motion

__all__ = ["CASES", "Case"]

Work = Callable[[], object]


class Case(NamedTuple):
    """A kind of load.

    Parameters
    ----------
    of : str
        What the size counts.
    prepare : callable
        Size and folder to the work.
    sizes : tuple of int
        Of a run of minutes, each about three times the one before, and the smallest beyond the
        processor's caches: leaving them slows any work, and would pass for growth.
    largest : tuple of int
        Besides, with ``--long``.
    """

    of: str
    prepare: Callable[[int, Path], Work]
    sizes: tuple[int, ...]
    largest: tuple[int, ...] = ()


def markers(n_markers: int, n_frames: int, seed: int = 0) -> Markers:
    """A crowd of markers about their places."""
    rng = np.random.default_rng(seed)
    times = np.arange(n_frames) / 120
    places = rng.normal(size=(1, n_markers, 3))
    sway = 0.1 * np.sin(times)[:, None, None]
    noise = 0.01 * rng.normal(size=(n_frames, n_markers, 3))
    return Markers(tuple(f"marker_{i}" for i in range(n_markers)), times, places + sway + noise)


def motion(n_frames: int, n_coordinates: int, seed: int) -> Motion:
    """Angles that swing, with errors of their own."""
    rng = np.random.default_rng(seed)
    times = np.arange(n_frames) / 120
    angles = np.sin(times[:, None] * np.linspace(1.0, 3.0, n_coordinates))
    noise = 0.02 * rng.normal(size=angles.shape)
    return Motion(
        tuple(Coordinate(f"angle_{i}") for i in range(n_coordinates)), times, angles + noise
    )


def _compare_markers(size: int, folder: Path) -> Work:
    from kinebench.comparison import Procedure, compare_recordings

    one, other = (markers(size, 60, seed) for seed in (0, 0))
    moved = other.with_positions(other.positions + 0.01)
    return lambda: compare_recordings(one, moved, Procedure(), other_policies=False)


def _compare_frames(size: int, folder: Path) -> Work:
    from kinebench.comparison import Procedure, compare_recordings

    one, other = (motion(size, 4, seed) for seed in (1, 2))
    return lambda: compare_recordings(one, other, Procedure())


def _compare_pairs(size: int, folder: Path) -> Work:
    """The command with report and CSV."""
    from kinebench.cli.main import main
    from kinebench.io.mot import write_motion

    for i in range(size):
        for side in ("reference", "estimate"):
            path = folder / side / f"s{i // 4}" / f"t{i}.mot"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_motion(path, motion(120, 6, 2 * i + (side == "estimate")))
    outputs = ("--report", str(folder / "r.html"), "--csv", str(folder / "r.csv"))

    def work() -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            code = main(["compare", str(folder / "reference"), str(folder / "estimate"), *outputs])
        if code:
            raise RuntimeError(f"compare ended with {code}")

    return work


def _pipeline(size: int, folder: Path) -> Work:
    """Keypoints of squats, over and over, through the demonstration's pipeline to files."""
    from kinebench.pipeline.outputs import write_run
    from kinebench.pipeline.pipeline import Pipeline
    from kinebench.studies.demo import demonstration
    from kinebench.studies.plan import cells

    cell = next(cells(demonstration(1, "lab").study))
    trial = cell.source(dict(cell.choices))
    frames = np.arange(size) % trial.keypoints.n_frames
    long = Markers(trial.keypoints.names, np.arange(size) / 120, trial.keypoints.positions[frames])
    longer = replace(trial, keypoints=long, reference_motion=None, reference_markers=None)
    pipeline = cell.pipeline
    assert isinstance(pipeline, Pipeline)
    return lambda: write_run(folder / "out", pipeline(longer), {})


def _trc(size: int, folder: Path) -> Work:
    from kinebench.io.trc import read_trc, write_trc

    path = folder / "trial.trc"
    recording = markers(20, size)

    def work() -> Markers:
        write_trc(path, recording)
        return read_trc(path)

    return work


def _session(size: int, folder: Path) -> Work:
    from kinebench.io.session import read_session
    from kinebench.io.trc import write_trc

    (folder / "MarkerData").mkdir()
    (folder / "sessionMetadata.yaml").write_text("mass_kg: 70.0\nheight_m: 1.75\n")
    for i in range(size):
        write_trc(folder / "MarkerData" / f"trial{i}.trc", markers(3, 10))
    return lambda: read_session(folder)


def _plan(size: int, folder: Path) -> Work:
    """A plan of so many cells."""
    from kinebench.studies.demo import demonstration
    from kinebench.studies.design import Factor, Level
    from kinebench.studies.plan import cells

    study = demonstration(2, "lab").study
    levels = tuple(Level(str(i), float(i)) for i in range(size // len(study.sources)))
    planned = replace(study, factors=(Factor("warm-up", "augment.warm_up_s", levels),))
    return lambda: sum(1 for _ in cells(planned))


def _tables(size: int, folder: Path) -> Work:
    """Tables of so many cells that are done, ten figures each."""
    from kinebench.metrics import FigureRow, FigureTable, Kind
    from kinebench.studies.analysis.results import write_results
    from kinebench.studies.demo import demonstration
    from kinebench.studies.execution.cells import Outcome

    study = demonstration(1, "lab").study
    names = ("subject", "trial", "activity", *(factor.name for factor in study.factors))
    figures = FigureTable.of(
        FigureRow(Kind.COORDINATE, f"angle_{i}", "rmse", 0.1, "rad") for i in range(10)
    )
    outcomes = [Outcome(i, dict.fromkeys(names, str(i)), "done", "", figures) for i in range(size)]
    return lambda: write_results(folder / "out", study, outcomes)


CASES = {
    "recording": Case("frames", _trc, (40_000, 120_000, 360_000), (432_000,)),
    "pipeline": Case("frames", _pipeline, (4_000, 12_000, 36_000), (432_000,)),
    "session": Case("trials", _session, (100, 400, 1_600), (4_000,)),
    "compare markers": Case("markers", _compare_markers, (300, 1_000, 3_000)),
    "compare frames": Case("frames", _compare_frames, (60_000, 180_000, 540_000)),
    "compare pairs": Case("pairs", _compare_pairs, (30, 100, 300), (3_000,)),
    "plan": Case("cells", _plan, (2_000, 8_000, 32_000)),
    "tables": Case("cells", _tables, (2_000, 8_000, 32_000)),
}
