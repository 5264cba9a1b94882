"""What a figure is about: the kind of its item, its metric, and what was taken out before."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What the items of figures are; the value is its word in tables that are written."""

    COORDINATE = "coordinate"
    MARKER = "marker"
    MARKER_ERROR = "marker error"
    LANDMARK = "side"
    FOOT = "foot"

    @property
    def noun(self) -> str:
        """What one item is called: ``marker``, ``landmark``."""
        return _NOUNS.get(self, self.value)


# residuals of inverse kinematics are those of markers; right and left are compared at landmarks
_NOUNS = {Kind.MARKER_ERROR: "marker", Kind.LANDMARK: "landmark"}


class Alignment(StrEnum):
    """What an error forgives; metrics themselves never align."""

    NONE = "as recorded"
    OFFSET_REMOVED = "constant offset removed"
    LAG_REMOVED = "one lag removed"

    @property
    def column(self) -> str:
        """Column of a table of runs that holds the mean error aligned so."""
        return _COLUMNS[self]


_COLUMNS = {
    Alignment.NONE: "mean_error",
    Alignment.OFFSET_REMOVED: "offset_removed",
    Alignment.LAG_REMOVED: "lag_removed",
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a column of numbers in one unit is.

    Parameters
    ----------
    kind : Kind
        Of the items.
    metric : str
        Its row in the catalogue.
    unit : str
        SI: "rad", "m", "s", "1" or "%".
    alignment : Alignment
        What was done to the motion before the metric: never `OFFSET_REMOVED`, for which there are
        metrics of their own.
    """

    kind: Kind
    metric: str
    unit: str
    alignment: Alignment = Alignment.NONE

    def __post_init__(self) -> None:
        # a stored one comes back with the words
        object.__setattr__(self, "kind", Kind(self.kind))
        object.__setattr__(self, "alignment", Alignment(self.alignment))

    @property
    def label(self) -> str:
        """Kind of the rows in tables that are written: ``coordinate, lag removed``."""
        lagging = self.alignment is Alignment.LAG_REMOVED
        return f"{self.kind}, lag removed" if lagging else str(self.kind)


class FigureRow(NamedTuple):
    """One row of the table.

    Parameters
    ----------
    kind : Kind
    item : str
        The coordinate, marker or landmark that the figure is about.
    metric : str
        Its row in the catalogue.
    value : float
        SI; NaN when undefined.
    unit : str
    alignment : Alignment
        What was done to the motion before.
    """

    kind: Kind
    item: str
    metric: str
    value: float
    unit: str
    alignment: Alignment = Alignment.NONE
