"""Left and right of a run: figures whose change is shared out among the factors."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from kinebench.reports.study.causes import SharedFigure
from kinebench.studies.analysis.attribution import Reading

__all__ = ["NOTE", "SIDE_FIGURES"]

Rows = Sequence[Mapping[str, Any]]


def _value(rows: Rows, kind: str, item: str, metric: str) -> float:
    """One figure of a cell, NaN when it is not there."""
    for row in rows:
        if (row["kind"], row["item"], row["metric"]) == (kind, item, metric):
            return math.nan if row["value"] is None else float(row["value"])
    return math.nan


def _drop(landmark: str) -> Reading:
    """How much lower the right landmark is than the left, beyond the truth."""
    return lambda rows: _value(rows, "side", landmark, "side_drop")


def _asymmetry(angle: str) -> Reading:
    """Bias of the right angle minus that of the left."""

    def read(rows: Rows) -> float:
        right, left = (_value(rows, "coordinate", f"{angle}_{side}", "bias") for side in "rl")
        return right - left

    return read


SIDE_FIGURES = (
    SharedFigure("hip height R − L", "m", _drop("hip")),
    SharedFigure(
        "pelvis list", "rad", lambda rows: _value(rows, "coordinate", "pelvis_list", "bias")
    ),
    SharedFigure("hip flexion R − L", "rad", _asymmetry("hip_flexion")),
    SharedFigure("knee R − L", "rad", _asymmetry("knee_angle")),
    SharedFigure("ankle R − L", "rad", _asymmetry("ankle_angle")),
)
"""Height of the right hip against the left, and what of it the angles show."""

NOTE = (
    "R − L is right minus left, beyond what the reference has. Hip height is that of the augmented"
    " markers: scaling and solver come after them, so static pose and engine show in the angles."
)
"""What a reader must know of them."""
