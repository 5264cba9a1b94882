"""Trials as rows of numbers, the way an augmenter's networks read and write them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from kinebench.augmentation.catalogue import NetworkSpec
from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.subject import Subject
from kinebench.errors import ValueRangeError
from kinebench.training.trials import VirtualTrial


@dataclass(frozen=True, slots=True, eq=False)
class Sequences:
    """What a network learns from: windows of equal length.

    Parameters
    ----------
    features : (n_sequences, n_frames, n_features) float32
        Not yet normalised.
    responses : (n_sequences, n_frames, n_responses) float32
        Body heights.
    """

    features: np.ndarray[tuple[int, ...], np.dtype[np.float32]]
    responses: np.ndarray[tuple[int, ...], np.dtype[np.float32]]

    def normalisation(self) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of each feature (n_features,); 1 where a feature is constant.

        Height and mass are, when there is one subject.
        """
        rows = self.features.reshape(-1, self.features.shape[2]).astype(np.float64)
        std = rows.std(axis=0)
        return rows.mean(axis=0), np.where(std > 1e-9, std, 1.0)


def feature_rows(
    spec: NetworkSpec, reference_marker: str, keypoints: Markers, subject: Subject
) -> FloatArray:
    """``[(k − r) / h, h, m]`` per frame (n_frames, 3 n_keypoints + 2); see `LSTMAugmenter`."""
    relative = _relative(keypoints.select(spec.needs), reference_marker, keypoints, subject)
    constants = np.tile([subject.height_m, subject.mass_kg], (len(relative), 1))
    return np.concatenate([relative, constants], axis=1)


def response_rows(
    spec: NetworkSpec,
    reference_marker: str,
    markers: Markers,
    keypoints: Markers,
    subject: Subject,
) -> FloatArray:
    """``(marker − r) / h`` per frame (n_frames, 3 n_markers).

    The reference r is the keypoint that the cameras saw, as the augmenter will have no other.
    """
    return _relative(markers.select(spec.gives), reference_marker, keypoints, subject)


def _relative(
    markers: Markers, reference_marker: str, keypoints: Markers, subject: Subject
) -> FloatArray:
    reference = keypoints.position(reference_marker)[:, None]
    relative = (markers.positions - reference) / subject.height_m
    return np.asarray(relative.reshape(len(relative), -1))


def sequences(
    trials: Iterable[VirtualTrial], spec: NetworkSpec, reference_marker: str, n_frames: int
) -> Sequences:
    """Windows of the trials: as many per trial as fit, evenly spread, the ends included.

    The responses are the nominal markers: where a marker sits on this very person cannot be seen,
    and its mean over persons is what a network can learn.

    Raises
    ------
    ValueRangeError
        A trial is shorter than a window.
    """
    features, responses = [], []
    for trial in trials:
        own = (reference_marker, trial.keypoints, trial.subject)
        rows = feature_rows(spec, *own)
        answers = response_rows(spec, reference_marker, trial.nominal_markers, *own[1:])
        if len(rows) < n_frames:
            raise ValueRangeError(
                f"{trial.name} has {len(rows)} frames, a sequence needs {n_frames}"
            )
        count = -(-len(rows) // n_frames)
        for start in np.linspace(0, len(rows) - n_frames, count).round().astype(int):
            features.append(rows[start : start + n_frames].astype(np.float32))
            responses.append(answers[start : start + n_frames].astype(np.float32))
    return Sequences(np.stack(features), np.stack(responses))
