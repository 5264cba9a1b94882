"""How a movement goes, on stick figures: what each feature is of courses that are known by hand."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from numpy.typing import ArrayLike

from kinebench.core import Markers, Subject, Trial
from kinebench.core.arrays import FloatArray
from kinebench.diagnosis.course_features import (
    of_choices,
    of_depth,
    of_frames,
    of_time,
    of_wandering,
)
from kinebench.diagnosis.stance_features import Choices
from kinebench.remarks import unheard
from tests.unit.diagnosis.stick_figures import LEG, along, bent, figure, of_both
from tests.unit.diagnosis.virtual_sessions import session

# Hips that sink by 0.05 m a frame: the 90th percentile lies at −0.02 m, the 10th at −0.18 m.
SINKING = np.array([0.0, -0.05, -0.1, -0.15, -0.2])
DEPTH = np.array([0.0, 0.1875, 0.5, 0.8125, 1.0])


def without(recording: Markers, name: str, frames: int | slice) -> Markers:
    positions = np.array(recording.positions)
    positions[frames, recording.names.index(name)] = np.nan
    return recording.with_positions(positions)


# ---- with depth


def sinking(shifts: Mapping[str, ArrayLike]) -> Markers:
    down = along("y", SINKING)
    hips = {name: down + np.asarray(shifts.get(name, 0.0)) for name in ("RHip", "LHip", "midHip")}
    return figure(5, {**shifts, **hips})


@pytest.mark.parametrize(
    ("shifts", "expected"),
    [
        ({"RHip": along("y", -0.02 * DEPTH), "LHip": along("y", 0.02 * DEPTH)},
         {"hip sinks": -40.0, "thigh with depth": -40.0}),
        ({"LKnee": along("y", -0.03 * DEPTH)},
         {"knee sinks": 30.0, "thigh with depth": -30.0, "shank with depth": 30.0}),
        ({"RShoulder": along("y", -0.05 * DEPTH)}, {"shoulder sinks": -50.0}),
        ({"RAnkle": along("z", -0.02 * DEPTH), "LAnkle": along("z", -0.02 * DEPTH)},
         {"pelvis shifts": 20.0}),
        ({"RBigToe": along("x", 0.01 * DEPTH)}, {"foot with depth": 10.0}),
        ({"RAnkle": bent(25.0 * DEPTH)}, {"deep uneven": 25.0}),
        ({"LAnkle": bent(25.0 * DEPTH)}, {"deep uneven": -25.0}),
    ],
)  # fmt: skip
def test_what_changes_with_depth_is_told_from_highest_to_deepest(
    shifts: dict[str, FloatArray], expected: dict[str, float]
) -> None:
    """In mm and degrees; of everything that is asked, this alone changes."""
    known = ("hip sinks", "knee sinks", "shoulder sinks", "pelvis shifts", "deep uneven",
             "thigh with depth", "shank with depth", "foot with depth")  # fmt: skip
    found = of_depth(sinking(shifts))
    assert set(found) == set(known)
    for name in known:
        # an ankle that is bent back moves the middle of both, and no height
        assert found[name] == pytest.approx(expected.get(name, 0.0), abs=1e-9), name


@pytest.mark.filterwarnings("ignore:Mean of empty slice")
def test_frames_without_a_keypoint_do_not_count() -> None:
    moving = sinking({"RShoulder": along("y", -0.05 * DEPTH), "LKnee": along("y", -0.03 * DEPTH)})
    gaps = without(without(moving, "RShoulder", 1), "LKnee", slice(None))
    found = of_depth(gaps)
    assert found["shoulder sinks"] == pytest.approx(-50.0)
    assert math.isnan(found["knee sinks"])
    assert math.isnan(found["thigh with depth"])


def test_a_line_goes_through_all_frames_not_through_the_ends() -> None:
    """Off the line by known amounts: the slope is Σ d·y / Σ d² of depths d about their mean."""
    off = np.array([0.0, 0.01, 0.0, 0.0, 0.0])
    found = of_depth(sinking({"RShoulder": along("y", off)}))
    d = DEPTH - 0.5
    assert found["shoulder sinks"] == pytest.approx(10.0 * d[1] / (d @ d))


def test_who_stays_at_one_height_changes_nothing_with_depth() -> None:
    still = figure(5, {"RShoulder": along("y", [0.0, 0.1, 0.0, 0.2, 0.0])})
    assert of_depth(still)["shoulder sinks"] == 0.0


# ---- in time

RATE = 60.0


def squatting(right_deg: ArrayLike, left_deg: ArrayLike, rate_hz: float = RATE) -> Markers:
    """Knees that go forwards as they bend; ankles stay."""
    shifts: dict[str, ArrayLike] = {}
    for side, course in (("R", right_deg), ("L", left_deg)):
        half = np.radians(np.asarray(course, dtype=float)) / 2
        zero = np.zeros_like(half)
        knee = [0.4 * np.sin(half), 0.4 * np.cos(half) - 0.4, zero]
        shifts[side + "Knee"] = np.stack(knee, axis=1)
        shifts[side + "Hip"] = along("y", 0.8 * np.cos(half) - 0.8)
    return figure(len(np.asarray(right_deg)), shifts, rate_hz)


def swinging(right_deg: ArrayLike, left_deg: ArrayLike) -> Markers:
    """Shanks that swing back below thighs that stay: angles are exactly these."""
    return figure(len(np.asarray(right_deg)), {"RAnkle": bent(right_deg), "LAnkle": bent(left_deg)})


def wave(n_frames: int, late_frames: float = 0.0, deg: float = 60.0) -> FloatArray:
    """Bending once in sixty frames, and a little of something that does not repeat."""
    t = (np.arange(n_frames) - late_frames) / 60
    return np.asarray(deg * (np.sin(np.pi * t) ** 2 + 0.1 * np.sin(0.7 * t)))


@pytest.mark.parametrize("late_frames", [-7.4, -3.0, 0.0, 1.2, 6.0])
@pytest.mark.parametrize("rate_hz", [60.0, 100.0])
def test_how_much_later_the_right_side_is(late_frames: float, rate_hz: float) -> None:
    moving = squatting(wave(180, late_frames), wave(180), rate_hz)
    found = of_time(moving, moving)
    assert found["late"] == pytest.approx(1e3 * late_frames / rate_hz, abs=2.0)  # ms
    # one step of a search from no lag finds short ones alone
    if abs(late_frames) <= 3:
        assert found["late path"] == pytest.approx(1e3 * late_frames / rate_hz, abs=2.0)
    assert found["alike"] < math.log(0.01)
    other = squatting(wave(180), wave(180, late_frames), rate_hz)
    swapped = of_time(other, other)
    for name in ("late", "late path"):
        assert swapped[name] == pytest.approx(-found[name], abs=1e-6)


def lags_by_pandas(one: FloatArray, other: FloatArray, farthest: int) -> dict[int, float]:
    """Correlation by lag, of nine frames at least: what the feature is made of, the other way."""
    return {
        k: pd.Series(one).corr(pd.Series(other).shift(k), min_periods=9)
        for k in range(-farthest, farthest + 1)
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_lag_is_where_a_parabola_through_the_best_correlations_is_highest(seed: int) -> None:
    numbers = np.random.default_rng(seed)
    right, left = (wave(90, late) + numbers.normal(0, 6, 90) for late in (3.0, 0.0))
    right[20:26] = np.nan
    moving = swinging(right, left)
    known = lags_by_pandas(right, left, 12)
    best = max(known, key=lambda k: known[k])
    curve = np.polynomial.Polynomial.fit(
        [best - 1, best, best + 1], [known[k] for k in (best - 1, best, best + 1)], 2
    )
    (top,) = curve.deriv().roots().tolist()
    found = of_time(moving, moving)
    assert found["alike"] == pytest.approx(math.log(1 - known[best]))
    assert found["late"] == pytest.approx(1e3 * top / RATE)


def test_a_lag_is_a_fifth_of_a_second_at_most() -> None:
    """Thirteen frames of sixty are told as twelve, to either side."""
    for late_frames in (13, -13):
        moving = squatting(wave(120, late_frames), wave(120))
        expected = math.copysign(200.0, late_frames)
        assert of_time(moving, moving)["late"] == pytest.approx(expected)


@pytest.mark.parametrize(("n_known", "is_told"), [(9, True), (8, False)])
def test_a_correlation_takes_nine_frames(n_known: int, is_told: bool) -> None:
    """Of nine that are known, at no lag: others have fewer, and correlate as −1."""
    right = np.full(60, np.nan)
    right[20 : 20 + n_known] = np.linspace(0.0, 60.0, n_known)
    moving = swinging(right, right)
    found = of_time(moving, moving)
    if is_told:
        assert found["alike"] == pytest.approx(math.log(1e-6))
        assert found["late"] == pytest.approx(0.0)
    else:
        assert found == {"alike": pytest.approx(math.log(2.0))}


def test_sides_that_are_not_alike_have_no_lag() -> None:
    """Correlations of 0.92 and 0.88, from noise of a known share that the other side lacks."""
    course, numbers = wave(240), np.random.default_rng(5)
    noise = numbers.normal(0, 1, 240)
    noise -= np.polyval(np.polyfit(course, noise, 1), course)  # uncorrelated at no lag
    for wanted, is_told in ((0.92, True), (0.88, False)):
        size = np.std(course) / np.std(noise) * math.sqrt(1 / wanted**2 - 1)
        moving = swinging(course + size * noise, course)
        found = of_time(moving, moving)
        assert found["alike"] == pytest.approx(math.log(1 - wanted), abs=0.15)
        assert ("late" in found) is is_told
        assert ("late path" in found) is is_told


@pytest.mark.parametrize("rate_hz", [60.0, 100.0])
def test_a_course_must_be_four_times_as_long_as_the_farthest_lag(rate_hz: float) -> None:
    """0.2 s either way: shorter ones have too few frames that overlap."""
    fewest = round(0.8 * rate_hz)
    for n_frames, is_told in ((fewest, True), (fewest - 1, False)):
        moving = squatting(wave(n_frames, 30), wave(n_frames, 30), rate_hz)
        assert bool(of_time(moving, moving)) is is_told


def test_both_knees_must_bend_by_20_degrees_with_gaps_and_without() -> None:
    for right_deg, left_deg, is_told in (
        (21.0, 30.0, True), (30.0, 21.0, True), (19.0, 30.0, False), (30.0, 19.0, False),
    ):  # fmt: skip
        course = np.sin(np.pi * np.arange(120) / 60) ** 2
        moving = swinging(right_deg * course, left_deg * course)
        for one in (moving, without(moving, "RKnee", slice(50, 53))):
            assert bool(of_time(one, one)) is is_told


# ---- what wanders


def with_lengths(shanks: ArrayLike, bend_deg: ArrayLike) -> Markers:
    """A right shank that is longer by a course, and knees that bend by another."""
    bend = bent(bend_deg)
    knee = np.array([0.0, 0.4, 0.0])
    longer = knee + (bend - knee) * (1.0 + np.asarray(shanks) / 0.4)[:, None]
    return figure(len(bend), {"RAnkle": longer, "LAnkle": bend})


def test_what_bending_does_not_explain_wanders() -> None:
    """A length that follows the angle, or its square, does not; of the rest its RMS counts.

    Of thigh and shank together: the thigh stays, so that the RMS is that of the shank over √2.
    """
    bend = np.linspace(0.0, 80.0, 40)
    radians = np.radians(bend)
    off = 0.01 * np.cos(np.arange(40) * 2.0)
    explained = 0.02 * radians - 0.01 * radians**2 + 0.03
    rest = off - np.polyval(np.polyfit(radians, off, 2), radians)
    size = math.sqrt(np.mean(rest**2) / 2)
    for course in (off, off + explained):
        found = of_wandering(with_lengths(course, bend))
        assert found["wandering, most"] == pytest.approx(math.log(1e3 * size))
        # of the left, nothing: no less than a tenth of a millimetre counts
        assert found["wandering"] == pytest.approx(math.log(size / 1e-4))
    nothing = of_wandering(with_lengths(explained, bend))
    assert nothing["wandering, most"] == pytest.approx(math.log(0.1))


def test_twenty_frames_tell_what_wanders() -> None:
    bend = np.linspace(0.0, 80.0, 40)
    off = 0.01 * np.cos(np.arange(40) * 2.0)
    moving = with_lengths(off, bend)
    assert set(of_wandering(moving.at_frames(np.arange(20)))) == {"wandering", "wandering, most"}
    assert of_wandering(moving.at_frames(np.arange(19))) == {}
    gaps = of_wandering(without(moving, "RKnee", slice(20, 40)))
    assert math.isfinite(gaps["wandering"])
    assert math.isnan(of_wandering(without(moving, "RKnee", slice(19, 40)))["wandering"])


@pytest.mark.parametrize("side", ["R", "L"])
def test_a_foot_at_rest_moves_as_in_the_calmest_quarter_of_two_second_stretches(side: str) -> None:
    """To and fro by ±a, a² rising by 1 mm² a frame: a stretch's variance is its mean of a².

    Stretches of 120 frames begin every 15 frames: five in 180, of which the second calmest, the
    quarter, begins at frame 15: a² has its mean at 74.5. One keypoint of four moves, along z.
    """
    course = 1e-3 * np.sqrt(np.arange(180.0)) * (-1.0) ** np.arange(180)
    found = of_wandering(figure(180, {side + "Heel": along("z", course)}))
    size = math.log(math.sqrt(74.5 / 4) / 0.1)
    assert found["feet wander, most"] == pytest.approx(math.log(math.sqrt(74.5 / 4)), rel=1e-4)
    assert found["feet wander"] == pytest.approx(size if side == "R" else -size, rel=1e-4)


@pytest.mark.parametrize(("rate_hz", "fewest"), [(60.0, 120), (12.0, 24), (3.0, 8), (1.0, 8)])
def test_two_seconds_of_a_foot_are_needed_and_eight_frames(rate_hz: float, fewest: int) -> None:
    course = 0.01 * (-1.0) ** np.arange(fewest)
    moving = figure(fewest, of_both(dict.fromkeys(LEG, along("x", course))), rate_hz)
    short = moving.at_frames(np.arange(fewest - 1))
    if fewest >= 21:
        assert of_wandering(moving)["feet wander, most"] == pytest.approx(math.log(10.0))
        assert "feet wander" not in of_wandering(short)
    longer = figure(24, of_both({"Heel": along("x", 0.01 * (-1.0) ** np.arange(24))}), rate_hz)
    # every stretch of an even number of frames has the variance of all
    if fewest == 8:
        found = of_wandering(longer)["feet wander, most"]
        assert found == pytest.approx(math.log(10.0 / 2))


# ---- frame by frame


def test_a_jump_is_a_leg_s_keypoint_0_1_m_off_the_median_of_five_frames() -> None:
    """Of 20 frames that have two before and two behind them, as a share in percent."""

    def jumps(*shifts: tuple[str, int, float]) -> float:
        positions = np.array(figure(24).positions)
        names = figure(24).names
        for name, frame, x in shifts:
            positions[frame, names.index(name), 0] += x
        moving = figure(24).with_positions(positions)
        return math.exp(of_frames(moving, moving)["jumps"]) - 0.05

    assert jumps() == pytest.approx(0.0)
    for side in "RL":
        for joint in LEG:
            assert jumps((side + joint, 9, 0.11)) == pytest.approx(5.0)
    assert jumps(("RKnee", 9, 0.09)) == pytest.approx(0.0)
    assert jumps(("RKnee", 2, -0.11), ("LKnee", 21, 0.11)) == pytest.approx(10.0)
    assert jumps(("RKnee", 1, 0.11), ("LKnee", 22, 0.11)) == pytest.approx(0.0)
    assert jumps(("RKnee", 9, 0.11), ("LHeel", 9, 0.11)) == pytest.approx(5.0)
    # two of five are off the median, three are it
    assert jumps(*(("RKnee", frame, 0.3) for frame in (9, 10))) == pytest.approx(10.0)
    assert jumps(*(("RKnee", frame, 0.3) for frame in (9, 10, 11, 12, 13))) == pytest.approx(0.0)
    assert jumps(("RWrist", 9, 0.5)) == pytest.approx(0.0)


def test_tremble_is_the_standard_deviation_of_what_second_differences_show() -> None:
    """To and fro by ±a: they are 4a; of normal noise their median is 0.6745·√6 of its deviation.

    The mean over the eighteen coordinates of a leg.
    """
    course = 2e-3 * (-1.0) ** np.arange(24)
    all_of_right = {"R" + joint: np.outer(course, np.ones(3)) for joint in LEG}
    size = 8.0 / 0.6745 / math.sqrt(6.0)
    moving = figure(24, {**all_of_right, "LKnee": along("y", course)})
    found = of_frames(moving, moving)
    assert found["tremble, most"] == pytest.approx(math.log(size), rel=1e-6)
    assert found["tremble"] == pytest.approx(math.log(18.0), rel=1e-6)
    still = figure(24)
    assert of_frames(still, still)["tremble, most"] == pytest.approx(math.log(0.1))


def test_exchanged_legs_are_a_share_of_the_frames() -> None:
    """20 frames in which legs carry each other's names."""
    recording = session().keypoints
    positions, names = np.array(recording.positions), recording.names
    right, left = ([names.index(side + joint) for joint in LEG[1:]] for side in "RL")
    exchanged = slice(60, 80)
    positions[exchanged, right], positions[exchanged, left] = (
        positions[exchanged, left].copy(), positions[exchanged, right].copy(),
    )  # fmt: skip
    share = 100 * 20 / len(positions)
    with unheard():
        found = of_frames(recording.with_positions(positions), recording)
        clean = of_frames(recording, recording)
    assert math.exp(found["swaps"]) == pytest.approx(0.1 + share, rel=1e-6)
    assert clean["swaps"] == pytest.approx(math.log(0.1))


