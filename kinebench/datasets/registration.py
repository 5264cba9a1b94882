"""A user's own folder as a dataset: indexed, hashed, listed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from kinebench.core.provenance import file_sha256
from kinebench.datasets.archive import extract_archive, is_archive
from kinebench.datasets.card import Card, CardFile, Source, card_toml
from kinebench.datasets.catalogue import cards, shipped_cards
from kinebench.datasets.completeness import paths_in
from kinebench.datasets.patterns import find_items
from kinebench.datasets.places import Places
from kinebench.errors import DatasetError
from kinebench.io.atomic import write_atomically
from kinebench.io.inner_paths import stays_inside

UNSTATED_LICENCE = "LicenseRef-unstated"


def add_dataset(
    origin: Path,
    name: str,
    *,
    title: str | None = None,
    description: str | None = None,
    licence: str = UNSTATED_LICENCE,
    citation: str | None = None,
    replace_existing: bool = False,
    places: Places | None = None,
) -> Card:
    """Write a card for a folder, or for an archive that is extracted into the cache.

    With the name of a shipped dataset that a person must fetch, the folder is taken as the copy of
    it: it must hold the files of the card's layout, and title, licence and citation are the card's.

    Parameters
    ----------
    origin : Path
        Folder, used in place, or zip or tar archive.
    name : str
        New; or that of a manual dataset.
    title, description, licence, citation : str, optional
        For the card of a folder of one's own.
    replace_existing : bool
        Index again what was added before under this name.
    places : Places, optional

    Raises
    ------
    DatasetError
        Name taken, folder empty, archive refused, layout not met.
    """
    places = places or Places.from_environment()
    shipped = shipped_cards().get(name)
    if shipped is not None and not shipped.manual:
        raise DatasetError(f"'{name}' is the name of a dataset that comes with kinebench")
    known = cards(places).get(name)
    if known is not None and not known.manual and not replace_existing:
        raise DatasetError(f"'{name}' was added before; '--replace' indexes it again")
    card = shipped or Card(
        name=name,
        title=title or name,
        description=description or f"Added from {origin.name}.",
        licence=licence,
        citation=citation or "unpublished",
        steps=("Add it.",),
    )
    if origin.is_dir():
        folder = origin.resolve()
        return _register(card, folder, _accepted(card, folder, origin), places)
    with _extracted(origin, places) as incoming:
        files = _accepted(card, incoming, origin)
        with _in_place(incoming, places.cache / name) as folder:
            return _register(card, folder, files, places)


def index_folder(folder: Path, origin: Path | None = None) -> tuple[CardFile, ...]:
    """All files below a folder in alphabetical order, hidden ones and links left out.

    Parameters
    ----------
    folder : Path
    origin : Path, optional
        What the user named, for messages, where it is another.

    Raises
    ------
    DatasetError
        When there are none, or a file's name could not be written into a card.
    """
    found = []
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if (
            not path.is_file()
            or path.is_symlink()
            or any(p.startswith(".") for p in relative.parts)
        ):
            continue
        if not stays_inside(relative.as_posix()):
            raise DatasetError(f"a card cannot list the file name {relative.as_posix()!r}")
        found.append(CardFile(relative.as_posix(), path.stat().st_size, file_sha256(path)))
    if not found:
        raise DatasetError(f"{origin or folder} holds no files")
    return tuple(found)


def _register(card: Card, folder: Path, files: tuple[CardFile, ...], places: Places) -> Card:
    """Write the card of a folder."""
    card = replace(card, steps=(), sources=(Source(None, folder, files),))
    path = places.cards / card.name / "card.toml"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatasetError(f"cannot write {path}: {error.strerror}") from error
    write_atomically(path, card_toml(card))
    return card


@contextmanager
def _extracted(origin: Path, places: Places) -> Iterator[Path]:
    """A folder with the content of an archive; what of it is still there at the end is removed."""
    if not is_archive(origin):
        found = "no zip or tar archive" if origin.exists() else "not there"
        raise DatasetError(f"a dataset is added from a folder or an archive; {origin} is {found}")
    try:
        places.cache.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".incoming-", dir=places.cache))
    except OSError as error:
        raise DatasetError(f"cannot write to {places.cache}: {error.strerror}") from error
    try:
        extract_archive(origin, scratch / "content")
        yield scratch / "content"
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@contextmanager
def _in_place(incoming: Path, folder: Path) -> Iterator[Path]:
    """`incoming` as `folder`, unless the block fails: then what was there before is there again."""
    old = incoming.with_name("replaced")
    try:
        if folder.exists() or folder.is_symlink():
            folder.rename(old)
        incoming.rename(folder)
        yield folder
    except BaseException:
        if old.exists():
            shutil.rmtree(folder, ignore_errors=True)
            old.rename(folder)
        raise


def _accepted(card: Card, folder: Path, origin: Path) -> tuple[CardFile, ...]:
    """The files of a folder that has the card's layout; `origin` is what the user named."""
    # before anything is hashed: a copy may have gigabytes
    found = {item.pattern for item in find_items(card.patterns, paths_in(folder))}
    lacking = [
        pattern.path
        for pattern in card.patterns
        if pattern.presence == "required" and pattern not in found
    ]
    if lacking:
        raise DatasetError(
            f"{origin} is not a copy of {card.name}: it has no {', no '.join(lacking)}"
        )
    return index_folder(folder, origin)
