"""Many trials: which video belongs to which mocap file, and all of them validated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from kinebench.comparison import Comparison, comparison_of
from kinebench.comparison.pairs import files_below
from kinebench.errors import (
    FileFormatError,
    KinebenchError,
    NameNotFoundError,
    ValueRangeError,
)
from kinebench.io.session import Session, is_static, read_session
from kinebench.io.session_folder import session_places
from kinebench.metrics import Exclusion
from kinebench.remarks import reason_of
from kinebench.validation.files import Stated, TrialValidation, validate_files
from kinebench.validation.sources import MARKERS, MOTIONS, project_files

_NOBODY = "subject"  # as `kinebench.comparison.find_pairs` calls who is in no folder of their own


class TrialFiles(NamedTuple):
    """What belongs to one trial.

    Parameters
    ----------
    subject, trial : str
    mocap, video : Path
    stated : Stated
        With the files of this trial.
    """

    subject: str
    trial: str
    mocap: Path
    video: Path
    stated: Stated


class FoundFiles(NamedTuple):
    """Trials that both sides have, and what only one has."""

    trials: tuple[TrialFiles, ...]
    excluded: tuple[Exclusion, ...]


@dataclass(frozen=True, slots=True)
class ManyValidations:
    """Trials, and what they say together.

    Parameters
    ----------
    trials : tuple of TrialValidation
    comparison : Comparison
        Of all of them, with what was left out.
    """

    trials: tuple[TrialValidation, ...]
    comparison: Comparison


def find_trials(mocap: Path, video: Path, stated: Stated) -> FoundFiles:
    """Match the trials of two places by subject and trial; no recording is read.

    Parameters
    ----------
    mocap : Path
        Folder: ``SUBJECT/TRIAL.mot`` (.trc, .c3d, .sto), or of one subject ``TRIAL.mot``. Trials
        called static… or neutral… are none.
    video : Path
        A session, or a folder of sessions, each the folder or archive as it was downloaded, called
        as the mocap's subject by its subjectID or its own name; a Pose2Sim project; or a folder of
        motions or markers of the same relative paths, as `kinebench run --all` leaves them.
    stated : Stated
        The static trial and the scaled model may be names, such as ``static1.trc``: then they are
        looked for beside each trial, and in the folders around it.

    Raises
    ------
    KinebenchError
        Nothing matches, or a file that is stated is lacking.
    """
    ours = _mocap_files(mocap, stated)
    partners, unread = _partners(video, ours)
    trials, excluded = [], list(unread)
    for name, file in ours.items():
        subject, trial = _labels(name)
        try:
            found = partners(subject, trial)
            own = replace(
                stated,
                static_mocap=_beside(stated.static_mocap, file, mocap),
                scaled_model=_beside(stated.scaled_model, file, mocap),
                trial=found.trial,
            )
        except KinebenchError as error:
            excluded.append(Exclusion(name, reason_of(error)))
            continue
        trials.append(TrialFiles(found.subject or subject, trial, file, found.path, own))
    if not trials:
        first = excluded[0]
        raise ValueRangeError(
            f"none of the {len(ours)} trials of {mocap.name} has a partner in {video.name}; the"
            f" first, {first.item}: {first.reason}"
        )
    _require_own_sizes(trials, stated)
    return FoundFiles(tuple(trials), tuple(excluded))


def validate_many(
    found: FoundFiles, show: Callable[[str], None] = lambda text: None
) -> ManyValidations:
    """Validate every trial; one that fails is left out with its reason.

    Parameters
    ----------
    found : FoundFiles
    show : callable
        Is told what is under way.

    Raises
    ------
    KinebenchError
        None could be validated.
    """
    done, excluded = [], list(found.excluded)
    failed: list[Exclusion] = []
    for n, one in enumerate(found.trials, start=1):
        show(f"trial {n} of {len(found.trials)}: {one.subject}/{one.trial}")
        try:
            done.append(
                validate_files(
                    one.mocap, one.video, one.stated, subject=one.subject, trial=one.trial
                )
            )
        except KinebenchError as error:
            if len(found.trials) == 1:
                raise
            failed.append(Exclusion(f"{one.subject}/{one.trial}", reason_of(error)))
    if not done:
        first = failed[0]
        raise ValueRangeError(
            f"none of {len(failed)} trials can be validated; the first, {first.item}:"
            f" {first.reason}"
        )
    how = done[0].validation.comparison.procedure
    # joints may differ from model to model, and each pair was scored with its own
    together = comparison_of([each.pair for each in done], how, (*excluded, *failed))
    return ManyValidations(tuple(done), together)


def _mocap_files(folder: Path, stated: Stated) -> dict[str, Path]:
    """Moving trials by relative path without ending; one kind of file counts per trial."""
    kinds = MARKERS[::-1] if stated.solves else (*MOTIONS, *MARKERS)
    files: dict[str, Path] = {}
    for ending in kinds:
        for name, path in files_below(folder, ending).items():
            stem = name.removesuffix(ending)
            if not is_static(PurePosixPath(stem).name):
                files.setdefault(stem, path)
    if not files:
        raise FileFormatError(f"{folder} holds no moving trial ({', '.join(kinds)})")
    return dict(sorted(files.items()))


def _labels(name: str) -> tuple[str, str]:
    """Subject and trial of a relative path, as `kinebench.comparison.find_pairs` has them."""
    first, *others = PurePosixPath(name).parts
    return (first, "/".join(others)) if others else (_NOBODY, first)


class _Partner(NamedTuple):
    path: Path
    trial: str | None = None
    subject: str = ""


_Partners = Callable[[str, str], _Partner]


def _partners(video: Path, ours: dict[str, Path]) -> tuple[_Partners, list[Exclusion]]:
    """What gives the video of a subject's trial, and sessions that cannot be read."""
    if not video.exists():
        raise FileFormatError(f"{video} does not exist")
    sessions, unread = [], []
    for place in session_places(video):
        try:
            sessions.append(read_session(place))
        except KinebenchError as error:
            unread.append(Exclusion(place.name, reason_of(error)))
    if sessions:
        return _of_sessions(sessions, video.name), unread
    return _of_files(video, ours), unread