@pytest.mark.parametrize(
    "point", ["RHeel", "RBigToe", "RSmallToe", "LHeel", "LBigToe", "LSmallToe"]
)
def test_the_lowest_frame_of_a_foot_is_held_against_half_a_second_around_it(point: str) -> None:
    def low_mm(frames: slice, depth_m: float = 0.05, n_frames: int = 60) -> float:
        course = np.linspace(0.0, 0.0, n_frames)
        course[frames] -= depth_m
        moving = figure(n_frames, {point: along("y", course)})
        return math.exp(of_frames(moving, moving)["low outlier"]) - 1.0

    assert low_mm(slice(30, 31)) == pytest.approx(50.0)
    assert low_mm(slice(30, 31), -0.05) == pytest.approx(0.0)  # a step up is none
    # 15 frames of 31 are fewer than half; 16 are what is usual there
    assert low_mm(slice(20, 35)) == pytest.approx(50.0)
    assert low_mm(slice(20, 36)) == pytest.approx(0.0)
    # at the ends, the last frame counts for those that are not there
    assert low_mm(slice(1, 2)) == pytest.approx(50.0)
    assert low_mm(slice(0, 1)) == pytest.approx(0.0)
    # half a second, and a frame, is what it takes
    assert low_mm(slice(16, 17), n_frames=32) == pytest.approx(50.0)
    assert low_mm(slice(16, 17), n_frames=31) == pytest.approx(0.0)


