"""How time and memory grow with the load: exponents, fitted in one run.

Run with ``python -m benchmarks.load [--long] [CASE …]``. Every measurement is a process of its own:
processor time, and peak memory above that of the smallest load. The exponent is the slope of the
logarithms from size to size, the steepest of them told; 1 is linear. Bar: no exponent of time above
1.15 (a tenth for measuring, a twentieth for sorting). ``--long`` goes to the sizes of the brief: an
hour at 120 Hz, 20,000 cells, 3,000 pairs.
"""

from __future__ import annotations

import argparse
import os

# one thread, so that processor time is time
os.environ["OMP_NUM_THREADS"] = "1"

import math
import multiprocessing
import sys
from collections.abc import Sequence
from itertools import pairwise

from benchmarks.load.cases import CASES, Case
from benchmarks.load.measure import measured

BAR = 1.15


def steepest(values: Sequence[tuple[float, float]]) -> float:
    """Largest slope of log(value) over log(size) from one size to the next."""
    slopes = [
        math.log(more / less) / math.log(large / small)
        for (small, less), (large, more) in pairwise(values)
        if less > 0 and more > 0
    ]
    return max(slopes, default=math.nan)


def row(name: str, case: Case, sizes: Sequence[int]) -> tuple[str, bool]:
    """A line of the table, and whether the bar is kept."""
    context = multiprocessing.get_context("spawn")
    found = []
    for size in sizes:
        with context.Pool(1) as pool:
            found.append(pool.apply(measured, (name, size)))
    exponent = steepest([(one.size, one.seconds) for one in found])
    base = found[0].megabytes
    memory = (found[-1].megabytes - base) / (found[-1].size - found[0].size) * 1e3
    loads = ", ".join(f"{one.size:,}: {one.seconds:.2f} s" for one in found)
    text = (
        f"| {name} | {case.of} | {loads} | {exponent:.2f} | {found[-1].megabytes:.0f} MB,"
        f" {memory:.1f} kB each |"
    )
    return text, exponent <= BAR


def main() -> int:
    """Print the table; 1 when something grows faster than linearly."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)}")
    parser.add_argument("--long", action="store_true", help="the largest sizes too: half an hour")
    options = parser.parse_args()
    print("| case | load | processor time by load | exponent | peak memory |")
    print("|---|---|---|---|---|")
    kept = True
    for name in options.cases or CASES:
        case = CASES[name]
        text, fine = row(name, case, (*case.sizes, *(case.largest if options.long else ())))
        print(text, flush=True)
        kept &= fine
    print(f"\nbar: no exponent above {BAR}: {'kept' if kept else 'not kept'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
