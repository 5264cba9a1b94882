"""Which test files may reach a module, from imports alone: for when no lines were recorded."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from benchmarks.mutation.mutants import Mutant

_COMMAND = re.compile(r'main\(\s*\[\s*"(\w+)"')
FARTHEST = 3  # a test that imports what imports what imports what imports the module


@dataclass(frozen=True, slots=True)
class ImportMap:
    """Test files by module, nearest first.

    Attributes
    ----------
    importers : dict
        Module → files of the package and of the tests that import it, anywhere in their text.
    sizes : dict
        Test file → bytes: of two at the same distance the smaller one is run first.
    left_out : frozenset
        Test files that are run for the module alone that they are named after.
    """

    importers: dict[str, frozenset[str]]
    sizes: dict[str, int]
    left_out: frozenset[str] = frozenset()

    def files(self, mutant: Mutant) -> list[str]:
        """Test files in the order in which they are to be run, the module's own first."""
        home = "/".join(("tests/unit", *mutant.path.split("/")[1:-1]))
        own = f"{home}/test_{mutant.path.split('/')[-1]}"
        known, layer = {mutant.path}, {mutant.path}
        ordered = [own] if own in self.sizes else []
        for _ in range(FARTHEST + 1):
            layer = set().union(*(self.importers.get(path, ()) for path in layer)) - known
            known |= layer
            tests = [path for path in layer if path in self.sizes and path != own]
            tests.sort(key=lambda path: (not path.startswith(home), self.sizes[path]))
            ordered += [path for path in tests if path not in self.left_out]
        return ordered


def read_import_map(root: Path, left_out: frozenset[str] = frozenset()) -> ImportMap:
    """Imports of package and tests; `left_out` are paths from the folder of tests on."""
    importers: dict[str, set[str]] = defaultdict(set)
    tests = list(root.glob("tests/**/test_*.py"))
    for path in [*root.glob("kinebench/**/*.py"), *tests]:
        name = path.relative_to(root).as_posix()
        for command in _COMMAND.findall(path.read_text(encoding="utf-8")):
            importers[f"kinebench/cli/{command}.py"].add(name)  # imported by its name
        for module in _imported(ast.parse(path.read_bytes())):
            for target in (f"{module}.py", f"{module}/__init__.py"):
                if (root / target).exists():
                    importers[target].add(name)
    sizes = {path.relative_to(root).as_posix(): path.stat().st_size for path in tests}
    known = {module: frozenset(names) for module, names in importers.items()}
    return ImportMap(known, sizes, frozenset(f"tests/{name}" for name in left_out))


def _imported(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name.replace(".", "/") for name in found if name.startswith("kinebench")}
