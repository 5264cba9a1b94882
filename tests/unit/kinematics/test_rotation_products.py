"""Cross products as NumPy has them, to the last bit, of the shapes that kinematics asks for."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.kinematics.rotation import cross


@pytest.mark.parametrize("shapes", [((3,), (3,)), ((5, 3), (5, 3)), ((2, 5, 1, 3), (2, 5, 4, 3))])
def test_cross(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    rng = np.random.default_rng(2)
    a, b = (rng.normal(size=shape) for shape in shapes)
    np.testing.assert_array_equal(cross(a, b), np.cross(a, b))
