"""Swapping every cause on one trial, and sharing out what changes."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from kinebench.augmentation.augmenter import LSTMAugmenter
from kinebench.core.arrays import FloatArray
from kinebench.core.marker_sets import OPTICAL_MARKERS
from kinebench.core.markers import Markers
from kinebench.core.results import PipelineRun
from kinebench.core.trial import Trial
from kinebench.diagnosis.corrections import as_corrected
from kinebench.diagnosis.faults import UNDECIDABLE, Fault, faults_of, recorded_wrong
from kinebench.diagnosis.features import Choices, measured
from kinebench.diagnosis.figures import (
    COURSES,
    FIGURES,
    Frames,
    courses_of,
    deepest_frames,
    figures_of,
)
from kinebench.diagnosis.soundness import unsound
from kinebench.diagnosis.swaps import Cause, causes_of
from kinebench.errors import KinebenchError, listed
from kinebench.metrics import shapley
from kinebench.metrics.undefined import UndefinedMetricWarning
from kinebench.pipeline.engines import ScalesBySetUp, with_engine
from kinebench.pipeline.memo import Memo, MemoryMemo
from kinebench.pipeline.opencap import opencap_setup
from kinebench.pipeline.pipeline import Pipeline
from kinebench.remarks import Remark, each_once, unheard

SOLVERS = "solvers"
"""Name of the cause that OpenSim's tools stop short of their optimum."""

