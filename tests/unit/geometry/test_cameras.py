from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kinebench.errors import ValueRangeError
from kinebench.geometry.cameras import camera_matrix, depths, looking_at, project, triangulate

PLACES = np.array([[3.0, 1.2, -2.0], [3.0, 1.5, 2.0], [4.0, 1.0, 0.0]])
TARGET = np.array([0.0, 0.9, 0.0])
UP, RIGHT = np.eye(3)[1:]
POSES = [looking_at(place, TARGET) for place in PLACES]
P = np.stack(
    [camera_matrix(900.0, (360.0, 640.0), R, -R @ at) for R, at in zip(POSES, PLACES, strict=True)]
)
POINTS = hnp.arrays(np.float64, (7, 3), elements=st.floats(-0.9, 0.9))


def test_a_camera_has_its_target_in_the_middle_of_an_upright_image() -> None:
    for camera in P:
        np.testing.assert_allclose(project(camera, TARGET), [360, 640], atol=1e-9)
        above = project(camera, TARGET + 0.1 * UP)
        assert above[1] < 640
        assert above[0] == pytest.approx(360)
    # seen from the front, the person's right (+z) is on the image's left
    assert project(P[2], TARGET + 0.1 * RIGHT)[0] < 360


def test_size_in_the_image_is_focal_length_over_depth() -> None:
    depth = depths(P[2], TARGET)
    assert depth == pytest.approx(np.linalg.norm(PLACES[2] - TARGET))
    shift = project(P[2], TARGET + 0.2 * RIGHT) - project(P[2], TARGET)
    assert abs(shift[0]) == pytest.approx(900 * 0.2 / depth)


def test_nothing_is_seen_behind_a_camera() -> None:
    behind = PLACES[2] + (PLACES[2] - TARGET)
    assert np.isnan(project(P[2], behind)).all()
    assert depths(P[2], behind) < 0


def test_a_camera_that_looks_straight_down_is_refused() -> None:
    with pytest.raises(ValueRangeError, match="straight up or down"):
        looking_at(np.array([0.0, 3.0, 0.0]), np.zeros(3))


@given(POINTS, st.integers(2, 3))
def test_what_is_projected_is_triangulated(points: np.ndarray, count: int) -> None:
    pixels = np.stack([project(camera, points) for camera in P[:count]])
    found = triangulate(P[:count], pixels, np.ones(pixels.shape[:2]))
    np.testing.assert_allclose(found, points, atol=1e-9)


@given(POINTS, st.floats(0.01, 100))
def test_only_ratios_of_weights_count(points: np.ndarray, factor: float) -> None:
    numbers = np.random.default_rng(0)
    pixels = np.stack([project(camera, points) for camera in P])
    pixels += numbers.normal(0, 2, pixels.shape)
    weights = numbers.uniform(0.2, 1, pixels.shape[:2])
    np.testing.assert_allclose(
        triangulate(P, pixels, weights), triangulate(P, pixels, factor * weights), atol=1e-7
    )


def test_a_distrusted_camera_has_less_say_and_an_untrusted_none() -> None:
    points = np.array([[0.1, 1.0, -0.2]])
    pixels = np.stack([project(camera, points) for camera in P])
    pixels[2] += 30.0
    errors = [
        float(np.linalg.norm(triangulate(P, pixels, np.array([[1.0], [1.0], [trust]])) - points))
        for trust in (1.0, 0.3, 0.1, 0.0)
    ]
    assert errors[0] > errors[1] > errors[2] > errors[3]
    assert errors[3] < 1e-9
    assert errors[0] > 0.01


def test_two_cameras_must_see_a_point() -> None:
    points = np.zeros((3, 3)) + TARGET
    pixels = np.stack([project(camera, points) for camera in P])
    weights = np.ones(pixels.shape[:2])
    pixels[0, 0], weights[1, 0] = np.nan, 0.0
    pixels[0, 1] = np.nan
    found = triangulate(P, pixels, weights)
    assert np.isnan(found[0]).all()
    np.testing.assert_allclose(found[1:], points[1:], atol=1e-9)
