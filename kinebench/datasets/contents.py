"""The files of a dataset, read into values."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.core.subject import Subject
from kinebench.datasets.card import Card
from kinebench.datasets.fetching import fetch_file
from kinebench.datasets.places import Places
from kinebench.io.keypoint_files import read_markers
from kinebench.io.models import read_model
from kinebench.io.mot import read_motion


@dataclass(frozen=True, slots=True)
class Contents:
    """Reads files of one dataset, each fetched and verified when it is asked for.

    Paths are those of the card.
    """

    card: Card
    places: Places = field(default_factory=Places.from_environment)

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of all files that the card lists."""
        return tuple(file.path for file in self.card.files)

    @property
    def subject(self) -> Subject | None:
        """The person in the recordings, when the card states mass and height."""
        stated = dict(self.card.subject)
        if not {"mass_kg", "height_m"} <= stated.keys():
            return None
        return Subject(
            mass_kg=float(stated["mass_kg"]),
            height_m=float(stated["height_m"]),
            identifier=str(stated.get("identifier", "subject")),
            sex=str(stated["sex"]) if "sex" in stated else None,
        )

    def file(self, path: str) -> Path:
        """Where a file of the dataset lies, fetched first when it is not at hand."""
        return fetch_file(self.card.name, path, self.places)

    def markers(self, path: str, axes: str = "+x+y+z") -> Markers:
        """Markers of a file."""
        return read_markers(self.file(path), axes=axes)

    def motion(self, path: str) -> Motion:
        """Motion of a file."""
        return read_motion(self.file(path))

    def model(self, path: str) -> Model:
        """Model of a file."""
        return read_model(self.file(path))
