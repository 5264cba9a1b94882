"""One machine gives equal bytes; another kind of processor gives the same to a stated tolerance.

Other kernels of BLAS and other instruction sets of numpy stand for other processors: libraries
choose them by the processor, and here by their own environment variables.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

TOLERANCE_DEG = 1e-3
"""Stated in README.md: six times the largest difference that was seen, and far below any error."""

# a squat before two cameras through augmenter, scaling and inverse kinematics of the demonstration
_SCRIPT = """
import json, sys
import numpy as np
from kinebench.core.environment import environment
from kinebench.studies.demo import demonstration
from kinebench.studies.plan import cells
cell = next(cells(demonstration(1, "lab").study))
run = cell.pipeline(cell.source(dict(cell.choices)))
motion = run.motion
angles = [i for i, c in enumerate(motion.coordinates) if c.kind == "rotational"]
print(json.dumps({
    "environment": environment(),
    "angles_deg": np.degrees(motion.values[:, angles]).tolist(),
    "augmented": run.augmented.positions.tobytes().hex(),
}))
"""


def result_of(cwd: Path, **changes: str) -> dict[str, Any]:
    clean = {name: text for name, text in os.environ.items() if name not in _KNOBS}
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT],
        cwd=cwd,
        env=clean | {"OMP_NUM_THREADS": "1"} | changes,
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


_KNOBS = ("OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS", "NPY_DISABLE_CPU_FEATURES", "NUMBA_CPU_NAME")
_OLD_NUMPY = "X86_V4 AVX512_ICL X86_V3 AVX512F AVX512CD AVX512_SKX AVX2 FMA3"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    return result_of(tmp_path_factory.mktemp("here"))


def test_this_machine_gives_equal_bytes(here: dict[str, object], tmp_path: Path) -> None:
    assert result_of(tmp_path) == here


@pytest.mark.parametrize(
    "changes",
    [
        {"OPENBLAS_CORETYPE": "Haswell"},
        {"OPENBLAS_CORETYPE": "Sandybridge", "OMP_NUM_THREADS": "2"},
        {
            "OPENBLAS_CORETYPE": "Prescott",
            "NPY_DISABLE_CPU_FEATURES": _OLD_NUMPY,
            "NUMBA_CPU_NAME": "generic",
        },
    ],
    ids=["haswell", "sandybridge on two threads", "no vectors"],
)
def test_other_processors_agree_and_are_named(
    changes: dict[str, str], here: dict[str, Any], tmp_path: Path
) -> None:
    there = result_of(tmp_path, **changes)
    apart = np.subtract(there["angles_deg"], here["angles_deg"])
    assert np.abs(apart).max() < TOLERANCE_DEG
    if there["augmented"] != here["augmented"]:
        assert there["environment"] != here["environment"]
