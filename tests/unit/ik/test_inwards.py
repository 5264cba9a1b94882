"""Frames solved side by side from every eighth inwards are those solved one after another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from kinebench.core import IKSolution, Markers, Model
from kinebench.core.ik_tasks import IKTasks
from kinebench.ik.fast import FastIK
from kinebench.kinematics import Tree, tracking
from kinebench.kinematics.tracking import _halfway

Array = np.ndarray[Any, Any]


def in_turn(
    monkeypatch: pytest.MonkeyPatch, tasks: IKTasks, model: Model, markers: Markers
) -> IKSolution:
    """Every frame from its predecessor: there is no eighth."""
    with monkeypatch.context() as patch:
        patch.setattr(tracking, "_STRIDE", 1 << 20)
        return FastIK(tasks)(model, markers)


def as_it_is(markers: Markers) -> Markers:
    return markers


def noisy(markers: Markers) -> Markers:
    noise = np.random.default_rng(3).normal(0, 0.02, markers.positions.shape)
    return markers.with_positions(markers.positions + noise)


def with_gaps(markers: Markers) -> Markers:
    positions = noisy(markers).positions.copy()
    positions[np.random.default_rng(4).random(positions.shape[:2]) < 0.1] = np.nan
    return markers.with_positions(positions)


def without_a_leg(markers: Markers) -> Markers:
    """A leg is lost for some frames, another for the rest of the trial."""
    positions = noisy(markers).positions.copy()
    for side, frames in (("r", slice(20, 30)), ("l", slice(55, None))):
        lost = [n[:-1] in (f"thigh_{side}", f"shank_{side}") for n in markers.names]
        positions[frames, lost] = np.nan
    return markers.with_positions(positions)


def without_anybody(markers: Markers) -> Markers:
    """Nobody at the start, for eleven frames in between (one of them an eighth), and at the end."""
    positions = noisy(markers).positions.copy()
    for frames in (slice(0, 3), slice(36, 47), slice(78, None)):
        positions[frames] = np.nan
    return markers.with_positions(positions)


def exchanged(markers: Markers) -> Markers:
    """The legs' names exchanged for a while: the pose jumps there and back."""
    other = {"r": "l", "l": "r"}
    partner = [
        markers.names.index(f"{name[:-2]}{other[name[-2]]}{name[-1]}")
        if name[:-1] in ("thigh_r", "thigh_l", "shank_r", "shank_l")
        else index
        for index, name in enumerate(markers.names)
    ]
    positions = noisy(markers).positions.copy()
    positions[30:50] = positions[30:50][:, partner]
    return markers.with_positions(positions)


@pytest.mark.parametrize(
    "spoil", [as_it_is, noisy, with_gaps, without_a_leg, without_anybody, exchanged]
)
def test_the_answer_is_that_of_frame_after_frame(
    monkeypatch: pytest.MonkeyPatch,
    figure: Model,
    equal_tasks: IKTasks,
    swing_markers: Markers,
    spoil: Callable[[Markers], Markers],
) -> None:
    markers = spoil(swing_markers)
    expected = in_turn(monkeypatch, equal_tasks, figure, markers)
    found = FastIK(equal_tasks)(figure, markers)
    np.testing.assert_allclose(found.motion.values, expected.motion.values, atol=1e-7)
    np.testing.assert_allclose(found.marker_errors, expected.marker_errors, atol=1e-8)
    np.testing.assert_array_equal(found.observed, expected.observed)
    np.testing.assert_array_equal(found.converged, expected.converged)


@pytest.mark.parametrize("n_frames", [1, 2, 15, 16, 17, 18, 23, 24, 25])
def test_trials_of_any_length(
    monkeypatch: pytest.MonkeyPatch,
    figure: Model,
    equal_tasks: IKTasks,
    swing_markers: Markers,
    n_frames: int,
) -> None:
    """The last eighths are not full."""
    markers = noisy(swing_markers).at_frames(np.arange(n_frames))
    expected = in_turn(monkeypatch, equal_tasks, figure, markers)
    found = FastIK(equal_tasks)(figure, markers)
    np.testing.assert_allclose(found.motion.values, expected.motion.values, atol=1e-7)


def test_most_frames_are_solved_side_by_side(
    monkeypatch: pytest.MonkeyPatch, figure: Model, equal_tasks: IKTasks, swing_markers: Markers
) -> None:
    """In a trial without gaps and jumps one frame of eight waits for another."""
    waited = []
    track = tracking.MarkerTracker._track

    def counted(self: Any, *arguments: Any, **options: Any) -> int:
        waited.append(track(self, *arguments, **options))
        return waited[-1]

    monkeypatch.setattr(tracking.MarkerTracker, "_track", counted)
    FastIK(equal_tasks)(figure, swing_markers)
    assert sum(waited) == swing_markers.n_frames // 8


