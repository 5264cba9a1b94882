"""Which estimate belongs to which reference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from kinebench.errors import (
    FileFormatError,
    ValueRangeError,
    has_control_characters,
    listed,
    require_names,
)
from kinebench.io.csv_text import split_csv
from kinebench.io.text import read_text
from kinebench.metrics import Exclusion
from kinebench.remarks import tell

# In folders one kind counts: the first of these that both have.
_ENDINGS = (".mot", ".trc", ".sto")
RUN_MOTION = "kinematics"
"""Name, without its ending, of the motion that a run leaves in the folder of its trial."""

_LONGEST_LAG_S = 86_400.0  # a day
_COLUMNS = (
    "reference", "estimate", "method", "subject", "trial", "lag_s", "event_markers", "activity"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FilePair:
    """Two recordings of one trial.

    Parameters
    ----------
    reference, estimate : Path
    subject, trial : str
        Labels of the hierarchy; a trial is known by both.
    lag_s : float, optional
        Lag that the CSV states for this pair.
    event_markers : Path, optional
        TRC on the reference's clock, for events that need markers.
    method : str
        What made the estimate, where several methods are compared.
    activity : str
        Kind of trial, such as gait; empty: as the trial's name says.
    """

    reference: Path
    estimate: Path
    subject: str
    trial: str
    lag_s: float | None = None
    event_markers: Path | None = None
    method: str = ""
    activity: str = ""


class FoundPairs(NamedTuple):
    """Pairs, and the files that have no partner."""

    pairs: tuple[FilePair, ...]
    excluded: tuple[Exclusion, ...] = ()


def find_pairs(reference: Path, estimate: Path) -> FoundPairs:
    """Pairs of two files, or of two folders whose files have equal relative paths.

    Folders are searched for .mot files; if they share none, for .trc, then for .sto.
    In folders the first folder of the relative path is the subject, as in
    ``subject2/walking1.mot``; a flat folder is one subject. The ``kinematics.mot`` of a trial's
    folder, as ``kinebench run --all`` leaves it, is the trial: ``subject2/walking1/kinematics.mot``
    fits ``subject2/walking1.mot``.

    Raises
    ------
    FileFormatError
        When a path is missing, the two are of different kinds, or no file is in both.
    """
    for path in (reference, estimate):
        if not _exists(path):
            raise FileFormatError(f"{str(path)[:200]} does not exist")
    if reference.is_dir() != estimate.is_dir():
        raise FileFormatError(
            f"name two files or two folders, not one of each: {reference.name}, {estimate.name}"
        )
    if reference.is_file():
        return FoundPairs((FilePair(reference, estimate, "subject", reference.stem),))
    for ending in _ENDINGS:
        found, others = files_below(reference, ending), files_below(estimate, ending)
        shared = sorted(found.keys() & others.keys())
        if shared:
            break
    if not shared:
        raise FileFormatError(
            f"{reference} and {estimate} share no {', '.join(_ENDINGS)} of the same relative path"
        )
    pairs = []
    for name in shared:
        *folders, _ = Path(name).parts
        subject = folders[0] if folders else "subject"
        trial = "/".join([*folders[1:], Path(name).stem])
        pairs.append(FilePair(found[name], others[name], subject, trial))
    alone = sorted(found.keys() ^ others.keys())
    return FoundPairs(
        tuple(pairs),
        tuple(
            Exclusion(
                name, f"only the {'reference' if name in found else 'estimate'} folder has it"
            )
            for name in alone
        ),
    )


def pairs_from_csv(path: Path) -> FoundPairs:
    """Pairs of a CSV with columns reference, estimate, and perhaps method, subject, trial, lag_s.

    With a column ``method`` the pairs are of several methods: see `by_method`. ``event_markers``
    may name a TRC for events that need markers, ``activity`` the kind of trial. Relative
    paths start at the CSV's folder.

    Raises
    ------
    FileFormatError
        When a column or file is missing, or a lag is no number.
    ValueRangeError
        When a trial of a subject stands twice.

    Warns
    -----
    KinebenchWarning
        When there are columns that say nothing to kinebench, or files outside the CSV's folder.
    """
    table = split_csv(read_text(path), path.name)
    rows = [
        (line, dict(zip(table.header, row.split("\t"), strict=False)))
        for line, row in enumerate(table.rows, table.first_line)
        if row.strip()
    ]
    header = [name for name in table.header if name]
    require_names(_COLUMNS[:2], header, "column", path.name)
    if not rows:
        raise FileFormatError(f"{path.name} lists no pair")
    unknown = [name for name in header if name not in _COLUMNS]
    if unknown:
        tell(
            "columns not read",
            f"columns {', '.join(unknown)} are not read; known are {', '.join(_COLUMNS)}",
            file=path.name,
        )
    pairs = tuple(_pair(row, path, line) for line, row in rows)
    counts = Counter((pair.method, pair.subject, pair.trial) for pair in pairs)
    for (method, subject, trial), count in counts.items():
        if count > 1:
            by = f" by '{method}'" if method else ""
            raise ValueRangeError(
                f"{path.name} lists trial '{trial}' of '{subject}'{by} {count} times; give each"
                " pair its own subject and trial"
            )
    _tell_of_outside(pairs, path)
    same = [pair for pair in pairs if pair.reference == pair.estimate]
    if same:
        tell(
            "one file twice",
            f"{listed([pair.reference.name for pair in same], 4)} stand{'s' * (len(same) == 1)}"
            " as reference and as estimate: such a pair has no error",
            file=path.name,
        )
    return FoundPairs(pairs)


def by_method(found: FoundPairs) -> dict[str, FoundPairs]:
    """Pairs of each method, in order of appearance; what was left out is told with the first.

    Raises
    ------
    ValueRangeError
        When some pairs name a method and others do not.
    """
    methods = dict.fromkeys(pair.method for pair in found.pairs)
    if "" in methods and len(methods) > 1:
        raise ValueRangeError("some pairs name a method and others do not: fill the column method")
    return {
        name: FoundPairs(
            tuple(pair for pair in found.pairs if pair.method == name),
            () if place else found.excluded,
        )
        for place, name in enumerate(methods)
    }


def _pair(row: dict[str, str], path: Path, line: int) -> FilePair:
    def cell(column: str) -> str:
        text = (row.get(column) or "").strip()
        if has_control_characters(text):
            raise FileFormatError(
                f"{path.name}, line {line}, {column}: {text!a} holds a control character"
            )
        return text

    def file(column: str) -> Path:
        named = path.parent / cell(column)
        if not (_exists(named) and named.is_file()):
            shown = str(named) if len(str(named)) < 200 else f"{str(named)[:200]}…"
            raise FileFormatError(
                f"{path.name}, line {line}, {column}: "
                + (f"{shown} does not exist" if cell(column) else "empty")
            )
        return named

    reference, estimate = file("reference"), file("estimate")
    try:
        lag_s = float(cell("lag_s")) if cell("lag_s") else None
    except ValueError as error:
        raise FileFormatError(
            f"{path.name}, line {line}, lag_s: '{cell('lag_s')}' is no number"
        ) from error
    if lag_s is not None and not abs(lag_s) <= _LONGEST_LAG_S:
        raise FileFormatError(
            f"{path.name}, line {line}, lag_s: '{cell('lag_s')}' is no lag of two recordings, s"
        )
    return FilePair(
        reference,
        estimate,
        cell("subject") or "subject",
        cell("trial") or reference.stem,
        lag_s,
        file("event_markers") if cell("event_markers") else None,
        cell("method"),
        cell("activity"),
    )


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that is too long, or that the file system refuses
        return False


def _tell_of_outside(pairs: Iterable[FilePair], path: Path) -> None:
    """A list made by somebody else should not reach for files that its reader does not expect."""
    folder = path.parent.resolve()
    named = [file for pair in pairs for file in (pair.reference, pair.estimate)]
    outside = [file for file in named if not file.resolve().is_relative_to(folder)]
    if outside:
        tell(
            "files outside",
            f"{path.name} names {len(outside)} files outside its own folder, the first:"
            f" {outside[0]}",
            file=path.name,
        )


def files_below(folder: Path, ending: str) -> dict[str, Path]:
    """Files of that kind by what they are of: the relative path, or the folder of a run's motion.

    Of a trial's own file and a run's beside it, the trial's own counts.
    """
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*"), key=lambda path: (path.stem == RUN_MOTION, path)):
        if path.suffix.lower() == ending:
            place = path.relative_to(folder)
            of_run = place.stem == RUN_MOTION and len(place.parts) > 1
            # "walk.v2" is a whole name: with_suffix would cut it
            name = f"{place.parent.as_posix()}{ending}" if of_run else place.with_suffix(ending)
            found.setdefault(Path(name).as_posix(), path)
    return found
