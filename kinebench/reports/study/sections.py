"""Sections that a study file chooses, made from the results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kinebench.metrics.catalogue import CATALOGUE
from kinebench.reports.blocks import Section
from kinebench.reports.study.causes import SharedFigure, causes_section
from kinebench.reports.study.factors import effect_blocks
from kinebench.reports.study.hindsight import hindsight_section
from kinebench.reports.study.parts import StudyPart
from kinebench.reports.study.scored import scored
from kinebench.reports.study.sinking import NOTE, SIDE_FIGURES
from kinebench.studies.analysis.scores import measures_of, score_of
from kinebench.studies.report_plan import SectionChoice, SectionKind

Parts = Sequence[StudyPart]


def chosen_sections(choices: Sequence[SectionChoice], parts: Parts) -> list[Section]:
    """Sections in the order of the file; causes once per kind of recordings."""
    return [section for choice in choices for section in _MAKERS[choice.kind](choice, parts)]


def _causes(choice: SectionChoice, parts: Parts) -> list[Section]:
    """Shares of the factors in the study's own error."""
    title = choice.title or "Causes of the error"
    # one for all parts
    measure = measures_of(parts[0].study.judged.name)[0]
    figure = SharedFigure(
        measure.noun, measure.unit, lambda found: score_of({}, found, measure.metric).error()
    )
    return [causes_section(f"{title}: {part.title.lower()}", part, [figure]) for part in parts]


def _metric(choice: SectionChoice, parts: Parts) -> list[Section]:
    """Effects by another metric than the primary one."""
    title = choice.title or f"Effects by {CATALOGUE[choice.metric].title}"
    return [
        Section(
            f"{title}: {part.title.lower()}",
            tuple(effect_blocks(scored(number, part, choice.metric))),
        )
        for number, part in enumerate(parts, start=1)
    ]


def _sinking(choice: SectionChoice, parts: Parts) -> list[Section]:
    """Shares of the factors in left and right."""
    title = choice.title or "Causes of a sinking side"
    return [
        causes_section(f"{title}: {part.title.lower()}", part, SIDE_FIGURES, NOTE) for part in parts
    ]


def _oracle(choice: SectionChoice, parts: Parts) -> list[Section]:
    """Of the first part alone: to know the best choice takes the truth."""
    title = choice.title or f"{choice.factor.capitalize()} against the best of each trial"
    truth = parts[0]
    return [hindsight_section(title, truth, choice.factor, choice.candidates, choice.split)]


_MAKERS: Mapping[SectionKind, Callable[[SectionChoice, Parts], list[Section]]] = {
    "causes": _causes,
    "metric": _metric,
    "oracle": _oracle,
    "sinking": _sinking,
}
