"""What was left out, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kinebench.reports.blocks import Block, Details, Heading, Listing, Text
from kinebench.reports.study.wording import counted
from kinebench.studies.analysis.results import counts_in_words
from kinebench.studies.execution.cells import Outcome

_MOST_REASONS = 20


def exclusion_blocks(outcomes: Sequence[Outcome]) -> list[Block]:
    """Counts of what became of the runs, and the reasons of those that are not done."""
    reasons = Counter(
        f"{outcome.status}: {outcome.reason}" for outcome in outcomes if outcome.reason
    )
    blocks: list[Block] = [
        Heading("What was left out"),
        Text(f"Runs: {counts_in_words(outcomes)}."),
    ]
    if reasons:
        lines = [f"{count} × {reason}" for reason, count in reasons.most_common(_MOST_REASONS)]
        more = len(reasons) - len(lines)
        if more:
            lines.append(f"and {counted(more, 'other reason')}")
        blocks.append(Details("Reasons", (Listing(tuple(lines)),)))
    return blocks
