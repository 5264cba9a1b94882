"""What swaps change, and how wrong figures are, where nothing is wrong.

``python -m benchmarks.diagnosis.spread`` prints the constants of `kinebench.diagnosis.spread`.
Needs OpenCap's model and augmenters; takes ten minutes.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.diagnosis.effects import steps
from benchmarks.diagnosis.sessions import ASYMMETRIC, SITTING, SQUAT, STANDING
from kinebench.core.arrays import FloatArray
from kinebench.diagnosis.figures import FIGURES, figures_of
from kinebench.diagnosis.verdict import ANGLE_CHANGE, angle_change
from kinebench.diagnosis.why import diagnose
from kinebench.lab import Population, opencap_body, record
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions import MotionModel

__all__ = ["Measured", "constants", "measure"]

SUBJECTS = range(1, 31)
MOTIONS: tuple[MotionModel, ...] = (SQUAT, SITTING, ASYMMETRIC)


@dataclass(frozen=True, slots=True)
class Measured:
    """A clean session.

    Parameters
    ----------
    error : (n_figures,)
        As it is minus the truth.
    parts : dict of str to (n_figures + 1,)
        Per cause; the change of the angles comes last.
    """

    error: FloatArray
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
    truth = figures_of(moving.model, moving.true_motion, moving.keypoints, found.deep)
    parts = {
        cause: np.append(values, angle_change(found.times, found.course_parts[cause]))
        for cause, values in found.parts.items()
    }
    return Measured(found.as_is - truth, parts)


def constants(sessions: Sequence[Measured]) -> str:
    """Source of the constants."""
    names = [figure.name for figure in FIGURES]
    lines = [f"N_SESSIONS = {len(sessions)}", "", "_ERRORS = {"]
    errors = np.array([session.error for session in sessions])
    # the truth has no floor of its own: its error is not known
    known = [index for index, name in enumerate(names) if name != "floor_contact"]
    lines += [f'    "{names[i]}": {_spread(errors[:, i])},' for i in known]
    lines += ["}", "", "_PARTS: Mapping[str, Mapping[str, Spread]] = {"]
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


def _spread(values: FloatArray) -> str:
    return f"Spread({np.nanmean(values):.2e}, {np.nanstd(values, ddof=1):.2e})"


def main() -> None:
    """Measure and print."""
    warnings.simplefilter("ignore")
    print(constants([measure(number) for number in SUBJECTS]))


if __name__ == "__main__":
    main()
