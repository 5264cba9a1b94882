"""Where a `run`, a `why`, a `compare` and the cells of a study spend their time.

    python -m benchmarks.timing.profile [--only run why] [--repeats 3] [--before FILE] [--keep FILE]
                                        [--flames DIR]

Each command is run in processes of its own, warm (compiled code and public files are stored
already), on the public session `opencap-session-subject0`; the repeat with the least processor time
counts. With ``--keep`` the seconds are written as JSON, with ``--before`` they are shown beside
those of an earlier file. ``--flames`` writes one flame graph per command.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.timing.flame import flame_svg

ROOT = Path(__file__).resolve().parents[2]
SESSION, TRIAL = "opencap-session-subject0", "Squats_0"

Stack = tuple[str, ...]
Seconds = dict[str, tuple[float, float]]  # phase -> processor, wall clock

START, IMPORTS, CODE = "interpreter", "imports", "loading compiled code"
Rules = tuple[tuple[str, tuple[str, ...]], ...]
"""Name of a phase, and what the entries of its calls begin with."""

# whoever asks for them: the innermost call decides
_WITHIN: Rules = (
    (CODE, ("kinebench/kinematics/newton/compilation.py:", "numba/core/dispatcher.py:",
            "numba/core/caching.py:", "kinebench/kinematics/newton/stored_code.py:")),
    (IMPORTS, ("import ",)),
)  # fmt: skip
# the outermost call decides: error bars are error bars, though they use kinematics
_STAGES: Rules = (
    ("identification", ("kinebench/augmentation/identify.py:",)),
    ("augmentation", ("kinebench/augmentation/",)),
    ("scaling", ("kinebench/scaling/",)),
    ("inverse kinematics", ("kinebench/ik/", "kinebench/kinematics/")),
    ("error bars", ("kinebench/pipeline/error_bars.py:", "kinebench/uncertainty/")),
    ("checks", ("kinebench/pipeline/assessment.py:", "kinebench/quality/",
                "kinebench/pipeline/unit_check.py:")),
    ("writing", ("kinebench/pipeline/outputs.py:", "kinebench/pipeline/manifest.py:")),
    ("diagnosis", ("kinebench/diagnosis/features.py:", "kinebench/diagnosis/suspicion.py:",
                   "kinebench/diagnosis/verdict.py:", "kinebench/diagnosis/spread.py:",
                   "kinebench/diagnosis/figures.py:")),
    ("digests", ("kinebench/core/provenance.py:",)),
    ("alignment", ("kinebench/alignment/",)),
    ("lowest error", ("kinebench/comparison/lowest_error.py:",
                      "kinebench/comparison/best_lags.py:")),
    ("metrics", ("kinebench/metrics/", "kinebench/comparison/", "kinebench/statistics/")),
    ("laboratory", ("kinebench/lab/", "kinebench/studies/sources/")),
    ("pages and tables", ("kinebench/reports/", "kinebench/cli/why.py:_print")),
)  # fmt: skip
# whatever they call upon that is a stage counts there
_AROUND: Rules = (
    ("reading", ("kinebench/io/", "kinebench/datasets/", "kinebench/pipeline/session/",
                 "kinebench/cli/planning.py:session_of")),
    ("store", ("kinebench/studies/execution/store.py:", "kinebench/studies/execution/codec.py:")),
)  # fmt: skip
PHASES = (START, IMPORTS, CODE, *(name for name, _ in (*_AROUND, *_STAGES)), "other")


@dataclass(frozen=True, slots=True)
class Profile:
    """What a command was seen to do.

    Parameters
    ----------
    start : (float, float)
        Processor and wall-clock seconds before the first line of Python.
    stacks : tuple of (stack, processor s, wall-clock s)
        Outermost function first.
    """

    start: tuple[float, float]
    stacks: tuple[tuple[Stack, float, float], ...]

    @property
    def phases(self) -> Seconds:
        """Seconds by phase, those without any left out."""
        found = {phase: [0.0, 0.0] for phase in PHASES}
        found[START] = list(self.start)
        for stack, processor, clock in self.stacks:
            own = found[phase_of(stack)]
            own[0] += processor
            own[1] += clock
        return {name: (own[0], own[1]) for name, own in found.items() if own[1] > 0}


def phase_of(stack: Stack) -> str:
    """The phase that a call belongs to.

    Parameters
    ----------
    stack : tuple of str
        ``file:function`` or ``import module``, outermost first, files relative to the repository
        or to the folder of packages.
    """
    for entry in reversed(stack):
        for phase, beginnings in _WITHIN:
            if entry.startswith(beginnings):
                return phase
    for rules in (_STAGES, _AROUND):
        for entry in stack:
            for phase, beginnings in rules:
                if entry.startswith(beginnings):
                    return phase
    return "other"


def commands(folder: Path) -> dict[str, tuple[str, ...]]:
    """What is profiled, by name; results go to a folder."""
    run = ("run", SESSION, "--trial", TRIAL, "--overwrite")
    own = str(folder / "fast" / "kinematics.mot")
    return {
        "run": (*run, "--engine", "fast", "--out", str(folder / "fast")),
        "run, opensim": (*run, "--out", str(folder / "opensim")),
        "why": ("why", SESSION, "--trial", TRIAL, "--engine", "fast"),
        "compare": ("compare", str(_session_motion()), own),
        "study, 12 cells": ("-m", "benchmarks.timing.cells"),
    }


def _session_motion() -> Path:
    from kinebench.datasets import fetch_file

    return fetch_file(SESSION, f"test_data/subject0/OpenSimData/IK/{TRIAL}.mot")


def profiled(words: Sequence[str], repeats: int) -> Profile:
    """The repeat with the least processor time; what the command prints is dropped."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a warm start has its bytecode
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "profile.json"
        for _ in range(1 + repeats):  # the first one warms up
            subprocess.run(
                [sys.executable, "-m", "benchmarks.timing.sampling", str(path), *words],
                cwd=ROOT, env=environment, check=True, capture_output=True,
            )  # fmt: skip
            found.append(_read(path))
    return min(found[1:], key=lambda one: sum(processor for processor, _ in one.phases.values()))