def test_of_several_low_frames_the_lowest_counts_and_of_a_slow_camera_three_frames() -> None:
    courses = {name: along("y", -size * (np.arange(60) == frame))
               for name, size, frame in (("RHeel", 0.02, 20), ("LBigToe", 0.07, 30),
                                         ("LSmallToe", 0.04, 40))}  # fmt: skip
    moving = figure(60, courses)
    assert math.exp(of_frames(moving, moving)["low outlier"]) == pytest.approx(71.0)
    lost = {"RHeel": along("y", np.full(60, np.nan)), "LSmallToe": along("y", np.full(60, np.nan))}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # numpy's, of a course without a frame
        without = figure(60, {**lost, "LBigToe": courses["LBigToe"]})
        assert math.exp(of_frames(without, without)["low outlier"]) == pytest.approx(71.0)
    slow = figure(7, {"RHeel": along("y", [0, 0, 0, -0.05, 0, 0, 0])}, rate_hz=2.0)
    assert math.exp(of_frames(slow, slow)["low outlier"]) == pytest.approx(51.0)


# ---- choices


def trial_of(moving: Markers, mass_kg: float = 60.0, height_m: float = 1.6) -> Trial:
    return Trial("t", Subject(mass_kg, height_m), moving)


def test_mass_is_held_against_a_body_mass_index_of_24() -> None:
    moving = figure(5)
    found = of_choices(trial_of(moving, 96.0, 2.0), Choices(), moving)
    assert found["mass"] == pytest.approx(0.0)
    found = of_choices(trial_of(moving, 60.0, 1.6), Choices(), moving)
    assert found["mass"] == pytest.approx(math.log(60.0 / 1.6**2 / 24.0))


