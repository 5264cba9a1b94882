"""The house rules that can be checked by reading the source; a test lists all that break a rule."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "kinebench"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_FUNCTION = 60
LONGEST_MODULE = 500
VAGUE = {"util", "utils", "helper", "helpers", "manager", "process", "data", "misc", "common"}


@cache
def source(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(source(path), str(path))))


def tree(path: Path) -> ast.Module:
    (module,) = (node for node in nodes(path)[:1] if isinstance(node, ast.Module))
    return module


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(PACKAGE).as_posix()}:{getattr(node, 'lineno', 0)}"


def everywhere() -> Iterator[tuple[Path, ast.AST]]:
    """Every node of every module."""
    for path in MODULES:
        for node in nodes(path):
            yield path, node


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    first = function.body[0]
    has_docstring = ast.get_docstring(function, clean=False) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if has_docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def test_modules_were_found() -> None:
    assert len(MODULES) > 100


def test_every_module_says_what_it_is() -> None:
    assert [path for path in MODULES if not ast.get_docstring(tree(path))] == []


def test_modules_and_functions_are_short() -> None:
    lengths = {path: source(path).count("\n") for path in MODULES}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_MODULE} == {}
    functions = {
        f"{place(path, node)} {node.name}": code_lines(node)
        for path, node in everywhere()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: lines for name, lines in functions.items() if lines > LONGEST_FUNCTION} == {}


def test_nothing_is_swallowed_printed_or_global() -> None:
    def breaks(path: Path, node: ast.AST) -> bool:
        printed = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
        return (
            (isinstance(node, ast.ExceptHandler) and node.type is None)
            or isinstance(node, ast.Global)
            or (printed and "cli" not in path.relative_to(PACKAGE).parts)
        )

    assert [place(path, node) for path, node in everywhere() if breaks(path, node)] == []


def test_public_things_are_documented() -> None:
    bare = [
        f"{place(path, node)} {node.name}"
        for path in MODULES
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert bare == []


def members(node: ast.AST) -> list[ast.FunctionDef]:
    """Public methods and properties of a class, and its call."""
    body = node.body if isinstance(node, ast.ClassDef) else []
    return [
        one
        for one in body
        if isinstance(one, ast.FunctionDef)
        and (one.name == "__call__" or not one.name.startswith("_"))
    ]


def test_public_methods_have_docstrings() -> None:
    # what implements a protocol is described there, and by its own class
    of_protocols = {
        member.name
        for _, node in everywhere()
        if isinstance(node, ast.ClassDef)
        and "Protocol" in {getattr(base, "id", "") for base in node.bases}
        for member in members(node)
    }
    bare = [
        f"{place(path, node)} {node.name}.{member.name}"
        for path, node in everywhere()
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
        for member in members(node)
        if member.name not in of_protocols and not ast.get_docstring(member)
    ]
    assert bare == []


def test_names_say_something() -> None:
    # `kinebench data` is a command
    assert [path for path in MODULES if path.stem in VAGUE and path.parent.name != "cli"] == []
    vague = [
        f"{place(path, node)} {node.name}"
        for path, node in everywhere()
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name.lower() in VAGUE
    ]
    assert vague == []


def test_nothing_is_left_to_do() -> None:
    words = ("TODO", "FIXME", "XXX")
    assert [(path, word) for path in MODULES for word in words if word in source(path)] == []


# `UndefinedMetricWarning` tells an evaluation which cells are NaN, and is a value there
WARNERS = {"remarks.py", "metrics/undefined.py"}


def test_facts_are_told_as_remarks() -> None:
    """`tell` says facts, `unheard` keeps them quiet.

    Else they would miss whoever listens, and an ignored warning would be told all the same.
    """

    def breaks(node: ast.AST) -> bool:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return False
        if getattr(node.func.value, "id", "") != "warnings":
            return False
        ignored = [ast.unparse(argument) for argument in node.args]
        return node.func.attr == "warn" or (
            node.func.attr == "simplefilter" and ignored == ["'ignore'", "KinebenchWarning"]
        )

    found = [
        place(path, node)
        for path, node in everywhere()
        if breaks(node) and path.relative_to(PACKAGE).as_posix() not in WARNERS
    ]
    assert found == []


def test_only_packages_list_their_names() -> None:
    """In a module an underscore says what is private; a list beside it would say it twice."""
    listed = [
        path
        for path in MODULES
        if path.name != "__init__.py"
        and "__all__" in source(path)
        and any("__all__" in ast.unparse(node) for node in tree(path).body[:40])
    ]
    assert listed == []
