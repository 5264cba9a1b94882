"""How late one recording's clock is: searched over every overlap that is possible.

Two signals that are measured apart tell it: the angles of the legs, and how the pelvis moves; of
markers their heights, and their speeds along the ground. None of them depends on which way a
laboratory's X axis points. The first gives the lag; the second must agree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.names import shared_names
from kinebench.errors import AlignmentError
from kinebench.remarks import unheard
from kinebench.signals.lag import correlation_at, correlations, lag_by_correlation, lag_wander
from kinebench.signals.resampling import even_times, resample

COARSE_HZ = 30.0  # human movement ends near 10 Hz; the fine search follows at the full rate
AGREEMENT_S = 0.08
"""Signals that lie further apart do not tell one lag: a tenth of a gait cycle of 0.8 s, the
fastest; pelvis and leg angles of one public walk from video differ by 0.01 s, of others' trials by
0.3 s and more."""

SAME_TRIAL = 0.9
"""Smallest correlation of the first signal of one trial. Of one public walk optical and video leg
angles correlate by 0.99, another person's walk by 0.79, sit-to-stand with a squat by 0.80."""

ALONE = 0.95
"""The same where the second signal says nothing: two public walks of others fit that video's by
0.91 and 0.92, with 0.4 and 0.5 for the pelvis."""

_NEAR = 0.9
"""Share of the best fit from which on another lag cannot be told from it."""

_TELLS = 0.7  # a second signal that correlates less anywhere is noise: it cannot contradict
_FULL = 0.9999
_APART_S = 0.2
_PARTS = 3
_SHORTEST_PART_S = 0.5

_LEGS = ("knee_angle", "hip_flexion")

_RISES_M = 0.05
"""The markers' mean height moves by 0.07 to 0.65 m in squats, on chairs and in jumps of 40 virtual
people; in walking by 0.03 m, which noise hides: then speeds along the ground tell more."""


@dataclass(frozen=True, slots=True)
class LagEstimate:
    """What one signal says.

    Parameters
    ----------
    name : str
    lag_s : float
        Nearest to the first signal's lag where this one correlates best.
    correlation : float
    best_lag_s : float
        Where it correlates best of all overlaps.
    """

    name: str
    lag_s: float
    correlation: float
    best_lag_s: float


@dataclass(frozen=True, slots=True)
class Clock:
    """By how much the estimate's clock is late, and how that is known.

    Parameters
    ----------
    lag_s : float
        ``estimate(t + lag)`` belongs to ``reference(t)``.
    given : bool
        A person stated it: nothing was searched.
    signals : tuple of LagEstimate
        The first told the lag.
    searched_s : (float, float)
        Lags that were tried.
    rival_s : float, optional
        Another lag that fits nearly as well.
    drift_s : float, optional
        By how much the lag grows from the first to the last common frame; None where the trial is
        too short to tell.
    wander_s : float, optional
        By how much the first signal's lag differs from stretch to stretch, root mean square; None
        where the trial is too short to tell. `same_trial` judges it.
    """

    lag_s: float
    given: bool
    signals: tuple[LagEstimate, ...]
    searched_s: tuple[float, float]
    rival_s: float | None = None
    drift_s: float | None = None
    wander_s: float | None = None

    @property
    def confidence(self) -> Literal["high", "low"]:
        """High where every signal tells this lag before all others, and it has no rival."""
        return "low" if self.doubts else "high"

    @property
    def doubts(self) -> tuple[str, ...]:
        """What speaks against the lag, a clause each."""
        found = []
        for signal in self.signals:
            if not abs(signal.best_lag_s - self.lag_s) <= AGREEMENT_S:
                found.append(f"{signal.name} fits best at {signal.best_lag_s:+.3f} s")
            if not signal.correlation >= _TELLS:
                found.append(f"{signal.name} correlates by {signal.correlation:.2f} only")
        if self.rival_s is not None:
            found.append(f"{self.rival_s:+.3f} s fits nearly as well, as in cyclic movement")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class _Pair:
    """One signal of both recordings: columns (n_frames, n_columns) over their own times."""

    name: str
    reference: FloatArray
    estimate: FloatArray


