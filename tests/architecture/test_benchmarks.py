"""What benchmarks import from kinebench and from each other is there: they are not run in tests."""

from __future__ import annotations

import ast
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "benchmarks").rglob("*.py"))


def names_of(module: str) -> set[str]:
    """What a module defines or imports, told by its source: nothing is run."""
    path = ROOT.joinpath(*module.split("."))
    if path.is_dir():
        inside = {child.stem for child in path.iterdir() if child.is_dir() or child.suffix == ".py"}
        start = path / "__init__.py"
        return inside | (defined(start) if start.is_file() else set())
    return defined(path.with_suffix(".py"))


@cache
def defined(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return found


@pytest.mark.parametrize("path", FILES, ids=[f.relative_to(ROOT).as_posix() for f in FILES])
def test_every_imported_name_is_there(path: Path) -> None:
    absent = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or not node.module or node.level:
            continue
        if node.module.split(".")[0] == "benchmarks":
            known = names_of(node.module)
        elif node.module.split(".")[0] == "kinebench":
            module = import_module(node.module)
            known = set(dir(module)) | names_of(node.module)
        else:
            continue
        absent += [f"{node.module}.{a.name}" for a in node.names if a.name not in known]
    assert not absent
