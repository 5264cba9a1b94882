"""Every cleaning stage: what it keeps, what it changes, what it refuses."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, replace
from typing import Literal

import numpy as np
import pytest

from kinebench.cleaning import (
    Butterworth,
    Challis,
    FillGaps,
    KalmanSmoother,
    Median,
    RemoveOutliers,
    Resample,
    ResidualAnalysis,
    Rotate,
    SavitzkyGolay,
    SmoothingSpline,
)
from kinebench.core import AdaptiveCleaner, Cleaner, Markers
from kinebench.core.provenance import describe, digest
from kinebench.errors import CleaningError, KinebenchWarning, ValueRangeError
from kinebench.signals.butterworth import butterworth

SMOOTHERS = [
    Butterworth(6.0),
    Butterworth(6.0, order=2, corrected=True),
    ResidualAnalysis(),
    ResidualAnalysis("common"),
    Challis("marker"),
    SavitzkyGolay(),
    Median(),
    SmoothingSpline(),
    SmoothingSpline(1e-5),
    KalmanSmoother(),
    KalmanSmoother(10.0, 0.01),
]
STAGES = [
    *SMOOTHERS,
    FillGaps(),
    RemoveOutliers(),
    Resample(30.0),
    Rotate.from_axis_angles({"y": 90}),
]


def with_gap(markers: Markers, start: int, stop: int, marker: int = 0) -> Markers:
    positions = markers.positions.copy()
    positions[start:stop, marker] = np.nan
    return markers.with_positions(positions)


def rms(one: Markers, other: Markers) -> float:
    return float(np.sqrt(np.mean((one.positions - other.positions) ** 2)))


@pytest.mark.parametrize("stage", STAGES, ids=repr)
def test_stages_are_hashable_values_that_can_be_described_and_copied(stage: Cleaner) -> None:
    assert isinstance(stage, Cleaner)
    assert hash(stage) == hash(copy.deepcopy(stage))
    assert pickle.loads(pickle.dumps(stage)) == stage
    assert describe(stage)["kind"] == type(stage).__name__
    assert len(digest(stage)) == 64
    with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
        stage.anything = 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("stage", SMOOTHERS, ids=repr)
def test_smoothers_keep_all_but_positions_and_bring_them_closer(
    stage: Cleaner, waves: Markers, noisy: Markers
) -> None:
    smoothed = stage(noisy)
    assert smoothed.names == noisy.names
    np.testing.assert_array_equal(smoothed.times, noisy.times)
    np.testing.assert_array_equal(smoothed.confidence, noisy.confidence)
    assert rms(smoothed, waves) < 0.85 * rms(noisy, waves)


@pytest.mark.parametrize("stage", SMOOTHERS, ids=repr)
def test_markers_without_any_position_are_named(stage: Cleaner, noisy: Markers) -> None:
    with pytest.raises(CleaningError, match=r"no position in any of 120 frames for two"):
        stage(with_gap(noisy, 0, 120, marker=1))


@pytest.mark.parametrize("stage", SMOOTHERS, ids=repr)
def test_gaps_stay_gaps(stage: Cleaner, noisy: Markers) -> None:
    gappy = with_gap(noisy, 50, 60)
    np.testing.assert_array_equal(stage(gappy).missing, gappy.missing)


@pytest.mark.parametrize(
    "stage", [Butterworth(), ResidualAnalysis(), Challis(), SavitzkyGolay(), SmoothingSpline()]
)
def test_short_runs_raise_unless_kept(stage: Butterworth, noisy: Markers) -> None:
    gappy = with_gap(with_gap(noisy, 50, 51), 54, 55)
    with pytest.raises(CleaningError, match="one: frames 52 to 54"):
        stage(gappy)
    kept = replace(stage, short_runs="keep")(gappy)
    np.testing.assert_array_equal(kept.positions[51:54, 0], gappy.positions[51:54, 0])
    assert np.abs(kept.positions[60:, 0] - gappy.positions[60:, 0]).max() > 1e-4
    with pytest.raises(ValueRangeError, match="'drop'"):
        replace(stage, short_runs="drop")(gappy)  # type: ignore[arg-type]


def test_a_trial_shorter_than_the_padding_says_so(noisy: Markers) -> None:
    nine = noisy.at_frames(np.arange(9))
    with pytest.raises(CleaningError, match="needs 10 frames or more, but the recording has 9"):
        Butterworth(6.0)(nine)
    Butterworth(6.0)(noisy.at_frames(np.arange(10)))


def test_a_cutoff_above_nyquist_says_so(noisy: Markers) -> None:
    with pytest.raises(CleaningError, match="below 30 Hz"):
        Butterworth(30.0)(noisy)


def test_order_4_is_two_passes_of_order_2(noisy: Markers) -> None:
    expected = butterworth(noisy.positions, 60.0, 6.0, order_per_pass=2)
    np.testing.assert_array_equal(Butterworth(6.0, order=4)(noisy).positions, expected)
    with pytest.raises(ValueRangeError, match="both passes and must be even"):
        Butterworth(6.0, order=3)


def test_cutoffs_may_differ_by_marker_and_axis(noisy: Markers) -> None:
    by_marker = Butterworth((3.0, 9.0))(noisy)
    by_axis = Butterworth(((3.0, 3.0, 3.0), (9.0, 9.0, 5.0)))(noisy)
    # columns that share a cut-off share a matrix product, whose rounding depends on their number
    for found, place, cutoff in (
        (by_marker, (slice(None), 0), 3.0),
        (by_marker, (slice(None), 1), 9.0),
        (by_axis, (slice(None), 1, 2), 5.0),
    ):
        expected = Butterworth(cutoff)(noisy).positions[place]
        np.testing.assert_allclose(found.positions[place], expected, rtol=0, atol=1e-14)
    with pytest.raises(ValueRangeError, match="3 markers met a recording of 2"):
        Butterworth((1.0, 2.0, 3.0))(noisy)


Scope = Literal["axis", "marker", "common"]


@pytest.mark.parametrize("kind", [ResidualAnalysis, Challis])
@pytest.mark.parametrize(("scope", "shape"), [("axis", (2, 3)), ("marker", (2,)), ("common", ())])
def test_adaptive_filters_resolve_to_what_they_do(
    kind: type[ResidualAnalysis | Challis],
    scope: Literal["axis", "marker", "common"],
    shape: tuple[int, ...],
    noisy: Markers,
) -> None:
    stage = kind(scope, order=8, corrected=True)
    assert isinstance(stage, AdaptiveCleaner)
    resolved = stage.resolve(noisy)
    assert isinstance(resolved, Butterworth)
    assert (resolved.order, resolved.corrected) == (8, True)
    assert np.shape(resolved.cutoff_hz) == shape
    np.testing.assert_array_equal(resolved(noisy).positions, stage(noisy).positions)
    curve = stage.curve(noisy)
    np.testing.assert_array_equal(curve.cutoff_hz, resolved.cutoff_hz)
    assert len(curve.tried_hz) > 20
    with pytest.raises(ValueRangeError, match="'joint'"):
        kind("joint")  # type: ignore[arg-type]


def test_residual_analysis_finds_the_noise_and_orders_cutoffs_by_speed(noisy: Markers) -> None:
    curve = ResidualAnalysis().curve(noisy)
    np.testing.assert_allclose(curve.intercepts, 0.01, rtol=0.35)
    assert curve.fit_range_hz == pytest.approx((12.0, 24.0))
    # sin 5t moves faster than 0 t
    assert curve.cutoff_hz[1, 1] > curve.cutoff_hz[1, 2]


def test_the_range_of_the_noise_line_is_a_parameter(noisy: Markers) -> None:
    one, other = (ResidualAnalysis("common", fit_range=r) for r in ((0.2, 0.5), (0.5, 0.9)))
    assert one.resolve(noisy).cutoff_hz != other.resolve(noisy).cutoff_hz
    with pytest.raises(ValueRangeError, match="fractions of Nyquist"):
        ResidualAnalysis(fit_range=(0.5, 1.2))


def test_kalman_resolves_to_its_noise(noisy: Markers) -> None:
    resolved = KalmanSmoother().resolve(noisy)
    assert resolved.measurement_m == pytest.approx(0.01, rel=0.2)
    assert resolved.resolve(noisy) is resolved
    np.testing.assert_array_equal(resolved(noisy).positions, KalmanSmoother()(noisy).positions)
    assert KalmanSmoother(measurement_m=0.02).resolve(noisy).measurement_m == 0.02
    with pytest.raises(ValueRangeError, match="needs a measurement_m"):
        KalmanSmoother(1.0)


def test_fill_gaps_respects_method_limit_and_ends(waves: Markers) -> None:
    gappy = with_gap(with_gap(with_gap(waves, 0, 3), 20, 26), 60, 90)
    filled = FillGaps("cubic", longest_s=0.1)(gappy)
    expected = gappy.missing.copy()
    expected[20:26] = False
    np.testing.assert_array_equal(filled.missing, expected)
    assert rms(filled.at_frames(np.arange(20, 26)), waves.at_frames(np.arange(20, 26))) < 1e-4
    everything = FillGaps(ends=True)(gappy)
    assert not everything.missing.any()
    np.testing.assert_array_equal(
        everything.positions[0], [waves.positions[3, 0], waves.positions[0, 1]]
    )
    assert FillGaps()(waves) is waves
    with pytest.raises(CleaningError, match="for one"):
        FillGaps()(with_gap(waves, 0, 120))


def test_outliers_go_missing_with_all_their_axes(waves: Markers, noisy: Markers) -> None:
    positions = 0.8 * waves.positions + 0.2 * noisy.positions
    positions[40, 1, 2] += 0.3
    cleaned = RemoveOutliers()(waves.with_positions(positions))
    assert np.argwhere(cleaned.missing).tolist() == [[40, 1]]
    single = noisy.at_frames(np.arange(1))
    assert RemoveOutliers()(single) is single


def test_resampling_changes_rate_and_carries_confidence(waves: Markers) -> None:
    slow = Resample(30.0)(waves)
    assert slow.rate_hz == 30.0
    np.testing.assert_allclose(slow.positions, waves.positions[::2], atol=1e-9)
    fast = Resample(100.0)(waves)
    t = fast.times
    np.testing.assert_allclose(fast.positions[:, 0, 0], np.sin(3 * t), atol=1e-5)
    assert fast.confidence is not None
    np.testing.assert_allclose(fast.confidence, 0.9)


def test_rotation_turns_about_its_centre_and_back(waves: Markers) -> None:
    stage = Rotate.from_axis_angles({"y": 90, "z": 180})
    turned = stage(waves)
    x, y, z = waves.positions[7, 0]
    np.testing.assert_allclose(turned.positions[7, 0], [-z, -y, -x], atol=1e-12)
    np.testing.assert_allclose(stage.inverse()(turned).positions, waves.positions, atol=1e-12)
    centred = Rotate(stage.R, centre=(1.0, 2.0, 3.0))
    point = Markers(("p",), np.zeros(1), np.array([[[1.0, 2.0, 3.0]]]))
    np.testing.assert_allclose(centred(point).positions, point.positions)
    assert stage.angle == pytest.approx(np.pi)
    with pytest.raises(ValueRangeError, match="proper rotation"):
        Rotate(2 * np.eye(3))


def test_the_inverse_of_a_rotation_keeps_its_centre(waves: Markers) -> None:
    stage = Rotate.from_axis_angles({"x": 40})
    centred = Rotate(stage.R, centre=(1.0, 2.0, 3.0))
    there_and_back = centred.inverse()(centred(waves))
    np.testing.assert_allclose(there_and_back.positions, waves.positions, atol=1e-12)


def test_gaps_are_filled_in_time_not_in_frames() -> None:
    positions = np.array([[[0.0, 0, 0]], [[np.nan] * 3], [[4.0, 8, 0]]])
    line = Markers(("p",), np.array([0.0, 3.0, 4.0]), positions)
    np.testing.assert_allclose(FillGaps()(line).positions[1, 0], [3.0, 6.0, 0.0])


def test_a_splines_penalty_is_in_cubic_seconds() -> None:
    spike = np.zeros((121, 1, 3))
    spike[60] = 1.0
    slow = Markers(("p",), np.arange(121) / 50, spike)
    fast = Markers(("p",), np.arange(121) / 100, spike)
    # in frames it is penalty × rate³
    one, other = SmoothingSpline(8e-3)(slow), SmoothingSpline(1e-3)(fast)
    np.testing.assert_allclose(one.positions, other.positions, atol=1e-9)


def test_uneven_sampling_is_warned_about(noisy: Markers) -> None:
    times = noisy.times.copy()
    times[60:] += 0.5
    with pytest.warns(KinebenchWarning, match="constant sampling rate"):
        Butterworth()(replace(noisy, times=times))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Butterworth(0.0),
        lambda: Butterworth(float("nan")),
        lambda: FillGaps(longest_s=0.0),
        lambda: FillGaps("quadratic"),  # type: ignore[arg-type]
        lambda: RemoveOutliers(n_sigmas=-1),
        lambda: RemoveOutliers(smallest_m=-1),
        lambda: SavitzkyGolay(0.0),
        lambda: SavitzkyGolay(degree=-1),
        lambda: Median(0.0),
        lambda: SmoothingSpline(0.0),
        lambda: Resample(0.0),
        lambda: Resample(60.0, "nearest"),  # type: ignore[arg-type]
        lambda: ResidualAnalysis(order=5),
        lambda: Challis(order=0),
    ],
)
def test_illegal_parameters_are_refused_at_once(make: type) -> None:
    with pytest.raises(ValueRangeError):
        make()
