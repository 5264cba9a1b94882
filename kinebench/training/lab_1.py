"""What makes augmenter `lab-1`: its networks, who was trained on, and how."""

from __future__ import annotations

from collections.abc import Callable

from kinebench.augmentation.catalogue import VERSIONS, AugmenterVersion, NetworkSpec
from kinebench.augmentation.network import Network
from kinebench.lab import Population
from kinebench.training.fitting import Recipe, fit
from kinebench.training.sequences import sequences
from kinebench.training.trials import Cohort

_FULL = VERSIONS["v0.0"].networks[0]

UNTRAINED = AugmenterVersion("lab-1", (NetworkSpec("full", "full.npz", _FULL.needs, _FULL.gives),))
"""One network, from all keypoints to all markers, in the order of v0.0."""

TRAINING = Cohort(Population("augmenter training"), n_subjects=70, takes=3)
HELD_OUT = Cohort(Population("augmenter test"), n_subjects=12)

RECIPE = Recipe("lab-1", units=(128,), n_frames=120, batch=96, steps=1500, learning_rate=2e-3)


def train(
    version: AugmenterVersion = UNTRAINED,
    cohort: Cohort = TRAINING,
    recipe: Recipe = RECIPE,
    progress: Callable[[int, float], None] | None = None,
) -> tuple[Network, ...]:
    """Networks of a version, trained on a cohort.

    Parameters
    ----------
    version : AugmenterVersion
        Says which markers its networks make of which keypoints; its files are not read.
    cohort : Cohort
        Plays once per network.
    recipe : Recipe
        Of each network.
    progress : callable, optional
        See `fit`.
    """
    return tuple(
        fit(recipe, sequences(cohort, spec, version.reference_marker, recipe.n_frames), progress)
        for spec in version.networks
    )
