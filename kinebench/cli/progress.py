"""Progress of a study, on a terminal only."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kinebench.studies.execution import Outcome

__all__ = ["CellProgress"]


class CellProgress:
    """Cells done and time left, in one line on stderr.

    Parameters
    ----------
    total : int
        Cells in the plan.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._start = time.monotonic()
        self._shown = sys.stderr.isatty()

    def step(self, outcome: Outcome) -> None:
        """Count an outcome."""
        self._done += 1
        if self._shown:
            passed = time.monotonic() - self._start
            left = passed / self._done * (self._total - self._done)
            text = f"\r{self._done} of {self._total} cells, {left:.0f} s left   "
            print(text, end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """End the line."""
        if self._shown:
            print(file=sys.stderr)
