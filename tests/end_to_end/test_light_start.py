"""What `kinebench run --engine fast` imports, and what it leaves alone: it is waited for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kinebench.io.trc import write_trc
from kinebench.lab import Population, StaticPose, record
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions import Squat

HEAVY = (
    "opensim", "pandas", "matplotlib", "tensorflow", "scipy.signal", "scipy.stats", "scipy.spatial",
    "scipy.interpolate", "kinebench.lab.motions", "kinebench.datasets.loaders",
)  # fmt: skip

RUN = """
import json, sys
from kinebench.cli.main import main
code = main(sys.argv[1:])
print("modules", json.dumps([code, sorted(sys.modules)]))
"""


def modules_after(*words: str) -> set[str]:
    """Modules that a command has imported when it is done."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *words], capture_output=True, text=True, check=True
    )
    code, names = json.loads(done.stdout.rpartition("modules ")[2])
    assert code == 0, done.stderr
    return set(names)


def test_a_fast_run_imports_nothing_heavy(tmp_path: Path) -> None:
    subject = Population().subject(1)
    write_trc(tmp_path / "t.trc", record(subject, Squat(repetitions=1), two_phones()).keypoints)
    write_trc(tmp_path / "s.trc", record(subject, StaticPose(), two_phones()).keypoints)
    found = modules_after(
        "run", "--keypoints", str(tmp_path / "t.trc"), "--static", str(tmp_path / "s.trc"),
        "--mass", "70", "--height", "1.75", "--body", "lab", "--augmenter", "lab-1",
        "--engine", "fast", "--out", str(tmp_path / "out"),
    )  # fmt: skip
    # the laboratory's own body needs the laboratory
    assert not found & set(HEAVY) - {"kinebench.lab.motions", "scipy.interpolate"}
    assert (tmp_path / "out" / "kinematics.mot").is_file()


@pytest.mark.parametrize("module", ["kinebench.pipeline.session.plan", "kinebench.ik.fast"])
def test_planning_and_solving_import_nothing_heavy(module: str) -> None:
    code = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(json.loads(done.stdout)) & set(HEAVY)
