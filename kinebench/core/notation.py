"""Stages as text: names with options after colons, joined by ``+``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from kinebench.core.parameters import parameters_of
from kinebench.errors import (
    KinebenchError,
    NameNotFoundError,
    NotApplicableError,
    ValueRangeError,
    nearest,
    one_line,
)

Stage = TypeVar("Stage")


@dataclass(frozen=True, slots=True)
class Syntax:
    """How a stage is written as text: what its class has in ``syntax``, once for each name.

    Parameters
    ----------
    name : str
    meaning : str
        In a few words, for help.
    options : tuple of str
        Fields that may follow after colons, in order.
    least : int
        How many of them must.
    fixed : mapping of str
        Fields that the name stands for, and their values.
    usage : str
        Only for a class that reads its one option itself, by ``from_text``, and writes it by
        ``options_text``: how the option is shown.
    """

    name: str
    meaning: str
    options: tuple[str, ...] = ()
    least: int = 0
    fixed: Mapping[str, Any] = field(default_factory=dict)
    usage: str = ""


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
    write : callable
        Option texts that a stage may have been made with, fewest first.
    most : int
        Largest number of texts after colons.
    least : int
    """

    stage: type
    usage: str
    meaning: str
    make: Callable[..., Stage]
    write: Callable[[Any], Iterable[tuple[str, ...]]]
    most: int = 0
    least: int = 0


def entries_of(*stages: type[Stage]) -> dict[str, NotationEntry[Stage]]:
    """What the classes themselves say of how they are written, by name.

    Raises
    ------
    NotApplicableError
        For a class without ``syntax``, or an option that is no field of it.
    """
    return {syntax.name: _entry(stage, syntax) for stage in stages for syntax in _syntaxes(stage)}


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

    Raises
    ------
    ValueRangeError
        When no text gives it.
    """
    for name, entry in entries.items():
        if isinstance(stage, entry.stage):
            for options in entry.write(stage):
                try:
                    if entry.make(*options) == stage:
                        return ":".join((name, *options))
                except KinebenchError:
                    continue
    raise ValueRangeError(f"{stage!r} cannot be written as text")


def _syntaxes(stage: Any) -> tuple[Syntax, ...]:
    syntaxes = getattr(stage, "syntax", None)
    if not isinstance(stage, type) or not syntaxes:
        raise NotApplicableError("must be a class that says in 'syntax' how it is written")
    return tuple(syntaxes)


def _entry(stage: Any, syntax: Syntax) -> NotationEntry[Any]:
    if syntax.usage:
        return NotationEntry(
            stage,
            f"{syntax.name}:{syntax.usage}",
            syntax.meaning,
            stage.from_text,
            lambda made: [(made.options_text(),)],
            1,
            1,
        )
    parameters = parameters_of(stage)
    absent = [name for name in (*syntax.options, *syntax.fixed) if name not in parameters]
    if absent:
        raise NotApplicableError(f"{stage.__name__} has no field '{absent[0]}' to be written")
    options = [parameters[name] for name in syntax.options]

    def make(*texts: str) -> Any:
        given = {one.name: one.read(text) for one, text in zip(options, texts, strict=False)}
        return stage(**{**syntax.fixed, **given})

    def write(made: Any) -> Iterator[tuple[str, ...]]:
        texts = tuple(str(getattr(made, name)) for name in syntax.options)
        yield from (texts[:count] for count in range(syntax.least, len(texts) + 1))

    shown = "".join(f":{one.usage}" for one in options[: syntax.least])
    more = options[syntax.least :]
    shown += "".join(f"[:{one.usage}" for one in more) + "]" * len(more)
    usage = f"{syntax.name}{shown}"
    return NotationEntry(stage, usage, syntax.meaning, make, write, len(options), syntax.least)


def _shown(text: str) -> str:
    return one_line(text[:40]) + ("…" if len(text) > 40 else "")


def _parse_step(text: str, entries: Mapping[str, NotationEntry[Stage]], kind: str) -> Stage:
    name, *options = (part.strip() for part in text.split(":"))
    entry = entries.get(name)
    if entry is None:
        raise NameNotFoundError(
            f"no {kind} is called '{_shown(name)}'{nearest(name, entries)}; there are:"
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
