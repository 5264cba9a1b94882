"""Which cells a study has: pure and countable."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kinebench.errors import NameNotFoundError
from kinebench.pipeline.pipeline import Pipeline
from kinebench.pipeline.under_test import UnderTest
from kinebench.studies.changes import ESTIMATE, with_level
from kinebench.studies.design import DATA, LABELS, Level, Study, TrialSource


@dataclass(frozen=True, slots=True)
class Cell:
    """One trial at one level of every factor.

    Parameters
    ----------
    index : int
        Place in the plan, which orders the results.
    source : TrialSource
    levels : tuple of (str, Level)
        Factor name and level.
    pipeline : Pipeline or UnderTest
        With the levels applied.
    choices : tuple of (str, object)
        Values of the data factors.
    inapplicable : str
        Why these levels cannot go together; empty when they can.
    """

    index: int
    source: TrialSource
    levels: tuple[tuple[str, Level], ...]
    pipeline: Pipeline | UnderTest
    choices: tuple[tuple[str, Any], ...]
    inapplicable: str = ""

    @property
    def labels(self) -> dict[str, str]:
        """Subject, trial, activity and level labels."""
        source = self.source
        of_trial = zip(LABELS, (source.subject, source.name, source.activity), strict=True)
        return {
            **dict(of_trial),
            **{name: level.label for name, level in self.levels},
        }


def cells(study: Study) -> Iterator[Cell]:
    """All cells: trials outermost, the last factor innermost."""
    choices = itertools.product(*(factor.levels for factor in study.factors))
    for index, (source, levels) in enumerate(itertools.product(study.sources, choices)):
        yield _cell(study, index, source, levels)


def one_at_a_time(study: Study) -> Iterator[Cell]:
    """The cells in which one factor at most is not at its first level: what effects are made of."""
    for cell in cells(study):
        pairs = zip(study.factors, cell.levels, strict=True)
        if sum(level.label != factor.levels[0].label for factor, (_, level) in pairs) <= 1:
            yield cell


def count_cells(study: Study) -> int:
    """How many cells there are, without making them."""
    count = len(study.sources)
    for factor in study.factors:
        count *= len(factor.levels)
    return count


def _cell(study: Study, index: int, source: TrialSource, levels: tuple[Level, ...]) -> Cell:
    pipeline: Pipeline | UnderTest = study.base
    choices: list[tuple[str, Any]] = []
    inapplicable = ""
    # a whole pipeline first: the other factors vary what it puts in place
    pairs = zip(study.factors, levels, strict=True)
    for factor, level in sorted(pairs, key=lambda pair: pair[0].path != ESTIMATE):
        if factor.of_data:
            choices.append((factor.path.removeprefix(DATA), level.value))
        else:
            try:
                pipeline = with_level(pipeline, factor.path, level.value)
            except NameNotFoundError as error:
                # the path exists in the base: a level of another factor has put a stage without it
                inapplicable = f"{factor.name} '{level.label}' does not apply: {error}"
    names = (factor.name for factor in study.factors)
    return Cell(
        index,
        source,
        tuple(zip(names, levels, strict=True)),
        pipeline,
        tuple(choices),
        inapplicable,
    )
