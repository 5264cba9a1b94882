"""Marker errors as values and files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.core import Markers
from kinebench.errors import FileFormatError, NameNotFoundError, ValueRangeError
from kinebench.uncertainty.marker_errors import (
    LEARNT,
    MarkerErrors,
    learnt_errors,
    read_errors,
    written_errors,
)
from kinebench.uncertainty.travel import ON_THE_SPOT, TRAVELLING, movement_of


def test_files_give_back_what_was_written(errors: MarkerErrors, tmp_path: Path) -> None:
    path = tmp_path / "errors.npz"
    path.write_bytes(written_errors(replace(errors, multipliers={"legs": 2.125})))
    found = read_errors(path)
    np.testing.assert_allclose(found.moments, errors.moments, rtol=1e-6)
    np.testing.assert_allclose(found.residuals, errors.residuals, rtol=1e-6)
    assert (found.name, found.about, found.markers) == (errors.name, errors.about, errors.markers)
    assert dict(found.multipliers) == {"legs": 2.125}


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "errors.npz"
    with pytest.raises(FileFormatError, match=r"errors\.npz"):
        read_errors(path)
    np.savez(path, other=np.zeros(3))
    with pytest.raises(NameNotFoundError, match="card"):
        read_errors(path)


def test_moments_of_some_markers_keep_their_order(errors: MarkerErrors) -> None:
    one, other = errors.markers[4], errors.markers[1]
    rows = [12, 13, 14, 3, 4, 5]
    np.testing.assert_array_equal(errors.of([one, other]), errors.moments[np.ix_(rows, rows)])


def test_misfit_is_the_recordings_or_the_frames(errors: MarkerErrors) -> None:
    two = errors.markers[:2]
    usual = float(errors.residuals[0])
    distances = usual * np.array([[1.0, 1.0], [3.0, np.nan], [1.0, 1.0], [np.nan, np.nan]])
    # squares of the recording: 1 1 9 1 1
    whole = np.sqrt(13 / 5)
    np.testing.assert_allclose(errors.misfit(two, distances), [whole, 3.0, whole, whole])
    np.testing.assert_allclose(errors.misfit(two, distances * 0), [0.5] * 4)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"moments": np.triu(np.ones((6, 6)))}, "symmetric"),
        ({"residuals": np.zeros(2)}, "positive"),
        ({"residuals": np.ones(3)}, "residuals"),
    ],
)
def test_impossible_errors_are_refused(changes: dict[str, Any], message: str) -> None:
    sound = MarkerErrors("a", "", ("A", "B"), np.eye(6), np.ones(2), {})
    with pytest.raises(ValueRangeError, match=message):
        replace(sound, **changes)


def test_all_learnt_errors_are_there() -> None:
    for name in LEARNT:
        found = learnt_errors(name)
        assert found.name == name
        assert found.about
        assert np.linalg.eigvalsh(found.moments).min() > -1e-6 * np.trace(found.moments)
    with pytest.raises(NameNotFoundError, match="guessed"):
        learnt_errors("guessed")


@pytest.mark.parametrize(
    ("speed", "movement"), [(0.0, ON_THE_SPOT), (0.3, ON_THE_SPOT), (0.9, TRAVELLING)]
)
def test_walking_is_told_from_moving_on_the_spot(speed: float, movement: str) -> None:
    times = np.arange(100) / 50
    positions = np.zeros((100, 2, 3))
    positions[:, :, 2] = speed * times[:, None]
    positions[:, :, 1] = np.sin(20 * times)[:, None]  # up and down does not count
    positions[0, 1] = np.nan
    assert movement_of(Markers(("A", "B"), times, positions)) == movement
    nothing = np.full((100, 2, 3), np.nan)
    assert movement_of(Markers(("A", "B"), times, nothing)) == ON_THE_SPOT