def _of_files(video: Path, ours: dict[str, Path]) -> _Partners:
    if project_files(video):
        return lambda subject, trial: _Partner(video)
    files: dict[str, Path] = {}
    for ending in (*MOTIONS, *MARKERS):
        for name, path in files_below(video, ending).items():
            files.setdefault(name.removesuffix(ending), path)

    def of_file(subject: str, trial: str) -> _Partner:
        name = trial if subject == _NOBODY and trial in ours else f"{subject}/{trial}"
        if name not in files:
            raise NameNotFoundError(f"{video.name} has no {name} ({', '.join(MOTIONS)}, …)")
        return _Partner(files[name])

    return of_file


def _of_sessions(sessions: Sequence[Session], where: str) -> _Partners:
    def of_session(subject: str, trial: str) -> _Partner:
        own = [each for each in sessions if subject == _NOBODY or _is_of(each, subject)]
        own = own or (list(sessions) if len(sessions) == 1 else [])
        if not own:
            there = ", ".join(each.folder.name for each in sessions[:4])
            raise NameNotFoundError(f"{where} has no session of '{subject}'; it has {there}")
        asked = PurePosixPath(trial).name.casefold()
        having = [(each, name) for each in own for name in each.trials if name.casefold() == asked]
        if len(having) != 1:
            names = ", ".join(each.folder.name for each, _ in having)
            raise NameNotFoundError(
                f"{len(having)} sessions of {where} have the trial '{trial}'"
                + (f": {names}" if names else f"; there are {', '.join(_trials(own)) or 'none'}")
            )
        session, name = having[0]
        known = str(session.metadata.get("subjectID") or session.folder.name)
        return _Partner(session.folder, name, known if subject == _NOBODY else "")

    return of_session


def _is_of(session: Session, subject: str) -> bool:
    whose = subject.casefold()
    name = session.folder.name.casefold()
    stated = str(session.metadata.get("subjectID") or "").casefold()
    return whose in (stated, name) or name.startswith(f"{whose}_")


def _trials(sessions: Sequence[Session]) -> Iterator[str]:
    for session in sessions:
        yield from (name for name in session.trials if not is_static(name))


def _beside(stated: Path | None, file: Path, root: Path) -> Path | None:
    """A file that is stated: itself, or by its name beside the trial or in a folder around it."""
    if stated is None or stated.is_file():
        return stated
    folders = [file.parent, *(each for each in file.parents if each.is_relative_to(root))]
    found = next((each / stated for each in folders if (each / stated).is_file()), None)
    if found is None:
        raise FileFormatError(f"there is no {stated} beside {file.name}, nor in a folder around it")
    return found


def _require_own_sizes(trials: Sequence[TrialFiles], stated: Stated) -> None:
    """One person's mass, height, static trial or model does not fit several people."""
    if len({each.subject for each in trials}) < 2:
        return
    if stated.mass_kg is not None or stated.height_m is not None:
        raise ValueRangeError("--mass and --height are of one subject: several are named")
    for option, path in (("--static-mocap", stated.static_mocap),
                         ("--scaled-model", stated.scaled_model)):  # fmt: skip
        if path is not None and path.is_file():
            raise ValueRangeError(
                f"{option} {path} is of one subject, and several are named: give its name alone,"
                f" such as {path.name}, and it is looked for beside each trial"
            )
