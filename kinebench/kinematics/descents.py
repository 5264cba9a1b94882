"""The compiled solver on chosen frames from chosen starts."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.kinematics.mechanism import Mechanism
from kinebench.kinematics.newton.records import N_LANES, RATE, RESULT, new_work

logger = logging.getLogger(__name__)

IntArray = NDArray[np.int64]

TIE = 1e-6  # relative difference of E below which the pose nearer to the default is taken
_MIN_ITERATIONS = 4  # iterations that every start gets
MAX_ITERATIONS = 60  # iterations
_FINALISTS = 3  # starts that are followed to their end


class Found(NamedTuple):
    """What the solver tells of frames: as in `MarkerTracker`."""

    x: FloatArray
    outcomes: Any
    observed: NDArray[np.bool_]
    errors: FloatArray


@dataclass(slots=True)
class Descents:
    """Minima that starts lead to.

    Parameters
    ----------
    mechanism : Mechanism
    measured : (n_frames, n_columns, 3) m
        Read-only; NaN where a marker is missing.
    columns : (n_markers,)
        Column of `measured` for each marker of the mechanism.
    defaults : (n_variables,)
        Within the limits.
    """

    mechanism: Mechanism
    measured: FloatArray
    columns: IntArray
    defaults: FloatArray
    work: Any = field(init=False)
    track_frames: Any = field(init=False)
    _lanes: Any = field(init=False)
    _apart: Any = field(init=False)

    def __post_init__(self) -> None:
        self.track_frames, self._apart = _solver()
        self.work = new_work(self.mechanism.flat)
        self._lanes = new_work(self.mechanism.flat, N_LANES)

    @property
    def limits(self) -> tuple[FloatArray, FloatArray]:
        """Lowest and highest value of each variable, (n_variables,), rad or m."""
        variables = self.mechanism.flat.variables
        return variables["low"], variables["high"]

    def best(
        self,
        frames: IntArray,
        starts: FloatArray,
        moving: tuple[int, ...],
        marked: NDArray[np.bool_],
        enough: float,
    ) -> tuple[FloatArray, FloatArray]:
        """The best pose of each frame when only some variables move, by some markers.

        All starts (n_frames, n_starts, n_variables) get a few iterations, the best of them the
        rest, until they gain less than the fraction `enough`. Returns poses
        (n_frames, n_variables) and their E (n_frames,), 0 in a frame without these markers.
        """
        frozen = np.ones(len(self.defaults), np.bool_)
        frozen[list(moving)] = False
        columns = np.where(marked, self.columns, -1)
        row = np.arange(len(frames))[:, None]
        poses = starts
        if starts.shape[1] > _FINALISTS:
            poses, energies = self._from(frames, starts, columns, frozen, enough, _MIN_ITERATIONS)
            poses = poses[row, np.argsort(energies, axis=1, kind="stable")[:, :_FINALISTS]]
        poses, energies = self._from(frames, poses, columns, frozen, enough, MAX_ITERATIONS)
        energies = np.where(np.isnan(energies), 0.0, energies)
        if poses.shape[1] == 1:
            return poses[:, 0], energies[:, 0]
        good = energies <= energies.min(axis=1, keepdims=True) * (1 + TIE) + 1e-15
        distance = np.where(good, np.linalg.norm(poses - self.defaults, axis=2), np.inf)
        chosen = np.argmin(distance, axis=1)[:, None]
        return poses[row, chosen][:, 0], energies[row, chosen][:, 0]

    def minima(self, frames: IntArray, starts: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Poses (n, n_variables) and E (n,) that starts lead to, each in its frame."""
        frozen = np.zeros(len(self.defaults), np.bool_)
        found = self._search(frames, starts, self.columns, frozen, -1.0, MAX_ITERATIONS)
        energies = found.outcomes["energy"]
        return found.x, np.where(np.isnan(energies), np.inf, energies)

    def solve(self, frames: IntArray, starts: FloatArray, n_root: int, found: Found) -> None:
        """Frames solved from starts (n, n_variables), their results put where `found` has them.

        `n_root` as in the compiled function; the rate of convergence is that of tracking so far.
        """
        frozen = np.zeros(len(self.defaults), np.bool_)
        limits = frozen, -1.0, MAX_ITERATIONS
        rate = float(self.work.rate[0])
        self._solve_apart(frames, starts, self.columns, *limits, n_root, rate, frames, found)

    def _from(
        self,
        frames: IntArray,
        starts: FloatArray,
        columns: IntArray,
        frozen: NDArray[np.bool_],
        enough: float,
        most: int,
    ) -> tuple[FloatArray, FloatArray]:
        """Poses and E that starts (n_frames, n_starts, n_variables) lead to."""
        shape = starts.shape[:2]
        rows, starts = np.repeat(frames, shape[1]), starts.reshape(-1, starts.shape[2])
        found = self._search(rows, starts, columns, frozen, enough, most)
        return found.x.reshape(*shape, -1), found.outcomes["energy"].reshape(shape)

    def _search(
        self,
        frames: IntArray,
        starts: FloatArray,
        columns: IntArray,
        frozen: NDArray[np.bool_],
        enough: float,
        most: int,
    ) -> Found:
        """Results of n frames from starts (n, n_variables), of which nothing is known before."""
        n = len(starts)
        found = Found(
            np.empty(starts.shape),
            np.empty(n, RESULT),
            np.empty(starts.shape, np.bool_),
            np.empty((n, len(columns))),
        )
        rows = np.arange(n)
        self._solve_apart(frames, starts, columns, frozen, enough, most, 0, RATE, rows, found)
        return found

    def _solve_apart(
        self,
        frames: IntArray,
        starts: FloatArray,
        columns: IntArray,
        frozen: NDArray[np.bool_],
        enough: float,
        most: int,
        n_root: int,
        rate: float,
        rows: IntArray,
        found: Found,
    ) -> None:
        self._apart(
            self.mechanism.flat, self._lanes, self.measured, columns, frames,
            np.ascontiguousarray(starts), frozen, enough, most, n_root, rate, rows, *found,
        )  # fmt: skip


@lru_cache(maxsize=1)
def _solver() -> Any:
    """The compiled `track`; says so when it has to be compiled first."""
    from kinebench.kinematics.newton.compilation import is_compiled
    from kinebench.kinematics.newton.sequence import solve_apart, track

    if not (is_compiled(track) and is_compiled(solve_apart)):
        logger.warning("compiling the fast solver for this machine: half a minute, once")
    return track, solve_apart
