from __future__ import annotations

import numpy as np
import pytest

from kinebench.comparison import ScoredInterval, scored_intervals
from kinebench.core import Coordinate, Markers, Motion
from kinebench.errors import NotApplicableError, ValueRangeError
from kinebench.events import ManualEvent


def height(course: np.ndarray, rate_hz: float = 100.0) -> Motion:
    times = np.arange(len(course)) / rate_hz
    return Motion((Coordinate("pelvis_ty", "translational"),), times, course[:, None])


def bumps(sign: float, n: int) -> np.ndarray:
    """1 s of rest, then n times 2 s of movement and 1 s of rest."""
    bump = 0.15 * (1 - np.cos(2 * np.pi * np.arange(200) / 200))
    rest = np.zeros(100)
    return 0.9 + sign * np.concatenate([rest, *([bump, rest] * n)])


@pytest.mark.parametrize(("kind", "sign"), [("squat", -1.0), ("sts", 1.0)])
def test_repetitions_are_numbered(kind: str, sign: float) -> None:
    found = scored_intervals(kind, height(bumps(sign, 3)))
    assert [interval.name for interval in found] == [f"{kind} 1", f"{kind} 2", f"{kind} 3"]
    for i, interval in enumerate(found):
        assert 1 + 3 * i <= interval.start_s <= 1.5 + 3 * i
        assert 2.5 + 3 * i <= interval.end_s <= 3 + 3 * i
        assert interval.side == ""


def test_no_repetition_is_an_error() -> None:
    with pytest.raises(ValueRangeError, match=r"no whole repetition \(squat\)"):
        scored_intervals("squat", height(np.full(300, 0.9)))


def walking(duration_s: float = 4.0) -> Motion:
    """Hips that swing once a second, the left half a cycle after the right.

    The right hip is most extended at 0.5 s, 1.5 s, …, the left at 1.0 s, 2.0 s, …
    """
    times = np.arange(round(duration_s * 100) + 1) / 100
    right = 0.4 * np.cos(2 * np.pi * times)
    left = -0.4 * np.cos(2 * np.pi * times)
    coordinates = (Coordinate("hip_flexion_r"), Coordinate("hip_flexion_l"))
    return Motion(coordinates, times, np.stack([right, left], axis=1))


def test_gait_cycles_of_a_motion_start_when_the_other_hip_is_most_extended() -> None:
    found = scored_intervals("gait", walking())
    right = [interval for interval in found if interval.side == "right"]
    left = [interval for interval in found if interval.side == "left"]
    assert [interval.name for interval in right] == ["right cycle 1", "right cycle 2"]
    assert np.allclose([interval.start_s for interval in right], [1.0, 2.0], atol=0.011)
    assert np.allclose([interval.end_s for interval in right], [2.0, 3.0], atol=0.011)
    assert np.allclose([interval.start_s for interval in left], [0.5, 1.5, 2.5], atol=0.011)


def test_gait_needs_both_hips() -> None:
    with pytest.raises(
        NotApplicableError, match="and hip_flexion_l, and the reference has hip_flexion_r"
    ):
        scored_intervals("gait", walking().select(["hip_flexion_r"]))


def walking_markers(duration_s: float = 4.0) -> Markers:
    """Feet that swing about a pelvis that walks at 1 m/s; the right heel is ahead at 0, 1, 2 s."""
    times = np.arange(round(duration_s * 100) + 1) / 100
    names = ["midHip"]
    points = [np.stack([times, np.full_like(times, 0.9), np.zeros_like(times)], axis=1)]
    for side, sign in (("R", 1.0), ("L", -1.0)):
        swing = 0.3 * sign * np.cos(2 * np.pi * times)
        for name, ahead in (("Heel", 0.0), ("BigToe", 0.2), ("SmallToe", 0.18)):
            names.append(f"{side}{name}")
            x = times + swing + ahead
            points.append(np.stack([x, np.zeros_like(x), np.full_like(x, 0.1 * sign)], axis=1))
    return Markers(tuple(names), times, np.stack(points, axis=1))


@pytest.mark.parametrize("how", ["as the reference", "beside a motion"])
def test_gait_cycles_of_markers_start_when_the_heel_is_farthest_ahead(how: str) -> None:
    markers = walking_markers()
    if how == "as the reference":
        found = scored_intervals("gait", markers)
    else:
        found = scored_intervals("gait", walking(), markers)
    right = [interval for interval in found if interval.side == "right"]
    assert np.allclose([interval.start_s for interval in right], [1.0, 2.0], atol=0.011)
    left = [interval for interval in found if interval.side == "left"]
    assert np.allclose([interval.start_s for interval in left], [0.5, 1.5, 2.5], atol=0.011)


def test_gait_of_markers_needs_a_pelvis() -> None:
    markers = walking_markers()
    with pytest.raises(NotApplicableError, match="pelvis"):
        scored_intervals("gait", markers.select(markers.names[1:]))


def hopping() -> Markers:
    """Both feet on the ground but for 1.0 to 1.4 s and 2.0 to 2.3 s, 0.2 m high in between."""
    times = np.arange(401) / 100
    y = np.zeros_like(times)
    for start, end in ((1.0, 1.4), (2.0, 2.3)):
        inside = (times > start) & (times < end)
        y[inside] = 0.2
    names = tuple(f"{side}{name}" for side in "RL" for name in ("Heel", "BigToe", "SmallToe"))
    positions = np.zeros((len(times), 6, 3))
    positions[..., 1] = y[:, None]
    return Markers(names, times, positions)


def test_jump_phases() -> None:
    found = scored_intervals("jump", hopping())
    assert [interval.name for interval in found] == ["flight 1", "contact 1", "flight 2"]
    assert np.allclose([interval.start_s for interval in found], [1.0, 1.4, 2.0], atol=0.011)
    assert np.allclose([interval.end_s for interval in found], [1.4, 2.0, 2.3], atol=0.011)


def test_a_motion_shows_no_feet() -> None:
    with pytest.raises(NotApplicableError, match="--event-markers"):
        scored_intervals("jump", walking())


def test_named_events() -> None:
    events = (
        ManualEvent("push", 0.5, 1.0, ""),
        ManualEvent("strike", 3.0, None, ""),
        ManualEvent("strike", 1.0, None, ""),
        ManualEvent("strike", 2.0, None, ""),
        ManualEvent("push", 2.0, 2.5, "other trial"),
        ManualEvent("alone", 2.0, None, ""),
    )
    assert scored_intervals(events, walking(), trial="walk") == (
        ScoredInterval("push", 0.5, 1.0),
        ScoredInterval("strike 1", 1.0, 2.0),
        ScoredInterval("strike 2", 2.0, 3.0),
    )


def test_named_events_of_another_trial_only() -> None:
    with pytest.raises(ValueRangeError, match="trial 'walk'"):
        scored_intervals((ManualEvent("a", 0.0, 1.0, "run"),), walking(), trial="walk")
