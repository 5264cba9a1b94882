"""Laws of values: copies are equal, equal values have equal digests, selections compose."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kinebench.core import Markers
from kinebench.core.provenance import describe, digest

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=6,
)
NUMBERS = st.floats(-1e3, 1e3) | st.just(np.nan)


@st.composite
def recordings(draw: Any) -> Markers:
    n_frames, n_markers = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    positions = draw(arrays(float, (n_frames, n_markers, 3), elements=st.floats(-1e3, 1e3)))
    positions[draw(arrays(bool, (n_frames, n_markers)))] = np.nan
    confidence = draw(st.none() | arrays(float, (n_frames, n_markers), elements=st.floats(0, 1)))
    names = draw(st.permutations("abcdefg"))[:n_markers]
    return Markers(tuple(names), np.arange(n_frames) / 60, positions, confidence)


@given(recordings(), st.integers(2, 5))
def test_copies_are_equal_and_read_only(markers: Markers, protocol: int) -> None:
    for again in (copy.deepcopy(markers), pickle.loads(pickle.dumps(markers, protocol))):
        assert again == markers
        assert digest(again) == digest(markers)
        assert not again.positions.flags.writeable
        assert not again.times.flags.writeable


@given(recordings(), recordings())
def test_digests_agree_with_equality(one: Markers, other: Markers) -> None:
    assert (one == other) == (digest(one) == digest(other))
    assert (one == other) == (other == one)


@given(recordings(), st.data())
def test_selections_compose(markers: Markers, data: st.DataObject) -> None:
    order = data.draw(st.permutations(markers.names))
    chosen = markers.select(order)
    assert chosen.select(markers.names) == markers
    np.testing.assert_array_equal(chosen.position(order[0]), markers.position(order[0]))
    swap = dict(zip(markers.names, order, strict=True))
    back = {new: old for old, new in swap.items()}
    assert markers.rename(swap).rename(back) == markers


@given(PLAIN, PLAIN)
def test_plain_values_of_one_digest_are_one_value(one: Any, other: Any) -> None:
    assert digest(one) == digest(copy.deepcopy(one))
    if digest(one) == digest(other):
        assert repr(one).replace("-0.0", "0.0") == repr(other).replace("-0.0", "0.0") or (
            one == other
        )


@given(arrays(float, st.integers(0, 70), elements=NUMBERS))
def test_long_arrays_are_summarised(array: Any) -> None:
    described = describe(array)
    assert isinstance(described, list) == (array.size <= 64)
