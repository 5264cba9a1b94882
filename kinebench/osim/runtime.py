"""Running OpenSim's tools: quietly, in a scratch folder, with their reasons when they fail."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from kinebench.errors import KinebenchError

_LONGEST = 400  # characters of a log that an error message shows


@lru_cache(maxsize=1)
def load_opensim() -> ModuleType:
    """Import OpenSim without the log file that it would write where the user stands."""
    try:
        import opensim
    except ImportError as error:
        raise KinebenchError(
            f"the package 'opensim' cannot be imported ({error});"
            " it is on PyPI for Python 3.11 to 3.13: pip install opensim"
        ) from error
    opensim.Logger.removeFileSink()
    opensim.Logger.setLevelString("Warn")
    module: ModuleType = opensim
    return module


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder that is gone afterwards; OpenSim's tools resolve relative names against it."""
    with tempfile.TemporaryDirectory(prefix="kinebench-") as name:
        yield Path(name).resolve()


class Log:
    """What OpenSim said while a tool ran."""

    def __init__(self, sink: Any) -> None:
        self._sink = sink

    def reason(self, error: str = "") -> str:
        """Why a tool failed, as one line: the exception's own words, then the end of the log.

        Missing geometry is left out: OpenSim warns of it whether or not anything fails.
        """
        lines = (line.strip() for line in self._sink.getString().splitlines())
        said = [line for line in lines if line and "Couldn't find file" not in line]
        telling = [line for line in said if line.startswith(("[error]", "[warning]"))] or said
        log = " / ".join(re.sub(r"^\[\w+\] ", "", line) for line in telling)[-_LONGEST:]
        # the rest of an exception's text tells the place in OpenSim's source
        words = error.split("Thrown at")[0].split("\tIn ")[0]
        texts = dict.fromkeys(" ".join(text.split()) for text in (words, log))
        return "; ".join(text for text in texts if text) or "OpenSim gave no reason"


@contextlib.contextmanager
def quietly(opensim: ModuleType) -> Iterator[Log]:
    """Collect OpenSim's log instead of showing it.

    OpenSim writes to the process's standard output below Python's level, so the file descriptor
    itself is turned away.
    """
    sink = opensim.StringLogSink()
    opensim.Logger.addSink(sink)
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield Log(sink)
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
        opensim.Logger.removeSink(sink)
