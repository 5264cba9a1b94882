"""What is decided about a run on a session, as pure functions of facts and of what is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from kinebench.augmentation.catalogue import VERSIONS
from kinebench.errors import ValueRangeError
from kinebench.io.session import SessionFiles
from kinebench.pipeline.choices import Choice, ChoiceKey, Source
from kinebench.pipeline.opencap import STATIC_POSES
from kinebench.pipeline.plan import (
    NO_STATIC,
    movement_window,
    rule_window,
    track_choice,
    window_in_words,
)
from kinebench.pipeline.session.facts import FittedWindow, Identity, SessionFacts, number_in
from kinebench.pipeline.spec import DEFAULT_VERSION, PipelineSpec, Window
from kinebench.remarks import Remark
from kinebench.scaling.window import GivenWindow

# Relative to their sizes: scale factors from the same frames agree much better than this, those
# of windows a second apart rarely do.
SAME_FACTORS = 2e-3

_NO_OTHER = "no other static trial"
_NO_MODEL_OF_THEIRS = (
    ": without a static trial no model of theirs can be scaled; a --window of the trial itself"
    " would scale one"
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be run.

    Parameters
    ----------
    version : str
        Augmenter version; empty when nothing is augmented.
    window : StaticWindow, GivenWindow or StandingWindow, optional
        None to take the session's scaled model as it is.
    static_markers : bool
        Scale on the session's own augmented markers of the static trial.
    choices : tuple of Choice
    remarks : tuple of Remark
        What the user should know before trusting the result.
    """

    version: str
    window: Window | None
    static_markers: bool
    choices: tuple[Choice, ...]
    remarks: tuple[Remark, ...]


class ScaleOn(Enum):
    """What the model is scaled on."""

    ASKED_WINDOW = "a window that is asked for"
    SCALED_MODEL = "nothing: the session's scaled model is used as it is"
    MOVEMENT = "the trial itself"
    OWN_WINDOW = "the window in the session's set-up"
    RULE = "OpenCap's rule on what is made of the static trial here"
    FITTED_WINDOW = "the window that the session was scaled on"


@dataclass(frozen=True, slots=True)
class SetupSources:
    """Which files of the session are used; None stands for OpenCap's.

    Parameters
    ----------
    generic, scaling, ik : Path, optional
    shoulder : bool
        OpenCap's files are those of the model with a shoulder girdle.
    static_pose : str
        Pose for which OpenCap's scaling set-up is.
    """

    generic: Path | None
    scaling: Path | None
    ik: Path | None
    shoulder: bool
    static_pose: str


def decide(facts: SessionFacts, spec: PipelineSpec) -> Decision:
    """The version, the window and the markers to scale on, with what each was decided from.

    Raises
    ------
    ValueRangeError
        When something is asked for that would have no effect.
    """
    on = scale_on(facts.files, facts.own_window_s, spec)
    if on is ScaleOn.SCALED_MODEL and spec.static_pose is not None:
        raise ValueRangeError(
            f"a scaling set-up ({spec.static_pose}) was asked for, but without another static"
            f" trial {_scaled_name(facts)} is used as it is; name a --window of the trial itself"
            " to scale a model on it"
        )
    version, augmenter = version_of(facts.stated_version, facts.identity, spec)
    keeps = facts.static_made_again and may_keep_static_markers(facts.files, version, spec)
    window, scaling = _window(facts, on, spec)
    choices = [track_choice(spec), *augmenter, *_setup_choices(facts, on, spec), scaling]
    choices += _filter_choice(facts)
    if keeps:
        made = f"made by {version}"
        choices.append(Choice(ChoiceKey.STATIC_MARKERS, "stored", Source.SESSION, made))
    return Decision(version, window, keeps, tuple(choices), tuple(_remarks(facts, on, spec)))


def setup_sources(files: SessionFiles, spec: PipelineSpec) -> SetupSources:
    """The session's own set-up files, where they are for what is tracked and nothing else is asked.

    Another static pose replaces the scaling set-up alone.
    """
    settings = files.settings
    pose = "any_pose" if "any" in settings.get("scaling_setup", "") else STATIC_POSES[0]
    shoulder = "shoulder" in settings.get("model", "")
    if not _anatomical(spec):
        return SetupSources(None, None, None, shoulder, pose)
    scaling = files.scaling_setup if spec.static_pose is None else None
    return SetupSources(files.generic_model, scaling, files.ik_setup, shoulder, pose)


