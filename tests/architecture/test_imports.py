"""Layers hold, what is promised exists, and importing is cheap and without effects."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from shutil import which
from statistics import median

import pytest

import kinebench

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = sorted(
    module.name
    for module in pkgutil.walk_packages(kinebench.__path__, "kinebench.")
    if module.ispkg
)
HEAVY = ("opensim", "tensorflow", "keras", "numba", "scipy.signal", "pandas", "matplotlib", "h5py")
FORBID_SOCKETS = """
import sys
def refuse(event, arguments):
    if event.startswith("socket.") and event != "socket.gethostname":
        raise SystemExit(f"{event} {arguments}")
sys.addaudithook(refuse)
"""


def told_by(code: str) -> str:
    """What a fresh interpreter prints; its failure is the test's."""
    done = subprocess.run(
        [sys.executable, "-c", FORBID_SOCKETS + code], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_layers_hold() -> None:
    program = which("lint-imports", path=str(Path(sys.executable).parent)) or which("lint-imports")
    assert program, "import-linter is not installed"
    done = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", PACKAGES)
def test_everything_in_all_exists(name: str) -> None:
    module = import_module(name)
    exported = getattr(module, "__all__", [])
    assert len(set(exported)) == len(exported)
    assert [one for one in exported if not hasattr(module, one)] == []


@pytest.mark.parametrize(
    "name",
    [
        "kinebench",
        "kinebench.core",
        "kinebench.io.trc",
        "kinebench.io.session",
        "kinebench.metrics",
    ],
)
def test_importing_loads_nothing_heavy_and_opens_no_socket(name: str, tmp_path: Path) -> None:
    loaded = told_by(f"import {name}\nprint(*sys.modules)").split()
    assert name in loaded
    assert [module for module in HEAVY if module in loaded] == []


def test_tables_and_json_draw_nothing() -> None:
    loaded = told_by("import kinebench.reports.comparison_json\nprint(*sys.modules)").split()
    assert "matplotlib" not in loaded


def test_help_needs_no_arrays() -> None:
    code = (
        "sys.argv = ['kinebench', '--help']\n"
        "from kinebench.cli.main import main\n"
        "code = main()\n"
        "print('MODULES', *sys.modules)\n"
        "raise SystemExit(code)"
    )
    text, _, loaded = told_by(code).partition("MODULES")
    assert "usage: kinebench" in text
    assert [name for name in (*HEAVY, "numpy", "scipy") if name in loaded.split()] == []


def test_half_of_the_modules_are_short() -> None:
    lengths = [path.read_text().count("\n") for path in (ROOT / "kinebench").rglob("*.py")]
    assert median(lengths) < 200


def test_a_heavy_import_would_be_noticed() -> None:
    assert "pandas" in told_by("import pandas\nprint(*sys.modules)").split()
    with pytest.raises(AssertionError, match=r"socket\.__new__"):
        told_by("import socket\nsocket.socket()")
