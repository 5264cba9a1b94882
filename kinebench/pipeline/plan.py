"""From files and options to a pipeline and a trial: everything that a run decides beforehand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from kinebench.cleaning.repair import FillGaps
from kinebench.core.keypoints import OPENCAP_20, with_derived_keypoints, without_face
from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.core.subject import Subject
from kinebench.core.trial import Trial
from kinebench.errors import ValueRangeError
from kinebench.pipeline.choices import Choice, ChoiceKey, Source
from kinebench.pipeline.offset_names import plain_model, stored_for
from kinebench.pipeline.pipeline import Pipeline
from kinebench.pipeline.spec import DEFAULT_VERSION, WINDOWS, PipelineSpec, Window
from kinebench.pipeline.unit_check import require_plausible
from kinebench.quality.evidence import Origin
from kinebench.remarks import Remark, hand_on
from kinebench.scaling.standing_window import StandingWindow
from kinebench.scaling.window import GivenWindow, StaticWindow

FILES_CLEAN = (FillGaps("linear", 0.5),)
"""Cleaning of files where nothing is asked for: an augmenter knows no gaps, and what happens in a
gap of more than half a second cannot be guessed."""

NO_STATIC = Remark(
    "static trial",
    "warning",
    "no static trial: the model is scaled on the stillest, most upright part of the trial itself",
    advice="whatever the subject bends there becomes a constant error of the angles",
)
"""Remark on `movement_window`."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A run that can begin.

    Parameters
    ----------
    pipeline : Pipeline
    trial : Trial
    choices : tuple of Choice
        What was decided, from what, and why.
    spec : PipelineSpec
        What was asked for.
    origin : Origin
        Where the recordings come from, as far as a session tells.
    motion : Motion, optional
        What was made of the trial elsewhere, such as a session's own result.
    """

    pipeline: Pipeline
    trial: Trial
    choices: tuple[Choice, ...]
    spec: PipelineSpec
    origin: Origin = field(default_factory=Origin)
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
        require_plausible(static, subject, "the static trial", "static")
    useless = (static, spec.window, spec.static_pose)
    if model is not None and any(given is not None for given in useless):
        raise ValueRangeError(
            "a scaled model is used as it is: a static trial, window or scaling set-up would have"
            " no effect"
        )
    version = spec.augmenter or DEFAULT_VERSION
    augment = spec.make_augmenter(version)
    choices = [track_choice(spec)]
    if spec.augments:
        asked = Source.ASKED if spec.augmenter else Source.DEFAULT
        choices.append(Choice(ChoiceKey.AUGMENTER, version, asked))
        given = keypoints
        keypoints = _prepared(given, augment.needs)
        static = static and _prepared(static, augment.needs)
        kept = f"{len(keypoints.names)} of {len(given.names)} points"
        choices.append(Choice(ChoiceKey.KEYPOINTS, kept, Source.RECORDING))
    spec = replace(spec, clean=FILES_CLEAN if spec.clean is None else spec.clean)
    if model is not None:
        if spec.track == "stored":
            keypoints = stored_for(model, keypoints)
        choices.append(Choice(ChoiceKey.SCALING, model.name, Source.ASKED, "scaled already"))
        pipeline = spec.build_on(plain_model(model), augment)
    else:
        window, choice = _window(static is not None, spec)
        choices.append(choice)
        pipeline = replace(spec, window=window).build(augment=augment)
    return Plan(pipeline, Trial(name, subject, keypoints, static), tuple(choices), spec)


def _prepared(keypoints: Markers, needs: tuple[str, ...]) -> Markers:
    """The video keypoints alone: markers that a file holds besides would hide the augmented ones.

    Without all that the augmenter needs nothing is dropped, so that its error can name what is
    there instead.
    """
    keypoints = without_face(with_derived_keypoints(keypoints))
    if not set(needs) <= set(keypoints.names):
        return keypoints
    return keypoints.select(name for name in keypoints.names if name in OPENCAP_20)


def track_choice(spec: PipelineSpec) -> Choice:
    """What inverse kinematics tracks."""
    asked = Source.DEFAULT if spec.track == PipelineSpec().track else Source.ASKED
    return Choice(ChoiceKey.TRACKED, spec.track, asked)


def _window(has_static: bool, spec: PipelineSpec) -> tuple[Window, Choice]:
    if spec.window is not None:
        asked = window_in_words(spec.window)
        return spec.window, Choice(ChoiceKey.STATIC_WINDOW, asked, Source.ASKED)
    if has_static:
        return rule_window(spec)
    if spec.track == "mocap":
        raise ValueRangeError(
            "optical markers need a static trial (--static) or a window (--window START END)"
        )
    hand_on(NO_STATIC)
    return movement_window()


def rule_window(spec: PipelineSpec) -> tuple[Window, Choice]:
    """OpenCap's rule on the static trial."""
    choice = Choice(ChoiceKey.STATIC_WINDOW, "first still part", Source.OPENCAP_RULE)
    return StaticWindow(spec.watched), choice


def movement_window() -> tuple[Window, Choice]:
    """What stands in for a static trial; `NO_STATIC` is to be said of it."""
    best = "stillest, most upright part of the trial itself"
    return StandingWindow(), Choice(ChoiceKey.STATIC_WINDOW, best, Source.NO_STATIC)


def window_in_words(window: Window) -> str:
    """A time range, or the name of a rule."""
    if isinstance(window, GivenWindow):
        return f"{window.start_s:g} to {window.end_s:g} s"
    names = (name for name, rule in WINDOWS.items() if rule == window)
    return next(names, type(window).__name__)
