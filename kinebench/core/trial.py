"""`Trial`: a recording of a subject."""

from __future__ import annotations

from dataclasses import dataclass

from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.subject import Subject


@dataclass(frozen=True, slots=True, repr=False)
class Trial:
    """One recording, with whatever is known of it.

    Parameters
    ----------
    name : str
    subject : Subject
    keypoints : Markers
        3D video keypoints.
    static : Markers, optional
        Keypoints of the static trial; without one the trial itself is searched.
    static_markers : Markers, optional
        Anatomical markers of the static trial, to scale on as they are: nothing is then made of
        `static`.
    activity : str
    reference_markers, reference_motion : optional
        Optical markers, and the motion that counts as reference.
    """

    name: str
    subject: Subject
    keypoints: Markers
    static: Markers | None = None
    static_markers: Markers | None = None
    activity: str = "unknown"
    reference_markers: Markers | None = None
    reference_motion: Motion | None = None

    def __repr__(self) -> str:
        subject = f"{self.subject.mass_kg:g} kg, {self.subject.height_m:g} m"
        besides = [
            f", with {what}"
            for what, there in (
                ("a static trial", self.static or self.static_markers),
                ("a reference", self.reference_motion or self.reference_markers),
            )
            if there is not None
        ]
        return f"<Trial {self.name}: {subject}; keypoints {self.keypoints!r}{''.join(besides)}>"
