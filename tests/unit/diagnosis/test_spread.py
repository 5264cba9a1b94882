"""What was measured of clean sessions: of a size they can have, and as the benchmark writes it."""

from __future__ import annotations

import hashlib
import importlib
import json
import math
import sys
from collections.abc import Iterator
from dataclasses import astuple
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy import stats

from kinebench.diagnosis.figures import FIGURES, Figure
from kinebench.diagnosis.spread import (
    ANGLE_CHANGE,
    Spread,
    Spreads,
    error_of,
    notable,
    spread_of,
    spreads,
)

CAUSES = (
    "keypoint noise", "camera tilt", "static window", "solvers", "scaling set-up",
    "augmenter version",
)  # fmt: skip
MEASURED = (*FIGURES, ANGLE_CHANGE)
FILE = files("kinebench.diagnosis").joinpath("spread.json")


@pytest.fixture(scope="module")
def benchmark() -> Iterator[ModuleType]:
    root = str(Path(__file__).parents[3])
    sys.path.insert(0, root)
    try:
        yield importlib.import_module("benchmarks.diagnosis.spread")
    finally:
        sys.path.remove(root)


def test_every_cause_was_measured_on_every_figure() -> None:
    assert set(spreads().parts) == set(CAUSES)
    for cause, figures in spreads().parts.items():
        assert list(figures) == [figure.name for figure in MEASURED], cause
        assert {spread.n for spread in figures.values()} == {spreads().n_swapped} == {30}
    # the truth has no floor of its own
    expected = [figure.name for figure in FIGURES if figure.name != "floor_contact"]
    assert list(spreads().errors) == expected
    assert {spread.n for spread in spreads().errors.values()} == {90}


@pytest.mark.parametrize("figure", MEASURED, ids=lambda figure: figure.name)
@pytest.mark.parametrize("cause", CAUSES)
def test_a_clean_session_changes_by_centimetres_and_degrees_at_most(
    cause: str, figure: Figure
) -> None:
    found = spread_of(cause, figure)
    assert found is not None
    # another augmenter changes angles by 11°
    most = 0.2 if cause == "augmenter version" else 0.1
    assert 0 <= found.sd < most
    assert found.rms < most
    assert figure is not ANGLE_CHANGE or found.mean > 0  # an RMS
    assert notable(cause, figure) == max(figure.notable, found.rms)


@pytest.mark.parametrize("cause", ["scaling set-up", "static window", "solvers"])
def test_how_a_model_is_scaled_and_solved_leaves_the_feet_on_the_floor(cause: str) -> None:
    """Feet are taken from markers, which come before."""
    found = spread_of(cause, FIGURES[5])
    assert FIGURES[5].name == "floor_contact"
    assert found == Spread(0.0, 0.0, 30)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_errors_are_known_of_the_measured_version_alone(figure: Figure) -> None:
    found = error_of(figure, "v0.3")
    assert found is None or (0 <= found.sd < 0.15 and found.rms < 0.15)
    assert error_of(figure, "v0.2") is None


def test_a_file_that_is_not_that_of_the_measurement_is_noticed() -> None:
    """Numbers change by a new measurement alone, which writes the file and changes this digest."""
    assert hashlib.sha256(FILE.read_bytes()).hexdigest() == (
        "44a36f01385ca06eed0464efd4ec154817bfb5bd286620be192499329ada2eea"
    )
    assert error_of(FIGURES[0], "v0.3") == Spread(2.54e-3, 7.13e-3, 90)
    assert spread_of("solvers", ANGLE_CHANGE) == Spread(2.23e-2, 1.71e-2, 30)


def test_what_the_benchmark_writes_is_what_is_read(benchmark: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "spread.json"
    benchmark.write(spreads(), path)
    assert path.read_bytes() == FILE.read_bytes()
    assert Spreads.from_json(json.loads(path.read_text("utf-8"))) == spreads()
    assert spreads().note == benchmark.NOTE


def test_numbers_are_kept_to_three_digits() -> None:
    long = Spreads({"side_drop": Spread(1.23456e-3, -98765.4, 1234)}, {}, "from here")
    assert long.as_json() == {
        "note": "from here", "errors": {"side_drop": [1.23e-3, -98800.0, 1234]}, "parts": {},
    }  # fmt: skip


def test_a_measurement_is_mean_and_standard_deviation_over_sessions(benchmark: ModuleType) -> None:
    """Three sessions of known figures: n − 1 in the deviation, and what is unknown left out."""
    figures = np.arange(float(len(FIGURES)))
    errors = np.stack([figures, figures + 1, figures + 5])
    errors[0, 1] = np.nan
    found = benchmark.spreads_of_errors(errors)
    assert list(astuple(found["side_drop"])) == pytest.approx([2.0, math.sqrt(7.0), 3])
    assert list(astuple(found["knee_drop"])) == pytest.approx([4.0, math.sqrt(8.0), 3])
    assert "floor_contact" not in found
    sessions = [benchmark.Measured({"b": np.append(row, 9.0), "a": -np.append(row, 9.0)})
                for row in errors]  # fmt: skip
    parts = benchmark.parts_of(sessions)
    assert list(parts) == ["a", "b"]
    assert list(parts["a"]) == [figure.name for figure in MEASURED]
    assert parts["b"]["side_drop"] == found["side_drop"]
    assert parts["a"]["side_drop"].mean == -2.0
    assert parts["b"]["angle_change"] == Spread(9.0, 0.0, 3)


def test_a_prediction_interval_is_student_s() -> None:
    for n in (30, 180):
        factor = stats.t.ppf(0.975, n - 1) * math.sqrt(1 + 1 / n)
        assert Spread(1.0, 2.0, n).half_width == pytest.approx(2.0 * factor)
    assert Spread(3.0, 4.0, 30).rms == 5.0


def test_what_was_not_measured_is_notable_by_interest_alone() -> None:
    assert spread_of("gravity", FIGURES[0]) is None
    assert notable("gravity", FIGURES[0]) == FIGURES[0].notable
    assert ANGLE_CHANGE.notable == pytest.approx(math.radians(1.0))
