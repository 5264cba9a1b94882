"""Between contacts: legs that leave the ground and come back to it without a jerk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.lab.feet import FootPath
from kinebench.lab.legs import solve_legs
from kinebench.lab.paths import State, hermite
from kinebench.lab.posture import SIDES, Figure, Stance

_STEP_S = 1e-3
_STRAIGHT = np.radians(6.0)
_LEG = ("hip_flexion", "hip_adduction", "hip_rotation", "knee_angle", "ankle_angle",
        "subtalar_angle", "mtp_angle")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contact:
    """Both feet on the ground, from `start` to `end`, s.

    Parameters
    ----------
    start, end : float
    ankle_x, floor : float
        Place of the ankles, and height of the ground, m.
    knots, rises : sequence
        Rise of the heels over time: states of `hermite`, rad.
    """

    start: float
    end: float
    ankle_x: float
    floor: float
    knots: Sequence[float]
    rises: Sequence[State]

    def feet(self, figure: Figure, stance: Stance, times: FloatArray) -> dict[str, FootPath]:
        """Where the feet are while they are on the ground."""
        rise = hermite(times, self.knots, self.rises)
        paths = figure.planted(stance, len(times), self.ankle_x)
        up = np.array([0.0, self.floor, 0.0])
        return {
            side: FootPath(path.ball + up, path.heading, rise, path.tip)
            for side, path in paths.items()
        }


def flown(
    figure: Figure,
    stance: Stance,
    times: FloatArray,
    contacts: Sequence[Contact],
    posed: Callable[[FloatArray], FloatArray],
) -> FloatArray:
    """Coordinates (n_frames, n_coordinates) with legs solved in contact and interpolated in flight.

    Parameters
    ----------
    posed : callable
        Gives the coordinates without the legs at any times.

    Notes
    -----
    A leg leaves the ground with the rates and accelerations that it had on it. Each coordinate
    then comes to rest half its rate times the duration further on, which never overshoots; the
    duration is such that the knee stays bent.
    """
    q = posed(times)
    for contact in contacts:
        inside = (times >= contact.start) & (times <= contact.end)
        feet = contact.feet(figure, stance, times[inside])
        q[inside] = solve_legs(figure.tree, q[inside], feet)
    for before, after in pairwise(contacts):
        frames = np.flatnonzero((times > before.end) & (times < after.start))
        off = _edge(figure, stance, before, before.end, posed)
        on = _edge(figure, stance, after, after.start, posed)
        span = after.start - before.end
        for side, _ in SIDES:
            _fly(figure, side, q, frames, times, (before.end, off), (after.start, on), span)
    return q


def _edge(
    figure: Figure,
    stance: Stance,
    contact: Contact,
    time: float,
    posed: Callable[[FloatArray], FloatArray],
) -> FloatArray:
    """Value, rate and second derivative (3, n_coordinates) as if the contact went on."""
    around = time + _STEP_S * np.array([-1.0, 0.0, 1.0])
    q = solve_legs(figure.tree, posed(around), contact.feet(figure, stance, around))
    rate = (q[2] - q[0]) / (2 * _STEP_S)
    return np.stack([q[1], rate, (q[2] - 2 * q[1] + q[0]) / _STEP_S**2])


def _fly(
    figure: Figure,
    side: str,
    q: FloatArray,
    inside: NDArray[np.intp],
    times: FloatArray,
    start: tuple[float, FloatArray],
    end: tuple[float, FloatArray],
    span: float,
) -> None:
    (t0, off), (t1, on) = start, end
    knee = figure.tree.coordinate_index(f"knee_angle_{side}")
    first = _settling(off[0, knee], -off[1, knee], span)
    last = _settling(on[0, knee], on[1, knee], span)
    knots = (t0, t0 + first, t1 - last, t1)
    for name in _LEG:
        column = figure.tree.coordinate_index(f"{name}_{side}")
        leave, meet = off[:, column], on[:, column]
        rest = float(leave[0] + leave[1] * first / 2), float(meet[0] - meet[1] * last / 2)
        states: list[State] = [
            (float(leave[0]), float(leave[1]), float(leave[2])),
            (rest[0], 0.0, 0.0),
            (rest[1], 0.0, 0.0),
            (float(meet[0]), float(meet[1]), float(meet[2])),
        ]
        q[inside, column] = hermite(times[inside], knots, states)


def _settling(knee: float, extension_rate: float, span: float) -> float:
    """Duration in which a knee that extends comes to rest while it is still bent."""
    longest = 0.4 * span
    if extension_rate <= 0:
        return min(0.1, longest)
    return float(np.clip(2 * (knee - _STRAIGHT) / extension_rate, 0.01, longest))
