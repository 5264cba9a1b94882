"""`MarkerTracker`: frame after frame, then a search for what tracking cannot find."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.kinematics.descents import MAX_ITERATIONS, Descents, Found, IntArray
from kinebench.kinematics.gimbals import turned_apart
from kinebench.kinematics.mechanism import Mechanism
from kinebench.kinematics.newton.records import ANY, LOWER, NO_HIGHER, RESULT
from kinebench.kinematics.starts import cold_starts, relieved, with_limb_anew
from kinebench.kinematics.suspicion import at_intervals, suspicious

BETTER = 1e-7  # gain of E, relative, below which two descents ended in the same minimum
ROUNDING = 1e-16  # m²: differences of E that mean nothing
_MAX_REPAIRS = 8  # a better pose may show the next frame to ask about
_MAX_FINISHES = 5  # one is enough but for markers that no pose comes near to
_N_CROSS_FRAME_STARTS = 5  # poses of a limb in other frames, as starts
_BLOCK = 4096  # frames that are solved side by side or judged at once: memory
_CHUNK = 256  # frames that are searched at once: memory
_STRETCH = 32  # frames over which a rival is followed at once
_STRIDE = 8  # frames: a tenth of a second, in which the body goes on as it went
_ROUGH = 1e-1  # of E: where every `_STRIDE`th frame is left for a while
_BREAK_RAD = np.deg2rad(5.0)  # off the middle of its neighbours: twice as much were 10° at once
_SAME_COST = 1e-6  # of E: more than two searches for one minimum end apart
_SAME_POSE = 1e-6  # rad or m: two searches for one minimum end closer to each other
_OVERLAP = 3  # frames that are solved again to know where they point to
_RIVAL_M = 5e-4  # weighted RMS: no recording is so good that half a millimetre decides
_RIVAL_RAD = np.deg2rad(5.0)  # from this on another pose is a rival: not rounding, not noise


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

    After `solve`: `x`, `outcomes` (energy, converged, iterations), `observed`, `errors`, `rival`
    (n_frames,) rad, the distance of another pose whose weighted RMS is at most `_RIVAL_M` above,
    and `rival_poses` (n_frames, n_variables); NaN where none was found.
    """

    mechanism: Mechanism
    measured: FloatArray
    columns: IntArray
    defaults: FloatArray
    x: FloatArray = field(init=False)
    outcomes: Any = field(init=False)
    observed: NDArray[np.bool_] = field(init=False)
    errors: FloatArray = field(init=False)
    rival: FloatArray = field(init=False)
    _descents: Descents = field(init=False)
    _rivals: FloatArray = field(init=False)  # poses (n_frames, n_variables)
    _rival_energy: FloatArray = field(init=False)
    _cold: dict[int, FloatArray] = field(init=False)  # poses by frame
    _led: dict[int, tuple[IntArray, FloatArray]] = field(init=False)  # by step: where from
    _known: NDArray[np.bool_] = field(init=False)  # frames whose markers determine a pose

    def __post_init__(self) -> None:
        n, m, frames = len(self.defaults), len(self.columns), len(self.measured)
        self.x = np.zeros((frames, n))
        self.outcomes = np.zeros(frames, RESULT)
        self.observed = np.zeros((frames, n), np.bool_)
        self.errors = np.zeros((frames, m))
        self._cold, self._led = {}, {}
        self._rivals = np.zeros((frames, n))
        self._rival_energy = np.full(frames, np.inf)
        variables = self.mechanism.flat.variables
        self.defaults = np.clip(self.defaults, variables["low"], variables["high"])
        self._descents = Descents(self.mechanism, self.measured, self.columns, self.defaults)

    def solve(self) -> None:
        """Cold start at the first frame with markers, track to both ends, then search."""
        seen = ~np.isnan(self.measured[:, self.columns, 0]).all(axis=1)
        self.outcomes["energy"] = np.inf
        first = int(np.argmax(seen))
        self._track_inwards(first, self._cold_starts(np.array([first]), np.flatnonzero(seen))[0])
        if first > 0:
            self._track(first - 1, -1, -1, ANY, self.x[first])
        self._known = np.asarray(self.observed.any(axis=1))
        if self._known.any():
            self._search()
            self._finish()
            self._hold()
            self._follow_rivals()
        self.rival = self._rivalry()

    def _cold_starts(self, frames: IntArray, known: IntArray) -> FloatArray:
        """Poses of frames that nothing is known of; those asked for anyway are found at once."""
        missing = [f for f in frames.tolist() if f not in self._cold]
        if missing:
            missing = sorted({*missing, *at_intervals(known)} - self._cold.keys())
            found = cold_starts(self._descents, np.array(missing))
            self._cold.update(zip(missing, found, strict=True))
        return np.array([self._cold[f] for f in frames.tolist()])

    def _track_inwards(self, first: int, start: FloatArray) -> None:
        """All frames from the first: some of them one after another, then those between them.

        Every `_STRIDE`th frame starts from its predecessor, roughly; then each from there, and
        those halfway, as often as there are some, from the poses around them. So most frames wait
        for no other and are solved side by side. Where that does not give a pose that goes on
        from the one before, frame after frame decides.
        """
        stride, n = _STRIDE, len(self.x)
        coarse = np.arange(first, n, stride)
        if len(coarse) < 3:
            self._track(first, n, 1, ANY, start)
            return
        self._track(first, first + stride * len(coarse), stride, ANY, start, enough=_ROUGH)
        for block in range(0, len(coarse), _BLOCK):
            frames = coarse[block : block + _BLOCK]
            self._solve_apart(frames, self.x[frames])
        while stride > 1:
            half = stride // 2
            for start_of in range(first + half, n, stride * _BLOCK):
                between = np.arange(start_of, min(start_of + stride * _BLOCK, n), stride)
                self._solve_apart(between, _halfway(self.x, between, first, half))
            stride = half
        self._mend(first, start)

    def _solve_apart(self, frames: IntArray, starts: FloatArray) -> None:
        """Frames from starts, whatever others are."""
        out = Found(self.x, self.outcomes, self.observed, self.errors)
        self._descents.solve(frames, starts, len(self.mechanism.limbs[0]), out)

    def _mend(self, first: int, start: FloatArray) -> None:
        """Solve frames from their predecessors where they do not go on from them.

        Where a frame alone leaves something open, or found no minimum, its predecessor decides.
        """
        open_ = ~self.outcomes["converged"] | ~self.observed.all(axis=1)
        frame = first
        while open_[frame:].any():
            frame = max(frame + int(np.argmax(open_[frame:])) - _OVERLAP, first)
            agree = False
            while frame < len(self.x) and not (agree and not open_[frame]):
                end = min(frame + _STRIDE, len(self.x))
                before = self.x[end - 1].copy()
                self._track(frame, end, 1, ANY, self.x[frame - 1] if frame > first else start)
                agree = bool(np.abs(before - self.x[end - 1]).max() < _SAME_POSE)
                frame = end
        self._join(first)

    def _join(self, first: int) -> None:
        """Where the body jumps, follow the pose before, then the one after, while no worse.

        Not through frames that leave something open: there only the past decides.
        """
        n, open_ = len(self.x), np.asarray(~self.observed.all(axis=1))
        ends = np.array([first - 1, *(first + np.flatnonzero(open_[first:])), n])
        for step in (1, -1):
            done = first - 1 if step > 0 else n
            jumps = self._jumps(first)
            if not jumps.size:
                continue
            for jump in jumps[self._leads_elsewhere(jumps, step)][::step].tolist():
                if (jump - done) * step > 0 and not open_[jump]:
                    place = np.searchsorted(ends, jump)  # no end itself
                    last = int(ends[place if step > 0 else place - 1])
                    solved = self._follow(jump, last, step, NO_HIGHER, self.x[jump - step])
                    done = jump + step * (solved - 1)

    def _leads_elsewhere(self, frames: IntArray, step: int) -> NDArray[np.bool_]:
        """Whether the pose before leads to another one, at no higher cost; asked side by side.

        In a noisy recording nearly all frames jump, and most come back to where they are.
        """
        starts = self.x[frames - step]
        poses, energies = self._descents.minima(frames, starts)
        self._led[step] = frames, starts
        self._remember(frames, poses, energies)
        apart = np.abs(poses - self.x[frames]).max(axis=1, initial=0.0) > _SAME_POSE
        now = self.outcomes["energy"][frames]
        return np.asarray(apart & (energies <= now * (1 + _SAME_COST) + ROUNDING))

    def _is_led(self, frames: IntArray, step: int) -> NDArray[np.bool_]:
        """Whether it is known where the pose before leads to."""
        asked, starts = self._led.get(step, (frames[:0], self.x[:0]))
        if not len(asked):
            return np.zeros(len(frames), np.bool_)
        place = np.minimum(np.searchsorted(asked, frames), len(asked) - 1)
        same = (starts[place] == self.x[frames - step]).all(axis=1)
        return np.asarray(same & (asked[place] == frames))

    def _jumps(self, first: int) -> IntArray:
        """Frames whose pose is far from the middle of those beside it."""
        turning, found = np.zeros(self.x.shape[1], np.bool_), [np.empty(0, np.int64)]
        turning[sorted(self.mechanism.turning)] = True
        for start in range(first, len(self.x) - 2, _BLOCK):
            x = self.x[start : start + _BLOCK + 2]
            bent = np.abs(x[2:] - 2.0 * x[1:-1] + x[:-2]) > 2 * _BREAK_RAD
            found.append(start + 1 + np.flatnonzero(bent @ turning))
        return np.concatenate(found)

    def _search(self) -> None:
        """Ask suspicious frames for better poses; what is better spreads while it is."""
        asked = np.zeros((len(self.x), len(self.mechanism.limbs)), np.bool_)
        self._adopt(*relieved(self._descents, self.x))
        for _ in range(_MAX_REPAIRS):
            fresh = suspicious(self.mechanism, self.x, self.errors, self._known) & ~asked
            asked |= fresh
            frames = np.flatnonzero(fresh.any(axis=1))
            chunks = [frames[start : start + _CHUNK] for start in range(0, len(frames), _CHUNK)]
            if not sum(self._question(chunk, fresh) for chunk in chunks):
                break
            self._adopt(*relieved(self._descents, self.x))

    def _question(self, frames: IntArray, fresh: NDArray[np.bool_]) -> int:
        """Other starts for frames: their neighbours' poses, their limbs anew, a cold start.

        Frames that fit poorly have more minima than others, and are asked for everything: poses of
        the whole recording too, and all limbs at rest. Returns how often something better was
        found.
        """
        whole = frames[fresh[frames, 0]]
        after, before = whole[whole > 0], whole[whole < len(self.x) - 1]
        after, before = after[~self._is_led(after, 1)], before[~self._is_led(before, -1)]
        near = np.concatenate([self.x[after - 1], self.x[before + 1]])
        n_better = self._adopt(np.concatenate([after, before]), near)
        poses = self.x[frames]
        elsewhere = self.x[np.linspace(0, len(self.x) - 1, _N_CROSS_FRAME_STARTS).astype(int)]
        for number, limb in enumerate(self.mechanism.limbs[1:], 1):
            chosen = fresh[frames, number]
            if chosen.any():
                anew = frames[chosen], poses[chosen], limb, elsewhere
                poses[chosen] = with_limb_anew(self._descents, *anew)
        limbs = fresh[frames, 1:].any(axis=1)
        n_better += self._adopt(frames[limbs], poses[limbs])
        if whole.size:
            n_better += self._adopt(whole, self._cold_starts(whole, np.flatnonzero(self._known)))
        poor = frames[fresh[frames].all(axis=1)]
        if poor.size:
            at_rest = np.tile(self.defaults, (len(poor), 1))
            at_rest[:, self.mechanism.limbs[0]] = self.x[poor][:, self.mechanism.limbs[0]]
            others = np.tile(elsewhere, (len(poor), 1))
            starts = np.concatenate([others, at_rest])
            rows = np.concatenate([np.repeat(poor, len(elsewhere)), poor])
            n_better += self._adopt(rows, starts)
        return n_better

    def _adopt(self, frames: IntArray, starts: FloatArray) -> int:
        """Take the minima that starts lead to where they are lower; remember them as rivals."""
        frames, starts = frames[self._known[frames]], starts[self._known[frames]]
        if not len(frames):
            return 0
        poses, energies = self._descents.minima(frames, starts)
        n_better = 0
        for i in np.argsort(energies - self.outcomes["energy"][frames], kind="stable"):
            least = self.outcomes["energy"][frames[i]]
            if energies[i] < least * (1 - BETTER) - ROUNDING:
                self._carry(int(frames[i]), poses[i])
                n_better += 1
        self._remember(frames, poses, energies)
        return n_better

    def _carry(self, frame: int, pose: FloatArray) -> None:
        """Track a better pose forwards and backwards while it is better."""
        gaps = np.flatnonzero(~self._known)
        place = int(np.searchsorted(gaps, frame))
        start = int(gaps[place - 1]) if place else -1
        end = int(gaps[place]) if place < len(gaps) else len(self.x)
        if self._follow(frame, end, 1, LOWER, pose):
            self._follow(frame - 1, start, -1, LOWER, self.x[frame])

    def _follow(self, frame: int, last: int, step: int, keep: int, pose: FloatArray) -> int:
        """Track a pose as far as `keep` says; what it replaces may be a rival. Returns how far."""
        total = 0
        while frame != last:
            chunk = frame + step * np.arange(min(_CHUNK, abs(last - frame)))
            x, energies = self.x[chunk], self.outcomes["energy"][chunk]
            solved = self._track(frame, frame + step * len(chunk), step, keep, pose)
            self._remember(chunk[:solved], x[:solved], energies[:solved])
            total += solved
            if solved < len(chunk):
                break
            frame += step * solved
            pose = self.x[frame - step]
        return total

    def _finish(self) -> None:
        """Go on where a search ended before its minimum: it begins again with Newton's steps.

        Where markers fit badly, the damped steps before it may be many.
        """
        for frame in np.flatnonzero(self._known & ~self.outcomes["converged"]).tolist():
            for _ in range(_MAX_FINISHES):
                before = self.outcomes["energy"][frame]
                self._track(frame, frame + 1, 1, ANY, self.x[frame])
                now, converged, _ = self.outcomes[frame]
                if converged or not now < before:
                    break

    def _hold(self) -> None:
        """Frames that hold a pose hold that of the frame before, or of the first that has one."""
        gaps = np.flatnonzero(~self._known)
        for run in np.split(gaps, np.flatnonzero(np.diff(gaps) > 1) + 1) if gaps.size else ():
            if run[0] > 0:
                self._track(int(run[0]), int(run[-1]) + 1, 1, ANY, self.x[run[0] - 1])
            else:
                self._track(int(run[-1]), -1, -1, ANY, self.x[run[-1] + 1])

    def _remember(self, frames: IntArray, poses: FloatArray, energies: FloatArray) -> None:
        """Keep, for each frame, the best pose that is not the one taken, if it is a rival."""
        close = energies < np.minimum(self._rival_energy, self._rival_limit())[frames]
        close &= np.abs(poses - self.x[frames]).max(axis=1, initial=0.0) > _RIVAL_RAD
        frames, poses, energies = frames[close], poses[close], energies[close]
        for i in np.flatnonzero(self._apart(frames, poses) > _RIVAL_RAD):
            if energies[i] < self._rival_energy[frames[i]]:
                self._rivals[frames[i]], self._rival_energy[frames[i]] = poses[i], energies[i]

    def _rivalry(self) -> FloatArray:
        """Distances of the rivals that still are ones."""
        found = np.full(len(self.x), np.nan)
        close = np.flatnonzero(self._rival_energy <= self._rival_limit())
        apart = self._apart(close, self._rivals[close])
        found[close] = np.where(apart > _RIVAL_RAD, apart, np.nan)
        return found

    def _apart(self, frames: IntArray, poses: FloatArray) -> FloatArray:
        """Largest difference (n_poses,) rad of an observed angle from the poses taken."""
        if not len(frames):
            return np.zeros(0)
        turning = sorted(self.mechanism.turning)
        apart = turned_apart(self.mechanism.gimbals, turning, poses, self.x[frames], _RIVAL_RAD)
        apart[~self.observed[frames][:, turning]] = 0.0
        return np.asarray(apart.max(axis=1, initial=0.0))

    def _rival_limit(self) -> FloatArray:
        """E up to which another pose is a rival."""
        return np.asarray(
            0.5 * (np.sqrt(2 * np.maximum(self.outcomes["energy"], 0.0)) + _RIVAL_M) ** 2
        )

    @property
    def rival_poses(self) -> FloatArray:
        """Poses of the rival minima, NaN in frames without one."""
        return np.where(np.isnan(self.rival)[:, None], np.nan, self._rivals)

    def _follow_rivals(self) -> None:
        """Track known rivals to the frames around them, for as long as they are rivals."""
        rivals = self._rivalry()
        if np.isnan(rivals).all():
            return
        outcomes, limit = self.outcomes.copy(), self._rival_limit()
        outcomes["energy"] = limit
        poses, observed, errors = (np.empty_like(a) for a in (self.x, self.observed, self.errors))
        for step in (1, -1):
            for frame in np.flatnonzero(~np.isnan(rivals))[::step].tolist():
                solved = _STRETCH
                while solved == _STRETCH:
                    first, last = frame + step, frame + step * (_STRETCH + 1)
                    last = min(max(last, -1), len(self.x))
                    if not 0 <= first < len(self.x) or self._rival_energy[first] <= limit[first]:
                        break
                    out = poses, outcomes, observed, errors
                    solved = self._track(first, last, step, LOWER, self._rivals[frame], out)
                    found = first + step * np.arange(solved)
                    self._remember(found, poses[found], outcomes["energy"][found])
                    outcomes["energy"][found] = limit[found]
                    frame += step * solved
                    if not solved or self._rival_energy[frame] > limit[frame]:
                        break  # it has become the pose taken

    def _track(
        self,
        first: int,
        last: int,
        step: int,
        keep: int,
        start: FloatArray,
        out: tuple[Any, ...] | None = None,
        enough: float = -1.0,
    ) -> int:
        """The compiled `track` from one start; returns the number of frames solved."""
        frozen = np.zeros(len(self.defaults), np.bool_)
        solved: int = self._descents.track_frames(
            self.mechanism.flat, self._descents.work, self.measured, self.columns, first, last,
            step, keep, start[None].copy(), frozen, enough, MAX_ITERATIONS,
            len(self.mechanism.limbs[0]),
            *(out or (self.x, self.outcomes, self.observed, self.errors)),
        )  # fmt: skip
        return solved


def _halfway(x: FloatArray, frames: IntArray, first: int, h: int) -> FloatArray:
    """Poses (n, n_variables) between those h before and h after, by a cubic where there are four.

    Beyond the last pose that there is the last two go on.
    """
    last = first + (len(x) - 1 - first) // (2 * h) * (2 * h)
    far, near = np.maximum(frames - 3 * h, first), frames - h
    after, beyond = np.minimum(frames + h, last), np.minimum(frames + 3 * h, last)
    middle = 0.5 * (x[near] + x[after])
    bend = 0.0625 * (x[near] - x[far] + x[after] - x[beyond])
    starts = middle + np.where(((far < near) & (beyond > after))[:, None], bend, 0.0)
    ahead = frames > last
    starts[ahead] = x[near[ahead]] + 0.5 * (x[near[ahead]] - x[far[ahead]])
    return np.asarray(starts)
