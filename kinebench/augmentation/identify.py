"""Which augmenter version made the markers of an augmented TRC?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from kinebench.augmentation.augmenter import START_UP_S, LSTMAugmenter
from kinebench.augmentation.catalogue import VERSIONS, AugmenterVersion
from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.subject import Subject
from kinebench.errors import AugmentationError
from kinebench.remarks import unheard

_LARGEST_RMS_M = 0.5e-3
"""A version fits below this residual (RMS distance). Keypoints written with five decimals cost
0.005 mm; markers that other machines made come back within 0.13 mm, and resampled ones within
0.4 mm; a wrong version leaves 12 mm or more, a mass wrong by 1 kg 0.2 to 0.8 mm."""

_LARGEST_MAX_M = 3e-3
"""And its largest distance below this one."""

_STRETCH_S = 0.2
"""Length of the stretch at the beginning that excludes versions. Networks look back only, so it
comes out the same without what follows. Of 42 trials of the virtual laboratory and five versions
its first frame excluded all four wrong ones each time."""

_EDGE_S = 0.2
"""Run after the stretch but not looked at: there splines of a resampled stretch bend."""

_EXCLUDED_M = 2 * _LARGEST_MAX_M
"""A version is excluded by a horizontal distance of more than this: no vertical offset makes up
for it, so it would not fit as a whole either. Wrong versions are off by 12 mm or more."""

_PAIRS = {
    "RASIS": "r.ASIS", "LASIS": "L.ASIS", "RPSIS": "r.PSIS", "LPSIS": "L.PSIS",
    "RKnee": "r_knee", "RMKnee": "r_mknee", "RAnkle": "r_ankle", "RMAnkle": "r_mankle",
    "RToe": "r_toe", "R5meta": "r_5meta", "RCalc": "r_calc",
    "LKnee": "L_knee", "LMKnee": "L_mknee", "LAnkle": "L_ankle", "LMAnkle": "L_mankle",
    "LToe": "L_toe", "L5meta": "L_5meta", "LCalc": "L_calc",
    "RShoulder": "r_shoulder", "LShoulder": "L_shoulder", "C7": "C7",
    "RThigh1": "r_thigh1", "RThigh2": "r_thigh2", "RThigh3": "r_thigh3",
    "LThigh1": "L_thigh1", "LThigh2": "L_thigh2", "LThigh3": "L_thigh3",
    "RSh1": "r_sh1", "RSh2": "r_sh2", "RSh3": "r_sh3",
    "LSh1": "L_sh1", "LSh2": "L_sh2", "LSh3": "L_sh3",
    "RHJC": "RHJC", "LHJC": "LHJC",
    "RElbow": "r_lelbow", "RMElbow": "r_melbow", "RWrist": "r_lwrist", "RMWrist": "r_mwrist",
    "LElbow": "L_lelbow", "LMElbow": "L_melbow", "LWrist": "L_lwrist", "LMWrist": "L_mwrist",
}  # fmt: skip

OTHER_NAMES: Mapping[str, str] = MappingProxyType(
    {f"{other}_augmenter": f"{name}_study" for other, name in _PAIRS.items()}
)
"""Names that marker-enhancer gives to the augmented markers, and OpenCap's."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Residual of a version: markers in the file against markers that the version makes.

    Parameters
    ----------
    version : str
    rms_m, max_m : float
        Distances over the compared frames and markers, a common vertical offset removed.
    offset_m : float
        That offset: height in the file less height made from the file's keypoints.
    n_frames : int
        Compared: a short stretch where it excludes the version, else the whole trial.
    excluded : bool
        Whether the stretch excludes it.
    """

    version: str
    rms_m: float
    max_m: float
    offset_m: float
    n_frames: int
    excluded: bool = False

    @property
    def fits(self) -> bool:
        """Whether the distances are small enough for this version to have been used."""
        return self.rms_m < _LARGEST_RMS_M and self.max_m < _LARGEST_MAX_M


@dataclass(frozen=True, slots=True)
class Identification:
    """What `identify` found.

    Parameters
    ----------
    candidates : tuple of Candidate
        Best first.
    version : str or None
        The version that made the markers; None when none fits.
    cut_or_resampled : bool
        The residuals assume that the trial was cut, or brought to another rate, after it was
        augmented: keypoints are resampled to the rate of the networks, and the first second,
        where the networks' unknown state matters, is not compared.
    n_frames, n_markers : int
        What was compared.
    """

    candidates: tuple[Candidate, ...]
    version: str | None
    cut_or_resampled: bool
    n_frames: int
    n_markers: int


def identify(
    markers: Markers, subject: Subject, versions: Iterable[AugmenterVersion] | None = None
) -> Identification:
    """Augment the file's own keypoints with each version, and compare with the file's markers.

    Versions that a short stretch excludes are not run on the whole trial. The answer is the same,
    and where no version fits, the nearest is run on the whole trial too.

    Parameters
    ----------
    markers : Markers
        Keypoints and augmented markers of one trial. Some of the augmented markers suffice. Neck
        and midHip are taken as mid-points of shoulders and hips when they are lacking.
    subject : Subject
        A wrong mass or height makes every version look wrong.
    versions : iterable of AugmenterVersion, optional

    Raises
    ------
    NameNotFoundError
        A keypoint is lacking.
    AugmentationError
        No augmented marker is there.
    """
    recording = _with_mid_points(markers.rename(dict(OTHER_NAMES)))
    rows = tuple(VERSIONS.values() if versions is None else versions)
    compared = [name for name in recording.names if any(name in row.gives for row in rows)]
    if not compared:
        raise AugmentationError(
            "the recording holds no augmented markers (r.ASIS_study, r_knee_study, …);"
            f" it has: {', '.join(markers.names)}"
        )
    question = _Question(recording, subject, tuple(compared), cut=False)
    whole = question.ranked(rows)
    if whole.version is None and recording.times[-1] - recording.times[0] > START_UP_S:
        cut = replace(question, cut=True).ranked(rows)
        if cut.version is not None:
            return cut
    return question.nearest_as_a_whole(whole, rows)


@dataclass(frozen=True, slots=True)
class _Question:
    """Which version made these markers, if the trial was cut, or not, after it was augmented?

    Parameters
    ----------
    recording : Markers
        Keypoints and augmented markers.
    subject : Subject
    compared : tuple of str
        Augmented markers.
    cut : bool
        See `Identification`.
    """

    recording: Markers
    subject: Subject
    compared: tuple[str, ...]
    cut: bool

    @property
    def first(self) -> int:
        """The first frame that is compared."""
        return _frame_at(self.recording, START_UP_S) if self.cut else 0

    def ranked(self, rows: tuple[AugmenterVersion, ...]) -> Identification:
        """Candidates, on the stretch or as a whole."""
        return self._identification([self._excluded(row) or self.as_a_whole(row) for row in rows])

    def nearest_as_a_whole(
        self, found: Identification, rows: tuple[AugmenterVersion, ...]
    ) -> Identification:
        """What was found, but with residuals of the whole trial for the first candidate."""
        if not found.candidates or not found.candidates[0].excluded:
            return found
        nearest, *others = found.candidates
        row = next(row for row in rows if row.name == nearest.version)
        return self._identification([self.as_a_whole(row), *others])

    def _identification(self, candidates: list[Candidate]) -> Identification:
        ranked = sorted(candidates, key=lambda one: (one.excluded, one.rms_m))
        return Identification(
            candidates=tuple(ranked),
            version=ranked[0].version if ranked and ranked[0].fits else None,
            cut_or_resampled=self.cut,
            n_frames=self.recording.n_frames - self.first,
            n_markers=len(self.compared),
        )

    def as_a_whole(self, row: AugmenterVersion) -> Candidate:
        """Residual of a version over all frames that can be compared."""
        return _candidate(row, self._difference(row, self.recording)[self.first :])

    def _excluded(self, row: AugmenterVersion) -> Candidate | None:
        """A version that a stretch of the recording excludes."""
        start_s, first = START_UP_S if self.cut else 0.0, self.first
        last = _frame_at(self.recording, start_s + _STRETCH_S)
        run = last if not self.cut else _frame_at(self.recording, start_s + _STRETCH_S + _EDGE_S)
        if run == self.recording.n_frames or first == last:
            return None
        stretch = self.recording.at_frames(np.arange(run))
        difference = self._difference(row, stretch)[first:last]
        if not (np.hypot(difference[..., 0], difference[..., 2]) > _EXCLUDED_M).any():
            return None
        return replace(_candidate(row, difference), excluded=True)

    def _difference(self, row: AugmenterVersion, recording: Markers) -> FloatArray:
        """Markers there less those that the version makes (n_frames, n_markers, 3) m."""
        augmenter = LSTMAugmenter(version=row, resample_hz=row.rate_hz if self.cut else None)
        with unheard():
            # the question is what was done, not whether it was wise
            made = augmenter(recording, self.subject)
        shared = [name for name in self.compared if name in made.names]
        return np.asarray(recording.select(shared).positions - made.select(shared).positions)


def _candidate(row: AugmenterVersion, difference: FloatArray) -> Candidate:
    return Candidate(row.name, *_residual(difference), n_frames=len(difference))


def _frame_at(recording: Markers, seconds: float) -> int:
    """The first frame so long after the beginning."""
    return int(np.searchsorted(recording.times, recording.times[0] + seconds))


def _residual(difference: FloatArray) -> tuple[float, float, float]:
    """RMS and maximum distance and common height of differences (n_frames, n_markers, 3)."""
    if np.isnan(difference).all():
        return float("nan"), float("nan"), float("nan")
    offset = float(np.nanmedian(difference[..., 1]))
    distances = np.linalg.norm(difference - [0.0, offset, 0.0], axis=2)
    return float(np.sqrt(np.nanmean(distances**2))), float(np.nanmax(distances)), offset


def _with_mid_points(recording: Markers) -> Markers:
    for name, sides in (("Neck", ("RShoulder", "LShoulder")), ("midHip", ("RHip", "LHip"))):
        if name not in recording.names and all(side in recording.names for side in sides):
            middle = recording.select(sides).positions.mean(axis=1, keepdims=True)
            recording = recording.joined(Markers((name,), recording.times, middle))
    return recording
