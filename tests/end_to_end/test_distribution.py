"""Wheel and source archive are whole: an installed kinebench runs without the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import kinebench

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (
    "kinebench",
    "datasets",
    "pyproject.toml",
    "setup.py",
    "MANIFEST.in",
    "LICENSE",
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CITATION.cff",
    "CONTRIBUTING.md",
)


def build(source: Path, out: Path, kind: str) -> None:
    command = [
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        kind,
        "--outdir",
        str(out),
        str(source),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The contents of the wheel that is built from the source archive: so that both are whole."""
    folder = tmp_path_factory.mktemp("distribution")
    checkout = folder / "checkout"
    checkout.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            shutil.copy(ROOT / name, checkout / name)
    build(checkout, folder, "--sdist")
    (archive,) = folder.glob("kinebench-*.tar.gz")
    with tarfile.open(archive) as packed:
        # Python 3.11.0 to 3.11.3 know no filters, and no harm in an attribute that they do not read
        packed.extraction_filter = getattr(tarfile, "data_filter", None)
        packed.extractall(folder / "source")
    build(next((folder / "source").iterdir()), folder, "--wheel")
    (wheel,) = folder.glob("kinebench-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "installed")
    return folder / "installed"


def run(installed: Path, *words: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=installed.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_file_of_the_package_is_in_the_wheel(installed: Path) -> None:
    """All that git keeps under kinebench/ and the cards: a data file left out is found by users."""
    listed = subprocess.run(
        ["git", "ls-files", "kinebench", "datasets"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("not a checkout of git")
    kept = {
        name.replace("datasets/", "kinebench/datasets/cards/", 1)
        if name.startswith("datasets/")
        else name
        for name in listed.stdout.splitlines()
        if name.startswith("kinebench/") or name.endswith("card.toml")
    }
    there = {
        path.relative_to(installed).as_posix() for path in installed.rglob("*") if path.is_file()
    }
    assert kept - there == set()


def test_the_wheel_runs_without_the_checkout(installed: Path) -> None:
    where = run(installed, "-c", "import kinebench; print(kinebench.__file__)")
    assert Path(where.strip()).parent.parent == installed
    assert kinebench.__version__ in run(installed, "-m", "kinebench", "--version")
    assert "opencap-core" in run(installed, "-m", "kinebench", "data", "list")


def test_the_wheel_says_its_licence_and_what_it_requires(installed: Path) -> None:
    (folder,) = installed.glob("kinebench-*.dist-info")
    metadata = (folder / "METADATA").read_text(encoding="utf-8")
    assert f"\nVersion: {kinebench.__version__}\n" in metadata
    assert "\nLicense-Expression: Apache-2.0\n" in metadata
    assert (folder / "licenses" / "LICENSE").is_file()
    assert "kinebench = kinebench.cli.main:main" in (folder / "entry_points.txt").read_text()
