"""Figures in tidy form, with what was left out and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from kinebench.errors import listed, require_names
from kinebench.metrics.quantities import Alignment, FigureRow, Kind
from kinebench.remarks import tell

if TYPE_CHECKING:
    import pandas as pd


class Figure(NamedTuple):
    """One figure.

    Parameters
    ----------
    item : str
        The coordinate, marker, segment or side that the figure is about.
    metric : str
        Its row in the catalogue.
    value : float
        NaN when undefined; `Evaluation.undefined` has the reason.
    unit : str
        "rad", "m", "s", or "1" for a pure number.
    n : int
        Frames (or events, markers) behind the figure.
    interval : (float, float), optional
        95 % interval, in the same unit.
    """

    item: str
    metric: str
    value: float
    unit: str
    n: int
    interval: tuple[float, float] | None = None


class Exclusion(NamedTuple):
    """Something that is not scored, and why."""

    item: str
    reason: str


class Undefined(NamedTuple):
    """A figure that is NaN, and why."""

    item: str
    metric: str
    reason: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures of one pair of recordings.

    Parameters
    ----------
    kind : Kind
        What the items are.
    figures : tuple of Figure
    excluded : tuple of Exclusion
    undefined : tuple of Undefined
    """

    kind: Kind
    figures: tuple[Figure, ...]
    excluded: tuple[Exclusion, ...] = ()
    undefined: tuple[Undefined, ...] = ()

    def rows(self) -> Iterator[dict[str, str | float | int]]:
        """Tidy rows: the item under the name of its kind, metric, value, unit, n, interval."""
        for figure in self.figures:
            low, high = figure.interval or (float("nan"), float("nan"))
            yield {
                self.kind.noun: figure.item,
                "metric": figure.metric,
                "value": figure.value,
                "unit": figure.unit,
                "n": figure.n,
                "ci_low": low,
                "ci_high": high,
            }

    def tidy(self, alignment: Alignment = Alignment.NONE) -> Iterator[FigureRow]:
        """Rows of a `FigureTable`; `alignment` is what was done to the motion before."""
        for item, metric, value, unit, *_ in self.figures:
            yield FigureRow(self.kind, item, metric, value, unit, alignment)

    def to_dataframe(self) -> pd.DataFrame:
        """The `rows` as a table: one per figure, NaN where undefined or without interval."""
        import pandas as pd

        names = (self.kind.noun, "metric", "value", "unit", "n", "ci_low", "ci_high")
        return pd.DataFrame(self.rows(), columns=pd.Index(names))

    @property
    def items(self) -> tuple[str, ...]:
        """What was scored, in order."""
        return tuple(dict.fromkeys(figure.item for figure in self.figures))

    @property
    def metrics(self) -> tuple[str, ...]:
        """Metrics computed, in order."""
        return tuple(dict.fromkeys(figure.metric for figure in self.figures))

    def values(self, metric: str) -> dict[str, float]:
        """Item to value of one metric."""
        require_names([metric], self.metrics, "metric", "the evaluation")
        return {figure.item: figure.value for figure in self.figures if figure.metric == metric}

    def value(self, item: str, metric: str) -> float:
        """One figure's value."""
        found = self.values(metric)
        require_names([item], found, self.kind.noun, "the evaluation")
        return found[item]

    def warn_of_undefined(self) -> None:
        """One warning that names every NaN with its reason."""
        if self.undefined:
            by_reason: dict[tuple[str, str], list[str]] = {}
            for item, metric, reason in self.undefined:
                by_reason.setdefault((metric, reason), []).append(item)
            reasons = "; ".join(
                f"{metric} of {listed(items, 8)}: {reason}"
                for (metric, reason), items in by_reason.items()
            )
            tell(
                "undefined figures",
                f"{len(self.undefined)} figures are NaN: {reasons}",
            )
