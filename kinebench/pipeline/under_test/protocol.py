"""What a pipeline under test is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, runtime_checkable

from kinebench.core.motion import Motion
from kinebench.core.trial import Trial


@runtime_checkable
class UnderTest(Protocol):
    """Makes a motion of a trial: ``pipeline(trial) -> motion``.

    It must not look at ``trial.reference_motion`` or ``trial.reference_markers``: those of a
    laboratory trial are taken away before.

    Raises
    ------
    UnderTestError
        When it gives none for this trial.
    """

    @property
    def parameters(self) -> Mapping[str, str]:
        """Settings and digests, which a baseline records."""
        ...

    @property
    def sources(self) -> tuple[Path, ...]:
        """Files whose content decides what it gives, as far as they are known."""
        ...

    def __call__(self, trial: Trial) -> Motion: ...
