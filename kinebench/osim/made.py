"""What is known of models that were made here, so that their text need not be read again."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from kinebench.core.model import Model

MOST = 64  # models: a `why` makes as many


@dataclass(frozen=True, slots=True)
class Known:
    """To the last bit what reading the text would give: nobody looks again.

    Parameters
    ----------
    tree : Tree
        Bodies, joints and markers.
    mass_kg : float
        Sum of the bodies' masses, in their order.
    """

    tree: Any
    mass_kg: float


_known: OrderedDict[Model, Known] = OrderedDict()


def remember(model: Model, known: Known) -> None:
    """Tell what is known of a model; of many the oldest are forgotten."""
    _known[model] = known
    while len(_known) > MOST:
        with contextlib.suppress(KeyError):  # another thread was first
            _known.popitem(last=False)


def known_of(model: Model) -> Known | None:
    """What was told of a model with this very text."""
    return _known.get(model)


def forget() -> None:
    """Know nothing, as a new process."""
    _known.clear()
