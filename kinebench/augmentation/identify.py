"""Which augmenter version made the markers of an augmented TRC?"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from kinebench.augmentation.augmenter import START_UP_S, LSTMAugmenter
from kinebench.augmentation.catalogue import VERSIONS, AugmenterVersion
from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.subject import Subject
from kinebench.errors import AugmentationError, KinebenchWarning

__all__ = [
    "LARGEST_MAX_M",
    "LARGEST_RMS_M",
    "OTHER_NAMES",
    "Candidate",
    "Identification",
    "identify",
]

LARGEST_RMS_M = 0.5e-3
"""A version fits below this residual (RMS distance). Keypoints written with five decimals cost
0.005 mm; markers that other machines made come back within 0.13 mm, and resampled ones within
0.4 mm; a wrong version leaves 12 mm or more, a mass wrong by 1 kg 0.2 to 0.8 mm."""

LARGEST_MAX_M = 3e-3
"""And its largest distance below this one."""

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
        return self.rms_m < LARGEST_RMS_M and self.max_m < LARGEST_MAX_M


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
    whole = _ranked(rows, recording, subject, compared, cut=False)
    if whole.version is None and recording.times[-1] - recording.times[0] > START_UP_S:
        cut = _ranked(rows, recording, subject, compared, cut=True)
        if cut.version is not None:
            return cut
    return whole


def _ranked(
    rows: tuple[AugmenterVersion, ...],
    recording: Markers,
    subject: Subject,
    compared: list[str],
    cut: bool,
) -> Identification:
    first = 0
    if cut:
        first = int(np.searchsorted(recording.times, recording.times[0] + START_UP_S))
    candidates = sorted(
        (_candidate(row, recording, subject, compared, cut, first) for row in rows),
        key=lambda one: one.rms_m,
    )
    best = candidates[0]
    return Identification(
        candidates=tuple(candidates),
        version=best.version if best.fits else None,
        cut_or_resampled=cut,
        n_frames=recording.n_frames - first,
        n_markers=len(compared),
    )


def _candidate(
    row: AugmenterVersion,
    recording: Markers,
    subject: Subject,
    compared: list[str],
    cut: bool,
    first: int,
) -> Candidate:
    augmenter = LSTMAugmenter(version=row, resample_hz=row.rate_hz if cut else None)
    with warnings.catch_warnings():
        # the question is what was done, not whether it was wise
        warnings.simplefilter("ignore", KinebenchWarning)
        made = augmenter(recording, subject)
    shared = [name for name in compared if name in made.names]
    difference = recording.select(shared).positions - made.select(shared).positions
    return Candidate(row.name, *_residual(difference[first:]))


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
