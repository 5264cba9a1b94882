"""`record`: a virtual subject moves, virtual cameras film it, and the truth is kept."""

from __future__ import annotations

from dataclasses import dataclass

from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.core.trial import Trial
from kinebench.kinematics import marker_positions, read_tree
from kinebench.lab.body import Body
from kinebench.lab.camera.chain import CameraError, Chain
from kinebench.lab.camera.rig import begins_with_rig
from kinebench.lab.joint_centres import at_joint_centres
from kinebench.lab.motions.motion_model import MotionModel
from kinebench.lab.subjects import VirtualSubject
from kinebench.lab.tissue import SoftTissue

_NOTHING = Chain()


@dataclass(frozen=True, slots=True)
class Recording:
    """What cameras saw, and what was there.

    Parameters
    ----------
    subject : VirtualSubject
    keypoints : Markers
        With all camera errors.
    true_keypoints : Markers
        Without any: the body's own, or joint centres where a `Rig` films.
    true_markers : Markers
        The anatomical markers, without error.
    true_motion : Motion
        All coordinates of the model.
    model : Model
        The subject's true model, with its markers where they are.
    """

    subject: VirtualSubject
    keypoints: Markers
    true_keypoints: Markers
    true_markers: Markers
    true_motion: Motion
    model: Model

    def optical_markers(self, tissue: SoftTissue, *names: str) -> Markers:
        """What optical cameras see of the anatomical markers, which sit on skin and clothes.

        Parameters
        ----------
        tissue : SoftTissue
        *names : str
            Of the trial.
        """
        tree = read_tree(self.model)
        return tissue(self.true_markers, self.true_motion, tree, self.subject.identifier, *names)

    def as_trial(
        self, name: str, activity: str = "unknown", static: Recording | None = None
    ) -> Trial:
        """What a pipeline may see, with the truth as its reference."""
        return Trial(
            name,
            self.subject.as_subject(),
            self.keypoints,
            static=None if static is None else static.keypoints,
            activity=activity,
            reference_markers=self.true_markers,
            reference_motion=self.true_motion,
        )


def record(
    subject: VirtualSubject,
    motion: MotionModel,
    errors: CameraError = _NOTHING,
    rate_hz: float = 60.0,
    names: tuple[str, ...] = (),
    generic: Body | None = None,
) -> Recording:
    """Film a subject.

    Parameters
    ----------
    subject : VirtualSubject
    motion : MotionModel
        A motion or static pose; a subject with a `movement` does it in their own way.
    errors : CameraError
        Usually a `Chain`; none by default.
    rate_hz : float
        Frame rate.
    names : tuple of str
        Seeds of the errors, besides the subject's identifier and the kind of motion: the trial's
        name, the repetition. Levels of other factors should not be named here, so that they are
        compared under the same noise.
    generic : Body, optional
        The laboratory's own, or `opencap_body()`.
    """
    own = subject.performs(motion, names)
    # people who do it in their own way are seen with the same errors as those who do not
    kind = type(getattr(motion, "template", motion)).__name__
    return film(subject, subject.body(generic), own, errors, rate_hz, (kind, *names))


def film(
    subject: VirtualSubject,
    body: Body,
    motion: MotionModel,
    errors: CameraError,
    rate_hz: float,
    names: tuple[str, ...],
) -> Recording:
    """As `record`, for a body that is already made."""
    course = motion(body, rate_hz)
    positions = marker_positions(body.tree, course.values)
    everything = Markers(body.tree.marker_names, course.times, positions)
    keypoints = everything.select(body.keypoint_names)
    if begins_with_rig(errors):
        keypoints = at_joint_centres(keypoints, body.tree, course)
    return Recording(
        subject,
        errors(keypoints, subject.identifier, *names),
        keypoints,
        everything.select(body.marker_names),
        course,
        body.model,
    )
