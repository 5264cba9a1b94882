"""Does the interval of the side drop cover the truth?

``python -m benchmarks.diagnosis.coverage``

Writes `coverage.md` beside this file: clean sessions of the draw "coverage", people and rigs that
set no interval. The exact solvers stand in for OpenSim's, which move the side drop by less than
2 mm. Needs OpenCap's files; takes ten minutes.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.diagnosis.confusion import wilson
from benchmarks.diagnosis.planted_errors import PRESETS
from benchmarks.diagnosis.spread import errors_of
from kinebench.diagnosis.figures import FIGURES
from kinebench.diagnosis.spread import Spread, error_of
from kinebench.io.atomic import write_atomically

PER_PRESET = 10


def page(errors_m: Mapping[str, Sequence[float]], usual: Spread) -> str:
    """How often errors of the side drop lie within the interval, per preset and in all."""
    lines = [
        "# How often the interval of the side drop covers the truth\n",
        "Made by `python -m benchmarks.diagnosis.coverage`: clean virtual sessions of people who",
        "set no interval, exact solvers, augmenter v0.3. The interval is what `kinebench why`",
        f"prints: the drop, less {1e3 * usual.mean:.1f} mm, ± {1e3 * usual.half_width:.1f} mm (of"
        f" {usual.n} sessions under all presets;",
        "nominal 95 %). In brackets 95 % intervals (Wilson).\n",
        "| preset | covered | error, mean ± SD, mm |",
        "|---|---|---|",
    ]
    every = [error for errors in errors_m.values() for error in errors]
    for preset, errors in (*errors_m.items(), ("**all**", every)):
        inside = [abs(error - usual.mean) <= usual.half_width for error in errors]
        low, high = wilson(sum(inside), len(inside))
        mean, sd = 1e3 * float(np.mean(errors)), 1e3 * float(np.std(errors, ddof=1))
        lines.append(
            f"| {preset} | {sum(inside)} of {len(inside)}, {100 * np.mean(inside):.0f} %"
            f" [{100 * low:.0f}, {100 * high:.0f}] | {mean:+.1f} ± {sd:.1f} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Film, count, and write."""
    warnings.simplefilter("ignore")
    usual = error_of(FIGURES[0], "v0.3")
    assert usual is not None
    found: dict[str, list[float]] = {}
    for preset in PRESETS:
        errors = [errors_of("coverage", number, preset)[0] for number in range(1, PER_PRESET + 1)]
        found[preset] = [float(error) for error in errors if np.isfinite(error)]
    write_atomically(Path(__file__).with_name("coverage.md"), page(found, usual))


if __name__ == "__main__":
    main()
