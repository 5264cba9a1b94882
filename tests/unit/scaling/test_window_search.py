from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kinebench.core import Document, Markers, Model, Subject
from kinebench.errors import KinebenchWarning, ScalingError
from kinebench.scaling.opensim_scaler import OpenSimScaler
from kinebench.scaling.window import GivenWindow
from kinebench.scaling.window_search import window_of_factors

N_FRAMES = 40


@pytest.fixture(scope="module")
def static(leg_trial: Callable[..., Markers]) -> Markers:
    """A leg that stands still but for the noise of a reconstruction."""
    still = np.ones(N_FRAMES)
    trial = leg_trial(0.05 * still, 0.1 * still, -0.2 * still, scale=1.1)
    noise = np.random.default_rng(4).normal(scale=2e-3, size=trial.positions.shape)
    return trial.with_positions(trial.positions + noise)


@pytest.mark.parametrize(("first", "last"), [(0, 1), (7, 19), (12, 13), (30, 39), (0, 39)])
def test_the_window_that_opensim_scaled_on_is_found(
    first: int, last: int, leg_model: Model, leg_setup: Document, static: Markers
) -> None:
    window = GivenWindow(*np.round(static.times[[first, last]], 8).tolist())
    with pytest.warns(KinebenchWarning, match="no complete marker pair"):
        scaled = OpenSimScaler(leg_setup, None, window)(leg_model, static, Subject(70.0, 1.75))
    found, misfit = window_of_factors(leg_setup, None, leg_model, static, scaled.body_scale_factors)
    assert found == window
    assert misfit < 1e-8


def test_factors_of_no_window_are_told_by_their_misfit(
    leg_model: Model, leg_setup: Document, static: Markers
) -> None:
    _, misfit = window_of_factors(leg_setup, None, leg_model, static, {"femur_r": (2.2, 2.2, 2.2)})
    assert misfit == pytest.approx(0.5, abs=0.03)


def test_a_foreign_model_has_nothing_to_compare(
    leg_model: Model, leg_setup: Document, static: Markers
) -> None:
    with pytest.raises(ScalingError, match="0 bodies to compare, 40 frames"):
        window_of_factors(leg_setup, None, leg_model, static, {"wing": (1.0, 1.0, 1.0)})


def test_two_frames_are_a_window_and_one_is_none(
    leg_model: Model, leg_setup: Document, static: Markers
) -> None:
    two = static.at_frames(np.arange(2))
    known = {"femur_r": (1.1, 1.1, 1.1)}
    found, _ = window_of_factors(leg_setup, None, leg_model, two, known)
    assert (found.start_s, found.end_s) == (0.0, pytest.approx(1 / 60))
    with pytest.raises(ScalingError) as refused:
        window_of_factors(leg_setup, None, leg_model, static.at_frames(np.arange(1)), known)
    assert str(refused.value) == "no static window to be found: 1 bodies to compare, 1 frames"
