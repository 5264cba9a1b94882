"""Which augmenter version made the markers of an augmented TRC?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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

_STRETCH_S = 1.0
"""Of a stretch that excludes versions before the whole trial is augmented. Networks look back
only, so the first second of a trial comes out the same without what follows."""

_EDGE_S = 0.2
"""End of the stretch that is not looked at, where splines of a resampled stretch bend."""

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
        Distances over all frames and compared markers, a common vertical offset removed.
    offset_m : float
        That offset: height in the file less height made from the file's keypoints.
    """

    version: str
    rms_m: float
    max_m: float
    offset_m: float

    @property
    def fits(self) -> bool:
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
    markers: Markers,
    subject: Subject,
    versions: Iterable[AugmenterVersion] | None = None,
    all_residuals: bool = True,
) -> Identification:
    """Augment the file's own keypoints with each version, and compare with the file's markers.

    Parameters
    ----------
    markers : Markers
        Keypoints and augmented markers of one trial. Some of the augmented markers suffice. Neck
        and midHip are taken as mid-points of shoulders and hips when they are lacking.
    subject : Subject
        A wrong mass or height makes every version look wrong.
    versions : iterable of AugmenterVersion, optional
    all_residuals : bool
        False to leave those versions out of the candidates that a short stretch excludes: the
        answer is the same, and the whole trial is augmented by likely versions only.

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
    whole = _ranked(rows, recording, subject, compared, False, all_residuals)
    if whole.version is None and recording.times[-1] - recording.times[0] > START_UP_S:
        cut = _ranked(rows, recording, subject, compared, True, all_residuals)
        if cut.version is not None:
            return cut
    return whole


def _ranked(
    rows: tuple[AugmenterVersion, ...],
    recording: Markers,
    subject: Subject,
    compared: list[str],
    cut: bool,
    all_residuals: bool,
) -> Identification:
    first = _frame_at(recording, START_UP_S) if cut else 0
    if not all_residuals:
        rows = _not_excluded(rows, recording, subject, compared, cut)
    candidates = sorted(
        (_candidate(row, recording, subject, compared, cut, first) for row in rows),
        key=lambda one: one.rms_m,
    )
    return Identification(
        candidates=tuple(candidates),
        version=candidates[0].version if candidates and candidates[0].fits else None,
        cut_or_resampled=cut,
        n_frames=recording.n_frames - first,
        n_markers=len(compared),
    )


def _frame_at(recording: Markers, seconds: float) -> int:
    """The first frame so long after the beginning."""
    return int(np.searchsorted(recording.times, recording.times[0] + seconds))


def _not_excluded(
    rows: tuple[AugmenterVersion, ...],
    recording: Markers,
    subject: Subject,
    compared: list[str],
    cut: bool,
) -> tuple[AugmenterVersion, ...]:
    """Versions that a stretch of the recording leaves possible."""
    start_s = START_UP_S if cut else 0.0
    stretch = recording.at_frames(np.arange(_frame_at(recording, start_s + _STRETCH_S + _EDGE_S)))
    first, last = _frame_at(recording, start_s), _frame_at(recording, start_s + _STRETCH_S)
    if stretch.n_frames == recording.n_frames or first == last:
        return rows

    def possible(row: AugmenterVersion) -> bool:
        difference = _difference(row, stretch, subject, compared, cut)[first:last]
        return not (np.hypot(difference[..., 0], difference[..., 2]) > _EXCLUDED_M).any()

    return tuple(row for row in rows if possible(row))


def _candidate(
    row: AugmenterVersion,
    recording: Markers,
    subject: Subject,
    compared: list[str],
    cut: bool,
    first: int,
) -> Candidate:
    difference = _difference(row, recording, subject, compared, cut)
    return Candidate(row.name, *_residual(difference[first:]))


def _difference(
    row: AugmenterVersion, recording: Markers, subject: Subject, compared: list[str], cut: bool
) -> FloatArray:
    """Markers of the recording less those that the version makes (n_frames, n_markers, 3) m."""
    augmenter = LSTMAugmenter(version=row, resample_hz=row.rate_hz if cut else None)
    with unheard():
        # the question is what was done, not whether it was wise
        made = augmenter(recording, subject)
    shared = [name for name in compared if name in made.names]
    return np.asarray(recording.select(shared).positions - made.select(shared).positions)


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
