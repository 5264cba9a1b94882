"""What the quick gate catches, and how often it is mistaken. Writes reports/gate.md.

    python -m benchmarks.gate [--seeds N] [--out FILE.md]

Faults are those of `museum.py`. Clean re-runs have other noise seeds than the baseline's repeats.
Each of their recordings is then run again with other kernels of BLAS, numpy and numba, in processes
of their own, and held against what came out here.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.gate.museum import (
    OWN_FAULTS,
    PUBLISHED,
    SIZES_DEG,
    SPEC,
    Fault,
    Faulty,
    offset,
)
from benchmarks.gate.page import Elsewhere, Row, Tried, page
from kinebench.baselines.accepting import baseline_of
from kinebench.baselines.baseline import Baseline
from kinebench.baselines.gate import accepted, quick_gate
from kinebench.baselines.judging import judge
from kinebench.baselines.measurement import Measurement
from kinebench.baselines.presets import tolerances_of
from kinebench.baselines.text import baseline_text
from kinebench.io.atomic import write_atomically
from kinebench.metrics.pairs import wrapped_difference
from kinebench.pipeline.under_test import OwnPipeline
from kinebench.reports.gate_words import worst_of_each

ROOT = Path(__file__).resolve().parents[2]
DEFAULT = ROOT / "reports" / "gate.md"
FIRST_SEED = 10_001  # far from those of the baseline
_OLD_NUMPY = "X86_V4 AVX512_ICL X86_V3 AVX512F AVX512CD AVX512_SKX AVX2 FMA3"
PROCESSORS: tuple[dict[str, str], ...] = (
    {"OPENBLAS_CORETYPE": "Haswell"},
    {"OPENBLAS_CORETYPE": "Prescott"},
    {"NPY_DISABLE_CPU_FEATURES": _OLD_NUMPY},
    {"NUMBA_CPU_NAME": "generic"},
)  # fmt: skip


def main() -> int:
    """Run everything, write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, metavar="N")
    parser.add_argument("--out", type=Path, default=DEFAULT, metavar="FILE.md")
    arguments = parser.parse_args()
    gate = replace(quick_gate(OwnPipeline(SPEC)), preset="strict", name="museum")
    baseline = accepted(gate, ("2026-11-28", "benchmarks/gate", "the pipeline without faults"))
    seeds = range(FIRST_SEED, FIRST_SEED + arguments.seeds)
    with ProcessPoolExecutor(1) as pool, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        waiting = pool.submit(_alarms, baseline, seeds, folder)
        clean, _ = gate.measure()
        rows = [row_of(fault, baseline, clean) for fault in (*PUBLISHED, *OWN_FAULTS)]
        offsets = [offset(size, short) for short in (False, True) for size in SIZES_DEG]
        small = [row_of(fault, baseline, clean) for fault in offsets]
        alarms = waiting.result()
        own = sorted(folder.glob("*.toml"))
        shares = [own[i :: len(PROCESSORS)] for i in range(len(PROCESSORS))]
        with ThreadPoolExecutor(2) as threads:
            elsewhere = list(threads.map(_on_processor, PROCESSORS, shares))
    tried = Tried(rows, small, alarms, len(seeds), elsewhere, baseline)
    write_atomically(arguments.out, page(tried))
    print(f"{arguments.out}: {len(alarms)} false alarms in {len(seeds)}")
    return 0


def _alarms(baseline: Baseline, seeds: Sequence[int], folder: Path) -> list[str]:
    """Clean re-runs that fail, one line each; what each gave is left as a baseline of its own."""
    gate = quick_gate(OwnPipeline(SPEC))
    found = []
    for seed in seeds:
        measured, origin = gate.measure(seed)
        verdict = judge(baseline, measured, origin)
        if verdict.failures:
            worst = verdict.failures[0]
            found.append(f"seed {seed}: {worst.key}, {worst.excess:.2f} limits")
        own = baseline_of(
            gate.name, origin, (measured,), (), tolerances_of("strict"),
            ("2026-11-28", "benchmarks/gate", "the same recordings elsewhere"),
        )  # fmt: skip
        write_atomically(folder / f"{seed}.toml", baseline_text(own))
    return found


def row_of(fault: Fault, baseline: Baseline, clean: Measurement) -> Row:
    """Plant a fault and judge what comes out."""
    gate = quick_gate(Faulty(fault))
    found, origin = gate.measure()
    verdict = judge(baseline, found, origin)
    usual = replace(baseline, tolerances=tolerances_of("opencap"))
    other, other_origin = gate.measure(FIRST_SEED)
    angle, length = size_of(clean, found)
    worst = worst_of_each(verdict)
    reasons = list(found.failures.values())
    where = f"{worst[0].key.item} in {worst[0].key.trial}" if worst else ""
    return Row(
        fault,
        angle,
        length,
        not found.motions,
        bool(verdict.failures),
        bool(judge(usual, found, origin).failures),
        bool(judge(baseline, other, other_origin).failures),
        reasons[0][:120].replace("|", "/") if reasons else where,
    )


def size_of(clean: Measurement, found: Measurement) -> tuple[float, float]:
    """Largest change of an angle, degrees, and of a length, mm, over the frames that are left."""
    angle = length = 0.0
    for trial, motion in found.motions.items():
        for coordinate in motion.coordinates:
            one, other = clean.motions[trial].value(coordinate.name), motion.value(coordinate.name)
            # frames that a fault left out are missing at the end: times begin where they did
            one = one[: len(other)]
            if coordinate.kind == "rotational":
                angle = max(angle, float(np.abs(wrapped_difference(one, other)).max()))
            else:
                length = max(length, float(np.abs(one - other).max()))
    return float(np.degrees(angle)), 1e3 * length


def _on_processor(changed: Mapping[str, str], baselines: Sequence[Path]) -> Elsewhere:
    """Another arithmetic of this machine: `kinebench check`, and clean re-runs under it."""
    with tempfile.TemporaryDirectory() as cache:
        # code that numba compiled for this processor must not be taken from its cache
        environment = {**os.environ, **changed, "NUMBA_CACHE_DIR": cache}

        def run(*words: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, "-m", *words],
                cwd=ROOT, env=environment, capture_output=True, text=True,
            )  # fmt: skip

        checked = run("kinebench", "check")
        again = run("benchmarks.gate.again", *map(str, baselines))
    name = ", ".join(f"{key}={value}" for key, value in changed.items())
    first = (checked.stdout or checked.stderr).strip().splitlines()[0]
    if again.returncode:
        raise RuntimeError(f"{name}: {again.stderr[-2000:]}")
    alarms = [f"{name}: {line}" for line in again.stdout.splitlines()]
    if checked.returncode:
        alarms.append(f"{name}: kinebench check ended with {checked.returncode}")
    return Elsewhere(name, f"exit {checked.returncode}: {first}", alarms, len(baselines) + 1)


if __name__ == "__main__":
    sys.exit(main())
