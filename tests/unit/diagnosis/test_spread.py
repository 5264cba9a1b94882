"""What is measured of clean sessions is of a size that clean sessions can have."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from kinebench.diagnosis.figures import FIGURES, Figure
from kinebench.diagnosis.spread import (
    ANGLE_CHANGE,
    N_SESSIONS,
    Spread,
    error_of,
    notable,
    spread_of,
)

CAUSES = ("keypoint noise", "camera tilt", "static window", "solvers")
MEASURED = (*FIGURES, ANGLE_CHANGE)


@pytest.mark.parametrize("figure", MEASURED, ids=lambda figure: figure.name)
@pytest.mark.parametrize("cause", CAUSES)
def test_a_clean_session_changes_by_centimetres_and_degrees_at_most(
    cause: str, figure: Figure
) -> None:
    found = spread_of(cause, figure)
    if found is None:
        pytest.skip("not measured")
    assert 0 <= found.sd < 0.1
    assert found.rms < 0.1
    assert figure is not ANGLE_CHANGE or found.mean > 0  # an RMS
    assert notable(cause, figure) == max(figure.notable, found.rms)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_errors_are_known_of_the_measured_version_alone(figure: Figure) -> None:
    found = error_of(figure, "v0.3")
    assert found is None or (0 <= found.sd < 0.15 and found.rms < 0.15)
    assert error_of(figure, "v0.2") is None


def test_errors_of_the_headline_are_known() -> None:
    assert error_of(FIGURES[0], "v0.3") is not None


def test_a_prediction_interval_is_student_s() -> None:
    for n in (N_SESSIONS, 180):
        factor = stats.t.ppf(0.975, n - 1) * math.sqrt(1 + 1 / n)
        assert Spread(1.0, 2.0, n).half_width == pytest.approx(2.0 * factor)
    assert Spread(3.0, 4.0).rms == 5.0


def test_what_was_not_measured_is_notable_by_interest_alone() -> None:
    assert spread_of("gravity", FIGURES[0]) is None
    assert notable("gravity", FIGURES[0]) == FIGURES[0].notable
