"""From files and options to a pipeline and a trial: everything that a run decides beforehand."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field

from kinebench.augmentation.augmenter import LSTMAugmenter, NoAugmentation
from kinebench.augmentation.floor import FloorOffset
from kinebench.core.keypoints import OPENCAP_20, with_derived_keypoints, without_face
from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.core.stages import Augmenter, Cleaner, Scaler
from kinebench.core.subject import Subject
from kinebench.core.trial import Trial
from kinebench.errors import KinebenchWarning, ValueRangeError, require_names
from kinebench.ik.engines import make_engine
from kinebench.pipeline.offset_names import plain_model, stored_for
from kinebench.pipeline.opencap import OpenCapSetup, opencap_setup
from kinebench.pipeline.pipeline import Pipeline
from kinebench.scaling.given import GivenModel
from kinebench.scaling.opensim_scaler import OpenSimScaler
from kinebench.scaling.standing import StandingWindow
from kinebench.scaling.window import (
    ANATOMICAL_MARKERS,
    KEYPOINT_MARKERS,
    OPTICAL_MARKERS,
    GivenWindow,
    StaticWindow,
)

__all__ = [
    "DEFAULT_VERSION",
    "TRACKED",
    "Options",
    "Plan",
    "makeshift_window",
    "plan_from_markers",
    "planned",
]

DEFAULT_VERSION = "v0.3"
"""Augmenter version where nothing says otherwise: the default of opencap-core's code."""

# what is tracked -> (OpenCap's marker set, markers that must stand still)
_TRACKED = {
    "augmented": ("augmented", ANATOMICAL_MARKERS),
    "stored": ("augmented", ANATOMICAL_MARKERS),
    "openpose": ("openpose", KEYPOINT_MARKERS),
    "mmpose": ("mmpose", KEYPOINT_MARKERS),
    "mocap": ("mocap", OPTICAL_MARKERS),
}

TRACKED = tuple(_TRACKED)
"""What inverse kinematics can track: markers augmented here, markers stored in the file, raw
keypoints with the set-up of a detector, optical markers."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a person may choose; None leaves the choice to the data.

    Parameters
    ----------
    track : one of TRACKED
    augmenter : str, optional
        Version.
    static_pose : {"upright", "any_pose"}, optional
    window_s : (float, float), optional
        Static window.
    warm_up_s, resample_hz
        As in `LSTMAugmenter`.
    clean : tuple of Cleaner
    floor : bool
        OpenCap's vertical offset; markers that are not augmented here are never shifted.
    engine : str
    """

    track: str = "augmented"
    augmenter: str | None = None
    static_pose: str | None = None
    window_s: tuple[float, float] | None = None
    warm_up_s: float = 0.0
    resample_hz: float | None = None
    clean: tuple[Cleaner, ...] = ()
    floor: bool = True
    engine: str = "opensim"

    def __post_init__(self) -> None:
        require_names([self.track], TRACKED, "kind of markers to track", "kinebench")
        if self.augments:
            return
        useless = [
            name
            for name, given in (
                ("an augmenter version", self.augmenter),
                ("a warm-up", self.warm_up_s),
                ("a rate for the augmenter", self.resample_hz),
            )
            if given
        ]
        if useless:
            raise ValueRangeError(
                f"{' and '.join(useless)} asked for, but {self.track} markers are tracked as they"
                " are: nothing is augmented"
            )

    @property
    def augments(self) -> bool:
        return self.track == "augmented"

    @property
    def watched(self) -> tuple[str, ...]:
        """Markers that a static window watches."""
        return _TRACKED[self.track][1]

    def make_augmenter(self, version: str) -> Augmenter:
        """The augmenter, or the stage that adds nothing."""
        if not self.augments:
            return NoAugmentation()
        return LSTMAugmenter(version, warm_up_s=self.warm_up_s, resample_hz=self.resample_hz)

    def opencap(self, shoulder: bool = False, static_pose: str = "upright") -> OpenCapSetup:
        """OpenCap's files for what is tracked."""
        return opencap_setup(_TRACKED[self.track][0], self.static_pose or static_pose, shoulder)


