"""The house rules that can be checked by reading the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "kinebench"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_FUNCTION = 60
LONGEST_MODULE = 500
VAGUE = {"util", "utils", "helper", "helpers", "manager", "process", "data", "misc", "common"}

pytestmark = pytest.mark.parametrize(
    "path", MODULES, ids=[path.relative_to(PACKAGE).as_posix() for path in MODULES]
)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    first = function.body[0]
    has_docstring = ast.get_docstring(function, clean=False) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if has_docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(tree(path))


def test_modules_and_functions_are_short(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= LONGEST_MODULE
    long = {f.name: code_lines(f) for f in functions(path) if code_lines(f) > LONGEST_FUNCTION}
    assert not long


def test_nothing_is_swallowed_printed_or_global(path: Path) -> None:
    may_print = "cli" in path.relative_to(PACKAGE).parts
    for node in ast.walk(tree(path)):
        place = f"{path.name}:{getattr(node, 'lineno', 0)}"
        assert not (isinstance(node, ast.ExceptHandler) and node.type is None), place
        assert not isinstance(node, ast.Global), place
        printed = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
        assert may_print or not printed, place


def test_public_things_are_documented(path: Path) -> None:
    for node in tree(path).body:
        named = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        if named:
            assert ast.get_docstring(node), f"{path.name}:{node.lineno} {node.name}"


def test_names_say_something(path: Path) -> None:
    assert path.stem not in VAGUE or path.parent.name == "cli"  # `kinebench data` is a command
    defined = {
        node.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    assert not {name for name in defined if name.lower() in VAGUE}


def test_nothing_is_left_to_do(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not [word for word in ("TODO", "FIXME", "XXX") if word in text]


# `UndefinedMetricWarning` tells an evaluation which cells are NaN, and is a value there
WARNERS = {"remarks.py", "metrics/undefined.py"}


def test_facts_are_told_as_remarks(path: Path) -> None:
    """Else they would miss whoever listens, and an ignored warning would be told all the same."""
    if path.relative_to(PACKAGE).as_posix() in WARNERS:
        return
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "warnings.warn":
            pytest.fail(f"line {node.lineno}: kinebench.remarks.tell says facts")
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "warnings.simplefilter":
            ignored = [ast.unparse(argument) for argument in node.args]
            assert ignored != ["'ignore'", "KinebenchWarning"], f"line {node.lineno}: unheard()"


def test_only_packages_list_their_names(path: Path) -> None:
    """In a module an underscore says what is private; a list beside it would say it twice."""
    listed = any("__all__" in ast.unparse(node) for node in tree(path).body[:40])
    assert path.name == "__init__.py" or not listed
