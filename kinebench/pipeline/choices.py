"""`Choice`: something that was decided about a run, from what, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class ChoiceKey(Enum):
    """What was decided; the value is how it is called in run.json and on the terminal."""

    TRACKED = "tracked markers"
    AUGMENTER = "augmenter"
    KEYPOINTS = "keypoints"
    SCALING_SETUP = "scaling set-up"
    MODEL = "model"
    IK_SETUP = "IK set-up"
    SCALING = "scaling"
    STATIC_WINDOW = "static window"
    IMAGE_FILTER = "session's filter"
    STATIC_MARKERS = "static markers"


class Source(Enum):
    """Where a choice comes from."""

    ASKED = "asked for"
    DEFAULT = "default"
    RECORDING = "from the recording"
    SESSION = "the session's"
    STATED = "stated by the session"
    MADE_MARKERS = "it made the session's markers"
    SCALED_MODEL = "from the session's scaled model"
    OPENCAP_RULE = "OpenCap's rule on the static trial"
    NO_STATIC = "no static trial"


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision about a run.

    Parameters
    ----------
    key : ChoiceKey
    value : str
        What was chosen, such as "v0.3" or "0.2 to 0.7 s".
    source : Source
    reason : str
        What else is to be known of it; may be empty.
    """

    key: ChoiceKey
    value: str
    source: Source
    reason: str = ""

    def __str__(self) -> str:
        """Value, and in brackets source and reason."""
        because = ", ".join(text for text in (self.source.value, self.reason) if text)
        return f"{self.value} ({because})"


def in_words(choices: Iterable[Choice]) -> dict[str, str]:
    """Choices for people and for run.json: what was decided -> value, source and reason."""
    return {choice.key.value: str(choice) for choice in choices}
