"""Works that can be cited."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """A work, cited in words.

    Parameters
    ----------
    text : str
    doi : str
        Without address; empty when the work has none.
    """

    text: str
    doi: str = ""
