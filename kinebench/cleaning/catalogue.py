"""Cleaners by name, for the command line and for study files: ``fill-linear+butterworth:6``."""

from __future__ import annotations

from collections.abc import Sequence

from kinebench.cleaning.lengths import BoneLengths
from kinebench.cleaning.levelling import Level
from kinebench.cleaning.lowpass import Butterworth, Challis, ResidualAnalysis
from kinebench.cleaning.repair import FillGaps, RemoveOutliers
from kinebench.cleaning.resampling import Resample
from kinebench.cleaning.rescaling import Rescale
from kinebench.cleaning.rotation import Rotate
from kinebench.cleaning.sides import SwapSides
from kinebench.cleaning.smoothers import KalmanSmoother, Median, SavitzkyGolay, SmoothingSpline
from kinebench.core.extensions import Catalogue
from kinebench.core.notation import NotationEntry, entries_of, parse_steps, step_text
from kinebench.core.stages import Cleaner

_NONE = "none"

_STAGES: tuple[type[Cleaner], ...] = (
    FillGaps, RemoveOutliers, Butterworth, ResidualAnalysis, Challis, SavitzkyGolay,
    SmoothingSpline, KalmanSmoother, Median, Resample, Rotate, Level, BoneLengths, SwapSides,
    Rescale,
)  # fmt: skip

CLEANERS: Catalogue[NotationEntry[Cleaner]] = Catalogue(entries_of(*_STAGES), "cleaner", entries_of)
"""Kinebench's cleaners and those of other packages, by the name that their class says."""


def parse_cleaners(text: str) -> tuple[Cleaner, ...]:
    """Cleaners from their text: names with options after colons, joined by ``+``.

    ``"none"`` is no cleaning, an empty tuple.

    Examples
    --------
    >>> parse_cleaners("butterworth:6")
    (Butterworth(cutoff_hz=6.0, order=4, corrected=False, short_runs='raise'),)
    >>> len(parse_cleaners("fill-linear+residual"))
    2
    >>> parse_cleaners("none")
    ()

    Raises
    ------
    NameNotFoundError
        A name that does not exist; the nearest one is offered.
    ValueRangeError
        Too few or too many options, or an option that is illegal; the usage is told.
    """
    return () if text.strip() == _NONE else parse_steps(text, CLEANERS, "cleaner")


def cleaners_text(cleaners: Sequence[Cleaner]) -> str:
    """The text that `parse_cleaners` reads as these cleaners.

    Raises
    ------
    ValueRangeError
        When one cannot be written, such as a cleaner of one's own.
    """
    return "+".join(step_text(cleaner, CLEANERS) for cleaner in cleaners) or _NONE
