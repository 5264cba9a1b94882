"""The person of a session, from its metadata."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kinebench.core.quantities import kilograms, metres
from kinebench.core.subject import Subject
from kinebench.errors import FileFormatError, ValueRangeError
from kinebench.remarks import tell


def subject_of(metadata: Mapping[str, Any], file: str) -> Subject | None:
    """The person whom ``mass_kg`` and ``height_m`` describe; None when one of them is not stated.

    Parameters
    ----------
    metadata : mapping
        Numbers in kg and m, or texts with their unit: ``175.2 cm``.
    file : str
        For messages.

    Raises
    ------
    FileFormatError
        For what is no such number.

    Warns
    -----
    KinebenchWarning
        When mass or height stand there under another name.
    """
    _tell_of_other_names(metadata, file)
    if metadata.get("mass_kg") is None or metadata.get("height_m") is None:
        return None
    mass = _quantity(metadata, "mass_kg", kilograms, file)
    height = _quantity(metadata, "height_m", metres, file)
    sex = metadata.get("gender_mf", metadata.get("sex"))
    identifier = str(metadata.get("subjectID") or "subject")
    return Subject(mass, height, identifier, None if sex is None else str(sex))


def _quantity(
    metadata: Mapping[str, Any], key: str, read: Callable[[str], float], file: str
) -> float:
    """A number, or a text such as ``175.2 cm``."""
    value = metadata[key]
    if isinstance(value, bool | list | dict):
        raise FileFormatError(f"{file}, '{key}': must be a number, found {value}")
    try:
        return read(value) if isinstance(value, str) else float(value)
    except ValueRangeError as error:
        raise FileFormatError(f"{file}, '{key}': {error}") from error


def _tell_of_other_names(metadata: Mapping[str, Any], file: str) -> None:
    """Mass or height under a name that OpenCap does not give them is not read."""
    for key, names in (("mass_kg", ("mass", "weight")), ("height_m", ("height", "stature"))):
        others = [
            str(name) for name in metadata if name != key and str(name).lower().startswith(names)
        ]
        if metadata.get(key) is None and others:
            tell(
                "metadata",
                f"'{key}' is not stated; '{others[0]}' is not read",
                advice=f"rename it to '{key}', or give --mass and --height",
                file=file,
            )
