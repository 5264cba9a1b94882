"""OpenSim's answers on recordings and on spoiled stretches of them, kept in a folder.

Run with ``python -m benchmarks.solver.opensim_answers FOLDER SEED FIRST LAST`` to fill the folder
with versions FIRST to LAST − 1 beforehand: with several processes, or over night.
"""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from benchmarks.solver.perturbed import Version, perturbed
from benchmarks.solver.recordings import recordings
from benchmarks.timing.ik_trials import IKTrial
from kinebench.core import Markers, Motion
from kinebench.core.ik_tasks import IKTasks
from kinebench.errors import InverseKinematicsError
from kinebench.ik.opensim_engine import OpenSimIK
from kinebench.kinematics import read_tree

__all__ = ["Answers", "nth_version"]


@lru_cache(maxsize=1)
def _recordings() -> tuple[IKTrial, ...]:
    return tuple(recordings())


def nth_version(seed: int, number: int) -> tuple[IKTrial, Version]:
    """Version `number` of a seed; the recordings take turns."""
    known = _recordings()
    trial = known[number % len(known)]
    return trial, perturbed(trial.markers, np.random.default_rng((seed, number)))


@dataclass(frozen=True)
class Answers:
    """Motions by OpenSim's engine, computed once.

    The engine drives the solver inside OpenSim's tool frame by frame, with the tool's results,
    and starts anew where the tool would give up.
    """

    folder: Path

    def motion(self, key: str, trial: IKTrial, markers: Markers) -> Motion | None:
        """OpenSim's motion; None where it fails."""
        path = self.folder / f"{key}.npy"
        coordinates = tuple(c.as_coordinate() for c in read_tree(trial.model).coordinates)
        if not path.exists():
            np.save(path, _values(trial, markers, tuple(c.name for c in coordinates)))
        values = np.load(path)
        return Motion(coordinates, markers.times, values) if values.size else None


def _values(trial: IKTrial, markers: Markers, names: tuple[str, ...]) -> np.ndarray:
    """(n_frames, n_coordinates) of the whole tree; empty where OpenSim fails."""
    # a row of a TRC that ends with a missing marker is too short for OpenSim's reader
    order = np.argsort(-markers.missing.sum(axis=0), kind="stable")
    ordered = markers.select([markers.names[i] for i in order])
    tasks = IKTasks(tuple((name, trial.tasks.weights[name]) for name in ordered.names))
    try:
        motion = OpenSimIK(tasks)(trial.model, ordered).motion
    except InverseKinematicsError as error:
        print(f"{trial.name}: {error}", file=sys.stderr)
        return np.empty((0, 0))
    defaults = dict(zip(names, read_tree(trial.model).defaults, strict=True))
    columns = [
        motion.value(name) if name in motion.names else np.full(motion.n_frames, defaults[name])
        for name in names
    ]
    return np.stack(columns, axis=1)


def main(folder: str, seed: str, first: str, last: str) -> None:
    warnings.simplefilter("ignore")
    answers = Answers(Path(folder))
    answers.folder.mkdir(parents=True, exist_ok=True)
    for number in range(int(first), int(last)):
        trial, version = nth_version(int(seed), number)
        answers.motion(f"{seed}-{number}", trial, version.markers)


if __name__ == "__main__":
    main(*sys.argv[1:])