def test_a_jump_is_joined_from_the_side_that_fits(
    figure_tree: Tree, equal_tasks: IKTasks, swing: Array, swing_markers: Markers
) -> None:
    """Poses of another minimum, as a start in the wrong place would leave them, give way."""
    tracker, good = solved_tracker(figure_tree, equal_tasks, swing_markers)
    knee = [figure_tree.coordinate_names[i] for i in tracker.mechanism.variables].index("knee_r")
    for wrong in (slice(40, None), slice(None, 40), slice(30, 50)):
        tracker.x[:] = good
        tracker.x[wrong, knee] += np.deg2rad(30)
        tracker.outcomes["energy"] = 0.0
        tracker.outcomes["energy"][wrong] = 1.0
        tracker._join(0)
        np.testing.assert_allclose(tracker.x, good, atol=1e-7)


def test_a_jump_that_fits_better_than_what_goes_on_stays(
    figure_tree: Tree, equal_tasks: IKTasks, swing_markers: Markers
) -> None:
    tracker, _good = solved_tracker(figure_tree, equal_tasks, swing_markers)
    tracker.x[40:, 0] += np.deg2rad(30)
    tracker.outcomes["energy"] = -1.0
    jumped = tracker.x.copy()
    tracker._join(0)
    np.testing.assert_array_equal(tracker.x, jumped)


@pytest.mark.parametrize(("wrong", "open_", "healed"), [
    (slice(40, None), 50, slice(40, 50)),  # forwards up to the open frame
    (slice(None, 40), 30, slice(31, 40)),  # backwards down to it
])  # fmt: skip
def test_a_jump_is_not_followed_through_a_frame_that_leaves_something_open(
    figure_tree: Tree,
    equal_tasks: IKTasks,
    swing_markers: Markers,
    wrong: slice,
    open_: int,
    healed: slice,
) -> None:
    tracker, good = solved_tracker(figure_tree, equal_tasks, swing_markers)
    tracker.x[wrong, 15] += np.deg2rad(30)
    tracker.outcomes["energy"] = 0.0
    tracker.outcomes["energy"][wrong] = 1.0
    tracker.observed[open_, 15] = False
    left = tracker.x.copy()
    left[healed] = good[healed]
    tracker._join(0)
    np.testing.assert_allclose(tracker.x, left, atol=1e-7)


def solved_tracker(tree: Tree, tasks: IKTasks, markers: Markers) -> tuple[Any, Array]:
    from kinebench.kinematics.mechanism import build_mechanism

    mechanism = build_mechanism(tree, dict(tasks.weights))
    columns = np.array([markers.names.index(name) for name in mechanism.markers])
    defaults = tree.defaults[list(mechanism.variables)]
    tracker = tracking.MarkerTracker(mechanism, markers.positions, columns, defaults)
    tracker.solve()
    return tracker, tracker.x.copy()


def test_a_start_halfway_is_exact_for_a_cubic_and_a_line_at_the_ends() -> None:
    t = np.arange(41.0)
    for first, h in ((0, 1), (0, 4), (3, 2)):
        frames = np.arange(first + h, 41, 2 * h)
        cubic = np.stack([0.1 * t**3 - t**2, 2.0 - t], axis=1)
        known = np.isin(t, np.arange(first, 41, 2 * h))
        starts = _halfway(np.where(known[:, None], cubic, np.nan), frames, first, h)
        inside = (frames >= first + 3 * h) & (frames + 3 * h <= np.flatnonzero(known)[-1])
        np.testing.assert_allclose(starts[inside], cubic[frames[inside]], rtol=1e-12)
        assert inside.any()
        np.testing.assert_allclose(starts[:, 1], cubic[frames, 1], rtol=1e-12)


def test_blocks_change_nothing(
    monkeypatch: pytest.MonkeyPatch, figure: Model, equal_tasks: IKTasks, swing_markers: Markers
) -> None:
    """Long trials go in blocks, and blocks of eight do what one block does; jumps between too."""
    for markers in (noisy(swing_markers), exchanged(swing_markers)):
        whole = FastIK(equal_tasks)(figure, markers).motion.values
        with monkeypatch.context() as patch:
            patch.setattr(tracking, "_BLOCK", 8)
            np.testing.assert_allclose(
                FastIK(equal_tasks)(figure, markers).motion.values, whole, atol=1e-7
            )
