"""Which estimate belongs to which reference."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from kinebench.errors import FileFormatError, ValueRangeError, require_names

__all__ = ["FilePair", "find_pairs", "pairs_from_csv"]

# In folders one kind counts: the first of these that both have.
_ENDINGS = (".mot", ".trc", ".sto")
_COLUMNS = ("reference", "estimate")


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
    """

    reference: Path
    estimate: Path
    subject: str
    trial: str
    lag_s: float | None = None


def find_pairs(reference: Path, estimate: Path) -> tuple[FilePair, ...]:
    """Pairs of two files, or of two folders whose files have equal relative paths.

    Folders are searched for .mot files; if they share none, for .trc, then for .sto.
    In folders the first folder of the relative path is the subject, as in
    ``subject2/walking1.mot``; a flat folder is one subject.

    Raises
    ------
    FileFormatError
        When a path is missing, the two are of different kinds, or no file is in both.
    """
    for path in (reference, estimate):
        if not path.exists():
            raise FileFormatError(f"{path} does not exist")
    if reference.is_dir() != estimate.is_dir():
        raise FileFormatError("name two files or two folders, not one of each")
    if reference.is_file():
        return (FilePair(reference, estimate, "subject", reference.stem),)
    for ending in _ENDINGS:
        found, others = _below(reference, ending), _below(estimate, ending)
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
    return tuple(pairs)


def pairs_from_csv(path: Path) -> tuple[FilePair, ...]:
    """Pairs of a CSV with columns reference, estimate, and perhaps subject, trial, lag_s.

    Relative paths start at the CSV's folder.

    Raises
    ------
    FileFormatError
        When a column or file is missing, a lag is no number, or a trial stands twice.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileFormatError(f"cannot read {path}: {error}") from error
    if not rows:
        raise FileFormatError(f"{path.name} lists no pair")
    require_names(_COLUMNS, rows[0].keys(), "column", path.name)
    pairs = tuple(_pair(row, path, line) for line, row in enumerate(rows, start=2))
    labels = [(pair.subject, pair.trial) for pair in pairs]
    for subject, trial in labels:
        if labels.count((subject, trial)) > 1:
            raise ValueRangeError(f"{path.name} lists trial '{trial}' of '{subject}' twice")
    return pairs


def _pair(row: dict[str, str], path: Path, line: int) -> FilePair:
    files = [path.parent / (row[column] or "") for column in _COLUMNS]
    for column, file in zip(_COLUMNS, files, strict=True):
        if not file.is_file():
            raise FileFormatError(f"{path.name}, line {line}, {column}: {file} does not exist")
    lag = (row.get("lag_s") or "").strip()
    try:
        lag_s = float(lag) if lag else None
    except ValueError as error:
        raise FileFormatError(f"{path.name}, line {line}, lag_s: '{lag}' is no number") from error
    subject = (row.get("subject") or "").strip() or "subject"
    trial = (row.get("trial") or "").strip() or files[0].stem
    return FilePair(files[0], files[1], subject, trial, lag_s)


def _below(folder: Path, ending: str) -> dict[str, Path]:
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() == ending
    }
