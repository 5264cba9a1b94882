"""Names: which may stand in pages and on terminals, where one is, and which are names of files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kinebench.errors import ValueRangeError, has_control_characters, printable

_LONGEST = 1000  # characters: full paths of states in a model have up to about 200


def require_printable(name: str, kind: str) -> None:
    """Raise when a name is no text, too long, or has characters that are commands to a terminal.

    Parameters
    ----------
    name : str
    kind : str
        What it is the name of: "marker".

    Raises
    ------
    ValueRangeError
        With the character spelled out.
    """
    if not isinstance(name, str) or not name.strip():
        raise ValueRangeError(f"a {kind} name must be text that is not empty: {name!r}")
    if len(name) > _LONGEST:
        raise ValueRangeError(
            f"a {kind} name has {len(name)} characters, at most {_LONGEST} can be:"
            f" '{printable(name[:40])}…'"
        )
    if has_control_characters(name):
        raise ValueRangeError(f"a {kind} name has a control character: {name[:80]!r}")


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


def file_stem(name: str) -> str:
    """``Right side, sinks?`` as ``right-side-sinks``: never a path, never empty."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "study"


def safe_name(name: str) -> str:
    """A name that is one folder on every system, whatever somebody typed for a subject."""
    return re.sub(r"[^\w.-]+", "_", name).strip("._")[:80] or "unnamed"
