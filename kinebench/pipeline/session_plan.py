"""Planning a run on an OpenCap session: its own choices, wherever they can be read or found out."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from kinebench.augmentation.catalogue import VERSIONS
from kinebench.augmentation.identify import identify
from kinebench.core.keypoints import OPENCAP_20
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.stages import Scaler
from kinebench.core.subject import Subject
from kinebench.core.trial import Trial
from kinebench.errors import (
    DatasetError,
    FileFormatError,
    KinebenchError,
    KinebenchWarning,
    ScalingError,
    ValueRangeError,
    require_names,
)
from kinebench.io.models import read_document, read_model
from kinebench.io.session import Session, SessionFiles
from kinebench.io.setups import read_ik_tasks, read_time_range
from kinebench.io.sto import read_motion
from kinebench.io.trc import read_trc
from kinebench.osim.edits import body_scale_factors, marker_names
from kinebench.pipeline.engines import engine
from kinebench.pipeline.offset_names import plain_model, stored_for
from kinebench.pipeline.opencap import STATIC_POSES, OpenCapSetup
from kinebench.pipeline.plan import Plan, makeshift_window
from kinebench.pipeline.plausibility import require_plausible
from kinebench.pipeline.spec import DEFAULT_VERSION, PipelineSpec
from kinebench.quality.provenance import UNKNOWN
from kinebench.scaling.given import GivenModel
from kinebench.scaling.opensim_scaler import OpenSimScaler
from kinebench.scaling.standing import StandingWindow
from kinebench.scaling.window import PAST_RULES, GivenWindow, StaticWindow
from kinebench.scaling.window_search import window_of_factors

__all__ = ["plan_from_session"]

# Relative to their sizes: scale factors from the same frames agree much better than this, those
# of windows a second apart rarely do.
_SAME_FACTORS = 2e-3


def plan_from_session(
    session: Session, files: SessionFiles, subject: Subject, spec: PipelineSpec
) -> Plan:
    """Plan a run on one trial of a session.

    The session's own generic model, set-ups and time range are used where they are there; the
    augmenter version is the one that made the stored markers, found by making them again; the
    static window is the one that gives the session's own scale factors.

    Raises
    ------
    KinebenchError
        When something that is asked for is not in the session.
    """
    planner = _Planner(session, files, subject, spec, {"tracked markers": spec.track})
    recordings = planner.recordings()
    require_plausible(recordings.movement, subject, f"trial '{files.trial}'")
    if recordings.static is not None:
        require_plausible(recordings.static, subject, "the static trial")
    version = planner.version(recordings)
    setup = planner.setup()
    scale = planner.scaler(setup, recordings)
    augment = spec.make_augmenter(version)
    planner.filter()
    trial = Trial(
        files.trial,
        subject,
        recordings.movement,
        recordings.static,
        planner.static_markers(recordings, version),
    )
    pipeline = spec.build(setup, augment, scale)
    return Plan(pipeline, trial, planner.choices, spec, planner.facts, planner.own_motion())


@dataclass(frozen=True, slots=True)
class _Recordings:
    """What the stages start from, and what the session holds after augmentation."""

    movement: Markers
    static: Markers | None
    stored: Markers | None
    static_stored: Markers | None


@dataclass(frozen=True, slots=True)
class _Planner:
    session: Session
    files: SessionFiles
    subject: Subject
    spec: PipelineSpec
    choices: dict[str, str]
    facts: dict[str, str] = field(default_factory=dict)

    def recordings(self) -> _Recordings:
        files = self.files
        if self.spec.track == "mocap":
            raise ValueRangeError(
                "a session is run on its video recordings; for its optical markers name the"
                " files: --keypoints T.trc --static N.trc --markers mocap"
            )
        stored, static_stored = _read(files.stored), _read(files.static_stored)
        if self.spec.track == "stored":
            if stored is None:
                raise ValueRangeError(
                    f"trial '{files.trial}' has no stored augmented markers in"
                    f" {self.session.folder.name}"
                )
            scaled = files.scaled_model
            if static_stored is None and scaled is not None:
                stored = stored_for(read_model(scaled), stored)
            return _Recordings(stored, static_stored, stored, static_stored)
        movement = _keypoints(read_trc(files.keypoints))
        static = _read(files.static)
        static = static and _keypoints(static)
        return _Recordings(movement, static, stored, static_stored)

    def version(self, recordings: _Recordings) -> str:
        """The augmenter version: asked for, or what made the stored markers, or as stated."""
        if not self.spec.augments:
            return ""
        stated = self.files.settings.get("augmenter")
        found = None
        if self.spec.augmenter is None and recordings.stored is not None:
            found = self._version_found(recordings.stored)
            if found or stated in VERSIONS:
                self.facts["augmenter found"] = found or UNKNOWN
            self.facts["augmenter stated"] = stated or ""
        version, source = next(
            (version, source)
            for version, source in (
                (self.spec.augmenter, "asked for"),
                (found, "it made the session's markers"),
                (stated, "stated by the session"),
                (DEFAULT_VERSION, "default"),
            )
            if version is not None
        )
        if found and stated and found != stated:
            source += f", though the session states {stated}"
        self.choices["augmenter"] = f"{version} ({source})"
        return version

    def _version_found(self, stored: Markers) -> str | None:
        """The version that made the stored markers; warns when they cannot be made again."""
        # made for the session's own mass and height, whatever is asked for now
        subject = self.session.subject or self.subject
        stated = self.files.settings.get("augmenter")
        found = None
        if stated is not None and stated in VERSIONS:
            found = identify(stored, subject, [VERSIONS[stated]])
        if found is None or found.version is None:
            try:
                found = identify(stored, subject)
            except DatasetError as error:
                warnings.warn(
                    f"which augmenter version made the session's markers is not known: {error}",
                    KinebenchWarning,
                    stacklevel=4,
                )
        if found is None:
            return None
        doubt = ""
        if found.version is None:
            doubt = (
                "no known augmenter version gives the markers that the session holds: its own"
                " motion will not be met exactly"
            )
        elif found.cut_or_resampled:
            doubt = (
                f"the session's trial was cut or resampled after {found.version} had augmented it:"
                " markers made again differ, most in the first second; --markers stored tracks"
                " the session's own"
            )
        if doubt:
            warnings.warn(doubt, KinebenchWarning, stacklevel=4)
        return found.version

    def filter(self) -> None:
        """Tell what became of the session's filter, which worked on the images."""
        frequency = self.files.settings.get("filter_frequency")
        if frequency is not None:
            if _is_number(frequency):
                self.facts["image filter"] = frequency
            self.choices["session's filter"] = (
                f"{frequency} Hz on the 2D keypoints, before triangulation: already in the"
                " recordings, so nothing is filtered again"
                if _is_number(frequency)
                else f"'{frequency}', on the 2D keypoints before triangulation: already in the"
                " recordings"
            )

    def own_motion(self) -> Motion | None:
        """The session's own result, for the checks of quality; a warning when it is unreadable."""
        if self.files.motion is None:
            return None
        try:
            return read_motion(self.files.motion)
        except FileFormatError as error:
            warnings.warn(f"the session's own motion: {error}", KinebenchWarning, stacklevel=3)
            return None

    def static_markers(self, recordings: _Recordings, version: str) -> Markers | None:
        """The session's own markers of the static trial, if making them again changes nothing.

        ScaleTool's marker placer stops early: markers that differ by 0.3 mm, as those made on
        another machine do, have moved the subtalar angle by 2.5°. So a session is reproduced best
        from its own. Asking for a version, or for anything else than OpenCap's own augmentation,
        makes them anew.
        """
        spec, stored = self.spec, recordings.static_stored
        plain = spec.augmenter is None and not spec.warm_up_s and spec.resample_hz is None
        if not spec.augments or stored is None or not plain or spec.clean:
            return None
        if version not in VERSIONS:
            return None
        if identify(stored, self.subject, [VERSIONS[version]]).version is None:
            return None
        self.choices["static markers"] = f"the session's own, made by {version}"
        return stored

    def setup(self) -> OpenCapSetup:
        """The session's own files, completed by OpenCap's."""
        files, spec = self.files, self.spec
        model_name = files.settings.get("model", "LaiUhlrich2022")
        stated = files.settings.get("scaling_setup", "")
        static_pose = "any_pose" if "any" in stated else STATIC_POSES[0]
        setup = self._own_setup() or spec.setup("shoulder" in model_name, static_pose)
        self.choices["scaling set-up"] = spec.static_pose or static_pose
        self.choices["model"] = setup.generic.name
        if spec.track not in ("augmented", "stored"):
            return setup
        if files.generic_model is not None:
            generic = read_model(files.generic_model)
            own_markers = bool(marker_names(generic))
            setup = replace(
                setup, generic=generic, marker_set=None if own_markers else setup.marker_set
            )
            self.choices["model"] = f"{generic.name} (the session's)"
        elif not model_name.startswith(setup.generic.name):
            warnings.warn(
                f"the session states model {model_name}, whose generic file is not in it:"
                f" {setup.generic.name} stands in when a model is scaled",
                KinebenchWarning,
                stacklevel=3,
            )
        if files.scaling_setup is not None and spec.static_pose is None:
            setup = replace(setup, scaling=read_document(files.scaling_setup))
            self.choices["scaling set-up"] = f"{files.scaling_setup.name} (the session's)"
        if files.ik_setup is not None:
            setup = replace(setup, ik=read_ik_tasks(files.ik_setup))
            self.choices["IK set-up"] = f"{files.ik_setup.name} (the session's)"
        return setup

    def _own_setup(self) -> OpenCapSetup | None:
        """The session's own files where they are complete, so that OpenCap's are not needed."""
        files, spec = self.files, self.spec
        if spec.static_pose is not None or spec.track not in ("augmented", "stored"):
            return None
        if files.generic_model is None or files.scaling_setup is None or files.ik_setup is None:
            return None
        generic = read_model(files.generic_model)
        if not marker_names(generic):
            return None
        scaling = read_document(files.scaling_setup)
        return OpenCapSetup(generic, None, scaling, read_ik_tasks(files.ik_setup))

    def scaler(self, setup: OpenCapSetup, recordings: _Recordings) -> Scaler:
        scaled = self.files.scaled_model
        if recordings.static is None and scaled is not None and self.spec.window is None:
            if self.spec.static_pose is not None:
                raise ValueRangeError(
                    f"a scaling set-up ({self.spec.static_pose}) was asked for, but without"
                    f" another static trial {scaled.name} is used as it is; name a --window of"
                    " the trial itself to scale a model on it"
                )
            self.choices.pop("scaling set-up", None)
            self.choices["scaling"] = f"{scaled.name} (the session's: no other static trial)"
            self._warn_of_other_markers(scaled.name, recordings)
            return GivenModel(plain_model(read_model(scaled)))
        window, source = self._window(setup, recordings)
        self.choices["static window"] = source
        return engine(self.spec.engine).make_scaler(setup.scaling, setup.marker_set, window)

    def _warn_of_other_markers(self, scaled: str, recordings: _Recordings) -> None:
        """A model whose markers sit where another augmenter version puts them."""
        asked = self.spec.augmenter
        if asked is None:
            return
        made = None
        if recordings.stored is not None:
            made = identify(recordings.stored, self.session.subject or self.subject).version
        if asked != made:
            warnings.warn(
                f"markers made by {asked} are tracked with {scaled}, which was scaled on others"
                f" ({made or 'unknown'}): without a static trial no model of theirs can be scaled;"
                " a --window of the trial itself would scale one",
                KinebenchWarning,
                stacklevel=4,
            )

    def _window(
        self, setup: OpenCapSetup, recordings: _Recordings
    ) -> tuple[StaticWindow | GivenWindow | StandingWindow, str]:
        if self.spec.window is not None:
            return self.spec.window, "asked for"
        if recordings.static is None:
            return makeshift_window()
        own = self.files.scaling_setup and read_time_range(self.files.scaling_setup)
        if own and self.spec.track in ("augmented", "stored"):
            return GivenWindow(*own), f"{own[0]:g} to {own[1]:g} s, from the session's set-up"
        if recordings.static_stored is None or self.spec.track not in ("augmented", "stored"):
            return StaticWindow(self.spec.watched), "OpenCap's rule on the static trial"
        return self._window_of_session(setup, recordings.static_stored)

    def _window_of_session(self, setup: OpenCapSetup, static: Markers) -> tuple[GivenWindow, str]:
        """The window, of those that OpenCap's rules have picked, that fits the scaled model."""
        scaled = self.files.scaled_model
        if scaled is None:
            window = _windows(static)[0]
            return window, f"{window.start_s:g} to {window.end_s:g} s, by OpenCap's rule"
        published = body_scale_factors(read_model(scaled), setup.generic)
        if not published:
            window = _windows(static)[0]
            return window, (
                f"{window.start_s:g} to {window.end_s:g} s, by OpenCap's rule: {scaled.name}"
                " has no geometry that would show what it was scaled on"
            )
        window, misfit, kind = _fitting_window(setup, static, self.subject, published)
        if misfit >= _SAME_FACTORS:
            warnings.warn(
                f"no part of the static trial gives the scale factors of {scaled.name}: the nearest"
                f" is off by {misfit * 100:.2g} %, so the session's own motion will not be met"
                " exactly",
                KinebenchWarning,
                stacklevel=4,
            )
        return window, (
            f"{window.start_s:g} to {window.end_s:g} s, {kind}, whose scale"
            f" factors are within {misfit * 100:.2g} % of the session's"
        )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _read(path: Path | None) -> Markers | None:
    return None if path is None else read_trc(path)


