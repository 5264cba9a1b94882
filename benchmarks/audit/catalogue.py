"""All faults that are planted: those of `faults`, and slips that leave a recording plausible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.interpolate import CubicSpline

from benchmarks.audit import faults
from benchmarks.audit.faults import Base, Fault, Plant, Planted, changed_movement, on_both
from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.lab.motions.gait import Gait
from kinebench.lab.motions.jumps import CounterMovementJump
from kinebench.lab.motions.motion_model import MotionModel

__all__ = ["FAULTS"]


def _under_each_others_names(one: str, other: str, sides: bool = False) -> Plant:
    """Two keypoints of each side exchanged, or of one kind the right with the left."""
    pairs = [(f"R{one}", f"L{one}")] if sides else [(s + one, s + other) for s in "RL"]
    names = dict(pairs) | {b: a for a, b in pairs}
    return on_both(lambda m, _: m.rename(names).select(m.names))


def _moving(name: str, motion: MotionModel, change: Callable[[Markers], Markers]) -> Plant:
    """Of another movement than the base session's."""

    def plant(session: Base, rng: np.random.Generator) -> Planted:
        content = replace(session.session, motions=((name, motion),)).content()
        return Planted(changed_movement(content, change))

    return plant


def _at_rate(factor: float) -> Plant:
    """A jump whose frames per second are stated so many times as many as they were."""
    jump = CounterMovementJump()
    return _moving("jump", jump, lambda m: Markers(m.names, m.times / factor, m.positions))


def _reversed(markers: Markers) -> Markers:
    return markers.with_positions(markers.positions[::-1])


def _place(markers: Markers, rng: np.random.Generator, share: float = 0.2) -> int:
    """A frame that is not near the ends."""
    return int(rng.integers(int(share * markers.n_frames), int((1 - share) * markers.n_frames)))


def _pasted(markers: Markers, rng: np.random.Generator) -> Markers:
    """From some frame on the person stands 0.4 m beside, as in another take."""
    positions = np.array(markers.positions)
    positions[_place(markers, rng) :, :, 2] += 0.4
    return markers.with_positions(positions)


def _another_leg(markers: Markers, rng: np.random.Generator) -> Markers:
    """A leg of somebody 0.35 m beside for a third of a second."""
    side = str(rng.choice(["R", "L"]))
    leg = [markers.names.index(side + p) for p in ("Knee", "Ankle", "Heel", "BigToe", "SmallToe")]
    start = _place(markers, rng)
    stop = start + max(4, round(0.33 * markers.rate_hz))
    positions = np.array(markers.positions)
    positions[start:stop, leg, 2] += 0.35
    return markers.with_positions(positions)


def _splined(markers: Markers, rng: np.random.Generator) -> Markers:
    """A knee that was not seen for 0.7 s while it moved most, filled by a spline."""
    column = markers.names.index(f"{rng.choice(['R', 'L'])}Knee")
    positions, n = np.array(markers.positions), markers.n_frames
    length = round(0.7 * markers.rate_hz)
    course: FloatArray = positions[:, column]
    way = np.linalg.norm(course[length:] - course[:-length], axis=1)
    start = 5 + int(way[5 : n - length - 5].argmax())
    seen = np.ones(n, bool)
    seen[start : start + length] = False
    spline = CubicSpline(markers.times[seen], course[seen])
    positions[~seen, column] = spline(markers.times[~seen])
    return markers.with_positions(positions)


def _rounded(metres: float) -> Plant:
    return on_both(lambda m, _: m.with_positions(np.round(m.positions / metres) * metres))


_NAMES = ("names",)

FAULTS: tuple[Fault, ...] = (
    *faults.FAULTS,
    Fault("elbows and wrists under each other's names", _NAMES,
          _under_each_others_names("Elbow", "Wrist"), red=True),
    Fault("knees and ankles under each other's names", _NAMES,
          _under_each_others_names("Knee", "Ankle"), red=True),
    Fault("heels and ankles under each other's names", _NAMES,
          _under_each_others_names("Heel", "Ankle"), red=True),
    Fault("heels and big toes under each other's names", ("names", "left and right"),
          _under_each_others_names("Heel", "BigToe"), red=True),
    Fault("big and small toes under each other's names", _NAMES,
          _under_each_others_names("BigToe", "SmallToe"), red=True),
    Fault("right and left elbow exchanged", _NAMES,
          _under_each_others_names("Elbow", "Elbow", sides=True), red=True),
    Fault("right and left heel exchanged", ("names", "segment lengths"),
          _under_each_others_names("Heel", "Heel", sides=True), red=True),
    Fault("right and left wrist exchanged", ("names", "movement against static"),
          _under_each_others_names("Wrist", "Wrist", sides=True)),
    Fault("cameras tilted by 8° forward", ("tilt",), faults.turned({"z": -8.0})),
    Fault("cameras tilted by 6° sideways", ("tilt",), faults.turned({"x": 6.0})),
    Fault("a jump filmed at 60 Hz, stated as 30", ("gravity",), _at_rate(0.5), red=True),
    Fault("a jump filmed at 30 Hz, stated as 60", ("gravity",), _at_rate(2.0), red=True),
    Fault("a jump filmed at 25 Hz, stated as 30", ("gravity",), _at_rate(1.2)),
    Fault("walking, time reversed", ("travel",), _moving("walking", Gait(), _reversed)),
    Fault("two takes pasted together", ("jumps", "speed"), faults.on_movement(_pasted), red=True),
    Fault("a leg of somebody else for 0.3 s", ("jumps",), faults.on_movement(_another_leg)),
    Fault("a gap of 0.7 s, filled by a spline", ("straight lines",),
          faults.on_movement(_splined)),
    Fault("positions in whole centimetres", ("resolution",), _rounded(0.01)),
    Fault("positions in steps of 5 cm", ("resolution",), _rounded(0.05), red=True),
)  # fmt: skip
