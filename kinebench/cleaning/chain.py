"""Stages one after the other."""

from __future__ import annotations

from dataclasses import dataclass

from kinebench.core.markers import Markers
from kinebench.core.stages import AdaptiveCleaner, Cleaner, in_trial
from kinebench.core.trial import Trial

__all__ = ["Chain"]


@dataclass(frozen=True, slots=True)
class Chain:
    """Applies cleaners in order; each sees what the one before it gave.

    Parameters
    ----------
    steps : tuple of Cleaner
        May be empty: then nothing is done.
    """

    steps: tuple[Cleaner, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", tuple(self.steps))

    def __call__(self, markers: Markers) -> Markers:
        for step in self.steps:
            markers = step(markers)
        return markers

    def in_trial(self, trial: Trial) -> Chain:
        """The chain with what its steps need of this trial."""
        return Chain(in_trial(self.steps, trial))

    def resolve(self, markers: Markers) -> Chain:
        """The chain with the parameters that its adaptive steps find on this recording."""
        resolved: list[Cleaner] = []
        for step in self.steps:
            concrete = step.resolve(markers) if isinstance(step, AdaptiveCleaner) else step
            resolved.append(concrete)
            markers = concrete(markers)
        return Chain(tuple(resolved))
