"""Stages as text: names with options after colons, joined by ``+``."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

from kinebench.errors import KinebenchError, NameNotFoundError, ValueRangeError

__all__ = ["NotationEntry", "parse_number", "parse_steps", "parse_whole", "step_text"]

Stage = TypeVar("Stage")


@dataclass(frozen=True, slots=True)
class NotationEntry(Generic[Stage]):
    """A stage that can be written as text.

    Parameters
    ----------
    stage : type
        Class of the stage that is made.
    usage : str
        How it is written, options in brackets.
    meaning : str
    make : callable
        From the texts after the colons.
    most : int
        Largest number of texts after colons.
    least : int
    """

    stage: type
    usage: str
    meaning: str
    make: Callable[..., Stage]
    most: int = 0
    least: int = 0


def parse_steps(
    text: str, entries: Mapping[str, NotationEntry[Stage]], kind: str
) -> tuple[Stage, ...]:
    """The stages that a text names, in order.

    Parameters
    ----------
    text : str
        ``name:option:option+name``.
    entries : mapping of str to NotationEntry
    kind : str
        What the stages are, in the singular: "cleaner".

    Raises
    ------
    NameNotFoundError
        A name that does not exist; the nearest one is offered.
    ValueRangeError
        Too few or too many options, or an option that is illegal; the usage is told.
    """
    return tuple(_parse_step(part.strip(), entries, kind) for part in text.split("+"))


def step_text(stage: Stage, entries: Mapping[str, NotationEntry[Stage]]) -> str:
    """The shortest text that is read as this stage: the inverse of `parse_steps`.

    A stage whose options are not its fields has a method ``options_text`` that gives them.

    Raises
    ------
    ValueRangeError
        When no text gives it.
    """
    for name, entry in entries.items():
        if isinstance(stage, entry.stage):
            for options in _options_of(stage, entry):
                try:
                    if entry.make(*options) == stage:
                        return ":".join((name, *options))
                except KinebenchError:
                    continue
    raise ValueRangeError(f"{stage!r} cannot be written as text")


def _options_of(stage: Any, entry: NotationEntry[Any]) -> Iterator[tuple[str, ...]]:
    """Options that the stage may have been made with, fewest first."""
    if hasattr(stage, "options_text"):
        yield (stage.options_text(),)
        return
    values = [getattr(stage, field.name) for field in fields(stage)]
    texts = [str(value) for value in values if isinstance(value, str | int | float)]
    for n in range(entry.least, entry.most + 1):
        yield from itertools.permutations(texts, n)


def parse_number(text: str, what: str) -> float:
    """A number from an option; `what` names it, with its unit."""
    try:
        return float(text)
    except ValueError:
        raise ValueRangeError(f"{what}, must be a number, found '{_shown(text)}'") from None


def parse_whole(text: str, what: str) -> int:
    """A whole number from an option."""
    try:
        return int(text)
    except ValueError:
        raise ValueRangeError(f"{what} must be a whole number, found '{_shown(text)}'") from None


def _shown(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


def _parse_step(text: str, entries: Mapping[str, NotationEntry[Stage]], kind: str) -> Stage:
    name, *options = (part.strip() for part in text.split(":"))
    entry = entries.get(name)
    if entry is None:
        near = difflib.get_close_matches(name, entries, n=1, cutoff=0.5)
        hint = f" (did you mean '{near[0]}'?)" if near else ""
        raise NameNotFoundError(
            f"no {kind} is called '{_shown(name)}'{hint}; there are:"
            f" {', '.join(entry.usage for entry in entries.values())}"
        )
    if not entry.least <= len(options) <= entry.most:
        raise ValueRangeError(
            f"'{_shown(text)}' has {len(options)} option(s); it is written {entry.usage}"
        )
    try:
        return entry.make(*options)
    except KinebenchError as error:
        raise ValueRangeError(f"'{_shown(text)}': {error}; it is written {entry.usage}") from error
