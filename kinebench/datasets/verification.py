"""Local copies against their cards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kinebench.datasets.card import Card, CardFile, Source
from kinebench.datasets.catalogue import cards
from kinebench.datasets.fetching import cached_path, matches, mirror_path
from kinebench.datasets.places import Places
from kinebench.errors import DatasetError

State = Literal["good", "wrong", "absent"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one file.

    Parameters
    ----------
    dataset, path : str
    state : {"good", "wrong", "absent"}
        Right bytes, other bytes, no local copy.
    copy : Path or None
        The copy that was looked at.
    """

    dataset: str
    path: str
    state: State
    copy: Path | None


def verify_dataset(card: Card, places: Places | None = None) -> tuple[Finding, ...]:
    """Compare every local copy of a dataset's files with the card; nothing is downloaded.

    A file in mirror and cache gives two findings. A file absent from both gives one, ``absent``,
    which is a fault only where the card names a folder of the user's own.
    """
    places = places or Places.from_environment()
    return tuple(
        finding
        for source in card.sources
        for file in source.files
        for finding in _file_findings(card, source, file, places)
    )


def verify_folder(folder: Path, places: Places | None = None) -> tuple[Finding, ...]:
    """Verify a folder that was added as a dataset, or a mirror; absent files only of the former.

    Raises
    ------
    DatasetError
        When the folder is neither.
    """
    places = places or Places.from_environment()
    folder = folder.resolve()
    found: list[Finding] = []
    for card in cards(places).values():
        for source in card.sources:
            if source.folder is not None and source.folder.resolve() == folder:
                found += [_finding(card, file, folder / file.path) for file in source.files]
            elif source.folder is None:
                copies = [(file, folder / mirror_path(source, file)) for file in source.files]
                found += [_finding(card, file, copy) for file, copy in copies if copy.is_file()]
    if not found:
        raise DatasetError(
            f"{folder} is neither a folder added with 'kinebench data add' nor a mirror:"
            " no card lists a file of it"
        )
    return tuple(found)


def _file_findings(card: Card, source: Source, file: CardFile, places: Places) -> Iterator[Finding]:
    if source.folder is not None:
        yield _finding(card, file, source.folder / file.path)
        return
    copies = [cached_path(card, file, places)]
    if places.mirror is not None:
        copies.insert(0, places.mirror / mirror_path(source, file))
    present = [copy for copy in copies if copy.is_file()]
    if not present:
        yield Finding(card.name, file.path, "absent", None)
    for copy in present:
        yield _finding(card, file, copy)


def _finding(card: Card, file: CardFile, copy: Path) -> Finding:
    if not copy.is_file():
        return Finding(card.name, file.path, "absent", copy)
    return Finding(card.name, file.path, "good" if matches(copy, file) else "wrong", copy)
