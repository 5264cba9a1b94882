"""`SessionFacts`: what is known of a trial of a session before anything is decided."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.core.subject import Subject
from kinebench.io.session import SessionFiles
from kinebench.pipeline.opencap import OpenCapSetup
from kinebench.quality.evidence import Origin
from kinebench.scaling.window import GivenWindow


@dataclass(frozen=True, slots=True)
class Identity:
    """Which augmenter version made the session's markers of the trial.

    Parameters
    ----------
    version : str or None
        None when no version that could be tried gives them.
    cut_or_resampled : bool
        As in `kinebench.augmentation.identify.Identification`.
    excluded : tuple of str
        Versions that were tried and do not give the markers.
    not_tried : str
        Why not every version could be tried; empty when all were, or one fits.
    """

    version: str | None
    cut_or_resampled: bool = False
    excluded: tuple[str, ...] = ()
    not_tried: str = ""


class WindowFit(Enum):
    """How a fitted window came about; the value is its description."""

    TODAYS_RULE = "today's rule of OpenCap"
    PAST_RULE = "a past rule of OpenCap"
    SEARCH = "found by the scaled model, not by a rule of OpenCap"


@dataclass(frozen=True, slots=True)
class FittedWindow:
    """The static window that the session itself was scaled on, as far as can be found out.

    Parameters
    ----------
    window : GivenWindow
    fit : WindowFit
    misfit : float, optional
        Largest relative difference between its scale factors and those of the session's scaled
        model; None where no model shows what it was scaled on.
    """

    window: GivenWindow
    fit: WindowFit
    misfit: float | None = None


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What is known of a trial of a session.

    Facts that cost time are there only where the decision needs them; see
    `kinebench.pipeline.session.reading`.

    Parameters
    ----------
    files : SessionFiles
        Which files there are, and what the settings state.
    subject : Subject
    movement : Markers
        What the stages start from.
    setup : OpenCapSetup
        The session's own files, completed by OpenCap's.
    static : Markers, optional
        The static trial, of the same kind as `movement`.
    static_stored : Markers, optional
        The session's augmented markers of the static trial.
    own_window_s : (float, float), optional
        Time range in the session's scaling set-up.
    scaled : Model, optional
        The session's scaled model.
    motion : Motion, optional
        The session's own result.
    identity : Identity, optional
        None where it was not looked for.
    static_made_again : bool
        The session's static markers come back when they are made again.
    fitted : FittedWindow, optional
    """

    files: SessionFiles
    subject: Subject
    movement: Markers
    setup: OpenCapSetup
    static: Markers | None = None
    static_stored: Markers | None = None
    own_window_s: tuple[float, float] | None = None
    scaled: Model | None = None
    motion: Motion | None = None
    identity: Identity | None = None
    static_made_again: bool = False
    fitted: FittedWindow | None = None

    @property
    def stated_version(self) -> str | None:
        """Augmenter version that the session states."""
        return self.files.settings.get("augmenter")

    @property
    def origin(self) -> Origin:
        """What the checks of quality need to know of the session."""
        identity = self.identity or Identity(None)
        return Origin(
            image_filter_hz=number_in(self.files.settings.get("filter_frequency")),
            augmenter_stated=self.stated_version,
            augmenter_found=identity.version,
            augmenter_excluded=identity.excluded,
        )


def number_in(text: str | None) -> float | None:
    """The number that a setting is, if it is one."""
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
