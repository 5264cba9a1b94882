"""What is shown once for each activity."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace

from kinebench.reports.blocks import Block, Details, Flat
from kinebench.reports.study.parts import StudyPart


def by_activity(part: StudyPart) -> dict[str, StudyPart]:
    """The part with the outcomes of each activity alone: no mean is over unlike movements."""
    names = dict.fromkeys(outcome.labels["activity"] for outcome in part.outcomes)
    return {
        name: replace(part, outcomes=[o for o in part.outcomes if o.labels["activity"] == name])
        for name in names
    }


def for_each_activity(
    activities: Iterable[str], blocks_of: Callable[[str], list[Flat | Details]]
) -> list[Block]:
    """Blocks of every activity that has any: the first is open, the others unfold."""
    found = {name: blocks for name in activities if (blocks := blocks_of(name))}
    if not found:
        return []
    first, *others = found
    return [*found[first], *(Details(name, tuple(_flat(found[name]))) for name in others)]


def said_of(activity: str, among: Collection[str], sentence: str) -> str:
    """A sentence with the activity before it, where there are several."""
    return f"{activity}: {sentence}" if len(among) > 1 else sentence


def _flat(blocks: list[Flat | Details]) -> Iterator[Flat]:
    """What would unfold within something that unfolds is open there."""
    for block in blocks:
        if isinstance(block, Details):
            yield from block.blocks
        else:
            yield block
