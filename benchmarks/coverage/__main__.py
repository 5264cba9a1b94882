"""Simulated coverage of every interval that kinebench prints: writes reports/coverage.md and .csv.

    python -m benchmarks.coverage [--simulations 2000] [--out reports]

Each row draws data whose truth is known, asks kinebench for its 95 % interval (or its test at
5 %), and counts how often the truth is inside (or the test is right). Nothing of what is simulated
was used to choose a method; rows beyond the bar of ± 2 points say why they are printed at all.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
import warnings
from pathlib import Path

from benchmarks.coverage.cases import CASES, Case, simulated
from kinebench.errors import KinebenchWarning
from kinebench.io.atomic import write_atomically

HEAD = """\
# Coverage of the intervals

Of what kinebench prints with 95 % (or as a test at 5 %), how often it is right: {n} simulations per
row, seed {seed}; the standard error of a coverage of 95 % is {error:.1f} points. Made by
`python -m benchmarks.coverage`. The bar is 95 ± 2 points (5 ± 2 for tests); rows outside it say
what to think of them, and the product warns there.

| interval | data | n | nominal | simulated | bar | remark |
|---|---|---|---|---|---|---|
"""
COLUMNS = ("interval", "data", "n", "nominal", "simulated", "within_bar", "remark")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulations", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20261128)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[2] / "reports")
    arguments = parser.parse_args()
    rows = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinebenchWarning)
        for case in CASES:
            rows.append(_row(case, simulated(case, arguments.simulations, arguments.seed)))
            print(*rows[-1], sep=" | ", file=sys.stderr)
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows([COLUMNS, *rows])
    error = 100 * (0.95 * 0.05 / arguments.simulations) ** 0.5
    head = HEAD.format(n=arguments.simulations, seed=arguments.seed, error=error)
    body = "".join("| " + " | ".join(row) + " |\n" for row in rows)
    write_atomically(arguments.out / "coverage.md", (head + body).encode())
    write_atomically(arguments.out / "coverage.csv", table.getvalue().encode())
    return 0


def _row(case: Case, share: float | None) -> tuple[str, ...]:
    if share is None:
        return (case.interval, case.data, case.n, "–", "no interval", "yes", case.remark)
    within = abs(share - case.nominal) <= 0.02
    return (
        case.interval,
        case.data,
        case.n,
        f"{100 * case.nominal:.0f} %",
        f"{100 * share:.1f} %",
        "yes" if within else "no",
        "" if within else case.remark,
    )


if __name__ == "__main__":
    sys.exit(main())
