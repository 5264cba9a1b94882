"""`Remark`: a fact about an input or a result that a person should know, and how it travels.

Whoever finds a fact says it once with `tell`. Work that gives a result collects what is said during
it (`collected_remarks`) and hands it on with the result; the command line prints it. Where nobody
listens, at the border to a Python user's own code, it becomes a `KinebenchWarning`.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields
from types import FrameType
from typing import Any

from kinebench.errors import KinebenchWarning

Spans = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """A fact that a person should know.

    Parameters
    ----------
    code : str
        What kind of fact, a name that does not change: "gaps". A check of quality that finds the
        same fact has the same name.
    severity : {"note", "warning"}
        A warning may change what the result is worth; a note tells what was done. Checks of quality
        grade theirs: "green", "amber", "red".
    message : str
        What was found, in one sentence with its numbers.
    where : tuple of str
        Markers, segments, bodies or coordinates; empty for the whole.
    spans_s : tuple of (float, float)
        When, s; empty for the whole recording.
    advice : str
        Likely cause, and what to do.
    recording : {"movement", "static", ""}
        Empty for what belongs to neither.
    file : str
        Name of the file in which it was found, empty when no single one.
    """

    code: str
    severity: str
    message: str
    where: tuple[str, ...] = ()
    spans_s: Spans = ()
    advice: str = ""
    recording: str = ""
    file: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "where", tuple(self.where))
        object.__setattr__(self, "spans_s", tuple((start, end) for start, end in self.spans_s))

    @property
    def place(self) -> str:
        """What the line begins with."""
        return f"{self.file}: " if self.file else ""

    @property
    def text(self) -> str:
        """Place, message and advice in one line."""
        return f"{self.place}{self.message}" + (f"; {self.advice}" if self.advice else "")

    def __str__(self) -> str:
        return self.text

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        content = {field.name: getattr(self, field.name) for field in fields(Remark)}
        return {
            **content,
            "where": list(self.where),
            "spans_s": [list(span) for span in self.spans_s],
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Remark:
        """The remark of `as_dict`."""
        return cls(**content)


def _warned(remark: Remark) -> None:
    """A Python warning at the line outside kinebench from which the work was asked for."""
    warnings.warn(KinebenchWarning(remark), stacklevel=_outside(sys._getframe()))


def _outside(frame: FrameType | None) -> int:
    """Frames from this one, which counts as 1, up to the first that is not of this package."""
    level = 1
    while frame is not None and f"{frame.f_globals.get('__name__')}.".startswith("kinebench."):
        frame, level = frame.f_back, level + 1
    return level


_listener: ContextVar[Callable[[Remark], None]] = ContextVar("listener", default=_warned)


def tell(
    code: str,
    message: str,
    *,
    severity: str = "warning",
    where: Iterable[str] = (),
    spans_s: Spans = (),
    advice: str = "",
    recording: str = "",
    file: str = "",
) -> None:
    """Say a fact, with the parameters of `Remark`, to whoever listens; else as a Python warning."""
    hand_on(Remark(code, severity, message, tuple(where), spans_s, advice, recording, file))


def hand_on(*remarks: Remark) -> None:
    """Say what was collected or kept before."""
    for remark in remarks:
        _listener.get()(remark)


@contextmanager
def heard_by(listener: Callable[[Remark], None]) -> Iterator[None]:
    """Give everything that the block tells to a listener.

    Stages of other packages may say theirs as Python does, by ``warnings.warn(…,
    KinebenchWarning)``: it is heard too. Warnings of other categories are left alone.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("always", KinebenchWarning)
        others = warnings.showwarning

        def show(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: Any = None,
            line: str | None = None,
        ) -> None:
            if issubclass(category, KinebenchWarning):
                listener(as_remark(message))
            else:
                others(message, category, filename, lineno, file, line)

        warnings.showwarning = show
        token = _listener.set(listener)
        try:
            yield
        finally:
            _listener.reset(token)


def unheard() -> AbstractContextManager[None]:
    """What the block tells is told to nobody: it is known, or said elsewhere in better words."""
    return heard_by(lambda remark: None)


def as_remark(warning: Warning | str) -> Remark:
    """The remark that a warning carries; of another package's words, one of code "warning"."""
    told = warning.args[0] if isinstance(warning, Warning) and warning.args else None
    return told if isinstance(told, Remark) else Remark("warning", "warning", str(warning))


@contextmanager
def collected_remarks() -> Iterator[list[Remark]]:
    """Collect what the block tells, each once; as it ends, the list holds all of it.

    When the block ends in an error, that error carries the remarks: they often say why the work
    failed.
    """
    told: list[Remark] = []

    def hear(remark: Remark) -> None:
        if remark not in told:
            told.append(remark)

    with carried_by_errors(told), heard_by(hear):
        yield told


@contextmanager
def carried_by_errors(remarks: Iterable[Remark]) -> Iterator[None]:
    """Let an error of the block carry remarks that were made before it, before its own.

    Their texts are its notes, which Python shows below a traceback.
    """
    try:
        yield
    except BaseException as error:
        carry(error, (*remarks, *remarks_of(error)))
        raise


def carry(error: BaseException, remarks: Iterable[Remark]) -> None:
    """Make an error carry these remarks, each once, and no others."""
    before = {remark.text for remark in remarks_of(error)}
    others = [note for note in getattr(error, "__notes__", ()) if note not in before]
    carried = each_once(remarks)
    error.remarks = carried  # type: ignore[attr-defined]
    error.__notes__ = list(dict.fromkeys([*(remark.text for remark in carried), *others]))


def remarks_of(error: BaseException) -> tuple[Remark, ...]:
    """What was told before an error was raised."""
    found: tuple[Remark, ...] = getattr(error, "remarks", ())
    return found


def reason_of(error: BaseException) -> str:
    """An error in one line, followed by the remarks that it carries."""
    reason = " ".join(str(error).split())
    told = "; ".join(remark.text for remark in remarks_of(error))
    return f"{reason} (before that: {told})" if told else reason


def each_once(remarks: Iterable[Remark]) -> tuple[Remark, ...]:
    """Remarks without repetitions, in their order."""
    return tuple(dict.fromkeys(remarks))
