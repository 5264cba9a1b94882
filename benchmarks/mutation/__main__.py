"""How many small faults in the wiring the tests notice. Writes reports/mutation.md.

    python -m benchmarks.mutation lines STORE              which test executes which line
    python -m benchmarks.mutation run STORE [--seed N] [--count N] [--workers N] [--again]
                                                           [--by-imports]
    python -m benchmarks.mutation controls STORE           the same tests on unchanged modules
    python -m benchmarks.mutation report STORE --seed N --seed N

STORE is a folder outside the repository, where nothing else lies: a mutant may delete or overwrite
what it should not. Verdicts in it are kept, so that a run can be stopped and taken up again.
`--again` judges those anew that survived. `lines` needs the package `coverage` and takes twice as
long as all tests; `--by-imports` does without it and runs whole test files near the module.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

from benchmarks.mutation.import_map import ImportMap, read_import_map
from benchmarks.mutation.line_map import LineMap, read_line_map
from benchmarks.mutation.mutants import Mutant, compiles, mutants
from benchmarks.mutation.report import write_report
from benchmarks.mutation.trials import Workshop

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("pipeline", "studies", "diagnosis", "cli", "scaling", "ik")
COUNT = 300
# by imports whole files are run: these take minutes, or start many processes
SLOW = frozenset(
    {
        "end_to_end/test_check.py", "end_to_end/test_ci_examples.py",
        "end_to_end/test_damaged_input.py", "end_to_end/test_demo.py",
        "end_to_end/test_faults.py", "end_to_end/test_gate_museum.py",
        "end_to_end/test_interruption.py", "unit/quality/test_planted_faults.py",
        "unit/reports/player/test_browser.py", "unit/reports/study/test_browser.py",
        "unit/studies/test_cluster.py", "unit/studies/test_pool.py",
        "unit/training/test_fitting.py", "unit/training/test_lab_1.py",
    }
)  # fmt: skip


def sample(root: Path, seed: int, count: int) -> list[Mutant]:
    """Mutants drawn at random, from each package in proportion to its places.

    A place is drawn first, then one of its changes: places that allow many do not count more.
    """
    generator = random.Random(seed)
    places: dict[str, list[list[Mutant]]] = {}
    for package in PACKAGES:
        by_place: dict[tuple[str, int, int], list[Mutant]] = {}
        for path in sorted((root / "kinebench" / package).rglob("*.py")):
            for mutant in mutants(root, path.relative_to(root).as_posix()):
                by_place.setdefault((mutant.path, mutant.start, mutant.stop), []).append(mutant)
        places[package] = list(by_place.values())
    total = sum(map(len, places.values()))
    drawn = []
    for found in places.values():
        for place in generator.sample(found, round(count * len(found) / total)):
            drawn.append(generator.choice([m for m in place if compiles(m, root)] or place))
    generator.shuffle(drawn)
    return drawn


def _lines(arguments: argparse.Namespace) -> int:
    tree = _copy(arguments.store, "lines")
    environment = {**_environment(tree), "KINEBENCH_LINES": str(arguments.store / "lines")}
    tests = arguments.tests or ["tests"]
    command = [sys.executable, "-m", "pytest", "-p", "benchmarks.mutation.recording", "-q"]
    options = ["-n", str(arguments.workers), "--dist", "loadfile", "-p", "no:cacheprovider"]
    return subprocess.run([*command, *options, *tests], cwd=tree, env=environment).returncode


def _run(arguments: argparse.Namespace) -> int:
    drawn = sample(ROOT, arguments.seed, arguments.count)
    file = arguments.store / f"sample-{arguments.seed}.json"
    file.write_text(json.dumps([{**asdict(m), "identity": m.identity} for m in drawn], indent=1))
    _in_workers(arguments, drawn, arguments.store / "verdicts", arguments.again)
    return 0


def _controls(arguments: argparse.Namespace) -> int:
    drawn = sample(ROOT, arguments.seed, arguments.count)
    unchanged = [replace(mutant, after=mutant.before) for mutant in drawn]
    _in_workers(arguments, unchanged, arguments.store / "controls", arguments.again)
    return 0


def _report(arguments: argparse.Namespace) -> int:
    write_report(arguments.store, arguments.seed, ROOT)
    return 0


def _in_workers(
    arguments: argparse.Namespace, drawn: list[Mutant], folder: Path, again: bool
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    waiting = [m for m in drawn if _is_waiting(folder / f"{m.identity}.json", again)]
    lines: LineMap | ImportMap = (
        read_import_map(ROOT, SLOW)
        if arguments.by_imports
        else read_line_map(arguments.store / "lines")
    )
    children = []
    for i in range(arguments.workers):
        child = os.fork()
        if child == 0:
            name = f"{folder.name}-{i}"
            tree = _copy(arguments.store, name)
            os.environ.update(_environment(tree))
            os.environ.pop("KINEBENCH_MIRROR", None)
            workshop = Workshop(tree, arguments.store / "scratch" / name, lines, arguments.longest)
            for mutant in waiting[i :: arguments.workers]:
                verdict = workshop.judge(mutant)
                text = json.dumps({**asdict(mutant), **asdict(verdict)}, indent=1)
                (folder / f"{mutant.identity}.json").write_text(text + "\n", encoding="utf-8")
                place = f"{mutant.path}:{mutant.line}"
                print(f"{verdict.outcome:12} {verdict.seconds:5.0f} s  {place}", flush=True)
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)


def _is_waiting(path: Path, again: bool) -> bool:
    if not path.exists():
        return True
    return again and json.loads(path.read_text(encoding="utf-8"))["outcome"] != "caught"


def _copy(store: Path, name: str) -> Path:
    """The repository's files in a folder of their own, compiled code of before kept."""
    tree = store / "trees" / name / "tree"
    tree.mkdir(parents=True, exist_ok=True)
    for folder in ("kinebench", "tests"):
        kept = {p.relative_to(ROOT) for p in (ROOT / folder).rglob("*") if p.is_file()}
        for path in (tree / folder).rglob("*"):
            is_gone = path.is_file() and path.relative_to(tree) not in kept
            if is_gone and "__pycache__" not in path.parts:
                path.unlink()
    left = shutil.ignore_patterns(".git", ".venv*", ".mypy_cache", ".ruff_cache")
    shutil.copytree(ROOT, tree, dirs_exist_ok=True, ignore=left)
    return tree


