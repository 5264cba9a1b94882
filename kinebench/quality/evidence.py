"""`Evidence`: what checks may look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from kinebench.core.markers import Markers
from kinebench.core.model import Document, Model
from kinebench.core.motion import Motion
from kinebench.core.results import PipelineRun
from kinebench.core.stages import Cleaner
from kinebench.core.subject import Subject
from kinebench.quality.finding import Finding


@dataclass(frozen=True, slots=True)
class Origin:
    """Where recordings come from, as far as a session tells.

    Parameters
    ----------
    image_filter_hz : float, optional
        Cut-off of the filter that worked on the images, where the session states one.
    augmenter_stated : str, optional
        Version that the session states.
    augmenter_found : str, optional
        Version that gives the session's markers; None when none is known to.
    augmenter_excluded : tuple of str
        Versions that were tried and do not give them.
    """

    image_filter_hz: float | None = None
    augmenter_stated: str | None = None
    augmenter_found: str | None = None
    augmenter_excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A trial, and what was made of it.

    Parameters
    ----------
    subject : Subject
    recorded : Markers
        The movement as recorded, in OpenSim's axes.
    static : Markers, optional
        The static trial as recorded.
    run : PipelineRun, optional
        None before the pipeline has run, or where it failed.
    clean : tuple of Cleaner
        What the pipeline cleans by.
    origin : Origin
    scaling_setup : Document, optional
    motion : Motion, optional
        Made of this recording elsewhere, such as a session's own result.
    generic : Model, optional
        What the pipeline scales.
    """

    subject: Subject
    recorded: Markers
    static: Markers | None = None
    run: PipelineRun | None = None
    clean: tuple[Cleaner, ...] = field(default=())
    origin: Origin = field(default_factory=Origin)
    scaling_setup: Document | None = None
    motion: Motion | None = None
    generic: Model | None = None

    @property
    def recordings(self) -> Iterator[tuple[str, Markers]]:
        """Movement and static trial, with their names."""
        yield "movement", self.recorded
        if self.static is not None:
            yield "static", self.static


Check = Callable[[Evidence], Iterable[Finding] | None]
"""Findings, or None where the check cannot be made."""


def on_recordings(look: Callable[[Markers, Subject], Iterable[Finding] | None]) -> Check:
    """A check of one recording, made on movement and static trial alike."""

    def check(evidence: Evidence) -> tuple[Finding, ...] | None:
        found = [
            None if result is None else tuple(finding.of(name) for finding in result)
            for name, recording in evidence.recordings
            for result in (look(recording, evidence.subject),)
        ]
        if all(result is None for result in found):
            return None
        return tuple(finding for result in found if result is not None for finding in result)

    return check
