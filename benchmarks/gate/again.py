"""Clean re-runs of recordings whose result is kept; prints those that fail, one line each.

python -m benchmarks.gate.again BASELINE.toml …
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.gate.museum import SPEC
from kinebench.baselines.gate import quick_gate
from kinebench.baselines.judging import judge
from kinebench.baselines.text import read_baseline
from kinebench.pipeline.under_test import OwnPipeline


def alarms(baselines: Iterable[Path]) -> Iterator[str]:
    """The worst finding of every re-run that fails."""
    gate = quick_gate(OwnPipeline(SPEC))
    for path in baselines:
        baseline = read_baseline(path)
        verdict = judge(baseline, *gate.measure(baseline.origin.seed))
        if verdict.failures:
            worst = verdict.failures[0]
            yield f"seed {baseline.origin.seed}: {worst.key}, {worst.excess:.2f} limits"


if __name__ == "__main__":
    for line in alarms(map(Path, sys.argv[1:])):
        print(line)
