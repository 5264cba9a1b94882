"""The report of a study: question, answer, each part, methods, downloads, manifest."""

from __future__ import annotations

from collections.abc import Sequence

from kinebench.errors import ValueRangeError
from kinebench.reports.blocks import Block, Document, Section, Text
from kinebench.reports.study.added import added_sections
from kinebench.reports.study.answer import answer_section
from kinebench.reports.study.downloads import downloads_section
from kinebench.reports.study.exclusions import exclusion_blocks
from kinebench.reports.study.extremes import exhibit_blocks, worst_trials
from kinebench.reports.study.factors import (
    effect_blocks,
    interaction_blocks,
    map_blocks,
)
from kinebench.reports.study.inputs import manifest_section
from kinebench.reports.study.methods import methods_section
from kinebench.reports.study.parts import StudyPart
from kinebench.reports.study.scored import ScoredPart, scored
from kinebench.reports.study.sensitivity import metric_blocks, sensitivity_blocks
from kinebench.reports.study.sides import side_blocks
from kinebench.reports.study.wording import counted


def study_document(title: str, question: str, parts: Sequence[StudyPart], command: str) -> Document:
    """The report of a study that ran on one kind of recordings or several.

    Every number in it comes from the outcomes.

    Parameters
    ----------
    title, question : str
    parts : sequence of StudyPart
        The one whose truth is known best first: the answer leads with it, and tells what the
        others say to the same levels.
    command : str
        What makes the report again.

    Raises
    ------
    ValueRangeError
        Without a part, or of parts with different primary metrics.
    """
    if not parts:
        raise ValueRangeError("a report needs a part or more")
    metrics = list(dict.fromkeys(part.study.judged.name for part in parts))
    if len(metrics) > 1:
        raise ValueRangeError(
            f"the parts of a report must have one primary metric, found {', '.join(metrics)}"
        )
    found = [scored(number, part) for number, part in enumerate(parts, start=1)]
    sections = [
        answer_section(question, found),
        *(_part_section(one) for one in found),
        *added_sections(parts),
        methods_section(parts),
        downloads_section(title, found, command),
        manifest_section(parts, command),
    ]
    return Document(title, tuple(sections))


def _part_section(one: ScoredPart) -> Section:
    part = one.part
    subjects = {source.subject for source in part.study.sources}
    told = (
        f"{counted(len(subjects), 'subject')}, {counted(len(part.study.sources), 'trial')},"
        f" {counted(len(part.outcomes), 'run')} of the pipeline."
    )
    blocks: list[Block] = [Text(f"{told} {part.note}".strip())]
    blocks += effect_blocks(one)
    blocks += interaction_blocks(one)
    blocks += map_blocks(one)
    blocks += exhibit_blocks(one)
    blocks += side_blocks(one)
    blocks += worst_trials(one)
    blocks += exclusion_blocks(part.outcomes)
    blocks += sensitivity_blocks(one)
    blocks += metric_blocks(one)
    return Section(part.title, tuple(blocks))
