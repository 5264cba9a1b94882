"""Ground contact, from forces or from feet."""

from __future__ import annotations

from collections import Counter
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray
from kinebench.errors import NameNotFoundError, ValueRangeError, require_names
from kinebench.events.intervals import Contact, above_with_hysteresis, signal_on_times
from kinebench.io.sto import Table
from kinebench.signals.resampling import resample

__all__ = [
    "centres_of_pressure",
    "contacts_from_feet",
    "contacts_from_force",
    "side_of_contact",
    "vertical_forces",
]


def vertical_forces(table: Table) -> dict[str, FloatArray]:
    """Vertical forces (n_rows,) N of a force file, by plate or foot.

    Columns that end in ``_vy``, as ``ground_force_1_vy`` or ``R_ground_force_vy``; the key is the
    column without that ending.

    Raises
    ------
    NameNotFoundError
        There are none.
    ValueRangeError
        Two columns have one name, as SIMM writes both feet: which foot is which is not known.
    """
    counts = Counter(name for name in table.columns if name.endswith("_vy"))
    doubled = [name for name, count in counts.items() if count > 1]
    if doubled:
        raise ValueRangeError(
            f"{table.name} has {', '.join(doubled)} more than once: give each plate or foot its"
            " own name"
        )
    columns = {name[:-3]: i for i, name in enumerate(table.columns) if name.endswith("_vy")}
    if not columns:
        raise NameNotFoundError(
            f"no column of {table.name} ends in '_vy' (a vertical force);"
            f" it has: {', '.join(table.columns[:30])}"
        )
    return {name: table.values[:, column] for name, column in columns.items()}


def centres_of_pressure(table: Table) -> dict[str, FloatArray]:
    """Centres of pressure (n_rows, 3) m of a force file, by plate or foot as `vertical_forces`."""
    places = {name: i for i, name in enumerate(table.columns)}
    centres = {}
    for name in vertical_forces(table):
        columns = [f"{name}_p{axis}" for axis in "xyz"]
        require_names(columns, table.columns, "column", table.name)
        centres[name] = table.values[:, [places[column] for column in columns]]
    return centres


def side_of_contact(
    contact: Contact,
    pressure: ArrayLike,
    pressure_times: ArrayLike,
    right: ArrayLike,
    left: ArrayLike,
    marker_times: ArrayLike,
) -> Literal["right", "left"]:
    """The foot that stood on a numbered plate: the one nearer to the centre of pressure.

    Parameters
    ----------
    contact : Contact
    pressure : (n_rows, 3) m
    pressure_times : (n_rows,) s
    right, left : (n_frames, 3) m
        A point of each foot, say the mean of heel and toe, in the frame of the plates.
    marker_times : (n_frames,) s

    Raises
    ------
    ValueRangeError
        During the contact no frame knows pressure and both feet.
    """
    stamps, clock = np.asarray(pressure_times, dtype=float), np.asarray(marker_times, dtype=float)
    at = clock[(clock >= contact.start_s) & (clock <= contact.end_s)]
    centre = resample(pressure, stamps, at)
    distances = []
    for foot in (right, left):
        apart = (resample(foot, clock, at) - centre)[:, [0, 2]]
        distances.append(np.linalg.norm(apart, axis=1))
    known = ~np.isnan(distances[0] + distances[1])
    if not known.any():
        raise ValueRangeError(
            f"from {contact.start_s:g} to {contact.end_s:g} s no frame knows the centre of"
            " pressure and both feet"
        )
    return "right" if distances[0][known].mean() <= distances[1][known].mean() else "left"


def contacts_from_force(
    force: ArrayLike,
    times: ArrayLike,
    onset_n: float = 20.0,
    release_n: float = 10.0,
    shortest_s: float = 0.05,
) -> tuple[Contact, ...]:
    """Contacts of a foot or of both, from vertical force.

    Parameters
    ----------
    force : (n_frames,) N
    times : (n_frames,) s
    onset_n, release_n : float
        Contact starts above the first and ends below the second, so that noise between the two
        makes no events.
    shortest_s : float
        Shorter contacts within the recording do not count.

    References
    ----------
    Tirosh & Sparrow 2003, J Appl Biomech 19:178: any onset up to 50 N tells heel contact, a release
    of 10 N or less toe-off.
    """
    f, t = signal_on_times(force, times)
    return _contacts(above_with_hysteresis(f, onset_n, release_n), t, shortest_s)


def contacts_from_feet(
    positions: ArrayLike,
    times: ArrayLike,
    ground: float | None = None,
    clearance_m: float = 0.03,
    shortest_s: float = 0.05,
) -> tuple[Contact, ...]:
    """Contacts of the points of one foot, or of both, from their height.

    Less sharp than forces: take-off is seen when the last point has risen by the clearance.

    Parameters
    ----------
    positions : (n_frames, n_points, 3) m
        Heels and toes.
    times : (n_frames,) s
    ground : float, optional
        Height, m, of the lowest point while the foot stands on the ground. By default the 5th
        percentile of the lowest point's height: right when the feet are on the ground for a
        twentieth of the recording or more.
    clearance_m, shortest_s : float
        How far the lowest point rises before contact is lost (half of it when contact is
        regained), and how long a contact lasts.
    """
    p = np.asarray(positions, dtype=np.float64)
    if p.ndim != 3 or p.shape[2] != 3 or p.shape[1] == 0:
        raise ValueRangeError(f"positions must have shape (n_frames, n_points, 3), found {p.shape}")
    if not clearance_m > 0:
        raise ValueRangeError(f"the clearance must be above 0 m, found {clearance_m:g}")
    lowest, t = signal_on_times(np.fmin.reduce(p[..., 1], axis=1), times)
    floor = float(np.percentile(lowest, 5.0)) if ground is None else ground
    runs = above_with_hysteresis(floor - lowest, -clearance_m / 2, -clearance_m)
    return _contacts(runs, t, shortest_s)


def _contacts(
    runs: list[tuple[int, int]], times: FloatArray, shortest_s: float
) -> tuple[Contact, ...]:
    found = []
    for first, last in runs:
        starts, ends = first > 0, last < len(times) - 1
        if starts and ends and times[last] - times[first] < shortest_s:
            continue
        found.append(Contact(float(times[first]), float(times[last]), starts, ends))
    return tuple(found)
