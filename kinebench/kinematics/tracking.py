"""`MarkerTracker`: the compiled solver with starts that do not depend on luck."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError
from kinebench.geometry.registration import register_rigid
from kinebench.kinematics.mechanism import Mechanism
from kinebench.kinematics.newton.records import RESULT, new_work

__all__ = ["MarkerTracker"]

logger = logging.getLogger(__name__)

TIE = 1e-6  # relative difference of E below which the pose nearer to the default is taken
ENOUGH = 1e-2  # gain per iteration at which a trial start is given up
MOST = 60  # iterations
N_STARTS = 12  # random starts of a limb
N_ELSEWHERE = 5  # poses of the limb in other frames, as starts
FINALISTS = 3  # starts that are followed to their end
SUSPICIOUS = 4.0  # misfit of a limb, squared, relative to what it is compared with
HOPELESS = 100.0  # the same beyond which a limb gets five times as many starts
NEGLIGIBLE = 1e-10  # m²: E of fourteen micrometres
ROUNDS = 8  # how often a limb's worst frame may be replaced


@dataclass(slots=True)
class MarkerTracker:
    """Solves all frames of one recording.

    Parameters
    ----------
    mechanism : Mechanism
    measured : (n_frames, n_columns, 3) m
        Read-only; NaN where a marker is missing.
    columns : (n_markers,)
        Column of `measured` for each marker of the mechanism.
    defaults : (n_variables,)

    After `solve`: `x`, `told` (energy, converged, iterations), `observed` and `errors` per frame.
    """

    mechanism: Mechanism
    measured: FloatArray
    columns: NDArray[np.int64]
    defaults: FloatArray
    x: FloatArray = field(init=False)
    told: Any = field(init=False)
    observed: NDArray[np.bool_] = field(init=False)
    errors: FloatArray = field(init=False)
    _work: Any = field(init=False)
    _track_frames: Any = field(init=False)

    def __post_init__(self) -> None:
        self._track_frames = _solver()
        n, m, frames = len(self.defaults), len(self.columns), len(self.measured)
        self.x = np.empty((frames, n))
        self.told = np.empty(frames, RESULT)
        self.observed = np.empty((frames, n), np.bool_)
        self.errors = np.empty((frames, m))
        self._work = new_work(self.mechanism.flat)
        low, high = self.limits
        self.defaults = np.clip(self.defaults, low, high)

    @property
    def limits(self) -> tuple[FloatArray, FloatArray]:
        variables = self.mechanism.flat.variables
        return variables["low"], variables["high"]

    def solve(self) -> None:
        """Cold start at the first frame with markers, track to both ends, question the worst."""
        seen = ~np.isnan(self.measured[:, self.columns, 0]).all(axis=1)
        self.told["energy"] = np.inf
        first = int(np.argmax(seen))
        start = self.cold_start(first)
        self._track(first, len(self.x), 1, False, start)
        if first > 0:
            self._track(first - 1, -1, -1, False, self.x[first])
        if seen.any():
            self._question_worst_frames()

    def cold_start(self, frame: int) -> FloatArray:
        """A pose for one frame, without knowledge of its neighbours.

        First the root alone from a grid of orientations, then limb after limb, each with the
        markers of what is placed already and its own: from the default pose, and from others when
        the limb fits its markers much worse than the root does.
        """
        limbs = self.mechanism.limbs
        marked = self._markers_of(limbs[:1])
        x, misfit = self._best(frame, self.defaults[None], limbs[0], marked)
        if misfit > self._rigid_misfit(frame, marked) * (1 + TIE) + 1e-12:
            x, misfit = self._best(frame, self._root_starts(limbs[0]), limbs[0], marked)
        attempts = (
            (max(SUSPICIOUS * misfit, NEGLIGIBLE), N_STARTS),
            (max(HOPELESS * misfit, NEGLIGIBLE), 5 * N_STARTS),
        )
        for number in range(1, len(limbs)):
            marked = self._markers_of(limbs[: number + 1])
            default = self._limb_starts(x, limbs[number], 0)
            placed, misfit = self._best(frame, default, limbs[number], marked)
            for limit, n in attempts:
                if misfit > limit:
                    starts = np.concatenate([placed[None], self._limb_starts(x, limbs[number], n)])
                    placed, misfit = self._best(frame, starts, limbs[number], marked)
            x = placed
        everything = np.ones(len(self.columns), np.bool_)
        every = tuple(range(len(x)))
        return self._best(frame, x[None], every, everything, enough=-1.0)[0]

    def _question_worst_frames(self) -> None:
        """Solve a limb's worst frame from other poses; what is better spreads while it is.

        Only where that frame stands out: a limb that is caught in a poor minimum misses its
        markers by far more than it usually does.
        """
        squares = self._weighted_squares()
        for limb in self.mechanism.limbs[1:]:
            marked = self._markers_of((limb,))
            for _ in range(ROUNDS if marked.any() else 0):
                square = squares[:, marked].sum(axis=1)
                frame, usual = int(np.argmax(square)), float(np.median(square))
                improved = square[frame] > SUSPICIOUS * usual and (
                    self._improved(frame, limb, N_STARTS)
                    or (
                        square[frame] > HOPELESS * usual
                        and self._improved(frame, limb, 5 * N_STARTS)
                    )
                )
                if not improved:
                    break
                squares = self._weighted_squares()

    def _weighted_squares(self) -> FloatArray:
        squares = self.errors**2 * self.mechanism.flat.markers["weight"]
        return np.where(np.isnan(squares), 0.0, squares)

    def _improved(self, frame: int, limb: tuple[int, ...], n: int) -> bool:
        """Try other poses of a limb in one frame; carry a better one to the frames around it.

        Poses that the limb has elsewhere in the recording, and n drawn from its ranges.
        """
        everything = np.ones(len(self.columns), np.bool_)
        others = np.linspace(0, len(self.x) - 1, N_ELSEWHERE).astype(int)
        elsewhere = np.tile(self.x[frame], (N_ELSEWHERE, 1))
        elsewhere[:, list(limb)] = self.x[others][:, list(limb)]
        starts = np.concatenate([elsewhere, self._limb_starts(self.x[frame], limb, n)])
        candidate, _ = self._best(frame, starts, limb, everything)
        solved = self._track(frame, len(self.x), 1, True, candidate)
        if solved:
            self._track(frame - 1, -1, -1, True, self.x[frame])
        return solved > 0

    def _markers_of(self, limbs: tuple[tuple[int, ...], ...]) -> NDArray[np.bool_]:
        """Which markers these limbs carry themselves."""
        nodes = {node for limb in limbs for node in self.mechanism.limb_nodes[limb]}
        return np.isin(self.mechanism.flat.markers["node"], sorted(nodes))

    def _rigid_misfit(self, frame: int, marked: NDArray[np.bool_]) -> float:
        """Least E that the root's own markers allow a body that may move freely.

        −1 when they do not determine a pose, or sit on several nodes.
        """
        records = self.mechanism.flat.markers[marked]
        measured = self.measured[frame, self.columns[marked]]
        if len(set(records["node"].tolist())) != 1:
            return -1.0
        try:
            rms = register_rigid(records["location"], measured, records["weight"]).rms
        except ValueRangeError:
            return -1.0
        return 0.5 * rms**2

    def _root_starts(self, root: tuple[int, ...]) -> FloatArray:
        """Orientations of the root: quarters of a turn, or parts of a limited range."""
        low, high = self.limits
        starts = [self.defaults.copy()]
        for variable in root:
            if variable in self.mechanism.turning:
                values = _spread(low[variable], high[variable], self.defaults[variable])
                starts = [_changed(start, variable, value) for start in starts for value in values]
        return np.array(starts)

    def _limb_starts(self, x: FloatArray, limb: tuple[int, ...], n: int) -> FloatArray:
        """x with the limb's defaults, and with poses drawn from its ranges, always the same."""
        low, high = self.limits
        chosen = list(limb)
        middle = self.defaults[chosen]
        lowest = np.maximum(low[chosen], middle - np.pi)
        highest = np.maximum(np.minimum(high[chosen], middle + np.pi), lowest)
        starts = np.tile(x, (n + 1, 1))
        starts[0, chosen] = middle
        starts[1:, chosen] = np.random.default_rng(n).uniform(lowest, highest, (n, len(chosen)))
        return starts

    def _best(
        self,
        frame: int,
        starts: FloatArray,
        moving: tuple[int, ...],
        marked: NDArray[np.bool_],
        enough: float = ENOUGH,
    ) -> tuple[FloatArray, float]:
        """The best pose that starts lead to when only some variables move, by some markers.

        All starts get a few iterations, the best of them the rest. Returns the pose and its E.
        """
        frozen = np.ones(len(self.defaults), np.bool_)
        frozen[list(moving)] = False
        kept = self.columns[marked]
        measured = np.full(self.measured.shape[1:], np.nan)
        measured[kept] = self.measured[frame, kept]
        if np.isnan(measured).all():
            return starts[0], 0.0
        poses, energies = starts, np.empty(0)
        if len(starts) > FINALISTS:
            poses, energies = self._from_starts(measured, starts, frozen, enough, 4)
            poses = poses[np.argsort(energies, kind="stable")[:FINALISTS]]
        poses, energies = self._from_starts(measured, poses, frozen, enough, MOST)
        good = np.flatnonzero(energies <= energies.min() * (1 + TIE) + 1e-15)
        distance = np.linalg.norm(poses[good] - self.defaults, axis=1)
        chosen = good[np.argmin(distance)]
        return poses[chosen], float(energies[chosen])

    def _from_starts(
        self,
        measured: FloatArray,
        starts: FloatArray,
        frozen: NDArray[np.bool_],
        enough: float,
        most: int,
    ) -> tuple[FloatArray, FloatArray]:
        """Poses and E that each start leads to with one frame's markers (n_columns, 3)."""
        n = len(starts)
        frames = np.repeat(measured[None], n, axis=0)
        frames.flags.writeable = False  # the compiled code is made for read-only markers
        poses = np.empty_like(starts)
        told = np.empty(n, RESULT)
        observed = np.empty(starts.shape, np.bool_)
        errors = np.empty((n, len(self.columns)))
        self._track_frames(
            self.mechanism.flat, self._work, frames, self.columns, 0, n, 1, False,
            np.ascontiguousarray(starts), frozen, enough, most, 0, poses, told, observed, errors,
        )  # fmt: skip
        return poses, told["energy"]

    def _track(self, first: int, last: int, step: int, improve: bool, start: FloatArray) -> int:
        frozen = np.zeros(len(self.defaults), np.bool_)
        solved: int = self._track_frames(
            self.mechanism.flat, self._work, self.measured, self.columns, first, last, step,
            improve, start[None].copy(), frozen, -1.0, MOST, len(self.mechanism.limbs[0]),
            self.x, self.told, self.observed, self.errors,
        )  # fmt: skip
        return solved


def _spread(low: float, high: float, default: float) -> list[float]:
    if high - low >= 2 * np.pi:
        return [default + quarter * np.pi / 2 for quarter in (0, 1, 2, -1)]
    return [low + share * (high - low) for share in (0.5, 0.2, 0.8)]


def _changed(x: FloatArray, variable: int, value: float) -> FloatArray:
    x = x.copy()
    x[variable] = value
    return x


@lru_cache(maxsize=1)
def _solver() -> Any:
    """The compiled `track`; says so when it has to be compiled first."""
    from kinebench.kinematics.newton.compilation import is_compiled
    from kinebench.kinematics.newton.sequence import track

    if not is_compiled(track):
        logger.warning("compiling the fast solver for this machine: half a minute, once")
    return track
