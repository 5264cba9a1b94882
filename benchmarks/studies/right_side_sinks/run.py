"""Why does the right side sink? ``python -m benchmarks.studies.right_side_sinks.run``

Needs OpenCap's files and the optical motions: ``kinebench data fetch``, or a mirror.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.studies.rendering import StudyFolder, run_and_render
from kinebench.reports.blocks import Section
from kinebench.reports.study import StudyPart
from kinebench.reports.study.causes import SharedFigure, causes_section
from kinebench.studies.attribution import Reading

Rows = Sequence[Mapping[str, Any]]


def value(rows: Rows, kind: str, item: str, metric: str) -> float:
    """One figure of a cell, NaN when it is not there."""
    for row in rows:
        if (row["kind"], row["item"], row["metric"]) == (kind, item, metric):
            return math.nan if row["value"] is None else float(row["value"])
    return math.nan


def drop(landmark: str) -> Reading:
    """How much lower the right landmark is than the left, beyond the truth."""
    return lambda rows: value(rows, "side", landmark, "side_drop")


def asymmetry(angle: str) -> Reading:
    """Bias of the right angle minus that of the left."""

    def read(rows: Rows) -> float:
        right, left = (value(rows, "coordinate", f"{angle}_{side}", "bias") for side in "rl")
        return right - left

    return read


FIGURES = (
    SharedFigure("hip height R − L", "m", drop("hip")),
    SharedFigure(
        "pelvis list", "rad", lambda rows: value(rows, "coordinate", "pelvis_list", "bias")
    ),
    SharedFigure("hip flexion R − L", "rad", asymmetry("hip_flexion")),
    SharedFigure("knee R − L", "rad", asymmetry("knee_angle")),
    SharedFigure("ankle R − L", "rad", asymmetry("ankle_angle")),
)

NOTE = (
    "R − L is right minus left, beyond what the reference has. Hip height is that of the augmented"
    " markers: scaling and solver come after them, so static pose and engine show in the angles."
)


def causes(parts: Sequence[StudyPart]) -> list[Section]:
    """A ranked list of causes per kind of recording."""
    return [causes_section(f"Causes: {part.title.lower()}", part, FIGURES, NOTE) for part in parts]


if __name__ == "__main__":
    run_and_render(
        StudyFolder(
            "right_side_sinks",
            "Why does the right side sink?",
            "Tilted cameras, a bent knee in the static pose, a side that is seen badly, the"
            " augmenter, or OpenSim's solvers: what makes the right side sink, and by how much?",
            causes,
        )
    )
