"""Training of augmenters on the virtual laboratory, and judging them on held-out subjects.

::

    networks = train(version, Cohort(Population("training"), 70), Recipe("mine"))  # of `lab_1`
    mine = write_version(folder, version, networks)
    errors = judge(LSTMAugmenter(mine), Cohort(Population("held out"), 10))

TensorFlow is imported when a network is fitted, and by nothing else here.
"""

from kinebench.training.activities import ACTIVITIES
from kinebench.training.card import card_text
from kinebench.training.fitting import Recipe, fit
from kinebench.training.judging import TrialErrors, judge, mean_errors
from kinebench.training.sequences import Sequences, sequences
from kinebench.training.trials import Cohort, VirtualTrial

__all__ = [
    "ACTIVITIES",
    "Cohort",
    "Recipe",
    "Sequences",
    "TrialErrors",
    "VirtualTrial",
    "card_text",
    "fit",
    "judge",
    "mean_errors",
    "sequences",
]
