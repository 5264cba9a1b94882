"""Which motion belongs to which reference in a copy of a study's data set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kinebench.comparison import FilePair
from kinebench.datasets.catalogue import find_card
from kinebench.datasets.completeness import Holdings, index_copy, natural, paths_in
from kinebench.datasets.patterns import activity_of, items_of_sample
from kinebench.errors import DatasetError, NameNotFoundError, nearest
from kinebench.literature.published import Study
from kinebench.metrics import Exclusion

_RUN_MOTION = "kinematics"  # of a folder that `kinebench run --all` leaves


@dataclass(frozen=True, slots=True)
class TrialPairs:
    """The trials of a study that are at hand.

    Parameters
    ----------
    pairs : tuple of FilePair
    activities : mapping of (str, str) to str
        Activity of each trial, by subject and trial.
    estimate : str
        Key of the set-up, or the name of the folder that the estimates were taken from.
    own : bool
        Whether the estimates are the caller's.
    left_out : tuple of Exclusion
    holdings : Holdings
        All that the copy has.
    """

    pairs: tuple[FilePair, ...]
    activities: Mapping[tuple[str, str], str]
    estimate: str
    own: bool
    left_out: tuple[Exclusion, ...]
    holdings: Holdings


def pairs_of_copy(
    of: Study, folder: Path, setup: str | None = None, estimates: Path | None = None
) -> TrialPairs:
    """Find references and estimates in a copy of the study's data set; no file is read.

    Parameters
    ----------
    of : Study
    folder : Path
        In the published layout.
    setup : str, optional
        Which of its motions from video, such as ``HRNet/2-cameras``; the study's by default.
    estimates : Path, optional
        A folder with one's own motions instead: ``SUBJECT/…/TRIAL.mot`` or
        ``SUBJECT/…/TRIAL/kinematics.mot``; a session's folder may be called ``SUBJECT_Session0``.

    Raises
    ------
    DatasetError
        The folder is no copy, no trial has an estimate, or two files could be one trial's.
    NameNotFoundError
        The copy has no motions of that set-up.
    """
    holdings = index_copy(find_card(of.dataset), folder)
    own = None if estimates is None else _Motions(estimates)
    wanted = setup or of.estimate
    if own is None:
        wanted = _setup(holdings, wanted, of)
    pairs, activities, left_out = [], {}, []
    for name, values in sorted(holdings.samples.items(), key=lambda item: _order(item[1])):
        subject, trial = values["subject"], values["trial"]
        if any(part in trial.casefold() for part in of.leave_out):
            left_out.append(Exclusion(name, "the study does not score such trials"))
            continue
        motions = items_of_sample(holdings.items, values)["motion"]
        found = (
            own.of(subject, trial)
            if own is not None
            else (folder / motions[wanted].path if wanted in motions else None)
        )
        if found is None:
            left_out.append(Exclusion(name, f"no motion of {wanted if own is None else own.name}"))
            continue
        pairs.append(FilePair(folder / motions["reference"].path, found, subject, trial))
        activities[subject, trial] = activity_of(values)
    if not pairs:
        raise DatasetError(
            f"no trial of {folder} has a motion of {own.name if own else wanted}; the first,"
            f" {left_out[0].item}: {left_out[0].reason}"
            if left_out
            else f"{folder} has no trial with a mocap motion"
        )
    shown = wanted if own is None else own.name
    return TrialPairs(tuple(pairs), activities, shown, own is not None, tuple(left_out), holdings)


def _order(values: Mapping[str, str]) -> tuple[object, ...]:
    return (*natural(values["subject"]), *natural(values["trial"]))


def _setup(holdings: Holdings, wanted: str, of: Study) -> str:
    keys = {
        item.key
        for item in holdings.items
        if item.pattern.kind == "motion" and not item.pattern.sample
    }
    if wanted not in keys:
        asked = f"motions of '{wanted}'" if wanted else f"motions that {of.title} is about"
        raise NameNotFoundError(
            f"the copy has no {asked}{nearest(wanted, keys)}; name one with --variant:"
            f" {', '.join(sorted(keys)) or 'it has none'}, or a folder with your own"
        )
    return wanted


class _Motions:
    """Motions of a folder by subject and trial."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise DatasetError(f"{folder} is no folder with motions")
        self.folder, self.name = folder, folder.name
        paths = map(PurePosixPath, paths_in(folder))
        self._paths = [path for path in paths if path.suffix.lower() == ".mot"]

    def of(self, subject: str, trial: str) -> Path | None:
        """The motion of a trial; None where there is none."""
        found = [path for path in self._paths if self._fits(path, subject, trial)]
        if len(found) > 1:
            raise DatasetError(
                f"{self.name} has several motions of {subject}/{trial}: {found[0]}, {found[1]}"
            )
        return self.folder / found[0] if found else None

    @staticmethod
    def _fits(path: PurePosixPath, subject: str, trial: str) -> bool:
        parts = [part.casefold() for part in path.parent.parts]
        name = path.stem.casefold()
        if name == _RUN_MOTION and parts:
            name = parts.pop()
        whose = subject.casefold()
        return name == trial.casefold() and any(
            part == whose or part.startswith(f"{whose}_") for part in parts
        )
