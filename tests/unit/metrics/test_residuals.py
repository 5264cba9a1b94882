"""Marker errors of inverse kinematics."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.errors import KinebenchWarning, ValueRangeError
from kinebench.metrics.residuals import (
    evaluate_residuals,
    residual_max,
    residual_rms,
)

DISTANCES = np.array([[0.01, 0.02, np.nan], [0.03, np.nan, np.nan]])


def test_missing_markers_do_not_count() -> None:
    assert residual_rms(DISTANCES) == pytest.approx(np.sqrt((1 + 4 + 9) / 3) * 0.01)
    assert residual_max(DISTANCES) == pytest.approx(0.03)


def test_evaluation_lists_markers_and_all() -> None:
    with pytest.warns(KinebenchWarning, match="2 figures are NaN.*of c"):
        evaluation = evaluate_residuals(DISTANCES, ("a", "b", "c"))
    assert evaluation.items == ("a", "b", "c", "all markers")
    assert evaluation.value("a", "residual_rms") == pytest.approx(np.sqrt(5) * 0.01)
    assert evaluation.value("all markers", "residual_max") == pytest.approx(0.03)
    assert {figure.item: figure.n for figure in evaluation.figures} == {
        "a": 2,
        "b": 1,
        "c": 0,
        "all markers": 3,
    }
    assert {undefined.item for undefined in evaluation.undefined} == {"c"}
    with pytest.raises(ValueRangeError, match="as many names"):
        evaluate_residuals(DISTANCES, ("a", "b"))