# Nearly all that is known of a recording starts from these.
_LEG_KEYPOINTS = tuple(side + joint for side in "RL" for joint in ("Hip", "Knee", "Ankle"))


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
    n_runs : int
    deep : (n_deep,) int
        Frames that count as deepest points.
    times : (n_frames,) s
    course, swapped_course : (n_frames, n_courses)
        `COURSES` over time, as it is and with every cause swapped.
    course_parts : mapping of str to (n_frames, n_courses)
        As `parts`.
    remarks : tuple of Remark
        Warnings of the run as it is.
    faults : tuple of Fault
        Every cause that the recording speaks for or against, likeliest first.
    anything : float
        Probability that anything is wrong with the recording, settings of the run apart; NaN
        where it is not judged.
    augmenter : str
        Version, empty without one.
    recording : Trial, optional
        What was judged, for pictures.
    window_s : (float, float)
        Static window; NaN where no model is scaled.
    strange : tuple of str
        Features that are unlike all that causes were learnt from, where there are too many of
        them: nothing is accused then.
    unjudged : str
        Why there are no probabilities, as of optical markers; empty where there are.
    corrections : tuple of str
        Cleaners of the pipeline after which the recording is judged: see `as_corrected`.
    """

    trial: str
    as_is: FloatArray
    swapped: FloatArray
    causes: tuple[Cause, ...]
    parts: Mapping[str, FloatArray]
    alone: Mapping[str, FloatArray]
    left_out: Mapping[str, str]
    n_runs: int
    deep: Frames
    times: FloatArray
    course: FloatArray
    swapped_course: FloatArray
    course_parts: Mapping[str, FloatArray]
    remarks: tuple[Remark, ...] = ()
    faults: tuple[Fault, ...] = ()
    anything: float = 0.0
    augmenter: str = ""
    recording: Trial | None = None
    window_s: tuple[float, float] = (math.nan, math.nan)
    strange: tuple[str, ...] = ()
    unjudged: str = ""
    corrections: tuple[str, ...] = ()

    @property
    def undecidable(self) -> tuple[str, ...]:
        """What no recording of this kind decides."""
        if self.unjudged:
            return (f"whether anything is wrong: not judged: {self.unjudged}",)
        return UNDECIDABLE if self.augmenter else UNDECIDABLE[1:]  # the first is on the augmenter

    @property
    def n_deep_frames(self) -> int:
        """How many frames count as deepest points."""
        return len(self.deep)

    @property
    def deep_spans_s(self) -> tuple[tuple[float, float], ...]:
        """The deepest points as spans of time; none when all frames count."""
        if len(self.deep) == len(self.times):
            return ()
        runs = np.split(self.deep, np.flatnonzero(np.diff(self.deep) > 1) + 1)
        return tuple((float(self.times[run[0]]), float(self.times[run[-1]])) for run in runs)

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
    with unheard():
        bench = _Bench.of(pipeline, trial)
        causes, left_out = causes_of(pipeline, trial, bench.window_s)
        seen, corrections = as_corrected(pipeline.clean, trial)
        judged = _judged(pipeline, seen, bench.choices)
        causes, found = bench.factorial(causes, left_out, on_run)
    names = [cause.name for cause in causes]
    cells = list(itertools.product((False, True), repeat=len(causes)))
    results: dict[tuple[Hashable, ...], FloatArray] = {
        cell: found[frozenset(itertools.compress(names, cell))] for cell in cells
    }
    none = cells[0]
    parts = {SOLVERS: results[none] - bench.as_is}
    alone = dict(parts)
    if causes:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UndefinedMetricWarning)  # what is NaN shows as a dash
            shared = shapley(
                results, names, dict.fromkeys(names, False), dict.fromkeys(names, True)
            )
        parts |= shared.parts
        for place, name in enumerate(names):
            only = tuple(index == place for index in range(len(names)))
            alone[name] = results[only] - results[none]
    n = len(FIGURES)
    swapped = results[cells[-1]]
    return Diagnosis(
        trial.name,
        bench.as_is[:n],
        swapped[:n],
        causes,
        {name: values[:n] for name, values in parts.items()},
        {name: values[:n] for name, values in alone.items()},
        left_out,
        len(cells) + 1,
        bench.frames,
        trial.keypoints.times,
        _as_courses(bench.as_is),
        _as_courses(swapped),
        {name: _as_courses(values) for name, values in parts.items()},
        each_once((*unsound(trial), *bench.remarks)),
        judged.faults,
        judged.anything,
        pipeline.augment.row.name if isinstance(pipeline.augment, LSTMAugmenter) else "",
        seen,
        bench.window_s,
        judged.strange,
        judged.unjudged,
        corrections,
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    """As of a `Diagnosis`."""

    faults: tuple[Fault, ...] = ()
    anything: float = math.nan
    strange: tuple[str, ...] = ()
    unjudged: str = ""


def _judged(pipeline: Pipeline, trial: Trial, choices: Choices) -> _Judged:
    unjudged = unjudged_reason(pipeline, trial)
    if unjudged:
        return _Judged(unjudged=unjudged)
    features = measured(trial, choices)
    faults, _, strange = faults_of(features)
    return _Judged(faults, recorded_wrong(faults, features), strange)


def unjudged_reason(pipeline: Pipeline, trial: Trial) -> str:
    """Why probabilities say nothing of a trial; empty where they do."""
    names = set(trial.keypoints.names)
    lacking = [name for name in _LEG_KEYPOINTS if name not in names]
    augmented = isinstance(pipeline.augment, LSTMAugmenter)
    # a set of optical markers may lack some, and a file of keypoints has hardly one of them
    optical = not augmented and 2 * len(names & set(OPTICAL_MARKERS)) >= len(OPTICAL_MARKERS)
    if not (optical or lacking):
        return ""
    what = "optical markers" if optical else f"the recording has no {listed(lacking, 6)}"
    return f"{what}; the probabilities were learnt on video keypoints"


def choices_of(pipeline: Pipeline, window_s: tuple[float, float], cleaned: Markers) -> Choices:
    """What a pipeline does that may be wrong by itself.

    Parameters
    ----------
    pipeline : Pipeline
    window_s : (float, float)
        Static window; NaN where no model is scaled.
    cleaned : Markers
        The movement after its cleaning.
    """
    augment = pipeline.augment
    scaled = bool(np.isfinite(window_s).all())
    if not isinstance(augment, LSTMAugmenter):
        return Choices(window_s if scaled else None, _any_pose(pipeline), cleaned=cleaned)
    trained = math.nan if augment.resample_hz is not None else augment.row.rate_hz
    window = window_s if scaled else None
    return Choices(window, _any_pose(pipeline), augment.warm_up_s, trained, cleaned)


def _any_pose(pipeline: Pipeline) -> bool:
    """Whether the scaling set-up lets the subject stand as they like."""
    scale = pipeline.scale
    # OpenCap's files are for its own model, and may not be available for another
    if not isinstance(scale, ScalesBySetUp) or not pipeline.generic.name.startswith("Lai"):
        return False
    return scale.setup.digest == opencap_setup("augmented", "any_pose").scaling.digest


def _as_courses(values: FloatArray) -> FloatArray:
    return values[len(FIGURES) :].reshape(-1, len(COURSES))


@dataclass(frozen=True, slots=True, eq=False)
class _Bench:
    """A trial on which pipelines are tried.

    Parameters
    ----------
    pipeline : Pipeline
        As it is.
    trial : Trial
    memo : Memo
    frames : (n,) int
        The deepest points.
    window_s : (float, float)
    choices : Choices
    as_is : (n_figures + n_frames * n_courses,)
        Figures of the pipeline as it is, then its courses.
    remarks : tuple of Remark
        Warnings of that run.
    """

    pipeline: Pipeline
    trial: Trial
    memo: Memo
    frames: Frames
    window_s: tuple[float, float]
    choices: Choices
    as_is: FloatArray
    remarks: tuple[Remark, ...]

    @classmethod
    def of(cls, pipeline: Pipeline, trial: Trial) -> _Bench:
        memo = MemoryMemo()
        run = pipeline(trial, memo=memo)
        frames = deepest_frames(run.augmented)
        as_is = _measured(run, frames)
        window_s = run.scaling.window_s
        choices = choices_of(pipeline, window_s, run.keypoints)
        return cls(pipeline, trial, memo, frames, window_s, choices, as_is, run.remarks)

    def run(self, pipeline: Pipeline) -> FloatArray:
        """Figures and courses of another pipeline.

        Angles are taken by whole turns as near to those of `as_is` as can be.
        """
        run = pipeline(self.trial, memo=self.memo)
        values = _measured(run, self.frames)
        courses, before = _as_courses(values)[:, 1:], _as_courses(self.as_is)[:, 1:]
        courses -= 2 * np.pi * np.round((courses - before) / (2 * np.pi))
        return values

    def factorial(
        self,
        causes: tuple[Cause, ...],
        left_out: dict[str, str],
        on_run: Callable[[int, int], None] | None,
    ) -> tuple[tuple[Cause, ...], dict[frozenset[str], FloatArray]]:
        """The causes that can be swapped alone and together, and what every set of them gives.

        A cause whose swap fails with any set of those before it goes to `left_out`.
        """
        start = with_engine(self.pipeline, "fast", keep_foreign=True)
        usable: tuple[Cause, ...] = ()
        pipelines = {frozenset[str](): start}
        results = {frozenset[str](): self.run(start)}
        for cause in causes:
            swapped = {chosen | {cause.name}: cause.swap(p) for chosen, p in pipelines.items()}
            more: dict[frozenset[str], FloatArray] = {}
            try:
                for chosen, pipeline in swapped.items():
                    more[chosen] = self.run(pipeline)
                    if on_run is not None:
                        on_run(len(results) + len(more) + 1, 2 ** len(causes) + 1)
            except KinebenchError as error:
                left_out[cause.name] = str(error)
                continue
            usable = (*usable, cause)
            pipelines |= swapped
            results |= more
        return usable, results


def _measured(run: PipelineRun, frames: Frames) -> FloatArray:
    model, motion = run.scaling.model, run.solution.motion
    figures = figures_of(model, motion, run.augmented, frames)
    return np.concatenate([figures, courses_of(model, motion).ravel()])
