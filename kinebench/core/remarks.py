"""Warnings of a stretch of work: kept when it succeeds, carried by the error when it fails."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from kinebench.errors import KinebenchWarning

__all__ = ["carried_by_errors", "collected_remarks", "reason_of"]


@contextmanager
def collected_remarks() -> Iterator[list[str]]:
    """Collect the texts of kinebench's warnings, each once; others are passed on.

    The list is filled when the block ends. When it ends in an error, that error carries the texts
    as its notes: a warning often says why the work failed.
    """
    texts: list[str] = []
    caught: list[warnings.WarningMessage] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", KinebenchWarning)
            yield texts
    except BaseException as error:
        texts += _texts(caught)
        _carry(error, texts)
        raise
    texts += _texts(caught)
    for item in caught:
        if not issubclass(item.category, KinebenchWarning):
            warnings.warn_explicit(item.message, item.category, item.filename, item.lineno)


@contextmanager
def carried_by_errors(texts: Iterable[str], in_words: Callable[[str], str] = str) -> Iterator[None]:
    """Let an error of the block carry earlier remarks too, all in the given wording."""
    try:
        yield
    except BaseException as error:
        _carry(error, texts)
        error.__notes__ = list(dict.fromkeys(map(in_words, error.__notes__)))
        raise


def reason_of(error: BaseException) -> str:
    """An error in one line, followed by the remarks that it carries."""
    reason = " ".join(str(error).split())
    remarks = "; ".join(getattr(error, "__notes__", ()))
    return f"{reason} (before that: {remarks})" if remarks else reason


def _texts(caught: Iterable[warnings.WarningMessage]) -> list[str]:
    ours = (item for item in caught if issubclass(item.category, KinebenchWarning))
    return list(dict.fromkeys(str(item.message) for item in ours))


def _carry(error: BaseException, texts: Iterable[str]) -> None:
    """Put texts before the notes that the error carries already, each once."""
    error.__notes__ = list(dict.fromkeys([*texts, *getattr(error, "__notes__", ())]))
