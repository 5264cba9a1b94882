"""Kinebench's own gates: the built-in one and those of `own/`. What `make gate` runs.

    python -m benchmarks.gate.guard [--folder DIR] [--workers N]

A gate whose public data are not on this machine is skipped, and says so; where KINEBENCH_MIRROR
names a copy of them, that is a failure.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from kinebench.baselines.gate import read_gate
from kinebench.cli.main import main as kinebench
from kinebench.errors import DataNotHereError

OWN = Path(__file__).with_name("own")
_BASELINE = ".baseline.toml"


@dataclass(frozen=True)
class Said:
    """What a gate came to.

    Parameters
    ----------
    name : str
    code : int
        Exit code of `kinebench check`.
    text : str
        All that it printed.
    seconds : float
    skipped : str
        Which data were not there; empty when it ran.
    """

    name: str
    code: int
    text: str
    seconds: float
    skipped: str = ""


def gates(folder: Path) -> list[Path]:
    """Files of gates, each with its baseline beside it."""
    return sorted(p for p in folder.glob("*.toml") if not p.name.endswith(_BASELINE))


def check(gate: Path | None) -> Said:
    """Run one gate; None is the built-in one."""
    start, printed = time.perf_counter(), io.StringIO()
    name = "quick" if gate is None else gate.stem
    if gate is not None:
        try:
            read_gate(gate)
        except DataNotHereError as error:
            return Said(name, 3, "", 0.0, str(error))
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        code = kinebench(["check", *([] if gate is None else [str(gate)])])
    return Said(name, code, printed.getvalue().strip(), time.perf_counter() - start)


def verdict(said: Sequence[Said], data_promised: bool) -> int:
    """1 when a gate failed, or was skipped where its data should be."""
    return int(any(one.code and not (one.skipped and not data_promised) for one in said))


def main(arguments: Sequence[str] | None = None) -> int:
    """Check everything, print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=OWN, metavar="DIR")
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1), metavar="N")
    given = parser.parse_args(arguments)
    built_in = [None] if given.folder == OWN else []
    files: list[Path | None] = [*built_in, *gates(given.folder)]
    start = time.perf_counter()
    with ProcessPoolExecutor(given.workers, mp_context=get_context("spawn")) as pool:
        said = list(pool.map(check, files))
    for one in said:
        print(f"skipped: {one.name}: {one.skipped}" if one.skipped else one.text)
    print(f"{len(said)} gates in {time.perf_counter() - start:.0f} s:", end=" ")
    print(", ".join(f"{one.name} {one.code} ({one.seconds:.0f} s)" for one in said))
    return verdict(said, bool(os.environ.get("KINEBENCH_MIRROR")))


if __name__ == "__main__":
    sys.exit(main())
