"""What the search asks: limbs that are wrong throughout, poor frames, and nothing twice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kinebench.core import Markers
from kinebench.core.ik_tasks import IKTasks
from kinebench.kinematics import Tree
from kinebench.kinematics.descents import Descents
from kinebench.kinematics.mechanism import Mechanism, build_mechanism
from kinebench.kinematics.suspicion import _peaks, suspicious
from kinebench.kinematics.tracking import BETTER, MarkerTracker

Array = np.ndarray[Any, Any]


@pytest.fixture(scope="module")
def mechanism(figure_tree: Tree, equal_tasks: IKTasks) -> Mechanism:
    return build_mechanism(figure_tree, dict(equal_tasks.weights))


def tracker(mechanism: Mechanism, tree: Tree, markers: Markers, sd: float, seed: int) -> Any:
    noise = np.random.default_rng(seed).normal(0, sd, markers.positions.shape)
    positions = markers.positions + noise
    positions.flags.writeable = False
    columns = np.array([markers.names.index(name) for name in mechanism.markers])
    return MarkerTracker(mechanism, positions, columns, tree.defaults[list(mechanism.variables)])


@pytest.mark.parametrize(("miss_m", "asked"), [(0.04, True), (0.02, False)])
def test_a_limb_that_misses_its_markers_throughout_is_asked(
    mechanism: Mechanism, miss_m: float, asked: bool
) -> None:
    """It does not stand out from what is usual in the recording; the whole body fits well."""
    errors = np.full((60, len(mechanism.markers)), 0.005)
    errors[:, mechanism.marked[2]] = miss_m
    x = np.zeros((60, len(mechanism.variables)))
    wanted = suspicious(mechanism, x, errors, np.ones(60, np.bool_))
    assert wanted[:, 2].any() == asked
    assert not wanted[:, [1, *range(3, len(mechanism.limbs))]].any()
    errors[:, mechanism.marked[2]] = np.nan
    assert not suspicious(mechanism, x, errors, np.ones(60, np.bool_))[:, 1:].any()


@pytest.mark.parametrize("seed", range(20))
def test_peaks_are_the_highest_of_each_run(seed: int) -> None:
    """Beside the definition, run by run: the first highest place, of the two highest runs."""
    values = np.random.default_rng(seed).integers(0, 5, 40).astype(float)
    runs: list[list[int]] = []
    for place in np.flatnonzero(values > 2.5).tolist():
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    peaks = [max(run, key=lambda place: (values[place], -place)) for run in runs]
    peaks = sorted(peaks, key=lambda place: (-values[place], place))[:2]
    assert _peaks(values, 2.5).tolist() == peaks
    assert _peaks(values, 9.0).size == 0


def test_poor_frames_are_not_above_what_the_whole_recording_leads_to(
    mechanism: Mechanism, figure_tree: Tree, swing_markers: Markers
) -> None:
    """Poses of other frames, and limbs at rest, do not lead lower: asked of neighbours alone, 6
    and 3 of these 240 frames would be above."""
    above = []
    for seed in (0, 1, 3):
        solved = tracker(mechanism, figure_tree, swing_markers, 0.15, seed)
        solved.solve()
        frames, root = np.arange(len(solved.x)), list(mechanism.limbs[0])
        at_rest = np.tile(solved.defaults, (len(frames), 1))
        at_rest[:, root] = solved.x[:, root]
        elsewhere = solved.x[np.linspace(0, len(frames) - 1, 5).astype(int)]
        others = np.repeat(elsewhere, len(frames), axis=0)
        now = solved.outcomes["energy"]
        assert np.sqrt(2 * now).min() > 0.03, "all frames should fit poorly"
        for starts in (others, at_rest):
            rows = np.resize(frames, len(starts))
            _, energies = solved._descents.minima(rows, starts)
            above.append(now > energies.reshape(-1, len(frames)).min(axis=0) * (1 + 2 * BETTER))
    assert not np.array(above[::2]).any()
    # the root may have moved since they were asked
    assert np.array(above[1::2]).sum() <= 1


def test_where_neighbours_lead_is_asked_once(
    monkeypatch: pytest.MonkeyPatch,
    mechanism: Mechanism,
    figure_tree: Tree,
    swing_markers: Markers,
) -> None:
    """In a recording in which every frame jumps: the same answer from fewer descents."""
    asked: list[int] = []
    minima = Descents.minima

    def counted(self: Descents, frames: Array, starts: Array) -> Any:
        asked[-1] += len(frames)
        return minima(self, frames, starts)

    monkeypatch.setattr(Descents, "minima", counted)
    found = []
    for known in (True, False):
        if not known:
            nothing = lambda self, frames, step: np.zeros(len(frames), np.bool_)  # noqa: E731
            monkeypatch.setattr(MarkerTracker, "_is_led", nothing)
        asked.append(0)
        solved = tracker(mechanism, figure_tree, swing_markers, 0.06, 5)
        solved.solve()
        found.append(solved)
    np.testing.assert_allclose(found[0].x, found[1].x, atol=1e-8)
    np.testing.assert_array_equal(np.isnan(found[0].rival), np.isnan(found[1].rival))
    assert asked[0] < asked[1]


def test_a_search_that_ends_before_its_minimum_goes_on_from_there(
    monkeypatch: pytest.MonkeyPatch,
    mechanism: Mechanism,
    figure_tree: Tree,
    swing_markers: Markers,
) -> None:
    """Two iterations at a time do not reach it."""
    whole = {}
    for most in (60, 2):
        for module in ("tracking", "descents"):
            monkeypatch.setattr(f"kinebench.kinematics.{module}.MAX_ITERATIONS", most)
        for frame in range(0, 80, 16):
            one = swing_markers.at_frames(np.array([frame]))
            solved = tracker(mechanism, figure_tree, one, 0.02, 7 + frame)
            solved.solve()
            assert solved.outcomes["converged"].all()
            whole[most, frame] = solved.outcomes["energy"][0]
    for frame in range(0, 80, 16):
        assert whole[2, frame] == pytest.approx(whole[60, frame], rel=1e-9)
