"""Every metric of the catalogue: documented, and empty, invalid, perfect and golden input."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from kinebench.errors import ValueRangeError
from kinebench.metrics import CATALOGUE, Metric, UndefinedMetricWarning, metrics_of

WAVEFORM = metrics_of("waveform")
TIMES = np.array([0.0, 0.1, 0.2, 0.3, 0.4])
REFERENCE = np.array([0.0, 3.0, 2.0, 1.0, 2.0])
ESTIMATE = np.array([2.0, 1.0, 5.0, 3.0, 2.0])
# by hand: errors 2, −2, 3, 2, 0; S_rr = 5.2, S_ee = 9.2, S_re = −0.8;
# ψ_rr = 18, ψ_ee = 43, ψ_re = 20
M = math.sqrt(43 / 18) - 1
P = math.acos(20 / math.sqrt(18 * 43)) / math.pi
GOLDEN = {
    "bias": 1.0,
    "mae": 1.8,
    "rmse": math.sqrt(21 / 5),
    "offset_removed_rmse": math.sqrt(21 / 5 - 1),
    "max_error": 3.0,
    "max_error_time": 0.2,
    # differences over 0.2 s: 1, 4, −3; second differences over (0.1 s)²: 9, −6, −1
    "velocity_rmse": math.sqrt(650 / 3),
    "acceleration_rmse": 100 * math.sqrt(118 / 3),
    "nrmse": math.sqrt(21 / 5) / 3,
    "rom_error": 1.0,
    "peak_error": 2.0,
    "peak_timing_error": 0.1,
    "trough_error": 1.0,
    "trough_timing_error": 0.1,
    "pearson_r": -0.8 / math.sqrt(5.2 * 9.2),
    "r_squared": 0.64 / (5.2 * 9.2),
    "determination": 1 - 21 / 5.2,
    "lfm_slope": -0.8 / 5.2,
    "lfm_offset": 2.6 + 0.8 / 5.2 * 1.6,
    "lfm_r_squared": 0.64 / (5.2 * 9.2),
    "sprague_geers_m": M,
    "sprague_geers_p": P,
    "sprague_geers_c": math.hypot(M, P),
    "cmc": math.nan,  # 21/10 > 16.9/9: complex
}


def call(metric: Metric, reference: Any, estimate: Any, times: Any = TIMES) -> Any:
    extras = {"times": times, "minimum_range": 1e-3}
    return metric.function(reference, estimate, *(extras[name] for name in metric.needs))


def each(metrics: tuple[Metric, ...]) -> Callable[[Any], Any]:
    return pytest.mark.parametrize("metric", metrics, ids=lambda metric: metric.name)


@each(tuple(CATALOGUE.values()))
def test_rows_are_complete(metric: Metric) -> None:
    assert CATALOGUE[metric.name] is metric
    assert metric.name == metric.name.lower()
    units = ("coordinate", "coordinate/s", "coordinate/s²", "rad", "m", "s", "1", "%")
    assert metric.unit in units
    assert metric.title
    assert len(metric.source) > 10
    perfect = {"zero": 0.0, "lower": 0.0, "higher": 1.0, "one": 1.0, "hundred": 100.0, "none": None}
    assert metric.perfect in (perfect[metric.better], None)


@each(tuple(CATALOGUE.values()))
def test_functions_are_documented(metric: Metric) -> None:
    assert callable(metric.function)
    assert len(metric.function.__doc__ or "") > 20
    named = metric.source.split(" ")[0]
    if metric.family in ("waveform", "cycles") and named[0].isupper():
        module = __import__(metric.function.__module__, fromlist=["__doc__"])
        told = (metric.function.__doc__ or "") + (module.__doc__ or "")
        assert named in told or metric.name in ("pearson_r", "nrmse"), "formula without its source"


def test_names_are_unique() -> None:
    assert len({metric.title for metric in CATALOGUE.values()}) == len(CATALOGUE)


@each(WAVEFORM)
def test_empty(metric: Metric) -> None:
    nothing = np.empty(0)
    with pytest.warns(UndefinedMetricWarning, match="no frame"):
        value = call(metric, nothing, nothing, nothing)
    assert np.isnan(value)
    columns = np.empty((0, 3))
    with pytest.warns(UndefinedMetricWarning, match="in 3 of 3 columns: no frame"):
        values = call(metric, columns, columns, nothing)
    assert values.shape == (3,)
    assert np.isnan(values).all()


@each(WAVEFORM)
def test_empty_column(metric: Metric) -> None:
    reference = np.stack([REFERENCE, np.full(5, np.nan)], axis=1)
    estimate = np.stack([REFERENCE, ESTIMATE], axis=1)
    with pytest.warns(UndefinedMetricWarning) as caught:
        values = call(metric, reference, estimate)
    assert np.isnan(values[1])
    assert not np.isnan(values[0])
    message = caught[0].message
    assert isinstance(message, UndefinedMetricWarning)
    assert message.columns.tolist() == [False, True]


@each(WAVEFORM)
@pytest.mark.parametrize(
    ("reference", "estimate", "message"),
    [
        (REFERENCE, ESTIMATE[:4], "one shape"),
        (REFERENCE[:, None, None], ESTIMATE[:, None, None], "n_coordinates"),
        (REFERENCE, np.array([1, 2, np.inf, 4, 5]), "infinite"),
        (REFERENCE, ["a"] * 5, "numbers"),
    ],
    ids=["shapes", "dimensions", "infinite", "text"],
)
def test_invalid(metric: Metric, reference: Any, estimate: Any, message: str) -> None:
    with pytest.raises(ValueRangeError, match=message):
        call(metric, reference, estimate)


@each(tuple(metric for metric in WAVEFORM if "times" in metric.needs))
def test_times_must_fit(metric: Metric) -> None:
    with pytest.raises(ValueRangeError, match="times must have shape"):
        call(metric, REFERENCE, ESTIMATE, TIMES[:4])


@each(WAVEFORM)
def test_perfect(metric: Metric) -> None:
    value = call(metric, REFERENCE, REFERENCE)
    if metric.perfect is None:
        assert value in TIMES
    else:
        assert value == pytest.approx(metric.perfect, abs=1e-7)


@each(WAVEFORM)
def test_golden(metric: Metric) -> None:
    if metric.name == "cmc":
        with pytest.warns(UndefinedMetricWarning, match="complex"):
            assert math.isnan(call(metric, REFERENCE, ESTIMATE))
    else:
        assert call(metric, REFERENCE, ESTIMATE) == pytest.approx(
            GOLDEN[metric.name], rel=1e-12, abs=1e-14
        )


def test_golden_covers_the_catalogue() -> None:
    assert set(GOLDEN) == {metric.name for metric in WAVEFORM}


@each(WAVEFORM)
def test_columns_are_independent(metric: Metric) -> None:
    """One call on many coordinates equals one call each."""
    other = np.array([0.3, -0.2, 0.5, 0.1, 0.2])
    reference = np.stack([REFERENCE, other], axis=1)
    estimate = np.stack([REFERENCE + 0.1 * other, other + 0.05 * REFERENCE], axis=1)
    together = call(metric, reference, estimate)
    alone = [call(metric, reference[:, i], estimate[:, i]) for i in range(2)]
    np.testing.assert_allclose(together, alone, atol=1e-14)
    assert together.shape == (2,)


@each(WAVEFORM)
def test_gaps_are_left_out_pairwise(metric: Metric) -> None:
    """A frame that either side lacks counts as little as a frame that is not there."""
    rng = np.random.default_rng(3)
    # one peak and one trough: of two alike no time is defined
    reference = np.sin(np.linspace(0.0, 2 * np.pi, 12)) + 0.1 * rng.normal(size=12)
    estimate = reference + 0.05 * rng.normal(size=12)
    times = np.arange(12) / 10
    with_gaps_r, with_gaps_e = reference.copy(), estimate.copy()
    with_gaps_r[2] = with_gaps_e[7] = np.nan
    kept = np.delete(np.arange(12), [2, 7])
    short = call(metric, reference[kept], estimate[kept], times[kept])
    assert call(metric, with_gaps_r, with_gaps_e, times) == pytest.approx(short, abs=1e-14)
    # a column with gaps beside one without
    both = call(
        metric,
        np.stack([with_gaps_r, reference], axis=1),
        np.stack([with_gaps_e, estimate], axis=1),
        times,
    )
    assert both[0] == pytest.approx(short, abs=1e-14)
    assert both[1] == pytest.approx(call(metric, reference, estimate, times), abs=1e-14)


@each(WAVEFORM)
def test_input_is_not_changed(metric: Metric) -> None:
    reference, estimate = REFERENCE.copy(), REFERENCE + 0.1
    estimate[1] = np.nan
    call(metric, reference, estimate)
    np.testing.assert_array_equal(reference, REFERENCE)
    assert np.isnan(estimate[1])


FLAT_IS_UNDEFINED = {
    "nrmse": "range",
    "pearson_r": "constant",
    "r_squared": "constant",
    "determination": "constant",
    "lfm_slope": "constant",
    "lfm_offset": "constant",
    "lfm_r_squared": "constant",
    "cmc": "complex",
}


@each(WAVEFORM)
def test_flat_reference(metric: Metric) -> None:
    flat = np.full(5, 0.7)
    moving = flat + np.array([0, 0.1, 0.2, 0.1, -0.1])
    if metric.name in FLAT_IS_UNDEFINED:
        with pytest.warns(UndefinedMetricWarning, match=FLAT_IS_UNDEFINED[metric.name]):
            value = call(metric, flat, moving)
        assert np.isnan(value)
    else:
        assert np.isfinite(call(metric, flat, moving))


SQUARE = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
POSE = np.stack([SQUARE, SQUARE + 0.1, SQUARE * 1.1])
DISTANCE = metrics_of("marker") + metrics_of("pose")


@each(DISTANCE)
def test_distances_of_a_perfect_estimate(metric: Metric) -> None:
    np.testing.assert_allclose(metric.function(POSE, POSE), 0.0, atol=1e-12)


@each(DISTANCE)
def test_distances_empty(metric: Metric) -> None:
    missing = POSE.copy()
    missing[:] = np.nan
    with pytest.warns(UndefinedMetricWarning):
        assert np.isnan(metric.function(POSE, missing)).all()
    with pytest.warns(UndefinedMetricWarning):
        assert np.isnan(metric.function(POSE[:0], POSE[:0])).all()


@each(DISTANCE)
def test_distances_invalid(metric: Metric) -> None:
    with pytest.raises(ValueRangeError, match=r"n_frames, n_markers, 3"):
        metric.function(POSE, POSE[:, :3])
    with pytest.raises(ValueRangeError, match=r"n_frames, n_markers, 3"):
        metric.function(POSE[0], POSE[0])
    infinite = POSE.copy()
    infinite[0, 0] = np.inf
    with pytest.raises(ValueRangeError, match="infinite"):
        metric.function(POSE, infinite)


@each(metrics_of("residual"))
def test_residuals_empty_invalid_perfect(metric: Metric) -> None:
    assert metric.function(np.zeros((4, 3))) == 0.0
    for nothing in (np.empty((0, 3)), np.full((2, 3), np.nan)):
        with pytest.warns(UndefinedMetricWarning, match="present"):
            assert np.isnan(metric.function(nothing))
    for illegal in (np.zeros(3), np.full((2, 3), -1.0), np.full((2, 3), np.inf)):
        with pytest.raises(ValueRangeError):
            metric.function(illegal)


@each(metrics_of("side"))
def test_parts_are_fields_of_the_result(metric: Metric) -> None:
    for part in metric.parts:
        module = __import__(metric.function.__module__, fromlist=["x"])
        result = getattr(module, metric.function.__annotations__["return"])
        assert part in result._fields


def test_families_are_complete() -> None:
    """The page of definitions, by name."""
    assert {metric.name for metric in metrics_of("side")} == {
        "attribution",
        "floor_contact",
        "floor_tilt",
        "ground_height",
        "leg_length_ratio",
        "offset_fragility",
        "right_minus_left",
        "pelvis_list_at_depth",
        "pelvis_list_bias",
        "side_drop",
        "side_error_difference",
        "world_tilt",
    }
    assert {metric.name for metric in metrics_of("cycles")} == {
        "cmc_within_protocol",
        "cmc_between_protocols",
    }


@pytest.mark.parametrize("metric", [m for m in CATALOGUE.values() if m.without_offset])
def test_what_is_left_without_offset_is_a_metric_of_the_same_kind(metric: Metric) -> None:
    left = CATALOGUE[metric.without_offset]
    assert (left.unit, left.better, left.family) == (metric.unit, metric.better, metric.family)
    assert not left.without_offset


@pytest.mark.parametrize(
    ("metric", "value", "judged", "label"),
    [
        ("rmse", 2.0, 2.0, "RMSE"),
        ("bias", -2.0, 2.0, "|bias|"),
        ("lfm_slope", 0.75, 0.25, "|LFM slope − 1|"),
        ("leg_length_ratio", 98.0, 2.0, "|leg-length ratio, right/left − 100|"),
        ("pearson_r", -0.5, -0.5, "Pearson r"),
    ],
)
def test_a_metric_is_judged_as_its_label_says(
    metric: str, value: float, judged: float, label: str
) -> None:
    assert CATALOGUE[metric].judged(value) == judged
    assert CATALOGUE[metric].label == label
    assert CATALOGUE[metric].direction.endswith("better")
