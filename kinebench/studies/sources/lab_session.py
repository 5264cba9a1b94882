"""OpenCap sessions of virtual subjects: filmed, run through the pipeline, written as a folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from kinebench.augmentation.augmenter import LSTMAugmenter
from kinebench.core.results import PipelineRun
from kinebench.core.trial import Trial
from kinebench.errors import ValueRangeError
from kinebench.ik.fast import FastIK
from kinebench.lab import (
    Body,
    Recording,
    SoftTissue,
    StaticPose,
    VirtualSubject,
    generic_body,
    ik_tasks,
    opencap_body,
    record,
    scaling_setup,
)
from kinebench.lab.camera.chain import CameraError, Chain
from kinebench.lab.motions.motion_model import MotionModel
from kinebench.lab.sessions import SessionContent, TrialContent, write_session
from kinebench.lab.setups import ik_setup
from kinebench.pipeline.opencap import OpenCapSetup, opencap_setup
from kinebench.pipeline.pipeline import Pipeline
from kinebench.remarks import unheard
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.given import GivenModel
from kinebench.scaling.standing_window import StandingWindow

_STATIC = {"downloaded": "neutral", "local": "neutral", "labvalidation": "static1"}
_NO_ERRORS = Chain()
_STANDING = StaticPose(duration_s=3.0)


@dataclass(frozen=True, slots=True)
class LabSession:
    """A virtual subject's visit to the laboratory.

    ::

        session = LabSession(Population().subject(1), (("squats", Squat()),), errors=two_phones())
        session.write("OpenCapData_1")      # then: kinebench run OpenCapData_1 --out results

    Parameters
    ----------
    person : VirtualSubject
    motions : tuple of (str, MotionModel)
        Trials by name.
    static : MotionModel, optional
        How the subject stands for scaling; None for a session without a static trial, whose model
        was scaled on the stillest part of the first trial.
    errors : CameraError
        Of every recording; names of trials seed it.
    static_person : VirtualSubject, optional
        Who stood in the static trial, when it was another person.
    static_errors : CameraError, optional
        Of the static trial, when they are others.
    rate_hz : float
    augmenter : str
        Version that made the session's augmented markers.
    body : {"lab", "opencap"}
        The laboratory's own, whose model and set-ups the session then brings along, or
        LaiUhlrich2022, when its files are at hand.
    results : bool
        With augmented markers, scaled model and motions; else keypoints alone.
    tissue : SoftTissue, optional
        What carries the optical markers (layout "labvalidation"); without, they are on the bones.
    played_by : {"", "lab", "opencap"}
        Who plays the truth, when it is another body than the one that is scaled.
    """

    person: VirtualSubject
    motions: tuple[tuple[str, MotionModel], ...]
    static: MotionModel | None = _STANDING
    errors: CameraError = _NO_ERRORS
    static_person: VirtualSubject | None = None
    static_errors: CameraError | None = None
    rate_hz: float = 60.0
    augmenter: str = "lab-1"
    body: str = "lab"
    results: bool = True
    tissue: SoftTissue | None = None
    played_by: str = ""

    def __post_init__(self) -> None:
        for body in (self.body, self.played_by or self.body):
            if body not in ("lab", "opencap"):
                raise ValueRangeError(f"body must be 'lab' or 'opencap', found {body!r}")
        if not self.motions:
            raise ValueRangeError("a session needs one trial or more")

    def write(self, folder: Path | str, layout: str = "downloaded") -> Path:
        """Film, compute, and write the folder in one of `kinebench.lab.sessions.LAYOUTS`."""
        return write_session(folder, self.content(_STATIC.get(layout, "neutral")), layout)

    def content(self, static_name: str = "neutral") -> SessionContent:
        """What the folder holds, as values that can be changed before they are written."""
        standing = None if self.static is None else self._static()
        filmed = {name: self._filmed(name, motion) for name, motion in self.motions}
        recordings = filmed if standing is None else {**filmed, static_name: standing}
        subject = self.person.as_subject()
        own = self.body == "lab"
        setup = self._setup()
        content = SessionContent(
            subject,
            {name: self._trial(name, recording) for name, recording in recordings.items()},
            generic_model=setup.generic if own else None,
            scaling_setup=setup.scaling if own else None,
            ik_setup=ik_setup(setup.ik) if own else None,
            metadata={} if own else {"openSimModel": "LaiUhlrich2022"},
        )
        if not self.results:
            return content
        runs = _runs(self._pipeline(setup), recordings, standing, static_name)
        first = next(iter(runs.values()))
        window = first.scaling.window_s if standing is not None else None
        return replace(
            content,
            augmenter=self.augmenter,
            trials={
                name: replace(trial, augmented=runs[name].augmented, motion=runs[name].motion)
                for name, trial in content.trials.items()
            },
            scaled_model=first.scaling.model,
            optical_model=next(iter(filmed.values())).model,
            scaling_setup=scaling_setup(window_s=window) if own else None,
        )

    def _filmed(self, name: str, motion: MotionModel) -> Recording:
        body = _body(self.played_by or self.body)
        return record(self.person, motion, self.errors, self.rate_hz, (name,), body)

    def _trial(self, name: str, recording: Recording) -> TrialContent:
        markers = recording.true_markers
        if self.tissue is not None:
            markers = recording.optical_markers(self.tissue, name)
        return TrialContent(
            recording.keypoints, optical_markers=markers, optical_motion=recording.true_motion
        )

    def _static(self) -> Recording:
        assert self.static is not None
        return record(
            self.static_person or self.person,
            self.static,
            self.errors if self.static_errors is None else self.static_errors,
            self.rate_hz,
            ("static",),
            _body(self.played_by or self.body),
        )

    def _setup(self) -> OpenCapSetup:
        if self.body == "opencap":
            return opencap_setup("augmented", "upright")
        return OpenCapSetup(generic_body().model, None, scaling_setup(), ik_tasks())

    def _pipeline(self, setup: OpenCapSetup) -> Pipeline:
        window = StandingWindow(avoid_start_s=0.0)
        return Pipeline(
            setup.generic,
            LSTMAugmenter(self.augmenter),
            FastScaler(setup.scaling, setup.marker_set, window),
            FastIK(setup.ik),
        )


def _body(name: str) -> Body:
    return generic_body() if name == "lab" else opencap_body()


def _runs(
    pipeline: Pipeline,
    recordings: dict[str, Recording],
    standing: Recording | None,
    static_name: str,
) -> dict[str, PipelineRun]:
    """What the session's own pipeline made: one model, scaled once, for all trials."""
    runs: dict[str, PipelineRun] = {}
    with unheard():
        # the laboratory plants faults on purpose
        for name, recording in recordings.items():
            static = None if standing is None or name == static_name else standing.keypoints
            trial = Trial(name, recording.subject.as_subject(), recording.keypoints, static)
            runs[name] = pipeline(trial)
            if len(runs) == 1:
                pipeline = replace(pipeline, scale=GivenModel(runs[name].scaling.model))
    return runs
