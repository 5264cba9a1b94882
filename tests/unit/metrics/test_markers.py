"""Distances in marker space."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from kinebench.metrics import UndefinedMetricWarning
from kinebench.metrics import markers as m


@pytest.fixture
def points() -> np.ndarray:
    return np.random.default_rng(2).normal(size=(6, 5, 3))


def test_distance_statistics_by_hand() -> None:
    reference = np.zeros((4, 1, 3))
    estimate = reference.copy()
    estimate[:, 0] = np.array([[3, 4, 0], [0, 0, 1], [0, 2, 0], [np.nan] * 3])
    assert m.distance_mean(reference, estimate) == pytest.approx([8 / 3])
    assert m.distance_rms(reference, estimate) == pytest.approx([np.sqrt(30 / 3)])
    assert m.distance_max(reference, estimate) == pytest.approx([5])
    # order statistics 1, 2, 5: rank 0.95 · 2 = 1.9
    assert m.distance_p95(reference, estimate) == pytest.approx([2 + 0.9 * 3])


def test_percentile_is_numpys(points: np.ndarray) -> None:
    values = points[..., 0].copy()
    values[1, 2] = values[4, 3] = np.nan
    np.testing.assert_allclose(m.percentile(values, 95.0), np.nanpercentile(values, 95.0, axis=0))


def test_own_offset_is_forgiven(points: np.ndarray) -> None:
    offsets = np.arange(15.0).reshape(5, 3)
    for function in (
        m.offset_removed_distance_mean,
        m.offset_removed_distance_rms,
        m.offset_removed_distance_max,
        m.offset_removed_distance_p95,
    ):
        np.testing.assert_allclose(function(points, points + offsets), 0.0, atol=1e-12)


def test_offset_removed_keeps_what_moves() -> None:
    reference = np.zeros((2, 1, 3))
    estimate = np.array([[[1.0, 0, 0]], [[3.0, 0, 0]]])
    assert m.offset_removed_distance_mean(reference, estimate) == pytest.approx([1.0])
    assert m.offset_removed_distance_max(reference, estimate) == pytest.approx([1.0])
    assert m.distance_mean(reference, estimate) == pytest.approx([2.0])


def test_mpjpe_counts_frames_alike() -> None:
    reference = np.zeros((2, 2, 3))
    estimate = reference.copy()
    estimate[0, :, 0] = [1.0, 3.0]
    estimate[1, :, 0] = [4.0, np.nan]
    estimate[1, 1] = np.nan
    assert m.mpjpe(reference, estimate) == pytest.approx((2.0 + 4.0) / 2)


def test_pa_mpjpe_forgives_a_similarity_per_frame(points: np.ndarray) -> None:
    turned = np.stack(
        [
            scale * frame @ Rotation.from_rotvec([0.3 * i, 1.0, -0.2 * i]).as_matrix().T + i
            for i, (scale, frame) in enumerate(zip(np.linspace(0.5, 2, 6), points, strict=True))
        ]
    )
    assert m.mpjpe(points, turned) > 0.5
    assert m.pa_mpjpe(points, turned) == pytest.approx(0.0, abs=1e-12)


def test_pa_mpjpe_does_not_forgive_a_mirror(points: np.ndarray) -> None:
    assert m.pa_mpjpe(points, points * [1, 1, -1]) > 0.2


def test_pa_mpjpe_is_the_least_squares_fit(points: np.ndarray) -> None:
    """No neighbouring scale or rotation fits better, and scipy finds the same disparity."""
    from scipy.spatial import procrustes

    estimate = points + 0.1 * np.random.default_rng(4).normal(size=points.shape)
    for reference, frame in zip(points, estimate, strict=True):
        _, fitted, disparity = procrustes(reference, frame)
        centred = reference - reference.mean(axis=0)
        size = np.linalg.norm(centred)
        expected = np.linalg.norm(size * fitted - centred, axis=1).mean()
        assert m.pa_mpjpe(reference[None], frame[None]) == pytest.approx(expected)
        assert disparity < 0.1


def test_pa_mpjpe_uses_markers_that_both_have(points: np.ndarray) -> None:
    estimate = 2.0 * points
    estimate[0, 1] = np.nan
    estimate[1, :3] = np.nan  # two markers left: no pose
    assert m.pa_mpjpe(points, estimate) == pytest.approx(0.0, abs=1e-12)
    with pytest.warns(UndefinedMetricWarning, match="three markers"):
        assert np.isnan(m.pa_mpjpe(points[1:2], estimate[1:2]))


def test_swap_changes_no_distance(points: np.ndarray) -> None:
    other = points[::-1].copy()
    for function in (m.distance_mean, m.distance_p95, m.mpjpe, m.offset_removed_distance_rms):
        np.testing.assert_allclose(function(points, other), function(other, points))


def test_distances_do_not_depend_on_the_frame(points: np.ndarray) -> None:
    R = Rotation.from_rotvec([0.4, -1.0, 0.2]).as_matrix()
    other = points + 0.05 * points[::-1]
    for function in (m.distance_mean, m.offset_removed_distance_max, m.mpjpe, m.pa_mpjpe):
        turned = function(points @ R.T + 1.0, other @ R.T + 1.0)
        np.testing.assert_allclose(turned, function(points, other))
