"""Speed of the fast scaler beside ScaleTool on real static trials, and what ScaleTool misses.

Run with ``python -m benchmarks.timing.scaling [PART OF A TRIAL'S NAME]``. ScaleTool's time is that
of its ``run`` alone; the fast scaler's that of a whole call on a generic model seen before, which
gives the kinematic model. They take turns, the fast scaler in blocks, as in a study; medians.
"""

from __future__ import annotations

import statistics
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kinebench.core import Markers, Model
from kinebench.core.marker_sets import OPTICAL_MARKERS
from kinebench.core.model import Document
from kinebench.core.subject import Subject
from kinebench.datasets import fetch_file
from kinebench.errors import KinebenchWarning
from kinebench.io.models import read_document, read_model
from kinebench.io.setups import read_time_range
from kinebench.io.trc import read_trc, write_trc
from kinebench.kinematics.osim_tree import read_tree
from kinebench.osim.edits import marker_names, with_marker_set
from kinebench.osim.runtime import load_opensim, quietly, scratch_folder
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.lean_model import lean_template
from kinebench.scaling.opensim_scaler import OpenSimScaler
from kinebench.scaling.placement_gap import PlacementGap, placement_gap
from kinebench.scaling.placer import placed_markers
from kinebench.scaling.setup import ScalingFiles, fitted_setup
from kinebench.scaling.window import GivenWindow, StaticWindow

REPEATS = 5
BLOCK = 15
SUBJECT0 = "test_data/subject0/"
LAI_ARNOLD = f"{SUBJECT0}OpenSimData/Model/LaiArnoldModified2017_poly_withArms_weldHand"
PIPELINE = "opensimPipeline/"


@dataclass(frozen=True)
class StaticTrial:
    """A static trial and what it is scaled with."""

    name: str
    setup: Document
    marker_set: Document | None
    window: GivenWindow
    generic: Model
    static: Markers
    subject: Subject


@dataclass(frozen=True)
class Comparison:
    """Both scalers on one static trial."""

    trial: StaticTrial
    fast_s: float
    first_s: float
    tool_s: float
    gap: PlacementGap
    at_tools_pose_m: float


def real_static_trials(wanted: str = "") -> Iterator[StaticTrial]:
    """Static trials whose name contains `wanted`."""
    for trial in (*_subject0(), _subject4()):
        if wanted in trial.name:
            yield trial


def _subject0() -> Iterator[StaticTrial]:
    data = "opencap-session-subject0"
    own = fetch_file(data, f"{LAI_ARNOLD}_setup_scale.xml")
    span = read_time_range(own)
    assert span is not None
    static = read_trc(fetch_file(data, f"{SUBJECT0}MarkerData/neutral.trc"))
    rest = static, Subject(72.0, 1.78)
    generic = read_model(fetch_file(data, f"{LAI_ARNOLD}_generic.osim"))
    window = GivenWindow(*span)
    yield StaticTrial("subject 0, own set-up", read_document(own), None, window, generic, *rest)
    lai, markers = _lai("augmenter")
    for name, ending in (("upright", ""), ("any pose", "_any_pose")):
        setup = _setup(f"LaiUhlrich2022{ending}")
        yield StaticTrial(f"subject 0, {name}", setup, markers, window, lai, *rest)


def _subject4() -> StaticTrial:
    path = "data/grf/Subject4/MarkerData/static1.trc"
    static = read_trc(fetch_file("labvalidation-subject4-mocap", path))
    window = GivenWindow(*StaticWindow(OPTICAL_MARKERS, None)(static))
    lai, markers = _lai("mocap")
    setup = _setup("LaiUhlrich2022_Mocap")
    # mass and height are not in the dataset; neither pose nor markers depend on them
    return StaticTrial("subject 4, mocap", setup, markers, window, lai, static, Subject(70.0, 1.7))


def _lai(markers: str) -> tuple[Model, Document]:
    folder = f"{PIPELINE}Models/LaiUhlrich2022"
    generic = read_model(fetch_file("opencap-core", f"{folder}.osim"))
    return generic, read_document(fetch_file("opencap-core", f"{folder}_markers_{markers}.xml"))


