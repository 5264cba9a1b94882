"""Figures of a run as one tidy table over arrays."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray, read_only
from kinebench.core.value import Value
from kinebench.errors import ValueRangeError
from kinebench.metrics.catalogue import CATALOGUE
from kinebench.metrics.quantities import Alignment, FigureRow, Kind, Quantity

if TYPE_CHECKING:
    import pandas as pd


COLUMNS = ("kind", "item", "metric", "value", "unit")
"""Of the table wherever it is written or handed out."""

DTYPES = {name: "float64" if name == "value" else "str" for name in COLUMNS}
"""Their types in pandas."""

Codes = NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class FigureTable(Value):
    """Tidy figures: quantity, item and value of each row; empty by default.

    Thousands of runs have the same few quantities and items; a run keeps small numbers for them.

    Parameters
    ----------
    quantities : tuple of Quantity
    items : tuple of str
    quantity_codes, item_codes : (n_rows,) uint16
        Places in `quantities` and `items`.
    values : (n_rows,)
        In the unit of the quantity; NaN where undefined.
    """

    quantities: tuple[Quantity, ...] = ()
    items: tuple[str, ...] = ()
    quantity_codes: Codes = field(default_factory=lambda: np.empty(0, np.uint16))
    item_codes: Codes = field(default_factory=lambda: np.empty(0, np.uint16))
    values: FloatArray = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        values = read_only(self.values, (None,), "values of figures")
        if np.isinf(values).any():
            raise ValueRangeError("figures hold an infinite value; undefined ones are NaN")
        object.__setattr__(self, "values", values)
        for name, of in (("quantity_codes", self.quantities), ("item_codes", self.items)):
            codes = np.array(getattr(self, name), dtype=np.uint16)
            if codes.shape != values.shape or (len(codes) and codes.max() >= len(of)):
                raise ValueRangeError(
                    f"{name} must be {len(values)} numbers below {len(of)}, found"
                    f" {codes.shape} up to {codes.max(initial=0)}"
                )
            codes.flags.writeable = False
            object.__setattr__(self, name, codes)
        object.__setattr__(self, "quantities", tuple(self.quantities))
        object.__setattr__(self, "items", tuple(self.items))

    @classmethod
    def of(cls, rows: Iterable[FigureRow]) -> FigureTable:
        """The table of these rows in their order; what is infinite is undefined."""
        quantities: dict[tuple[Kind, str, str, Alignment], int] = {}
        items: dict[str, int] = {}
        of_quantity, of_item, values = [], [], []
        for kind, item, metric, value, unit, alignment in rows:
            key = kind, metric, unit, alignment
            of_quantity.append(quantities.setdefault(key, len(quantities)))
            of_item.append(items.setdefault(item, len(items)))
            values.append(value if math.isfinite(value) else math.nan)
        return cls(
            tuple(Quantity(*key) for key in quantities), tuple(items),
            np.array(of_quantity, np.uint16), np.array(of_item, np.uint16), np.array(values),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.values)

    def rows(self) -> Iterator[FigureRow]:
        """Row by row."""
        codes = zip(self.quantity_codes.tolist(), self.item_codes.tolist(), strict=True)
        for (q, i), value in zip(codes, self.values.tolist(), strict=True):
            one = self.quantities[q]
            yield FigureRow(one.kind, self.items[i], one.metric, value, one.unit, one.alignment)

    def by_item(
        self, kind: Kind, metric: str, alignment: Alignment = Alignment.NONE
    ) -> dict[str, float]:
        """Item to value of one metric where it is defined, SI; empty when it was not measured.

        Parameters
        ----------
        kind : Kind
        metric : str
        alignment : Alignment
            `OFFSET_REMOVED` asks for the metric that the catalogue names for it.
        """
        if alignment is Alignment.OFFSET_REMOVED:
            metric, alignment = CATALOGUE[metric].without_offset, Alignment.NONE
        found: dict[str, float] = {}
        for code, one in enumerate(self.quantities):
            if (one.kind, one.metric, one.alignment) == (kind, metric, alignment):
                here = (self.quantity_codes == code) & ~np.isnan(self.values)
                names = (self.items[i] for i in self.item_codes[here].tolist())
                found |= zip(names, self.values[here].tolist(), strict=True)
        return found

    def value(self, kind: Kind, item: str, metric: str) -> float:
        """One figure as recorded, SI; NaN when it is undefined or was not measured."""
        return self.by_item(kind, metric).get(item, math.nan)

    def columns(self) -> dict[str, NDArray[Any]]:
        """Each of `COLUMNS`, (n_rows,): texts, and values in SI with NaN where undefined.

        What was done to the motion is told with the kind: ``coordinate, lag removed``.
        """
        told = [(one.label, one.metric, one.unit) for one in self.quantities]
        words = np.array(told, dtype=object).reshape(-1, 3)[self.quantity_codes]
        items = np.array(self.items, dtype=object)[self.item_codes]
        found = (words[:, 0], items, words[:, 1], self.values, words[:, 2])
        return dict(zip(COLUMNS, found, strict=True))

    def to_dataframe(self) -> pd.DataFrame:
        """One row per figure: kind, item, metric, value (SI, NaN where undefined), unit."""
        import pandas as pd

        return pd.DataFrame(self.columns()).astype(DTYPES)
