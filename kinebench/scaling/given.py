"""A model that is scaled already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.core.results import ScalingResult
from kinebench.core.subject import Subject
from kinebench.osim.edits import body_scale_factors


@dataclass(frozen=True, slots=True)
class GivenModel:
    """The stage that scales nothing: a scaled model with its markers in place.

    Parameters
    ----------
    model : Model
    """

    title: ClassVar[str] = "nothing, as it was given"

    model: Model

    def __call__(self, generic: Model, static: Markers, subject: Subject) -> ScalingResult:
        """The model with its own scale factors; there is no static pose, so it has no frames."""
        nothing = Motion((), np.empty(0), np.empty((0, 0)))
        unknown = generic == self.model  # where no generic model is at hand
        factors = body_scale_factors(self.model, None if unknown else generic)
        return ScalingResult(self.model, factors, (np.nan, np.nan), nothing, (), np.empty(0))
