"""Things that may make one side sink, each with a way to do without it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from kinebench.augmentation.augmenter import LSTMAugmenter
from kinebench.cleaning import Butterworth, Level, Rotate
from kinebench.cleaning.rotation import Tilt
from kinebench.core.stages import Cleaner
from kinebench.core.trial import Trial
from kinebench.errors import CleaningError, NameNotFoundError
from kinebench.pipeline.opencap import opencap_setup
from kinebench.pipeline.pipeline import Pipeline
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.opensim_scaler import OpenSimScaler
from kinebench.scaling.standing import StandingWindow

__all__ = ["Cause", "causes_of", "exact"]

_CUTOFF_HZ = 6.0
_WARM_UP_S = 1.0
_TRAINING_HZ = 60.0


@dataclass(frozen=True, slots=True)
class Cause:
    """One choice of the pipeline that can be swapped.

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


def causes_of(pipeline: Pipeline, trial: Trial) -> tuple[tuple[Cause, ...], dict[str, str]]:
    """Causes that can be tried on this trial, and why others cannot.

    Returns
    -------
    causes : tuple of Cause
        Swaps do not disturb one another, whatever their order.
    left_out : dict of str to str
        Name to reason.
    """
    causes: list[Cause] = []
    left_out: dict[str, str] = {}
    if isinstance(pipeline.scale, FastScaler | OpenSimScaler):
        causes += _scaling_causes(pipeline.scale, trial, left_out)
    else:
        left_out["static window"] = left_out["static pose"] = "the model is not scaled here"
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
        causes += _augmenter_causes(pipeline.augment, trial)
    else:
        left_out["augmenter"] = left_out["start-up"] = "nothing is augmented here"
    return tuple(causes), left_out


def exact(pipeline: Pipeline) -> Pipeline:
    """The pipeline with the exact scaler and solver in place of OpenSim's tools."""
    from kinebench.ik.fast import FastIK
    from kinebench.ik.opensim_engine import OpenSimIK

    scale, solve = pipeline.scale, pipeline.solve
    if isinstance(scale, OpenSimScaler):
        scale = FastScaler(scale.setup, scale.marker_set, scale.window)
    if isinstance(solve, OpenSimIK):
        solve = FastIK(solve.tasks)
    return replace(pipeline, scale=scale, solve=solve)


def _scaling_causes(
    scale: FastScaler | OpenSimScaler, trial: Trial, left_out: dict[str, str]
) -> list[Cause]:
    causes = []
    if trial.static is None:
        left_out["static window"] = "no static trial: the standing window is in use already"
    elif isinstance(scale.window, StandingWindow):
        left_out["static window"] = "the standing window is in use already"
    else:
        causes.append(
            Cause(
                "static window",
                "as planned",
                "stillest, most upright half second after the first second",
                lambda pipeline: _with_scale(pipeline, window=StandingWindow()),
            )
        )
    upright = opencap_setup("augmented", "upright").scaling
    any_pose = opencap_setup("augmented", "any_pose").scaling
    is_upright = scale.setup.digest != any_pose.digest
    other, name = (any_pose, "any_pose") if is_upright else (upright, "upright")
    causes.append(
        Cause(
            "static pose",
            "set-up that pulls the pose towards standing" if is_upright else "any_pose set-up",
            f"{name} set-up",
            lambda pipeline: _with_scale(pipeline, setup=other),
        )
    )
    return causes


def _levelling(trial: Trial) -> Cause:
    """One rotation for the session, found where somebody stands: cameras do not move between."""
    standing = trial.keypoints if trial.static is None else trial.static
    found: Rotate = Level().resolve(standing)
    turn = Rotate(found.R)
    tilt = found.tilt
    told = "levelled" if tilt is None else f"levelled by {_tilt_text(tilt)}"
    return Cause("camera tilt", "as recorded", told, lambda pipeline: _with_cleaner(pipeline, turn))


def _tilt_text(tilt: Tilt) -> str:
    return (
        f"{math.degrees(tilt.sagittal):+.1f} ± {math.degrees(tilt.sagittal_uncertainty):.1f}°"
        f" sagittal, {math.degrees(tilt.frontal):+.1f} ±"
        f" {math.degrees(tilt.frontal_uncertainty):.1f}° frontal"
    )


def _augmenter_causes(augment: LSTMAugmenter, trial: Trial) -> list[Cause]:
    name = augment.row.name
    other = "v0.2" if name == "v0.3" else "v0.3"
    causes = [
        Cause(
            "augmenter version",
            name,
            other,
            lambda pipeline: _with_augmenter(pipeline, version=other),
        )
    ]
    changes: dict[str, float] = {}
    if augment.warm_up_s < _WARM_UP_S:
        changes["warm_up_s"] = _WARM_UP_S
    off_rate = abs(trial.keypoints.rate_hz / _TRAINING_HZ - 1) > 0.005
    if off_rate and augment.resample_hz is None:
        changes["resample_hz"] = _TRAINING_HZ
    if changes:
        words = {"warm_up_s": "1 s of warm-up", "resample_hz": "run at 60 Hz"}
        causes.append(
            Cause(
                "augmenter start-up" if "resample_hz" not in changes else "augmenter timing",
                "as OpenCap does",
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
