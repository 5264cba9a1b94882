"""One run of the pipeline with the stock steps, in a Python process of its own.

``python -m benchmarks.timing.stock_run FILE``, where the file holds a pickled pipeline and trial,
prints seconds of each step as JSON: importing TensorFlow, augmentation of both trials by the
published networks (built, traced and run), importing OpenSim, ScaleTool's and
InverseKinematicsTool's ``run``. Files are written and read outside the clock.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from benchmarks.timing.opensim_tool import run_tool
from benchmarks.timing.scaling import StaticTrial, tool_seconds
from kinebench.augmentation.augmenter import LSTMAugmenter, tracked_markers
from kinebench.core.markers import Markers
from kinebench.core.trial import Trial
from kinebench.ik.fast import FastIK
from kinebench.osim.edits import marker_names
from kinebench.osim.runtime import load_opensim
from kinebench.pipeline.pipeline import Pipeline
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.opensim_scaler import OpenSimScaler
from kinebench.scaling.window import GivenWindow
from kinebench.studies.plan import Cell

__all__ = ["stock_seconds"]

Result = TypeVar("Result")


def stock_seconds(cell: Cell) -> dict[str, float]:
    """Seconds of each step of a cell, in a new process."""
    trial = cell.source(dict(cell.choices))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run"
        path.write_bytes(pickle.dumps((cell.pipeline, trial)))
        command = [sys.executable, "-m", "benchmarks.timing.stock_run", str(path)]
        ran = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return found


def run_stock(pipeline: Pipeline, trial: Trial) -> dict[str, float]:
    """Run the steps; seconds of each."""
    seconds: dict[str, float] = {"import tensorflow": 0.0, "augment": 0.0}
    fast, solve = pipeline.scale, pipeline.solve
    assert trial.static is not None
    assert isinstance(fast, FastScaler)
    assert isinstance(solve, FastIK)
    moving, standing = _cleaned(pipeline, trial.keypoints), _cleaned(pipeline, trial.static)
    if isinstance(pipeline.augment, LSTMAugmenter):
        augment = replace(pipeline.augment, runtime="tensorflow")
        seconds["import tensorflow"], _ = _timed(_import_tensorflow)
        seconds["augment"], both = _timed(
            lambda: [augment(markers, trial.subject) for markers in (moving, standing)]
        )
        moving, standing = (
            tracked_markers(*pair) for pair in zip((moving, standing), both, strict=True)
        )
    seconds["import opensim"], _ = _timed(load_opensim)
    window = GivenWindow(*fast.window(standing))
    files = fast.setup, fast.marker_set, window
    static = StaticTrial("static", *files, pipeline.generic, standing, trial.subject)
    seconds["scale"] = tool_seconds(static)
    scaled = OpenSimScaler(*files)(pipeline.generic, standing, trial.subject).model
    tasks = solve.tasks
    known = set(tasks.weights) & set(marker_names(scaled))
    names = [name for name in moving.names if name in known]
    seconds["solve"] = run_tool(tasks, scaled, moving.select(names))[1]
    return seconds


def _cleaned(pipeline: Pipeline, markers: Markers) -> Markers:
    for cleaner in pipeline.clean:
        markers = cleaner(markers)
    return markers


def _import_tensorflow() -> None:
    import tensorflow  # noqa: F401  # its import is what is timed


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps(run_stock(*pickle.loads(Path(sys.argv[1]).read_bytes()))))
