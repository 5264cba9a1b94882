"""What can go wrong, by cause; every message says what was asked, what was found, what exists."""

from __future__ import annotations

import contextlib
import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator

_LONGEST = 240  # characters: three lines of a terminal
# difflib's own measure of what is alike: a slip or two of the finger, no other word
_ALIKE = 0.6
_LONGEST_WORD = 300  # characters: longer than paths are
_LONGEST_MESSAGE = 1000  # characters: enough to list sixty markers
_LONG_WORD = re.compile(rf"\S{{{_LONGEST_WORD + 1},}}")


class KinebenchError(Exception):
    """Root of all errors that kinebench raises on purpose.

    Messages quote what files hold: as text they are one line of bearable length without control
    characters, whoever wrote the file.
    """

    def __str__(self) -> str:
        text = printable(str(self.args[0]) if self.args else "").replace("\n", " ")
        text = _LONG_WORD.sub(lambda word: word[0][:_LONGEST_WORD] + "…", text)
        return text if len(text) <= _LONGEST_MESSAGE else text[:_LONGEST_MESSAGE] + "…"


class ValueRangeError(KinebenchError, ValueError):
    """A value is illegal: wrong shape, not finite, out of its range."""


class NameNotFoundError(KinebenchError, KeyError):
    """A marker, coordinate, dataset or option of that name does not exist."""


class FileFormatError(KinebenchError):
    """A file does not follow its format; the message names file, line and field."""


class CleaningError(KinebenchError):
    """A cleaning step cannot work on these signals."""


class AugmentationError(KinebenchError):
    """The marker augmenter cannot run: weights corrupt, input incomplete."""


class ScalingError(KinebenchError):
    """No static window was found, or the model could not be scaled."""


class ModelError(KinebenchError):
    """An .osim model is missing, unreadable, or lacks what is asked of it."""


class InverseKinematicsError(KinebenchError):
    """Inverse kinematics could not be solved."""


class AlignmentError(KinebenchError):
    """Two recordings cannot be brought onto one clock or into one frame."""


class DatasetError(KinebenchError):
    """A dataset is unknown, cannot be fetched, or fails its checksum."""


class DataNotHereError(DatasetError):
    """Public files that something needs are not on this machine, and it downloads none."""


class NotApplicableError(KinebenchError):
    """What is asked makes no sense for this recording; a study skips such a cell."""


class UnderTestError(KinebenchError):
    """The pipeline under test gave no motion for a trial."""


class KinebenchWarning(UserWarning):
    """Legal but doubtful input, as Python's own warnings are: of a `kinebench.remarks.Remark`.

    Parameters
    ----------
    remark : Remark or str
        What there is to say; of a remark, ``warning.args[0]`` is the value itself.
    """


def printable(text: str) -> str:
    r"""Text in which control characters are spelled out, so that no terminal obeys them.

    Names and messages may come from files of strangers; ``ESC`` becomes ``\x1b``. Line ends and
    tabs stay.
    """
    if text.isprintable():
        return text
    return "".join(
        character if character in "\n\t" or not _is_control(character) else _spelled(character)
        for character in text
    )


def has_control_characters(text: str) -> bool:
    """Whether a text holds what a terminal or a page would obey instead of show."""
    return not text.isprintable() and any(map(_is_control, text))


def _is_control(character: str) -> bool:
    # Cc control, Cf marks that turn the direction or have no width, Cs half a character, Zl and Zp
    # line ends that str.splitlines knows; the joiners are letters to several scripts
    category = unicodedata.category(character)
    return category in ("Cc", "Cf", "Cs", "Zl", "Zp") and character not in "\u200c\u200d"


def _spelled(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def one_line(reason: object) -> str:
    """A reason, often the words of another library, as one short line."""
    text = printable(" ".join(str(reason).split()))
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def listed(items: Iterable[object], most: int, more: str = "more", between: str = ", ") -> str:
    """Items of a message, one after the other, of many the first and how many there are besides.

    Parameters
    ----------
    items : iterable
    most : int
        Items that are spelled out.
    more : str
        What the others are called: "more gaps".
    between : str
    """
    texts = [str(item) for item in items]
    rest = f" and {len(texts) - most} {more}" if len(texts) > most else ""
    return between.join(texts[:most]) + rest


@contextlib.contextmanager
def translated(
    what: str,
    failures: tuple[type[Exception], ...],
    into: type[KinebenchError] = FileFormatError,
) -> Iterator[None]:
    """Turns the ways in which another library fails on bad input into one declared error.

    Parameters
    ----------
    what : str
        Begins the message: "cannot read walk.npz".
    failures : tuple of exception types
        What the library is known to raise on bad input: no wider, or faults of our own would hide.
    into : type of KinebenchError

    Raises
    ------
    KinebenchError
        Of the type `into`, with the library's reason as one short line.
    """
    try:
        yield
    except failures as error:
        raise into(f"{what}: {one_line(error) or type(error).__name__}") from error


def nearest(name: str, names: Iterable[str]) -> str:
    """`` (did you mean 'butterworth'?)``, or nothing where no name is alike."""
    folded = {existing.casefold(): existing for existing in reversed(tuple(names))}
    near = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=_ALIKE)
    return f" (did you mean '{folded[near[0]]}'?)" if near else ""


def require_names(asked: Iterable[str], existing: Iterable[str], kind: str, where: str) -> None:
    """Raise if a name does not exist, with near matches and with what exists.

    Parameters
    ----------
    asked, existing : iterable of str
        Names that are needed, and names that there are.
    kind : str
        What the names are, in the singular: "marker", "coordinate".
    where : str
        Where they were looked for: "squat.trc".

    Raises
    ------
    NameNotFoundError
        Naming each missing name once.
    """
    names = tuple(existing)
    known = set(names)
    missing = [name for name in dict.fromkeys(asked) if name not in known]
    if not missing:
        return
    hints = [f"'{name}'{nearest(name, names)}" for name in missing]
    plural = "s" if len(missing) > 1 else ""
    shown = ", ".join(names[:60]) + (", …" if len(names) > 60 else "")
    raise NameNotFoundError(
        f"{where} has no {kind}{plural} {', '.join(hints)}; it has: {shown or 'none'}"
    )
