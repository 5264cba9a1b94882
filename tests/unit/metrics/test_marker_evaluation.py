"""`evaluate_markers`: markers, segments, sides, and the whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kinebench.core import Markers
from kinebench.errors import KinebenchWarning, NameNotFoundError, ValueRangeError
from kinebench.metrics import Exclusion, evaluate_markers

TIMES = np.arange(4) / 10
NAMES = ("r_knee", "L_knee", "r_calc", "C7")
POSITIONS = np.random.default_rng(1).normal(size=(4, 4, 3))
REFERENCE = Markers(NAMES, TIMES, POSITIONS)


def moved(distances: list[float]) -> Markers:
    """Each marker moved along X by so much, by twice as much in the last frame."""
    shift = np.zeros((4, 4, 3))
    shift[..., 0] = distances
    shift[3] *= 2
    return Markers(NAMES, TIMES, POSITIONS + shift)


def test_groups_pool_marker_frames() -> None:
    evaluation = evaluate_markers(REFERENCE, moved([0.1, 0.2, 0.4, 0.0]))
    mean = evaluation.values("distance_mean")
    factor = 5 / 4
    assert mean == pytest.approx(
        {
            "r_knee": 0.1 * factor,
            "L_knee": 0.2 * factor,
            "r_calc": 0.4 * factor,
            "C7": 0.0,
            "segment thigh": 0.15 * factor,
            "segment foot": 0.4 * factor,
            "segment trunk": 0.0,
            "side right": 0.25 * factor,
            "side left": 0.2 * factor,
            "side midline": 0.0,
            "all markers": 0.175 * factor,
        }
    )
    counts = {
        figure.item: figure.n for figure in evaluation.figures if "mpjpe" not in figure.metric
    }
    assert counts["C7"] == 4
    assert counts["segment thigh"] == 8
    assert counts["all markers"] == 16
    assert evaluation.value("side right", "distance_max") == pytest.approx(0.8)
    rms = np.sqrt((0.1**2 * 7 + 0.4**2 * 7) / 8)
    assert evaluation.value("side right", "distance_rms") == pytest.approx(rms)
    pooled = [0.1, 0.1, 0.1, 0.2, 0.4, 0.4, 0.4, 0.8]
    assert evaluation.value("side right", "distance_p95") == pytest.approx(
        np.percentile(pooled, 95)
    )


def test_offset_removed() -> None:
    evaluation = evaluate_markers(REFERENCE, moved([0.4, 0, 0, 0]))
    # offset 0.5: 0.1 in three frames, 0.3 in the last
    assert evaluation.value("r_knee", "offset_removed_distance_mean") == pytest.approx(0.15)
    assert evaluation.value("r_knee", "offset_removed_distance_max") == pytest.approx(0.3)


def test_whole_pose() -> None:
    evaluation = evaluate_markers(REFERENCE, moved([0.1, 0.2, 0.4, 0.0]))
    assert evaluation.value("all markers", "mpjpe") == pytest.approx(0.175 * 5 / 4)
    assert 0 < evaluation.value("all markers", "pa_mpjpe") < 0.175 * 5 / 4
    assert {figure.unit for figure in evaluation.figures} == {"m"}


def test_perfect() -> None:
    evaluation = evaluate_markers(REFERENCE, REFERENCE)
    assert max(figure.value for figure in evaluation.figures) == pytest.approx(0, abs=1e-12)
    assert evaluation.undefined == ()


def test_pairs_by_name() -> None:
    estimate = moved([0.1, 0.2, 0.4, 0.0]).rename({"r_knee": "r_knee_study"})
    evaluation = evaluate_markers(
        REFERENCE, estimate, {"r_knee": "r_knee_study", "C7": "C7", "L_knee": "L_knee"}
    )
    assert evaluation.value("r_knee", "distance_mean") == pytest.approx(0.125)
    assert evaluation.value("all markers", "distance_mean") == pytest.approx(0.125)
    assert set(evaluation.excluded) == {
        Exclusion("r_calc", "not among the pairs"),
    }
    with pytest.raises(NameNotFoundError, match="the estimate has no marker 'r_knee'"):
        evaluate_markers(REFERENCE, estimate, {"r_knee": "r_knee"})
    with pytest.raises(NameNotFoundError, match="the reference has no marker"):
        evaluate_markers(REFERENCE, estimate, {"r_knee_study": "r_knee_study"})


def test_excluded_with_reasons() -> None:
    estimate = moved([0, 0, 0, 0]).rename({"C7": "Neck"})
    assert evaluate_markers(REFERENCE, estimate).excluded == (
        Exclusion("C7", "only the reference has it"),
        Exclusion("Neck", "only the estimate has it"),
    )


def test_missing_marker_is_undefined_with_reason() -> None:
    gaps = POSITIONS.copy()
    gaps[:, 3] = np.nan
    with pytest.warns(KinebenchWarning, match="of C7.*no frame in which both are present"):
        evaluation = evaluate_markers(REFERENCE, Markers(NAMES, TIMES, gaps))
    assert np.isnan(evaluation.value("C7", "distance_mean"))
    assert evaluation.value("all markers", "distance_mean") == 0.0
    assert {row.item for row in evaluation.undefined} == {"C7", "segment trunk", "side midline"}


def test_pose_with_two_markers_is_undefined() -> None:
    pair = {"r_knee": "r_knee", "C7": "C7"}
    with pytest.warns(KinebenchWarning, match="pa_mpjpe of all markers"):
        evaluation = evaluate_markers(REFERENCE, REFERENCE, pair)
    assert [row.metric for row in evaluation.undefined] == ["pa_mpjpe"]


def test_invalid() -> None:
    with pytest.raises(ValueRangeError, match="different times"):
        evaluate_markers(REFERENCE, replace(REFERENCE, times=TIMES + 1))
    with pytest.raises(ValueRangeError, match=r"frame 'ground'.*'camera'"):
        evaluate_markers(REFERENCE, replace(REFERENCE, frame="camera"))
    other = REFERENCE.rename(dict(zip(NAMES, "abcd", strict=True)))
    with pytest.raises(ValueRangeError, match="no marker is in both"):
        evaluate_markers(REFERENCE, other)


def test_metrics_asked_for_are_those_of_all() -> None:
    estimate = moved([0.1, 0.2, 0.4, 0.0])
    whole = evaluate_markers(REFERENCE, estimate)
    for metric in whole.metrics:
        alone = evaluate_markers(REFERENCE, estimate, metrics=[metric])
        assert alone.metrics == (metric,)
        assert alone.values(metric) == whole.values(metric)
    with pytest.raises(NameNotFoundError, match="distance_mean"):
        evaluate_markers(REFERENCE, estimate, metrics=["distance_maen"])
