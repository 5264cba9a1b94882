"""Standard streams: closed, full, gone or of an old encoding, they never decide over the work."""

from __future__ import annotations

import codecs
import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any, NoReturn, TextIO, cast

from kinebench.errors import KinebenchError

# what the command prints beyond ASCII, for terminals and files that cannot take it
_PLAIN = {
    "−": "-", "–": "-", "—": "-", "→": "->", "×": "x", "·": "*", "…": "...", "≤": "<=",
    "≥": ">=", "±": "+/-", "≈": "~", "°": "deg", "²": "2", "³": "3", "½": "1/2", "μ": "u", "µ": "u",
    "η": "eta", "α": "alpha", "β": "beta", "κ": "kappa", "ρ": "rho", "Δ": "delta", "σ": "sigma",
    "“": '"', "”": '"', "‘": "'", "’": "'", "┃": "|", "│": "|", "━": "-", "─": "-",
}  # fmt: skip


class ReaderGone(BaseException):
    """Whoever read standard output, such as ``head``, has seen enough.

    Not an `Exception`: it leaves the work from within whatever prints.
    """


@contextlib.contextmanager
def standard_streams(as_json: bool) -> Iterator[None]:
    r"""Standard output and error that can be written to, within the block.

    A stream that the parent has closed takes what is written and drops it; its number is occupied,
    so that no file of results gets it and receives what OpenSim prints. What standard error cannot
    take is dropped. What standard output cannot take ends the command, as its answer is lost.
    Characters that an encoding lacks are written plainly, in JSON as ``\\u`` escapes.

    Parameters
    ----------
    as_json : bool
        Names must come out exactly.

    Raises
    ------
    KinebenchError
        When standard output cannot be written to.
    ReaderGone
        When its reader has closed it.
    """
    _occupy_numbers()
    kept = sys.stdout, sys.stderr
    out, err = (stream or _nowhere() for stream in kept)
    with _spelled(out, _escaped if as_json else _plain), _spelled(err, _plain):
        sys.stdout = cast(TextIO, _Watched(out, _answer_lost))
        sys.stderr = cast(TextIO, _Watched(err, _dropped))
        try:
            yield
            sys.stdout.flush()  # now, not at exit, where nothing can be said any more
        finally:
            sys.stdout, sys.stderr = kept


class _Watched:
    """A stream whose failures go to a function of our own."""

    def __init__(self, stream: TextIO, failed: Callable[[TextIO, Exception], object]) -> None:
        self._stream = stream
        self._failed = failed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except (OSError, ValueError) as error:  # ValueError: closed in the meantime
            self._failed(self._stream, error)
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except (OSError, ValueError) as error:
            self._failed(self._stream, error)


def _answer_lost(stream: TextIO, error: Exception) -> NoReturn:
    _dropped(stream, error)
    if isinstance(error, BrokenPipeError):
        raise ReaderGone from error
    reason = getattr(error, "strerror", None) or error
    raise KinebenchError(f"cannot write to standard output: {reason}") from error


def _dropped(stream: TextIO, error: Exception) -> None:
    """Let what the stream still holds, and is yet to come, go nowhere: at exit it is flushed."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _occupy_numbers() -> None:
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number: this one


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")


@contextlib.contextmanager
def _spelled(stream: TextIO, spell: Callable[[UnicodeError], tuple[str, int]]) -> Iterator[None]:
    """Let a stream write what it cannot encode as `spell` has it."""
    name, before = f"kinebench{spell.__name__}", getattr(stream, "errors", None)
    if not hasattr(stream, "reconfigure") or before is None:
        yield
        return
    codecs.register_error(name, spell)
    stream.reconfigure(errors=name)
    try:
        yield
    finally:
        with contextlib.suppress(OSError, ValueError):
            stream.reconfigure(errors=before)


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_PLAIN.get(letter, "?") for letter in lacking), error.end


def _escaped(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    units = (lacking[i : i + 2].hex() for i in range(0, len(lacking), 2))
    return "".join(f"\\u{unit}" for unit in units), error.end
