"""The median network of the check for spikes against NumPy's median of windows."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kinebench.quality.courses import _median_of_5

# equal values, infinities of neither sign, and missing ones
VALUES = st.one_of(st.sampled_from([0.0, 1.0, np.nan]), st.floats(-1e3, 1e3))


@given(arrays(np.float64, st.tuples(st.integers(5, 12), st.integers(1, 3)), elements=VALUES))
def test_it_is_numpys(values: np.ndarray) -> None:
    windows = np.lib.stride_tricks.sliding_window_view(values, 5, axis=0)
    np.testing.assert_array_equal(_median_of_5(values), np.median(windows, axis=-1))
