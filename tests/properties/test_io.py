"""Writing and reading is the identity within the written precision."""

from __future__ import annotations

import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kinebench.core import Coordinate, Markers, Motion
from kinebench.io.c3d import read_c3d, write_c3d
from kinebench.io.keypoint_files import read_markers
from kinebench.io.mot import read_motion, write_motion
from kinebench.io.sto import Table, read_table, table_text
from kinebench.io.trc import read_trc, write_trc

# without half characters, control characters and marks of direction: a name may be printed anywhere
NAMES = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp")),
    min_size=1,
    max_size=12,
).filter(lambda name: name == name.strip())
WORDS = st.from_regex(r"[a-z][a-z_0-9]{0,8}", fullmatch=True)
POSITIONS = st.floats(-3.0, 3.0, width=64)
APART = np.array([0.0, 8.0, 16.0])  # m: three equal cells would be a word for "missing"


@st.composite
def times(draw: Any, n_frames: int) -> np.ndarray[Any, Any]:
    start = draw(st.floats(-50.0, 100.0))
    steps = draw(arrays(float, n_frames - 1, elements=st.floats(1e-3, 2.0)))
    return start + np.concatenate([[0.0], np.cumsum(steps)])


@st.composite
def recordings(draw: Any) -> Markers:
    names = tuple(draw(st.lists(NAMES, min_size=1, max_size=5, unique=True)))
    n_frames = draw(st.integers(1, 8))
    positions = draw(arrays(float, (n_frames, len(names), 3), elements=POSITIONS)) + APART
    positions[draw(arrays(bool, positions.shape[:2]))] = np.nan
    return Markers(names, draw(times(n_frames)), positions)


@st.composite
def motions(draw: Any) -> Motion:
    names = draw(st.lists(WORDS, min_size=1, max_size=5, unique=True))
    coordinates = tuple(
        Coordinate(name, "translational" if name.endswith(("_tx", "_ty", "_tz")) else "rotational")
        for name in (*names, "pelvis_tx")[: draw(st.integers(1, len(names) + 1))]
    )
    n_frames = draw(st.integers(1, 8))
    shape = (n_frames, len(coordinates))
    elements = st.floats(-7.0, 7.0) | st.just(np.nan)
    return Motion(coordinates, draw(times(n_frames)), draw(arrays(float, shape, elements=elements)))


@given(recordings(), st.sampled_from(["m", "mm"]), st.integers(0, 9))
# eight decimals of this step make another fourth decimal of the rate
@example(Markers(("0",), np.array([0.0, 1 / 102.4 - 4e-9]), np.zeros((2, 1, 3)) + APART), "m", 0)
@settings(deadline=None, max_examples=60)
def test_trc(markers: Markers, unit: Any, decimals: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "t.trc"
        write_trc(path, markers, unit, decimals)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # hypothesis draws no persons
            again = read_trc(path)
            first = path.read_bytes()
            write_trc(path, again, unit, decimals)
        assert path.read_bytes() == first
    assert again.names == markers.names
    np.testing.assert_allclose(again.times, markers.times, rtol=0, atol=0.51e-8)
    np.testing.assert_array_equal(again.missing, markers.missing)
    precision = 0.51 * 10.0**-decimals * (1.0 if unit == "m" else 1e-3) + 1e-14
    np.testing.assert_allclose(again.positions, markers.positions, rtol=0, atol=precision)


@given(motions())
@settings(deadline=None, max_examples=60)
def test_motions(motion: Motion) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "t.mot"
        write_motion(path, motion)
        # hypothesis draws names that no model has, so the model must tell what they are
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            again = read_motion(path, {c.name: c.kind for c in motion.coordinates})
    assert again.coordinates == motion.coordinates
    np.testing.assert_allclose(again.times, motion.times, rtol=0, atol=0.51e-8)
    angular = [coordinate.kind == "rotational" for coordinate in motion.coordinates]
    precision = np.where(angular, np.radians(0.51e-8), 0.51e-8) + 1e-14
    error = np.abs(again.values - motion.values)
    np.testing.assert_array_equal(np.isnan(error), np.isnan(motion.values))
    assert (np.isnan(error) | (error <= precision)).all()


@given(
    st.lists(NAMES.filter(str.isprintable), min_size=1, max_size=4), st.integers(1, 6), st.data()
)
@settings(deadline=None, max_examples=40)
def test_tables(columns: list[str], n_rows: int, data: st.DataObject) -> None:
    values = data.draw(arrays(float, (n_rows, len(columns)), elements=st.floats(-1e6, 1e6)))
    table = Table("forces", tuple(columns), data.draw(times(n_rows)), values)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "t.sto"
        path.write_bytes(table_text(table).encode())
        again = read_table(path)
    assert (again.name, again.columns) == ("forces", table.columns)
    np.testing.assert_allclose(again.values, values, rtol=1e-15, atol=0.51e-8)


@given(
    arrays(float, st.tuples(st.integers(2, 9), st.integers(1, 4), st.just(3)), elements=POSITIONS),
    st.sampled_from([50.0, 59.94, 60.0, 100.0, 240.0]),
)
@settings(deadline=None, max_examples=25)
def test_c3d(positions: Any, rate: float) -> None:
    positions += APART
    positions[0, 0] = np.nan
    names = tuple(f"m{index}" for index in range(positions.shape[1]))
    markers = Markers(names, np.arange(len(positions)) / rate, positions)
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        write_c3d(Path(folder) / "t.c3d", markers)
        again = read_c3d(Path(folder) / "t.c3d")
    assert again.names == names
    np.testing.assert_allclose(again.times, markers.times, atol=1e-6)
    np.testing.assert_allclose(again.positions, positions, rtol=2e-7, atol=3e-7)


@given(recordings().filter(lambda markers: markers.n_frames != 3))
@settings(deadline=None, max_examples=25)
def test_archives(markers: Markers) -> None:
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(folder) / "k.npz"
        positions, names = markers.positions, np.array(markers.names)
        np.savez(path, positions=positions, names=names, times=markers.times)
        assert read_markers(path, "m") == markers
