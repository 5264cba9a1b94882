"""Stored code is loaded without what only compiling needs; code that is not stored is compiled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

COMPILING = "numba.np.arraymath"  # one of the modules that hold what numba can compile

SOLVE = """
import json, sys
import numpy as np
from kinebench.core import Markers
from kinebench.core.ik_tasks import IKTasks
from kinebench.ik.fast import FastIK
from kinebench.kinematics import marker_positions
from kinebench.lab import generic_body
from kinebench.kinematics.osim_tree import read_tree
model = generic_body().model
tree = read_tree(model)
q = np.tile(tree.defaults, (3, 1))
markers = Markers(tree.marker_names, np.arange(3) / 60, marker_positions(tree, q))
solution = FastIK(IKTasks(tuple((name, 1.0) for name in tree.marker_names)))(model, markers)
print(json.dumps([float(solution.marker_errors.max()), sorted(sys.modules)]))
"""


def solved() -> tuple[float, set[str]]:
    """Largest marker error of an exact pose, and the modules of the process that solved it."""
    done = subprocess.run([sys.executable, "-c", SOLVE], capture_output=True, text=True, check=True)
    error, modules = json.loads(done.stdout)
    return error, set(modules)


def test_a_second_process_does_not_import_the_compiler() -> None:
    solved()  # compiles where nothing is stored yet
    error, modules = solved()
    assert error < 1e-6
    assert "numba" in modules
    assert COMPILING not in modules


SMALL = """
import sys
import numpy as np
from kinebench.kinematics.newton.compilation import compiled, is_compiled
sys.path.insert(0, sys.argv[1])
from small import total
print(is_compiled(total), total(np.arange(4.0)), "numba.np.arraymath" in sys.modules)
"""


def test_what_is_not_stored_is_compiled_and_then_stored(tmp_path: Path) -> None:
    (tmp_path / "small.py").write_text(
        "from kinebench.kinematics.newton.compilation import compiled\n"
        "@compiled\n"
        "def total(values):\n"
        "    found = 0.0\n"
        "    for k in range(len(values)):\n"
        "        found += 2.0 * values[k]\n"
        "    return found\n",
        encoding="utf-8",
    )
    tmp_path.chmod(0o700)
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "code")}
    (tmp_path / "code").mkdir(mode=0o700)
    told = [
        subprocess.run(
            [sys.executable, "-c", SMALL, str(tmp_path)],
            capture_output=True, text=True, check=True, env=environment,
        ).stdout.split()
        for _ in range(2)
    ]  # fmt: skip
    assert told == [["False", "12.0", "True"], ["True", "12.0", "False"]]
