"""Which cleaners are corrections of a recording, after which it is judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kinebench.cleaning import (
    BoneLengths,
    FillGaps,
    Level,
    RemoveOutliers,
    Rescale,
    Rotate,
    SwapSides,
)
from kinebench.core.stages import Cleaner, in_trial, title_of
from kinebench.core.trial import Trial

_CORRECTIONS = (BoneLengths, FillGaps, Level, RemoveOutliers, Rescale, Rotate, SwapSides)
"""Cleaners that take an error of the recording away, and leave noise and movement as they are."""


def as_corrected(cleaners: Iterable[Cleaner], trial: Trial) -> tuple[Trial, tuple[str, ...]]:
    """The trial after those cleaners that correct a recording, and their names.

    Who levels a recording asks whether it is sound once it is level. What a low-pass takes away is
    judged by itself, and a recording is compared with unfiltered ones: it is left as it is.
    """
    chosen = [one for one in in_trial(cleaners, trial) if isinstance(one, _CORRECTIONS)]
    moving, static = trial.keypoints, trial.static
    for cleaner in chosen:
        moving = cleaner(moving)
        static = None if static is None else cleaner(static)
    names = tuple(title_of(cleaner) for cleaner in chosen)
    return replace(trial, keypoints=moving, static=static), names
