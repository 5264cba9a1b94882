"""Kinds of arguments that several commands take."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from kinebench.core import quantities
from kinebench.errors import ValueRangeError

MASS_HELP = "body mass: 72, 72kg or 159lb; default: the session's"
HEIGHT_HELP = "body height: 1.78, 178cm or 70in; default: the session's"
# by hand: to ask the catalogues imports NumPy, and a help is waited for
ENGINE_HELP = "scaling and inverse kinematics: opensim or fast"
AUGMENTER_HELP = "v0.0, v0.1, v0.2, v0.3, lab-1, or none"


def one_or_more(text: str) -> int:
    """A count, for the `type` of an argument.

    Raises
    ------
    argparse.ArgumentTypeError
        When the text is no whole number, or one below 1.
    """
    try:
        count = int(text)
    except ValueError:
        count = 0
    if count < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number, 1 or more, found '{text}'")
    return count


def kilograms(text: str) -> float:
    """A mass with or without its unit, in kg, for the `type` of an argument."""
    return _argument(quantities.kilograms, text)


def metres(text: str) -> float:
    """A height with or without its unit, in m, for the `type` of an argument."""
    return _argument(quantities.metres, text)


def _argument(read: Callable[[str], float], text: str) -> float:
    try:
        return read(text)
    except ValueRangeError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
