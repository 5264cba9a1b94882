"""Reading the facts of a session: each file once, and what costs time only where it decides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from kinebench.augmentation.catalogue import VERSIONS
from kinebench.augmentation.identify import identify
from kinebench.core.keypoints import OPENCAP_20
from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.core.subject import Subject
from kinebench.errors import (
    DatasetError,
    FileFormatError,
    ValueRangeError,
    require_names,
)
from kinebench.io.models import read_document, read_model
from kinebench.io.mot import read_motion
from kinebench.io.session import Session, SessionFiles
from kinebench.io.setups import read_ik_tasks, read_time_range
from kinebench.io.trc import read_trc
from kinebench.osim.edits import marker_names
from kinebench.pipeline.offset_names import stored_for
from kinebench.pipeline.opencap import OpenCapSetup
from kinebench.pipeline.session.decision import (
    ScaleOn,
    SetupSources,
    may_keep_static_markers,
    needs_identity,
    scale_on,
    setup_sources,
    version_of,
)
from kinebench.pipeline.session.facts import Identity, SessionFacts
from kinebench.pipeline.session.window import fitted_window
from kinebench.pipeline.spec import PipelineSpec
from kinebench.pipeline.unit_check import require_plausible
from kinebench.remarks import tell


def read_facts(
    session: Session, files: SessionFiles, subject: Subject, spec: PipelineSpec
) -> SessionFacts:
    """Read what the decision about a trial rests on.

    Parameters
    ----------
    session : Session
    files : SessionFiles
        Of the trial.
    subject : Subject
        Perhaps with another mass or height than the session's.
    spec : PipelineSpec
        What is asked for: what it makes irrelevant is not read.

    Raises
    ------
    KinebenchError
        When a file cannot be read, or what is asked for is not in the session.
    """
    read = _recordings(session, files, spec)
    require_plausible(read.movement, subject, f"trial '{files.trial}'")
    if read.static is not None:
        require_plausible(read.static, subject, "the static trial", "static")
    identity = None
    if needs_identity(files, spec) and read.stored is not None:
        # made for the session's own mass and height, whatever is asked for now
        made_for = session.subject or subject
        identity = _identity(read.stored, made_for, files, strict=spec.augmenter is None)
    version, _ = version_of(files.settings.get("augmenter"), identity, spec)
    own = None if files.scaling_setup is None else read_time_range(files.scaling_setup)
    facts = SessionFacts(
        files,
        subject,
        read.movement,
        _setup(setup_sources(files, spec), spec),
        read.static,
        read.static_stored,
        own,
        read.scaled,
        _motion(files),
        identity,
        may_keep_static_markers(files, version, spec)
        and _made_by(version, read.static_stored, subject),
    )
    return _with_fitted_window(facts, scale_on(files, own, spec))


@dataclass(frozen=True, slots=True)
class _Recordings:
    """What the stages start from, and what the session holds after augmentation."""

    movement: Markers
    static: Markers | None
    stored: Markers | None
    static_stored: Markers | None
    scaled: Model | None


def _recordings(session: Session, files: SessionFiles, spec: PipelineSpec) -> _Recordings:
    if spec.track == "mocap":
        raise ValueRangeError(
            "a session is run on its video recordings; for its optical markers name the"
            " files: --keypoints T.trc --static N.trc --markers mocap"
        )
    stored, static_stored = _read(files.stored), _read(files.static_stored)
    as_it_is = scale_on(files, None, spec) is ScaleOn.SCALED_MODEL
    stored_alone = spec.track == "stored" and static_stored is None
    scaled = None
    if files.scaled_model is not None and (as_it_is or stored_alone):
        scaled = read_model(files.scaled_model)
    if spec.track == "stored":
        if stored is None:
            raise ValueRangeError(
                f"trial '{files.trial}' has no stored augmented markers in {session.folder.name}"
            )
        tracked = stored if scaled is None else stored_for(scaled, stored)
        return _Recordings(tracked, static_stored, stored, static_stored, scaled)
    movement = _keypoints(read_trc(files.keypoints))
    static = None if files.static is None else _keypoints(read_trc(files.static))
    return _Recordings(movement, static, stored, static_stored, scaled)


def _read(path: Path | None) -> Markers | None:
    return None if path is None else read_trc(path)


def _keypoints(markers: Markers) -> Markers:
    require_names(OPENCAP_20, markers.names, "keypoint", "the session's recording")
    return markers.select(OPENCAP_20)


def _identity(stored: Markers, subject: Subject, files: SessionFiles, strict: bool) -> Identity:
    """Which version made the stored markers: the stated one if it fits, else whichever does.

    Weights of the stated version that are not available are an error when `strict`: a run could
    not use it either.
    """
    stated = files.settings.get("augmenter")
    excluded: tuple[str, ...] = ()
    for likely in (True, False):
        names = [name for name in VERSIONS if (name == stated) == likely]
        if not names:
            continue
        try:
            rows = [VERSIONS[name] for name in names]
            found = identify(stored, subject, rows)
        except DatasetError as error:
            if likely and strict:
                raise
            return Identity(None, excluded=excluded, not_tried=str(error))
        if found.version is not None:
            return Identity(found.version, found.cut_or_resampled)
        excluded += tuple(names)
    return Identity(None, excluded=excluded)


def _made_by(version: str, static: Markers | None, subject: Subject) -> bool:
    if static is None:
        return False
    return identify(static, subject, [VERSIONS[version]]).version is not None


def _setup(sources: SetupSources, spec: PipelineSpec) -> OpenCapSetup:
    """The session's own files where they are complete, else completed by OpenCap's."""
    generic = None if sources.generic is None else read_model(sources.generic)
    scaling = None if sources.scaling is None else read_document(sources.scaling)
    ik = None if sources.ik is None else read_ik_tasks(sources.ik)
    has_markers = generic is not None and bool(marker_names(generic))
    if generic is not None and has_markers and scaling is not None and ik is not None:
        return OpenCapSetup(generic, None, scaling, ik)
    theirs = spec.setup(sources.shoulder, sources.static_pose)
    return OpenCapSetup(
        generic or theirs.generic,
        None if has_markers else theirs.marker_set,
        scaling or theirs.scaling,
        ik or theirs.ik,
    )


def _motion(files: SessionFiles) -> Motion | None:
    """The session's own result, for the checks of quality; a warning when it is unreadable."""
    if files.motion is None:
        return None
    try:
        return read_motion(files.motion)
    except FileFormatError as error:
        tell("session motion", f"the session's own motion: {error}")
        return None


def _with_fitted_window(facts: SessionFacts, on: ScaleOn) -> SessionFacts:
    static, scaled = facts.static_stored, facts.files.scaled_model
    if on is not ScaleOn.FITTED_WINDOW or static is None:
        return facts
    model = None if scaled is None else facts.scaled or read_model(scaled)
    fitted = fitted_window(facts.setup, static, facts.subject, model)
    return replace(facts, scaled=model, fitted=fitted)
