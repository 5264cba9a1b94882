"""What the last digits depend on is named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version

import numpy as np
import pytest

from kinebench.core.environment import blas_kernel, environment

_PRINT = (
    "import json; from kinebench.core.environment import environment;"
    " print(json.dumps(environment()))"
)
bundled = pytest.mark.skipif(
    "openblas" not in np.show_config(mode="dicts")["Build Dependencies"]["blas"]["name"],
    reason="numpy was built with another BLAS",
)


def elsewhere(**changes: str) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-c", _PRINT],
        env=os.environ | changes,
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_versions_and_machine_are_there() -> None:
    here = environment()
    assert here["numpy"] == np.__version__
    assert here["scipy"] == version("scipy")
    assert list(here)[:2] == ["kinebench", "python"]
    assert all(here.values())


@bundled
def test_another_kernel_and_other_threads_are_another_environment() -> None:
    one, two = (
        elsewhere(OPENBLAS_CORETYPE=core, OMP_NUM_THREADS=threads)
        for core, threads in (("Prescott", "1"), ("Prescott", "2"))
    )
    assert one["blas"].endswith("threads: 1")
    assert two["blas"].endswith("threads: 2") or os.cpu_count() == 1
    assert {name for name in one if one[name] != two[name]} <= {"blas"}


def test_a_blas_that_hides_its_kernel_is_named_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kinebench.core.environment._BUNDLES", ())
    name = blas_kernel()
    assert name
    assert "threads" not in name
