"""The folder of an OpenCap session, from what a person names for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kinebench.errors import FileFormatError
from kinebench.io.session_archive import named_in_archive, unpacked
from kinebench.io.text import archive_kind

_INNER = ("markerdata", "opensimdata", "videos")
_DEEPEST = 3  # folders of sites, of subjects, of their sessions


def child(folder: Path, name: str) -> Path:
    """The folder of that name, in any case, within another one; as asked when it is not there."""
    exact = folder / name
    if exact.is_dir() or not folder.is_dir():
        return exact
    found = (path for path in sorted(folder.iterdir()) if path.is_dir())
    return next((path for path in found if path.name.casefold() == name.casefold()), exact)


def session_folder(named: Path) -> Path:
    """The session that is meant: the folder itself, one around it, or the only one below it.

    A zip archive, as OpenCap gives sessions for download, is unpacked for as long as the process
    lasts.

    Raises
    ------
    FileFormatError
        For what does not exist, another archive or file, and for several sessions.
    """
    if named.is_file():
        return _of_file(named)
    if not named.is_dir():
        raise FileFormatError(f"session folder {named} does not exist")
    own = _around(named)
    if own is not None:
        return own
    within = list(_below(named, _DEEPEST, archives=False))
    if len(within) > 1:
        names = ", ".join(str(path.relative_to(named)) for path in within[:8])
        raise FileFormatError(
            f"{named_in_archive(named)} holds several sessions, name one of them:"
            f" {names}{', …' if len(within) > 8 else ''}"
        )
    return within[0] if within else named


def session_places(named: Path) -> tuple[Path, ...]:
    """Every session that is meant: the folder itself or one around it, or all below it.

    Archives are unpacked for as long as the process lasts. Of a session that is there as a zip
    archive and, under the same name beside it, as a folder, the folder counts.

    Raises
    ------
    FileFormatError
        For what does not exist, is an archive or file of another kind, or an unsafe archive.
    """
    if named.is_file() and not is_zip(named):
        return (session_folder(named),)
    folder = unpacked(named) if named.is_file() else named
    own = _around(folder) if folder.is_dir() else session_folder(folder)
    return tuple(_below(folder, _DEEPEST)) if own is None else (own,)


def _around(folder: Path) -> Path | None:
    """The session that a folder is, or is a part of."""
    around = folder.resolve()
    for inner, outer in zip((around, *around.parents), around.parents, strict=False):
        if inner.name.casefold() in _INNER and _is_session(outer):
            return outer
    return folder if _is_session(folder) else None


def _below(folder: Path, levels: int, archives: bool = True) -> Iterator[Path]:
    """Sessions below a folder, by name: folders, and archives too unless told otherwise."""
    inside = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    folders = {path.name for path in inside if path.is_dir()}
    for path in inside:
        if path.is_dir() and _is_session(path):
            yield path
        elif path.is_dir() and levels > 1:
            yield from _below(path, levels - 1, archives)
        elif (
            archives
            and path.is_file()
            and path.suffix.lower() == ".zip"
            and path.stem not in folders
        ):
            yield from session_places(path)


def _is_session(folder: Path) -> bool:
    return child(folder, "MarkerData").is_dir()


def _of_file(file: Path) -> Path:
    """The session whose metadata file this is; an error says what another file is."""
    if is_zip(file):
        return session_folder(unpacked(file))
    is_metadata = file.suffix.lower() in (".yaml", ".yml")
    if is_metadata and _is_session(file.absolute().parent):
        return file.parent
    kind = _archive_kind(file)
    if kind:
        raise FileFormatError(
            f"{file.name} is a {kind} archive: unpack it, and name the folder that holds MarkerData"
        )
    raise FileFormatError(
        f"{file.name} is a file, no session folder: name the folder that holds MarkerData, or one"
        f" recording with --keypoints {file.name}"
    )


def is_zip(file: Path) -> bool:
    """Whether a file is a zip archive, whatever its name ends in."""
    return _archive_kind(file) == "zip"


def _archive_kind(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return archive_kind(opened.read(512))
    except OSError as error:
        raise FileFormatError(f"cannot read {file}: {error.strerror or error}") from error
