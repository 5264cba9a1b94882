"""Camera errors that a study puts on top of whatever a trial has: ``data.extra.<name>`` factors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinebench.core.markers import Markers
from kinebench.errors import require_names

EXTRA = "extra."
"""Data factors that start so hold a camera error, or None."""


def require_choices(choices: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    """Raise a `NameNotFoundError` for a data factor that `where` does not understand."""
    plain = [name for name in choices if not name.startswith(EXTRA)]
    require_names(plain, (*known, f"{EXTRA}…"), "data factor", where)


def with_extra_errors(markers: Markers, choices: Mapping[str, Any], *names: str) -> Markers:
    """Markers with every ``extra.`` choice applied, in the order of their names.

    An error meets the same random numbers whatever the other factors are.

    Parameters
    ----------
    markers : Markers
    choices : mapping of str to object
        A study's data choices; others than ``extra.…`` are left alone.
    *names : str
        Subject and trial, which seed what is random.
    """
    for name in sorted(choices):
        error = choices[name]
        if name.startswith(EXTRA) and error is not None:
            markers = error(markers, *names, name)
    return markers
