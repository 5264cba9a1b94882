"""Trials for studies from one's own sessions and files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kinebench.core.keypoints import OPENCAP_20, with_derived_keypoints
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.subject import Subject, require_possible
from kinebench.core.trial import Trial
from kinebench.errors import FileFormatError, ValueRangeError, require_names
from kinebench.io.documents import Table, require_keys, value_of
from kinebench.io.keypoint_files import ARRAY_ENDINGS, read_markers
from kinebench.io.mot import read_motion
from kinebench.io.session import Session, SessionFiles, is_static, read_session
from kinebench.io.trc import read_trc
from kinebench.remarks import tell
from kinebench.studies.evidence import EvidenceKind
from kinebench.studies.sources.dataset import recorded_choices, shifted

_SESSION_KEYS = ("session", "trial", "variant")
_FILE_KEYS = ("file", "static", "unit", "rate_hz", "keypoint_set", "axes")
_COMMON_KEYS = ("reference", "subject", "activity", "mass_kg", "height_m", "lag_s", "same_frame")
_OWN = "own"


@dataclass(frozen=True, slots=True)
class OwnSource:
    """A recording that was read from files: its content is in the keys of the results.

    Data factors are those of `kinebench.studies.sources.dataset.DatasetSource`.

    Parameters
    ----------
    trial : Trial
        With its reference.
    subject, activity : str
        Labels of the results.
    evidence : EvidenceKind
        What the reference is.
    """

    trial: Trial
    subject: str
    activity: str
    evidence: EvidenceKind = EvidenceKind.REAL_KEYPOINTS

    @property
    def name(self) -> str:
        return self.trial.name

    def __call__(self, choices: Mapping[str, Any]) -> Trial:
        """The trial with its keypoints; nothing but extra errors is random here."""
        return recorded_choices(self.trial, choices, self.subject, f"trial {self.name}")


def own_trials(table: Table, where: str, folder: Path) -> list[OwnSource]:
    """Trials of a table of a study file with ``session`` or ``file``.

    Parameters
    ----------
    table : mapping
    where : str
        What errors call the table.
    folder : Path
        Of the study file; its paths are relative to it.

    Raises
    ------
    FileFormatError, NameNotFoundError
        Naming table, key or file; and where a trial has no reference to be held against.
    """
    if "session" in table:
        require_keys(table, (*_SESSION_KEYS, *_COMMON_KEYS), where)
        return _of_session(table, where, folder)
    require_keys(
        table, (*_FILE_KEYS, *_COMMON_KEYS), where, ("file", "reference", "mass_kg", "height_m")
    )
    file = folder / value_of(table, "file", str, where)
    static = value_of(table, "static", str, where)
    standing = None if static is None else folder / static
    arrays = [path for path in (file, standing) if path and path.suffix.lower() in ARRAY_ENDINGS]

    def read(path: Path) -> Markers:
        # others declare unit and rate themselves; without any array the reader says so
        return _read(table if path in arrays or not arrays else {}, where, path)

    trial = Trial(
        file.stem,
        _subject(table, where, None),
        _keypoints(read(file), file),
        None if standing is None else _keypoints(read(standing), standing),
        reference_motion=_reference(
            table, where, folder / value_of(table, "reference", str, where)
        ),
    )
    return [_source(table, where, trial, file.parent.name)]


def _of_session(table: Table, where: str, folder: Path) -> list[OwnSource]:
    session = read_session(folder / value_of(table, "session", str, where))
    asked = value_of(table, "trial", str, where)
    names = [name for name in session.trials if not is_static(name)] if asked is None else [asked]
    variant = value_of(table, "variant", str, where)
    trials = [session.files(name, variant) for name in names]
    stated = value_of(table, "reference", str, where, _OWN)
    lacking = [files.trial for files in trials if stated == _OWN and files.motion is None]
    if asked is None and stated != _OWN:
        raise FileFormatError(f"{where}: reference is a file, so 'trial' must name its trial")
    if len(lacking) == len(trials):
        raise FileFormatError(
            f"{where}: {session.folder.name} has no result of {', '.join(lacking) or 'any trial'}"
            ' to be held against; name one: reference = "FILE.mot"'
        )
    if lacking:
        tell(
            "trials left out",
            f"{where}: {', '.join(lacking)} of {session.folder.name} are left out: the session has"
            " no result of them to be held against",
            where=lacking,
        )
    return [
        _of_files(table, where, session, files, folder)
        for files in trials
        if files.trial not in lacking
    ]


def _of_files(
    table: Table, where: str, session: Session, files: SessionFiles, folder: Path
) -> OwnSource:
    stated = value_of(table, "reference", str, where, _OWN)
    motion = files.motion if stated == _OWN else folder / stated
    trial = Trial(
        files.trial,
        _subject(table, where, session.subject),
        _keypoints(read_trc(files.keypoints), files.keypoints),
        None if files.static is None else _keypoints(read_trc(files.static), files.static),
        reference_motion=_reference(table, where, motion),
    )
    return _source(table, where, trial, session.folder.name)


def _source(table: Table, where: str, trial: Trial, subject: str) -> OwnSource:
    activity = value_of(table, "activity", str, where, trial.name)
    return OwnSource(trial, value_of(table, "subject", str, where, subject), activity)


def _read(table: Table, where: str, file: Path) -> Markers:
    return read_markers(
        file,
        value_of(table, "unit", str, where),
        value_of(table, "rate_hz", float, where),
        value_of(table, "keypoint_set", str, where),
        value_of(table, "axes", str, where, "+x+y+z"),
    )


def _keypoints(markers: Markers, file: Path) -> Markers:
    known = with_derived_keypoints(markers)
    require_names(OPENCAP_20, known.names, "keypoint", file.name)
    return known.select(OPENCAP_20)


def _subject(table: Table, where: str, known: Subject | None) -> Subject:
    """Of the file where it states mass and height, else of the session."""
    stated = [value_of(table, key, float, where) for key in ("mass_kg", "height_m")]
    mass, height = stated
    if mass is not None and height is not None:
        require_possible(mass, height)
        return Subject(mass, height)
    if stated != [None, None] or known is None:
        raise ValueRangeError(f"{where}: mass_kg and height_m are needed, both")
    return known


def _reference(table: Table, where: str, path: Path | None) -> Motion | None:
    if path is None:
        return None
    lag_s = value_of(table, "lag_s", float, where, 0.0)
    return shifted(read_motion(path), lag_s, value_of(table, "same_frame", bool, where, True))
