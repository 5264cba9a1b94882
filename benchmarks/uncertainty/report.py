"""What the coverage of error bars is reported as."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from benchmarks.uncertainty.missed import missed_said
from benchmarks.uncertainty.people import ACTIVITIES, FAULTS, PRESETS
from benchmarks.uncertainty.recordings import Judged
from benchmarks.uncertainty.records import Record, half_widths
from kinebench.core.arrays import FloatArray
from kinebench.core.body_groups import BODY_GROUPS, group_of, without_side
from kinebench.core.marker_regions import segment_of
from kinebench.uncertainty.marker_errors import MarkerErrors
from kinebench.uncertainty.travel import ON_THE_SPOT, TRAVELLING

__all__ = ["Errors", "errors_for", "is_walking", "report"]

Errors = dict[str, MarkerErrors]
_SHOWN = BODY_GROUPS


def is_walking(record: Record) -> bool:
    return record.session.activity == "walking"


def errors_for(errors: Errors, record: Record) -> MarkerErrors:
    """Those that a run of the session would be given."""
    return errors[TRAVELLING if is_walking(record) else ON_THE_SPOT]


class _Cells:
    """Coverage and half-width per session, by group."""

    def __init__(self) -> None:
        self.covered: dict[str, list[float]] = {}
        self.width: dict[str, list[float]] = {}
        self.size: dict[str, list[float]] = {}

    def add(self, groups: Sequence[str], error: FloatArray, half_width: FloatArray) -> None:
        known = np.isfinite(error) & np.isfinite(half_width)
        for group in dict.fromkeys(groups):
            columns = np.array([g == group for g in groups])
            there = known[:, columns]
            if not there.any():
                continue
            own, wide = error[:, columns][there], half_width[:, columns][there]
            unit = 1e3 if group == "translations" else 180 / np.pi
            self.covered.setdefault(group, []).append(float((np.abs(own) <= wide).mean()))
            self.width.setdefault(group, []).append(float(np.median(wide)) * unit)
            self.size.setdefault(group, []).append(float(np.sqrt((own**2).mean())) * unit)

    def row(self, title: str, shown: Iterable[str] = _SHOWN) -> str:
        cells = []
        for group in shown:
            covered = 100 * np.array(self.covered.get(group, []))
            if not len(covered):
                cells.append("—")
                continue
            spread = (
                f" ± {covered.std(ddof=1) / np.sqrt(len(covered)):.1f}" if len(covered) > 1 else ""
            )
            unit = " mm" if group == "translations" else "°"
            rms = np.sqrt(np.mean(np.square(self.size[group])))
            cells.append(
                f"**{covered.mean():.1f}**{spread}; ±{np.median(self.width[group]):.1f}{unit}"
                f" (RMS {rms:.1f}{unit})"
            )
        n = max(map(len, self.covered.values()), default=0)
        return f"| {title} | {n} | {' | '.join(cells)} |"


def _table(
    records: Sequence[Record], errors: Errors, key: Callable[[Record], str], order: Iterable[str]
) -> list[str]:
    cells: dict[str, _Cells] = {}
    for record in records:
        groups = [group_of(c.name, c.unit) for c in record.coordinates]
        wide = half_widths(errors_for(errors, record), record)
        for name in (key(record), "all"):
            cells.setdefault(name, _Cells()).add(groups, record.error, wide)
    head = ["| | sessions | " + " | ".join(_SHOWN) + " |", "|---|---:|" + "---|" * len(_SHOWN)]
    return head + [cells[name].row(name) for name in (*order, "all") if name in cells]


def _coordinates(records: Sequence[Record], errors: Errors) -> list[str]:
    found: dict[str, list[tuple[float, float, float]]] = {}
    for record in records:
        wide = half_widths(errors_for(errors, record), record)
        for column, coordinate in enumerate(record.coordinates):
            unit = 1e3 if coordinate.unit == "m" else 180 / np.pi
            error, own = record.error[:, column], wide[:, column]
            found.setdefault(without_side(coordinate.name), []).append(
                (float((np.abs(error) <= own).mean()), float(np.median(own)) * unit,
                 float(np.mean(error**2)) * unit**2)
            )  # fmt: skip
    lines = ["| coordinate | coverage, % | median half-width | RMS error |", "|---|---:|---:|---:|"]
    for name, rows in found.items():
        table = np.array(rows)
        shown = " mm" if name.startswith("pelvis_t") and name != "pelvis_tilt" else "°"
        lines.append(
            f"| {name} | {100 * table[:, 0].mean():.1f} | {np.median(table[:, 1]):.1f}{shown} |"
            f" {np.sqrt(table[:, 2].mean()):.1f}{shown} |"
        )
    return lines


def _recordings(judged: Iterable[Judged]) -> list[str]:
    lines = ["| recording | reference | " + " | ".join(_SHOWN) + " |",
             "|---|---|" + "---|" * len(_SHOWN)]  # fmt: skip
    for one in judged:
        cells = _Cells()
        groups = [group_of(c.name, c.unit) for c in one.band.standard_error.coordinates]
        cells.add(groups, one.error, one.band.half_width)
        row = cells.row("").split(" | ", 2)[2]
        lines.append(f"| {one.name} | {one.reference} | {row}")
    return lines


def _worst(records: Sequence[Record], errors: Errors) -> list[str]:
    rows = []
    for record in records:
        wide = half_widths(errors_for(errors, record), record)
        inside = np.abs(record.error) <= wide
        groups = [group_of(c.name, c.unit) for c in record.coordinates]
        for group in ("legs", "pelvis", "trunk"):
            columns = np.array([g == group for g in groups])
            rows.append((float(inside[:, columns].mean()), str(record.session), group))
    rows.sort()
    lines = ["| session | group | frames within |", "|---|---|---:|"]
    return lines + [
        f"| {name} | {group} | {100 * share:.0f} % |" for share, name, group in rows[:8]
    ]


_HEAD = """\
# Error bars: do they cover?

