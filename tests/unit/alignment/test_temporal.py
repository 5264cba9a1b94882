"""The four policies in time."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from kinebench.alignment import GivenLag, MinimiseLag, NoAlignment, SignalLag
from kinebench.alignment.lags import MARKER_SPEED, error_of_lag
from kinebench.core import Coordinate, Markers, Motion
from kinebench.core.provenance import describe, digest
from kinebench.errors import AlignmentError, NameNotFoundError, ValueRangeError

NAMES = ("pelvis_ty", "knee_angle_r", "hip_flexion_r")
RATE = 100


def squat(
    lag_s: float = 0.0, rate_hz: float = RATE, start: float = 0.0, end: float = 4.0
) -> Motion:
    """Two squats of different depth, `lag_s` late, on a clock from `start` to `end`."""
    times = start + np.arange(round((end - start) * rate_hz) + 1) / rate_hz
    t = times - lag_s
    bend = np.exp(-(((t - 1.2) / 0.35) ** 2)) + 0.7 * np.exp(-(((t - 2.8) / 0.3) ** 2))
    coordinates = tuple(
        Coordinate(name, "translational" if name == "pelvis_ty" else "rotational") for name in NAMES
    )
    return Motion(
        coordinates, times, np.stack([0.95 - 0.35 * bend, 1.9 * bend, 1.4 * bend], axis=1)
    )


def walkers(lag_s: float = 0.0, rate_hz: float = RATE) -> Markers:
    times = np.arange(round(3 * rate_hz) + 1) / rate_hz
    t = times - lag_s
    x = t + 0.15 * np.sin(5 * t) + 0.1 * np.sin(2.3 * t + 1)
    height = 0.1 * np.exp(-(((t - 1.3) / 0.2) ** 2))
    positions = np.stack([x, height, 0 * t], axis=1)[:, None] + np.array([[0, 0, 0], [0.1, 1, 0]])
    return Markers(("r_calc", "C7"), times, positions)


Policy = NoAlignment | GivenLag | SignalLag | MinimiseLag
POLICIES: tuple[Policy, ...] = (NoAlignment(), GivenLag(0.1), SignalLag(), MinimiseLag())


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.policy)
def test_both_come_out_on_the_references_times(policy: Policy) -> None:
    reference, estimate = squat(), squat(0.03, rate_hz=60)
    aligned = policy(reference, estimate)
    np.testing.assert_array_equal(aligned.reference.times, aligned.estimate.times)
    kept = np.isin(reference.times, aligned.reference.times)
    np.testing.assert_array_equal(aligned.reference.values, reference.values[kept])
    record = aligned.record
    assert record.policy == policy.policy
    assert record.stage == policy
    assert record.n_frames == aligned.reference.n_frames
    assert record.n_reference_frames == reference.n_frames
    assert (record.start_s, record.end_s) == (
        aligned.reference.times[0],
        aligned.reference.times[-1],
    )


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.policy)
def test_policies_are_values(policy: Policy) -> None:
    assert replace(policy) == policy
    assert hash(policy) == hash(replace(policy))
    assert digest(policy) == digest(replace(policy, interpolation="cubic"))
    assert digest(policy) != digest(replace(policy, interpolation="linear"))
    assert describe(policy)["kind"] == type(policy).__name__
    with pytest.raises((FrozenInstanceError, AttributeError)):
        policy.interpolation = "linear"  # type: ignore[misc]
    with pytest.raises(ValueRangeError, match="interpolation must be"):
        replace(policy, interpolation="nearest")  # type: ignore[arg-type]


def test_none_keeps_the_delay() -> None:
    aligned = NoAlignment()(squat(), squat(0.1))
    assert aligned.record.lag_s == 0.0
    late = np.argmax(aligned.estimate.value("knee_angle_r")) - np.argmax(
        aligned.reference.value("knee_angle_r")
    )
    assert late == 10


def test_given_lag_is_taken_away() -> None:
    aligned = GivenLag(0.123)(squat(), squat(0.123))
    np.testing.assert_allclose(aligned.estimate.values, aligned.reference.values, atol=1e-5)
    assert aligned.record.lag_s == 0.123


@pytest.mark.parametrize("lag_s", [0.0, 0.0437, -0.231, 0.5])
@pytest.mark.parametrize("rate_hz", [60, 100])
def test_signal_and_minimise_find_a_lag_between_frames(lag_s: float, rate_hz: float) -> None:
    reference, estimate = squat(), squat(lag_s, rate_hz)
    for policy in (SignalLag(), MinimiseLag(max_lag_s=0.7)):
        record = policy(reference, estimate).record
        assert record.lag_s == pytest.approx(lag_s, abs=5e-4)


def test_signal_lag_records_its_signal() -> None:
    record = SignalLag()(squat(), squat(0.05)).record
    assert record.signal == "pelvis_ty"
    assert record.correlation == pytest.approx(1.0, abs=1e-4)
    assert record.flags == ()
    assert SignalLag("knee_angle_r")(squat(), squat(0.05)).record.signal == "knee_angle_r"


def test_signal_lag_does_not_look_at_what_is_scored() -> None:
    """The knee comes late, the pelvis does not: no lag."""
    estimate = squat()
    values = estimate.values.copy()
    values[:, 1:] = squat(0.2).values[:, 1:]
    estimate = replace(estimate, values=values)
    assert SignalLag()(squat(), estimate).record.lag_s == pytest.approx(0.0, abs=1e-3)
    assert MinimiseLag()(squat(), estimate).record.lag_s == pytest.approx(0.2, abs=1e-3)


def test_clocks_that_start_elsewhere() -> None:
    """The lag is between clocks, not between first frames."""
    estimate = squat(0.1, start=0.6, end=3.9)
    record = SignalLag()(squat(), estimate).record
    assert record.lag_s == pytest.approx(0.1, abs=5e-4)
    assert record.start_s == pytest.approx(0.5, abs=0.011)


def test_offset_of_the_signal_does_not_matter() -> None:
    lower = squat(0.05)
    lower = replace(lower, values=lower.values - 0.4)
    assert SignalLag()(squat(), lower).record.lag_s == pytest.approx(0.05, abs=5e-4)
    unscaled = MinimiseLag(error="offset_removed_rmse")(squat(), lower).record
    assert unscaled.lag_s == pytest.approx(0.05, abs=5e-4)
    assert "offset_removed_rmse" in unscaled.flags[0]


@pytest.mark.parametrize("signal", [None, "r_calc"])
def test_markers(signal: str | None) -> None:
    aligned = SignalLag(signal)(walkers(), walkers(0.0613, 60))
    assert aligned.record.lag_s == pytest.approx(0.0613, abs=2e-3)
    assert aligned.record.signal == ("height of r_calc" if signal else MARKER_SPEED)
    minimised = MinimiseLag()(walkers(), walkers(0.0613, 60))
    assert minimised.record.lag_s == pytest.approx(0.0613, abs=5e-4)


def test_markers_without_common_names_share_their_speed() -> None:
    other = walkers(0.08).rename({"r_calc": "RHeel", "C7": "Neck"})
    assert SignalLag()(walkers(), other).record.lag_s == pytest.approx(0.08, abs=2e-3)
    with pytest.raises(AlignmentError, match="no marker in common"):
        MinimiseLag()(walkers(), other)


def test_missing_markers_do_not_stop_the_search() -> None:
    positions = walkers(0.08).positions.copy()
    positions[100:140, 0] = np.nan
    positions[:, 1] = np.nan
    estimate = replace(walkers(0.08), positions=positions)
    assert SignalLag()(walkers(), estimate).record.lag_s == pytest.approx(0.08, abs=0.02)
    assert MinimiseLag()(walkers(), estimate).record.lag_s == pytest.approx(0.08, abs=5e-4)


def test_minimise_is_always_flagged() -> None:
    assert MinimiseLag()(squat(), squat()).record.flags == (
        "the lag minimises the error of all angles or markers that both have (rmse)",
    )
    for lag_s in (0.3, -0.3):
        flags = MinimiseLag(max_lag_s=0.1)(squat(), squat(lag_s)).record.flags
        assert any("largest that was tried" in flag for flag in flags)


@pytest.mark.parametrize("lag_s", [0.05, -0.05])
def test_minimise_reaches_its_largest_lag(lag_s: float) -> None:
    lag = MinimiseLag(max_lag_s=0.05)(squat(), squat(lag_s)).record.lag_s
    assert lag == pytest.approx(lag_s, abs=1e-4)


def test_minimise_beats_the_other_policies_at_its_own_measure() -> None:
    reference, estimate = squat(), squat(0.07)
    lag = MinimiseLag()(reference, estimate).record.lag_s
    error = error_of_lag(reference, estimate)
    best = error(lag)
    assert best < error(lag + 0.005)
    assert best < error(lag - 0.005)
    assert best < 1e-3


def test_minimise_looks_at_angles_only() -> None:
    """Metres and radians are never averaged together."""
    estimate = squat()
    values = estimate.values.copy()
    values[:, 0] += 1e3 * np.arange(len(values))
    assert error_of_lag(squat(), replace(estimate, values=values))(0.0) == 0.0


def test_minimise_wraps() -> None:
    heading = replace(squat(), coordinates=tuple(map(Coordinate, ("arm_rot_r", *NAMES[1:]))))
    turned = heading.values.copy()
    turned[:, 0] += 2 * np.pi
    assert error_of_lag(heading, replace(heading, values=turned))(0.0) == pytest.approx(
        0, abs=1e-12
    )


def test_periodic_signals_are_flagged() -> None:
    """A signal of 0.5 s period fits at every half second."""
    times = np.arange(401) / 100
    height = 0.9 + 0.02 * np.sin(4 * np.pi * times)
    walk = Motion((Coordinate("pelvis_ty", "translational"),), times, height[:, None])
    flags = SignalLag(max_lag_s=0.8)(walk, walk).record.flags
    assert any(flag.startswith("ambiguous") for flag in flags)
    assert SignalLag(max_lag_s=0.2)(walk, walk).record.flags == ()


def strides(lag_s: float = 0.0, slow: float = 0.0) -> Motion:
    """Legs in turn at 1 Hz, a pelvis that rises with each step, and less with every other by
    `slow`: the estimate of such a pelvis fits half a stride late as well or better."""
    t = np.arange(401) / 100 - lag_s
    knees = [1.0 * np.sin(2 * np.pi * t + phase) for phase in (0.0, np.pi)]
    height = 0.9 + 0.02 * np.cos(4 * np.pi * t) + slow * np.cos(2 * np.pi * t)
    coordinates = (
        Coordinate("pelvis_ty", "translational"),
        Coordinate("knee_angle_r"),
        Coordinate("knee_angle_l"),
    )
    return Motion(coordinates, np.arange(401) / 100, np.stack([height, *knees], axis=1))


def test_half_a_stride_is_never_silent() -> None:
    """The estimate's pelvis limps on the other side: it fits best where the legs are opposite."""
    record = SignalLag(max_lag_s=0.7)(strides(slow=0.02), strides(slow=-0.02)).record
    assert abs(record.lag_s) == pytest.approx(0.5, abs=0.02)
    (doubt,) = [flag for flag in record.flags if "the angles correlate" in flag]
    assert "the angles correlate by -1.00; at" in doubt
    assert doubt.endswith("0.000 s by 1.00")