def test_what_a_knee_turns_in_the_first_second_counts_without_warm_up() -> None:
    """10° of the left knee up to one second after the first frame; then the right turns by 50°."""
    t = np.arange(31) / 10
    left = bent(np.clip(10.0 * t, 0.0, 10.0))
    right = bent(np.where(t > 1.05, 50.0, 4.0 * np.clip(t, 0.0, 1.0)))
    moving = figure(31, {"LAnkle": left, "RAnkle": right}, 10.0, start_s=5.0)
    trial = trial_of(moving)
    for warm_up_s, expected in ((0.0, 10.0), (0.99, 10.0), (1.0, 0.0), (2.0, 0.0)):
        found = of_choices(trial, Choices(warm_up_s=warm_up_s), moving)
        assert found["start"] == pytest.approx(expected, abs=1e-9)
    bare = moving.select(["Neck", *(side + joint for side in "RL" for joint in LEG[1:])])
    assert of_choices(trial, Choices(warm_up_s=0.0), bare)["start"] == 0.0


def test_a_rate_is_told_in_octaves_of_the_one_that_the_augmenter_knows() -> None:
    for rate_hz, trained_hz, expected in ((120.0, 60.0, 1.0), (30.0, 60.0, -1.0), (60, 60, 0.0)):
        moving = figure(5, rate_hz=rate_hz)
        found = of_choices(trial_of(moving), Choices(trained_hz=trained_hz), moving)
        assert found["rate"] == pytest.approx(expected)
    assert of_choices(trial_of(moving), Choices(), moving)["rate"] == 0.0


