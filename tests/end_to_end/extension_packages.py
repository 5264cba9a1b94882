"""Small packages that add one thing each to kinebench: what a person would have to write."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

# of each: the files that are written, besides data; entry_points.txt is what an installer makes of
# the table [project.entry-points."kinebench.stages"] of a pyproject.toml
FILTER = {
    "scratch_filter.py": '''
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kinebench.core.limits import Limit, require_within
from kinebench.core.notation import Syntax
from kinebench.core.references import Reference


@dataclass(frozen=True, slots=True)
class Hann:
    """Mean weighted by a raised cosine."""

    title: ClassVar[str] = "a Hann window"
    syntax: ClassVar[tuple[Syntax, ...]] = (Syntax("hann", "raised cosine", ("window_s",)),)
    citation: ClassVar[tuple[Reference, ...]] = (Reference("Hann J (1903). Meteorologie."),)
    limits: ClassVar[dict[str, Limit]] = {"window_s": Limit(0, 2, "s", positive=True)}

    window_s: float = 0.1

    def __post_init__(self):
        require_within(self)

    def __call__(self, markers):
        half = max(1, round(self.window_s * markers.rate_hz / 2))
        weights = np.hanning(2 * half + 3)[1:-1]
        padded = np.pad(markers.positions, ((half, half), (0, 0), (0, 0)), mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1, axis=0)
        return markers.with_positions(windows @ (weights / weights.sum()))
''',
    "entry_points.txt": "cleaner.hann = scratch_filter:Hann",
}
AUGMENTER = {
    "scratch_augmenter.py": """
from dataclasses import replace

from kinebench.augmentation import VERSIONS
from kinebench.core.references import Reference

ROW = replace(VERSIONS["lab-1"], name="lab-1b", citation=(Reference("Nobody (2020). Markers."),))
""",
    "entry_points.txt": "augmenter.lab-1b = scratch_augmenter:ROW",
}
METRIC = {
    "scratch_metric.py": """
import numpy as np

from kinebench.metrics import Metric


def median_error(reference, estimate):
    return np.median(np.abs(estimate - reference), axis=0)


ROW = Metric("median_error", "median |error|", "coordinate", "lower", 0.0, median_error, "mine")
""",
    "entry_points.txt": "metric.median_error = scratch_metric:ROW",
}
ENGINE = {
    "scratch_engine.py": '''
from dataclasses import dataclass
from typing import ClassVar

from kinebench.core.ik_tasks import IKTasks
from kinebench.ik.fast import FastIK
from kinebench.pipeline.engines import Engine


@dataclass(frozen=True, slots=True)
class SlowIK:
    """Somebody's own inverse kinematics."""

    title: ClassVar[str] = "a solver of my own"
    tasks: IKTasks

    def __call__(self, model, markers):
        return FastIK(self.tasks)(model, markers)


ENGINE = Engine(
    "slow", "my own solver", "kinebench.scaling.fast_scaler:FastScaler", "scratch_engine:SlowIK"
)
''',
    "entry_points.txt": "engine.slow = scratch_engine:ENGINE",
}
DATASET = {
    "scratch_dataset.py": """
from pathlib import Path

from kinebench.datasets.added import Dataset
from kinebench.datasets.loaders.loader import SampleFiles, TableLoader

WALKS = Dataset(
    Path(__file__).parent / "scratch-walks" / "card.toml",
    TableLoader({"walk": SampleFiles("walking", {"keypoints": "walk.trc"})}),
)
""",
    "scratch-walks/card.toml": """
title = "Walks"
description = "One walk."
licence = "MIT"
citation = "Nobody (2020)."

[[source]]
folder = "{folder}"
files = [{ path = "walk.trc", bytes = {bytes}, sha256 = "{sha256}" }]
""",
    "entry_points.txt": "dataset.walks = scratch_dataset:WALKS",
}
SECTION = {
    "scratch_section.py": '''
from kinebench.reports.blocks import Section, Text


def greeting(parts):
    """A section that says how many runs there were."""
    n_runs = sum(len(part.outcomes) for part in parts)
    return Section("From elsewhere", (Text(f"{n_runs} runs were looked at from outside."),))
''',
    "entry_points.txt": "section.greeting = scratch_section:greeting",
}
BROKEN = {
    "scratch_broken.py": "import a_module_that_nobody_has",
    "entry_points.txt": "cleaner.broken = scratch_broken:Broken",
}
TAKEN = {
    "scratch_taken.py": """
from kinebench.cleaning import Median


class Mine(Median):
    pass
""",
    "entry_points.txt": "cleaner.median = scratch_taken:Mine",
}
OTHER_KIND = {
    "scratch_kind.py": "ENGINE = 3",
    "entry_points.txt": "engine.three = scratch_kind:ENGINE",
}


def install(folder: Path, packages: Iterable[dict[str, str]]) -> None:
    """What an installer leaves in a folder of sys.path."""
    for number, files in enumerate(packages):
        for path, content in files.items():
            place = folder / path
            if path == "entry_points.txt":
                place = folder / f"scratch_{number}-1.0.dist-info" / path
                content = f"[kinebench.stages]\n{content}\n"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content, encoding="utf-8")
        metadata = folder / f"scratch_{number}-1.0.dist-info" / "METADATA"
        metadata.write_text(f"Metadata-Version: 2.1\nName: scratch-{number}\nVersion: 1.0\n")
