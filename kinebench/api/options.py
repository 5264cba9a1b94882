"""Options in Python as the command line has them: the same names, defaults, checks and messages."""

from __future__ import annotations

import argparse
import os
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal, NoReturn, TypedDict

from kinebench.errors import NameNotFoundError, ValueRangeError, nearest
from kinebench.remarks import Remark, hand_on

PathLike = str | os.PathLike[str]


class PipelineOptions(TypedDict, total=False):
    """What a trial is read from, and which pipeline it goes through, as ``kinebench run`` takes it.

    `mass` is in kg and `height` in m, or both texts with their units: "159lb", "178cm".
    """

    variant: str
    keypoints: PathLike
    static: PathLike
    unit: Literal["m", "cm", "mm"]
    rate: float
    keypoint_set: str
    axes: str
    scaled_model: PathLike
    mass: float | str
    height: float | str
    pipeline: PathLike
    markers: str
    body: str
    augmenter: str
    warm_up: float
    resample: float
    clean: str
    no_floor: bool
    static_pose: str
    window: tuple[float, float]
    engine: str


class _Parser(argparse.ArgumentParser):
    """Raises what the command line prints."""

    def error(self, message: str) -> NoReturn:
        raise ValueRangeError(message)


@dataclass(frozen=True, slots=True)
class Given:
    """Options as the commands' own functions take them.

    Parameters
    ----------
    arguments : Namespace
    command : str
        The same on the command line, for the record of a page.
    """

    arguments: argparse.Namespace
    command: str


def given(
    command: str,
    positional: Sequence[PathLike] = (),
    options: Mapping[str, Any] | None = None,
    action: str = "",
) -> Given:
    """Read options by the command's own parser.

    Parameters
    ----------
    command : str
        ``run``, ``compare``, …
    positional : sequence of path
    options : mapping
        By the names that the command line has, with underscores; None is left out.
    action : str
        Of a command with several: ``run`` of ``study``.

    Raises
    ------
    NameNotFoundError
        For an option that the command has not.
    ValueRangeError
        For a value that the command line refuses.
    """
    parser = _Parser(prog=f"kinebench {command}", add_help=False)
    import_module(f"kinebench.cli.{command}").add_arguments(parser)
    known = _options_of(parser, action)
    words = [action] if action else []
    for name, value in (options or {}).items():
        if name not in known:
            raise NameNotFoundError(
                f"kb.{command} has no option '{name}'{nearest(name, known)}; it has:"
                f" {', '.join(known)}"
            )
        words += _words(known[name], value)
    places = [os.fspath(place) for place in positional]
    # a name that begins so is no option
    words += (["--"] if any(place.startswith("-") for place in places) else []) + places
    arguments = parser.parse_args(words)
    arguments.command = command
    return Given(arguments, shlex.join(["kinebench", command, *words]))


def places_of(recording: Any) -> tuple[Any, ...]:
    """What stands without a name: nothing, or one path."""
    return () if recording is None else (recording,)


def explaining(asked: Given) -> AbstractContextManager[None]:
    """Errors say what was named instead of what is wanted, as on the command line."""
    from kinebench.cli.kinds import explained

    return explained(asked.arguments)


def tell_doubts(remarks: Iterable[Remark]) -> None:
    """Doubts as warnings, at the caller's line; what was merely done is in the result."""
    hand_on(*(remark for remark in remarks if remark.severity not in ("note", "green")))


def _options_of(parser: argparse.ArgumentParser, action: str) -> dict[str, argparse.Action]:
    if action:
        inner = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
        parser = inner.choices[action]
    return {one.dest: one for one in parser._actions if one.option_strings}


def _words(option: argparse.Action, value: Any) -> Iterator[str]:
    """The option as it would be typed."""
    name = option.option_strings[-1]
    if value is None or value is False:
        return
    if option.nargs == 0:
        if value is not True:
            raise ValueRangeError(f"{option.dest} must be True or False, found {value!r}")
        yield name
    elif option.nargs is not None:
        yield from (name, *map(str, value))
    elif isinstance(value, Mapping):
        yield from (f"{name}={key}={each}" for key, each in value.items())
    elif isinstance(value, list | tuple):
        yield f"{name}={','.join(map(str, value))}"
    else:
        yield f"{name}={value}"
