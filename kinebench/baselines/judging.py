"""What has moved: a measurement against a baseline."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np

from kinebench.baselines.baseline import Baseline, Course, Expected, Key, Origin, Tolerance
from kinebench.baselines.measurement import ALL, Measured, Measurement
from kinebench.core.arrays import FloatArray
from kinebench.core.motion import Motion
from kinebench.metrics.pairs import wrapped_difference
from kinebench.statistics.samples import Interval
from kinebench.statistics.series import series_mean

_SAME_TIME_S = 1e-4  # a hundredth of a frame at 100 Hz, and more than rounding in a baseline's text


class Outcome(Enum):
    """What became of a figure."""

    FINE = "fine"
    MOVED = "moved"
    VANISHED = "vanished"
    NEW = "new"
    BETTER = "better"
    ELSEWHERE = "measured elsewhere"

    @property
    def fails(self) -> bool:
        """Whether a gate does not let this pass."""
        return self in (Outcome.MOVED, Outcome.VANISHED)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where a course moved.

    Parameters
    ----------
    start_s, end_s : float
        First and last stored moment of the run around the largest change that is beyond the
        limit; all of the largest when it is within and only the RMS is not.
    peak_s : float
        Of the largest change.
    share : float
        Of the stored moments that are beyond the limit.
    mean : float
        Mean change over the trial, rad or m.
    interval : Interval
        Of that mean, paired and with autocorrelation; NaN for trials that are too short.
    """

    start_s: float
    end_s: float
    peak_s: float
    share: float
    mean: float
    interval: Interval

    @property
    def is_one_way(self) -> bool:
        """Whether the mean change differs from zero: its interval leaves zero out."""
        return math.isfinite(self.interval.low) and 0.0 not in self.interval


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure, expected and obtained.

    Parameters
    ----------
    key : Key
        The quantity of a course is "course" (largest change) or "course rms".
    outcome : Outcome
    unit : {"rad", "m", "s", "1"}
    expected, obtained : float
        NaN where there is none; of a course the values where it changed most.
    change : float
        Signed; of "course rms" the RMS.
    limit : float
    decided_by : str
        "tolerance 'angle rms'" or "6 × spread": the larger of the two.
    note : str
        Why it vanished.
    stretch : Stretch, optional
    """

    key: Key
    outcome: Outcome
    unit: str
    expected: float = math.nan
    obtained: float = math.nan
    change: float = math.nan
    limit: float = math.nan
    decided_by: str = ""
    note: str = ""
    stretch: Stretch | None = None

    @property
    def excess(self) -> float:
        """By how many limits it moved; infinite when it vanished."""
        if self.outcome is Outcome.VANISHED:
            return math.inf
        if not math.isfinite(self.change):
            return 0.0
        return abs(self.change) / self.limit if self.limit else math.inf * abs(self.change)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a gate says.

    Parameters
    ----------
    gate : str
    findings : tuple of Finding
        The worst first.
    changed : tuple of (str, str, str)
        What else differs: name, then, now.
    not_compared : str
        Why courses were left out; empty when they were not.
    """

    gate: str
    findings: tuple[Finding, ...]
    changed: tuple[tuple[str, str, str], ...]
    not_compared: str = ""

    @property
    def failures(self) -> tuple[Finding, ...]:
        """Findings that fail."""
        return tuple(finding for finding in self.findings if finding.outcome.fails)

    @property
    def n_compared(self) -> int:
        """Figures of the baseline that were obtained too."""
        lacking = (Outcome.VANISHED, Outcome.NEW)
        return sum(finding.outcome not in lacking for finding in self.findings)


def judge(baseline: Baseline, measured: Measurement, origin: Origin) -> Verdict:
    """Compare.

    Under the baseline's seed everything is; under another one the errors against the truth alone,
    whose spread over such draws is known: courses and extremes are those of other recordings.
    """
    same_noise = origin.seed == baseline.origin.seed
    same_machine = origin.machine == baseline.origin.machine
    findings: list[Finding] = []
    for key, expected in baseline.figures.items():
        if same_noise or key.trial == ALL:
            findings.append(_figure(key, expected, measured, baseline, same_machine))
    new = {Key(*key): figure.unit for key, figure in measured.figures.items()}
    findings += [
        Finding(key, Outcome.NEW, unit, obtained=measured.figures[key].value)
        for key, unit in new.items()
        if key not in baseline.figures
    ]
    not_compared = ""
    if same_noise:
        for (trial, item), course in baseline.courses.items():
            findings += _course(Key(trial, item, "course"), course, measured, baseline)
    elif baseline.courses:
        not_compared = (
            f"courses and extremes belong to seed {baseline.origin.seed}, and this was seed"
            f" {origin.seed}"
        )
    # the order of the baseline among equals
    findings.sort(key=lambda finding: (not finding.outcome.fails, -finding.excess))
    return Verdict(
        baseline.gate, tuple(findings), changes_of_origin(baseline.origin, origin), not_compared
    )


def _limit_of(tolerance: Tolerance, spread: float, k: float, name: str) -> tuple[float, str]:
    """The larger of the tolerance and k spreads, and which of them it is."""
    if k * spread > tolerance.limit:
        return k * spread, f"{k:g} × spread"
    return tolerance.limit, f"tolerance '{name}'"


