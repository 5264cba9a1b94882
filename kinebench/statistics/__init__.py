"""From trials to subjects to a claim.

Everything here takes plain numbers, one per repetition, trial or subject, and returns frozen
results that carry what they rest on: numbers of subjects and trials, levels, seeds. Nothing takes
frames as independent. Random numbers come from seeds that the caller states.
"""

from kinebench.statistics.agreement import BlandAltman, bland_altman
from kinebench.statistics.autocorrelation import (
    block_bootstrap_mean,
    effective_size_mean,
    independent_mean_interval,
)
from kinebench.statistics.bootstrap import BootstrapIntervals, bootstrap_subjects
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
from kinebench.statistics.mixed_model import MixedModel, fit_mixed_model
from kinebench.statistics.multiplicity import benjamini_hochberg, holm
from kinebench.statistics.reliability import (
    ICC_FORMS,
    IntraclassCorrelation,
    RetestError,
    icc,
    retest_error,
)
from kinebench.statistics.samples import Interval

__all__ = [
    "ICC_FORMS",
    "POOLINGS",
    "BlandAltman",
    "BootstrapIntervals",
    "Contrast",
    "CurveTest",
    "Equivalence",
    "GroupFigure",
    "HedgesG",
    "Interval",
    "IntraclassCorrelation",
    "MixedModel",
    "Observations",
    "RetestError",
    "Summary",
    "benjamini_hochberg",
    "bland_altman",
    "block_bootstrap_mean",
    "bootstrap_subjects",
    "effective_size_mean",
    "equivalence",
    "fit_mixed_model",
    "group_figure",
    "hedges_g",
    "holm",
    "icc",
    "independent_mean_interval",
    "mean_interval",
    "one_sample_curves",
    "paired_contrast",
    "paired_contrasts",
    "paired_curves",
    "retest_error",
    "subject_mean_curves",
    "summarise",
    "two_sample_curves",
]
