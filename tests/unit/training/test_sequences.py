from __future__ import annotations

import numpy as np
import pytest

from kinebench.augmentation.catalogue import version
from kinebench.errors import ValueRangeError
from kinebench.lab import Population
from kinebench.training import Cohort, VirtualTrial, sequences
from kinebench.training.sequences import feature_rows, response_rows

SPEC = version("v0.3").networks[0]


@pytest.fixture(scope="module")
def trial() -> VirtualTrial:
    (trial,) = Cohort(Population("training test"), 1, ("standing",))
    return trial


def test_rows_are_relative_to_the_reference_in_body_heights(trial: VirtualTrial) -> None:
    height = trial.subject.height_m
    rows = feature_rows(SPEC, "midHip", trial.keypoints, trial.subject)
    assert rows.shape == (trial.keypoints.n_frames, 3 * 15 + 2)
    neck = trial.keypoints.position("Neck") - trial.keypoints.position("midHip")
    np.testing.assert_allclose(rows[:, :3], neck / height, atol=1e-15)
    assert set(rows[:, -2]) == {height}
    assert set(rows[:, -1]) == {trial.subject.mass_kg}
    answers = response_rows(SPEC, "midHip", trial.markers, trial.keypoints, trial.subject)
    column = 3 * SPEC.gives.index("r_knee_study")
    found = answers[:, column : column + 3] * height + trial.keypoints.position("midHip")
    np.testing.assert_allclose(found, trial.markers.position("r_knee_study"), atol=1e-12)


def test_windows_cover_a_trial_with_its_ends(trial: VirtualTrial) -> None:
    n = trial.keypoints.n_frames
    cut = sequences([trial, trial], SPEC, "midHip", 100)
    assert cut.features.shape == (6, 100, 47)
    assert cut.responses.shape == (6, 100, 105)
    assert cut.features.dtype == cut.responses.dtype == np.float32
    rows = feature_rows(SPEC, "midHip", trial.keypoints, trial.subject).astype(np.float32)
    np.testing.assert_array_equal(cut.features[0], rows[:100])
    np.testing.assert_array_equal(cut.features[2], rows[n - 100 :])
    wanted = response_rows(SPEC, "midHip", trial.nominal_markers, trial.keypoints, trial.subject)
    np.testing.assert_array_equal(cut.responses[3], wanted[:100].astype(np.float32))
    with pytest.raises(ValueRangeError, match=f"has {n} frames, a sequence needs {n + 1}"):
        sequences([trial], SPEC, "midHip", n + 1)


def test_a_constant_feature_does_not_divide_by_zero(trial: VirtualTrial) -> None:
    mean, std = sequences([trial], SPEC, "midHip", 60).normalisation()
    np.testing.assert_allclose(mean[-2], trial.subject.height_m, rtol=1e-6)
    np.testing.assert_array_equal(std[-2:], 1.0)
    assert (std[:-2] < 0.2).all()
    assert (std > 0).all()
