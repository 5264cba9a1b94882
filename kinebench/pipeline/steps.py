"""What a pipeline does to a trial, step by step, before anything is computed.

The steps are values: their keys follow from the parameters and the recordings alone, so what has
been computed before is recognised without computing anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kinebench.augmentation.augmenter import tracked_markers
from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.provenance import describe, digest
from kinebench.core.results import ScalingResult, StageResult
from kinebench.core.stages import (
    AdaptiveCleaner,
    Augmenter,
    Cleaner,
    GroundOffset,
    InverseKinematics,
    Scaler,
    StartsUp,
    in_trial,
)
from kinebench.core.subject import Subject
from kinebench.core.trial import Trial
from kinebench.pipeline.filled import filled_gaps, tell_of_filled, tell_of_unseen
from kinebench.pipeline.memo import STAGE_VERSIONS
from kinebench.pipeline.scaling_remarks import tell_of_scaling, tell_of_standing
from kinebench.posture.standing import standing_quality
from kinebench.remarks import tell

if TYPE_CHECKING:
    from kinebench.pipeline.pipeline import Pipeline


# What remarks and checks call the recordings that a run starts from.
_RECORDINGS = {"keypoints": "movement", "static": "static", "static markers": "static"}


@dataclass(frozen=True, slots=True)
class Step:
    """One stage applied to one recording.

    Parameters
    ----------
    stage : str
        One of `kinebench.pipeline.pipeline.STAGES`.
    recording : str
        What it is done to: "keypoints", "static", or "trial" for the whole.
    gives : str
        Name of its result.
    parameters : tuple
        Everything that the result depends on besides the inputs.
    inputs : tuple of str
        Results of earlier steps, or recordings, that it works on.
    make : callable
        The inputs' values -> `StageResult`.
    """

    stage: str
    recording: str
    gives: str
    parameters: tuple[Any, ...]
    inputs: tuple[str, ...]
    make: Callable[..., StageResult]

    def key(self, keys: dict[str, str]) -> str:
        """Digest of the stage's version, its parameters and the keys of its inputs."""
        inputs = tuple(keys[name] for name in self.inputs)
        return digest(self.stage, STAGE_VERSIONS[self.stage], self.parameters, inputs)


def recordings_of(trial: Trial) -> dict[str, Markers]:
    """The recordings that a run starts from, by the names that steps have for them.

    Static *markers* are scaled on as they are; only without them is a static trial's keypoints
    cleaned and augmented.
    """
    recordings = {"keypoints": trial.keypoints}
    if trial.static_markers is not None:
        recordings["static markers"] = trial.static_markers
    elif trial.static is not None:
        recordings["static"] = trial.static
    return recordings


def steps_of(pipeline: Pipeline, trial: Trial) -> tuple[Step, ...]:
    """The steps of a pipeline on a trial, in order: stage after stage, the movement first."""
    subject = trial.subject
    recordings = recordings_of(trial)
    cleaners = in_trial(pipeline.clean, trial)
    moving = [name for name in ("keypoints", "static") if name in recordings]
    cleaned: list[Step] = []
    augmented: list[Step] = []
    grounded: list[Step] = []
    for name in moving:
        steps = tuple(_cleaning(cleaners, name))
        cleaned += steps
        clean = steps[-1].gives if steps else name
        augmented.append(_augmentation(pipeline.augment, subject, name, clean))
        grounded.append(_grounding(pipeline.floor, name, clean, augmented[-1].gives))
    standing = "static markers" if "static markers" in recordings else grounded[-1].gives
    solve = pipeline.solve
    return (
        *cleaned,
        *augmented,
        *grounded,
        _scaling(pipeline, subject, standing),
        Step(
            "solve",
            "trial",
            "solution",
            (solve,),
            ("scaling", grounded[0].gives),
            lambda scaling, markers: _solved(solve, scaling, markers),
        ),
    )


