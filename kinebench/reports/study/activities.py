"""What is shown once for each activity."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kinebench.reports.blocks import Block, Details, Flat
from kinebench.reports.study.scored import ScoredPart


def for_each_activity(
    scored: ScoredPart, blocks_of: Callable[[str], list[Flat | Details]]
) -> list[Block]:
    """Blocks of every activity that has any: the first is open, the others unfold."""
    found = {name: blocks for name in scored.activities if (blocks := blocks_of(name))}
    if not found:
        return []
    first, *others = found
    return [*found[first], *(Details(name, tuple(_flat(found[name]))) for name in others)]


def _flat(blocks: list[Flat | Details]) -> Iterator[Flat]:
    """What would unfold within something that unfolds is open there."""
    for block in blocks:
        if isinstance(block, Details):
            yield from block.blocks
        else:
            yield block
