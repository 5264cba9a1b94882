"""Faults put into a recording of known size, and the size in which they come out of a pipeline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from benchmarks.laboratory.measures import MOTIONS, Bench, filmed, run
from kinebench.alignment import MinimiseLag, SignalLag, align
from kinebench.augmentation.floor import FloorOffset
from kinebench.cleaning import Level
from kinebench.core import Motion
from kinebench.core.arrays import FloatArray
from kinebench.lab import VirtualSubject
from kinebench.lab.camera import Chain, Lag, VerticalOffset, WorldTilt
from kinebench.scaling.fast_scaler import FastScaler

__all__ = ["Lags", "Offsets", "Tilts", "lags", "offsets", "tilts"]


@dataclass(frozen=True)
class Tilts:
    """A tilted room, degrees.

    Parameters
    ----------
    pelvis : float
        Mean change of the pelvis angle about the axis of the tilt, over the standing frames.
    unexplained : float
        Largest difference of any angle from the truth turned with the room.
    levelled_away : float
        Change of the tilt that `Level` finds.
    left : float
        Largest change of any angle by the fault when `Level` cleans the recording.
    """

    pelvis: float
    unexplained: float
    levelled_away: float
    left: float


def tilts(bench: Bench, person: VirtualSubject, fault: WorldTilt, setup: str) -> Tilts:
    """Film in a tilted room: static and movement."""
    scale, motion = FastScaler(bench.scaling[setup]), MOTIONS[0]
    truth = filmed(bench.name, person, motion).true_motion
    R = Rotation.from_euler("xz", [fault.sideways_deg, fault.forward_deg], degrees=True).as_matrix()
    tilted = run(bench, person, motion, scale, errors=fault)
    level = (Level(),)
    straight, cleaned = (
        run(bench, person, motion, scale, errors=errors, clean=level) for errors in (Chain(), fault)
    )
    name = "pelvis_tilt" if fault.forward_deg else "pelvis_list"
    change = np.degrees(tilted.motion.value(name) - truth.value(name))
    part = "sagittal" if fault.forward_deg else "frontal"
    found = [done.records["clean"]["keypoints"][0]["tilt"][part] for done in (straight, cleaned)]
    return Tilts(
        float(change[:10].mean()),
        _largest(tilted.motion, turned_pelvis(truth, R)),
        float(np.degrees(found[1] - found[0])),
        _largest(cleaned.motion, straight.motion),
    )


@dataclass(frozen=True)
class Offsets:
    """A floor at the wrong height, mm.

    Parameters
    ----------
    pelvis : float
        Mean change of ``pelvis_ty`` without `FloorOffset`.
    shift : float
        Change of the shift that `FloorOffset` makes.
    left : float
        Largest change of ``pelvis_ty`` with it.
    angles_deg : float
        Largest change of any angle, in both runs.
    """

    pelvis: float
    shift: float
    left: float
    angles_deg: float


def offsets(bench: Bench, person: VirtualSubject, fault: VerticalOffset, setup: str) -> Offsets:
    """Film with everything higher by a constant."""
    scale, motion = FastScaler(bench.scaling[setup]), MOTIONS[0]
    truth = filmed(bench.name, person, motion).true_motion
    free = run(bench, person, motion, scale, errors=fault)
    before, after = (
        run(bench, person, motion, scale, errors=errors, floor=FloorOffset())
        for errors in (Chain(), fault)
    )
    shifts = [done.records["floor"]["keypoints"]["shift_m"] for done in (before, after)]
    left = after.motion.value("pelvis_ty") - before.motion.value("pelvis_ty")
    return Offsets(
        1000 * float((free.motion.value("pelvis_ty") - truth.value("pelvis_ty")).mean()),
        1000 * (shifts[1] - shifts[0]),
        1000 * float(np.abs(left).max()),
        max(_largest(free.motion, truth), _largest(after.motion, before.motion)),
    )


@dataclass(frozen=True)
class Lags:
    """Late cameras.

    Parameters
    ----------
    by_signal_ms, by_error_ms : float
        The lag found by correlation of ``pelvis_ty``, and by the least error.
    before_deg, after_deg : float
        Root mean square error of all angles before and after alignment.
    """

    by_signal_ms: float
    by_error_ms: float
    before_deg: float
    after_deg: float


def lags(bench: Bench, person: VirtualSubject, fault: Lag, setup: str) -> Lags:
    """Film with a clock that is late."""
    motion = MOTIONS[0]
    truth = filmed(bench.name, person, motion).true_motion
    late = run(bench, person, motion, FastScaler(bench.scaling[setup]), errors=fault).motion
    signal, error = (align(truth, late, time) for time in (SignalLag(), MinimiseLag()))
    return Lags(
        1000 * signal.record.lag_s,
        1000 * error.record.lag_s,
        _rms(late, truth),
        _rms(signal.estimate, signal.reference),
    )


def turned_pelvis(motion: Motion, R: FloatArray) -> Motion:
    """The motion as seen when the room is turned about its origin by R (3, 3)."""
    values = np.array(motion.values)
    turns = [motion.names.index(f"pelvis_{name}") for name in ("tilt", "list", "rotation")]
    shifts = [motion.names.index(f"pelvis_t{axis}") for axis in "xyz"]
    R_room_pelvis = R @ Rotation.from_euler("ZXY", values[:, turns]).as_matrix()
    values[:, turns] = Rotation.from_matrix(R_room_pelvis).as_euler("ZXY")
    values[:, shifts] = values[:, shifts] @ R.T
    return Motion(motion.coordinates, motion.times, values)


def _errors(estimate: Motion, reference: Motion) -> FloatArray:
    names = [
        c.name
        for c in reference.coordinates
        if c.kind == "rotational" and c.name in estimate.names and "mtp" not in c.name
    ]
    return np.asarray(np.degrees(estimate.select(names).values - reference.select(names).values))


def _largest(estimate: Motion, reference: Motion) -> float:
    return float(np.abs(_errors(estimate, reference)).max())


def _rms(estimate: Motion, reference: Motion) -> float:
    return float(np.sqrt(np.mean(_errors(estimate, reference) ** 2)))
