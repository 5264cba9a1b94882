from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.core.motion import Coordinate, Motion
from kinebench.metrics import evaluate_motion
from kinebench.metrics.derivatives import acceleration_rmse, velocity_rmse
from kinebench.metrics.undefined import UndefinedMetricWarning

TIMES = np.arange(101) / 100


def test_a_constant_offset_has_no_velocity_and_a_drift_no_acceleration() -> None:
    zero = np.zeros_like(TIMES)
    assert velocity_rmse(zero, zero + 3, TIMES) == pytest.approx(0)
    assert velocity_rmse(zero, 2 * TIMES, TIMES) == pytest.approx(2)
    assert acceleration_rmse(zero, 2 * TIMES, TIMES) == pytest.approx(0, abs=1e-9)
    # a central second difference is exact for a parabola
    assert acceleration_rmse(zero, TIMES**2, TIMES) == pytest.approx(2)


def test_a_sine_has_its_derivatives() -> None:
    """Of sin(ωt) the central differences are sin(ωh)/h and 2(1 − cos(ωh))/h² times the sine."""
    omega, step = 2 * np.pi * 5, 0.01
    sine = np.sin(omega * TIMES)
    inner = TIMES[1:-1]
    velocity = np.sin(omega * step) / step * np.cos(omega * inner)
    acceleration = 2 * (np.cos(omega * step) - 1) / step**2 * np.sin(omega * inner)
    found = velocity_rmse(0 * sine, sine, TIMES), acceleration_rmse(0 * sine, sine, TIMES)
    for value, expected in zip(found, (velocity, acceleration), strict=True):
        assert value == pytest.approx(np.sqrt(np.mean(expected**2)))


def test_uneven_steps_are_taken_as_they_are() -> None:
    times = np.cumsum(np.tile([0.010, 0.012], 40))
    zero = np.zeros_like(times)
    assert velocity_rmse(zero, 4 * times, times) == pytest.approx(4)
    assert acceleration_rmse(zero, 3 * times**2, times) == pytest.approx(6)


def test_a_gap_is_not_differentiated_over() -> None:
    jump = np.where(TIMES < 0.5, 0.0, 1.0)
    kept = np.abs(TIMES - 0.5) > 0.05
    assert velocity_rmse(0 * jump[kept], jump[kept], TIMES[kept]) == pytest.approx(0)
    holes = np.where(kept, jump, np.nan)
    assert velocity_rmse(0 * jump, holes, TIMES) == pytest.approx(0)
    assert acceleration_rmse(0 * jump, holes, TIMES) == pytest.approx(0)
    # one missing frame is a gap too: its neighbours have a value on one side only
    one = np.where(np.arange(101) == 50, np.nan, jump)
    assert velocity_rmse(0 * jump, one, TIMES) == pytest.approx(0)


@pytest.mark.parametrize("metric", [velocity_rmse, acceleration_rmse])
def test_two_frames_have_none(metric) -> None:
    with pytest.warns(UndefinedMetricWarning, match="no frame that is known with"):
        assert np.isnan(metric(np.zeros(2), np.ones(2), TIMES[:2]))
    with pytest.warns(UndefinedMetricWarning):
        assert np.isnan(metric(np.zeros((4, 1)), np.full((4, 1), np.nan), TIMES[:4])).all()


@given(st.floats(0.1, 10), st.floats(0.5, 2), st.integers(0, 99))
def test_units_of_value_and_time(factor: float, slower: float, seed: int) -> None:
    """Twice the error twice the figure; time stretched by s divides by s and by s²."""
    error = np.random.default_rng(seed).normal(size=30)
    times = np.arange(30) / 50
    for metric, power in ((velocity_rmse, 1), (acceleration_rmse, 2)):
        once = metric(0 * error, error, times)
        assert metric(0 * error, factor * error, times) == pytest.approx(factor * once)
        assert metric(0 * error, error, slower * times) == pytest.approx(once / slower**power)
        assert metric(error, 0 * error, times) == pytest.approx(once)


def test_an_evaluation_has_their_units() -> None:
    coordinates = (
        Coordinate("knee_angle_r", "rotational"),
        Coordinate("pelvis_ty", "translational"),
    )
    reference = Motion(coordinates, TIMES, np.zeros((101, 2)))
    estimate = Motion(coordinates, TIMES, np.stack([2 * TIMES, TIMES**2], axis=1))
    found = evaluate_motion(reference, estimate, ["velocity_rmse", "acceleration_rmse"])
    values = {(f.item, f.metric): (round(f.value, 6), f.unit) for f in found.figures}
    assert values["knee_angle_r", "velocity_rmse"] == (2.0, "rad/s")
    assert values["pelvis_ty", "acceleration_rmse"] == (2.0, "m/s²")
