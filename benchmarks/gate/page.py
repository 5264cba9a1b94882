"""The page about what the quick gate catches: reports/gate.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.diagnosis.confusion import wilson
from benchmarks.gate.museum import NOT_PLANTED, Fault
from kinebench.baselines.baseline import Baseline
from kinebench.baselines.measurement import ALL
from kinebench.reports.units import scale_of

LARGE_DEG, LARGE_MM = 1.0, 5.0
_HOW = {"strict": "strict", "opencap": "opencap", "errors_alone": "errors alone"}

_PREAMBLE = """# What the quick gate catches

Made by `python -m benchmarks.gate`. Four laboratory trials of two virtual people (squat, gait,
sit-to-stand at 120 Hz, asymmetric squat), kinebench's own pipeline with a filter of 6 Hz, own body,
augmenter `lab-1`, fast engine. *Size* is the largest change of any angle and of any pelvis
translation in any frame. *strict* and *opencap* are presets of tolerances, and compare courses on
the same recordings; *errors alone* judges under another noise seed than the baseline's, as a
pipeline with randomness of its own has to be.
"""


@dataclass(frozen=True)
class Row:
    """One fault, as it came out."""

    fault: Fault
    angle_deg: float
    length_mm: float
    crashed: bool
    strict: bool
    opencap: bool
    errors_alone: bool
    worst: str

    @property
    def is_large(self) -> bool:
        """Whether the run crashed or moved beyond what counts as large."""
        return self.crashed or self.angle_deg > LARGE_DEG or self.length_mm > LARGE_MM


@dataclass(frozen=True)
class Elsewhere:
    """Clean re-runs under another arithmetic.

    Parameters
    ----------
    name : str
        Which.
    said : str
        What `kinebench check` said under it.
    alarms : sequence of str
        Re-runs that failed.
    n : int
        Re-runs, that of `kinebench check` among them.
    """

    name: str
    said: str
    alarms: Sequence[str]
    n: int


@dataclass(frozen=True)
class Tried:
    """What was tried.

    Parameters
    ----------
    rows, small : sequence of Row
        Published and own faults; offsets of growing size.
    alarms : sequence of str
        Clean re-runs under other noise that failed.
    n_seeds : int
        Of those re-runs.
    elsewhere : sequence of Elsewhere
    baseline : Baseline
    """

    rows: Sequence[Row]
    small: Sequence[Row]
    alarms: Sequence[str]
    n_seeds: int
    elsewhere: Sequence[Elsewhere]
    baseline: Baseline

    @property
    def groups(self) -> dict[str, list[Row]]:
        """Published and own faults."""
        published = [row for row in self.rows if row.fault.source != "own"]
        return {
            "published": published,
            "own": [row for row in self.rows if row.fault.source == "own"],
        }


def page(tried: Tried) -> str:
    """The whole text."""
    return "\n".join(_lines(tried))


def _lines(tried: Tried) -> Iterator[str]:
    yield _PREAMBLE
    yield "## In short\n"
    yield from _in_short(tried)
    yield from _floors(tried)
    for title, listed in tried.groups.items():
        yield f"\n## {title.capitalize()} faults\n"
        yield (
            "| fault | source | what was wrong | who is hurt | size | strict | opencap"
            " | errors alone | worst |"
        )
        yield "|---|---|---|---|---|---|---|---|---|"
        yield from map(_line, listed)
    yield "\n## How small\n"
    yield "One knee of one trial off by so much.\n"
    yield "| change | strict | opencap | errors alone |\n|---|---|---|---|"
    for row in tried.small:
        yield f"| {row.fault.name} | {' | '.join(_marks(row))} |"
    yield "\n## Published faults that have no place here\n"
    yield "| source | why |\n|---|---|"
    yield from (f"| {source} | {why} |" for source, why in NOT_PLANTED)
    alarms = [*tried.alarms, *(alarm for one in tried.elsewhere for alarm in one.alarms)]
    if alarms:
        yield "\n## False alarms\n"
        yield from (f"- {alarm}" for alarm in alarms)
    yield ""


def _in_short(tried: Tried) -> Iterator[str]:
    """What is caught, beside what is raised without a fault."""
    yield (
        f"*Large* faults move an angle by more than {LARGE_DEG:g}° or a translation by more than"
        f" {LARGE_MM:g} mm in any frame, or end in an error. 95 % intervals (Wilson).\n"
    )
    yield f"| | {' | '.join(_HOW.values())} |\n|---|---|---|---|"
    for title, listed in tried.groups.items():
        large = [row for row in listed if row.is_large]
        for what, rows in (("large", large), ("all", listed)):
            cells = (_rate(sum(getattr(row, how) for row in rows), len(rows)) for how in _HOW)
            yield f"| {what} {title} faults caught | {' | '.join(cells)} |"
    same = _rate(
        sum(len(one.alarms) for one in tried.elsewhere), sum(one.n for one in tried.elsewhere)
    )
    yield (
        f"| clean re-runs with an alarm | {same} | {same} |"
        f" {_rate(len(tried.alarms), tried.n_seeds)} |"
    )
    yield (
        "\nThose of *errors alone* have other noise seeds. Those of *strict* are the same"
        " recordings, and the built-in gate, with the arithmetic of other processors: on one"
        " processor they give the same bytes. *opencap* allows more than *strict* everywhere: what"
        " raises no alarm of *strict* raises none of it.\n"
    )
    for one in tried.elsewhere:
        yield f"- `{one.name}`: {len(one.alarms)} of {one.n}; `kinebench check`: {one.said}."


def _floors(tried: Tried) -> Iterator[str]:
    """Below which size nothing is looked for, and what is as small."""
    yield "\n## Noise floor\n"
    limits = tried.baseline.tolerances
    floor = " and ".join(
        f"{limits[f'{group} {kind}'].limit * scale_of(unit):g}{shown} {what}"
        for group, unit, shown in (("angle", "rad", "°"), ("length", "m", " mm"))
        for kind, what in (("largest", "at most"), ("rms", "RMS"))
    )
    yield f"- *strict* looks for nothing below {floor}."
    spreads = np.degrees([
        figure.spread
        for key, figure in tried.baseline.figures.items()
        if key.trial == ALL and key.quantity == "rmse" and figure.unit == "rad"
    ])  # fmt: skip
    grown = tried.baseline.k * spreads
    yield (
        f"- *errors alone* sees an angle whose RMSE grows by {grown.min():.1f}° (the steadiest) to"
        f" {grown.max():.1f}° (the least steady), {np.median(grown):.1f}° in the median:"
        f" {tried.baseline.k:g} spreads between draws of noise."
    )
    below = [row for row in tried.rows if not row.is_large]
    for row in below:
        marks = zip(_HOW.values(), _marks(row), strict=True)
        told = ", ".join(f"{how} {mark.strip('*')}" for how, mark in marks)
        yield f"- below large: {row.fault.name} ({row.fault.source}), {_size(row)}: {told}."
    if not below:
        yield f"- No fault of {len(tried.rows)} is below *large*."


def _rate(hits: int, n: int) -> str:
    if not n:
        return "none tried"
    low, high = wilson(hits, n)
    return f"{hits} of {n} ({100 * hits / n:.0f} % [{100 * low:.0f}, {100 * high:.0f}])"


def _marks(row: Row) -> list[str]:
    return ["caught" if getattr(row, how) else "**missed**" for how in _HOW]


def _size(row: Row) -> str:
    return "no result" if row.crashed else f"{row.angle_deg:.2f}°, {row.length_mm:.1f} mm"


def _line(row: Row) -> str:
    fault = row.fault
    cells = (
        fault.name,
        fault.source,
        fault.symptom,
        fault.hurt,
        _size(row),
        *_marks(row),
        row.worst,
    )
    return f"| {' | '.join(cells)} |"
