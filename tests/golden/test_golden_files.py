"""Every byte that is written, and what the bytes mean, stay as they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinebench.io.mot import read_motion
from kinebench.io.sto import read_table
from kinebench.io.trc import read_trc
from tests.golden import regenerate


@pytest.mark.parametrize("name", regenerate.WRITERS)
def test_the_same_bytes_are_written(name: str, tmp_path: Path) -> None:
    regenerate.WRITERS[name](tmp_path / name)
    assert (tmp_path / name).read_bytes() == (regenerate.FOLDER / name).read_bytes()


def test_every_golden_file_is_made_by_the_script() -> None:
    assert {path.name for path in regenerate.FOLDER.iterdir()} == set(regenerate.WRITERS)


def test_the_bytes_mean_the_same() -> None:
    expected = regenerate.markers()
    for name, precision in (("metres.trc", 0.51e-8), ("millimetres.trc", 0.51e-6)):
        read = read_trc(regenerate.FOLDER / name)
        assert read.names == expected.names
        np.testing.assert_allclose(read.times, expected.times, atol=0.51e-8)
        np.testing.assert_allclose(read.positions, expected.positions, rtol=0, atol=precision)
    motion = read_motion(regenerate.FOLDER / "motion.mot")
    assert motion.coordinates == regenerate.motion().coordinates
    np.testing.assert_allclose(motion.values, regenerate.motion().values, rtol=0, atol=0.51e-8)
    table = read_table(regenerate.FOLDER / "forces.sto")
    assert (table.name, table.columns) == ("forces", regenerate.table().columns)
    np.testing.assert_allclose(table.values, regenerate.table().values, rtol=0, atol=0.51e-8)
