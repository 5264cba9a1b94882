"""Verdicts as a table and a list of survivors."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

JUDGED = Path(__file__).with_name("equivalent.json")

_HEAD = """# Small faults planted in the wiring

Made by `python -m benchmarks.mutation`. How many small changes of `pipeline`, `studies`,
`diagnosis`, `cli`, `scaling` and `ik` the tests notice, on a machine without public data files.

One place is drawn, in proportion to the places that each package has, then one of the changes that
can be made there: comparisons turned or moved by their boundary, arithmetic swapped, numbers one
more, one less or negated, truth values and conditions turned, `and` for `or`, `None` returned, the
other branch taken, statements, keywords and conditions dropped, arguments swapped, defaults
changed, `min` for `max`. Texts are left alone.

Which tests a mutant meets, until one fails: with a map of lines, those that execute its line (those
of its package first), then those that execute anything of its module, up to 90 s of tests in each
stage as they were timed; there a mutant that makes them take six times as long plus a minute
counts as caught. By imports (`--by-imports`), the eight test files that are nearest to its module,
that of its name first; there time catches nothing, and test files that take minutes or start
processes are run for the module of their name alone, so that the rate is a lower bound.

A mutant is *equivalent* when no input makes it behave otherwise, judged by reading; the reasons are
listed. The rate is of the others. Its interval is Wilson's, 95 %.
"""


def write_report(store: Path, seeds: Sequence[int], root: Path) -> None:
    """Write ``reports/mutation.md`` of the samples that were run."""
    from kinebench.io.atomic import write_atomically  # forks that judge import it from their tree

    judged = json.loads(JUDGED.read_text(encoding="utf-8"))
    parts = [_HEAD, *(f"## {title}\n\n{text}" for title, text in judged["sections"].items())]
    for seed in seeds:
        rows = _verdicts(store, seed)
        title = f"## Seed {seed}"
        note = judged["samples"].get(str(seed), "")
        parts += [title, note, _table(rows, judged["equivalent"]), _survivors(rows, judged)]
        parts.append(_equivalent(rows, judged["equivalent"]))
    controls = [json.loads(p.read_text("utf-8")) for p in (store / "controls").glob("*.json")]
    if controls:
        false = sum(row["outcome"] == "caught" for row in controls)
        parts += ["## False alarms", f"The same tests on {len(controls)} modules that were not"
                  f" changed: {false} failed."]  # fmt: skip
    text = "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"
    write_atomically(root / "reports" / "mutation.md", text.encode())


def _verdicts(store: Path, seed: int) -> list[dict[str, Any]]:
    drawn = json.loads((store / f"sample-{seed}.json").read_text(encoding="utf-8"))
    rows = []
    for mutant in drawn:
        path = store / "verdicts" / f"{mutant['identity']}.json"
        if path.exists():
            rows.append({**mutant, **json.loads(path.read_text(encoding="utf-8"))})
    return rows


def _table(rows: Sequence[dict[str, Any]], equivalent: dict[str, str]) -> str:
    lines = [
        "| package | mutants | equivalent | caught | survivors | caught of the others |",
        "|---|---|---|---|---|---|",
    ]
    packages = Counter(row["path"].split("/")[1] for row in rows)
    for package in [*packages, "all"]:
        own = [row for row in rows if package in (row["path"].split("/")[1], "all")]
        same = sum(row["identity"] in equivalent and row["outcome"] != "caught" for row in own)
        caught = sum(row["outcome"] == "caught" for row in own)
        others = len(own) - same
        shares = (len(own), same, caught, others - caught)
        lines.append(f"| {package} | {' | '.join(map(str, shares))} | {_rate(caught, others)} |")
    return "\n".join(lines)


def _rate(caught: int, total: int) -> str:
    if not total:
        return "–"
    share, z = caught / total, 1.96
    centre = (share + z**2 / (2 * total)) / (1 + z**2 / total)
    half = z * (share * (1 - share) / total + z**2 / (4 * total**2)) ** 0.5 / (1 + z**2 / total)
    return f"{share:.1%} ({centre - half:.0%} to {min(centre + half, 1):.0%})"


def _survivors(rows: Sequence[dict[str, Any]], judged: dict[str, Any]) -> str:
    left = [
        r for r in rows if r["outcome"] != "caught" and r["identity"] not in judged["equivalent"]
    ]
    lines = [
        _line(row, row["outcome"]) for row in sorted(left, key=lambda r: (r["path"], r["line"]))
    ]
    return "\n".join(["Survivors:", "", *lines]) if lines else "No survivors."


def _equivalent(rows: Sequence[dict[str, Any]], equivalent: dict[str, str]) -> str:
    same = [r for r in rows if r["identity"] in equivalent and r["outcome"] != "caught"]
    lines = [_line(row, equivalent[row["identity"]]) for row in same]
    return "\n".join(["Equivalent:", "", *lines]) if lines else ""


def _line(row: dict[str, Any], note: str) -> str:
    before, after = (" ".join(row[key].split()) for key in ("before", "after"))
    place = f"`{row['path'].removeprefix('kinebench/')}:{row['line']}`"
    inside = f" `{row['inside']}`" if row["inside"] else ""
    return f"- {place}{inside}: `{_short(before)}` → `{_short(after)}` – {note}"


def _short(text: str) -> str:
    return text if len(text) <= 70 else text[:67] + "…"