def find_clock(reference: Motion | Markers, estimate: Motion | Markers) -> Clock:
    """The lag that two signals agree on.

    Raises
    ------
    AlignmentError
        The recordings are not of one trial, the lag is at the edge of what overlaps, or the
        signals disagree.
    """
    first, *others = _signals(reference, estimate)
    search = _search(reference, estimate, first)
    best = search.best
    if search.correlations[best] < SAME_TRIAL:
        raise AlignmentError(
            _not_the_same(reference, estimate, first, float(np.nanmax(search.correlations)))
        )
    tried = np.flatnonzero(np.isfinite(search.correlations))
    searched = float(search.lags[tried[0]]), float(search.lags[tried[-1]])
    if best in (tried[0], tried[-1]):
        raise AlignmentError(
            f"the best lag, {search.lags[best]:+.3f} s by {first.name}, is at the edge of the"
            f" search ({searched[0]:+.2f} to {searched[1]:+.2f} s, where half of the shorter"
            " recording overlaps): the true one may lie beyond; cut the longer recording, or state"
            " it with --lag"
        )
    lag_s = _refined(reference, estimate, first, float(search.lags[best]))
    told = [LagEstimate(first.name, lag_s, float(search.correlations[best]), lag_s)]
    told += [_agreeing(reference, estimate, pair, lag_s, first.name) for pair in others]
    if told[0].correlation < ALONE and any(signal.correlation < _TELLS for signal in told[1:]):
        raise AlignmentError(
            _not_the_same(reference, estimate, first, told[0].correlation, ALONE)
            + f" {others[0].name} correlates by {told[1].correlation:.2f} only"
        )
    drift_s, wander_s = _drift(reference, estimate, first, lag_s)
    return Clock(lag_s, False, tuple(told), searched, search.rival, drift_s, wander_s)


def given_clock(reference: Motion | Markers, estimate: Motion | Markers, lag_s: float) -> Clock:
    """A lag that a person states; the recordings must fit at it.

    Raises
    ------
    AlignmentError
        They do not.
    """
    first = _signals(reference, estimate)[0]
    one, other = _on_one_clock(reference, estimate, first, reference.rate_hz, lag_s)
    score = correlation_at(one, other, 0.0)
    if not score >= SAME_TRIAL:
        raise AlignmentError(
            f"at the lag given, {lag_s:+.3f} s, "
            + _not_the_same(reference, estimate, first, float(score))
        )
    told = (LagEstimate(first.name, lag_s, float(score), lag_s),)
    drift_s, wander_s = _drift(reference, estimate, first, lag_s)
    return Clock(lag_s, True, told, (lag_s, lag_s), None, drift_s, wander_s)


def _signals(reference: Motion | Markers, estimate: Motion | Markers) -> list[_Pair]:
    if isinstance(reference, Motion) and isinstance(estimate, Motion):
        return _motion_signals(reference, estimate)
    assert isinstance(reference, Markers)
    assert isinstance(estimate, Markers)
    names = shared_names(reference.names, estimate.names)
    if not names:
        raise AlignmentError("the recordings share no marker: there is no signal to find a lag by")
    one, other = (each.select(names).positions for each in (reference, estimate))
    speeds = (
        np.linalg.norm(np.gradient(p, r.times, axis=0)[..., [0, 2]], axis=2)
        for p, r in ((one, reference), (other, estimate))
    )
    heights = _Pair("the markers' heights", one[..., 1], other[..., 1])
    ground = _Pair("the markers' speed along the ground", *speeds)
    # each about its own mean: a marker that is lost must not move the others' mean
    rise = np.ptp(np.nanmean(one[..., 1] - np.nanmean(one[..., 1], axis=0), axis=1))
    return [heights, ground] if rise > _RISES_M else [ground, heights]


