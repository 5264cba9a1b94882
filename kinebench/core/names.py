"""Names that may stand in tables, pages, paths and on terminals."""

from __future__ import annotations

from kinebench.errors import ValueRangeError, printable

__all__ = ["require_printable"]

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
    if printable(name) != name or "\n" in name or "\t" in name:
        raise ValueRangeError(f"a {kind} name has a control character: {name[:80]!r}")
