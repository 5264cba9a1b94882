"""Which filter, at which cut-off? ``python -m benchmarks.studies.filtering.run``

Needs OpenCap's files and the optical motions: ``kinebench data fetch``, or a mirror.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.studies.rendering import StudyFolder, run_and_render
from kinebench.reports.blocks import Section
from kinebench.reports.study import StudyPart
from kinebench.reports.study.hindsight import hindsight_section

FACTOR = "filter"


def hindsight(parts: Sequence[StudyPart]) -> list[Section]:
    """Automatic cut-offs beside the best Butterworth cut-off, where the truth is known."""
    truth = parts[0]
    levels = next(factor for factor in truth.study.factors if factor.name == FACTOR).levels
    cutoffs = [level.label for level in levels if level.label.startswith("Butterworth")]
    title = "Cut-offs against hindsight"
    return [hindsight_section(title, truth, FACTOR, cutoffs, split="activity")]


if __name__ == "__main__":
    run_and_render(
        StudyFolder(
            "filtering",
            "Filtering",
            "Which filter of the keypoints, at which cut-off, gives the truest joint angles?",
            hindsight,
        )
    )
