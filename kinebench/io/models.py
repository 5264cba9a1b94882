"""Reading OpenSim models, marker sets and set-ups."""

from __future__ import annotations

from pathlib import Path

from kinebench.core.model import Document, Model
from kinebench.errors import FileFormatError, ModelError
from kinebench.io.xml import well_formed


def read_model(path: Path | str) -> Model:
    """Read an .osim file.

    Raises
    ------
    ModelError
        When the file is missing or is no OpenSim document; it says what it is instead.

    Notes
    -----
    What XML forbids and OpenSim forgives is mended: the model's content is valid XML in UTF-8.
    """
    path = Path(path)
    return Model(path.stem, _content(path, "model"))


def read_document(path: Path | str) -> Document:
    """Read a set-up or marker set of OpenSim, or raise a `ModelError`."""
    path = Path(path)
    return Document(path.stem, _content(path, "file"))


def _content(path: Path, what: str) -> bytes:
    if path.is_dir():
        inside = ", ".join(sorted(other.name for other in path.glob("*.osim"))[:8])
        raise ModelError(
            f"{what} {path} is a folder; give a file" + (f" in it: {inside}" if inside else "")
        )
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        near = sorted(path.parent.glob(f"*{path.suffix}")) if path.parent.is_dir() else []
        there = ", ".join(other.name for other in near[:8]) or f"no {path.suffix} file"
        raise ModelError(f"{what} {path} does not exist; its folder has: {there}") from error
    except FileFormatError as error:
        raise ModelError(str(error)) from error
    except OSError as error:
        raise ModelError(f"cannot read {what} {path}: {error.strerror or error}") from error
    _require_xml(content, f"{what} {path}")
    try:
        return well_formed(content, path.name)
    except FileFormatError as error:
        raise ModelError(str(error)) from error


# how a file of another kind starts, and what to do about it
_FOREIGN = (
    (b"pk\x03\x04", "a zip archive: unpack it and give the file inside"),
    (b"\x1f\x8b", "a gzip archive: unpack it and give the file inside"),
    (b"<!doctype html", "a web page: download the file itself ('raw')"),
    (b"<html", "a web page: download the file itself ('raw')"),
    (b"version https://git-lfs", "a pointer of Git LFS: fetch the file itself (git lfs pull)"),
)


def _require_xml(content: bytes, what: str) -> None:
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not content.strip(b"\0 \t\r\n"):
        raise ModelError(f"{what} is empty")
    for mark, kind in _FOREIGN:
        if start.startswith(mark):
            raise ModelError(f"{what} is no OpenSim file but {kind}")
