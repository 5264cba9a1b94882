"""Published studies, to be repeated: their figures, their procedure, and ours on the same data."""

from kinebench.literature.published import STUDIES, PublishedFigure, Study, study
from kinebench.literature.replication import Replication, Row, replicate
from kinebench.literature.trials import TrialPairs, pairs_of_copy

__all__ = [
    "STUDIES",
    "PublishedFigure",
    "Replication",
    "Row",
    "Study",
    "TrialPairs",
    "pairs_of_copy",
    "replicate",
    "study",
]
