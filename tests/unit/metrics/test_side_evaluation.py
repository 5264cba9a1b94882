"""The side-sinking family on recordings."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.core import Coordinate, Markers, Motion
from kinebench.errors import KinebenchWarning, NameNotFoundError, ValueRangeError
from kinebench.metrics import (
    CATALOGUE,
    Exclusion,
    evaluate_feet,
    evaluate_markers,
    evaluate_residuals,
    evaluate_side_drop,
    evaluate_side_motion,
)

TIMES = np.arange(300) / 100
RNG = np.random.default_rng(12)


def legs(right_drop: float = 0.0, names: tuple[str, ...] | None = None) -> Markers:
    """Hips and heels, the right hip lower by right_drop in the second half."""
    names = names or ("RHJC_study", "LHJC_study", "r_calc_study", "L_calc_study")
    positions = np.zeros((300, 4, 3))
    positions[:, :2, 1] = 0.9 + 0.05 * np.sin(TIMES)[:, None]
    positions[:, :, 2] = [0.1, -0.1, 0.1, -0.1]
    positions[150:, 0, 1] -= right_drop
    return Markers(names, TIMES, positions)


def test_side_drop_of_a_window() -> None:
    evaluation = evaluate_side_drop(legs(0.02), legs(), window_s=(1.5, 2.99))
    assert evaluation.values("side_drop") == pytest.approx({"hip": -0.02, "heel": 0.0})
    assert evaluation.values("right_minus_left") == pytest.approx({"hip": -0.02, "heel": 0.0})
    half = evaluate_side_drop(legs(0.02), legs())
    assert half.value("hip", "side_drop") == pytest.approx(-0.01)
    assert {figure.n for figure in half.figures} == {300}
    assert {figure.n for figure in evaluation.figures} == {150}


def test_side_drop_has_an_interval() -> None:
    noise = RNG.normal(0, 0.005, (300, 4, 3))
    estimate = legs(0.0).with_positions(
        legs().positions + noise - [0, 0.01, 0] * np.eye(4)[0][:, None]
    )
    evaluation = evaluate_side_drop(estimate, legs())
    (figure,) = (f for f in evaluation.figures if (f.item, f.metric) == ("hip", "side_drop"))
    assert figure.interval is not None
    low, high = figure.interval
    assert low < figure.value < high
    assert low < -0.01 < high
    # one cosine makes the interval of 5 s: Student's with two degrees of freedom
    assert 0.001 < high - low < 0.05


def test_side_drop_without_a_reference() -> None:
    evaluation = evaluate_side_drop(legs(0.02))
    assert evaluation.metrics == ("right_minus_left",)
    assert evaluation.value("hip", "right_minus_left") == pytest.approx(-0.01)


def test_landmarks_have_names_of_their_own_on_each_side() -> None:
    optical = legs(names=("R_HJC", "L_HJC", "X", "Y"))
    evaluation = evaluate_side_drop(legs(0.02), optical)
    assert list(evaluation.values("side_drop")) == ["hip"]
    assert evaluation.excluded == (Exclusion("heel", "the reference lacks it"),)
    chosen = evaluate_side_drop(
        legs(0.02),
        optical,
        None,
        {"hip": ("RHJC_study", "LHJC_study")},
        {"hip": ("R_HJC", "L_HJC")},
    )
    assert chosen.value("hip", "side_drop") == pytest.approx(-0.01)


def test_side_drop_invalid_and_empty() -> None:
    with pytest.raises(ValueRangeError, match="no hips, knees, ankles or heels"):
        evaluate_side_drop(legs(names=("a", "b", "c", "d")))
    with pytest.raises(ValueRangeError, match="different times"):
        evaluate_side_drop(legs(), legs().between(0, 1))
    gone = legs().positions.copy()
    gone[:, 0] = np.nan
    with pytest.warns(KinebenchWarning, match="right_minus_left of hip"):
        evaluation = evaluate_side_drop(legs().with_positions(gone))
    assert [row.item for row in evaluation.undefined] == ["hip"]


def feet(left_height: float = 0.0) -> Markers:
    names = ("r_calc", "r_toe", "r_5meta", "L_calc", "L_toe", "L_5meta")
    positions = np.zeros((300, 6, 3))
    positions[:, :, 1] = 0.03
    positions[:, 3:, 1] += left_height
    lift = np.clip(np.sin(2 * np.pi * (TIMES - 1)), 0, None) * (TIMES > 1) * (TIMES < 2)
    positions[:, :3, 1] += 0.2 * lift[:, None]
    return Markers(names, TIMES, positions)


def test_ground_height_by_foot_and_stance() -> None:
    evaluation = evaluate_feet(feet(0.012))
    heights = evaluation.values("ground_height")
    assert heights["right"] == pytest.approx(0.03, abs=1e-3)
    assert heights["left"] == pytest.approx(0.042)
    assert heights["right − left"] == pytest.approx(-0.012, abs=1e-3)
    stances = [item for item in heights if item[:5] in ("right", "left ") and " s" in item]
    assert [stance.split()[0] for stance in stances] == ["right", "right", "left"]
    assert stances[2] == "left 0.00–2.99 s"
    counts = {figure.item: figure.n for figure in evaluation.figures}
    assert counts["left"] == counts[stances[2]] == 300
    assert counts["right"] == counts[stances[0]] + counts[stances[1]] == counts["right − left"]
    assert 200 < counts["right"] < 300
    assert evaluate_feet(feet(), (["L_calc"], ["r_calc"])).figures[2].n == counts["right"]


def test_a_foot_that_never_rests() -> None:
    restless = feet().positions.copy()
    restless[:, :3, 0] = TIMES[:, None]
    with pytest.warns(KinebenchWarning, match="of right.*never at rest"):
        evaluation = evaluate_feet(feet().with_positions(restless))
    assert np.isnan(evaluation.value("right − left", "ground_height"))
    assert evaluation.value("left", "ground_height") == pytest.approx(0.03)
    assert {row.item for row in evaluation.undefined} == {"right", "right − left"}


def test_soles_against_the_ground() -> None:
    markers = feet(0.012)
    heights = dict.fromkeys(markers.names, 0.04)
    evaluation = evaluate_feet(markers, sole_heights=heights)
    assert evaluation.value("right", "floor_contact.penetration_m") == pytest.approx(0.01)
    assert evaluation.value("left", "floor_contact.penetration_m") == 0.0
    assert evaluation.value("left", "floor_contact.floating_m") == pytest.approx(0.002)
    assert evaluation.value("right", "floor_contact.penetration_s") > 2.0
    assert evaluation.value("left", "floor_contact.floating_s") == 0.0
    units = {figure.metric: figure.unit for figure in evaluation.figures}
    assert units["floor_contact.floating_m"] == "m"
    assert units["floor_contact.floating_s"] == "s"
    del heights["r_toe"]
    with pytest.raises(NameNotFoundError, match="sole heights has no point 'r_toe'"):
        evaluate_feet(markers, sole_heights=heights)


def test_soles_of_a_foot_that_never_rests() -> None:
    restless = feet().positions.copy()
    restless[:, :3, 0] = TIMES[:, None]
    markers = feet().with_positions(restless)
    with pytest.warns(KinebenchWarning, match="floating_s of right: a foot that is never at rest"):
        evaluation = evaluate_feet(markers, sole_heights=dict.fromkeys(markers.names, 0.03))
    assert np.isnan(evaluation.value("right", "floor_contact.penetration_m"))
    assert evaluation.value("left", "floor_contact.penetration_m") == pytest.approx(0.0)


def test_every_figure_has_its_row_in_the_catalogue() -> None:
    markers = feet()
    evaluations = (
        evaluate_feet(markers, sole_heights=dict.fromkeys(markers.names, 0.03)),
        evaluate_side_drop(legs(), legs()),
        evaluate_side_motion(*motions(), deepest_s=(1.0,)),
        evaluate_markers(legs(), legs()),
        evaluate_residuals(np.zeros((3, 2)), ("a", "b")),
    )
    for evaluation in evaluations:
        for name in evaluation.metrics:
            metric, _, part = name.partition(".")
            assert not part or part in CATALOGUE[metric].parts
            unit = "s" if part.endswith("_s") else CATALOGUE[metric].unit
            units = {figure.unit for figure in evaluation.figures if figure.metric == name}
            assert units <= ({"rad", "m"} if unit == "coordinate" else {unit})


def test_feet_may_be_named() -> None:
    evaluation = evaluate_feet(feet(0.01), (["r_calc"], ["L_toe"]))
    assert evaluation.value("left", "ground_height") == pytest.approx(0.04)
    with pytest.raises(NameNotFoundError):
        evaluate_feet(feet(), (["r_calc"], ["L_heel"]))


def motions() -> tuple[Motion, Motion]:
    names = ("pelvis_list", "knee_angle_r", "knee_angle_l", "arm_rot_r", "arm_rot_l", "lumbar")
    coordinates = tuple(map(Coordinate, names))
    values = np.tile(np.sin(TIMES)[:, None], (1, 6))
    error = np.array([0.02, 0.05, 0.01, 0.1, 0.1, 1.0])
    error = np.tile(error, (300, 1))
    error[TIMES > 2, 0] += 0.03
    error[:, 3] += 2 * np.pi
    return Motion(coordinates, TIMES, values), Motion(coordinates, TIMES, values + error)


def test_pelvis_list_and_bilateral_coordinates() -> None:
    evaluation = evaluate_side_motion(*motions(), deepest_s=(1.0, 2.5))
    share = np.mean(TIMES > 2)
    assert evaluation.value("pelvis_list", "pelvis_list_bias") == pytest.approx(0.02 + 0.03 * share)
    assert evaluation.values("pelvis_list_at_depth") == pytest.approx(
        {"pelvis_list at 1.00 s": 0.02, "pelvis_list at 2.50 s": 0.05}
    )
    assert evaluation.values("side_error_difference") == pytest.approx(
        {"knee_angle": 0.04, "arm_rot": 0.0}, abs=1e-12
    )


def test_the_side_with_fewer_frames_counts() -> None:
    reference, estimate = motions()
    for column in (1, 2):
        values = estimate.values.copy()
        values[:50, column] = np.nan
        evaluation = evaluate_side_motion(reference, Motion(reference.coordinates, TIMES, values))
        counts = {figure.item: figure.n for figure in evaluation.figures}
        assert (counts["knee_angle"], counts["arm_rot"], counts["pelvis_list"]) == (250, 300, 300)


def test_perfect_motion_does_not_sink() -> None:
    reference, _ = motions()
    evaluation = evaluate_side_motion(reference, reference, (1.0,))
    assert {figure.value for figure in evaluation.figures} == {0.0}


def test_side_motion_undefined_and_invalid() -> None:
    reference, estimate = motions()
    values = estimate.values.copy()
    values[:, 1] = np.nan
    with pytest.warns(KinebenchWarning, match="side_error_difference of knee_angle"):
        evaluation = evaluate_side_motion(reference, Motion(reference.coordinates, TIMES, values))
    assert [row.item for row in evaluation.undefined] == ["knee_angle"]
    with pytest.raises(ValueRangeError, match="outside the recording"):
        evaluate_side_motion(reference, estimate, (7.0,))
    with pytest.raises(ValueRangeError, match="different times"):
        evaluate_side_motion(reference, estimate.at_frames(np.arange(5)))
    single = evaluate_side_motion(reference.select(["lumbar"]), estimate.select(["lumbar"]))
    assert single.figures == ()
