"""``kinebench why``: which step makes one side sink, on the user's own trial."""

from __future__ import annotations

import argparse
import json
import math
import sys
from typing import TYPE_CHECKING, Any

from kinebench.cli.planning import add_input_arguments, planned, require_one_input

if TYPE_CHECKING:
    from kinebench.diagnosis.why import Diagnosis

__all__ = ["add_arguments", "run"]

_EPILOG = """\
Every cause is swapped, alone and together with the others, on the trial itself; no reference is
needed. What changes is shared out among the causes (Shapley), so that the parts add up. A cause
that changes a figure is not thereby wrong: it is where the figure is decided.

examples:
  kinebench why OpenCapData_1234 --trial squats
  kinebench why --keypoints squat.trc --static neutral.trc --mass 72 --height 1.78
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The inputs and pipeline options of ``kinebench run``."""
    add_input_arguments(parser)
    parser.epilog = _EPILOG
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Plan as `kinebench run` does, swap, print."""
    from kinebench.diagnosis.why import diagnose

    require_one_input(arguments)
    plan, _, doubts = planned(arguments)
    progress = _progress if sys.stderr.isatty() else None
    found = diagnose(plan.pipeline, plan.trial, progress)
    if progress is not None:
        print(file=sys.stderr)
    for doubt in doubts:
        print(f"warning: {doubt}", file=sys.stderr)
    if arguments.json:
        print(json.dumps(_as_json(found), indent=2, ensure_ascii=False))
    else:
        _print(found)
    return 0


def _progress(done: int, total: int) -> None:
    print(f"\r{done} of {total} runs ", end="", file=sys.stderr, flush=True)


def _as_json(found: Diagnosis) -> dict[str, Any]:
    from kinebench.diagnosis.figures import FIGURES

    def named(values: Any) -> dict[str, float | None]:
        pairs = zip(FIGURES, values.tolist(), strict=True)
        return {figure.name: value if math.isfinite(value) else None for figure, value in pairs}

    return {
        "trial": found.trial,
        "units": {figure.name: figure.unit for figure in FIGURES},
        "as_is": named(found.as_is),
        "swapped": named(found.swapped),
        "causes": [
            {"name": cause.name, "now": cause.now, "instead": cause.instead}
            for cause in found.causes
        ],
        "parts": {name: named(values) for name, values in found.parts.items()},
        "alone": {name: named(values) for name, values in found.alone.items()},
        "left_out": dict(found.left_out),
        "runs": found.n_runs,
    }


def _print(found: Diagnosis) -> None:
    from rich.console import Console
    from rich.table import Table

    from kinebench.diagnosis.figures import FIGURES
    from kinebench.diagnosis.why import SOLVERS
    from kinebench.reports.units import readable, readable_unit

    print(_verdict(found))
    table = Table(title="right − left, and what each cause changes of it", title_justify="left")
    table.add_column("", no_wrap=True)
    for figure in FIGURES:
        unit = "%" if figure.unit == "1" else readable_unit(figure.unit)
        table.add_column(f"{figure.name.replace('_', ' ')}, {unit}", justify="right")

    def cells(values: Any) -> list[str]:
        pairs = zip(FIGURES, values.tolist(), strict=True)
        return [
            readable(value * 100 if figure.unit == "1" else value, figure.unit, 1)
            for figure, value in pairs
        ]

    table.add_row("as it is", *cells(found.as_is), end_section=True)
    for name, _ in found.ranked(FIGURES[0].name):
        table.add_row(name, *cells(found.parts[name]))
    table.add_section()
    table.add_row("all swapped", *cells(found.swapped))
    Console(width=None if sys.stdout.isatty() else 150).print(table)
    print(f"{SOLVERS}: OpenSim's scaling and inverse kinematics → solved to the optimum")
    for cause in found.causes:
        print(f"{cause.name}: {cause.now} → {cause.instead}")
    for name, reason in found.left_out.items():
        print(f"not tried: {name}: {reason}")
    print(f"{found.n_runs} runs; the deepest points are {found.n_deep_frames} frames")


def _verdict(found: Diagnosis) -> str:
    """Two sentences with numbers."""
    drop_mm = found.as_is[0] * 1e3
    side = "right" if drop_mm < 0 else "left"
    parts = [(name, part * 1e3) for name, part in found.ranked("side_drop") if abs(part) >= 5e-4]
    if not math.isfinite(drop_mm):
        return f"{found.trial}: the model has no hip joint centres to compare."
    first = (
        f"{found.trial}: at the deepest points the {side} hip is {abs(drop_mm):.1f} mm below the"
        " other."
    )
    if not parts:
        return f"{first} No cause that was tried changes that by half a millimetre."
    listed = ", ".join(f"{name} {part:+.1f} mm" for name, part in parts[:3])
    return f"{first} Swapping changes it by: {listed} (of right − left)."
