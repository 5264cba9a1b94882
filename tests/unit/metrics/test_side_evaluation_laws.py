"""Heights, feet and coordinates of right and left, on recordings whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.core import Coordinate, Markers, Motion
from kinebench.errors import KinebenchWarning, NameNotFoundError, ValueRangeError
from kinebench.metrics import evaluate_feet, evaluate_side_drop, evaluate_side_motion

TIMES = np.arange(200) / 100
HIPS_AND_KNEES = ("RHip", "LHip", "RKnee", "LKnee")
FEET = ("RHeel", "RBigToe", "RSmallToe", "LHeel", "LBigToe", "LSmallToe")


def standing(heights: dict[str, float], times: np.ndarray = TIMES) -> Markers:
    """Markers that stay where they are, at these heights, m."""
    positions = np.zeros((len(times), len(heights), 3))
    positions[..., 1] = list(heights.values())
    return Markers(tuple(heights), times, positions)


def motion(**degrees: float | np.ndarray) -> Motion:
    values = np.stack([np.broadcast_to(np.deg2rad(v), TIMES.shape) for v in degrees.values()], 1)
    return Motion(tuple(Coordinate(name) for name in degrees), TIMES, values)


class TestSideDrop:
    reference = standing(dict(zip(HIPS_AND_KNEES, (0.90, 0.90, 0.50, 0.49), strict=True)))
    estimate = standing(dict(zip(HIPS_AND_KNEES, (0.87, 0.91, 0.51, 0.49), strict=True)))

    def test_the_estimate_s_drop_against_the_reference_s(self) -> None:
        found = evaluate_side_drop(self.estimate, self.reference)
        assert found.values("right_minus_left") == pytest.approx({"hip": -0.04, "knee": 0.02})
        assert found.values("side_drop") == pytest.approx({"hip": -0.04, "knee": 0.01})
        assert {(figure.unit, figure.n) for figure in found.figures} == {("m", 200)}

    def test_a_constant_height_has_no_width(self) -> None:
        for figure in evaluate_side_drop(self.estimate, self.reference).figures:
            assert figure.interval == pytest.approx((figure.value, figure.value))

    def test_alone_it_has_its_own_difference_only(self) -> None:
        assert evaluate_side_drop(self.estimate).metrics == ("right_minus_left",)

    def test_only_the_window_counts(self) -> None:
        positions = self.estimate.positions.copy()
        positions[TIMES >= 1.0, 0, 1] += 0.3  # the right hip rises
        risen = Markers(HIPS_AND_KNEES, TIMES, positions)
        found = evaluate_side_drop(risen, window_s=(0.0, 0.5))
        assert found.value("hip", "right_minus_left") == pytest.approx(-0.04)
        assert found.figures[0].n == 51
        late = evaluate_side_drop(risen, window_s=(1.0, 1.99))
        assert late.value("hip", "right_minus_left") == pytest.approx(0.26)

    def test_what_the_reference_lacks_is_said(self) -> None:
        found = evaluate_side_drop(self.estimate, self.reference.select(["RHip", "LHip"]))
        assert set(found.values("side_drop")) == {"hip"}
        assert [tuple(one) for one in found.excluded] == [("knee", "the reference lacks it")]

    def test_other_names_can_be_paired(self) -> None:
        names = {"hip": ("RHip", "LHip")}
        others = standing({"right": 0.8, "left": 0.7})
        pairs = {"hip": ("right", "left")}
        found = evaluate_side_drop(self.estimate, others, pairs=names, reference_pairs=pairs)
        assert found.values("side_drop") == pytest.approx({"hip": -0.14})

    def test_a_frame_without_one_side_is_left_out(self) -> None:
        positions = self.estimate.positions.copy()
        positions[:50, 1] = np.nan
        found = evaluate_side_drop(Markers(HIPS_AND_KNEES, TIMES, positions))
        assert found.figures[0].n == 150
        assert found.value("hip", "right_minus_left") == pytest.approx(-0.04)

    def test_a_side_that_is_never_there_is_undefined(self) -> None:
        positions = self.estimate.positions.copy()
        positions[:, 1] = np.nan
        with pytest.warns(KinebenchWarning):
            found = evaluate_side_drop(Markers(HIPS_AND_KNEES, TIMES, positions))
        assert [one.item for one in found.undefined] == ["hip"]
        assert np.isnan(found.value("hip", "right_minus_left"))

    def test_refusals(self) -> None:
        with pytest.raises(ValueRangeError, match="both sides"):
            evaluate_side_drop(standing({"RHip": 0.9, "C7": 1.4}))
        later = standing(dict.fromkeys(HIPS_AND_KNEES, 0.9), TIMES + 1)
        with pytest.raises(ValueRangeError):
            evaluate_side_drop(self.estimate, later)


class TestFeet:
    """The right foot rests at 20 mm for a second, the left at 50 mm; then both fly forward."""

    @staticmethod
    def feet() -> Markers:
        still = standing(dict.fromkeys(FEET[:3], 0.02) | dict.fromkeys(FEET[3:], 0.05))
        positions = still.positions.copy()
        positions[100:, :, 0] = 3.0 * (TIMES[100:, None] - 0.99)
        return Markers(FEET, TIMES, positions)

    def test_ground_height_of_each_foot_and_between_them(self) -> None:
        heights = evaluate_feet(self.feet()).values("ground_height")
        assert heights["right"] == pytest.approx(0.02)
        assert heights["left"] == pytest.approx(0.05)
        assert heights["right − left"] == pytest.approx(-0.03)

    def test_each_stance_has_a_row(self) -> None:
        stances = [item for item in evaluate_feet(self.feet()).items if item.endswith(" s")]
        assert [item.split()[0] for item in stances] == ["right", "left"]
        assert all(item.split()[1].startswith("0.00–0.9") for item in stances)

    def test_soles_below_and_above_the_ground(self) -> None:
        soles = dict.fromkeys(FEET, 0.03)  # right 10 mm in the ground, left 20 mm above
        found = evaluate_feet(self.feet(), sole_heights=soles)
        assert found.value("right", "floor_contact.penetration_m") == pytest.approx(0.01)
        assert found.value("right", "floor_contact.floating_m") == 0.0
        assert found.value("left", "floor_contact.floating_m") == pytest.approx(0.02)
        assert found.value("left", "floor_contact.penetration_m") == 0.0
        duration = found.value("right", "floor_contact.penetration_s")
        assert duration == pytest.approx(1.0, abs=0.06)  # the speed is taken over 0.1 s
        units = {f.metric: f.unit for f in found.figures}
        assert units["floor_contact.penetration_m"] == "m"
        assert units["floor_contact.penetration_s"] == "s"

    def test_a_foot_that_never_rests_has_no_ground(self) -> None:
        positions = self.feet().positions.copy()
        positions[:, :3, 0] = 3.0 * TIMES[:, None]
        with pytest.warns(KinebenchWarning):
            found = evaluate_feet(Markers(FEET, TIMES, positions))
        assert {one.item for one in found.undefined} == {"right", "right − left"}
        assert found.value("left", "ground_height") == pytest.approx(0.05)

    def test_points_may_be_named(self) -> None:
        named = evaluate_feet(self.feet(), points=(["LHeel"], ["RHeel"]))
        assert named.value("right", "ground_height") == pytest.approx(0.05)

    def test_lacking_points_are_named(self) -> None:
        with pytest.raises(NameNotFoundError, match="r_calc_study"):
            evaluate_feet(self.feet().select(FEET[:4]))
        with pytest.raises(NameNotFoundError, match="LSmallToe"):
            evaluate_feet(self.feet(), sole_heights=dict.fromkeys(FEET[:5], 0.0))


class TestSideMotion:
    def test_pelvis_list_and_its_error_at_depth(self) -> None:
        ramp = np.linspace(0, 2, len(TIMES))  # deg; at 1.00 s just above 1
        found = evaluate_side_motion(motion(pelvis_list=0.0), motion(pelvis_list=ramp), [1.0])
        assert np.rad2deg(found.value("pelvis_list", "pelvis_list_bias")) == pytest.approx(1.0)
        at_depth = found.value("pelvis_list at 1.00 s", "pelvis_list_at_depth")
        assert np.rad2deg(at_depth) == pytest.approx(1.0, abs=0.1)

    def test_right_bias_less_left_bias(self) -> None:
        reference = motion(knee_angle_r=60.0, knee_angle_l=60.0, ankle_angle_r=10.0)
        estimate = motion(knee_angle_r=63.0, knee_angle_l=58.0, ankle_angle_r=15.0)
        found = evaluate_side_motion(reference, estimate)
        differences = found.values("side_error_difference")
        assert set(differences) == {"knee_angle"}  # the ankle has one side only
        assert np.rad2deg(differences["knee_angle"]) == pytest.approx(5.0)
        assert found.figures[0].unit == "rad"

    def test_frames_count_where_both_sides_are_known(self) -> None:
        left = np.full(len(TIMES), 58.0)
        left[:20] = np.nan
        reference = motion(knee_angle_r=60.0, knee_angle_l=60.0)
        found = evaluate_side_motion(reference, motion(knee_angle_r=63.0, knee_angle_l=left))
        assert found.figures[0].n == 180

    def test_nothing_of_both_sides_is_no_figure(self) -> None:
        one = motion(lumbar_bending=1.0)
        assert evaluate_side_motion(one, one).figures == ()

    def test_a_coordinate_that_is_never_known_is_undefined(self) -> None:
        with pytest.warns(KinebenchWarning):
            found = evaluate_side_motion(motion(pelvis_list=0.0), motion(pelvis_list=np.nan))
        assert [(one.item, one.metric) for one in found.undefined] == [
            ("pelvis_list", "pelvis_list_bias")
        ]

    def test_other_times_are_refused(self) -> None:
        one = motion(pelvis_list=0.0)
        other = Motion(one.coordinates, TIMES + 0.5, one.values)
        with pytest.raises(ValueRangeError):
            evaluate_side_motion(one, other)
