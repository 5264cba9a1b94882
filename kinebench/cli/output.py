"""Standard output on which names from files give no commands to a terminal."""

from __future__ import annotations

from typing import Any, TextIO

from kinebench.errors import printable

__all__ = ["PrintableStream", "terminal_of"]


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
        self._stream.write(printable(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def terminal_of(stream: Any) -> TextIO:
    """The stream itself, for tables that colour a terminal by control characters of their own."""
    found: TextIO = stream._stream if isinstance(stream, PrintableStream) else stream
    return found
