"""The catalogue: cards by the name of their dataset."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from kinebench.datasets.added import ADDED
from kinebench.datasets.card import Card, read_card
from kinebench.datasets.places import Places, shipped_cards_folder
from kinebench.errors import DatasetError, nearest
from kinebench.remarks import tell


def shipped_cards() -> dict[str, Card]:
    """The cards that come with kinebench, by name in alphabetical order."""
    return _read_folder(shipped_cards_folder())


def cards(places: Places | None = None) -> dict[str, Card]:
    """All cards, by name: the shipped ones, those of other packages, then the user's own.

    Of a shipped card whose dataset a person must fetch, a user's card of the same name tells where
    the fetched copy lies. An illegal card of the user's is left out.

    Warns
    -----
    KinebenchWarning
        Naming a card that is left out and its fault.
    """
    places = places or Places.from_environment()
    found = shipped_cards()
    for name, dataset in ADDED.items():
        found.setdefault(name, dataset.card)
    for path in _card_files(places.cards):
        name = path.parent.name
        if name in found and not found[name].manual:
            continue
        try:
            own = _read_once(path, path.stat().st_mtime_ns)
            # where the copy lies is the user's; what the dataset is may be told better by now
            shipped = found.get(name)
            found[name] = (
                own if shipped is None else replace(shipped, steps=(), sources=own.sources)
            )
        except (DatasetError, OSError) as error:
            tell("card left out", f"left out, {error}")
    return found


def find_card(name: str, places: Places | None = None) -> Card:
    """The card of a dataset.

    Raises
    ------
    DatasetError
        With near matches when there is none of that name.
    """
    places = places or Places.from_environment()
    known = cards(places)
    if name in known:
        return known[name]
    own = places.cards / name / "card.toml"
    if own in _card_files(places.cards):
        read_card(own)  # raises: it was left out
    raise DatasetError(
        f"no dataset is called '{name}'{nearest(name, known)}; there are: {', '.join(known)}"
    )


def _read_folder(folder: Path) -> dict[str, Card]:
    paths = _card_files(folder)
    return {path.parent.name: _read_once(path, path.stat().st_mtime_ns) for path in paths}


def _card_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/card.toml")) if folder.is_dir() else []


@lru_cache(maxsize=256)
def _read_once(path: Path, modified_ns: int) -> Card:
    return read_card(path)
