"""Inverse kinematics head to head: other programs on our problems, judged by one cost.

Run with ``python -m benchmarks.peers [--environments DIR] [--frames N] [--only NAME] [--real]``.
Environments are made where they are missing; ``--real`` adds four public squats. Writes
``reports/peers.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.biomod import biomod
from benchmarks.peers.environments import OURS, PEERS, Peer, python_of
from benchmarks.peers.problem import Problem, answered_positions, excess, write_problem
from benchmarks.peers.trials import problems
from kinebench.core.arrays import FloatArray
from kinebench.kinematics import read_tree

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LIMIT_S = 600  # for one peer on one trial

HEADER = (
    "| program | frames/s | weighted RMS, mm: median, worst frame"
    " | cost by ours: median, worst frame | frames below ours | latency, ms: p50, p99"
    " | start, s | peak memory, MB | remarks |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|---|"
)


@dataclass(frozen=True)
class Answer:
    """What a peer's script left, or why there is nothing."""

    positions: FloatArray | None
    timing: dict[str, Any]
    failure: str = ""


def answer_of(peer: Peer, problem: Problem, folder: Path, environments: Path) -> Answer:
    """Run a peer on a problem's folder, in its interpreter and one thread."""
    try:
        python = python_of(peer, environments)
    except RuntimeError as error:
        return Answer(None, {}, str(error))
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    environment.pop("PYTHONPATH", None)
    if not peer.environment:
        environment["PYTHONPATH"] = str(ROOT)
    words = [str(python), str(HERE / peer.script), str(folder), *peer.arguments]
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, env=environment, timeout=LIMIT_S
        )
    except subprocess.TimeoutExpired:
        return Answer(None, {}, f"no answer within {LIMIT_S} s")
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"ended with {done.returncode}"]
        return Answer(None, {}, lines[-1])
    timing = json.loads((folder / f"{peer.name}.json").read_text(encoding="utf-8"))
    with np.load(folder / f"{peer.name}.npz") as file:
        positions = answered_positions(problem, file)
        if not peer.environment:
            _write_biomod(problem, folder, file)
    return Answer(positions, timing)


def _write_biomod(problem: Problem, folder: Path, ours: Any) -> None:
    """For biorbd: held motions stand where the median of our own poses has them."""
    tree = read_tree(problem.model)
    pose = tree.defaults
    middle = np.median(ours["values"], axis=0)
    for name, value in zip(ours["names"].tolist(), middle, strict=True):
        pose[tree.coordinate_index(name)] = value
    text = biomod(tree, pose, problem.markers.names)
    (folder / "model.bioMod").write_text(text, encoding="utf-8")


def row(peer: Peer, problem: Problem, answer: Answer, ours: FloatArray) -> str:
    """A line of the table."""
    if answer.positions is None:
        return f"| {peer.title} | – | – | – | – | – | – | – | fails: {answer.failure} |"
    judged, timing = excess(problem, answer.positions, ours), answer.timing
    latency = ", ".join(f"{ms:.2f}" for ms in timing["latency_ms"]) or "–"
    cells = (
        peer.title,
        f"{problem.markers.n_frames / timing['solve_s']:,.0f}",
        f"{np.median(judged.rms_mm):.3f}, {judged.rms_mm.max():.3f}",
        f"{np.median(judged.ratio):.4f}, {judged.ratio.max():.3f}",
        f"{int(judged.below.sum())}",
        latency,
        f"{timing['start_s']:.2f}",
        f"{timing['peak_mb']:.0f}",
        timing["remark"],
    )
    return f"| {' | '.join(cells)} |"


def table(problem: Problem, environments: Path) -> list[str]:
    """One trial: ours first, for the others are judged by it."""
    weights = sorted(set(problem.tasks.weights.values()))
    said = ", ".join(f"{weight:g}" for weight in weights)
    lines = [
        f"## {problem.name}",
        "",
        f"{problem.markers.n_frames} frames, {len(problem.markers.names)} markers, weights {said}.",
        "",
        HEADER,
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_problem(folder, problem)
        own = answer_of(OURS, problem, folder, environments)
        if own.positions is None:
            raise RuntimeError(f"{OURS.title} fails on {problem.name}: {own.failure}")
        lines.append(row(OURS, problem, own, own.positions))
        for peer in PEERS:
            answer = answer_of(peer, problem, folder, environments)
            lines.append(row(peer, problem, answer, own.positions))
            print(lines[-1], flush=True)
    return [*lines, ""]


def main() -> None:
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environments", type=Path, default=ROOT / ".peers")
    parser.add_argument("--frames", type=int, default=10**6, help="of each trial, at most")
    parser.add_argument("--only", default="", help="part of the name of the trials wanted")
    parser.add_argument("--real", action="store_true", help="the public squats too")
    parser.add_argument("--report", type=Path, default=ROOT / "reports" / "peers.md")
    options = parser.parse_args()
    lines = [(HERE / "text.md").read_text(encoding="utf-8").rstrip(), ""]
    lines += [f"{platform.machine()}, {os.cpu_count()} processors.", ""]
    for problem in problems(options.frames, options.real):
        if options.only in problem.name:
            lines += table(problem, options.environments)
            options.report.write_text("\n".join(lines), encoding="utf-8")
    print(f"written: {options.report}")


if __name__ == "__main__":
    main()
