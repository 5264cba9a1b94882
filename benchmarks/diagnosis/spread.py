"""What swaps change, and how wrong figures are, where nothing is wrong.

``python -m benchmarks.diagnosis.spread`` writes `kinebench/diagnosis/spread.json`. Needs OpenCap's
model and augmenters; takes twenty minutes, half of it with ``--errors``, which measures the errors
alone and keeps what swaps change.
"""

from __future__ import annotations

import json
import re
import sys
import warnings
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import kinebench.diagnosis
from benchmarks.diagnosis.effects import pipeline_of, steps
from benchmarks.diagnosis.planted_errors import PRESETS
from benchmarks.diagnosis.planting import drawn
from benchmarks.diagnosis.sessions import ASYMMETRIC, SITTING, SQUAT, STANDING
from kinebench.core.arrays import FloatArray
from kinebench.diagnosis.figures import FIGURES, deepest_frames, figures_of
from kinebench.diagnosis.spread import Spread, Spreads, spreads
from kinebench.diagnosis.verdict import ANGLE_CHANGE, angle_change
from kinebench.diagnosis.why import diagnose
from kinebench.io.atomic import write_atomically
from kinebench.lab import Population, opencap_body, record
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions import MotionModel

__all__ = ["Measured", "errors_of", "measure", "parts_of", "spreads_of_errors", "write"]

SUBJECTS = range(1, 31)
PER_PRESET = range(1, 11)
FILE = Path(kinebench.diagnosis.__file__).with_name("spread.json")
NOTE = (
    "Made by python -m benchmarks.diagnosis.spread: mean, standard deviation and number of clean"
    " sessions. See kinebench/diagnosis/spread.py."
)
MOTIONS: tuple[MotionModel, ...] = (SQUAT, SITTING, ASYMMETRIC)


@dataclass(frozen=True, slots=True)
class Measured:
    """A clean session.

    Parameters
    ----------
    parts : dict of str to (n_figures + 1,)
        Per cause; the change of the angles comes last.
    """

    parts: dict[str, FloatArray]


def measure(number: int) -> Measured:
    """Film a subject of the population "calibration", and diagnose."""
    person, name = Population("calibration").subject(number), f"two_phones {number}"
    motion = MOTIONS[number % len(MOTIONS)]
    moving, standing = (
        record(person, course, two_phones(), 60.0, (name, part), opencap_body())
        for course, part in ((motion, "trial"), (STANDING, "static"))
    )
    found = diagnose(steps(), moving.as_trial(name, static=standing))
    parts = {
        cause: np.append(values, angle_change(found.times, found.course_parts[cause]))
        for cause, values in found.parts.items()
    }
    return Measured(parts)


def errors_of(draw: str, number: int, preset: str) -> FloatArray:
    """Figures (n_figures,) of a clean session minus the true ones, by exact solvers.

    Parameters
    ----------
    draw : str
    number : int
        Of the session, and of the person.
    preset : str
    """
    session = drawn(f"{draw} {preset}", number, (), preset)
    moving, static = session.recorded()
    trial = moving.as_trial(session.name, static=static)
    run = pipeline_of(session, trial)(trial)
    frames = deepest_frames(run.augmented)
    found = figures_of(run.scaling.model, run.solution.motion, run.augmented, frames)
    return found - figures_of(moving.model, moving.true_motion, moving.keypoints, frames)


def spreads_of_errors(errors: FloatArray) -> dict[str, Spread]:
    """Of errors (n_sessions, n_figures)."""
    # the truth has no floor of its own: its error is not known
    return {
        figure.name: _spread(column)
        for figure, column in zip(FIGURES, errors.T, strict=True)
        if figure.name != "floor_contact"
    }


def parts_of(sessions: Sequence[Measured]) -> dict[str, dict[str, Spread]]:
    """Of what swaps change, by cause and figure."""
    parts = defaultdict(list)
    for session in sessions:
        for cause, values in session.parts.items():
            parts[cause].append(values)
    names = [*(figure.name for figure in FIGURES), ANGLE_CHANGE.name]
    return {
        cause: dict(zip(names, map(_spread, np.array(found).T), strict=True))
        for cause, found in sorted(parts.items())
    }


def _spread(values: FloatArray) -> Spread:
    return Spread(float(np.nanmean(values)), float(np.nanstd(values, ddof=1)), len(values))


def write(found: Spreads, path: Path = FILE) -> None:
    """The file that kinebench comes with, a figure a line."""
    text = json.dumps(found.as_json(), indent=1, ensure_ascii=False)
    write_atomically(path, re.sub(r"\[\s+(\S+)\s+(\S+)\s+(\S+)\s+\]", r"[\1 \2 \3]", text) + "\n")


def main() -> None:
    """Measure and write."""
    warnings.simplefilter("ignore")
    errors = [errors_of("spread", n, preset) for preset in PRESETS for n in PER_PRESET]
    kept = "--errors" in sys.argv[1:]
    parts = spreads().parts if kept else parts_of([measure(number) for number in SUBJECTS])
    write(Spreads(spreads_of_errors(np.array(errors)), parts, NOTE))


if __name__ == "__main__":
    main()
