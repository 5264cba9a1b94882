from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kinebench.core import Coordinate, Model, Motion, ScalingResult, Subject
from kinebench.pipeline.scaling_remarks import tell_of_scaling, tell_of_standing
from kinebench.posture.standing import StandingQuality
from kinebench.quality.model import model_mass, side_ratios
from kinebench.remarks import collected_remarks

ONE = (1.0, 1.0, 1.0)


@pytest.fixture
def scaling(leg_model: Model) -> Any:
    """Make a result in which only what is named is doubtful."""

    def make(errors=(0.005, 0.004), factors=None, knee_deg: float = 3.0) -> ScalingResult:
        pose = Motion(
            (Coordinate("knee_angle_r"),), np.array([0.0]), np.array([[np.radians(knee_deg)]])
        )
        names = tuple(f"M{index}" for index in range(len(errors)))
        given = {"femur_r": ONE} if factors is None else factors
        return ScalingResult(leg_model, given, (0.0, 1.0), pose, names, np.array(errors))

    return make


def remarks(result: ScalingResult, mass_kg: float = 22.1) -> list[str]:
    with collected_remarks() as told:
        tell_of_scaling(result, Subject(mass_kg, 1.7), "static")
    return [remark.text for remark in told if remark.code != "mass"]


class TestRemarksOnScaling:
    def test_none_when_all_is_well(self, scaling: Any) -> None:
        assert remarks(scaling()) == []

    def test_the_largest_marker_error_is_named(self, scaling: Any) -> None:
        (remark,) = remarks(scaling(errors=(0.001, 0.025, 0.002)))
        assert "largest 25.0 mm (M1)" in remark

    def test_a_large_rms_is_told_though_no_marker_is_far(self, scaling: Any) -> None:
        (remark,) = remarks(scaling(errors=(0.012, 0.012)))
        assert "RMS 12.0 mm" in remark

    def test_no_markers_and_no_factors_are_no_doubt(self, scaling: Any) -> None:
        assert remarks(scaling(errors=(), factors={})) == []

    def test_an_impossible_build_is_told(self, scaling: Any) -> None:
        factors = {"femur_r": ONE, "tibia_r": (2.2, 2.2, 2.2)}
        (remark,) = remarks(scaling(factors=factors))
        assert "differ by 1.20" in remark

    def test_sides_are_compared_and_bodies_of_one_measurement_named_together(
        self, scaling: Any
    ) -> None:
        factors = {"femur_r": (1.0, 1.04, 1.0), "femur_l": ONE}
        factors |= {"patella_r": (1.0, 1.04, 1.0), "patella_l": ONE}
        (remark,) = remarks(scaling(factors=factors))
        assert remark.startswith("right femur and patella are scaled +4.0 % against the left")

    def test_two_per_cent_between_sides_is_normal(self, scaling: Any) -> None:
        assert remarks(scaling(factors={"femur_r": (1.0, 0.98, 1.0), "femur_l": ONE})) == []

    def test_a_bent_knee_is_told(self, scaling: Any) -> None:
        (remark,) = remarks(scaling(knee_deg=21.0))
        assert remark.startswith("knee_angle_r is 21.0° in the static pose")

    def test_another_mass_is_told(self, scaling: Any) -> None:
        assert remarks(scaling(), 24.0) == [
            "the scaled model weighs 22.10 kg, the subject 24.00 kg"
        ]

    @pytest.mark.parametrize("largest", [1.1, 1.6, 3.0])
    def test_what_counts_is_how_far_the_factors_lie_apart(
        self, scaling: Any, largest: float
    ) -> None:
        """Of each axis; a model that is small or large in all is of a small or a large person."""
        for gap, is_told in ((0.99, False), (1.01, True)):
            factors = {"femur_r": (1.0, 1.0, largest), "tibia_r": (1.0, 1.0, largest - gap)}
            told = [text for text in remarks(scaling(factors=factors)) if "scale factors" in text]
            expected = f"scale factors of the bodies differ by {gap:.2f}, more than 1: no person"
            assert [text.startswith(expected) for text in told] == ([True] if is_told else [])


