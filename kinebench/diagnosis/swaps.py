"""Things that may make one side sink, each with a way to do without it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from kinebench.augmentation.augmenter import RATE_TOLERANCE, LSTMAugmenter
from kinebench.augmentation.catalogue import PUBLISHED
from kinebench.cleaning import Butterworth, Level, Rotate
from kinebench.cleaning.rotation import Tilt
from kinebench.core.stages import Cleaner
from kinebench.core.trial import Trial
from kinebench.diagnosis.features import calm
from kinebench.diagnosis.straightness import straightest_window
from kinebench.errors import CleaningError, NameNotFoundError, ScalingError
from kinebench.pipeline.engines import ScalesBySetUp
from kinebench.pipeline.opencap import opencap_setup
from kinebench.pipeline.pipeline import Pipeline
from kinebench.scaling.window import GivenWindow

_CUTOFF_HZ = 6.0
_WARM_UP_S = 1.0


@dataclass(frozen=True, slots=True)
class Cause:
    """One choice of the pipeline that can be swapped.

    That a swap changes a figure says nothing against the choice: what the recording says is in
    `kinebench.diagnosis.faults`.

    Parameters
    ----------
    name : str
    now, instead : str
        The choice as it is, and what it is swapped for, in words.
    swap : callable
        The pipeline with the other choice.
    """

    name: str
    now: str
    instead: str
    swap: Callable[[Pipeline], Pipeline]


def causes_of(
    pipeline: Pipeline, trial: Trial, window_s: tuple[float, float]
) -> tuple[tuple[Cause, ...], dict[str, str]]:
    """Causes that can be tried on this trial, and why others cannot.

    Parameters
    ----------
    pipeline : Pipeline
    trial : Trial
    window_s : (float, float)
        Static window that the pipeline uses.

    Returns
    -------
    causes : tuple of Cause
        Swaps do not disturb one another, whatever their order.
    left_out : dict of str to str
        Name to reason.
    """
    causes: list[Cause] = []
    left_out: dict[str, str] = {}
    if isinstance(pipeline.scale, ScalesBySetUp):
        causes += _scaling_causes(pipeline, trial, window_s, left_out)
    else:
        left_out["static window"] = left_out["scaling set-up"] = "the model is not scaled here"
    try:
        causes.append(_levelling(trial))
    except (CleaningError, NameNotFoundError) as error:
        left_out["camera tilt"] = str(error)
    causes.append(
        Cause(
            "keypoint noise",
            "as recorded",
            f"Butterworth {_CUTOFF_HZ:g} Hz",
            # after levelling or before it: a rotation and a filter can change places
            lambda pipeline: _with_cleaner(pipeline, Butterworth(_CUTOFF_HZ, short_runs="keep")),
        )
    )
    if isinstance(pipeline.augment, LSTMAugmenter):
        causes += _augmenter_causes(pipeline.augment, trial, left_out)
    else:
        left_out["augmenter version"] = left_out["augmenter start-up"] = "nothing is augmented here"
    return tuple(causes), left_out


def _scaling_causes(
    pipeline: Pipeline, trial: Trial, window_s: tuple[float, float], left_out: dict[str, str]
) -> list[Cause]:
    scale: Any = pipeline.scale
    causes = []
    standing = trial.keypoints if trial.static is None else trial.static
    best: tuple[float, float] | None = None
    try:
        best = straightest_window(calm(standing))
    except (NameNotFoundError, ScalingError) as error:
        left_out["static window"] = str(error)
    if best is not None:
        other = GivenWindow(*best)
        causes.append(
            Cause(
                "static window",
                f"{window_s[0]:.2f} to {window_s[1]:.2f} s",
                f"{best[0]:.2f} to {best[1]:.2f} s, the straightest and stillest half second",
                lambda pipeline: _with_scale(pipeline, window=other),
            )
        )
    if not pipeline.generic.name.startswith("Lai"):
        left_out["scaling set-up"] = f"OpenCap has no set-ups for {pipeline.generic.name}"
    elif b"r_mknee_study" not in scale.setup.xml:
        left_out["scaling set-up"] = "OpenCap has one set-up for these markers"
    else:
        causes.append(_scaling_setup(scale))
    return causes


def _scaling_setup(scale: ScalesBySetUp) -> Cause:
    """The other of OpenCap's set-ups."""
    upright = opencap_setup("augmented", "upright").scaling
    any_pose = opencap_setup("augmented", "any_pose").scaling
    words = "the set-up that pulls towards standing", "the any_pose set-up"
    now, instead, other = (*words, any_pose)
    if scale.setup.digest == any_pose.digest:
        now, instead, other = (*reversed(words), upright)
    return Cause(
        "scaling set-up", now, instead, lambda pipeline: _with_scale(pipeline, setup=other)
    )


