"""From files and options to a pipeline and a trial: everything that a run decides beforehand."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kinebench.cleaning.repair import FillGaps
from kinebench.core.keypoints import OPENCAP_20, with_derived_keypoints, without_face
from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.core.stages import Scaler
from kinebench.core.subject import Subject
from kinebench.core.trial import Trial
from kinebench.errors import KinebenchWarning, ValueRangeError
from kinebench.pipeline.engines import engine
from kinebench.pipeline.offset_names import plain_model, stored_for
from kinebench.pipeline.opencap import OpenCapSetup
from kinebench.pipeline.pipeline import Pipeline
from kinebench.pipeline.plausibility import require_plausible
from kinebench.pipeline.spec import DEFAULT_VERSION, PipelineSpec, Window
from kinebench.scaling.given import GivenModel
from kinebench.scaling.standing import StandingWindow
from kinebench.scaling.window import StaticWindow

__all__ = ["FILES_CLEAN", "Plan", "makeshift_window", "plan_from_markers"]

FILES_CLEAN = (FillGaps("linear", 0.5),)
"""Cleaning of files where nothing is asked for: an augmenter knows no gaps, and what happens in a
gap of more than half a second cannot be guessed."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A run that can begin.

    Parameters
    ----------
    pipeline : Pipeline
    trial : Trial
    choices : mapping of str to str
        What was decided, and from what.
    spec : PipelineSpec
        What was asked for.
    facts : mapping of str to str
        What the checks of quality need to know of a session: "augmenter stated", "augmenter
        found", "image filter" (Hz).
    motion : Motion, optional
        What was made of the trial elsewhere, such as a session's own result.
    """

    pipeline: Pipeline
    trial: Trial
    choices: Mapping[str, str]
    spec: PipelineSpec
    facts: Mapping[str, str] = field(default_factory=dict)
    motion: Motion | None = None


def plan_from_markers(
    name: str,
    keypoints: Markers,
    static: Markers | None,
    subject: Subject,
    spec: PipelineSpec,
    model: Model | None = None,
) -> Plan:
    """Plan a run on recordings without a session around them.

    Parameters
    ----------
    name : str
        Of the trial.
    keypoints : Markers
        What was recorded: keypoints, or markers that are tracked as they are.
    static : Markers, optional
    subject : Subject
    spec : PipelineSpec
    model : Model, optional
        A scaled model, which makes scaling unnecessary.
    """
    require_plausible(keypoints, subject, name)
    if static is not None:
        require_plausible(static, subject, "the static trial")
    useless = (static, spec.window, spec.static_pose)
    if model is not None and any(given is not None for given in useless):
        raise ValueRangeError(
            "a scaled model is used as it is: a static trial, window or scaling set-up would have"
            " no effect"
        )
    setup = spec.setup()
    version = spec.augmenter or DEFAULT_VERSION
    augment = spec.make_augmenter(version)
    choices = {"tracked markers": spec.track}
    if spec.augments:
        choices["augmenter"] = f"{version} ({'asked for' if spec.augmenter else 'default'})"
        given = keypoints
        keypoints = _prepared(given, augment.needs)
        static = static and _prepared(static, augment.needs)
        choices["keypoints"] = f"{len(keypoints.names)} of the {len(given.names)} points given"
    if model is not None:
        if spec.track == "stored":
            keypoints = stored_for(model, keypoints)
        scale: Scaler = GivenModel(plain_model(model))
        choices["scaling"] = f"none: {model.name} is scaled already"
    else:
        scale, choices["static window"] = _scaler(setup, static is not None, spec)
    spec = replace(spec, clean=FILES_CLEAN if spec.clean is None else spec.clean)
    pipeline = spec.build(setup, augment, scale)
    return Plan(pipeline, Trial(name, subject, keypoints, static), choices, spec)


def _prepared(keypoints: Markers, needs: tuple[str, ...]) -> Markers:
    """The video keypoints alone: markers that a file holds besides would hide the augmented ones.

    Without all that the augmenter needs nothing is dropped, so that its error can name what is
    there instead.
    """
    keypoints = without_face(with_derived_keypoints(keypoints))
    if not set(needs) <= set(keypoints.names):
        return keypoints
    return keypoints.select(name for name in keypoints.names if name in OPENCAP_20)


def _scaler(setup: OpenCapSetup, has_static: bool, spec: PipelineSpec) -> tuple[Scaler, str]:
    if spec.window is not None:
        window: Window = spec.window
        source = "asked for"
    elif has_static:
        window, source = StaticWindow(spec.watched), "OpenCap's rule on the static trial"
    elif spec.track == "mocap":
        raise ValueRangeError(
            "optical markers need a static trial (--static) or a window (--window START END)"
        )
    else:
        window, source = makeshift_window()
    return engine(spec.engine).make_scaler(setup.scaling, setup.marker_set, window), source


def makeshift_window() -> tuple[StandingWindow, str]:
    """What stands in for a static trial, and what it is called; warns of it."""
    warnings.warn(
        "no static trial: the model is scaled on the stillest, most upright part of the trial"
        " itself; whatever the subject bends there becomes a constant error of the angles",
        KinebenchWarning,
        stacklevel=3,
    )
    return StandingWindow(), "best standing window of the trial itself"
