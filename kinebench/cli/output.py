"""What is printed: how wide, remarks, and names from files that give a terminal no commands."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from kinebench.errors import printable
from kinebench.remarks import Remark


def print_remarks(remarks: Iterable[Remark]) -> None:
    """A line each on stderr: severity and text."""
    for remark in remarks:
        text = printable(" ".join(remark.text.split()))
        print(f"{remark.severity}: {text}", file=sys.stderr)


class PrintableStream:
    """A text stream that spells control characters out, line ends and tabs apart.

    Parameters
    ----------
    stream : text stream
        Where the text goes; in all else this is that stream.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text without control characters; its length."""
        self._stream.write(printable(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def terminal_width() -> int:
    """Columns of the terminal, or of COLUMNS; 120 where there is neither."""
    return shutil.get_terminal_size((120, 24)).columns
