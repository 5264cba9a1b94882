"""The side figures on the laboratory's own body, whose sizes are known."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kinebench.core import Coordinate, Markers, Model, Motion
from kinebench.diagnosis import figures as module
from kinebench.diagnosis.figures import COURSES, FIGURES, courses_of, deepest_frames, figures_of
from kinebench.kinematics import forward_kinematics, read_tree
from kinebench.lab import VirtualSubject, generic_body
from kinebench.signals.butterworth import shortest_run

NAMES = (
    "pelvis_list", "knee_angle_r", "knee_angle_l", "hip_flexion_r", "hip_flexion_l",
    "ankle_angle_r", "ankle_angle_l",
)  # fmt: skip
MODEL = generic_body().model
NO_MARKERS = Markers(("C7",), np.arange(2) / 60, np.zeros((2, 1, 3)))


def motion(times: np.ndarray, **angles_deg: float | np.ndarray) -> Motion:
    columns = [
        np.broadcast_to(np.radians(angles_deg.get(name, 0.0)), times.shape) for name in NAMES
    ]
    return Motion(tuple(map(Coordinate, NAMES)), times, np.stack(columns, axis=1))


def figures(
    model: Model = MODEL, times: np.ndarray | None = None, **angles_deg: float | np.ndarray
) -> dict[str, float]:
    times = np.arange(3) / 10 if times is None else times
    found = figures_of(model, motion(times, **angles_deg), NO_MARKERS, np.arange(len(times)))
    return dict(zip((figure.name for figure in FIGURES), found.tolist(), strict=True))


def test_the_catalogue_states_name_and_unit() -> None:
    """Reports and JSON name them so."""
    assert {figure.name: figure.unit for figure in FIGURES} == {
        "side_drop": "m", "knee_drop": "m", "ankle_drop": "m", "pelvis_list": "rad",
        "leg_length": "1", "floor_contact": "m", "hip_flexion": "rad", "knee_flexion": "rad",
        "ankle_flexion": "rad", "jitter": "rad",
    }  # fmt: skip
    # a millimetre is less than anybody cares for, a hand's breadth more
    assert all(1e-3 < figure.notable < 0.1 for figure in FIGURES)


def test_a_symmetric_body_standing_straight_has_no_sides() -> None:
    found = figures()
    assert math.isnan(found.pop("jitter"))  # three frames do not tell
    assert math.isnan(found.pop("floor_contact"))  # no feet
    assert found == pytest.approx(dict.fromkeys(found, 0.0), abs=1e-9)


def test_a_listing_pelvis_drops_the_right_side_by_its_width() -> None:
    tree = read_tree(MODEL)
    _, centres = forward_kinematics(tree, tree.defaults)
    width = centres[tree.body_index("femur_r"), 2] - centres[tree.body_index("femur_l"), 2]
    assert width > 0.1
    found = figures(pelvis_list=10.0)
    sunk = -width * math.sin(math.radians(10))
    drops = [found[f"{place}_drop"] for place in ("side", "knee", "ankle")]
    assert drops == pytest.approx([sunk] * 3, abs=1e-6)  # the legs list with it
    assert found["pelvis_list"] == pytest.approx(math.radians(10))


def test_a_bent_knee_raises_its_ankle_and_nothing_above() -> None:
    found = figures(knee_angle_r=60.0)
    assert found["ankle_drop"] > 0.1
    assert (found["knee_drop"], found["side_drop"]) == pytest.approx((0.0, 0.0), abs=1e-9)


def test_angles_are_right_minus_left() -> None:
    found = figures(
        knee_angle_r=20.0, knee_angle_l=5.0, hip_flexion_r=3.0, hip_flexion_l=10.0,
        ankle_angle_r=-4.0, ankle_angle_l=2.0,
    )  # fmt: skip
    angles = [math.degrees(found[f"{joint}_flexion"]) for joint in ("hip", "knee", "ankle")]
    assert angles == pytest.approx([-7.0, 15.0, -6.0])


def test_only_the_deep_frames_count() -> None:
    times = np.arange(4) / 10
    bent = motion(times, knee_angle_r=np.array([0.0, 10.0, 30.0, 0.0]))
    found = figures_of(MODEL, bent, NO_MARKERS, np.array([1, 2]))
    names = [figure.name for figure in FIGURES]
    assert math.degrees(found[names.index("knee_flexion")]) == pytest.approx(20.0)


@pytest.mark.parametrize(("side", "sign"), [("r", 1), ("l", -1)])
def test_a_longer_leg_shows_as_a_fraction(side: str, sign: int) -> None:
    person = VirtualSubject("p", "male", 1.75, 70.0)
    lengths: dict[str, Any] = {f"thigh_{side}": 1.1, f"shank_{side}": 1.1}
    longer = replace(person, **lengths)
    # joint centres move by some mm where sides differ
    assert figures(longer.body().model)["leg_length"] == pytest.approx(sign * 0.1, abs=0.012)
    assert figures(person.body().model)["leg_length"] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(("side", "sign"), [("r", 1), ("l", -1)])
def test_unrest_is_what_one_leg_does_above_6_hz(side: str, sign: int) -> None:
    times = np.arange(240) / 60
    slow = 20 * np.sin(2 * np.pi * 0.5 * times)
    calm: dict[str, Any] = dict.fromkeys(NAMES[1:], slow)
    assert figures(times=times, **calm)["jitter"] == pytest.approx(0.0, abs=1e-6)
    tremor = slow + 1.2 * np.sin(2 * np.pi * 20 * times)
    found = figures(times=times, **{**calm, f"knee_angle_{side}": tremor})["jitter"]
    # one angle of three: 1.2° / √2 / √3
    assert math.degrees(found) == pytest.approx(sign * 1.2 / math.sqrt(6), rel=0.1)


@pytest.mark.parametrize(
    ("n_frames", "rate_hz", "known"),
    [
        (240, 60, True),
        (48, 12, False),
        (48, 12.1, True),
        (3, 60, False),
        (2, 60, False),
        (1, 60, False),
        (shortest_run(2), 60, True),
        (shortest_run(2) - 1, 60, False),
    ],
)
def test_a_short_or_slow_recording_cannot_tell_of_jitter(
    n_frames: int, rate_hz: float, known: bool
) -> None:
    """12 Hz show nothing above 6 Hz."""
    assert math.isfinite(figures(times=np.arange(n_frames) / rate_hz)["jitter"]) == known


def test_courses_are_the_side_drop_and_the_angles_over_time() -> None:
    times = np.arange(3) / 10
    listing = motion(times, pelvis_list=np.array([0.0, 10.0, 0.0]), knee_angle_r=30.0)
    courses = courses_of(MODEL, listing)
    assert courses.shape == (3, len(COURSES))
    np.testing.assert_allclose(courses[[0, 2], 0], 0.0, atol=1e-12)
    assert courses[1, 0] < -0.01
    np.testing.assert_allclose(np.degrees(courses[:, COURSES.index("knee_angle_r")]), 30)
    assert np.isnan(courses[:, COURSES.index("subtalar_angle_l")]).all()  # the motion has none


def test_what_is_notable_is_of_millimetres_and_degrees() -> None:
    """In the unit of readers: mm, degrees, per cent. What is smaller is of no interest."""
    scale = {"m": 1e3, "rad": 180 / math.pi, "1": 100.0}
    readable = {figure.name: scale[figure.unit] * figure.notable for figure in FIGURES}
    assert readable == pytest.approx(
        {
            "side_drop": 3.0, "knee_drop": 5.0, "ankle_drop": 5.0, "pelvis_list": 1.0,
            "leg_length": 1.0, "floor_contact": 5.0, "hip_flexion": 2.0, "knee_flexion": 2.0,
            "ankle_flexion": 2.0, "jitter": 0.1,
        }
    )  # fmt: skip


STUDY = ("calc_study", "toe_study", "5meta_study")
KEYPOINTS = ("Heel", "BigToe", "SmallToe")


def standing(right_m: float, names: tuple[str, ...]) -> Markers:
    """Feet at rest for a second on a floor at 0.5 m, the right one so much higher."""
    heights = {"r": 0.5 + right_m, "R": 0.5 + right_m, "L": 0.5}
    places = {name: (0.1 * (i % 3), heights[name[0]], 0.1 * (name[0] in "rR"))
              for i, name in enumerate(names)}  # fmt: skip
    positions = np.tile(np.array(list(places.values())), (60, 1, 1))
    return Markers(tuple(places), np.arange(60) / 60, positions)


def contact(markers: Markers) -> float:
    found = figures_of(MODEL, motion(np.arange(3) / 10), markers, np.arange(3))
    return float(found[[figure.name for figure in FIGURES].index("floor_contact")])


OF_MARKERS = tuple(f"{side}_{stem}" for side in "rL" for stem in STUDY)
OF_KEYPOINTS = tuple(side + stem for side in "RL" for stem in KEYPOINTS)


@pytest.mark.parametrize("names", [OF_MARKERS, OF_KEYPOINTS], ids=["markers", "keypoints"])
@pytest.mark.parametrize(("right_m", "known"), [(0.079, True), (-0.079, True), (0.081, False),
                                                (-0.081, False)])  # fmt: skip
def test_feet_on_one_floor_differ_by_8_cm_at_most(
    names: tuple[str, ...], right_m: float, known: bool
) -> None:
    found = contact(standing(right_m, names))
    assert math.isfinite(found) is known
    if known:
        assert found == pytest.approx(right_m)


def test_markers_of_a_foot_come_before_keypoints_and_take_all_three() -> None:
    both = standing(0.01, OF_MARKERS)
    low = standing(0.03, OF_KEYPOINTS)
    together = Markers(
        (*both.names, *low.names), both.times, np.concatenate([both.positions, low.positions], 1)
    )
    assert contact(together) == pytest.approx(0.01)
    fewer = together.select([name for name in together.names if name != "L_toe_study"])
    # the left foot's are keypoints then
    assert contact(fewer) == pytest.approx(0.01)
    bare = together.select([name for name in together.names if "toe_study" not in name])
    assert contact(bare) == pytest.approx(0.03)
    assert math.isnan(contact(low.select(OF_KEYPOINTS[1:])))


def test_a_leg_is_thigh_and_shank_together(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths = {"right thigh": 0.5, "right shank": 0.4, "left thigh": 0.45, "left shank": 0.35}
    monkeypatch.setattr(module, "leg_lengths", lambda _model: lengths)
    assert figures()["leg_length"] == pytest.approx(0.9 / 0.8 - 1.0)
    monkeypatch.setattr(module, "leg_lengths", lambda _model: {})  # a model without legs
    assert math.isnan(figures()["leg_length"])


def test_frames_without_an_angle_do_not_count() -> None:
    times = np.arange(3) / 10
    found = figures(times=times, pelvis_list=np.array([np.nan, 10.0, 20.0]))
    assert math.degrees(found["pelvis_list"]) == pytest.approx(15.0)


def test_unrest_is_known_of_the_angles_that_a_motion_has() -> None:
    """Of a motion without legs, nothing."""
    times = np.arange(60) / 60
    bare = Motion((Coordinate("pelvis_list"),), times, np.zeros((60, 1)))
    found = figures_of(MODEL, bare, NO_MARKERS, np.arange(60))
    named = dict(zip((figure.name for figure in FIGURES), found.tolist(), strict=True))
    for name in ("jitter", "hip_flexion", "knee_flexion", "ankle_flexion"):
        assert math.isnan(named[name])
    assert named["side_drop"] == pytest.approx(0.0, abs=1e-9)


def test_deep_frames_are_within_a_tenth_of_a_second_of_the_deepest_point() -> None:
    """Of 64 Hz, six frames to either side; squats are deepest at 1.25 s and 2.75 s."""
    times = np.arange(256) / 64
    depth = np.sin(np.pi * np.clip((times - 0.5) / 1.5, 0, 2)) ** 2
    positions = np.zeros((256, 1, 3))
    positions[:, 0, 1] = 1.0 - 0.3 * depth
    found = deepest_frames(Markers(("midHip",), times, positions))
    np.testing.assert_array_equal(found, [*range(74, 87), *range(170, 183)])
