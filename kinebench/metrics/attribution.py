"""Which cause makes how much: Shapley values over a full factorial.

Several things differ between a good run and a bad one (static pose, tilt, keypoint noise,
augmenter, solver). Changing one at a time from the good run gives parts that do not add up when
causes interact, and other parts from the bad run. The Shapley value averages a factor's effect over
all orders in which the factors could be changed: the one sharing that adds up, gives nothing to a
factor without effect, treats alike what acts alike, and is linear in the result.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import factorial
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError
from kinebench.metrics.undefined import nan_where

Level = Hashable
Cell = TypeVar("Cell", bound=tuple[Level, ...])  # a mapping's keys are invariant


@dataclass(frozen=True, slots=True, eq=False)
class Attribution:
    """A result's change, shared among the factors.

    Parameters
    ----------
    parts : mapping of str to float or array
        Per factor; together they are `total`.
    baseline, target : float or array
        Result with all factors at baseline, and with all at target.
    """

    parts: Mapping[str, Any]
    baseline: Any
    target: Any

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", MappingProxyType(dict(self.parts)))

    @property
    def total(self) -> Any:
        """target − baseline."""
        return self.target - self.baseline

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return type(self), (dict(self.parts), self.baseline, self.target)


def shapley(
    results: Mapping[Cell, ArrayLike],
    factors: Sequence[str],
    baseline: Mapping[str, Level],
    target: Mapping[str, Level] | None = None,
) -> Attribution:
    """Shares of the factors in the change from the baseline to the target cell.

    With v(S) the result when the factors in S are at target and the others at baseline::

        φ_i = Σ_{S ∌ i} |S|! (n − |S| − 1)! / n! · (v(S ∪ {i}) − v(S)),   Σ φ_i = v(all) − v(∅)

    Parameters
    ----------
    results : mapping of (level, ...) to float or array
        One entry per cell, the levels in the order of `factors`; further levels are allowed.
    factors : (n_factors,)
    baseline : mapping of factor to level
    target : mapping of factor to level, optional
        May be left out for factors that have two levels in the table: then it is the other one.

    Returns
    -------
    Attribution
        NaN, with a warning, when a cell that counts is NaN.

    Raises
    ------
    ValueRangeError
        No factor or doubled ones; levels that the table lacks; cells missing from the factorial.

    References
    ----------
    Shapley 1953, Contributions to the Theory of Games II, 307.
    """
    names = tuple(factors)
    if not names or len(set(names)) != len(names):
        raise ValueRangeError(f"factors must be given, each once; found {', '.join(names) or '-'}")
    cells: dict[tuple[Level, ...], ArrayLike] = dict(results.items())
    low, high = _cells(cells, names, baseline, target or {})
    n = len(names)
    v = _game(cells, names, low, high)
    weight = [factorial(size) * factorial(n - size - 1) / factorial(n) for size in range(n)]
    parts: dict[str, Any] = {}
    for i, name in enumerate(names):
        without = (chosen for chosen in v if not chosen[i])
        parts[name] = sum(
            weight[sum(chosen)] * (v[(*chosen[:i], True, *chosen[i + 1 :])] - v[chosen])
            for chosen in without
        )
    unknown = np.isnan(np.stack([np.asarray(value) for value in v.values()])).any(axis=0)
    for name in names:
        parts[name] = nan_where(parts[name], unknown, "attribution", "a cell's result is NaN")
    nothing, everything = (False,) * n, (True,) * n
    return Attribution(parts, v[nothing][()], v[everything][()])


def _cells(
    results: Mapping[tuple[Level, ...], ArrayLike],
    names: tuple[str, ...],
    baseline: Mapping[str, Level],
    target: Mapping[str, Level],
) -> tuple[tuple[Level, ...], tuple[Level, ...]]:
    """Baseline and target levels of all factors."""
    lengths = {len(cell) for cell in results}
    if lengths != {len(names)}:
        raise ValueRangeError(
            f"each cell needs one level for each of {', '.join(names)};"
            f" the table has cells with {sorted(lengths)} levels"
        )
    for what, given in (("baseline", baseline), ("target", target)):
        unknown = [name for name in given if name not in names]
        if unknown:
            raise ValueRangeError(f"the {what} names no factors of the table: {', '.join(unknown)}")
    low, high = [], []
    for i, name in enumerate(names):
        levels = list(dict.fromkeys(cell[i] for cell in results))
        if baseline.get(name) not in levels or name not in baseline:
            raise ValueRangeError(f"{name} needs a baseline level out of {levels}")
        others = [level for level in levels if level != baseline[name]]
        if name in target and target[name] not in levels:
            raise ValueRangeError(f"{name} has no level {target[name]!r}; it has {levels}")
        if name not in target and len(others) != 1:
            raise ValueRangeError(f"{name} needs a target level out of {others}")
        low.append(baseline[name])
        high.append(target[name] if name in target else others[0])
    return tuple(low), tuple(high)


def _game(
    results: Mapping[tuple[Level, ...], ArrayLike],
    names: tuple[str, ...],
    low: tuple[Level, ...],
    high: tuple[Level, ...],
) -> dict[tuple[bool, ...], FloatArray]:
    """v: which factors are at target, to the result."""
    v, missing = {}, []
    for chosen in product((False, True), repeat=len(names)):
        cell = tuple(high[i] if on else low[i] for i, on in enumerate(chosen))
        if cell in results:
            v[chosen] = np.asarray(results[cell], dtype=np.float64)
        else:
            missing.append(cell)
    if missing:
        shown = "; ".join(
            ", ".join(f"{name} = {level}" for name, level in zip(names, cell, strict=True))
            for cell in missing[:5]
        )
        raise ValueRangeError(
            f"the factorial is not full: {len(missing)} of {2 ** len(names)} cells are missing,"
            f" {shown}"
        )
    if len({value.shape for value in v.values()}) != 1:
        raise ValueRangeError("the results of all cells must have one shape")
    return v