def _setup(name: str) -> Document:
    return read_document(fetch_file("opencap-core", f"{PIPELINE}Scaling/Setup_scaling_{name}.xml"))


def tool_seconds(trial: StaticTrial) -> float:
    """Seconds of ScaleTool's ``run``."""
    opensim = load_opensim()
    files = ScalingFiles()
    model = trial.generic
    if trial.marker_set is not None:
        model = with_marker_set(model, trial.marker_set)
    shared = tuple(name for name in marker_names(model) if name in trial.static.names)
    coordinates = read_tree(model).coordinate_names
    window_s = trial.window.start_s, trial.window.end_s
    setup = fitted_setup(trial.setup, trial.subject, window_s, shared, coordinates, files)
    with scratch_folder() as folder, quietly(opensim):
        (folder / files.generic).write_bytes(model.xml)
        (folder / "setup.xml").write_bytes(setup.xml)
        write_trc(folder / files.markers, trial.static.select(shared), decimals=10)
        start = time.perf_counter()
        opensim.ScaleTool(str(folder / "setup.xml")).run()
        return time.perf_counter() - start


def fast_seconds(trial: StaticTrial) -> float:
    """Seconds of a whole call of the fast scaler."""
    scaler = FastScaler(trial.setup, trial.marker_set, trial.window)
    start = time.perf_counter()
    scaler(trial.generic, trial.static, trial.subject)
    return time.perf_counter() - start


def compare(trial: StaticTrial) -> Comparison:
    """Time both scalers in turns, and judge ScaleTool's placement."""
    fast_seconds(trial)
    lean_template.cache_clear()
    first_s = fast_seconds(trial)
    fast_s, tool_s = [], []
    for _ in range(REPEATS):
        tool_s.append(tool_seconds(trial))
        fast_s += [fast_seconds(trial) for _ in range(BLOCK)]
    arguments = trial.generic, trial.static, trial.subject
    scaler = FastScaler(trial.setup, trial.marker_set, trial.window)
    fast = scaler(*arguments)
    tool = OpenSimScaler(trial.setup, trial.marker_set, trial.window)(*arguments)
    problem = scaler.placing_problem(trial.generic, trial.static)
    pose = np.array(tool.static_pose.select(problem.tree.coordinate_names).values[0])
    fixed = lean_template(trial.generic, trial.marker_set).fixed
    there = {marker.name: marker.location for marker in read_tree(tool.model).markers}
    placed = placed_markers(problem.tree, pose, problem.targets, fixed)
    return Comparison(
        trial,
        statistics.median(fast_s),
        first_s,
        statistics.median(tool_s),
        placement_gap(problem, fast, tool),
        max(float(np.linalg.norm(placed[name] - there[name])) for name in placed),
    )


def _largest(gap: PlacementGap, part: str) -> str:
    for name, difference in zip(gap.coordinate_names, gap.coordinate_differences, strict=True):
        if part in name:
            return f"{np.degrees(difference):+.2f}° {name}"
    return "none"


def main(wanted: str = "") -> None:
    """Print the table."""
    warnings.simplefilter("ignore", KinebenchWarning)  # known slips of published set-ups
    for trial in real_static_trials(wanted):
        found = compare(trial)
        gap = found.gap
        print(
            f"{trial.name}: {found.tool_s / found.fast_s:.0f}x"
            f" ({found.fast_s * 1e3:.1f} ms, ScaleTool {found.tool_s * 1e3:.0f} ms;"
            f" {found.first_s * 1e3:.0f} ms on a generic model not seen before)"
        )
        print(
            f"  at ScaleTool's pose markers agree within {found.at_tools_pose_m * 1e3:.1e} mm;"
            f" ScaleTool's cost is {gap.cost_ratio:.3f} of the optimum;"
            f" it misses {_largest(gap, '')}, {_largest(gap, 'knee')}, {_largest(gap, 'hip')};"
            f" {gap.marker_displacements[0] * 1e3:.2f} mm {gap.marker_names[0]}"
        )


if __name__ == "__main__":
    main(*sys.argv[1:2])
