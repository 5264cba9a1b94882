"""Verified local copies of the files of datasets."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, urlsplit

from kinebench.core.provenance import file_sha256
from kinebench.datasets.card import Card, CardFile, Source
from kinebench.datasets.catalogue import find_card
from kinebench.datasets.download import Downloader
from kinebench.datasets.places import Places
from kinebench.errors import DatasetError
from kinebench.remarks import tell


def fetch_file(
    dataset: str, path: str, places: Places | None = None, *, accept_licence: bool = False
) -> Path:
    """A verified local copy of a file of a dataset, downloaded when there is none.

    The mirror is tried first and used in place, then the cache, then the public address. Whatever
    is returned has the sha256 that the card names; a file that fails it is reported and not used.

    Parameters
    ----------
    dataset : str
        Name of a card.
    path : str
        The file's path within its source, as the card lists it.
    places : Places, optional
        Default: `Places.from_environment`.
    accept_licence : bool
        Whether the caller read and accepts terms that the card's author did not read; without it
        nothing of such a dataset is downloaded.

    Raises
    ------
    DatasetError
        Unknown dataset or path, dataset that a person must fetch, licence not accepted, file
        changed, download failed.
    """
    places = places or Places.from_environment()
    card = find_card(dataset, places)
    if card.manual:
        raise DatasetError(
            f"dataset {dataset} must be fetched by a person: 'kinebench data show {dataset}' lists"
            f" the steps, 'kinebench data add FOLDER --name {dataset}' registers the copy"
        )
    source, file = card.find(path)
    if source.folder is not None:
        return _from_folder(card, source.folder, file)
    found = _local_copy(card, source, file, places)
    if found is not None:
        return found
    if card.licence_unread and not accept_licence:
        raise DatasetError(
            f"the licence of {dataset} was not read for its card: read it at {source.address}, and"
            f" download with 'kinebench data fetch {dataset} --accept-licence'"
        )
    return _download(card, source, file, places)


def local_file(dataset: str, path: str, places: Places | None = None) -> Path | None:
    """The verified copy in the mirror or the cache, or None: nothing is downloaded."""
    places = places or Places.from_environment()
    card = find_card(dataset, places)
    source, file = card.find(path)
    if source.folder is not None:
        return _from_folder(card, source.folder, file)
    return _local_copy(card, source, file, places)


def fetch_dataset(dataset: str, places: Places | None = None) -> tuple[Path, ...]:
    """Verified local copies of all files of a dataset, in the order of its card."""
    places = places or Places.from_environment()
    paths = [file.path for file in find_card(dataset, places).files]
    return tuple(fetch_file(dataset, path, places) for path in paths)


def _local_copy(card: Card, source: Source, file: CardFile, places: Places) -> Path | None:
    """The mirror's or the cache's copy, if one is there and has the right bytes.

    A copy with other bytes is warned about.
    """
    candidates = [("the cache", cached_path(card, file, places))]
    if places.mirror is not None:
        candidates.insert(0, ("the mirror", places.mirror / mirror_path(source, file)))
    for where, path in candidates:
        if not path.is_file():
            continue
        if matches(path, file):
            return path
        tell(
            "wrong copy",
            f"{where}'s copy of {file.path} of dataset {card.name} is not used: {path} has not the"
            f" sha256 {file.sha256[:12]}… of the card",
        )
    return None


def matches(path: Path, file: CardFile) -> bool:
    """True if the file at `path` has the size and sha256 that the card names.

    A file is hashed once per process and again only after it changed.
    """
    status = path.stat()
    if status.st_size != file.size_bytes:
        return False
    return _sha256(path, status.st_mtime_ns, status.st_size) == file.sha256


def cached_path(card: Card, file: CardFile, places: Places) -> Path:
    """Where the cache keeps a file, and where a person may place it by hand."""
    return places.cache / card.name / file.path


def mirror_path(source: Source, file: CardFile) -> str:
    """Path of a file within a mirror: its public address without the scheme."""
    parts = urlsplit(source.address or "")
    return f"{parts.netloc}{parts.path}{file.path}"


def _from_folder(card: Card, folder: Path, file: CardFile) -> Path:
    path = folder / file.path
    if not path.is_file():
        raise DatasetError(f"dataset {card.name}: {path} is no longer there")
    if not matches(path, file):
        raise DatasetError(
            f"dataset {card.name}: {path} has changed since it was added (sha256 differs);"
            f" 'kinebench data add' it again if that was meant"
        )
    return path


def _download(card: Card, source: Source, file: CardFile, places: Places) -> Path:
    target = cached_path(card, file, places)
    address = f"{source.address}{quote(file.path)}"
    try:
        Downloader()(address, file, target)
    except DatasetError as error:
        raise DatasetError(
            f"dataset {card.name}: cannot fetch {address} ({error}); to place the file by hand,"
            f" save it as {target}"
        ) from error
    return target


@lru_cache(maxsize=4096)
def _sha256(path: Path, modified_ns: int, size_bytes: int) -> str:
    return file_sha256(path)
