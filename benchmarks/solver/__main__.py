"""The fast engine beside OpenSim on all public recordings, as they are and spoiled: one table.

Run with ``python -m benchmarks.solver FOLDER [SEED [FIRST LAST]]``. OpenSim's answers are kept in
FOLDER; versions that `opensim_answers` has put there are not computed again.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.solver.judge import TOLERANCE, Verdict, judged
from benchmarks.solver.opensim_answers import Answers, nth_version
from benchmarks.solver.perturbed import KINDS
from benchmarks.solver.recordings import recordings
from benchmarks.timing.ik_cost import weighted_cost
from benchmarks.timing.ik_trials import IKTrial
from kinebench.core import IKSolution
from kinebench.ik.fast import FastIK
from kinebench.kinematics import read_tree

SEED = 20261128
N_VERSIONS = 2000


@cache
def _solved(name: str) -> IKSolution:
    trial = next(recordings(name))
    return FastIK(trial.tasks)(trial.model, trial.markers)


def print_recordings(answers: Answers) -> None:
    print("| recording | frames | RMS fast, mm | RMS OpenSim, mm | frames above | rivals |")
    print("|---|---:|---:|---:|---:|---:|")
    for trial in recordings():
        opensim = answers.motion(trial.name.replace(" ", "-"), trial, trial.markers)
        solution = _solved(trial.name)
        costs = [_cost(trial, motion) for motion in (solution.motion, opensim) if motion]
        rms = [f"{1e3 * np.sqrt(cost.mean()):.2f}" for cost in costs]
        above = int((costs[0] > costs[1] + TOLERANCE).sum()) if opensim else "OpenSim fails"
        rivals = int(np.isfinite(solution.rival_deg).sum())
        print(f"| {trial.name} | {len(costs[0])} | {' | '.join(rms)} | {above} | {rivals} |")


def _cost(trial: IKTrial, motion: object) -> np.ndarray:
    return weighted_cost(read_tree(trial.model), trial.tasks, motion, trial.markers)  # type: ignore[arg-type]


def verdicts(answers: Answers, seed: int, numbers: Sequence[int]) -> Iterator[Verdict]:
    """Verdicts of the versions that OpenSim can solve."""
    for number in numbers:
        trial, version = nth_version(seed, number)
        opensim = answers.motion(f"{seed}-{number}", trial, version.markers)
        if opensim is None:
            continue
        truth = _solved(trial.name).motion
        found = FastIK(trial.tasks)(trial.model, version.markers)
        yield judged(trial, version, truth, found.motion, opensim, found.rival_deg)


def print_versions(found: Sequence[Verdict]) -> None:
    print(
        "| perturbation | versions | frames | frames above | above and flagged"
        " | error fast, median, 99 % | OpenSim | difference, median, 99 % |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for kind in (*KINDS, "all"):
        rows = [row for row in found if kind in (*row.kinds, "all")]
        if rows:
            print(f"| {kind} | {len(rows)} | {_row(rows)} |")


def _row(rows: Sequence[Verdict]) -> str:
    above = np.concatenate([row.above for row in rows])
    rivals = np.concatenate([row.rivals for row in rows])
    fast = np.concatenate([row.fast_deg for row in rows])
    opensim = np.concatenate([row.opensim_deg for row in rows])
    spans = [
        f"{np.median(values):.2f}°, {np.percentile(values, 99):.1f}°"
        for values in (fast, opensim, fast - opensim)
    ]
    share = f"{above.sum()} ({100 * above.mean():.2f} %)"
    return " | ".join([str(len(above)), share, str(int((above & rivals).sum())), *spans])


def main(folder: str, seed: str = str(SEED), first: str = "0", last: str = str(N_VERSIONS)) -> None:
    warnings.simplefilter("ignore")
    answers = Answers(Path(folder))
    answers.folder.mkdir(parents=True, exist_ok=True)
    print_recordings(answers)
    print()
    start = time.process_time()
    found = list(verdicts(answers, int(seed), range(int(first), int(last))))
    print_versions(found)
    frames = sum(len(row.fast_cost) for row in found)
    print(f"\nSeed {seed}: {len(found)} versions, {frames} frames,", end=" ")
    print(f"{1e3 * (time.process_time() - start) / max(frames, 1):.1f} ms a frame in all.")


if __name__ == "__main__":
    main(*sys.argv[1:])
