"""Comparing estimates with references: pairs of files in, figures with their history out."""

from kinebench.comparison.best_lags import MeanOfBestLags
from kinebench.comparison.by_index import IndexResampling
from kinebench.comparison.compare import (
    compare_pair,
    compare_pairs,
    compare_recordings,
    comparison_of,
)
from kinebench.comparison.estimated import estimated_pairs
from kinebench.comparison.intervals import ScoredInterval, scored_intervals
from kinebench.comparison.methods import (
    MethodComparison,
    MethodScores,
    compare_methods,
    method_names,
)
from kinebench.comparison.motion_pairs import model_kinds
from kinebench.comparison.pairs import (
    FilePair,
    FoundPairs,
    by_method,
    find_pairs,
    pairs_from_csv,
)
from kinebench.comparison.procedure import EVENT_KINDS, PROCEDURES, Procedure, procedure
from kinebench.comparison.results import Comparison, GroupRow, PairResult, RepetitionResult

__all__ = [
    "EVENT_KINDS",
    "PROCEDURES",
    "Comparison",
    "FilePair",
    "FoundPairs",
    "GroupRow",
    "IndexResampling",
    "MeanOfBestLags",
    "MethodComparison",
    "MethodScores",
    "PairResult",
    "Procedure",
    "RepetitionResult",
    "ScoredInterval",
    "by_method",
    "compare_methods",
    "compare_pair",
    "compare_pairs",
    "compare_recordings",
    "comparison_of",
    "estimated_pairs",
    "find_pairs",
    "method_names",
    "model_kinds",
    "pairs_from_csv",
    "procedure",
    "scored_intervals",
]
