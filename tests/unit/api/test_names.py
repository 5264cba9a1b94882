"""`import kinebench as kb`: what it offers, that it is light, and that a type checker sees it."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import kinebench as kb


def told_by(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    ).stdout


def test_the_import_loads_nothing_but_itself() -> None:
    code = (
        "import sys; before = set(sys.modules); import kinebench; print(*set(sys.modules) - before)"
    )
    loaded = {name for name in told_by(code).split() if name.partition(".")[0] != "typing"}
    assert {name for name in loaded if name.startswith("kinebench")} == {"kinebench"}
    assert not {"numpy", "scipy", "pandas", "opensim", "argparse"} & loaded


def test_the_import_takes_less_than_50_ms() -> None:
    """Of processor time: a busy machine is no slow import."""
    code = (
        "import time; start = time.process_time(); import kinebench;"
        " print(time.process_time() - start)"
    )
    assert min(float(told_by(code)) for _ in range(3)) < 0.050


@pytest.mark.parametrize("name", kb.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(kb, name) is not None
    assert name in dir(kb)


def test_a_name_that_is_not_there_is_told_as_python_does() -> None:
    with pytest.raises(AttributeError, match="module 'kinebench' has no attribute 'nothing'"):
        _ = kb.nothing  # type: ignore[attr-defined]


def test_a_name_is_its_homes_own() -> None:
    assert kb.Motion is import_module("kinebench.core").Motion
    assert kb.data is import_module("kinebench.datasets")


def test_a_type_checker_sees_what_python_finds() -> None:
    """The imports under TYPE_CHECKING, the homes and ``__all__`` say one and the same."""
    tree = ast.parse(Path(kb.__file__).read_text(encoding="utf-8"))
    block, *_ = (node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.asname or alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    found = {name: module for module, names in kb._HOMES.items() for name in names}
    assert {name: module for name, module in seen.items() if name != "data"} == found
    assert seen["data"] == "kinebench"
    assert kb.__all__ == sorted(seen)


def test_about_twenty_names() -> None:
    """More than a person can keep in mind is a second reference."""
    assert 20 <= len(kb.__all__) <= 26
