"""What the quick gate catches, and how often it is mistaken. Writes reports/gate.md.

    python -m benchmarks.gate [--seeds N] [--out FILE.md]

Faults are those of `museum.py`. Clean re-runs have other noise seeds than the baseline's repeats;
under the baseline's own seed they have to be exact on every processor, which is tried with other
kernels of BLAS, numpy and numba in processes of their own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.gate.museum import (
    NOT_PLANTED,
    OWN_FAULTS,
    PUBLISHED,
    SIZES_DEG,
    SPEC,
    Fault,
    Faulty,
    offset,
)
from kinebench.baselines.baseline import Baseline
from kinebench.baselines.gate import accepted, quick_gate
from kinebench.baselines.judging import judge
from kinebench.baselines.measurement import Measurement
from kinebench.baselines.presets import tolerances_of
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
LARGE_DEG, LARGE_MM = 1.0, 5.0

_PREAMBLE = """# What the quick gate catches

Made by `python -m benchmarks.gate`. Four laboratory trials of two virtual people (squat, gait,
sit-to-stand at 120 Hz, asymmetric squat), kinebench's own pipeline with a filter of 6 Hz, own body,
augmenter `lab-1`, fast engine. *Size* is the largest change of any angle and of any pelvis
translation in any frame. *strict* and *opencap* are presets of tolerances; *errors alone* judges
under another noise seed than the baseline's, as a pipeline with randomness of its own has to be.
The re-runs under other noise seeds are the false alarms of *errors alone*; those of *strict* and
*opencap*, which compare courses under one seed, are the re-runs on other processors.
"""


@dataclass(frozen=True)
class Row:
    """One fault, as it came out."""

    fault: Fault
    angle_deg: float
    length_mm: float
    crashed: bool
    strict: bool
    opencap: bool
    errors_alone: bool
    worst: str

    @property
    def is_large(self) -> bool:
        return self.crashed or self.angle_deg > LARGE_DEG or self.length_mm > LARGE_MM


def main() -> int:
    """Run everything, write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, metavar="N")
    parser.add_argument("--out", type=Path, default=DEFAULT, metavar="FILE.md")
    arguments = parser.parse_args()
    gate = replace(quick_gate(OwnPipeline(SPEC)), preset="strict", name="museum")
    baseline = accepted(gate, ("2026-11-28", "benchmarks/gate", "the pipeline without faults"))
    seeds = range(FIRST_SEED, FIRST_SEED + arguments.seeds)
    with ProcessPoolExecutor(1) as pool:
        waiting = pool.submit(_alarms, baseline, seeds)
        clean, _ = gate.measure()
        rows = [row_of(fault, baseline, clean) for fault in (*PUBLISHED, *OWN_FAULTS)]
        offsets = [offset(size, short) for short in (False, True) for size in SIZES_DEG]
        small = [row_of(fault, baseline, clean) for fault in offsets]
        alarms = waiting.result()
    processors = list(_processors())
    write_atomically(arguments.out, "\n".join(_page(rows, small, alarms, len(seeds), processors)))
    print(f"{arguments.out}: {len(alarms)} false alarms in {len(seeds)}")
    return 0


def _alarms(baseline: Baseline, seeds: Sequence[int]) -> list[str]:
    """Clean re-runs that fail, one line each."""
    gate = quick_gate(OwnPipeline(SPEC))
    found = []
    for seed in seeds:
        verdict = judge(baseline, *gate.measure(seed))
        if verdict.failures:
            worst = verdict.failures[0]
            found.append(f"seed {seed}: {worst.key}, {worst.excess:.2f} limits")
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


def _processors() -> Iterator[tuple[str, str]]:
    """Every other arithmetic of this machine, with what `kinebench check` said under it."""
    for changed in PROCESSORS:
        with tempfile.TemporaryDirectory() as cache:
            # code that numba compiled for this processor must not be taken from its cache
            environment = {**os.environ, **changed, "NUMBA_CACHE_DIR": cache}
            done = subprocess.run(
                [sys.executable, "-m", "kinebench", "check"],
                cwd=ROOT, env=environment, capture_output=True, text=True,
            )  # fmt: skip
        name = ", ".join(f"{key}={value}" for key, value in changed.items())
        first = (done.stdout or done.stderr).strip().splitlines()[0]
        yield name, f"exit {done.returncode}: {first}"


def _page(
    rows: Sequence[Row],
    small: Sequence[Row],
    alarms: Sequence[str],
    n_seeds: int,
    processors: Sequence[tuple[str, str]],
) -> Iterator[str]:
    yield _PREAMBLE
    yield "## In short\n"
    published = [row for row in rows if row.fault.source != "own"]
    own = [row for row in rows if row.fault.source == "own"]
    for title, listed in (("published", published), ("own", own)):
        large = [row for row in listed if row.is_large]
        caught = partial(_count, large)
        yield (
            f"- Of {len(listed)} {title} faults {len(large)} change an angle by more than 1°, a"
            f" translation by more than 5 mm, or end in an error: strict catches"
            f" {caught('strict')}, opencap {caught('opencap')}, errors alone"
            f" {caught('errors_alone')}. Of all {len(listed)}: {_count(listed, 'strict')},"
            f" {_count(listed, 'opencap')}, {_count(listed, 'errors_alone')}."
        )
    yield f"- False alarms in {n_seeds} clean re-runs under other noise seeds: {len(alarms)}."
    for name, said in processors:
        yield f"- Clean re-run with `{name}`: {said}."
    yield "- Below 0.05° and 0.05 mm nothing is looked for: the floor of strict."
    for title, listed in (("Published faults", published), ("Own faults", own)):
        yield f"\n## {title}\n"
        yield (
            "| fault | source | what was wrong | who is hurt | size | strict | opencap"
            " | errors alone | worst |"
        )
        yield "|---|---|---|---|---|---|---|---|---|"
        yield from map(_line, listed)
    yield "\n## How small\n"
    yield "One knee of one trial off by so much.\n"
    yield "| change | strict | opencap | errors alone |\n|---|---|---|---|"
    for row in small:
        yield f"| {row.fault.name} | {' | '.join(_marks(row))} |"
    yield "\n## Published faults that have no place here\n"
    yield "| source | why |\n|---|---|"
    yield from (f"| {source} | {why} |" for source, why in NOT_PLANTED)
    if alarms:
        yield "\n## False alarms\n"
        yield from (f"- {alarm}" for alarm in alarms)
    yield ""


def _count(rows: Sequence[Row], name: str) -> int:
    return sum(getattr(row, name) for row in rows)


def _marks(row: Row) -> list[str]:
    found = (row.strict, row.opencap, row.errors_alone)
    return ["caught" if caught else "**missed**" for caught in found]


def _line(row: Row) -> str:
    fault = row.fault
    size = "no result" if row.crashed else f"{row.angle_deg:.2f}°, {row.length_mm:.1f} mm"
    cells = (fault.name, fault.source, fault.symptom, fault.hurt, size, *_marks(row), row.worst)
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())
