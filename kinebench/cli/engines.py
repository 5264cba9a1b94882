"""``kinebench engines``: two inverse kinematics engines on the user's own trial."""

from __future__ import annotations

import argparse
import json
import math
from typing import TYPE_CHECKING, Any

from kinebench.cli.output import print_remarks, terminal_width
from kinebench.cli.planning import add_input_arguments, planned, require_one_input
from kinebench.cli.progress import status_line
from kinebench.remarks import carried_by_errors, each_once

if TYPE_CHECKING:
    from kinebench.pipeline.engine_comparison import EngineComparison
    from kinebench.reports.tables import Table


_EPILOG = """\
Both engines minimise the same cost on the same scaled model and markers. Where kinebench's own
has the lower cost, OpenSim's stopped short of that minimum, and the difference of the angles is its
solver error; coordinates that the markers hardly determine differ most.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The inputs and pipeline options of ``kinebench run``."""
    add_input_arguments(parser)
    parser.epilog = _EPILOG
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Scale once, solve twice, print side by side."""
    from kinebench.pipeline.engine_comparison import compare_engines

    require_one_input(arguments)
    plan, _, remarks = planned(arguments)
    tasks = getattr(plan.pipeline.solve, "tasks", None)
    assert tasks is not None, "every engine has tasks"
    with carried_by_errors(remarks):
        result = plan.pipeline(plan.trial)
    remarks = each_once((*remarks, *result.remarks))
    with carried_by_errors(remarks), status_line() as show:
        found = compare_engines(
            result.scaling.model,
            result.augmented,
            tasks,
            on_engine=lambda engine: show(f"solving with {engine} …"),
        )
    print_remarks(remarks)
    if arguments.json:
        content = _as_json(plan.trial.name, found)
        content["remarks"] = [remark.as_dict() for remark in remarks]
        print(json.dumps(content, indent=2, ensure_ascii=False))
    else:
        _print(plan.trial.name, found)
    return 0


def _as_json(trial: str, found: EngineComparison) -> dict[str, Any]:
    from kinebench.core.provenance import describe

    rows = [describe(difference) for difference in found.coordinates]
    return {
        "trial": trial,
        "frames": len(found.costs[0]),
        "engines": [
            {"name": name, "duration_s": seconds, "cost_mean_m2": float(cost.mean())}
            for name, seconds, cost in zip(
                found.engines, found.durations_s, found.costs, strict=True
            )
        ],
        "speed_ratio": found.speed_ratio,
        "second_not_worse": found.second_not_worse,
        "coordinates": [
            {key: value if value == value else None for key, value in row.items()} for row in rows
        ],
    }


def _print(trial: str, found: EngineComparison) -> None:
    from kinebench.reports.tables import as_text

    n_frames = len(found.costs[0])
    print(f"{trial}: {n_frames} frames")
    for name, seconds, cost in zip(found.engines, found.durations_s, found.costs, strict=True):
        rms_mm = math.sqrt(cost.mean()) * 1e3
        print(
            f"  {name:8s} {seconds:8.3f} s  {n_frames / seconds:8.0f} frames/s"
            f"   weighted RMS marker error {rms_mm:.3f} mm"
        )
    first, second = found.engines
    print(
        f"  {second} is {found.speed_ratio:.0f} times as fast, and its cost is not above"
        f" {first}'s in {found.second_not_worse * 100:.1f} % of the frames"
    )
    print(f"\n{first} − {second}, largest first\n")
    print(f"{as_text(_table(first, found), terminal_width())}\n")
    print(
        f"solver error: over the frames in which {first} stopped above the cost of {second};"
        " mtp angles are set by no marker and stay at their defaults"
    )


def _table(first: str, found: EngineComparison) -> Table:
    """A coordinate a row."""
    from kinebench.reports.tables import Table
    from kinebench.reports.units import readable, readable_unit

    rows = []
    for row in sorted(found.coordinates, key=lambda row: (row.kind, -row.rms)):
        unit = "rad" if row.kind == "rotational" else "m"
        values = (row.rms, row.largest, row.solver_error_rms)
        rms, largest, error = (readable(value, unit) for value in values)
        rows.append((row.name, readable_unit(unit), rms, largest, f"{row.time_s:.2f}", error))
    header = ("coordinate", "unit", "RMS", "largest", "at, s", f"solver error of {first}, RMS")
    return Table(header, tuple(rows))
