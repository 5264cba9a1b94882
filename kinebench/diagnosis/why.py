"""Swapping every cause on one trial, and sharing out what changes."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.trial import Trial
from kinebench.diagnosis.causes import Cause, causes_of, exact
from kinebench.diagnosis.figures import FIGURES, deepest_frames, figures_of
from kinebench.errors import KinebenchError, KinebenchWarning
from kinebench.metrics import shapley
from kinebench.pipeline.pipeline import Pipeline
from kinebench.studies.staged import run_stages

__all__ = ["SOLVERS", "Diagnosis", "diagnose"]

Result = TypeVar("Result")

SOLVERS = "solvers"
"""Name of the cause that OpenSim's tools stop short of their optimum."""


@dataclass(frozen=True, slots=True, eq=False)
class Diagnosis:
    """What each cause contributes.

    Parameters
    ----------
    trial : str
    as_is : (n_figures,)
        `FIGURES` of the user's own pipeline.
    swapped : (n_figures,)
        With every cause swapped and exact solvers.
    causes : tuple of Cause
    parts : mapping of str to (n_figures,)
        Per cause, the solvers first: what swapping it changes, averaged over all orders of
        swapping (Shapley). All parts together are `swapped` − `as_is`.
    alone : mapping of str to (n_figures,)
        Per cause: what swapping it alone changes.
    left_out : mapping of str to str
        Causes that could not be tried, with the reason.
    n_runs, n_deep_frames : int
    """

    trial: str
    as_is: FloatArray
    swapped: FloatArray
    causes: tuple[Cause, ...]
    parts: Mapping[str, FloatArray]
    alone: Mapping[str, FloatArray]
    left_out: Mapping[str, str]
    n_runs: int
    n_deep_frames: int

    def ranked(self, figure: str) -> tuple[tuple[str, float], ...]:
        """Causes by the size of their part in a figure, largest first, SI units."""
        column = [one.name for one in FIGURES].index(figure)
        parts = [(name, float(values[column])) for name, values in self.parts.items()]
        return tuple(sorted(parts, key=lambda part: -abs(np.nan_to_num(part[1]))))


def diagnose(
    pipeline: Pipeline, trial: Trial, on_run: Callable[[int, int], None] | None = None
) -> Diagnosis:
    """Run the full factorial of the causes on a trial.

    The user's pipeline runs once as it is. All other runs use the exact scaler and solver, which
    takes milliseconds; what those two change is a cause of its own.

    Parameters
    ----------
    pipeline : Pipeline
    trial : Trial
        Its static trial is augmented here, so that augmenter and cleaning can be swapped for it.
    on_run : callable, optional
        Told how many runs are done, and how many there are.
    """
    trial = replace(trial, static_markers=None)
    causes, left_out = causes_of(pipeline, trial)
    cells = list(itertools.product((False, True), repeat=len(causes)))
    total = len(cells) + 1
    memory = _Memory()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinebenchWarning)
        first = run_stages(pipeline, trial, memory)
        frames = deepest_frames(first.augmented)

        def figures(which: Pipeline) -> FloatArray:
            run = run_stages(which, trial, memory)
            return figures_of(run.scaling.model, run.solution.motion, run.augmented, frames)

        as_is = figures(pipeline)
        results: dict[tuple[Hashable, ...], FloatArray] = {}
        for number, cell in enumerate(cells, start=2):
            if on_run is not None:
                on_run(number, total)
            results[cell] = _tried(figures, _swapped(exact(pipeline), causes, cell))
    none = cells[0]
    parts: dict[str, FloatArray] = {SOLVERS: results[none] - as_is}
    alone = {SOLVERS: parts[SOLVERS]}
    if causes:
        names = [cause.name for cause in causes]
        shared = shapley(results, names, dict.fromkeys(names, False), dict.fromkeys(names, True))
        parts |= shared.parts
        for place, name in enumerate(names):
            only = tuple(index == place for index in range(len(names)))
            alone[name] = results[only] - results[none]
    return Diagnosis(
        trial.name,
        as_is,
        results[cells[-1]],
        causes,
        parts,
        alone,
        left_out,
        total,
        len(frames),
    )


def _swapped(pipeline: Pipeline, causes: tuple[Cause, ...], cell: tuple[bool, ...]) -> Pipeline:
    for cause, swap in zip(causes, cell, strict=True):
        if swap:
            pipeline = cause.swap(pipeline)
    return pipeline


def _tried(figures: Callable[[Pipeline], FloatArray], pipeline: Pipeline) -> FloatArray:
    """Figures of a run, NaN when it fails: a swap may ask for what the trial cannot give."""
    try:
        return figures(pipeline)
    except KinebenchError:
        return np.full(len(FIGURES), np.nan)


@dataclass(frozen=True, slots=True)
class _Memory:
    """A store that forgets with the process."""

    content: dict[str, Any] = field(default_factory=dict)

    def remember(self, key: str, make: Callable[[], Result]) -> Result:
        if key not in self.content:
            self.content[key] = make()
        found: Result = self.content[key]
        return found
