"""Does the interval of the side drop cover the truth? ``python -m benchmarks.diagnosis.coverage``

Clean sessions of the population "coverage", which set no interval. The exact solvers stand in for
OpenSim's, which move the side drop by less than 2 mm. Needs OpenCap's files; takes two minutes.
"""

from __future__ import annotations

import warnings

from benchmarks.diagnosis.effects import steps
from benchmarks.diagnosis.planted_errors import PRESETS
from benchmarks.diagnosis.sessions import STANDING
from benchmarks.diagnosis.spread import MOTIONS
from kinebench.diagnosis.figures import FIGURES, deepest_frames, figures_of
from kinebench.diagnosis.spread import error_of
from kinebench.lab import Population, opencap_body, record
from kinebench.lab.camera import CameraError
from kinebench.pipeline.engines import with_engine

SUBJECTS = range(300, 312)


def error_m(number: int, preset: str, errors: CameraError) -> float:
    """Side drop of a clean session minus the true one."""
    person, name = Population("coverage").subject(number), f"{preset} {number}"
    motion = MOTIONS[number % len(MOTIONS)]
    moving, standing = (
        record(person, course, errors, 60.0, (name, part), opencap_body())
        for course, part in ((motion, "trial"), (STANDING, "static"))
    )
    pipeline = with_engine(steps(), "fast")
    run = pipeline(moving.as_trial(name, static=standing))
    frames = deepest_frames(run.augmented)
    found = figures_of(run.scaling.model, run.solution.motion, run.augmented, frames)[0]
    true = figures_of(moving.model, moving.true_motion, moving.keypoints, frames)[0]
    return float(found - true)


def main() -> None:
    """Count."""
    warnings.simplefilter("ignore")
    usual = error_of(FIGURES[0], "v0.3")
    assert usual is not None
    for preset, errors in PRESETS.items():
        found = [error_m(number, preset, errors) for number in SUBJECTS]
        covered = sum(abs(error - usual.mean) <= usual.half_width for error in found)
        print(f"{preset}: {covered} of {len(found)} covered")


if __name__ == "__main__":
    main()