def _levelling(trial: Trial) -> Cause:
    """One rotation for the session, found where somebody stands: cameras do not move between."""
    standing = calm(trial.keypoints if trial.static is None else trial.static)
    found: Rotate = Level().resolve(standing)
    turn = Rotate(found.R)
    tilt = found.tilt
    told = "levelled" if tilt is None else f"levelled by {_tilt_text(tilt)}"
    return Cause(
        "camera tilt",
        "as recorded",
        told,
        lambda pipeline: _with_cleaner(pipeline, turn),
    )


def _tilt_text(tilt: Tilt) -> str:
    found = (
        f"{math.degrees(tilt.sagittal):+.1f} ± {math.degrees(tilt.sagittal_uncertainty):.1f}°"
        f" sagittal, {math.degrees(tilt.frontal):+.1f} ±"
        f" {math.degrees(tilt.frontal_uncertainty):.1f}° frontal"
    )
    return found.replace("-", "−")


def _augmenter_causes(
    augment: LSTMAugmenter, trial: Trial, left_out: dict[str, str]
) -> list[Cause]:
    causes = []
    name, (*_, before, newest) = augment.row.name, PUBLISHED
    if name in PUBLISHED:
        other = before if name == newest else newest
        causes.append(
            Cause(
                "augmenter version",
                name,
                other,
                lambda pipeline: _with_augmenter(pipeline, version=other),
            )
        )
    else:
        left_out["augmenter version"] = f"{name} is not one of OpenCap's"
    changes: dict[str, float] = {}
    if augment.warm_up_s < _WARM_UP_S:
        changes["warm_up_s"] = _WARM_UP_S
    known_hz = augment.row.rate_hz
    off = abs(trial.keypoints.rate_hz / known_hz - 1) > RATE_TOLERANCE
    if off and augment.resample_hz is None:
        changes["resample_hz"] = known_hz
    if not changes:
        left_out["augmenter start-up"] = "it has a warm-up, and frames at the rate it knows"
        return causes
    words = {"warm_up_s": "1 s of warm-up", "resample_hz": f"run at {known_hz:g} Hz"}
    causes.append(
        Cause(
            "augmenter timing" if "resample_hz" in changes else "augmenter start-up",
            "none of it",
            " and ".join(words[key] for key in changes),
            lambda pipeline: _with_augmenter(pipeline, **changes),
        )
    )
    return causes


def _with_cleaner(pipeline: Pipeline, cleaner: Cleaner) -> Pipeline:
    return replace(pipeline, clean=(*pipeline.clean, cleaner))


def _with_scale(pipeline: Pipeline, **changes: object) -> Pipeline:
    return replace(pipeline, scale=replace(pipeline.scale, **changes))  # type: ignore[type-var]


def _with_augmenter(pipeline: Pipeline, **changes: object) -> Pipeline:
    augment = replace(pipeline.augment, **changes)  # type: ignore[type-var]
    return replace(pipeline, augment=augment)
