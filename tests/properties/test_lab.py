"""Laws of the laboratory that hold for any subject and any size of its parameters."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kinebench.core import Markers
from kinebench.kinematics import forward_kinematics, marker_positions
from kinebench.lab import Population, generic_body, read_subjects, write_subjects
from kinebench.lab.camera import Chain, Lag, ScaleError, VerticalOffset, WhiteNoise, WorldTilt
from kinebench.lab.feet import sole_points
from kinebench.lab.motions import Gait, Squat
from kinebench.lab.scaling import scaled_body

BODY = generic_body()
PRINTABLE = st.characters(exclude_categories=("C", "Zl", "Zp"))
slow = settings(max_examples=5, deadline=None)
quick = settings(max_examples=20, deadline=None)


@quick
@given(st.integers(1, 10**6), st.text(PRINTABLE, max_size=8))
def test_files_give_back_any_subject(number: int, name: str) -> None:
    people = (Population(name=name).subject(number),)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "people.json"
        write_subjects(path, people)
        assert read_subjects(path) == people


@slow
@given(
    st.integers(1, 1000), st.floats(30, 110), st.floats(-0.04, 0.04), st.floats(-4, 4),
)  # fmt: skip
def test_anybody_squats_without_moving_the_feet(
    number: int, depth: float, shift: float, drop: float
) -> None:
    body = Population().subject(number).body()
    squat = Squat(depth_deg=depth, shift_m=shift, drop_deg=drop, repetitions=1)
    motion = squat(body, 20.0)
    R, p = forward_kinematics(body.tree, motion.values)
    for side in "rl":
        for _, bone, place in sole_points(body.tree, side):
            point = p[:, bone] + R[:, bone] @ place
            assert np.abs(point - point[0]).max() < 1e-6
            assert point[:, 1].min() > -1e-6


@slow
@given(st.integers(1, 1000), st.floats(0.7, 1.3), st.floats(104, 120))
def test_anybody_walks_on_the_ground(number: int, speed: float, cadence: float) -> None:
    body = Population().subject(number).body()
    motion = Gait(speed_m_s=speed, cadence_per_min=cadence, strides=1)(body, 60.0)
    R, p = forward_kinematics(body.tree, motion.values)
    for side in "rl":
        for _, bone, place in sole_points(body.tree, side):
            assert (p[:, bone] + R[:, bone] @ place)[:, 1].min() > -0.002


@quick
@given(st.lists(st.floats(0.7, 1.4), min_size=3, max_size=3), st.floats(40, 120))
def test_scaling_there_and_back(factors: list[float], mass: float) -> None:
    x, y, z = factors
    there = scaled_body(BODY, {"femur_r": (x, y, z), "torso": (z, x, y)}, mass)
    back = scaled_body(
        there, {"femur_r": (1 / x, 1 / y, 1 / z), "torso": (1 / z, 1 / x, 1 / y)}, 70.0
    )
    q = BODY.tree.defaults + 0.3
    np.testing.assert_allclose(
        marker_positions(back.tree, q), marker_positions(BODY.tree, q), atol=1e-12
    )


@quick
@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(0.9, 1.1), st.floats(-50, 50))
def test_errors_of_calibration_keep_shapes(
    forward: float, sideways: float, factor: float, offset: float
) -> None:
    generator = np.random.default_rng(0)
    cloud = Markers(("a", "b", "c"), np.array([0.0, 0.1]), generator.normal(size=(2, 3, 3)))
    chain = Chain((WorldTilt(forward, sideways), ScaleError(factor), VerticalOffset(offset)))
    seen = chain(cloud).positions

    def distances(points: np.ndarray) -> np.ndarray:
        return np.linalg.norm(points[:, :, None] - points[:, None], axis=-1)

    np.testing.assert_allclose(distances(seen), factor * distances(cloud.positions), atol=1e-12)


@quick
@given(st.floats(0, 20), st.text(max_size=6))
def test_noise_is_proportional_to_its_size(size: float, name: str) -> None:
    still = Markers(("a",), np.arange(20) / 60, np.zeros((20, 1, 3)))
    unit = WhiteNoise((1.0, 1.0, 1.0))(still, name).positions
    seen = WhiteNoise((size, size, size))(still, name).positions
    np.testing.assert_allclose(seen, size * unit, atol=1e-15)


@quick
@given(st.floats(0, 100))
def test_lag_of_a_steady_motion_is_speed_times_time(lag_ms: float) -> None:
    times = np.arange(60) / 60
    steady = Markers(("a",), times, np.stack([times, 2 * times, -times], axis=-1)[:, None])
    late = Lag(lag_ms)(steady).positions
    clear = times * 1000 > lag_ms + 1
    expected = steady.positions - lag_ms / 1000 * np.array([1.0, 2.0, -1.0])
    np.testing.assert_allclose(late[clear], expected[clear], atol=1e-9)
