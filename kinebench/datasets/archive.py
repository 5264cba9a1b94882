"""Archives that are extracted only into the folder that was named."""

from __future__ import annotations

import shutil
import stat
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from kinebench.datasets.card import stays_inside
from kinebench.errors import DatasetError

__all__ = ["extract_archive", "is_archive"]


def is_archive(path: Path) -> bool:
    """True for a zip or a (compressed) tar file."""
    return path.is_file() and (zipfile.is_zipfile(path) or tarfile.is_tarfile(path))


def extract_archive(archive: Path, folder: Path) -> tuple[Path, ...]:
    """Extract a zip or tar archive into `folder`, which must not exist or be empty.

    All members are looked at before the first is written: one that would leave the folder (an
    absolute path, ``..``, a drive) or is neither file nor folder (a symbolic or hard link, a
    device) makes the whole archive refused. Permissions and owners are not taken over.

    Returns
    -------
    tuple of Path
        The files, in the archive's order.

    Raises
    ------
    DatasetError
        Naming archive and member; nothing of the archive remains then.
    """
    if folder.exists() and any(folder.iterdir()):
        raise DatasetError(f"{folder} is not empty; an archive is extracted into an empty folder")
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as zipped:
                return _extract_zip(zipped, archive.name, folder)
        if tarfile.is_tarfile(archive):
            with tarfile.open(archive) as tarred:
                return _extract_tar(tarred, archive.name, folder)
    except (OSError, EOFError, zipfile.BadZipFile, tarfile.TarError, RuntimeError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise DatasetError(f"{archive.name} cannot be extracted: {error}") from error
    raise DatasetError(f"{archive} is neither a zip nor a tar archive")


def _extract_zip(zipped: zipfile.ZipFile, name: str, folder: Path) -> tuple[Path, ...]:
    for member in zipped.infolist():
        kind = stat.S_IFMT(member.external_attr >> 16)
        _require_inside(member.filename, name)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise DatasetError(f"{name} is refused: member '{member.filename}' is a link or device")
    files = [member for member in zipped.infolist() if not member.is_dir()]
    _require_single((member.filename for member in files), name)
    return tuple(_write(zipped.open(member), folder / member.filename) for member in files)


def _extract_tar(tarred: tarfile.TarFile, name: str, folder: Path) -> tuple[Path, ...]:
    for member in tarred.getmembers():
        _require_inside(member.name, name)
        if not (member.isfile() or member.isdir()):
            raise DatasetError(f"{name} is refused: member '{member.name}' is a link or device")
    files = [member for member in tarred.getmembers() if member.isfile()]
    _require_single((member.name for member in files), name)
    written = []
    for member in files:
        content = tarred.extractfile(member)
        assert content is not None  # a regular file has content
        written.append(_write(content, folder / member.name))
    return tuple(written)


def _require_inside(member: str, archive: str) -> None:
    path = member.removeprefix("./").removesuffix("/")
    if path not in ("", ".") and not stays_inside(path):
        raise DatasetError(f"{archive} is refused: member '{member}' would leave the folder")


def _require_single(members: Iterable[str], archive: str) -> None:
    seen: set[str] = set()
    for member in members:
        if member in seen:
            raise DatasetError(f"{archive} is refused: it has member '{member}' twice")
        seen.add(member)


def _write(content: IO[bytes], path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with content, path.open("xb") as file:
        shutil.copyfileobj(content, file)
    return path
