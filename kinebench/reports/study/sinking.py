"""Left and right of a run: figures whose change is shared out among the factors."""

from __future__ import annotations

from kinebench.metrics import FigureTable, Kind
from kinebench.reports.study.causes import SharedFigure
from kinebench.studies.analysis.attribution import Reading


def _drop(landmark: str) -> Reading:
    """How much lower the right landmark is than the left, beyond the truth."""
    return lambda figures: figures.value(Kind.LANDMARK, landmark, "side_drop")


def _bias(angle: str) -> Reading:
    """Bias of an angle."""
    return lambda figures: figures.value(Kind.COORDINATE, angle, "bias")


def _asymmetry(angle: str) -> Reading:
    """Bias of the right angle minus that of the left."""
    right, left = _bias(f"{angle}_r"), _bias(f"{angle}_l")

    def read(figures: FigureTable) -> float:
        return right(figures) - left(figures)

    return read


SIDE_FIGURES = (
    SharedFigure("hip height R − L", "m", _drop("hip")),
    SharedFigure("pelvis list", "rad", _bias("pelvis_list")),
    SharedFigure("hip flexion R − L", "rad", _asymmetry("hip_flexion")),
    SharedFigure("knee R − L", "rad", _asymmetry("knee_angle")),
    SharedFigure("ankle R − L", "rad", _asymmetry("ankle_angle")),
)
"""Height of the right hip against the left, and what of it the angles show."""

NOTE = (
    "R − L is right minus left, beyond what the reference has. Hip height is that of the hip joint"
    " centres of the scaled model, moved by the estimate and by the reference."
)
"""What a reader must know of them."""