def _environment(tree: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "KINEBENCH_MIRROR"}
    cache = str(tree.parents[2] / "cache")  # without public files
    return {**kept, "PYTHONPATH": _paths(tree), "XDG_CACHE_HOME": cache, "OMP_NUM_THREADS": "1"}


def _paths(tree: Path) -> str:
    known = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return os.pathsep.join([str(tree), *(p for p in known if p and Path(p) != ROOT)])


def main() -> int:
    """Exit code 0, or that of the tests."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("lines", "run", "controls", "report"))
    parser.add_argument("store", type=Path, metavar="STORE")
    parser.add_argument("--seed", type=int, action="append", help="of the sample")
    parser.add_argument("--count", type=int, default=COUNT, help="mutants of the sample")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument(
        "--longest", type=float, default=90.0, metavar="S", help="tests of one of a mutant's stages"
    )
    parser.add_argument(
        "--by-imports", action="store_true", help="whole test files near the module, without lines"
    )
    parser.add_argument("--again", action="store_true", help="judge survivors anew")
    parser.add_argument("--tests", action="append", metavar="PATH", help="with `lines`: only these")
    arguments = parser.parse_args()
    arguments.store = arguments.store.resolve()
    seeds = arguments.seed or [1]
    if arguments.what == "report":
        arguments.seed = seeds
        return _report(arguments)
    arguments.seed = seeds[0]
    return {"lines": _lines, "run": _run, "controls": _controls}[arguments.what](arguments)


if __name__ == "__main__":
    raise SystemExit(main())
