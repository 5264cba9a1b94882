"""Words of the figures of left and right, on the page and in the terminal: no plot is loaded."""

from __future__ import annotations

from kinebench.diagnosis.figures import Figure
from kinebench.reports.units import readable, readable_unit


def figure_title(figure: Figure) -> str:
    """Name and unit, for heads of columns."""
    unit = "%" if figure.unit == "1" else readable_unit(figure.unit)
    return f"{figure.name.replace('_', ' ')}, {unit}"


def figure_value(value: float, figure: Figure) -> str:
    """A value in its readable unit."""
    return readable(value * 100 if figure.unit == "1" else value, figure.unit, 1)