def needs_identity(files: SessionFiles, spec: PipelineSpec) -> bool:
    """Whether it matters which augmenter version made the session's markers."""
    if not spec.augments or files.stored is None:
        return False
    # an asked version matters where a model is used that was scaled on another one's markers
    return spec.augmenter is None or scale_on(files, None, spec) is ScaleOn.SCALED_MODEL


def version_of(
    stated: str | None, identity: Identity | None, spec: PipelineSpec
) -> tuple[str, tuple[Choice, ...]]:
    """The augmenter version: asked for, or what made the stored markers, or as stated."""
    if not spec.augments:
        return "", ()
    found = None if identity is None else identity.version
    if spec.augmenter is not None:
        version, source = spec.augmenter, Source.ASKED
    elif found is not None:
        version, source = found, Source.MADE_MARKERS
    elif stated is not None:
        version, source = stated, Source.STATED
    else:
        version, source = DEFAULT_VERSION, Source.DEFAULT
    differs = source is Source.MADE_MARKERS and stated and stated != found
    reason = f"though the session states {stated}" if differs else ""
    return version, (Choice(ChoiceKey.AUGMENTER, version, source, reason),)


def may_keep_static_markers(files: SessionFiles, version: str, spec: PipelineSpec) -> bool:
    """Whether the session's own static markers may be scaled on, if making them again changes none.

    ScaleTool's marker placer stops early: markers that differ by 0.3 mm, as those made on another
    machine do, have moved the subtalar angle by 2.5°. So a session is reproduced best from its own.
    Asking for a version, for cleaning, or for anything else than OpenCap's own augmentation makes
    them anew.
    """
    plain = spec.augmenter is None and not spec.warm_up_s and spec.resample_hz is None
    stored = files.static_stored is not None
    return spec.augments and stored and plain and not spec.clean and version in VERSIONS


def scale_on(
    files: SessionFiles, own_window_s: tuple[float, float] | None, spec: PipelineSpec
) -> ScaleOn:
    """What the model is scaled on.

    Raises
    ------
    ValueRangeError
        When both a scaled model and a window are asked for.
    """
    has_static = (files.static_stored if spec.track == "stored" else files.static) is not None
    if spec.window is not None:
        if files.model_asked:
            raise ValueRangeError(
                "a scaled model is used as it is: a static window would have no effect"
            )
        return ScaleOn.ASKED_WINDOW
    if not has_static:
        return ScaleOn.MOVEMENT if files.scaled_model is None else ScaleOn.SCALED_MODEL
    if not _anatomical(spec):
        return ScaleOn.RULE
    if own_window_s is not None:
        return ScaleOn.OWN_WINDOW
    return ScaleOn.RULE if files.static_stored is None else ScaleOn.FITTED_WINDOW


def _anatomical(spec: PipelineSpec) -> bool:
    """Whether what is tracked has the markers of the session's own model and set-ups."""
    return spec.track in ("augmented", "stored")


def _scaled_name(facts: SessionFacts) -> str:
    return "" if facts.files.scaled_model is None else facts.files.scaled_model.name


def _window(facts: SessionFacts, on: ScaleOn, spec: PipelineSpec) -> tuple[Window | None, Choice]:
    if on is ScaleOn.SCALED_MODEL:
        asked = facts.files.model_asked
        why = (Source.ASKED, "scaled already") if asked else (Source.SESSION, _NO_OTHER)
        return None, Choice(ChoiceKey.SCALING, _scaled_name(facts), *why)
    if on is ScaleOn.MOVEMENT:
        return movement_window()
    if on is ScaleOn.RULE:
        return rule_window(spec)
    window, source, reason = _time_range(facts, on, spec)
    return window, Choice(ChoiceKey.STATIC_WINDOW, window_in_words(window), source, reason)


def _time_range(facts: SessionFacts, on: ScaleOn, spec: PipelineSpec) -> tuple[Window, Source, str]:
    if on is ScaleOn.ASKED_WINDOW:
        assert spec.window is not None
        return spec.window, Source.ASKED, ""
    if on is ScaleOn.OWN_WINDOW:
        assert facts.own_window_s is not None
        return GivenWindow(*facts.own_window_s), Source.SESSION, "from its set-up"
    assert facts.fitted is not None
    return facts.fitted.window, *_fitted_source(facts, facts.fitted)


