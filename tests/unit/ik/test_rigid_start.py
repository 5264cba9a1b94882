"""How well the root's own markers could be met by a body that moves freely."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kinebench.core import Markers
from kinebench.core.ik_tasks import IKTasks
from kinebench.geometry.registration import register_rigid
from kinebench.kinematics import Tree
from kinebench.kinematics.descents import Descents
from kinebench.kinematics.mechanism import build_mechanism
from kinebench.kinematics.starts import _rigid_misfits


@pytest.fixture
def descents(figure_tree: Tree, equal_tasks: IKTasks, swing_markers: Markers) -> Any:
    """Noise; in frame 3 a mirrored pelvis, in frames 4 to 6 three, two and none of its markers."""
    mechanism = build_mechanism(figure_tree, dict(equal_tasks.weights))
    columns = np.array([swing_markers.names.index(name) for name in mechanism.markers])
    noise = np.random.default_rng(2).normal(0, 0.02, swing_markers.positions.shape)
    positions = np.array(swing_markers.positions + noise)
    own = columns[mechanism.marked[0]]
    positions[3, own, 2] *= -1.0
    for frame, n_missing in ((4, 1), (5, 2), (6, 4)):
        positions[frame, own[:n_missing]] = np.nan
    positions.flags.writeable = False
    return Descents(mechanism, positions, columns, np.zeros(len(mechanism.variables)))


def test_it_is_the_misfit_of_the_best_rigid_motion(descents: Any) -> None:
    marked = descents.mechanism.marked[0]
    records = descents.mechanism.flat.markers[marked]
    frames = np.arange(8)
    found = _rigid_misfits(descents, frames, marked)
    assert (found[[5, 6]] == -1.0).all()  # two markers, none: not determined
    for frame in (0, 1, 2, 3, 4, 7):
        measured = descents.measured[frame, descents.columns[marked]]
        best = register_rigid(records["location"], measured, records["weight"])
        assert found[frame] == pytest.approx(0.5 * best.rms**2, rel=1e-9)
    assert found[3] > 2 * found[0]


def test_markers_on_several_bodies_tell_nothing(descents: Any) -> None:
    marked = descents.mechanism.marked[:2].any(axis=0)
    assert (_rigid_misfits(descents, np.arange(3), marked) == -1.0).all()
