"""Twelve cells of a study in this process, for a profile: six augmenters, two filters, 8 s."""

from __future__ import annotations

import tempfile
import warnings
from dataclasses import replace
from pathlib import Path

from benchmarks.timing.grid import FILTERS, grid
from kinebench.studies.execution.cells import run_study
from kinebench.studies.execution.store import Store
from kinebench.studies.plan import count_cells

N_CELLS = 12


def main() -> None:
    """Run them on an empty store."""
    warnings.simplefilter("ignore")
    whole = grid(FILTERS[:2])
    poses = replace(whole.factors[0], levels=whole.factors[0].levels[:1])
    study = replace(whole, factors=(poses, *whole.factors[1:]))
    assert count_cells(study) == N_CELLS
    with tempfile.TemporaryDirectory() as folder:
        outcomes = run_study(study, Store(Path(folder)), 1)
    assert {outcome.status for outcome in outcomes} == {"done"}


if __name__ == "__main__":
    main()