@pytest.mark.parametrize("lag_s", [0.0, 0.13, -0.2])
def test_a_right_lag_is_not_doubted(lag_s: float) -> None:
    record = SignalLag(max_lag_s=0.4)(strides(slow=0.02), strides(lag_s, slow=0.02)).record
    assert record.lag_s == pytest.approx(lag_s, abs=0.01)
    assert not any(flag.startswith("doubtful") for flag in record.flags)


def test_doubtful_correlation_is_flagged() -> None:
    noise = np.random.default_rng(3).normal(size=squat().values.shape)
    flags = SignalLag()(squat(), replace(squat(), values=noise)).record.flags
    assert any(flag.startswith("doubtful") for flag in flags)


@pytest.mark.parametrize("lag", [np.nan, np.inf])
def test_given_lag_invalid(lag: float) -> None:
    with pytest.raises(ValueRangeError, match="finite"):
        GivenLag(lag)


@pytest.mark.parametrize("policy", [SignalLag, MinimiseLag])
@pytest.mark.parametrize("reach", [0.0, -1.0, np.nan])
def test_reach_invalid(policy: type, reach: float) -> None:
    with pytest.raises(ValueRangeError, match="max_lag_s"):
        policy(max_lag_s=reach)


def test_invalid() -> None:
    with pytest.raises(ValueRangeError, match="error must be"):
        MinimiseLag(error="mae")  # type: ignore[arg-type]
    with pytest.raises(NameNotFoundError, match="the estimate has no coordinate 'pelvis_ty'"):
        SignalLag()(squat(), squat().select(NAMES[1:]))
    with pytest.raises(NameNotFoundError, match="the reference has no marker 'L_calc'"):
        SignalLag("L_calc")(walkers(), walkers())
    with pytest.raises(AlignmentError, match="no lag within"):
        MinimiseLag()(squat(), squat(start=10, end=14))
    with pytest.raises(AlignmentError, match="no coordinate in common"):
        MinimiseLag()(squat().select(NAMES[:1]), squat().select(NAMES[1:]))
    with pytest.raises(ValueRangeError, match="two frames"):
        SignalLag()(walkers(), walkers().at_frames(np.array([0])))
