"""How much the lag and the policy matter."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.alignment import (
    GivenLag,
    MinimiseLag,
    NoAlignment,
    SignalLag,
    align,
    compare_policies,
    sensitivity,
)
from kinebench.core import Coordinate, Motion
from kinebench.metrics import evaluate_motion
from kinebench.metrics.waveform import rmse

TIMES = np.arange(201) / 100


def knee(lag_s: float = 0.0) -> Motion:
    values = np.sin(3 * (TIMES - lag_s) + 0.5 * np.sin(TIMES - lag_s))
    return Motion((Coordinate("knee_angle_r"),), TIMES, values[:, None])


def measure(reference: Motion, estimate: Motion) -> float:
    return float(rmse(reference.values, estimate.values)[0])


def test_default_is_one_clock() -> None:
    assert align(knee(), knee(0.1)).record.stage == NoAlignment()


def test_sensitivity_shifts_both_ways() -> None:
    shifted = sensitivity(knee(), knee(0.05), measure, lag_s=0.05)
    assert [row.label for row in shifted] == ["lag", "−1 frame", "+1 frame", "−0.1 s", "+0.1 s"]
    assert [row.shift_s for row in shifted] == pytest.approx([0, -0.01, 0.01, -0.1, 0.1])
    results = [row.result for row in shifted]
    assert results[0] == pytest.approx(0.0, abs=1e-6)
    assert all(result > 10 * results[0] for result in results[1:])
    assert results[3] > 5 * results[1]


def test_sensitivity_equals_the_given_lags() -> None:
    for row in sensitivity(knee(), knee(0.02), measure, 0.02, shifts_s=(0.05,)):
        aligned = GivenLag(0.02 + row.shift_s)(knee(), knee(0.02))
        assert row.result == measure(aligned.reference, aligned.estimate)
        assert row.n_frames == aligned.record.n_frames


def test_sensitivity_of_a_whole_evaluation() -> None:
    rows = sensitivity(knee(), knee(0.05), lambda r, e: evaluate_motion(r, e, ["rmse", "bias"]))
    assert rows[0].result.metrics == ("rmse", "bias")


def test_sensitivity_may_interpolate_linearly() -> None:
    cubic = sensitivity(knee(), knee(), measure, 0.005)[0].result
    linear = sensitivity(knee(), knee(), measure, 0.005, interpolation="linear")[0].result
    assert cubic != linear


def test_policies_side_by_side() -> None:
    policies = (NoAlignment(), GivenLag(0.04), SignalLag(), MinimiseLag())
    found = compare_policies(knee(), knee(0.04), measure, policies)
    assert list(found) == ["none", "given", "signal", "minimise"]
    none, given, minimise = (found[name] for name in ("none", "given", "minimise"))
    assert none.result is not None
    assert none.result > 0.05
    assert given.result is not None
    assert given.result < 1e-4
    assert minimise.record is not None
    assert minimise.record.lag_s == pytest.approx(0.04, abs=1e-3)
    assert found["signal"].result is None
    assert "pelvis_ty" in str(found["signal"].reason)
    assert found["signal"].record is None
