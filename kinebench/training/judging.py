"""How far an augmenter's markers are from the true ones, beside the floor that none gets below.

Where a marker was placed on this very person does not show in the keypoints. An oracle that knows
the body, its pose, and the population's mean placement still errs by the distance between true and
nominal marker: its mean over frames, markers and trials is the *floor*. The rest is above the
floor: sizes of segments that keypoints show badly, noise of the keypoints, the network's own error.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kinebench.augmentation import LSTMAugmenter
from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.errors import ValueRangeError
from kinebench.training.trials import VirtualTrial


@dataclass(frozen=True, slots=True)
class TrialErrors:
    """Mean distances over frames and markers, m.

    Parameters
    ----------
    trial, activity : str
    floor_m : float
        From nominal to true markers: the oracle's.
    error_m : float
        From augmented to true markers, keypoints as the cameras see them.
    noiseless_error_m : float
        The same with the detector's bias but without noise.
    """

    trial: str
    activity: str
    floor_m: float
    error_m: float
    noiseless_error_m: float


def judge(augmenter: LSTMAugmenter, trials: Iterable[VirtualTrial]) -> tuple[TrialErrors, ...]:
    """Errors of an augmenter on virtual trials, one row per trial."""
    given = tuple(trials)
    noisy = augmenter.augment_many([(trial.keypoints, trial.subject) for trial in given])
    clean = augmenter.augment_many([(trial.clean_keypoints, trial.subject) for trial in given])
    return tuple(
        TrialErrors(
            trial.name,
            trial.activity,
            _mean_distance(trial.markers, trial.nominal_markers),
            _mean_distance(trial.markers, seen),
            _mean_distance(trial.markers, seen_clean),
        )
        for trial, seen, seen_clean in zip(given, noisy, clean, strict=True)
    )


def mean_errors(errors: Sequence[TrialErrors], activity: str = "all") -> TrialErrors:
    """Mean over the trials of an activity, or over all.

    Raises
    ------
    ValueRangeError
        There is no such trial.
    """
    chosen = [one for one in errors if activity in ("all", one.activity)]
    if not chosen:
        raise ValueRangeError(f"no trial of {activity!r} among {len(errors)}")
    means: FloatArray = np.mean(
        [(one.floor_m, one.error_m, one.noiseless_error_m) for one in chosen], axis=0
    )
    return TrialErrors(f"{len(chosen)} trials", activity, *map(float, means))


def _mean_distance(reference: Markers, estimate: Markers) -> float:
    difference = estimate.select(reference.names).positions - reference.positions
    return float(np.linalg.norm(difference, axis=2).mean())
