"""What is simulated: each case draws data, asks for an interval, and sees whether it is right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy.ndimage import gaussian_filter1d
from scipy.signal import lfilter

from kinebench.lab.camera.noise import coloured
from kinebench.statistics import (
    Observations,
    bland_altman,
    equivalence,
    group_figure,
    hedges_g,
    icc,
    mean_interval,
    paired_contrast,
    paired_curves,
    series_mean,
    two_sample_curves,
)

__all__ = ["CASES", "Case", "simulated"]

RATE_HZ = 60.0
SKEWED = "skewed subjects: too narrow while they are few; `compare` warns below 20 subjects"
SLOWER = "errors slower than 0.3 Hz are not seen by a short trial: too narrow"
CYCLIC = "errors that repeat with the movement: too wide"


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the table.

    Parameters
    ----------
    interval : str
        What is printed.
    data, n : str
        What was drawn, and how much of it.
    holds : callable
        Draws with a generator; True when the interval holds the truth, or the test rejects;
        None when no interval is given.
    nominal : float
    remark : str
    """

    interval: str
    data: str
    n: str
    holds: Callable[[Generator], bool | None]
    nominal: float = 0.95
    remark: str = ""


def simulated(case: Case, simulations: int, seed: int) -> float | None:
    """Share of the simulations in which the case holds; None when none gave an interval."""
    rng = np.random.default_rng([seed, *f"{case.interval}|{case.data}|{case.n}".encode()])
    results = [case.holds(rng) for _ in range(simulations)]
    given = [result for result in results if result is not None]
    return float(np.mean(given)) if given else None


def _normal(rng: Generator, n: int) -> np.ndarray:
    return rng.standard_normal(n)


def _gamma(rng: Generator, n: int) -> np.ndarray:
    return rng.standard_gamma(2.0, n) - 2.0


def _lognormal(rng: Generator, n: int) -> np.ndarray:
    return np.asarray(np.exp(rng.standard_normal(n)) - np.exp(0.5))


def _contaminated(rng: Generator, n: int) -> np.ndarray:
    return rng.standard_normal(n) + np.where(rng.uniform(size=n) < 0.1, 8.0, 0.0) - 0.8


SUBJECTS = {
    "normal subjects": (_normal, ""),
    "gamma (skewness 1.4)": (_gamma, SKEWED),
    "lognormal (skewness 6)": (_lognormal, SKEWED),
    "10 % outlying subjects": (_contaminated, SKEWED),
}


def _group(draw: Callable[[Generator, int], np.ndarray], n: int) -> Callable[[Generator], bool]:
    names = tuple(f"s{k:02d}" for k in range(n))

    def holds(rng: Generator) -> bool:
        return 0.0 in group_figure(Observations(draw(rng, n), names, names)).interval

    return holds


def _trials(n: int, pooling: str) -> Callable[[Generator], bool]:
    """Subjects with one to four trials each, sd between subjects as large as within."""

    def holds(rng: Generator) -> bool:
        counts = rng.integers(1, 5, n)
        subjects = tuple(f"s{k:02d}" for k, count in enumerate(counts) for _ in range(count))
        trials = tuple(f"t{k}" for count in counts for k in range(count))
        values = np.repeat(rng.standard_normal(n), counts) + rng.standard_normal(counts.sum())
        return 0.0 in group_figure(Observations(values, subjects, trials), pooling=pooling).interval

    return holds


def _slow(corner_hz: float, seconds: float, cyclic: bool = False) -> Callable[..., bool | None]:
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ

    def holds(rng: Generator) -> bool | None:
        errors = coloured(times, corner_hz, "coverage", int(rng.integers(2**62)))[:, 0]
        if cyclic:
            errors = errors + 3 * np.sin(2 * np.pi * times / 1.1 + rng.uniform(0, 2 * np.pi))
        return _contains_zero(errors)

    return holds


def _autoregressive(phi: float, n: int) -> Callable[[Generator], bool | None]:
    def holds(rng: Generator) -> bool | None:
        return _contains_zero(lfilter([1.0], [1.0, -phi], rng.standard_normal(n + 1500))[-n:])

    return holds


def _contains_zero(errors: np.ndarray) -> bool | None:
    found = series_mean(errors, RATE_HZ)
    return None if found.degrees_of_freedom == 0 else 0.0 in found.interval


def _contrast(n: int) -> Callable[[Generator], bool]:
    def holds(rng: Generator) -> bool:
        reference = rng.standard_normal(n)
        return 1.0 in paired_contrast(reference, reference + 1 + rng.standard_normal(n)).interval

    return holds


def _effect(n: int) -> Callable[[Generator], bool]:
    def holds(rng: Generator) -> bool:
        reference = rng.standard_normal(n)
        return 0.8 in hedges_g(reference, reference + 0.8 + rng.standard_normal(n)).interval

    return holds


def _at_the_margin(n: int) -> Callable[[Generator], bool]:
    def holds(rng: Generator) -> bool:
        reference = rng.standard_normal(n)
        return equivalence(reference, reference + 2.0 + rng.standard_normal(n), 2.0).equivalent

    return holds


