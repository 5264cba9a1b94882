"""What swaps change, and how wrong figures are, where nothing is wrong.

``python -m benchmarks.diagnosis.spread`` prints the constants of `kinebench.diagnosis.spread`.
Needs OpenCap's model and augmenters; takes twenty minutes, half of it with ``--errors``, which
prints the errors alone.
"""

from __future__ import annotations

import sys
import warnings
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.diagnosis.effects import pipeline_of, steps
from benchmarks.diagnosis.planted_errors import PRESETS
from benchmarks.diagnosis.planting import drawn
from benchmarks.diagnosis.sessions import ASYMMETRIC, SITTING, SQUAT, STANDING
from kinebench.core.arrays import FloatArray
from kinebench.diagnosis.figures import FIGURES, deepest_frames, figures_of
from kinebench.diagnosis.verdict import ANGLE_CHANGE, angle_change
from kinebench.diagnosis.why import diagnose
from kinebench.lab import Population, opencap_body, record
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions import MotionModel

__all__ = ["Measured", "constants", "error_constants", "errors_of", "measure"]

SUBJECTS = range(1, 31)
PER_PRESET = range(1, 11)
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


def error_constants(errors: FloatArray) -> str:
    """Source of the constants of errors (n_sessions, n_figures)."""
    # the truth has no floor of its own: its error is not known
    known = [index for index, one in enumerate(FIGURES) if one.name != "floor_contact"]
    rows = [f'    "{FIGURES[i].name}": {_spread(errors[:, i], len(errors))},' for i in known]
    return "\n".join(["_ERRORS = {", *rows, "}"])


def constants(sessions: Sequence[Measured]) -> str:
    """Source of the constants."""
    names = [figure.name for figure in FIGURES]
    lines = [f"N_SESSIONS = {len(sessions)}", ""]
    lines += ["_PARTS: Mapping[str, Mapping[str, Spread]] = {"]
    parts = defaultdict(list)
    for session in sessions:
        for cause, values in session.parts.items():
            parts[cause].append(values)
    for cause, found in sorted(parts.items()):
        lines.append(f'    "{cause}": {{')
        table = np.array(found).T
        lines += [
            f'        "{name}": {_spread(column)},'
            for name, column in zip((*names, ANGLE_CHANGE.name), table, strict=True)
        ]
        lines.append("    },")
    return "\n".join([*lines, "}"])


def _spread(values: FloatArray, n: int | None = None) -> str:
    of = "" if n is None else f", {n}"
    return f"Spread({np.nanmean(values):.2e}, {np.nanstd(values, ddof=1):.2e}{of})"


def main() -> None:
    """Measure and print."""
    warnings.simplefilter("ignore")
    errors = [errors_of("spread", n, preset) for preset in PRESETS for n in PER_PRESET]
    print(error_constants(np.array(errors)))
    if "--errors" not in sys.argv[1:]:
        print(constants([measure(number) for number in SUBJECTS]))


if __name__ == "__main__":
    main()
