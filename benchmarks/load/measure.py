"""One load, measured in a process of its own."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import NamedTuple

from benchmarks.load.cases import CASES

__all__ = ["Measured", "measured"]


class Measured(NamedTuple):
    """One load."""

    size: int
    seconds: float
    megabytes: float


def measured(name: str, size: int) -> Measured:
    """Prepare and run a case in this process."""
    warnings.simplefilter("ignore")
    prepare = CASES[name].prepare
    with tempfile.TemporaryDirectory() as folder:
        prepare(CASES[name].sizes[0], Path(folder))()  # imports and compilation
    with tempfile.TemporaryDirectory() as folder:
        work = prepare(size, Path(folder))
        start = time.process_time()
        work()
        seconds = time.process_time() - start
    # kilobytes on Linux, bytes on macOS
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return Measured(size, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)