@dataclass(frozen=True, slots=True)
class Plan:
    """A run that can begin.

    Parameters
    ----------
    pipeline : Pipeline
    trial : Trial
    choices : mapping of str to str
        What was decided, and from what.
    facts : mapping of str to str
        What the checks of quality need to know of a session: "augmenter stated", "augmenter
        found", "image filter" (Hz).
    motion : Motion, optional
        What was made of the trial elsewhere, such as a session's own result.
    """

    pipeline: Pipeline
    trial: Trial
    choices: Mapping[str, str]
    facts: Mapping[str, str] = field(default_factory=dict)
    motion: Motion | None = None


def plan_from_markers(
    name: str,
    keypoints: Markers,
    static: Markers | None,
    subject: Subject,
    options: Options,
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
    options : Options
    model : Model, optional
        A scaled model, which makes scaling unnecessary.
    """
    useless = (static, options.window_s, options.static_pose)
    if model is not None and any(given is not None for given in useless):
        raise ValueRangeError(
            "a scaled model is used as it is: a static trial, window or scaling set-up would have"
            " no effect"
        )
    setup = options.opencap()
    version = options.augmenter or DEFAULT_VERSION
    augment = options.make_augmenter(version)
    choices = {"tracked markers": options.track}
    if options.augments:
        choices["augmenter"] = f"{version} ({'asked for' if options.augmenter else 'default'})"
        given = keypoints
        keypoints = _prepared(given, augment.needs)
        static = static and _prepared(static, augment.needs)
        choices["keypoints"] = f"{len(keypoints.names)} of the {len(given.names)} points given"
    if model is not None:
        if options.track == "stored":
            keypoints = stored_for(model, keypoints)
        scale: Scaler = GivenModel(plain_model(model))
        choices["scaling"] = f"none: {model.name} is scaled already"
    else:
        scale, choices["static window"] = _scaler(setup, static is not None, options)
    pipeline = planned(setup, augment, scale, options)
    return Plan(pipeline, Trial(name, subject, keypoints, static), choices)


def planned(setup: OpenCapSetup, augment: Augmenter, scale: Scaler, options: Options) -> Pipeline:
    """The pipeline of an OpenCap set-up with these stages."""
    return Pipeline(
        setup.generic,
        augment,
        scale,
        make_engine(options.engine, setup.ik),
        options.clean,
        FloorOffset() if options.floor and options.augments else None,
    )


def _prepared(keypoints: Markers, needs: tuple[str, ...]) -> Markers:
    """The video keypoints alone: markers that a file holds besides would hide the augmented ones.

    Without all that the augmenter needs nothing is dropped, so that its error can name what is
    there instead.
    """
    keypoints = without_face(with_derived_keypoints(keypoints))
    if not set(needs) <= set(keypoints.names):
        return keypoints
    return keypoints.select(name for name in keypoints.names if name in OPENCAP_20)


def _scaler(setup: OpenCapSetup, has_static: bool, options: Options) -> tuple[Scaler, str]:
    if options.window_s is not None:
        window: GivenWindow | StaticWindow | StandingWindow = GivenWindow(*options.window_s)
        source = "asked for"
    elif has_static:
        window, source = StaticWindow(options.watched), "OpenCap's rule on the static trial"
    elif options.track == "mocap":
        raise ValueRangeError(
            "optical markers need a static trial (--static) or a window (--window START END)"
        )
    else:
        window, source = makeshift_window()
    return OpenSimScaler(setup.scaling, setup.marker_set, window), source


def makeshift_window() -> tuple[StandingWindow, str]:
    """What stands in for a static trial, and what it is called; warns of it."""
    warnings.warn(
        "no static trial: the model is scaled on the stillest, most upright part of the trial"
        " itself; whatever the subject bends there becomes a constant error of the angles",
        KinebenchWarning,
        stacklevel=3,
    )
    return StandingWindow(), "best standing window of the trial itself"
