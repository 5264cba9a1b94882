"""Trials of virtual people whose true angles are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kinebench.core.trial import Trial


def virtual_trial(
    activity: str = "squat",
    subject: int = 1,
    camera: str = "two-phones",
    static: str = "ideal",
    rate_hz: float = 60.0,
) -> Trial:
    """A trial of a virtual person, with the truth in it: no data, no network.

    Parameters
    ----------
    activity : str
        As in study files: ``"squat"``, ``"gait"``, ``"sit-to-stand"``, ``"drop jump"``, …; another
        one lists all.
    subject : int
        Number of the virtual person, from 1.
    camera : str
        What the cameras get wrong, as in study files: ``"two-phones+tilt:0:2"``; ``"none"``.
    static : str
        Static pose.
    rate_hz : float

    Returns
    -------
    Trial
        Keypoints as a pipeline may see them; the truth is in `reference_motion` and
        `reference_markers`.

    Examples
    --------
    >>> import kinebench as kb
    >>> trial = kb.virtual_trial("one squat", camera="none")
    >>> trial.reference_motion
    <Motion: 33 coordinates, 229 frames, 60 Hz, 3.8 s>
    """
    from kinebench.errors import require_names
    from kinebench.lab import STATIC_POSES, Population
    from kinebench.lab.camera.catalogue import parse_camera
    from kinebench.studies.files.trials import ACTIVITIES
    from kinebench.studies.sources.laboratory import LabSource

    require_names([activity], ACTIVITIES, "activity", "the laboratory")
    require_names([static], STATIC_POSES, "static pose", "the laboratory")
    person, errors = Population().subject(subject), parse_camera(camera)
    source = LabSource(person, ACTIVITIES[activity], activity, errors, "lab", rate_hz)
    return source({"static": STATIC_POSES[static]})
