"""Comparing estimates with references: pairs of files in, figures with their history out."""

from kinebench.comparison.compare import Comparison, PairResult, compare_pair, compare_pairs
from kinebench.comparison.pairs import FilePair, find_pairs
from kinebench.comparison.procedure import PROCEDURES, Procedure, procedure

__all__ = [
    "PROCEDURES",
    "Comparison",
    "FilePair",
    "PairResult",
    "Procedure",
    "compare_pair",
    "compare_pairs",
    "find_pairs",
    "procedure",
]
