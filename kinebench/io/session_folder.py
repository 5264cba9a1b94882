"""The folder of an OpenCap session, from what a person names for it."""

from __future__ import annotations

from pathlib import Path

from kinebench.errors import FileFormatError
from kinebench.io.text import archive_kind

__all__ = ["child", "session_folder"]

_INNER = ("markerdata", "opensimdata", "videos")


def child(folder: Path, name: str) -> Path:
    """The folder of that name, in any case, within another one; as asked when it is not there."""
    exact = folder / name
    if exact.is_dir() or not folder.is_dir():
        return exact
    found = (path for path in sorted(folder.iterdir()) if path.is_dir())
    return next((path for path in found if path.name.casefold() == name.casefold()), exact)


def session_folder(named: Path) -> Path:
    """The session that is meant: the folder itself, one around it, or the only one within it.

    Raises
    ------
    FileFormatError
        For what does not exist, an archive or another file, and for several sessions.
    """
    if named.is_file():
        return _of_file(named)
    if not named.is_dir():
        raise FileFormatError(f"session folder {named} does not exist")
    around = named.resolve()
    for inner, folder in zip((around, *around.parents), around.parents, strict=False):
        if inner.name.casefold() in _INNER and _is_session(folder):
            return folder
    if _is_session(named):
        return named
    within = [path for path in sorted(named.iterdir()) if path.is_dir() and _is_session(path)]
    if len(within) > 1:
        names = ", ".join(path.name for path in within[:8]) + (", …" if len(within) > 8 else "")
        raise FileFormatError(f"{named} holds several sessions, name one of them: {names}")
    return within[0] if within else named


def _is_session(folder: Path) -> bool:
    return child(folder, "MarkerData").is_dir()


def _of_file(file: Path) -> Path:
    """The session whose metadata file this is; an error says what another file is."""
    is_metadata = file.suffix.lower() in (".yaml", ".yml")
    if is_metadata and _is_session(file.absolute().parent):
        return file.parent
    try:
        with file.open("rb") as opened:
            kind = archive_kind(opened.read(512))
    except OSError as error:
        raise FileFormatError(f"cannot read {file}: {error.strerror or error}") from error
    if kind:
        raise FileFormatError(
            f"{file.name} is a {kind} archive: unpack it, and name the folder that holds MarkerData"
        )
    raise FileFormatError(
        f"{file.name} is a file, no session folder: name the folder that holds MarkerData, or one"
        f" recording with --keypoints {file.name}"
    )
