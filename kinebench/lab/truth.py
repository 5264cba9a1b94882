"""True markers in the place of an augmenter: what a pipeline does when nothing is estimated.

::

    static = record(subject, StaticPose())
    trial = marker_trial(record(subject, Squat()), "squat 1", "squat", static)
    run = Pipeline(generic, TrueMarkers(), scale, solve)(trial)
"""

from __future__ import annotations

from dataclasses import dataclass

from kinebench.core.markers import Markers
from kinebench.core.subject import Subject
from kinebench.core.trial import Trial
from kinebench.lab.body import generic_body
from kinebench.lab.camera.chain import CameraError, Chain
from kinebench.lab.recording import Recording
from kinebench.lab.tissue import SoftTissue

_NOTHING = Chain()


@dataclass(frozen=True, slots=True)
class TrueMarkers:
    """The augmenter that knows: it takes the anatomical markers of a `marker_trial`.

    Its markers carry the cameras' errors of the trial, and none of an augmenter.
    """

    @property
    def needs(self) -> tuple[str, ...]:
        return self.gives

    @property
    def gives(self) -> tuple[str, ...]:
        """The laboratory's anatomical markers; LaiUhlrich2022's marker set has the same names."""
        return generic_body().marker_names

    def __call__(self, keypoints: Markers, subject: Subject) -> Markers:
        """The markers among what cameras saw.

        Raises
        ------
        NameNotFoundError
            When the trial does not hold them.
        """
        return keypoints.select(self.gives)


def marker_trial(
    recording: Recording,
    name: str,
    activity: str = "unknown",
    static: Recording | None = None,
    errors: CameraError = _NOTHING,
    tissue: SoftTissue | None = None,
) -> Trial:
    """A trial whose cameras see the anatomical markers beside the keypoints, with the truth.

    Parameters
    ----------
    recording : Recording
        Of the movement; its own camera errors do not count.
    name, activity : str
    static : Recording, optional
        Of the static pose.
    errors : CameraError
        Of keypoints and markers alike, in both trials; none by default. Errors that are random
        are seeded by the subject, the name and which of the two trials it is.
    tissue : SoftTissue, optional
        That carries the markers, in both trials; without, they sit on the bones.
    """
    seen = _seen(recording, errors, tissue, name, "movement")
    standing = None if static is None else _seen(static, errors, tissue, name, "static")
    return Trial(
        name,
        recording.subject.as_subject(),
        seen,
        static=standing,
        activity=activity,
        reference_markers=recording.true_markers,
        reference_motion=recording.true_motion,
    )


def _seen(
    recording: Recording, errors: CameraError, tissue: SoftTissue | None, *names: str
) -> Markers:
    markers = (
        recording.true_markers if tissue is None else recording.optical_markers(tissue, *names)
    )
    everything = recording.true_keypoints.joined(markers)
    return errors(everything, recording.subject.identifier, *names)
