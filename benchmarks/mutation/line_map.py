"""Which tests execute a line, from what the recording plugin left."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from benchmarks.mutation.mutants import Mutant

FIXTURE = "fixture "


@dataclass(frozen=True, slots=True)
class LineMap:
    """Tests by module and line, and what each test takes.

    Attributes
    ----------
    tests : dict
        Module → line → tests.
    seconds : dict
        Test → duration with its own share of fixtures, s.
    """

    tests: dict[str, dict[int, frozenset[str]]]
    seconds: dict[str, float]

    def reaching(self, mutant: Mutant) -> frozenset[str]:
        """Tests that execute the changed place; none known where it runs at import only."""
        first, last = mutant.lines
        by_line = self.tests.get(mutant.path, {})
        found = [by_line[line] for line in range(first, last + 1) if line in by_line]
        return frozenset().union(*found)

    def of_module(self, path: str) -> frozenset[str]:
        """Tests that execute anything of a module."""
        return frozenset().union(*self.tests.get(path, {}).values())


def read_line_map(folder: Path) -> LineMap:
    """Put together what all processes recorded; a later recording replaces an earlier test."""
    seconds: dict[str, float] = {}
    users: dict[str, set[str]] = defaultdict(set)
    for path in sorted(folder.glob("tests.*.json"), key=lambda p: p.stat().st_mtime):
        facts = json.loads(path.read_text(encoding="utf-8"))
        for name, test in facts["tests"].items():
            if test.get("outcome") == "passed":
                seconds[name] = test.get("seconds", 0.0)
                for fixture in test.get("fixtures", ()):
                    users[fixture].add(name)
            else:
                seconds.pop(name, None)
    tests: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for path in sorted(folder.glob("lines.*")):
        for module, context, lines in _lines(path):
            names = users[context] if context.startswith(FIXTURE) else {context}
            known = {name for name in names if name in seconds}
            if known:
                for line in lines:
                    tests[module][line] |= known
    frozen = {
        module: {line: frozenset(names) for line, names in by_line.items()}
        for module, by_line in tests.items()
    }
    return LineMap(frozen, seconds)


def _lines(path: Path) -> list[tuple[str, str, list[int]]]:
    with sqlite3.connect(path) as data:
        rows = data.execute(
            "select file.path, context.context, numbits from line_bits"
            " join file on file.id = line_bits.file_id"
            " join context on context.id = line_bits.context_id"
        ).fetchall()
    found = []
    for file, context, bits in rows:
        lines = [8 * i + b for i, byte in enumerate(bits) for b in range(8) if byte >> b & 1]
        found.append(("kinebench/" + file.rsplit("/kinebench/", 1)[1], context, lines))
    return found