class TestWhereARemarkPoints:
    """Reports mark these places in figures and on the model."""

    def told(self, result: ScalingResult) -> list[tuple[str, tuple[str, ...], str]]:
        with collected_remarks() as told:
            tell_of_scaling(result, Subject(22.1, 1.7), "static")
        return [
            (remark.code, remark.where, remark.recording)
            for remark in told
            if remark.code != "mass"
        ]

    def test_the_worst_marker(self, scaling: Any) -> None:
        assert self.told(scaling(errors=(0.001, 0.025, 0.002))) == [
            ("static pose", ("M1",), "static")
        ]

    def test_the_bent_knee(self, scaling: Any) -> None:
        assert self.told(scaling(knee_deg=21.0)) == [("static pose", ("knee_angle_r",), "static")]

    def test_both_sides_of_segments_that_differ(self, scaling: Any) -> None:
        factors = {"femur_r": (1.0, 1.04, 1.0), "femur_l": ONE}
        assert self.told(scaling(factors=factors)) == [
            ("model sides", ("right thigh", "left thigh"), "")
        ]

    def test_an_impossible_build_is_of_no_single_place(self, scaling: Any) -> None:
        factors = {"femur_r": ONE, "tibia_r": (2.2, 2.2, 2.2)}
        assert self.told(scaling(factors=factors)) == [("scale factors", (), "")]


def test_side_ratios_are_right_over_left_along_the_length() -> None:
    factors = {"femur_r": (9.0, 1.1, 9.0), "femur_l": ONE, "pelvis": ONE, "hand_r": ONE}
    assert side_ratios(factors) == {"femur": pytest.approx(1.1)}


def test_model_mass_is_the_sum_of_the_bodies(leg_model: Model) -> None:
    assert model_mass(leg_model) == pytest.approx(22.1)


@pytest.mark.parametrize(
    ("errors", "is_told"),
    [
        ((0.0201, 0.0), True),  # the largest; its RMS is 14 mm
        ((0.0199, *[0.0] * 9), False),
        ((0.0201, *[0.0] * 9), True),
        ((0.0099, 0.0099), False),
        ((0.0101, 0.0101), True),
    ],
)
def test_marker_errors_of_good_practice(
    scaling: Any, errors: tuple[float, ...], is_told: bool
) -> None:
    assert bool(remarks(scaling(errors=errors))) is is_told


def test_marker_errors_in_full(scaling: Any) -> None:
    assert remarks(scaling(errors=(0.003, 0.025, 0.004))) == [
        "static marker errors: RMS 14.7 mm, largest 25.0 mm (M1); good practice is an RMS within"
        " 10 mm and a largest within 20 mm"
    ]


@pytest.mark.parametrize(
    ("right", "is_told"), [(1.029, False), (1.031, True), (0.971, False), (0.969, True)]
)
def test_sides_that_differ_by_three_per_cent(scaling: Any, right: float, is_told: bool) -> None:
    factors = {"tibia_r": (1.0, right, 1.0), "tibia_l": ONE}
    told = remarks(scaling(factors=factors))
    assert told == (
        [
            f"right tibia is scaled {(right - 1) * 100:+.1f} % against the left: the static pose"
            " gives limbs of different length"
        ]
        if is_told
        else []
    )


@pytest.mark.parametrize(
    ("mass_kg", "is_told"),
    [(22.1 / 1.009, False), (22.1 / 1.011, True), (22.1 / 0.991, False), (22.1 / 0.989, True)],
)
def test_a_mass_that_differs_by_a_hundredth(scaling: Any, mass_kg: float, is_told: bool) -> None:
    assert bool(remarks(scaling(), mass_kg)) is is_told


def test_bodies_of_other_ratios_are_told_apart(scaling: Any) -> None:
    factors = {"femur_r": (1.0, 1.05, 1.0), "femur_l": ONE, "tibia_r": (1.0, 0.9, 1.0)}
    first, second = remarks(scaling(factors={**factors, "tibia_l": ONE}))
    assert first.startswith("right femur is scaled +5.0 %")
    assert second.startswith("right tibia is scaled -10.0 %")


def test_how_somebody_stood_is_told_with_the_window() -> None:
    still = StandingQuality(0.5, 1.25, 0.004, (1.0, 2.0), 3.0)
    bent = replace(still, knee_flexion_deg=(41.0, 2.0), movement_m=0.056)
    with collected_remarks() as told:
        tell_of_standing(still, (0.5, 1.25), "static")
    assert list(told) == []
    with collected_remarks() as told:
        tell_of_standing(bent, (0.5, 1.25), "movement")
    (remark,) = told
    assert (remark.code, remark.recording) == ("static pose", "movement")
    assert remark.spans_s == ((0.5, 1.25),)
    assert remark.text.startswith(
        "the subject is not standing still and upright in the static window 0.50 to 1.25 s: "
    )
    assert remark.text.endswith(", ".join(bent.faults()))
    assert len(bent.faults()) == 2
