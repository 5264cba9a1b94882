"""``kinebench baseline``: accept what a pipeline gives as what is expected; show; diff."""

from __future__ import annotations

import argparse
import itertools
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kinebench.cli.arguments import one_or_more
from kinebench.cli.check import add_gate_arguments, baseline_path, gate_of
from kinebench.cli.progress import counted
from kinebench.errors import ValueRangeError

if TYPE_CHECKING:
    from kinebench.baselines.baseline import Baseline, Tolerance


_DIFFER = 1
_FEW = 10  # draws: with as many, thirty figures raise a false alarm once in 250 runs; 6 spreads
_MOST = 40  # lines that a person reads


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the actions of ``kinebench baseline``."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    accept = actions.add_parser("accept", help="make what comes out now what is expected")
    add_gate_arguments(accept)
    accept.add_argument("--reason", required=True, help="why this is right")
    accept.add_argument("--by", default="", metavar="NAME", help="who accepts; default: the user")
    accept.add_argument("--date", default="", metavar="YYYY-MM-DD", help="default: today")
    accept.add_argument(
        "--preset", metavar="NAME",
        help="tolerances: opencap, strict or clinical; default: those of the file that is there,"
        " else the gate's",
    )  # fmt: skip
    accept.add_argument(
        "--repeats", type=one_or_more, default=20, metavar="N",
        help="number of draws of noise that the spread of errors comes from; default: 20",
    )  # fmt: skip
    show = actions.add_parser("show", help="what is expected, how far it may move, and why")
    show.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="default: that of the quick gate"
    )
    diff = actions.add_parser("diff", help="what differs between two baselines; exit code 1 then")
    diff.add_argument("before", type=Path, metavar="BEFORE", help="a baseline, .toml")
    diff.add_argument("after", type=Path, metavar="AFTER", help="another one")


def run(arguments: argparse.Namespace) -> int:
    """Accept, show or diff."""
    if arguments.action == "accept":
        return _accept(arguments)
    from kinebench.baselines.gate import QUICK_BASELINE
    from kinebench.baselines.text import read_baseline

    if arguments.action == "show":
        _show(read_baseline(arguments.file or QUICK_BASELINE))
        return 0
    return _diff(read_baseline(arguments.before), read_baseline(arguments.after))


def _accept(arguments: argparse.Namespace) -> int:
    from dataclasses import replace

    from kinebench.baselines.gate import accepted, n_runs_to_accept
    from kinebench.baselines.text import baseline_text
    from kinebench.io.atomic import require_writable, write_atomically

    if arguments.gate is None and arguments.baseline is None:
        raise ValueRangeError("name the file to write: --baseline FILE, or a GATE.toml")
    gate, path = gate_of(arguments), baseline_path(arguments)
    require_writable([path], [] if arguments.gate is None else [arguments.gate])
    if not arguments.reason.strip():
        raise ValueRangeError("--reason must say why this is right")
    if arguments.preset is not None:
        gate = replace(gate, preset=arguments.preset)
    by = arguments.by or _user()
    begun = itertools.count()
    with counted(n_runs_to_accept(gate, arguments.repeats), "runs") as step:
        baseline = accepted(
            gate,
            (_day(arguments.date), by, arguments.reason),
            None if arguments.preset is not None else _kept_tolerances(path),
            arguments.repeats,
            arguments.timing,
            # told of each as it begins: then the one before is done
            lambda _: step() if next(begun) else None,
        )
    write_atomically(path, baseline_text(baseline))
    if arguments.repeats < _FEW:
        print(
            f"warning: spreads come from {arguments.repeats} draws of noise: with fewer than {_FEW}"
            " a clean run under another seed may fail",
            file=sys.stderr,
        )
    print(
        f"{path}: {len(baseline.figures)} figures and {len(baseline.courses)} courses accepted by"
        f" {by}"
    )
    return 0


def _kept_tolerances(path: Path) -> dict[str, Tolerance] | None:
    """Tolerances of the file that is there: a person may have edited them."""
    from kinebench.baselines.text import read_baseline

    return dict(read_baseline(path).tolerances) if path.is_file() else None


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:
        raise ValueRangeError("name who accepts: --by NAME") from error


def _day(given: str) -> str:
    if not given:
        return date.today().isoformat()
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError as error:
        raise ValueRangeError(f"--date must be YYYY-MM-DD, found '{given}'") from error


def _show(baseline: Baseline) -> None:
    from kinebench.reports.units import readable, readable_unit

    print(f"{baseline.gate}: accepted {baseline.date} by {baseline.accepted_by}: {baseline.reason}")
    print(f"made by: {baseline.origin.command}, seed {baseline.origin.seed}")
    print(f"{baseline.repeats} repeats; limit: the tolerance, or {baseline.k:g} × spread if larger")
    for name, tolerance in baseline.tolerances.items():
        unit = readable_unit(tolerance.unit)
        limit = f"{readable(tolerance.limit, tolerance.unit)} {unit}".strip()
        print(f"tolerance {name}: {limit}, {tolerance.kind}: {tolerance.reason}")
    for key, figure in baseline.figures.items():
        unit = readable_unit(figure.unit)
        value = readable(figure.value, figure.unit)
        spread = readable(figure.spread, figure.unit)
        print(f"{key}: {value} {unit}, spread {spread} {unit}; tolerance {figure.tolerance}")
    trials = dict.fromkeys(trial for trial, _ in baseline.courses)
    for trial in trials:
        items = [item for other, item in baseline.courses if other == trial]
        print(f"{trial}: courses of {len(items)} coordinates: {', '.join(items)}")


def _diff(before: Baseline, after: Baseline) -> int:
    from kinebench.reports.baseline_words import differences

    lines = differences(before, after)
    for line in lines[:_MOST]:
        print(line)
    if len(lines) > _MOST:
        print(f"and {len(lines) - _MOST} more")
    if not lines:
        print("no difference in figures, courses, tolerances and origin")
    return _DIFFER if lines else 0
