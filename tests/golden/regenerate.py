"""Write the golden files anew: ``python tests/golden/regenerate.py``; look at the difference."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from kinebench.core import Coordinate, Markers, Motion
from kinebench.io.mot import write_motion
from kinebench.io.sto import Table, table_text
from kinebench.io.trc import write_trc

FOLDER = Path(__file__).parent / "files"


def markers() -> Markers:
    """Two markers that a formula gives, one of them missing for a frame."""
    times = np.arange(5) / 60
    angle = 2 * np.pi * times
    knee = np.stack([0.1 * np.cos(angle), 0.5 + 0.05 * np.sin(angle), 0.1 + 0.0 * angle], axis=1)
    ankle = knee - [0.02, 0.42, 0.01]
    ankle[3] = np.nan
    return Markers(("r_knee_study", "r_ankle_study"), times, np.stack([knee, ankle], axis=1))


def motion() -> Motion:
    """A translation and two angles that a formula gives."""
    times = np.arange(5) / 100
    values = np.stack([0.9 + 0.1 * times, np.sin(times), -np.cos(times) / 3], axis=1)
    names = ("pelvis_ty", "hip_flexion_r", "knee_angle_r")
    coordinates = (
        Coordinate(names[0], "translational"),
        *(Coordinate(name, "rotational") for name in names[1:]),
    )
    return Motion(coordinates, times, values)


def table() -> Table:
    """Forces, which carry no angle."""
    times = np.arange(4) / 1000
    values = np.stack([np.zeros(4), 720.0 - 1e4 * times, 3.25 * times], axis=1)
    return Table("forces", ("R_vx", "R_vy", "R_vz"), times, values)


WRITERS: dict[str, Callable[[Path], object]] = {
    "metres.trc": lambda path: write_trc(path, markers()),
    "millimetres.trc": lambda path: write_trc(path, markers(), "mm", 3),
    "motion.mot": lambda path: write_motion(path, motion()),
    "forces.sto": lambda path: path.write_bytes(table_text(table()).encode()),
}


if __name__ == "__main__":
    for name, write in WRITERS.items():
        write(FOLDER / name)
