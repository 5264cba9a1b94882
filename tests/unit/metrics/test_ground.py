"""Feet and floor."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.errors import ValueRangeError
from kinebench.metrics import UndefinedMetricWarning
from kinebench.metrics import ground as g
from kinebench.posture.rests import foot_at_rest
from kinebench.signals.runs import runs

TIMES = np.arange(200) / 100


def walking_foot(stance_height: float = 0.0) -> np.ndarray:
    """Heel and toe (200, 2, 3): rest 0–0.5 s, swing of 0.5 s, rest 1–2 s, 1 m farther."""
    progress = np.clip((TIMES - 0.5) / 0.5, 0, 1)
    x = 0.5 - 0.5 * np.cos(np.pi * progress)
    y = stance_height + 0.1 * np.sin(np.pi * progress)
    heel = np.stack([x, y, np.zeros(200)], axis=1)
    return np.stack([heel, heel + np.array([0.2, 0.01, 0])], axis=1)


def test_rest_is_found() -> None:
    rest = foot_at_rest(walking_foot(), TIMES)
    assert [(TIMES[start], TIMES[stop - 1]) for start, stop in runs(rest)] == [
        (0.0, pytest.approx(0.5, abs=0.06)),
        (pytest.approx(1.0, abs=0.06), TIMES[-1]),
    ]


def test_all_points_must_rest() -> None:
    foot = walking_foot()
    foot[:, 1, 1] += 0.05 * np.sin(30 * TIMES)  # the toe taps
    assert not foot_at_rest(foot, TIMES).any()
    assert foot_at_rest(foot[:, :1], TIMES).any()


def test_missing_points_do_not_move() -> None:
    foot = walking_foot()
    foot[20:30, 1] = np.nan
    np.testing.assert_array_equal(foot_at_rest(foot, TIMES), foot_at_rest(walking_foot(), TIMES))
    foot[20:30] = np.nan
    assert not foot_at_rest(foot, TIMES)[20:30].any()


def test_short_rests_do_not_count() -> None:
    foot = walking_foot()
    assert foot_at_rest(foot, TIMES, shortest_s=0.7)[:60].sum() == 0
    assert foot_at_rest(foot, TIMES, shortest_s=0.7)[120:].all()


@pytest.mark.parametrize(("jump", "rests"), [(0.019, True), (0.021, False)])
def test_the_speed_is_over_a_tenth_of_a_second(jump: float, rests: bool) -> None:
    foot = np.zeros((200, 1, 3))
    foot[100:, 0, 0] = jump
    assert foot_at_rest(foot, TIMES)[95:105].all() == rests
    assert foot_at_rest(foot, TIMES)[[80, 120]].all()


def test_rest_at_a_low_frame_rate() -> None:
    """Frames farther apart than the span: neighbours are compared."""
    rest = foot_at_rest(walking_foot()[::20], TIMES[::20])
    assert rest[0]
    assert rest[-1]
    assert not rest[3]


def test_rest_invalid() -> None:
    with pytest.raises(ValueRangeError, match="do not fit"):
        foot_at_rest(walking_foot(), TIMES[:5])
    with pytest.raises(ValueRangeError, match="above 0"):
        foot_at_rest(walking_foot(), TIMES, speed_limit=0.0)
    assert foot_at_rest(walking_foot()[:1], TIMES[:1]).tolist() == [False]


def test_ground_height_is_the_fifth_percentile() -> None:
    heights = np.linspace(0.0, 1.0, 101)[:, None]
    rest = np.ones(101, dtype=bool)
    assert g.ground_height(heights, rest) == pytest.approx(0.05)
    rest[:51] = False
    assert g.ground_height(heights, rest) == pytest.approx(0.51 + 0.05 * 0.49)
    heights[60] = np.nan
    assert np.isfinite(g.ground_height(heights, rest))


def test_one_outlier_does_not_move_the_ground() -> None:
    heights = np.full((100, 2), 0.02)
    heights[50, 0] = -0.2
    assert g.ground_height(heights, np.ones(100, dtype=bool)) == pytest.approx(0.02)


def test_ground_height_empty_and_invalid() -> None:
    with pytest.warns(UndefinedMetricWarning, match="never at rest"):
        assert np.isnan(g.ground_height(np.zeros((3, 2)), np.zeros(3, dtype=bool)))
    with pytest.raises(ValueRangeError, match="do not fit"):
        g.ground_height(np.zeros((3, 2)), np.zeros(4, dtype=bool))


def test_stances_have_heights_of_their_own() -> None:
    foot = walking_foot(0.02)
    foot[TIMES > 0.75, :, 1] -= 0.03
    found = g.stances(foot, TIMES, foot_at_rest(foot, TIMES))
    assert [stance.height_m for stance in found] == pytest.approx([0.02, -0.01], abs=0.003)
    assert found[0].start_s == 0.0
    assert found[1].end_s == TIMES[-1]


def test_a_stance_counts_its_own_frames_all_of_them() -> None:
    rest = np.zeros(200, dtype=bool)
    rest[40:61] = True
    foot = np.zeros((200, 1, 3))
    foot[:, 0, 1] = np.arange(200)
    (stance,) = g.stances(foot, TIMES, rest)
    assert stance == pytest.approx((0.40, 0.60, 41.0))  # 5 % of 40 to 60


def test_a_rest_may_be_just_long_enough() -> None:
    foot = walking_foot()
    first, stop = runs(foot_at_rest(foot, TIMES))[0]
    duration = TIMES[stop - 1] - TIMES[first]
    assert foot_at_rest(foot, TIMES, shortest_s=duration)[first]
    assert not foot_at_rest(foot, TIMES, shortest_s=duration + 0.005)[first]


def test_penetration_and_floating() -> None:
    heights = np.zeros((100, 2))
    heights[:, 1] = 0.05
    heights[10:20, 0] = -0.02
    heights[40:70] = 0.03
    stance = np.ones(100, dtype=bool)
    contact = g.floor_contact(heights, TIMES[:100], stance)
    assert contact == pytest.approx((0.02, 0.10, 0.03, 0.30))
    stance[15:] = False
    assert g.floor_contact(heights, TIMES[:100], stance) == pytest.approx((0.02, 0.05, 0.0, 0.0))
    lower = g.floor_contact(heights, TIMES[:100], np.ones(100, dtype=bool), ground=-0.02)
    assert lower.penetration_m == 0.0
    assert lower.floating_m == pytest.approx(0.05)


def test_tolerance_decides_on_duration_only() -> None:
    heights = np.full((100, 1), 0.004)
    contact = g.floor_contact(heights, TIMES[:100], np.ones(100, dtype=bool))
    assert contact == pytest.approx((0, 0, 0.004, 0))


def test_floor_contact_empty_and_invalid() -> None:
    heights = np.zeros((3, 1))
    with pytest.warns(UndefinedMetricWarning, match="never in stance"):
        assert np.isnan(g.floor_contact(heights, TIMES[:3], np.zeros(3, dtype=bool))).all()
    with pytest.warns(UndefinedMetricWarning, match="never in stance"):
        g.floor_contact(heights * np.nan, TIMES[:3], np.ones(3, dtype=bool))
    with pytest.raises(ValueRangeError, match="do not fit"):
        g.floor_contact(heights, TIMES[:2], np.ones(3, dtype=bool))


def test_offset_puts_the_lowest_marker_a_centimetre_up() -> None:
    heights = np.array([[0.3, -0.05], [0.2, np.nan]])
    assert g.vertical_offset(heights) == pytest.approx(0.06)
    assert (heights + g.vertical_offset(heights))[0, 1] == pytest.approx(0.01)


def test_offset_fragility() -> None:
    heights = np.array([[0.10, 0.20, 0.05], [0.02, 0.21, 0.04], [0.12, 0.22, 0.03]])
    fragility = g.offset_fragility(heights)
    # lowest 0.02 is frame 1, marker 0; without the frame 0.03, without the marker 0.03
    assert fragility == pytest.approx((1, 0.01, 0, 0.01))
    spiky = heights.copy()
    spiky[2, 1] = -0.5
    assert g.offset_fragility(spiky) == pytest.approx((2, 0.52, 1, 0.52))


def test_offset_fragility_is_what_leaving_out_does() -> None:
    heights = np.random.default_rng(0).normal(1.0, 0.1, (30, 8))
    heights[4, 2] = np.nan
    found = g.offset_fragility(heights)
    full = g.vertical_offset(heights)
    frames = [full - g.vertical_offset(np.delete(heights, i, axis=0)) for i in range(30)]
    markers = [full - g.vertical_offset(np.delete(heights, i, axis=1)) for i in range(8)]
    assert found.without_frame_m == pytest.approx(max(frames))
    assert found.frame == int(np.argmax(frames))
    assert found.without_marker_m == pytest.approx(max(markers))
    assert found.marker == int(np.argmax(markers))


def test_a_level_trial_is_not_fragile() -> None:
    fragility = g.offset_fragility(np.ones((4, 3)))
    assert fragility.without_frame_m == 0.0
    assert fragility.without_marker_m == 0.0


@pytest.mark.parametrize("shape", [(1, 3), (3, 1), (3,)])
def test_offset_fragility_invalid(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueRangeError):
        g.offset_fragility(np.ones(shape))
    with pytest.raises(ValueRangeError, match="marker present"):
        g.vertical_offset(np.full((2, 2), np.nan))