def _motion_signals(reference: Motion, estimate: Motion) -> list[_Pair]:
    shared = [c for c in reference.coordinates if c.name in estimate.names]
    angles = [c.name for c in shared if c.kind == "rotational" and not c.name.startswith("pelvis")]
    legs = [name for name in angles if name.startswith(_LEGS) and not name.endswith("_beta")]
    chosen = legs or angles
    if not chosen:
        raise AlignmentError(
            "the motions share no joint angle: there is no signal to find a lag by"
        )
    pairs = [
        _Pair(
            "the leg angles" if legs else "the joint angles",
            reference.select(chosen).values,
            estimate.select(chosen).values,
        )
    ]
    root = ("pelvis_tx", "pelvis_ty", "pelvis_tz")
    rest = [name for name in angles if name not in chosen]
    if all(name in reference.names and name in estimate.names for name in root):
        moves = (_pelvis_speeds(each.select(root)) for each in (reference, estimate))
        pairs.append(_Pair("the pelvis's movement", *moves))
    elif rest:
        pairs.append(
            _Pair("the other angles", reference.select(rest).values, estimate.select(rest).values)
        )
    return pairs


def _pelvis_speeds(root: Motion) -> FloatArray:
    """Vertical velocity and speed along the ground (n_frames, 2) m/s."""
    velocity = np.gradient(root.values, root.times, axis=0)
    return np.stack([velocity[:, 1], np.hypot(velocity[:, 0], velocity[:, 2])], axis=1)


@dataclass(frozen=True, slots=True)
class _Search:
    """What one signal gives at every overlap.

    Parameters
    ----------
    lags : (n_lags,) s
    correlations, fits : (n_lags,)
        NaN where too little overlaps. The fit is Fisher's z of the correlation times the root of
        the share that overlaps: of equal correlations the one over more frames is the better
        evidence, and a cyclic movement that is moved by a cycle overlaps less.
    """

    lags: FloatArray
    correlations: FloatArray
    fits: FloatArray

    @property
    def best(self) -> int:
        return int(np.nanargmax(self.fits))

    @property
    def peaks(self) -> list[int]:
        """Places of local maxima."""
        known = np.where(np.isfinite(self.fits), self.fits, -np.inf)
        inner = (known[1:-1] >= known[:-2]) & (known[1:-1] >= known[2:]) & (known[1:-1] > 0)
        return [int(place) + 1 for place in np.flatnonzero(inner)]

    @property
    def rival(self) -> float | None:
        """Another lag, s, that fits nearly as well."""
        far = [
            peak
            for peak in self.peaks
            if abs(self.lags[peak] - self.lags[self.best]) >= _APART_S
            and self.fits[peak] >= _NEAR * self.fits[self.best]
        ]
        return float(self.lags[max(far, key=lambda peak: self.fits[peak])]) if far else None


def _search(reference: Motion | Markers, estimate: Motion | Markers, pair: _Pair) -> _Search:
    rate = min(COARSE_HZ, max(reference.rate_hz, estimate.rate_hz))
    clocks = [even_times(each.times, rate) for each in (reference, estimate)]
    one = resample(pair.reference, reference.times, clocks[0])
    other = resample(pair.estimate, estimate.times, clocks[1])
    n, m = len(one), len(other)
    frames = np.arange(-n + 1, m)
    scores = correlations(one, other, frames)
    if np.isnan(scores).all():
        raise AlignmentError(
            f"no lag can be found by {pair.name}: both recordings must move, and last"
            f" {8 / rate:.1f} s or more"
        )
    overlap = np.minimum(n, m - frames) - np.maximum(0, -frames)
    share = overlap / min(n, m)
    # a correlation of 0.9999 is as good as one: noise decides beyond
    fits = np.arctanh(np.clip(scores, -_FULL, _FULL)) * np.sqrt(share)
    return _Search(frames / rate + float(clocks[1][0] - clocks[0][0]), scores, fits)


def _on_one_clock(
    reference: Motion | Markers,
    estimate: Motion | Markers,
    pair: _Pair,
    rate_hz: float,
    lag_s: float,
) -> tuple[FloatArray, FloatArray]:
    clock = even_times(reference.times, rate_hz)
    return (
        resample(pair.reference, reference.times, clock),
        resample(pair.estimate, estimate.times, clock + lag_s),
    )