Made by `python -m benchmarks.uncertainty FOLDER`. `kinebench run` writes a standard error beside
every angle of every frame; 1.96 of them to both sides is the 95 % band. It comes from what markers
are off by, carried through the exact second derivatives of the solver at the frame's pose: second
moments of the displacement between measured marker and scaled, placed model in the true pose, of
all markers together, so that scaling, placement on the static pose, cameras, augmenter and what
they have in common over markers and sides are in it. A recording whose markers fit worse than is
usual gets wider bars; another pose that fits as well lies within them.

What markers are off by was learnt on virtual people, and so was how many standard errors hold 95 %.
The tables are about other virtual people, drawn once, and one kind of cameras ("quiet") on which
nothing was learnt. A cell: **coverage of the 95 % band** in %, ± its standard error over sessions;
median half-width; RMS error in brackets. Each session counts the same. Nominal is 95.
"""
_NAMES = {
    "augmented": "Video, augmented markers (v0.3)",
    "laboratory": "The laboratory's own augmenter and body",
    "optical": "Optical markers",
}
_SETTINGS = {
    "augmented": "augmented markers",
    "laboratory": "the laboratory's own body",
    "optical": "optical markers",
}
"""What the sentence on what is missed calls them."""
_RIGGED = """\
Plausible rigs: eight other people, each before two phones of their own, with calibration, detector
and triangulation (`kinebench.lab.camera.rig_presets`). Ten other rigs are among those learnt on.
With errors learnt on none, the same sessions, the first 24 of them, were covered to 94 % (legs),
96 % (pelvis), 96 % (trunk), 88 % (arms) and 89 % (translations; walking 64 %).
"""
_SPOILED = """\
Squats in recordings with a fault that nothing was learnt on. A fault that all markers share, such
as a tilt or a wrong size, leaves no trace in how well they fit: the bars do not widen. Bars speak
of recordings that are sound, and `kinebench audit` and `why` of those that are not.
"""
_SIZES = """\
What markers are off by, RMS over three axes: constant within a session, slow, and what differs
between moments 0.1 s apart. All of it in the axes of the segment, the model in the true pose.
"""
_RECORDINGS = """
No recording says what is true. Optical references have errors of their own, which the bands of
video do not hold: places of markers, soft tissue, and another scaled model. Subject 4's references
come from the same markers, so that only scaling and placement can differ, and coverage far above 95
% is what should be. One person's walk is one draw: a constant error of a joint is within the band
in all frames or in none.
"""


def _sizes(records: Sequence[Record]) -> list[str]:
    """RMS of what markers are off by, per segment: constant in a session, slow and fast."""
    table: dict[str, list[FloatArray]] = {}
    for record in records:
        missed = 1e3 * record.missed.reshape(len(record.missed), -1, 3).astype(np.float64)
        mean = missed.mean(axis=0)
        # 0.1 s apart: what differs between neighbours is fast, half of its square to each
        fast = (np.diff(missed, axis=0) ** 2).mean(axis=0) / 2
        varying = missed.var(axis=0)
        parts = np.stack([mean**2, np.maximum(varying - fast, 0.0), fast]).sum(axis=2)
        for column, name in enumerate(record.markers):
            table.setdefault(segment_of(name), []).append(parts[:, column])
    lines = ["| segment | all, mm | constant | slow | fast (0.1 s) |", "|---|---:|---:|---:|---:|"]
    for segment, rows in sorted(table.items()):
        squares = np.mean(rows, axis=0)
        cells = [f"{value:.0f}" for value in np.sqrt([squares.sum(), *squares])]
        lines.append(f"| {segment} | {' | '.join(cells)} |")
    return lines


def report(
    found: Mapping[str, tuple[Sequence[Record], Errors]],
    rigged: Sequence[Record],
    spoiled: Sequence[Record],
    judged: Iterable[Judged],
) -> str:
    """The page.

    Parameters
    ----------
    found : mapping
        What is tracked -> held-out records, and the errors that were learnt.
    rigged, spoiled : sequence of Record
        Before plausible rigs; with faults.
    judged : iterable of Judged
        Public recordings.
    """
    lines: list[str] = []
    people: dict[str, list[str]] = {}
    for tracked, (records, errors) in found.items():
        lines += [f"## {_NAMES[tracked]}", ""]
        lines += [f"Learnt on: {one.about}." for one in errors.values()]
        own = people[_SETTINGS[tracked]] = _table(
            records, errors, lambda r: r.session.activity, ACTIVITIES
        )
        lines += ["", *own, ""]
        if tracked == "augmented":
            by_cameras = _table(records, errors, lambda r: r.session.preset, PRESETS)
            before_rigs = _table(rigged, errors, lambda r: r.session.activity, ACTIVITIES)
            own += by_cameras
            people["plausible rigs"] = before_rigs
            lines += [*by_cameras, ""]
            lines += [*_coordinates(records, errors), "", "Where it fails most:", ""]
            lines += [*_worst(records, errors), ""]
            by_fault = _table(spoiled, errors, lambda r: r.session.preset, FAULTS)
            lines += [_RIGGED, *before_rigs, "", _SPOILED, *by_fault, ""]
            lines += [_SIZES, *_sizes(records), ""]
    recordings = _recordings(judged)
    head = [_HEAD, missed_said(people, recordings), ""]
    return "\n".join([*head, *lines, "## Public recordings", _RECORDINGS, *recordings, ""])
