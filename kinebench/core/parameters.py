"""Parameters of a stage, read from its class: the fields with their types, units and ranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from kinebench.core.limits import Limit
from kinebench.errors import ValueRangeError, one_line

_LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Parameter:
    """A field of a stage.

    Parameters
    ----------
    name : str
    kind : {"number", "whole number", "choice", "other"}
        What its text is read as; "other" has no text.
    limit : Limit, optional
    choices : tuple of str
    """

    name: str
    kind: str
    limit: Limit | None = None
    choices: tuple[str, ...] = ()

    @property
    def unit(self) -> str:
        """SI unit, or that of the name; empty for what has none."""
        return self.limit.unit if self.limit else ""

    @property
    def usage(self) -> str:
        """How a notation shows it: ``CUTOFF_HZ``, ``axis|marker|common``."""
        return "|".join(self.choices) or self.name.upper()

    def read(self, text: str) -> Any:
        """The value of a text.

        Raises
        ------
        ValueRangeError
            When it is not of this kind.
        """
        if self.kind == "choice":
            if text not in self.choices:
                known = [f"'{choice}'" for choice in self.choices]
                raise ValueRangeError(
                    f"{self.name} can be {', '.join(known[:-1])} or {known[-1]},"
                    f" found '{_shown(text)}'"
                )
            return text
        if self.kind == "other":
            raise ValueRangeError(f"{self.name} cannot be given as text")
        try:
            return int(text) if self.kind == "whole number" else float(text)
        except ValueError:
            unit = f" ({self.unit})" if self.unit else ""
            raise ValueRangeError(
                f"{self.name}{unit} must be a {self.kind}, found '{_shown(text)}'"
            ) from None


@cache
def parameters_of(stage: type) -> Mapping[str, Parameter]:
    """The parameters of a stage's class, by name, in order."""
    hints = get_type_hints(stage)
    limits: Mapping[str, Limit] = getattr(stage, "limits", {})
    return {
        field.name: Parameter(
            field.name,
            *_kind(hints[field.name], limits.get(field.name)),
        )
        for field in fields(stage)
    }


def _kind(hint: Any, limit: Limit | None) -> tuple[str, Limit | None, tuple[str, ...]]:
    members = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    for member in members:
        if get_origin(member) is Literal:
            return "choice", limit, tuple(map(str, get_args(member)))
        if member is int:
            return "whole number", limit, ()
        if member is float:
            return "number", limit, ()
    return "other", limit, ()


def _shown(text: str) -> str:
    return one_line(text) if len(text) <= _LONGEST_SHOWN else f"{one_line(text[:_LONGEST_SHOWN])}…"
