"""Reading OpenSim models, marker sets and set-ups."""

from __future__ import annotations

from pathlib import Path

from kinebench.core.model import Document, Model
from kinebench.errors import FileFormatError, ModelError
from kinebench.io.text import utf8_xml

__all__ = ["read_document", "read_model"]


def read_model(path: Path | str) -> Model:
    """Read an .osim file.

    Raises
    ------
    ModelError
        When the file is missing or is no OpenSim document.
    """
    path = Path(path)
    return Model(path.stem, _content(path, "model"))


def read_document(path: Path | str) -> Document:
    """Read a set-up or marker set of OpenSim, or raise a `ModelError`."""
    path = Path(path)
    return Document(path.stem, _content(path, "file"))


def _content(path: Path, what: str) -> bytes:
    try:
        return utf8_xml(path.read_bytes(), path.name)
    except FileNotFoundError as error:
        near = sorted(path.parent.glob(f"*{path.suffix}")) if path.parent.is_dir() else []
        there = ", ".join(other.name for other in near[:8]) or f"no {path.suffix} file"
        raise ModelError(f"{what} {path} does not exist; its folder has: {there}") from error
    except FileFormatError as error:
        raise ModelError(str(error)) from error
    except OSError as error:
        raise ModelError(f"cannot read {what} {path}: {error.strerror or error}") from error
