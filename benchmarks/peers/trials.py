"""The problems of the head to head: two of the laboratory's, four public squats."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.peers.problem import Problem, shared
from benchmarks.timing.ik_trials import real_trials
from kinebench.core.ik_tasks import IKTasks
from kinebench.lab import Population, SoftTissue, record
from kinebench.lab.motions.gait import Gait
from kinebench.lab.motions.squat import Squat

SQUATS = ("subject 0 Squats_0", "subject 0 Asym_0", "subject 4 squats1", "subject 4 squatsAsym1")


def laboratory() -> Iterator[Problem]:
    """Markers on moving skin, all of one weight: what a peer without weights solves too."""
    for name, motion in (("virtual squat", Squat()), ("virtual gait", Gait())):
        recording = record(Population().subject(1), motion)
        markers = recording.optical_markers(SoftTissue(), name)
        equal = IKTasks(tuple((marker, 1.0) for marker in markers.names))
        yield shared(name, recording.model, markers, equal)


def problems(n_frames: int, real: bool) -> Iterator[Problem]:
    """The first `n_frames` of each trial; the public ones only if `real`."""
    found = list(laboratory())
    if real:
        for name in SQUATS:
            trial = next(real_trials(name))
            found.append(shared(name, trial.model, trial.markers, trial.tasks))
    for problem in found:
        kept = np.arange(min(n_frames, problem.markers.n_frames))
        markers = problem.markers.at_frames(kept)
        yield Problem(problem.name, problem.model, markers, problem.tasks)