def _agreement(n: int, repeats: int, part: str) -> Callable[[Generator], bool]:
    subjects = [f"s{k}" for k in range(n) for _ in range(repeats)]
    limit = 1.959964 * np.sqrt(1.0 + 0.5**2 * (repeats > 1))

    def holds(rng: Generator) -> bool:
        spread = rng.standard_normal(n)[:, None] + 0.5 * (repeats > 1) * rng.standard_normal(
            (n, repeats)
        )
        reference = rng.standard_normal(n * repeats)
        found = bland_altman(reference, reference + spread.ravel(), subjects)
        if part == "bias":
            return 0.0 in found.bias_interval
        return limit in found.upper_interval

    return holds


def _correlation(form: str, n: int, raters: int) -> Callable[[Generator], bool]:
    agreement = form in ("ICC(A,1)", "ICC(2,1)")
    truth = 1.0 / (1.0 + 0.25 + (0.25 if agreement else 0.0))

    def holds(rng: Generator) -> bool:
        table = rng.standard_normal((n, 1)) + 0.5 * rng.standard_normal((n, raters))
        if agreement:
            table = table + 0.5 * rng.standard_normal((1, raters))
        return truth in icc(table, form).interval

    return holds


def _curves(rng: Generator, n: int, nodes: int = 50) -> np.ndarray:
    return gaussian_filter1d(rng.standard_normal((n, nodes + 60)), 8, axis=1)[:, 30:-30]


def _paired_alarm(n: int) -> Callable[[Generator], bool]:
    def holds(rng: Generator) -> bool:
        base = _curves(rng, n)
        return paired_curves(base, base + _curves(rng, n), seed=1, n_relabellings=400).p <= 0.05

    return holds


def _group_alarm(sizes: tuple[int, int], spreads: tuple[float, float]) -> Callable[..., bool]:
    def holds(rng: Generator) -> bool:
        one, other = (s * _curves(rng, n) for s, n in zip(spreads, sizes, strict=True))
        return two_sample_curves(one, other, seed=1, n_relabellings=400).p <= 0.05

    return holds


def _all() -> Iterator[Case]:
    group = "group mean (`compare`, studies)"
    for data, (draw, remark) in SUBJECTS.items():
        for n in (3, 5, 10, 20, 40):
            yield Case(group, data, f"{n} subjects", _group(draw, n), remark=remark)
    for pooling in ("hierarchical", "pooled_trials"):
        for n in (5, 20):
            data = f"1–4 trials each, {pooling.replace('_', ' ')}"
            yield Case(group, data, f"{n} subjects", _trials(n, pooling))
    yield Case(
        "mean over subjects (studies)", "normal subjects", "5 subjects",
        lambda rng: 0.0 in mean_interval(rng.standard_normal(5)),
    )  # fmt: skip
    yield from _series()
    for n in (3, 6, 12):
        yield Case("paired difference", "normal", f"{n} subjects", _contrast(n))
        yield Case("Hedges' g", "normal, g = 0.8", f"{n} subjects", _effect(n))
    for n in (5, 10, 20):
        yield Case(
            "equivalence (TOST) at the margin", "normal", f"{n} subjects", _at_the_margin(n), 0.05
        )
    for n, repeats in ((6, 1), (12, 1), (6, 4), (12, 4), (25, 4)):
        for part in ("bias", "limit of agreement"):
            yield Case(
                f"Bland–Altman {part}", f"{repeats} per subject", f"{n} subjects",
                _agreement(n, repeats, part.split()[0]),
            )  # fmt: skip
    yield from _correlations()
    for n in (6, 8, 10, 20):
        yield Case("curve test, paired", "smooth normal", f"{n} subjects", _paired_alarm(n), 0.05)
    for sizes, spreads in (((10, 10), (1, 1)), ((14, 6), (1, 3)), ((14, 6), (3, 1))):
        data = f"smooth normal, spread {spreads[0]}:{spreads[1]}"
        yield Case(
            "curve test, two groups", data, f"{sizes[0]} and {sizes[1]}",
            _group_alarm(sizes, spreads), 0.05,
        )  # fmt: skip


def _series() -> Iterator[Case]:
    trial = "bias or side drop of one trial (`compare`)"
    for seconds in (1.2, 1.5, 3.0, 5.0, 15.0):
        yield Case(
            trial, "the laboratory's slow errors (0.7 Hz)", f"{seconds:g} s", _slow(0.7, seconds)
        )
    for seconds in (1.5, 5.0, 15.0):
        yield Case(trial, "0.2 Hz", f"{seconds:g} s", _slow(0.2, seconds), remark=SLOWER)
    for seconds in (5.0, 15.0):
        data = "with a cycle of 1.1 s"
        yield Case(trial, data, f"{seconds:g} s", _slow(0.7, seconds, True), remark=CYCLIC)
    for phi in (0.0, 0.9, 0.97, 0.99):
        for n in (100, 300, 1000):
            remark = SLOWER if phi > 0.95 else ""
            yield Case(
                trial, f"AR(1), φ = {phi:g}, 60 Hz", f"{n} frames", _autoregressive(phi, n),
                remark=remark,
            )  # fmt: skip


def _correlations() -> Iterator[Case]:
    for form in ("ICC(1,1)", "ICC(C,1)", "ICC(A,1)"):
        for n, raters in ((10, 2), (20, 2), (40, 2), (20, 5)):
            remark = (
                "two random raters tell little of how raters differ (McGraw & Wong's own limit)"
                if form == "ICC(A,1)"
                else ""
            )
            yield Case(
                form, f"{raters} raters", f"{n} subjects", _correlation(form, n, raters),
                remark=remark,
            )  # fmt: skip


CASES = tuple(_all())
"""Every row, in the order of the table."""
