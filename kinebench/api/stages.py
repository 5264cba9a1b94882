"""The pipeline's stages one by one, on values: clean, augment, scale, solve."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kinebench.core.markers import Markers
    from kinebench.core.model import Model
    from kinebench.core.results import IKSolution, ScalingResult
    from kinebench.core.subject import Subject


def clean(markers: Markers, steps: str) -> Markers:
    """Repair or smooth a recording.

    Parameters
    ----------
    markers : Markers
    steps : str
        As ``kinebench run --clean`` takes them: ``"fill-linear+butterworth:6"``, done in that
        order; a step that does not exist lists all.

    Examples
    --------
    >>> import kinebench as kb
    >>> trial = kb.virtual_trial("one squat")
    >>> kb.clean(trial.keypoints, "fill-linear+butterworth:6")
    <Markers: 20 markers, 229 frames, 60 Hz, 3.8 s>
    """
    from kinebench.cleaning.catalogue import parse_cleaners

    for cleaner in parse_cleaners(steps):
        markers = cleaner(markers)
    return markers


def augment(
    keypoints: Markers,
    subject: Subject,
    version: str = "v0.3",
    *,
    warm_up: float = 0.0,
    resample: float | None = None,
) -> Markers:
    """Add the anatomical markers that OpenCap's marker augmenter predicts from keypoints.

    Parameters
    ----------
    keypoints : Markers
        Without gaps.
    subject : Subject
    version : str
        ``v0.0`` to ``v0.3``, fetched when they are not at hand, or ``lab-1``, which needs no files.
    warm_up : float
        Lead-in before the first frame, s; OpenCap has none.
    resample : float, optional
        Rate at which the networks run, Hz; by default the recording's.

    Returns
    -------
    Markers
        The keypoints, then the predicted markers, in the keypoints' frame.

    Examples
    --------
    >>> import kinebench as kb
    >>> trial = kb.virtual_trial("one squat")
    >>> kb.augment(trial.keypoints, trial.subject, "lab-1")
    <Markers: 63 markers, 229 frames, 60 Hz, 3.8 s>
    """
    from kinebench.augmentation.augmenter import LSTMAugmenter, tracked_markers

    predict = LSTMAugmenter(version, warm_up_s=warm_up, resample_hz=resample)
    return tracked_markers(keypoints, predict(keypoints, subject))


def scale(
    static: Markers,
    subject: Subject,
    *,
    body: str = "opencap",
    markers: str = "augmented",
    static_pose: str = "upright",
    window: tuple[float, float] | None = None,
    engine: str = "opensim",
) -> ScalingResult:
    """Scale a generic model to a static trial and place its markers.

    Parameters
    ----------
    static : Markers
        Augmented or optical markers of somebody who stands still, Y up.
    subject : Subject
    body : {"opencap", "lab"}
        LaiUhlrich2022, fetched when it is not at hand, or the laboratory's own, which needs no
        files.
    markers : str
        ``augmented``, ``mocap``, ``openpose`` or ``mmpose``: which set-up of OpenCap's.
    static_pose : {"upright", "any_pose"}
    window : (float, float), optional
        Part to scale on, s; by default the first still part, by OpenCap's rule.
    engine : {"opensim", "fast"}

    Examples
    --------
    >>> import kinebench as kb
    >>> trial = kb.virtual_trial("one squat")
    >>> static = kb.augment(trial.static, trial.subject, "lab-1", warm_up=1.0)
    >>> scaled = kb.scale(static, trial.subject, body="lab", engine="fast")
    >>> scaled.model
    <Model kinebench_body_scaled: 20 bodies, 33 coordinates, 43 markers>
    """
    from kinebench.pipeline.spec import PipelineSpec
    from kinebench.scaling.window import GivenWindow

    spec = PipelineSpec(
        body=body,
        track=markers,
        static_pose=static_pose,
        window=None if window is None else GivenWindow(*window),
        engine=engine,
    )
    pipeline = spec.build()
    return pipeline.scale(pipeline.generic, static, subject)


def solve(
    model: Model, recording: Markers, *, markers: str = "augmented", engine: str = "opensim"
) -> IKSolution:
    """Inverse kinematics: the coordinates that bring a scaled model's markers to the measured ones.

    Parameters
    ----------
    model : Model
        Scaled, with its markers in place.
    recording : Markers
        Y up.
    markers : str
        ``augmented``, ``stored``, ``mocap``, ``openpose`` or ``mmpose``: whose weights.
    engine : {"opensim", "fast"}

    Examples
    --------
    >>> import kinebench as kb
    >>> trial = kb.virtual_trial("one squat")
    >>> person, version = trial.subject, "lab-1"
    >>> static = kb.augment(trial.static, person, version, warm_up=1.0)
    >>> scaled = kb.scale(static, person, body="lab", engine="fast")
    >>> movement = kb.augment(trial.keypoints, person, version, warm_up=1.0)
    >>> solution = kb.solve(scaled.model, movement, engine="fast")
    >>> solution.motion
    <Motion: 33 coordinates, 229 frames, 60 Hz, 3.8 s>
    >>> bool(solution.motion.to_dataframe(degrees=True)["knee_angle_r"].max() > 80)
    True
    """
    from kinebench.augmentation.augmenter import NoAugmentation
    from kinebench.pipeline.offset_names import plain_model
    from kinebench.pipeline.spec import PipelineSpec

    spec = PipelineSpec(track=markers, engine=engine)
    plain = plain_model(model)
    return spec.build_on(plain, NoAugmentation()).solve(plain, recording)
