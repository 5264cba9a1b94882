from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kinebench.core import Coordinate, Markers, Motion
from kinebench.errors import AlignmentError
from kinebench.validation import find_clock, given_clock

NAMES = ("pelvis_tx", "pelvis_ty", "pelvis_tz", "knee_angle_r", "knee_angle_l", "hip_flexion_r")


def course(times: np.ndarray) -> np.ndarray:
    """Movement without a period, defined at all times: two frequencies whose ratio is no number."""
    swing, sway = np.sin(2.1 * times), np.sin(5.1 * times + 0.4)
    return np.stack(
        [
            0.3 * times + 0.05 * sway,
            0.9 + 0.05 * swing + 0.04 * sway,
            0.1 * swing,
            0.6 + 0.5 * swing + 0.2 * sway,
            0.6 - 0.4 * swing + 0.3 * sway,
            0.4 + 0.3 * swing - 0.2 * sway,
        ],
        axis=1,
    )


def motion(start: float, end: float, rate: float, late: float = 0.0, slow: float = 0.0) -> Motion:
    """Filmed from start to end of true time, on a clock that is late, and runs slow."""
    times = np.arange(round((end - start) * rate)) / rate + start
    coordinates = tuple(
        Coordinate(name, "translational" if name.startswith("pelvis_t") else "rotational")
        for name in NAMES
    )
    return Motion(coordinates, times * (1 + slow) + late, course(times))


@pytest.mark.parametrize("late", [-2.35, -0.4, 0.0, 2.35, 1e4])
def test_any_lag_is_found(late: float) -> None:
    found = find_clock(motion(0, 6, 100), motion(0.7, 6.5, 60, late))
    assert found.lag_s == pytest.approx(late, abs=1e-3)
    assert found.confidence == "high"
    assert [signal.name for signal in found.signals] == ["the leg angles", "the pelvis's movement"]
    assert found.drift_s == pytest.approx(0, abs=2e-3)


def test_markers_tell_it_whichever_way_the_laboratory_faces() -> None:
    def markers(start: float, late: float, turned: bool) -> Markers:
        times = np.arange(400) / 80 + start
        moves = course(times)
        points = np.stack([moves[:, [0, 1, 2]], moves[:, [3, 4, 5]]], axis=1)
        points = points[..., [2, 1, 0]] * [1, 1, -1] if turned else points
        return Markers(("a", "b"), times + late, points)

    found = find_clock(markers(0, 0, False), markers(0.5, 1.23, True))
    assert found.lag_s == pytest.approx(1.23, abs=1e-3)
    assert "heights" in found.signals[0].name


def test_a_drift_is_measured() -> None:
    # a clock that runs 1 % slow over 6 s is 60 ms late in the end
    found = find_clock(motion(0, 6, 100), motion(0, 6, 100, slow=0.01))
    assert found.drift_s == pytest.approx(0.06, rel=0.15)


def test_a_lag_at_the_edge_is_an_error() -> None:
    # they share 2.9 s of 6: a tenth of a second less than the search goes to
    with pytest.raises(AlignmentError, match="at the edge of the search"):
        find_clock(motion(0, 6, 60), motion(3.1, 9.1, 60))


def test_two_signals_that_disagree_are_an_error() -> None:
    whole = motion(0, 6, 100)
    shifted = np.array(whole.values)
    shifted[:, :3] = course(whole.times - 0.5)[:, :3]
    with pytest.raises(AlignmentError, match="two signals do not agree"):
        find_clock(whole, replace(whole, values=shifted))


def test_another_movement_is_refused_with_the_sizes() -> None:
    whole = motion(0, 6, 100)
    noise = np.random.default_rng(3).standard_normal(whole.values.shape)
    with pytest.raises(AlignmentError, match="do not look like one trial") as caught:
        find_clock(whole, replace(whole, values=noise))
    assert "for 6.0 and 6.0 s" in str(caught.value)


def test_a_rival_lag_lowers_the_confidence() -> None:
    # ten cycles, moved by one: nine of ten frames still overlap
    whole = motion(0, 20, 60)
    values = np.tile(course(np.arange(120) / 60), (10, 1))
    cyclic = replace(whole, values=values)
    found = find_clock(cyclic, cyclic)
    assert abs(found.lag_s) < 1e-3
    assert found.rival_s is not None
    assert abs(found.rival_s) == pytest.approx(2.0, abs=0.05)
    assert found.confidence == "low"


def test_a_lag_that_is_stated_must_fit() -> None:
    one, other = motion(0, 6, 100), motion(0, 6, 100, 1.5)
    assert given_clock(one, other, 1.5).given
    with pytest.raises(AlignmentError, match="at the lag given"):
        given_clock(one, other, 0.3)


def test_a_second_signal_that_says_nothing_asks_more_of_the_first() -> None:
    whole = motion(0, 6, 100)
    rng = np.random.default_rng(4)
    values = np.array(whole.values)
    values[:, :3] += rng.standard_normal((600, 3))
    found = find_clock(whole, replace(whole, values=values))
    assert abs(found.lag_s) < 1e-3
    assert found.confidence == "low"
    values[:, 3:] += 0.15 * rng.standard_normal((600, 3))
    with pytest.raises(AlignmentError, match=r"0\.95 or more.*correlates by 0\.\d+ only"):
        find_clock(whole, replace(whole, values=values))


def test_somebody_who_does_not_move_tells_no_lag() -> None:
    still = replace(motion(0, 6, 100), values=np.ones((600, 6)))
    with pytest.raises(AlignmentError, match="both recordings must move"):
        find_clock(still, still)
