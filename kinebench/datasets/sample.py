"""`Sample`: one entry of a dataset, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.core.subject import Subject
from kinebench.core.trial import Trial
from kinebench.core.value import Value
from kinebench.errors import DatasetError


@dataclass(frozen=True, slots=True, eq=False)
class Sample(Value):
    """A trial, or a model, with whatever the dataset holds of it.

    Parameters
    ----------
    dataset, name : str
    subject : Subject or None
    activity : str
    markers : mapping of str to Markers
        ``keypoints``: from video; ``static``: keypoints of the static trial; ``augmented``: as the
        dataset's authors computed them; ``mocap``: optical. Others as the loader says.
    motions : mapping of str to Motion
        ``reference``: what counts as reference; the others are estimates, by method.
    models : mapping of str to Model
        ``generic``, ``scaled``.
    """

    dataset: str
    name: str
    subject: Subject | None = None
    activity: str = "unknown"
    markers: Mapping[str, Markers] = field(default_factory=dict)
    motions: Mapping[str, Motion] = field(default_factory=dict)
    models: Mapping[str, Model] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("markers", "motions", "models"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        kind, (*rest, markers, motions, models) = Value.__reduce__(self)
        return kind, (*rest, dict(markers), dict(motions), dict(models))

    def trial(self) -> Trial:
        """The sample as a `Trial`, input of the pipeline.

        Raises
        ------
        DatasetError
            When the dataset holds no keypoints of it, or not the subject's mass and height.
        """
        if "keypoints" not in self.markers:
            held = [*self.markers, *self.motions, *self.models]
            raise DatasetError(
                f"{self.dataset} holds no keypoints of {self.name}; it holds: {', '.join(held)}"
            )
        if self.subject is None:
            raise DatasetError(f"{self.dataset} does not state mass and height for {self.name}")
        return Trial(
            name=self.name,
            subject=self.subject,
            keypoints=self.markers["keypoints"],
            static=self.markers.get("static"),
            activity=self.activity,
            reference_markers=self.markers.get("mocap"),
            reference_motion=self.motions.get("reference"),
        )
