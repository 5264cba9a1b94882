"""Names of markers and coordinates looked up in one pass: thousands are no slower each than ten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["columns_of", "shared_names"]


def shared_names(names: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    """Those of `names` that are among `others`, in the order of `names`."""
    known = frozenset(others)
    return tuple(name for name in names if name in known)


def columns_of(wanted: Iterable[str], names: Sequence[str]) -> list[int]:
    """Where the wanted names stand.

    Raises
    ------
    KeyError
        When one is not there: callers ask `require_names` before.
    """
    places = {name: column for column, name in enumerate(names)}
    return [places[name] for name in wanted]
