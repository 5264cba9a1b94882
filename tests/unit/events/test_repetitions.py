"""Squats and sit-to-stands."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from kinebench.core import Coordinate, Markers, Motion
from kinebench.errors import KinebenchWarning, NameNotFoundError, ValueRangeError
from kinebench.events import (
    pelvis_height,
    repetitions,
    sit_to_stand_repetitions,
    squat_repetitions,
)

TIMES = np.arange(1200) / 100
CENTRES = (2.0, 5.0, 9.0)


def bumps(depths: tuple[float, ...] = (1.0, 0.9, 0.8), width: float = 0.5) -> np.ndarray:
    each = [
        depth * np.exp(-(((TIMES - centre) / width) ** 2))
        for depth, centre in zip(depths, CENTRES, strict=True)
    ]
    return np.sum(each, axis=0)


def motion(height: np.ndarray) -> Motion:
    return Motion((Coordinate("pelvis_ty", "translational"),), TIMES, height[:, None])


def test_squats_turn_at_their_deepest() -> None:
    found = squat_repetitions(motion(0.95 - 0.35 * bumps()))
    assert [repetition.turn_s for repetition in found] == pytest.approx(CENTRES, abs=0.015)
    for repetition, centre in zip(found, CENTRES, strict=True):
        assert repetition.start_s == pytest.approx(centre - 0.85, abs=0.08)
        assert repetition.end_s == pytest.approx(centre + 0.85, abs=0.08)


def test_sit_to_stand_is_the_other_way_round() -> None:
    found = sit_to_stand_repetitions(motion(0.5 + 0.4 * bumps()))
    assert [repetition.turn_s for repetition in found] == pytest.approx(CENTRES, abs=0.015)
    # seen as squats, the two sittings between are the repetitions, and both ends are cut
    with pytest.warns(KinebenchWarning, match="within a repetition") as caught:
        between = squat_repetitions(motion(0.5 + 0.4 * bumps()))
    assert len(between) == 2
    assert sorted(str(warning.message)[14:20] for warning in caught) == ["ends w", "starts"]


def test_any_signal_will_do() -> None:
    knee = np.deg2rad(5 + 90 * bumps())
    found = repetitions(knee, TIMES, "up", np.deg2rad(20))
    assert len(found) == 3
    assert found == repetitions(-knee, TIMES, "down", np.deg2rad(20))


def test_shallow_ones_and_small_movement() -> None:
    assert len(squat_repetitions(motion(0.95 - 0.35 * bumps((1.0, 0.4, 0.8))))) == 2
    assert squat_repetitions(motion(0.95 - 0.05 * bumps())) == ()
    assert squat_repetitions(motion(np.full(1200, 0.95))) == ()


def test_a_bounce_at_the_bottom_is_one_squat() -> None:
    bounce = bumps() * (1 - 0.4 * np.exp(-(((TIMES - 5.0) / 0.1) ** 2)))
    assert len(squat_repetitions(motion(0.95 - 0.35 * bounce))) == 3


def test_noise_makes_no_repetitions() -> None:
    noise = np.random.default_rng(4).normal(0, 0.01, 1200)
    found = squat_repetitions(motion(0.95 - 0.35 * bumps() + noise))
    assert [repetition.turn_s for repetition in found] == pytest.approx(CENTRES, abs=0.15)


def test_one_wild_frame_is_smoothed() -> None:
    height = 0.95 - 0.35 * bumps()
    height[700] += 0.3
    assert len(squat_repetitions(motion(height))) == 3


def test_without_rest_between_they_meet_at_the_highest_point() -> None:
    quick = 0.5 - 0.5 * np.cos(2 * np.pi * TIMES / 3) + 0.2 * np.sin(np.pi * TIMES / 12) ** 0.1
    found = repetitions(quick, TIMES, "up", 0.1)
    assert len(found) == 4
    for one, other in pairwise(found):
        assert one.turn_s < one.end_s <= other.start_s < other.turn_s


@pytest.mark.parametrize(("first", "last", "what"), [(200, 1200, "starts"), (0, 900, "ends")])
def test_cut_off_repetitions_are_told(first: int, last: int, what: str) -> None:
    height = (0.95 - 0.35 * bumps())[first:last]
    with pytest.warns(KinebenchWarning, match=f"{what} within a repetition"):
        found = repetitions(height, TIMES[first:last], "down", 0.1)
    assert len(found) == 2


def test_gaps_are_skipped() -> None:
    height = 0.95 - 0.35 * bumps()
    height[350:380] = np.nan
    assert len(repetitions(height, TIMES, "down", 0.1)) == 3


@pytest.mark.parametrize(
    ("names", "height"),
    [
        (("midHip", "RHip", "LHip"), 1.0),
        (("r.ASIS_study", "L.ASIS_study", "r.PSIS_study", "L.PSIS_study", "RHip", "LHip"), 2.5),
        (("r.ASIS", "L.ASIS", "r.PSIS", "L.PSIS"), 2.5),
        (("C7", "LHip", "RHip"), 2.5),
    ],
)
def test_pelvis_of_markers(names: tuple[str, ...], height: float) -> None:
    positions = np.zeros((3, len(names), 3))
    positions[..., 1] = np.arange(1, len(names) + 1)
    np.testing.assert_allclose(pelvis_height(Markers(names, np.arange(3.0), positions)), height)


def test_invalid() -> None:
    with pytest.raises(NameNotFoundError, match=r"no pelvis.*it has: C7"):
        squat_repetitions(Markers(("C7",), TIMES, np.zeros((1200, 1, 3))))
    with pytest.raises(ValueRangeError, match="'up' or 'down'"):
        repetitions(bumps(), TIMES, "sideways", 0.1)  # type: ignore[arg-type]
    with pytest.raises(ValueRangeError, match="above 0"):
        repetitions(bumps(), TIMES, "up", 0.0)
    with pytest.raises(ValueRangeError, match="one shape"):
        repetitions(bumps(), TIMES[:-1], "up", 0.1)
    with pytest.raises(ValueRangeError, match="three frames"):
        repetitions([1.0, np.nan, 2.0], [0.0, 1.0, 2.0], "up", 0.1)
