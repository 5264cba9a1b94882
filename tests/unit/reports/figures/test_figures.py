"""Figures show the numbers that they are given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from kinebench.comparison import Comparison
from kinebench.core import Coordinate, Markers, Motion
from kinebench.errors import ValueRangeError
from kinebench.reports.figures import (
    as_svg,
    bland_altman_figure,
    body_map_figure,
    curve_test_figure,
    error_map_figure,
    interval_figure,
    lag_figure,
    sides_figure,
    waveform_figure,
)
from kinebench.reports.figures.style import LEFT, RIGHT
from kinebench.statistics import bland_altman, one_sample_curves


def ydata(line: Line2D) -> np.ndarray:
    return np.asarray(line.get_ydata())


def texts(figure: Figure) -> list[str]:
    """All that is written in a figure."""
    from matplotlib.text import Text

    return [found.get_text() for found in figure.findobj(Text) if found.get_text()]


def motion() -> Motion:
    times = np.arange(101) / 100
    coordinates = (Coordinate("pelvis_rotation"), Coordinate("pelvis_ty", "translational"))
    values = np.stack([3.0 + 0.5 * np.sin(6 * times), 0.9 + 0.1 * np.cos(6 * times)], axis=1)
    return Motion(coordinates, times, values)


def test_waveforms_are_in_readable_units_and_say_their_error() -> None:
    estimate = replace(motion(), values=motion().values + np.array([np.radians(2), 0.003]))
    figure = waveform_figure(motion(), estimate)
    angle, height = figure.axes
    reference, guess = (line.get_ydata() for line in angle.lines)
    assert np.allclose(np.asarray(guess) - np.asarray(reference), 2.0)
    assert np.allclose(np.asarray(height.lines[0].get_ydata()), 1000 * motion().value("pelvis_ty"))
    assert {"RMSE 2.0", "RMSE 3.0"} <= set(texts(figure))
    assert angle.get_title(loc="left") == "pelvis rotation (°)"
    assert height.get_title(loc="left") == "pelvis ty (mm)"
    assert height.get_xlabel() == "time (s)"


def test_waveforms_are_drawn_the_short_way_round() -> None:
    estimate = replace(motion(), values=motion().values + np.array([2 * np.pi, 0.0]))
    lines = waveform_figure(motion(), estimate, ["pelvis_rotation"]).axes[0].lines
    assert np.allclose(np.asarray(lines[0].get_ydata()), np.asarray(lines[1].get_ydata()))


def test_waveforms_need_common_times_and_coordinates() -> None:
    with pytest.raises(ValueRangeError, match="different times"):
        waveform_figure(motion(), replace(motion(), times=motion().times + 1))
    with pytest.raises(ValueRangeError, match="no coordinate to draw"):
        waveform_figure(motion().select(["pelvis_ty"]), motion().select(["pelvis_rotation"]))


def test_a_coordinate_that_nobody_knows_has_no_error() -> None:
    gone = replace(motion(), values=np.full_like(motion().values, np.nan))
    assert not [text for text in texts(waveform_figure(motion(), gone)) if "RMSE" in text]


def test_a_spike_of_one_frame_is_drawn_and_a_long_trial_stays_light() -> None:
    times = np.arange(5001) / 100
    values = np.sin(times)[:, None]
    spiked = values.copy()
    spiked[1234] += 2.0
    long = Motion((Coordinate("hip"),), times, values)
    figure = waveform_figure(long, replace(long, values=spiked))
    line = figure.axes[0].lines[1]
    assert ydata(line).max() == pytest.approx(np.degrees(spiked.max()))
    assert len(as_svg(figure, page=True)) < 120_000


def test_bland_altman_shows_bias_and_limits() -> None:
    rng = np.random.default_rng(1)
    subjects = [f"s{i // 4}" for i in range(32)]
    reference = 1.0 + 0.1 * rng.normal(size=32)
    estimate = reference + 0.03 + 0.02 * rng.normal(size=32)
    agreement = bland_altman(reference, estimate, subjects)
    figure = bland_altman_figure(reference, estimate, subjects, agreement, "peak knee flexion")
    axis = figure.axes[0]
    lines = sorted(ydata(line)[0] for line in axis.lines)
    assert lines == pytest.approx(
        np.degrees([agreement.lower, agreement.bias, agreement.upper]).tolist()
    )
    points = np.concatenate([np.asarray(c.get_offsets()) for c in axis.collections])
    assert len(points) == 32
    assert sorted(points[:, 1]) == pytest.approx(sorted(np.degrees(estimate - reference)))
    assert sorted(points[:, 0]) == pytest.approx(sorted(np.degrees((estimate + reference) / 2)))
    assert f"bias\n{np.degrees(agreement.bias):.1f}°" in texts(figure)
    assert "32 pairs, 8 subjects" in texts(figure)


def test_the_error_map_writes_its_numbers_and_marks_what_is_missing() -> None:
    figure = error_map_figure(
        [[1.25, np.nan], [0.0, 9.96]], ["hip", "knee"], ["a", "b"], "RMSE (°)"
    )
    found = texts(figure)
    assert {"1.2", "–", "0.0", "10.0", "hip", "knee", "a", "b", "RMSE (°)"} <= set(found)
    assert figure.axes[0].yaxis_inverted()
    cells = {t.get_text(): t.get_position() for t in figure.axes[0].texts}
    assert cells["10.0"] == (1.5, 1.5)
    assert cells["–"] == (1.5, 0.5)


def test_the_error_map_takes_one_value_per_cell() -> None:
    with pytest.raises(
        ValueRangeError, match=r"2 rows and 1 columns are named, found values \(1, 1\)"
    ):
        error_map_figure([[1.0]], ["a", "b"], ["c"], "RMSE (°)")
    as_svg(error_map_figure([[np.nan]], ["a"], ["c"], "RMSE (°)"))
    as_svg(error_map_figure([[0.0]], ["a"], ["c"], "RMSE (°)"))


def test_sides(one_trial: Comparison) -> None:
    evaluation = one_trial.pairs[0].evaluation
    figure = sides_figure(evaluation)
    labelled = {points.get_label(): points for points in figure.axes[0].collections}
    right, left = labelled["right"], labelled["left"]
    shown = np.asarray(right.get_offsets())[0, 0], np.asarray(left.get_offsets())[0, 0]
    bias = evaluation.values("bias")
    assert shown == pytest.approx(
        (np.degrees(bias["hip_flexion_r"]), np.degrees(bias["hip_flexion_l"]))
    )
    from matplotlib.colors import to_hex, to_rgba_array

    assert [to_hex(colour) for colour in to_rgba_array(right.get_facecolor())] == [RIGHT]
    assert [to_hex(colour) for colour in to_rgba_array(left.get_facecolor())] == [LEFT]
    assert "hip flexion" in texts(figure)


def test_sides_need_two(one_trial: Comparison) -> None:
    evaluation = one_trial.pairs[0].evaluation
    alone = replace(
        evaluation, figures=tuple(f for f in evaluation.figures if f.item == "pelvis_tilt")
    )
    with pytest.raises(ValueRangeError, match="both sides"):
        sides_figure(alone)


def body(errors: dict[str, tuple[float, float, float]]) -> tuple[Markers, Markers]:
    places = {
        "r_knee": (0.0, 0.5, 0.15),
        "L_knee": (0.0, 0.5, -0.15),
        "r_ankle": (0.0, 0.1, 0.15),
        "L_ankle": (0.0, 0.1, -0.15),
        "C7": (0.0, 1.5, 0.0),
    }
    base = np.array(list(places.values())) + np.zeros((3, 5, 3))
    base[:, :, 0] += np.arange(3)[:, None]  # walking on
    reference = Markers(tuple(places), np.arange(3) / 10, base)
    moved = base.copy()
    for name, error in errors.items():
        moved[:, list(places).index(name)] += error
    return reference, reference.with_positions(moved)


def test_the_body_map_shows_mean_errors_true_to_scale() -> None:
    reference, estimate = body({"r_knee": (0.01, 0.02, 0.03)})
    figure = body_map_figure(reference, estimate, n_named=1)
    behind, right = figure.axes
    from matplotlib.quiver import Quiver

    arrows = [c for axis in (behind, right) for c in axis.collections if isinstance(c, Quiver)]
    first, second = (np.array([arrow.U, arrow.V])[:, 0].tolist() for arrow in arrows)
    assert first == pytest.approx([0.03, 0.02])
    assert second == pytest.approx([0.01, 0.02])
    assert np.asarray(arrows[0].get_offsets())[0].tolist() == pytest.approx([0.15, 0.5])
    length = 1000 * np.linalg.norm([0.01, 0.02, 0.03])
    assert f"r_knee {length:.0f} mm" in texts(figure)
    assert not any("C7" in text for text in texts(figure))


def test_the_body_map_leaves_out_what_is_missing() -> None:
    reference, estimate = body({})
    gone = estimate.positions.copy()
    gone[:, 4] = np.nan
    figure = body_map_figure(reference, estimate.with_positions(gone))
    assert not any("C7" in text for text in texts(figure))
    with pytest.raises(ValueRangeError, match="no marker to draw"):
        body_map_figure(reference.select(["C7"]), estimate.select(["r_knee"]))


def test_the_lag_figure() -> None:
    shifts = np.array([-0.1, 0.0, 0.1])
    figure = lag_figure(
        shifts,
        {"knee_angle_r": np.radians([3, 1, 2])},
        "RMSE",
        frame_s=0.01,
        lags={"minimise": 0.02},
    )
    line = figure.axes[0].lines[0]
    assert np.asarray(line.get_xdata()) == pytest.approx([-100, 0, 100])
    assert ydata(line) == pytest.approx([3, 1, 2])
    assert {"knee angle, right", "minimise", "RMSE (°)", "shift of the lag (ms)"} <= set(
        texts(figure)
    )


def test_the_curve_test_marks_its_clusters() -> None:
    x = np.linspace(0, 1, 101)
    rng = np.random.default_rng(2)
    curves = np.exp(-(((x - 0.6) / 0.1) ** 2)) + 0.2 * rng.normal(size=(12, 1)) * np.sin(9 * x)
    test = one_sample_curves(curves + 0.05 * rng.normal(size=(12, 1)), seed=1)
    assert test.clusters
    figure = curve_test_figure(test, "knee flexion")
    above, below = figure.axes
    assert ydata(above.lines[1]) == pytest.approx(np.degrees(test.difference))
    assert ydata(below.lines[1]) == pytest.approx(test.t)
    heights = {round(float(ydata(line)[0]), 9) for line in below.lines[2:4]}
    assert heights == {round(test.height, 9), round(-test.height, 9)}
    assert sum(text.startswith("p ") for text in texts(figure)) == len(test.clusters)
    assert "knee flexion, 12 subjects" in texts(figure)


def test_intervals_stand_in_their_rows() -> None:
    figure = interval_figure(
        ["hip", "knee"], {"one": [(1.0, 0.5, 2.0), (np.nan, np.nan, np.nan)],
                          "two": [(3.0, 2.0, 4.0), (5.0, 4.0, 6.0)]}, "bias (°)"
    )  # fmt: skip
    axis = figure.axes[0]
    points = {line.get_label(): line for line in axis.lines if line.get_label() in ("one", "two")}
    assert np.asarray(points["two"].get_xdata()) == pytest.approx([3.0, 5.0])
    assert ydata(points["one"])[0] > ydata(points["two"])[0] > 0.5
    assert ydata(points["two"])[1] < 0.5
    with pytest.raises(ValueRangeError, match="one has 1 values for 2 rows"):
        interval_figure(["hip", "knee"], {"one": [(1.0, 0.5, 2.0)]}, "bias (°)")


def test_a_coordinate_may_be_called_like_a_formula() -> None:
    # one that is no formula ended the report, after all the work
    name = r"$\frac{$"
    named = replace(motion(), coordinates=(Coordinate(name), motion().coordinates[1]))
    assert name in as_svg(waveform_figure(named, named))
