"""Trials for studies: from public datasets and from session folders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kinebench.core.keypoints import OPENCAP_20
from kinebench.core.trial import Trial
from kinebench.datasets import load_trial
from kinebench.errors import NotApplicableError, require_names

__all__ = ["DatasetSource"]

_CHOICES = ("static",)
_STATIC = ("own", "none")


@dataclass(frozen=True, slots=True)
class DatasetSource:
    """A sample of a public dataset.

    Data factors: ``data.static`` with ``"own"`` (the recorded static trial) or ``"none"`` (the
    tutorial's case: the trial itself is searched).

    Parameters
    ----------
    dataset, sample : str
    subject, activity : str
        Labels of the results.
    """

    dataset: str
    sample: str
    subject: str
    activity: str

    @property
    def name(self) -> str:
        return self.sample

    def __call__(self, choices: Mapping[str, Any], seed: int) -> Trial:
        """The trial with its keypoints only; nothing is random here."""
        require_names(choices, _CHOICES, "data factor", f"dataset {self.dataset}")
        trial = load_trial(self.dataset, self.sample)
        static = trial.static
        wanted = choices.get("static", "own")
        require_names([wanted], _STATIC, "level of data.static", f"dataset {self.dataset}")
        if wanted == "none":
            static = None
        elif "static" in choices and static is None:
            raise NotApplicableError(f"{self.dataset}/{self.sample} has no static trial")
        keypoints = trial.keypoints.select(OPENCAP_20)
        return replace(
            trial, keypoints=keypoints, static=None if static is None else static.select(OPENCAP_20)
        )
