"""Every byte that is written, and what the bytes mean, stay as they are."""

from __future__ import annotations

from importlib import util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from kinebench.io.mot import read_motion
from kinebench.io.sto import read_table
from kinebench.io.trc import read_trc


def _regeneration() -> ModuleType:
    spec = util.spec_from_file_location("regenerate", Path(__file__).parent / "regenerate.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GOLDEN = _regeneration()


@pytest.mark.parametrize("name", GOLDEN.WRITERS)
def test_the_same_bytes_are_written(name: str, tmp_path: Path) -> None:
    GOLDEN.WRITERS[name](tmp_path / name)
    assert (tmp_path / name).read_bytes() == (GOLDEN.FOLDER / name).read_bytes()


def test_every_golden_file_is_made_by_the_script() -> None:
    assert {path.name for path in GOLDEN.FOLDER.iterdir()} == set(GOLDEN.WRITERS)


def test_the_bytes_mean_the_same() -> None:
    expected = GOLDEN.markers()
    for name, precision in (("metres.trc", 0.51e-8), ("millimetres.trc", 0.51e-6)):
        read = read_trc(GOLDEN.FOLDER / name)
        assert read.names == expected.names
        np.testing.assert_allclose(read.times, expected.times, atol=0.51e-8)
        np.testing.assert_allclose(read.positions, expected.positions, rtol=0, atol=precision)
    motion = read_motion(GOLDEN.FOLDER / "motion.mot")
    assert motion.coordinates == GOLDEN.motion().coordinates
    np.testing.assert_allclose(motion.values, GOLDEN.motion().values, rtol=0, atol=0.51e-8)
    table = read_table(GOLDEN.FOLDER / "forces.sto")
    assert (table.name, table.columns) == ("forces", GOLDEN.table().columns)
    np.testing.assert_allclose(table.values, GOLDEN.table().values, rtol=0, atol=0.51e-8)