def _read(path: Path) -> Profile:
    content = json.loads(path.read_text(encoding="utf-8"))
    stacks = (
        (_without_runner(tuple(map(relative, stack))), processor, clock)
        for stack, processor, clock in content["stacks"]
    )
    return Profile(tuple(content["interpreter"]), tuple(stacks))


def _without_runner(stack: Stack) -> Stack:
    """Without the sampler and runpy, which stand below everything."""
    places = [i for i, e in enumerate(stack) if e.startswith("benchmarks/timing/sampling.py:main")]
    own = stack[places[-1] + 1 :] if places else stack
    return tuple(entry for entry in own if not entry.startswith("<frozen runpy>"))


def relative(entry: str) -> str:
    """``file:function`` without the folders of this machine."""
    for folder in (f"{ROOT}/", *(f"{place}/" for place in sys.path if place)):
        if entry.startswith(folder):
            return entry.removeprefix(folder)
    return entry


def table(name: str, now: Seconds, before: Mapping[str, Sequence[float]] | None) -> str:
    """A command's phases in markdown, processor and wall-clock milliseconds."""
    rows = [phase for phase in PHASES if phase in now or (before and phase in before)]
    head = ["ms", "processor", "wall clock"]
    columns: list[Mapping[str, Sequence[float]]] = [now]
    if before is not None:
        head[1:1] = ["processor before", "wall clock before"]
        columns.insert(0, before)
    lines = [f"**{name}**\n", f"| {' | '.join(head)} |", "|---" + "|---:" * (len(head) - 1) + "|"]
    for phase in (*rows, "all"):
        cells = []
        for column in columns:
            chosen = column.values() if phase == "all" else [column.get(phase, (0.0, 0.0))]
            cells += [f"{1e3 * sum(each[i] for each in chosen):,.0f}" for i in (0, 1)]
        lines.append(f"| {phase} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Profile, print tables, draw."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="+", metavar="COMMAND")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--before", type=Path, metavar="FILE")
    parser.add_argument("--keep", type=Path, metavar="FILE")
    parser.add_argument("--flames", type=Path, metavar="DIR")
    asked = parser.parse_args()
    before = json.loads(asked.before.read_text(encoding="utf-8")) if asked.before else {}
    kept: dict[str, Seconds] = {}
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    print(f"least of {asked.repeats} repeats, {load} before\n")
    with tempfile.TemporaryDirectory() as folder:
        for name, words in commands(Path(folder)).items():
            if asked.only and name not in asked.only:
                continue
            found = profiled(words, asked.repeats)
            kept[name] = found.phases
            print(table(name, found.phases, before.get(name)), end="\n\n", flush=True)
            if asked.flames:
                stacks = ((stack, processor) for stack, processor, _ in found.stacks)
                path = asked.flames / f"{name.replace(',', '').replace(' ', '-')}.svg"
                path.write_text(flame_svg(f"kinebench {name}", stacks), encoding="utf-8")
    if asked.keep:
        asked.keep.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
