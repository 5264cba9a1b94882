"""Hypothesis strategies for recordings, motions and models: laws of a stage, tried on many inputs.

Needs the package ``hypothesis``, which nothing else here imports::

    from hypothesis import given
    from kinebench.testing.strategies import markers

    @given(markers(("RKnee", "LKnee"), n_frames=(20, 60)))
    def test_my_filter_keeps_gaps(recording): ...
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Coordinate, Motion
from kinebench.lab import Population

_FRAMES = (1, 30)
# a room: farther from the origin a recording is doubted as it is read
_ROOM_M = 5.0
_SUBJECTS = 20  # people whose models are drawn from: each is built once in about 10 ms


@st.composite
def markers(
    draw: Any,
    names: Sequence[str] = ("RHip", "RKnee", "RAnkle"),
    n_frames: tuple[int, int] = _FRAMES,
    rate_hz: float = 60.0,
    gaps: bool = True,
) -> Markers:
    """Recordings (n_frames, n_names, 3) m in a room; with gaps, positions that are not known.

    Parameters
    ----------
    names : sequence of str
    n_frames : (int, int)
        Fewest and most.
    rate_hz : float
    gaps : bool
    """
    n = draw(st.integers(*n_frames))
    elements = st.floats(-_ROOM_M, _ROOM_M)
    positions = draw(arrays(float, (n, len(names), 3), elements=elements))
    if gaps:
        positions[draw(arrays(bool, positions.shape[:2]))] = np.nan
    return Markers(tuple(names), np.arange(n) / rate_hz, positions)


@st.composite
def motions(
    draw: Any,
    coordinates: Sequence[Coordinate] = (
        Coordinate("pelvis_ty", "translational"), Coordinate("knee_angle_r"),
        Coordinate("knee_angle_l"),
    ),
    n_frames: tuple[int, int] = _FRAMES,
    rate_hz: float = 60.0,
) -> Motion:  # fmt: skip
    """Motions (n_frames, n_coordinates) rad or m, every value known and within the range, or ± π.

    Parameters
    ----------
    coordinates : sequence of Coordinate
    n_frames : (int, int)
        Fewest and most.
    rate_hz : float
    """
    n = draw(st.integers(*n_frames))
    columns = [
        draw(arrays(float, n, elements=st.floats(*(one.range or (-np.pi, np.pi)))))
        for one in coordinates
    ]
    return Motion(tuple(coordinates), np.arange(n) / rate_hz, np.stack(columns, axis=1))


def models() -> st.SearchStrategy[Model]:
    """Models of virtual adults, of other sizes and proportions each."""
    people = Population("strategies")
    return st.integers(1, _SUBJECTS).map(lambda n: people.subject(n).body().model)
