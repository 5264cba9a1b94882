"""What kind of trial a recording is of: a mean over subjects is of one kind."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from kinebench.errors import ValueRangeError

_STARTS = {
    "gait": ("gait", "walk"),
    "squat": ("squat",),
    "sts": ("sts", "sit"),
    "jump": ("jump", "dj", "cmj", "dropjump"),
}
"""What the names of trials begin with, for the kinds of movement that have events here: the
variants of one movement, such as squats1 and squatsAsym1, are one kind, as in OpenCap's studies."""

POOL_HINT = "--trials 'squat*' takes one kind, --pool averages over unlike trials"


def trial_kind(trial: str, activity: str = "") -> str:
    """The stated activity, else the movement that the trial's name begins with.

    A name that is of no known movement is a kind without its digits: lunge1 and lunge2 are one,
    lungeLeft is another. What is only a number or a letter is "unknown".

    Parameters
    ----------
    trial : str
        May have folders before the name.
    activity : str
        As a person states it; it wins.
    """
    text = (activity or PurePosixPath(trial).name).strip().casefold()
    words = [word for word in re.split(r"[^a-z]+", text) if word]
    for kind, starts in _STARTS.items():
        if any(word.startswith(starts) for word in words):
            return kind
    name = "_".join(words) if text.isascii() else re.sub(r"\d+", "", text)
    return name if len(name) > 1 else "unknown"


def kinds_said(kinds: Iterable[str]) -> str:
    """As in ``2 kinds of trials: gait, squat``."""
    names = sorted(set(kinds))
    return f"{len(names)} kinds of trials: {', '.join(names)}"


def require_one_kind(kinds: Iterable[str]) -> None:
    """Refuse a mean over several kinds of trials.

    Raises
    ------
    ValueRangeError
        There are several.
    """
    names = set(kinds)
    if len(names) > 1:
        raise ValueRangeError(
            f"a mean over subjects is of one kind of trial, found {kinds_said(names)}; {POOL_HINT}"
        )
