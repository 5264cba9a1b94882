"""``kinebench compare``: how far estimates are from references."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kinebench.errors import ValueRangeError

if TYPE_CHECKING:
    from kinebench.alignment import TimeAlignment
    from kinebench.comparison import Comparison, FilePair, PairResult, Procedure

__all__ = ["add_arguments", "run"]

_EPILOG = """\
Error is estimate − reference. Clocks are taken as one unless --align says otherwise; the table
shows what other lags would give.

examples:
  kinebench compare mocap.mot video.mot
  kinebench compare mocap/ video/ --csv figures.csv
  kinebench compare --pairs pairs.csv --preset opencap-2023
  kinebench compare optical.trc augmented.trc --match r_knee=r_knee_study --space rigid
"""

_MOTION_COLUMNS = ("bias", "mae", "rmse", "offset_removed_rmse", "max_error", "pearson_r")
_SPACES = ("rigid", "vertical")
_MARKER_COLUMNS = (
    "distance_mean",
    "distance_rms",
    "distance_max",
    "distance_p95",
    "offset_removed_distance_mean",
    "mpjpe",
    "pa_mpjpe",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kinebench compare``."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("reference", nargs="?", type=Path, help=".mot, .sto or .trc, or a folder")
    parser.add_argument("estimate", nargs="?", type=Path, help="the same kind")
    parser.add_argument(
        "--pairs",
        type=Path,
        metavar="CSV",
        help="columns reference, estimate, subject, trial, lag_s",
    )
    parser.add_argument("--preset", default="default", metavar="NAME", help="a published procedure")
    parser.add_argument(
        "--align",
        metavar="POLICY",
        help="none (default), SECONDS the estimate is late, signal[:NAME], or minimise",
    )
    parser.add_argument("--space", metavar="KIND", help="for markers: rigid or vertical")
    parser.add_argument(
        "--window", type=float, nargs=2, metavar=("START", "END"), help="score this part only, s"
    )
    parser.add_argument("--coordinates", metavar="A,B", help="score these only")
    parser.add_argument(
        "--match", action="append", default=[], metavar="REF=EST", help="marker names that differ"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write all figures")
    parser.add_argument("--latex", type=Path, metavar="FILE", help="write the table")


def run(arguments: argparse.Namespace) -> int:
    """Compare and print or write what was asked for."""
    from kinebench.comparison import compare_pairs
    from kinebench.io.atomic import write_atomically
    from kinebench.reports import comparison_tables as tables

    pairs = _pairs(arguments)
    comparison = compare_pairs(pairs, _procedure(arguments), _matches(arguments.match))
    if arguments.csv is not None:
        write_atomically(arguments.csv, tables.as_csv(tables.tidy_rows(comparison)))
    if arguments.latex is not None:
        header, rows = _main_table(comparison)
        caption = f"Error of the estimate, {_names(comparison)}"
        write_atomically(arguments.latex, tables.as_latex(header, rows, caption))
    if arguments.json:
        print(json.dumps(tables.as_json(comparison), indent=2, ensure_ascii=False))
    else:
        _print(comparison)
    return 0


def _pairs(arguments: argparse.Namespace) -> tuple[FilePair, ...]:
    from kinebench.comparison.pairs import find_pairs, pairs_from_csv

    if arguments.pairs is not None:
        if arguments.reference is not None:
            raise ValueRangeError("name either two paths or --pairs CSV, not both")
        return pairs_from_csv(arguments.pairs)
    if arguments.reference is None or arguments.estimate is None:
        raise ValueRangeError("name REFERENCE and ESTIMATE, or --pairs CSV")
    return find_pairs(arguments.reference, arguments.estimate)


def _procedure(arguments: argparse.Namespace) -> Procedure:
    from kinebench.alignment import RigidAlignment, VerticalAxisAlignment
    from kinebench.comparison import procedure
    from kinebench.errors import require_names

    how = procedure(arguments.preset)
    if arguments.align is not None:
        how = replace(how, time=_time_alignment(arguments.align))
    if arguments.space is not None:
        require_names([arguments.space], _SPACES, "spatial alignment", "kinebench compare")
        space = RigidAlignment() if arguments.space == "rigid" else VerticalAxisAlignment()
        how = replace(how, space=space)
    if arguments.window is not None:
        how = replace(how, window_s=tuple(arguments.window))
    if arguments.coordinates is not None:
        names = tuple(name.strip() for name in arguments.coordinates.split(",") if name.strip())
        how = replace(how, coordinates=names)
    return how


def _time_alignment(text: str) -> TimeAlignment:
    from kinebench.alignment import GivenLag, MinimiseLag, NoAlignment, SignalLag

    kind, _, signal = text.partition(":")
    if kind == "none":
        return NoAlignment()
    if kind == "minimise":
        return MinimiseLag()
    if kind == "signal":
        return SignalLag(signal or None)
    try:
        return GivenLag(float(text))
    except ValueError as error:
        raise ValueRangeError(
            f"--align must be none, a lag in seconds, signal, signal:NAME or minimise; found"
            f" '{text}'"
        ) from error


def _matches(texts: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        reference, equals, estimate = text.partition("=")
        if not (reference and equals and estimate):
            raise ValueRangeError(f"--match wants REFERENCE=ESTIMATE, found '{text}'")
        pairs[reference] = estimate
    return pairs


def _main_table(comparison: Comparison) -> tuple[list[str], list[list[str]]]:
    from kinebench.reports.comparison_tables import group_rows, pair_rows

    if comparison.groups:
        return group_rows(comparison)
    pair = comparison.pairs[0]
    return pair_rows(pair, _MARKER_COLUMNS if pair.evaluation.kind == "marker" else _MOTION_COLUMNS)


def _names(comparison: Comparison) -> str:
    if len(comparison.pairs) == 1:
        return comparison.pairs[0].trial
    return f"{len(comparison.pairs)} trials of {comparison.n_subjects} subjects"


def _print(comparison: Comparison) -> None:
    from rich.console import Console
    from rich.table import Table

    header, rows = _main_table(comparison)
    table = Table(title=f"estimate − reference: {_names(comparison)}", title_justify="left")
    for index, title in enumerate(header):
        table.add_column(title, justify="left" if index < 2 else "right", no_wrap=index == 0)
    for row in rows:
        table.add_row(*row)
    console = Console(width=None if sys.stdout.isatty() else 140)
    console.print(table)
    how = comparison.procedure
    for line in _remarks(comparison):
        print(line)
    if how.source:
        print(f"procedure {how.name} after {how.source}; it differs from the default:")
        for difference in how.differs:
            print(f"  - {difference}")


def _remarks(comparison: Comparison) -> list[str]:
    lines = []
    if len(comparison.pairs) == 1:
        lines += _pair_remarks(comparison, comparison.pairs[0])
    for excluded in comparison.excluded:
        lines.append(f"left out: {excluded.item}: {excluded.reason}")
    doubts = dict.fromkeys(text for pair in comparison.pairs for text in pair.warnings)
    lines += [f"note: {text}" for text in doubts]
    return lines


def _pair_remarks(comparison: Comparison, pair: PairResult) -> list[str]:
    record = pair.alignment
    lines = [
        f"alignment: {record.policy}, lag {record.lag_s:+.4f} s, {record.n_frames} of"
        f" {record.n_reference_frames} frames ({record.start_s:g} to {record.end_s:g} s)"
    ]
    lines += [f"alignment: {flag}" for flag in record.flags]
    if record.spatial is not None:
        residual = record.spatial.transform.rms * 1e3
        lines.append(f"alignment in space: residual {residual:.1f} mm RMS")
    if pair.sensitivity:
        metric = comparison.headline_of(pair)
        shown = ", ".join(
            f"{shift.label} {_mean_text(pair, shift.result)}" for shift in pair.sensitivity
        )
        lines.append(f"{metric} in the mean, by lag: {shown}")
    for name, outcome in pair.policies.items():
        if outcome.record is None or outcome.result is None:
            lines.append(f"policy {name} would fail: {outcome.reason}")
        else:
            lines.append(
                f"policy {name} would give {_mean_text(pair, outcome.result)} at a lag of"
                f" {outcome.record.lag_s:+.4f} s"
            )
    by_reason: dict[str, list[str]] = {}
    for item, reason in pair.evaluation.excluded:
        by_reason.setdefault(reason, []).append(item)
    lines += [f"not scored: {', '.join(items)}: {why}" for why, items in by_reason.items()]
    return lines


def _mean_text(pair: PairResult, values: dict[str, float]) -> str:
    """Means per unit, never of degrees and millimetres together."""
    import numpy as np

    from kinebench.reports.units import readable, readable_unit

    units: dict[str, Any] = {figure.item: figure.unit for figure in pair.evaluation.figures[::-1]}
    headline = {
        figure.item: figure.unit for figure in pair.evaluation.figures if figure.metric in _UNITS
    }
    units |= headline
    parts = []
    for unit in dict.fromkeys(units[item] for item in values):
        found = [value for item, value in values.items() if units[item] == unit]
        if np.isfinite(found).any():
            parts.append(
                f"{readable(float(np.nanmean(found)), unit)} {readable_unit(unit)}".strip()
            )
    return " and ".join(parts) or "—"


_UNITS = ("rmse", "mae", "distance_mean")
