"""Trials for studies from public datasets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kinebench.cleaning import Resample
from kinebench.core.keypoints import OPENCAP_20
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.trial import Trial
from kinebench.datasets import Sample, load
from kinebench.errors import NotApplicableError, require_names
from kinebench.studies.evidence import EvidenceKind
from kinebench.studies.sources.faults import require_choices, with_extra_errors

_CHOICES = ("static", "rate_hz")
_STATIC = ("own", "none")
_PLACE = "pelvis_"


@dataclass(frozen=True, slots=True)
class DatasetSource:
    """A sample of a public dataset: real keypoints.

    Data factors: ``data.static`` with ``"own"`` (the recorded static trial) or ``"none"`` (the
    tutorial's case: the trial itself is searched); ``data.rate_hz`` (keypoints interpolated to
    another rate); ``data.extra.<name>`` (one more camera error, or None).

    Parameters
    ----------
    dataset, sample : str
    subject, activity : str
        Labels of the results.
    reference : str
        Which motion of the sample counts as reference; none when the sample lacks it.
    reference_markers : str
        Which markers of the sample tell where left and right were.
    reference_from : (str, str), optional
        Dataset and sample that hold the reference, when they are others.
    lag_s : float
        How much later the same event comes on the keypoints' clock than on the reference's.
    same_frame : bool
        Whether reference and keypoints share a ground frame; if not, the pelvis is not compared.
    evidence : EvidenceKind
        What the reference is.
    """

    dataset: str
    sample: str
    subject: str
    activity: str
    reference: str = "reference"
    reference_markers: str = "mocap"
    reference_from: tuple[str, str] | None = None
    lag_s: float = 0.0
    same_frame: bool = True
    evidence: EvidenceKind = EvidenceKind.REAL_KEYPOINTS

    @property
    def name(self) -> str:
        return self.sample

    def __call__(self, choices: Mapping[str, Any]) -> Trial:
        """The trial with its keypoints only; nothing but extra errors is random here."""
        sample = load(self.dataset, self.sample)
        trial = replace(
            sample.trial(),
            reference_motion=self._reference(sample),
            reference_markers=sample.markers.get(self.reference_markers),
        )
        where = f"{self.dataset}/{self.sample}"
        return recorded_choices(trial, choices, self.subject, where)

    def _reference(self, sample: Sample) -> Motion | None:
        """On the keypoints' clock, with the coordinates that can be compared."""
        holder = sample if self.reference_from is None else load(*self.reference_from)
        motion = holder.motions.get(self.reference)
        if motion is None:
            return None
        return shifted(motion, self.lag_s, self.same_frame)


def shifted(motion: Motion, lag_s: float, same_frame: bool) -> Motion:
    """A reference on the keypoints' clock, with the coordinates that can be compared.

    Parameters
    ----------
    motion : Motion
    lag_s : float
        How much later the same event comes on the keypoints' clock.
    same_frame : bool
        Whether both share a ground frame; if not, the pelvis is left out.
    """
    if lag_s:
        motion = replace(motion, times=motion.times + lag_s)
    if same_frame:
        return motion
    return motion.select([name for name in motion.names if not name.startswith(_PLACE)])


def recorded_choices(trial: Trial, choices: Mapping[str, Any], subject: str, where: str) -> Trial:
    """A recorded trial as the data factors want it: rate, extra errors, with or without static.

    Parameters
    ----------
    trial : Trial
    choices : mapping of str to object
    subject : str
        Seeds, with the trial's name, what is random in extra errors.
    where : str
        What errors call the trial.
    """
    require_choices(choices, _CHOICES, where)
    static = trial.static
    wanted = choices.get("static", "own")
    require_names([wanted], _STATIC, "level of data.static", where)
    if wanted == "none":
        static = None
    elif "static" in choices and static is None:
        raise NotApplicableError(f"{where} has no static trial")

    def seen(markers: Markers, *names: str) -> Markers:
        chosen = markers.select(OPENCAP_20)
        if "rate_hz" in choices:
            chosen = Resample(choices["rate_hz"])(chosen)
        return with_extra_errors(chosen, choices, subject, trial.name, *names)

    return replace(
        trial,
        keypoints=seen(trial.keypoints),
        static=None if static is None else seen(static, "static"),
    )
