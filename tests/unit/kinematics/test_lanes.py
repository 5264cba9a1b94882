"""Poses side by side in lanes are solved as one alone is, whatever the other lanes hold."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.kinematics import Tree, marker_positions
from kinebench.kinematics.descents import Descents, Found
from kinebench.kinematics.mechanism import build_mechanism
from kinebench.kinematics.newton.compilation import compiled
from kinebench.kinematics.newton.lanes import in_lanes
from kinebench.kinematics.newton.records import ANY, N_LANES, RESULT, new_work
from kinebench.kinematics.newton.rotations import sine_cosine
from tests.unit.kinematics.branching import TASKS, WEIGHTS, branching

Array = np.ndarray[Any, Any]
N = 2 * N_LANES + 3


@pytest.fixture(scope="module", params=[False, True], ids=["tree", "coupled"])
def tree(request: pytest.FixtureRequest) -> Tree:
    return branching(request.param)


@pytest.fixture(scope="module")
def measured(tree: Tree) -> Array:
    """Frames with noise; markers missing here and there, all of them in one."""
    generator = np.random.default_rng(8)
    q = generator.uniform(-0.5, 0.5, (N, 11))
    positions = marker_positions(tree, q) + generator.normal(0, 0.05, (N, len(WEIGHTS), 3))
    positions[generator.random((N, len(WEIGHTS))) < 0.1] = np.nan
    positions[5] = np.nan
    positions.flags.writeable = False
    return np.asarray(positions)


@pytest.fixture(scope="module")
def descents(tree: Tree, measured: Array) -> Descents:
    mechanism = build_mechanism(tree, WEIGHTS, TASKS)
    columns = np.array([tree.marker_names.index(name) for name in mechanism.markers])
    mechanism.flat.variables["low"], mechanism.flat.variables["high"] = -0.6, 0.6
    return Descents(mechanism, measured, columns, np.zeros(len(mechanism.variables)))


def starts(descents: Descents) -> Array:
    return np.random.default_rng(9).uniform(-0.4, 0.4, (N, len(descents.defaults)))


def one_by_one(descents: Descents, begin: Array, most: int) -> Found:
    """Each frame by the solver of one pose."""
    n, m = begin.shape[1], len(descents.columns)
    found = Found(np.empty((N, n)), np.empty(N, RESULT), np.empty((N, n), bool), np.empty((N, m)))
    frozen = np.zeros(n, bool)
    for frame in range(N):
        descents.track_frames(
            descents.mechanism.flat, descents.work, descents.measured, descents.columns, frame,
            frame + 1, 1, ANY, begin[frame : frame + 1].copy(), frozen, -1.0, most, 0, *found,
        )  # fmt: skip
    return found


def solved(descents: Descents, frames: Array, begin: Array, most: int = 60) -> Found:
    return descents._search(
        frames, begin, descents.columns, np.zeros(begin.shape[1], bool), -1.0, most
    )


@pytest.mark.parametrize("most", [1, 3, 60])
def test_a_lane_takes_the_steps_that_one_pose_takes(descents: Descents, most: int) -> None:
    """Within limits, with markers missing, after one step, after three, and at the end."""
    begin = starts(descents)
    for first in range(0, N, N_LANES):  # a lane learns its rate of convergence from block to block
        frames = np.arange(first, min(first + N_LANES, N))
        apart, alone = (
            solved(descents, frames, begin[frames], most),
            one_by_one(descents, begin, most),
        )
        there = frames != 5
        np.testing.assert_allclose(apart.x[there], alone.x[frames[there]], atol=1e-9)
        np.testing.assert_allclose(apart.errors, alone.errors[frames], atol=1e-9)
        for name in ("converged", "iterations"):
            np.testing.assert_array_equal(apart.outcomes[name], alone.outcomes[name][frames])
        np.testing.assert_allclose(
            apart.outcomes["energy"], alone.outcomes["energy"][frames], rtol=1e-9
        )
        np.testing.assert_array_equal(apart.observed, alone.observed[frames])
    assert (alone.x == 0.6).any(), "limits should hold something"


@pytest.mark.parametrize("seed", range(4))
def test_a_lane_does_not_depend_on_the_others(descents: Descents, seed: int) -> None:
    """To the last bit, whichever lane it is and whoever is beside it; one of them is empty."""
    frames, begin = np.arange(N_LANES), starts(descents)
    order = np.random.default_rng(seed).permutation(N_LANES)
    whole, mixed = (
        solved(descents, frames, begin[frames]),
        solved(descents, frames[order], begin[order]),
    )
    for one, other in zip(whole, mixed, strict=True):
        if one.dtype.names is None:
            np.testing.assert_array_equal(one[order], other)
        else:
            for name in one.dtype.names:
                np.testing.assert_array_equal(one[name][order], other[name])
    alone = solved(descents, frames[2:3], begin[2:3])
    np.testing.assert_array_equal(alone.x[0], whole.x[2])


def test_lanes_that_stand_still_let_the_others_go_on(descents: Descents) -> None:
    """One frame starts at its minimum, the others do not: all end where they would."""
    begin = starts(descents)
    end = one_by_one(descents, begin, 60)
    begin[3] = end.x[3]
    frames = np.arange(N_LANES)
    found = solved(descents, frames, begin[frames])
    assert found.outcomes["iterations"][3] == 1
    assert found.outcomes["iterations"].max() > 2
    there = frames != 5
    np.testing.assert_allclose(found.x[there], end.x[frames[there]], atol=1e-9)


def test_markers_that_do_not_count_and_frozen_variables(descents: Descents) -> None:
    """A column of −1 is a missing marker; frozen variables stay where they start."""
    begin, frames = starts(descents), np.arange(3)
    frozen = np.zeros(len(descents.defaults), bool)
    frozen[2:6] = True
    columns = descents.columns.copy()
    columns[[1, 4]] = -1
    found = descents._search(frames, begin[:3], columns, frozen, -1.0, 60)
    np.testing.assert_array_equal(found.x[:, frozen], begin[:3][:, frozen])
    assert (found.x[:, ~frozen] != begin[:3][:, ~frozen]).any()
    assert np.isnan(found.errors[:, [1, 4]]).all()


@pytest.mark.parametrize("limb", range(3))
def test_what_is_frozen_is_what_limits_leave_no_room_for(descents: Descents, limb: int) -> None:
    """The same minima, energies and marker distances, though still bodies are placed but once."""
    begin, frames = starts(descents)[:3], np.array([0, 1, 2])
    moving = list(descents.mechanism.limbs[limb])
    frozen = np.ones(len(descents.defaults), bool)
    frozen[moving] = False
    held = descents._search(frames, begin, descents.columns, frozen, -1.0, 60)
    variables, nothing = descents.mechanism.flat.variables, np.zeros(len(frozen), bool)
    before = variables.copy()
    try:
        for place, start in enumerate(begin):
            for side in ("low", "high"):
                variables[side] = np.where(frozen, start, before[side])
            one = frames[place : place + 1]
            tied = descents._search(one, begin[place][None], descents.columns, nothing, -1.0, 60)
            np.testing.assert_allclose(held.x[place], tied.x[0], atol=1e-8)
            np.testing.assert_allclose(held.errors[place], tied.errors[0], atol=1e-9)
            energies = held.outcomes["energy"][place], tied.outcomes["energy"][0]
            assert energies[0] == pytest.approx(energies[1], rel=1e-12)
    finally:
        variables[:] = before


@pytest.mark.parametrize("lanes", [(), (N_LANES,)])
def test_scratch_arrays_do_not_overlap(descents: Descents, lanes: tuple[int, ...]) -> None:
    """Each begins where a vector may; only columns that are variables share their arrays."""
    flat = descents.mechanism.flat
    arrays = new_work(flat, *lanes)._asdict()
    if not flat.reduced:
        assert arrays.pop("Hc") is arrays["H"]
        assert arrays.pop("gc") is arrays["g"]
    ends = []
    for array in arrays.values():
        assert array.flags.c_contiguous
        start = array.__array_interface__["data"][0]
        if array.dtype.kind != "i":
            assert start % (8 * N_LANES) == 0
        ends.append((start, start + array.nbytes))
    for (_, end), (start, _) in itertools.pairwise(sorted(ends)):
        assert end <= start


@compiled
def _sines(w):
    lanes = in_lanes(w)
    lanes.told[1], lanes.told[2] = sine_cosine(lanes.told[0])


@given(st.lists(st.floats(-1e5, 1e5), min_size=N_LANES, max_size=N_LANES))
def test_sine_and_cosine_of_one_number_and_of_lanes(
    descents: Descents, angles: list[float]
) -> None:
    """To two units of the last place of 1, in lanes to the last bit as alone."""
    work = new_work(descents.mechanism.flat, N_LANES)
    work.told[0] = angles
    _sines(work)
    np.testing.assert_allclose(work.told[1], np.sin(angles), rtol=0, atol=4.5e-16)
    np.testing.assert_allclose(work.told[2], np.cos(angles), rtol=0, atol=4.5e-16)
    alone = np.array([sine_cosine(angle) for angle in angles])
    np.testing.assert_allclose(alone, work.told[1:3].T, rtol=0, atol=4.5e-16)