def stage_keys(pipeline: Pipeline, trial: Trial) -> dict[str, str]:
    """Key of every step's result, by the result's name; nothing is computed."""
    keys = {name: digest(name, markers) for name, markers in recordings_of(trial).items()}
    for step in steps_of(pipeline, trial):
        keys[step.gives] = step.key(keys)
    return keys


def _cleaning(cleaners: tuple[Cleaner, ...], recording: str) -> Iterator[Step]:
    given = recording
    for number, cleaner in enumerate(cleaners, start=1):
        gives = f"{recording}, cleaned {number}"
        yield Step("clean", recording, gives, (cleaner,), (given,), _cleaned_by(cleaner, recording))
        given = gives


def _cleaned_by(cleaner: Cleaner, recording: str) -> Callable[[Markers], StageResult]:
    def make(markers: Markers) -> StageResult:
        fixed = cleaner.resolve(markers) if isinstance(cleaner, AdaptiveCleaner) else cleaner
        cleaned = fixed(markers)
        filled = filled_gaps(markers, cleaned)
        record = {"stage": describe(fixed), "filled": describe(filled)}
        tell_of_filled(filled, _RECORDINGS[recording])
        return StageResult(cleaned, record)

    return make


def _augmentation(augment: Augmenter, subject: Subject, recording: str, cleaned: str) -> Step:
    return Step(
        "augment",
        recording,
        f"{recording}, augmented",
        (augment, subject),
        (cleaned,),
        lambda keypoints: StageResult(augment(keypoints, subject)),
    )


def _grounding(floor: GroundOffset | None, recording: str, cleaned: str, augmented: str) -> Step:
    """Keypoints and augmented markers together, on the floor when that is asked for.

    The augmented markers alone decide the offset, as in OpenCap.
    """

    def make(keypoints: Markers, markers: Markers) -> StageResult:
        together = tracked_markers(keypoints, markers)
        if floor is None:
            return StageResult(together)
        shift = floor.resolve(markers)
        return StageResult(shift(together), describe(shift))

    gives = f"{recording}, on the floor"
    return Step("floor", recording, gives, (floor,), (cleaned, augmented), make)


def _scaling(pipeline: Pipeline, subject: Subject, standing: str) -> Step:
    scale, generic = pipeline.scale, pipeline.generic
    # how long after the beginning the augmenter's markers are biased
    start_up_s = pipeline.augment.start_up_s if isinstance(pipeline.augment, StartsUp) else 0.0
    recording = _RECORDINGS[standing.partition(",")[0]]
    return Step(
        "scale",
        "trial",
        "scaling",
        (scale, generic, subject, start_up_s),
        (standing,),
        lambda markers: _scaled(scale, generic, subject, start_up_s, recording, markers),
    )


def _solved(solve: InverseKinematics, scaling: ScalingResult, markers: Markers) -> StageResult:
    solution = solve(scaling.model, markers)
    tell_of_unseen(markers)
    return StageResult(solution)


def _scaled(
    scale: Scaler,
    generic: Model,
    subject: Subject,
    start_up_s: float,
    recording: str,
    standing: Markers,
) -> StageResult:
    """A scaled model, and how well the subject stood; what makes the scaling doubtful is told."""
    scaling: ScalingResult = scale(generic, standing, subject)
    record = None
    if np.isfinite(scaling.window_s).all():
        quality = standing_quality(standing, scaling.window_s)
        record = describe(quality)
        if quality is not None:
            tell_of_standing(quality, scaling.window_s, recording)
    tell_of_scaling(scaling, subject, recording)
    start = scaling.window_s[0] - standing.times[0]
    if start < start_up_s:
        tell(
            "augmenter start-up",
            f"the static window starts {start:.2f} s after the beginning, while the augmenter"
            f" still warms up (its markers are biased for about {start_up_s:g} s): a warm-up"
            " avoids that",
            spans_s=(scaling.window_s,),
            recording=recording,
        )
    return StageResult(scaling, record)