def _figure(
    key: Key, expected: Expected, measured: Measurement, baseline: Baseline, same_machine: bool
) -> Finding:
    found: Measured | None = measured.figures.get(key)
    if found is None:
        note = _why_gone(key, measured) if key.trial != ALL else ""
        return Finding(key, Outcome.VANISHED, expected.unit, expected=expected.value, note=note)
    tolerance = baseline.tolerances[expected.tolerance]
    is_share = tolerance.kind in ("timing", "ratio")
    allowed = tolerance.limit * (abs(expected.value) if is_share else 1.0)
    limit, decided = _limit_of(
        Tolerance(allowed, tolerance.unit, tolerance.kind, tolerance.reason),
        expected.spread, baseline.k, expected.tolerance,
    )  # fmt: skip
    change = found.value - expected.value
    outcome = Outcome.FINE
    if tolerance.kind == "timing" and not same_machine:
        outcome = Outcome.ELSEWHERE
    elif abs(change) > limit:
        worse = change < 0 if tolerance.kind == "ratio" else change > 0
        outcome = Outcome.MOVED if worse or tolerance.kind == "identical" else Outcome.BETTER
    return Finding(key, outcome, expected.unit, expected.value, found.value, change, limit, decided)


def _course(
    key: Key, course: Course, measured: Measurement, baseline: Baseline
) -> Iterator[Finding]:
    """The largest change of a course and the RMS of its change; and where it has no values."""
    motion = measured.motions.get(key.trial)
    if motion is None or key.item not in motion.names:
        note = _why_gone(key, measured)
        yield Finding(key, Outcome.VANISHED, course.unit, note=note)
        return
    obtained = sampled(motion, key.item, course.times)
    gone = np.isfinite(course.values) & ~np.isfinite(obtained)
    if gone.any():
        first, last = course.times[gone][[0, -1]]
        note = f"no value at {gone.sum()} of {len(gone)} moments, from {first:.2f} to {last:.2f} s"
        coverage = key._replace(quantity="course coverage")
        yield Finding(coverage, Outcome.VANISHED, course.unit, note=note)
    known = np.isfinite(course.values) & np.isfinite(obtained)
    if not known.any():
        return
    change = difference(course, obtained)[known]
    times, expected = course.times[known], course.values[known]
    spread, k, tolerances = course.spread, baseline.k, baseline.tolerances
    limit, decided = _limit_of(tolerances[course.largest], spread, k, course.largest)
    peak = int(np.argmax(np.abs(change)))
    stretch = _stretch(change, times, limit, peak)
    moved = abs(change[peak]) > limit
    yield Finding(
        key,
        Outcome.MOVED if moved else Outcome.FINE,
        course.unit,
        float(expected[peak]),
        float(expected[peak] + change[peak]),
        float(change[peak]),
        limit,
        decided,
        stretch=stretch,
    )
    limit, decided = _limit_of(tolerances[course.rms], spread, k, course.rms)
    rms = float(np.sqrt((change**2).mean()))
    outcome = Outcome.MOVED if rms > limit else Outcome.FINE
    yield Finding(
        key._replace(quantity="course rms"), outcome, course.unit,
        0.0, rms, rms, limit, decided, stretch=stretch,
    )  # fmt: skip


def _why_gone(key: Key, measured: Measurement) -> str:
    if key.trial in measured.motions:
        return "the motion has no such coordinate"
    return measured.failures.get(key.trial, "the gate has no such trial")


def sampled(motion: Motion, name: str, times: FloatArray) -> FloatArray:
    """Values (n,) of a coordinate at given times; NaN outside of the motion and beside gaps."""
    # a frame that lies half a frame away is the frame that is meant
    slack = 0.5 * float(np.median(np.diff(motion.times))) if motion.n_frames > 1 else 0.0
    course = motion.value(name)
    values = np.interp(times, motion.times, course)
    nearest = np.abs(motion.times[:, None] - times).argmin(axis=0)
    # stored times are rounded: the frame itself, lest a gap beside it swallow its value
    is_frame = np.abs(motion.times[nearest] - times) < _SAME_TIME_S
    values = np.where(is_frame, course[nearest], values)
    outside = (times < motion.times[0] - slack) | (times > motion.times[-1] + slack)
    return np.asarray(np.where(outside, np.nan, values))


def difference(course: Course, obtained: FloatArray) -> FloatArray:
    """obtained − expected (n,), of angles the short way round."""
    if course.unit == "rad":
        return wrapped_difference(course.values, obtained)
    return obtained - course.values


def _stretch(change: FloatArray, times: FloatArray, limit: float, peak: int) -> Stretch:
    size = np.abs(change)
    # where only the RMS is beyond its limit: the part that is half as large as the largest
    beyond = size > (limit if size[peak] > limit else size[peak] / 2)
    start = end = peak
    while start > 0 and beyond[start - 1]:
        start -= 1
    while end < len(beyond) - 1 and beyond[end + 1]:
        end += 1
    rate = (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 1.0
    about = series_mean(change, float(rate))
    return Stretch(
        float(times[start]),
        float(times[end]),
        float(times[peak]),
        float((size > limit).mean()),
        about.mean,
        about.interval,
    )


def changes_of_origin(then: Origin, now: Origin) -> tuple[tuple[str, str, str], ...]:
    """What differs in versions, parameters and inputs: name, then, now.

    Inputs under another seed are other recordings: they are not listed one by one.
    """
    found = []
    for kind in ("versions", "parameters", "inputs"):
        before, after = getattr(then, kind), getattr(now, kind)
        for name in sorted({*before, *after}):
            one, other = before.get(name, "nothing"), after.get(name, "nothing")
            if one != other and not (kind == "inputs" and then.seed != now.seed):
                found.append((f"{kind[:-1]} {name}", one, other))
    if then.seed != now.seed:
        found.append(("seed", str(then.seed), str(now.seed)))
    return tuple(found)