def test_what_cleaning_takes_away_is_a_share_of_the_legs_squared_speeds() -> None:
    """Cleaning to 0.8 of the movement leaves 64 % of it; four frames are too short to be calmed."""
    course = np.array([0.0, 0.1, 0.3, 0.2])
    legs = of_both(dict.fromkeys(LEG, along("x", course)))

    def lost(cleaned: Markers | None, moving: Markers | None = None) -> float:
        moving = figure(4, {**legs, "Neck": along("x", 50 * course)}) if moving is None else moving
        return math.exp(of_choices(trial_of(moving), Choices(cleaned=cleaned), moving)[
            "smoothed away"]) - 0.5  # fmt: skip

    def cleaned(share: float, n_frames: int = 4) -> Markers:
        shifts = {name: share * np.asarray(shift)[:n_frames] for name, shift in legs.items()}
        return figure(n_frames, shifts)

    assert lost(cleaned(0.8)) == pytest.approx(36.0)
    assert lost(cleaned(0.0)) == pytest.approx(100.0)
    assert lost(cleaned(1.0)) == pytest.approx(0.0, abs=1e-9)
    assert lost(cleaned(1.5)) == pytest.approx(0.0)  # what is added is not taken away
    assert lost(cleaned(0.8, 3)) == pytest.approx(0.0)  # not of the same frames
    assert lost(None) == pytest.approx(0.0)
    # a gap on either side does not count
    assert lost(without(cleaned(0.8), "RKnee", 2)) == pytest.approx(36.0)
    # nothing is taken from who does not move
    assert lost(figure(4), figure(4)) == pytest.approx(0.0)
    # one leg of two is held still
    one_leg = figure(4, {name: shift for name, shift in legs.items() if name[0] == "R"})
    assert lost(one_leg) == pytest.approx(50.0)


def test_without_keypoints_of_legs_and_trunk_there_is_nothing_to_tell() -> None:
    moving = squatting(wave(120), wave(120))
    bare = moving.select([name for name in moving.names if name != "Neck"])
    assert of_depth(bare) == {}
    assert of_time(bare, bare) == {}
    assert of_wandering(bare) == {}
