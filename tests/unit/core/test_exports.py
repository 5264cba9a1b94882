"""Motions and markers leave as tables and labelled arrays, and are not changed by it."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kinebench.core.markers import Markers
from kinebench.core.motion import Coordinate, Motion
from kinebench.errors import KinebenchError

TIMES = np.array([0.0, 0.1, 0.2])
COORDINATES = (Coordinate("knee_angle_r"), Coordinate("pelvis_ty", "translational"))
finite = st.floats(-1e3, 1e3) | st.just(np.nan)


@given(values=arrays(float, (3, 2), elements=finite), degrees=st.booleans())
def test_a_table_has_every_value_in_the_unit_it_names(values: np.ndarray, degrees: bool) -> None:
    motion = Motion(COORDINATES, TIMES, values)
    table = motion.to_dataframe(degrees)
    assert table.attrs["units"] == {
        "knee_angle_r": "deg" if degrees else "rad",
        "pelvis_ty": "m",
    }
    np.testing.assert_array_equal(table.index, TIMES)
    assert table.index.name == "time_s"
    knee = np.degrees(values[:, 0]) if degrees else values[:, 0]
    np.testing.assert_array_equal(table["knee_angle_r"], knee)
    np.testing.assert_array_equal(table["pelvis_ty"], values[:, 1])


def test_what_becomes_of_a_table_leaves_the_motion_alone() -> None:
    motion = Motion(COORDINATES, TIMES, np.ones((3, 2)))
    table = motion.to_dataframe()
    table.loc[:, "knee_angle_r"] = 9.0
    np.testing.assert_array_equal(motion.values, 1.0)


@pytest.mark.parametrize("seen", [True, False])
def test_markers_are_columns_of_marker_and_component(seen: bool) -> None:
    positions = np.arange(18.0).reshape(3, 2, 3)
    positions[1, 0] = np.nan
    confidence = np.arange(6.0).reshape(3, 2) if seen else None
    table = Markers(("a", "b"), TIMES, positions, confidence, "lab").to_dataframe()
    assert table.attrs == {"unit": "m", "frame": "lab"}
    assert table.shape == (3, 8 if seen else 6)
    np.testing.assert_array_equal(table["b"][["x", "y", "z"]], positions[:, 1])
    assert table[("a", "y")].isna().tolist() == [False, True, False]
    if seen:
        assert confidence is not None
        np.testing.assert_array_equal(table[("b", "confidence")], confidence[:, 1])


def test_markers_without_frames_are_an_empty_table() -> None:
    table = Markers(("a",), np.empty(0), np.empty((0, 1, 3))).to_dataframe()
    assert isinstance(table, pd.DataFrame)
    assert table.shape == (0, 3)


def test_labelled_arrays_hold_the_same_values() -> None:
    pytest.importorskip("xarray")
    motion = Motion(COORDINATES, TIMES, np.array([[0.1, 1.0], [0.2, 2.0], [np.nan, 3.0]]))
    array = motion.to_xarray(degrees=True)
    assert array.dims == ("time", "coordinate")
    assert array.sel(coordinate="pelvis_ty").values.tolist() == [1.0, 2.0, 3.0]
    assert float(array.sel(coordinate="knee_angle_r", time=0.1)) == pytest.approx(np.degrees(0.2))
    assert array.unit.values.tolist() == ["deg", "m"]
    positions = np.arange(18.0).reshape(3, 2, 3)
    markers = Markers(("a", "b"), TIMES, positions, np.ones((3, 2)))
    data = markers.to_xarray()
    np.testing.assert_array_equal(data.position.sel(marker="b"), positions[:, 1])
    assert data.confidence.shape == (3, 2)
    assert "confidence" not in Markers(("a", "b"), TIMES, positions).to_xarray()
    assert data.attrs["frame"] == "ground"
    data.position[:] = 0.0
    np.testing.assert_array_equal(markers.positions, positions)


def test_without_xarray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xarray", None)
    motion = Motion(COORDINATES, TIMES, np.zeros((3, 2)))
    for value in (motion, Markers(("a",), TIMES, np.zeros((3, 1, 3)))):
        with pytest.raises(KinebenchError, match=r"pip install 'kinebench\[xarray\]'"):
            value.to_xarray()