def _fitted_source(facts: SessionFacts, fitted: FittedWindow) -> tuple[Source, str]:
    if fitted.misfit is not None:
        return Source.SCALED_MODEL, (
            f"{fitted.fit.value}, scale factors within {fitted.misfit * 100:.2g} % of the session's"
        )
    blind = f"{_scaled_name(facts)} has no geometry that would show what it was scaled on"
    return Source.OPENCAP_RULE, blind if facts.files.scaled_model is not None else ""


def _setup_choices(facts: SessionFacts, on: ScaleOn, spec: PipelineSpec) -> Iterator[Choice]:
    sources, generic = setup_sources(facts.files, spec), facts.setup.generic.name
    if on is not ScaleOn.SCALED_MODEL:
        yield _scaling_choice(sources, facts.files, spec)
    own = Source.DEFAULT if sources.generic is None else Source.SESSION
    yield Choice(ChoiceKey.MODEL, generic, own)
    if sources.ik is not None:
        yield Choice(ChoiceKey.IK_SETUP, sources.ik.name, Source.SESSION)


def _scaling_choice(sources: SetupSources, files: SessionFiles, spec: PipelineSpec) -> Choice:
    key = ChoiceKey.SCALING_SETUP
    if sources.scaling is not None:
        return Choice(key, sources.scaling.name, Source.SESSION)
    if spec.static_pose is not None:
        return Choice(key, spec.static_pose, Source.ASKED)
    stated = Source.STATED if "scaling_setup" in files.settings else Source.DEFAULT
    return Choice(key, sources.static_pose, stated)


def _filter_choice(facts: SessionFacts) -> Iterator[Choice]:
    """What became of the session's filter, which worked on the images."""
    frequency = facts.files.settings.get("filter_frequency")
    if frequency is None:
        return
    value = f"'{frequency}'" if number_in(frequency) is None else f"{frequency} Hz"
    reason = (
        "on the 2D keypoints before triangulation: already in the recordings, so nothing is"
        " filtered again"
    )
    yield Choice(ChoiceKey.IMAGE_FILTER, value, Source.SESSION, reason)


def _remarks(facts: SessionFacts, on: ScaleOn, spec: PipelineSpec) -> Iterator[Remark]:
    if on is ScaleOn.MOVEMENT:
        yield NO_STATIC
    if spec.augments and spec.augmenter is None and facts.identity is not None:
        yield from _identity_remarks(facts.identity)
    model = facts.files.settings.get("model", "LaiUhlrich2022")
    generic = facts.setup.generic.name
    if _anatomical(spec) and facts.files.generic_model is None and not model.startswith(generic):
        yield _warning(
            "generic model",
            f"the session states model {model}, whose generic file is not in it: {generic} stands"
            " in when a model is scaled",
        )
    if on is ScaleOn.SCALED_MODEL and spec.augmenter is not None:
        made = None if facts.identity is None else facts.identity.version
        if spec.augmenter != made:
            yield _warning(
                "foreign model",
                f"markers made by {spec.augmenter} are tracked with {_scaled_name(facts)}, which"
                f" was scaled on others ({made or 'unknown'})"
                + ("" if facts.files.model_asked else _NO_MODEL_OF_THEIRS),
            )
    fitted = facts.fitted
    if on is ScaleOn.FITTED_WINDOW and fitted is not None and (fitted.misfit or 0) >= SAME_FACTORS:
        yield _warning(
            "static window",
            f"no part of the static trial gives the scale factors of {_scaled_name(facts)}: the"
            f" nearest is off by {(fitted.misfit or 0) * 100:.2g} %, so the session's own motion"
            " will not be met exactly",
        )


def _warning(code: str, message: str) -> Remark:
    return Remark(code, "warning", message)


def _identity_remarks(identity: Identity) -> Iterator[Remark]:
    if identity.version is None and identity.not_tried:
        yield _warning(
            "unknown augmenter",
            "which augmenter version made the session's markers is not known:"
            f" {identity.not_tried}",
        )
    elif identity.version is None:
        yield _warning(
            "augmenter version",
            "no known augmenter version gives the markers that the session holds: its own motion"
            " will not be met exactly",
        )
    elif identity.cut_or_resampled:
        yield _warning(
            "cut trial",
            f"the session's trial was cut or resampled after {identity.version} had augmented it:"
            " markers made again differ, most in the first second; --markers stored tracks the"
            " session's own",
        )
