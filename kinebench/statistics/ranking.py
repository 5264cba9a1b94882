"""Which of several methods is best, and how sure that is.

Every sample here holds one number per subject and method, an error: lower is better.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError
from kinebench.remarks import unheard
from kinebench.statistics.contrasts import Contrast, mean_interval, paired_contrast
from kinebench.statistics.multiplicity import holm
from kinebench.statistics.samples import Interval, finite_array


class PairedDifference(NamedTuple):
    """The difference between two methods about one item.

    Parameters
    ----------
    item : str
        What was measured.
    first, second : str
        Methods.
    contrast : Contrast
        first − second: negative when the first is better; `p_adjusted` is Holm's over the family.
    """

    item: str
    first: str
    second: str
    contrast: Contrast


@dataclass(frozen=True, slots=True)
class RankedMethod:
    """A method's place among several.

    Parameters
    ----------
    method : str
    mean : float
        Over subjects, in the unit of the samples.
    interval : Interval
        Student's, of that mean; it says nothing of differences, which are paired.
    rank : int
        1 is the lowest mean.
    best, worst : int
        The ranks that it may have: 1 + the number of methods that are shown to be better, and the
        number of methods − those shown to be worse. Together these sets hold the true ranks of all
        methods with the probability 1 − alpha (Mogstad et al. 2024, Review of Economic Studies
        91:476), as the tests keep their family's error below alpha.
    """

    method: str
    mean: float
    interval: Interval
    rank: int
    best: int
    worst: int


def all_paired_differences(
    values: Sequence[tuple[str, ArrayLike]], methods: Sequence[str]
) -> tuple[PairedDifference, ...]:
    """Every pair of methods about every item: one family of tests, corrected after Holm.

    Parameters
    ----------
    values : sequence of (str, (n_subjects, n_methods))
        Items.
    methods : sequence of str
        Names of the columns.

    Raises
    ------
    ValueRangeError
        When names do not fit the columns or values are not finite.
    """
    found: list[PairedDifference] = []
    for item, table in values:
        columns = _columns(table, methods)
        for (i, first), (j, second) in itertools.combinations(enumerate(methods), 2):
            with unheard():
                # with few subjects there is no effect size: it is NaN, which shows
                contrast = paired_contrast(
                    columns[:, j], columns[:, i], name=f"{item}: {first} − {second}"
                )
            found.append(PairedDifference(item, first, second, contrast))
    if not found:
        return ()
    adjusted = holm([one.contrast.p for one in found]).tolist()
    return tuple(
        one._replace(contrast=replace(one.contrast, p_adjusted=p))
        for one, p in zip(found, adjusted, strict=True)
    )


def ranked(
    item: str,
    values: ArrayLike,
    methods: Sequence[str],
    differences: Sequence[PairedDifference],
    *,
    alpha: float = 0.05,
) -> tuple[RankedMethod, ...]:
    """Methods by their mean error, the lowest first, with the ranks that each may have.

    Parameters
    ----------
    item : str
        Its differences are taken.
    values : (n_subjects, n_methods)
    methods : sequence of str
    differences : sequence of PairedDifference
        Of one family.
    alpha : float

    Raises
    ------
    ValueRangeError
        When names do not fit the columns or values are not finite.
    """
    table = _columns(values, methods)
    better = {
        (one.first, one.second) if one.contrast.mean < 0 else (one.second, one.first)
        for one in differences
        if one.item == item and one.contrast.p_adjusted < alpha
    }
    means = table.mean(axis=0)
    order = sorted(range(len(methods)), key=lambda i: (means[i], i))
    return tuple(
        RankedMethod(
            methods[i],
            float(means[i]),
            mean_interval(table[:, i]),
            rank,
            1 + sum(worse == methods[i] for _, worse in better),
            len(methods) - sum(good == methods[i] for good, _ in better),
        )
        for rank, i in enumerate(order, start=1)
    )


def _columns(values: ArrayLike, methods: Sequence[str]) -> FloatArray:
    table = finite_array(values, 2, "values")
    if len(methods) != table.shape[1] or len(set(methods)) != len(methods):
        raise ValueRangeError(
            f"methods must name each of the {table.shape[1]} columns once, found"
            f" {', '.join(methods)}"
        )
    return table