def _keypoints(markers: Markers) -> Markers:
    require_names(OPENCAP_20, markers.names, "keypoint", "the session's recording")
    return markers.select(OPENCAP_20)


def _fitting_window(
    setup: OpenCapSetup,
    static: Markers,
    subject: Subject,
    published: dict[str, tuple[float, float, float]],
) -> tuple[GivenWindow, float, str]:
    """Window, largest relative misfit of its scale factors, and where it comes from, in words.

    Windows of OpenCap's rules come first; where none fits, any part of the trial may.
    """
    try:
        windows = _windows(static)
    except ScalingError:
        windows = []
    found: list[tuple[GivenWindow, float, str]] = []
    for window in windows:
        kind = "by a past rule of OpenCap" if found else "by today's rule of OpenCap"
        found.append((window, _misfit(setup, window, static, subject, published), kind))
        if found[-1][1] < _SAME_FACTORS:
            return found[-1]
    window, misfit = window_of_factors(
        setup.scaling, setup.marker_set, setup.generic, static, published
    )
    found.append((window, misfit, "found by the scaled model, not by a rule of OpenCap"))
    return min(found, key=lambda candidate: candidate[1])


def _windows(static: Markers) -> list[GivenWindow]:
    """Different windows that the rules pick, today's first."""
    found: dict[tuple[float, float], None] = {}
    failure: ScalingError | None = None
    for rule in PAST_RULES:
        try:
            found[rule(static)] = None
        except ScalingError as error:
            failure = failure or error
    if not found and failure is not None:
        raise failure
    return [GivenWindow(*window) for window in found]


def _misfit(
    setup: OpenCapSetup,
    window: GivenWindow,
    static: Markers,
    subject: Subject,
    published: dict[str, tuple[float, float, float]],
) -> float:
    """Largest relative difference between a body's scale factors and the published ones."""
    scaler = OpenSimScaler(setup.scaling, setup.marker_set, window)
    try:
        factors = scaler(setup.generic, static, subject).body_scale_factors
    except KinebenchError:
        return np.inf
    shared = [name for name in factors if name in published]
    if not shared:
        return np.inf
    ours = np.array([factors[name] for name in shared])
    theirs = np.array([published[name] for name in shared])
    return float(np.abs(ours / theirs - 1).max())
