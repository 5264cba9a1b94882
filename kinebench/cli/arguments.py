"""Kinds of arguments that several commands take."""

from __future__ import annotations

import argparse


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
