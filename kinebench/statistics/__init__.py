"""Hierarchical inference: trials within subjects within groups.

Everything here takes plain numbers, one per repetition, trial or subject, and returns frozen
results that carry what they rest on: numbers of subjects and trials, levels, seeds. Nothing takes
frames as independent, and every interval's coverage is simulated in `reports/coverage.md`.
"""

from kinebench.statistics.agreement import BlandAltman, bland_altman
from kinebench.statistics.contrasts import (
    Contrast,
    Equivalence,
    HedgesG,
    equivalence,
    hedges_g,
    mean_interval,
    paired_contrast,
    paired_contrasts,
)
from kinebench.statistics.curves import (
    CurveTest,
    one_sample_curves,
    paired_curves,
    subject_mean_curves,
    two_sample_curves,
)
from kinebench.statistics.group import GroupFigure, group_figure
from kinebench.statistics.hierarchy import POOLINGS, Observations, Summary, summarise
from kinebench.statistics.multiplicity import benjamini_hochberg, holm
from kinebench.statistics.reliability import (
    ICC_FORMS,
    IntraclassCorrelation,
    icc,
)
from kinebench.statistics.samples import Interval
from kinebench.statistics.series import SeriesMean, series_mean, series_means

__all__ = [
    "ICC_FORMS",
    "POOLINGS",
    "BlandAltman",
    "Contrast",
    "CurveTest",
    "Equivalence",
    "GroupFigure",
    "HedgesG",
    "Interval",
    "IntraclassCorrelation",
    "Observations",
    "SeriesMean",
    "Summary",
    "benjamini_hochberg",
    "bland_altman",
    "equivalence",
    "group_figure",
    "hedges_g",
    "holm",
    "icc",
    "mean_interval",
    "one_sample_curves",
    "paired_contrast",
    "paired_contrasts",
    "paired_curves",
    "series_mean",
    "series_means",
    "subject_mean_curves",
    "summarise",
    "two_sample_curves",
]
