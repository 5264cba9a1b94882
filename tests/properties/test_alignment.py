"""Laws of alignment."""

from __future__ import annotations

from typing import Literal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kinebench.alignment import GivenLag, MinimiseLag, SignalLag, interpolated
from kinebench.core import Coordinate, Motion

few = settings(deadline=None, max_examples=25)
lags = st.floats(-0.3, 0.3)
seeds = st.integers(0, 10_000)


def recording(seed: int, lag_s: float = 0.0, rate_hz: float = 50.0) -> Motion:
    """Smooth, aperiodic, two coordinates over 4 s."""
    rng = np.random.default_rng(seed)
    frequencies, phases = rng.uniform(0.3, 2.5, (6, 2)), rng.uniform(0, 6, (6, 2))
    times = np.arange(round(4 * rate_hz) + 1) / rate_hz
    angle = 2 * np.pi * frequencies * (times[:, None, None] - lag_s) + phases
    coordinates = Coordinate("pelvis_ty", "translational"), Coordinate("knee_angle_r")
    return Motion(coordinates, times, np.sin(angle).mean(axis=1))


@few
@given(seeds, lags)
def test_a_lag_is_found_again(seed: int, lag_s: float) -> None:
    reference, estimate = recording(seed), recording(seed, lag_s, rate_hz=60.0)
    for policy in (SignalLag(max_lag_s=0.4), MinimiseLag(max_lag_s=0.4)):
        assert abs(policy(reference, estimate).record.lag_s - lag_s) < 3e-3


@few
@given(seeds, lags)
def test_swapping_turns_the_lag_round(seed: int, lag_s: float) -> None:
    one, other = recording(seed), recording(seed, lag_s)
    there = SignalLag(max_lag_s=0.4)(one, other).record.lag_s
    back = SignalLag(max_lag_s=0.4)(other, one).record.lag_s
    assert abs(there + back) < 3e-3


@few
@given(seeds, lags, st.floats(-2, 2))
def test_both_clocks_may_be_shifted_together(seed: int, lag_s: float, shift: float) -> None:
    one, other = recording(seed), recording(seed, lag_s)
    moved = [Motion(m.coordinates, m.times + shift, m.values) for m in (one, other)]
    before, after = GivenLag(lag_s)(one, other), GivenLag(lag_s)(*moved)
    np.testing.assert_allclose(after.reference.times, before.reference.times + shift, atol=1e-9)
    np.testing.assert_allclose(after.estimate.values, before.estimate.values, atol=1e-7)


@few
@given(
    seeds,
    st.lists(st.integers(0, 200), min_size=1, max_size=40),
    st.sampled_from(["cubic", "linear"]),
)
def test_nothing_is_made_up_in_gaps(
    seed: int, gaps: list[int], interpolation: Literal["cubic", "linear"]
) -> None:
    full = recording(seed)
    values = full.values.copy()
    values[gaps, 1] = np.nan
    times = np.sort(np.random.default_rng(seed).uniform(-0.1, 4.1, 300))
    found = interpolated(Motion(full.coordinates, full.times, values), times, interpolation)
    after = np.searchsorted(full.times, times)
    inside = (after > 0) & (after < len(full.times))
    before = np.clip(after - 1, 0, None)
    lacking = np.isnan(values[before, 1]) | np.isnan(values[np.minimum(after, 200), 1])
    # within a hundredth of a frame of a known value, that value is taken
    slack = 0.011 / 50
    near = (
        np.minimum(
            np.abs(times - full.times[before]), np.abs(times - full.times[np.minimum(after, 200)])
        )
        < slack
    )
    clear = inside & ~near
    np.testing.assert_array_equal(np.isnan(found.values[clear, 1]), lacking[clear])
    assert not np.isnan(found.values[clear, 0]).any()
    assert np.isnan(found.values[(times < -slack) | (times > 4 + slack)]).all()
