"""Which trials of which sessions there are to run, and where the results of each go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import NamedTuple

from kinebench.batch.outcomes import Outcome
from kinebench.core.names import safe_name
from kinebench.core.subject import Subject
from kinebench.errors import KinebenchError
from kinebench.io.session import Session, is_static, read_session
from kinebench.io.session_archive import named_in_archive
from kinebench.io.session_folder import session_places
from kinebench.remarks import reason_of


@dataclass(frozen=True, slots=True)
class BatchTrial:
    """A trial to run.

    Parameters
    ----------
    subject : str
        Label: the session's subjectID, or the session's name where it states none.
    session, trial : str
        Names.
    person : Subject
    place : Path
        Folder of the session.
    named : Path
        That folder as it is to be told: within its archive where it was unpacked.
    folder : PurePath
        For the results, within that of all: SUBJECT/TRIAL, or SUBJECT/SESSION/TRIAL where a
        subject has several sessions.
    variant : str, optional
    """

    subject: str
    session: str
    trial: str
    person: Subject
    place: Path
    named: Path
    folder: PurePath
    variant: str | None = None


class FoundTrials(NamedTuple):
    """Trials to run, and what cannot be run, with the reason."""

    trials: tuple[BatchTrial, ...]
    failed: tuple[Outcome, ...]


def find_trials(
    named: Iterable[Path],
    person: Callable[[Session], Subject],
    trial: str | None = None,
    variant: str | None = None,
) -> FoundTrials:
    """All trials of the sessions, static ones apart.

    Parameters
    ----------
    named : iterable of Path
        Sessions, zip archives of them, or folders of both; each session counts once.
    person : callable
        The subject of a session.
    trial : str, optional
        Only the trials of this name.
    variant : str, optional
        Detector and cameras, where sessions have several.

    Raises
    ------
    FileFormatError
        When what is named does not exist, or is no session and no folder.
    """
    places = {place.resolve(): place for path in named for place in session_places(path)}
    read: list[tuple[Session, Subject]] = []
    failed: list[Outcome] = []
    for place in places.values():
        try:
            session = read_session(place)
            read.append((session, person(session)))
        except KinebenchError as error:
            failed.append(Outcome(place.name, place.name, trial or "", "failed", reason_of(error)))
    roots = _roots([session for session, _ in read])
    trials: list[BatchTrial] = []
    for (session, subject), root in zip(read, roots, strict=True):
        label, name = _label(session), session.folder.name
        moving = [one for one in session.trials if not is_static(one)]
        asked = [one for one in session.trials if one == trial] if trial else moving
        if not asked:
            what = f"no trial '{trial}'" if trial else "no trial but static ones"
            there = ", ".join(session.trials)
            failed.append(Outcome(label, name, trial or "", "failed", f"{what}; found: {there}"))
        told = named_in_archive(session.folder)
        trials += [
            BatchTrial(
                label, name, one, subject, session.folder, told, root / safe_name(one), variant
            )
            for one in asked
        ]
    return FoundTrials(tuple(trials), tuple(failed))


def _label(session: Session) -> str:
    return str(session.metadata.get("subjectID") or session.folder.name)


def _roots(sessions: Sequence[Session]) -> list[PurePath]:
    """A folder for each session, all different."""
    # file systems of Windows and macOS do not tell upper from lower case
    counts = Counter(safe_name(_label(session)).casefold() for session in sessions)
    taken: set[str] = set()
    roots = []
    for session in sessions:
        root = PurePath(safe_name(_label(session)))
        if counts[root.name.casefold()] > 1:
            root /= safe_name(session.folder.name)
        unique, number = root, 1
        while str(unique).casefold() in taken:
            number += 1
            unique = root.with_name(f"{root.name}_{number}")
        taken.add(str(unique).casefold())
        roots.append(unique)
    return roots