def _refined(
    reference: Motion | Markers, estimate: Motion | Markers, pair: _Pair, lag_s: float
) -> float:
    """The lag to a fraction of a frame, from one that is right to a frame of the coarse search."""
    rate = max(reference.rate_hz, estimate.rate_hz)
    one, other = _on_one_clock(reference, estimate, pair, rate, lag_s)
    # best of its neighbourhood, not of all: that was looked at before
    with unheard():
        return lag_s + lag_by_correlation(one, other, rate, 2 / COARSE_HZ)


def _agreeing(
    reference: Motion | Markers, estimate: Motion | Markers, pair: _Pair, lag_s: float, first: str
) -> LagEstimate:
    """What a second signal says near the lag; an error when it clearly says another one."""
    search = _search(reference, estimate, pair)
    here = [peak for peak in search.peaks if abs(search.lags[peak] - lag_s) <= AGREEMENT_S]
    place = max(here, key=lambda peak: search.fits[peak], default=None)
    overall = search.best
    contradicts = place is None or search.fits[place] < _NEAR * search.fits[overall]
    if contradicts and search.correlations[overall] >= _TELLS:
        raise AlignmentError(
            f"two signals do not agree on the clock: {lag_s:+.3f} s by {first},"
            f" {search.lags[overall]:+.3f} s by {pair.name} (correlation"
            f" {search.correlations[overall]:.2f}); are they of one trial? If so, state the lag"
            " with --lag"
        )
    if place is None:
        place = overall
    local = _refined(reference, estimate, pair, float(search.lags[place]))
    elsewhere = local if place == overall else float(search.lags[overall])
    return LagEstimate(pair.name, local, float(search.correlations[place]), elsewhere)


def _drift(
    reference: Motion | Markers, estimate: Motion | Markers, pair: _Pair, lag_s: float
) -> tuple[float | None, float | None]:
    """Growth of the lag over the common part, s, from the lags of its thirds; and its wander."""
    rate = max(reference.rate_hz, estimate.rate_hz)
    one, other = _on_one_clock(reference, estimate, pair, rate, lag_s)
    common = np.flatnonzero(np.isfinite(one).any(axis=1) & np.isfinite(other).any(axis=1))
    whole = slice(common[0], common[-1] + 1)
    wander = lag_wander(one[whole], other[whole], rate)
    wander_s = wander if math.isfinite(wander) else None
    parts = np.array_split(common, _PARTS)
    if len(parts[0]) < _SHORTEST_PART_S * rate:
        return None, wander_s
    middles, found = [], []
    for part in parts:
        chosen = slice(part[0], part[-1] + 1)
        with unheard():
            try:
                lag = lag_by_correlation(one[chosen], other[chosen], rate, 0.1)
            except AlignmentError:
                continue  # it rests there
        if abs(lag) < 0.1 - 1 / rate:
            middles.append(float(part.mean()) / rate)
            found.append(lag)
    if len(found) < 2:
        return None, wander_s
    slope = float(np.polyfit(middles, found, 1)[0])
    return slope * float(common[-1] - common[0]) / rate, wander_s


def _not_the_same(
    reference: Motion | Markers,
    estimate: Motion | Markers,
    pair: _Pair,
    score: float,
    needed: float = SAME_TRIAL,
) -> str:
    found = f"{score:.2f}" if math.isfinite(score) else "not at all"
    ranges = [
        float(np.nanmax(np.nanmax(c, axis=0) - np.nanmin(c, axis=0)))
        for c in (pair.reference, pair.estimate)
    ]
    if isinstance(reference, Motion):
        sizes = "{:.0f}° and {:.0f}°".format(*np.degrees(ranges))
    else:
        sizes = "{:.2f} m and {:.2f} m".format(*ranges)
    return (
        f"these do not look like one trial: {pair.name} correlate by {found} at best, and those of"
        f" one trial by {needed:g} or more; they move by {sizes} at most, for"
        f" {_duration(reference):.1f} and {_duration(estimate):.1f} s; is it the same movement of"
        " the same person?"
    )


def _duration(recording: Motion | Markers) -> float:
    return float(recording.times[-1] - recording.times[0]) if recording.n_frames else 0.0
