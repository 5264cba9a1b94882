"""Arrays of values: copied when somebody could write to them, shared when nobody can."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from kinebench.augmentation.floor import VerticalShift
from kinebench.core import Markers
from kinebench.core.arrays import frozen, read_only

Array = np.ndarray[Any, Any]


def numbers() -> Array:
    return np.arange(12.0).reshape(4, 3).copy()


def writable_behind() -> Array:
    view = numbers()[:]
    view.flags.writeable = False
    return view


COPIED: dict[str, Callable[[], Array]] = {
    "writable": numbers,
    "a view of what is writable": writable_behind,
    "in another order": lambda: frozen(np.asfortranarray(numbers())),
    "of another type": lambda: frozen(numbers().astype(np.float32)),
}


@pytest.mark.parametrize("kind", COPIED)
def test_what_may_change_is_copied(kind: str) -> None:
    given = COPIED[kind]()
    kept = read_only(given, (4, 3), "numbers")
    assert not np.shares_memory(kept, given)
    assert not kept.flags.writeable
    assert kept.flags.c_contiguous
    np.testing.assert_array_equal(kept, numbers())


def test_what_cannot_change_is_shared() -> None:
    whole = frozen(numbers())
    for given in (whole, whole[1:3]):
        kept = read_only(given, (None, 3), "numbers")
        assert np.shares_memory(kept, given)
        assert not kept.flags.writeable


@pytest.fixture(scope="module")
def recording() -> Markers:
    positions = np.random.default_rng(1).normal(size=(5000, 20, 3))
    return Markers(tuple(f"m{i}" for i in range(20)), np.arange(5000) / 100, positions)


STEPS: dict[str, Callable[[Markers], Markers]] = {
    "select": lambda markers: markers.select(reversed(markers.names)),
    "shift": VerticalShift(0.1),
    "join": lambda markers: markers.joined(markers.rename({n: f"{n}_" for n in markers.names})),
}


@pytest.mark.parametrize("name", STEPS)
def test_a_step_makes_one_recording_and_no_second(name: str, recording: Markers) -> None:
    """What is made, a truth for each number, and small things: a copy more would be twice that."""
    tracemalloc.start()
    made = STEPS[name](recording)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.5 * made.positions.nbytes
    assert peak > made.positions.nbytes, "tracemalloc should see NumPy's memory"
