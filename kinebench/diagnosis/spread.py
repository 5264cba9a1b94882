"""How much figures vary where nothing is wrong: measured once, on clean laboratory sessions.

Made by ``python -m benchmarks.diagnosis.spread``. Errors: clean sessions of the draw "spread", as
many under every camera preset of `benchmarks.diagnosis.planted_errors`, exact solvers (which move
the side drop by less than 2 mm). What swaps change: the `two_phones` preset (squat, asymmetric
squat, sit-to-stand; subjects 1 to 30 of the population "calibration"), OpenSim's tools.
Both: OpenCap's steps, augmenter v0.3 with 1 s of warm-up. A virtual person stands straighter and
moves more evenly than people do, so that the values are lower bounds. Units: m, rad, 1, as of the
figures. How often the interval of the side drop covers the truth in other sessions:
`benchmarks/diagnosis/coverage.md`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from kinebench.diagnosis.figures import Figure

ANGLE_CHANGE = Figure(
    "angle_change",
    "rad",
    "RMS change of the angles of pelvis and legs, over the fifth of a second where it is most",
    math.radians(1.0),
)
"""What a cause does to the angles over time, wherever that is; never negative."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and standard deviation over n clean sessions, in the unit of a figure."""

    mean: float
    sd: float
    n: int = 30

    @property
    def rms(self) -> float:
        """Root mean square."""
        return math.hypot(self.mean, self.sd)

    @property
    def half_width(self) -> float:
        """Of a 95 % prediction interval for another session: Student's, n − 1 degrees."""
        from scipy.special import stdtrit

        return float(stdtrit(self.n - 1, 0.975)) * math.sqrt(1 + 1 / self.n) * self.sd


def error_of(figure: Figure, augmenter: str) -> Spread | None:
    """A figure as it is minus the truth, at the deepest points; None where not measured."""
    return _ERRORS.get(figure.name) if augmenter == "v0.3" else None


def spread_of(cause: str, figure: Figure) -> Spread | None:
    """What swapping a cause changes of a figure; None for a cause that was not measured."""
    return _PARTS.get(cause, {}).get(figure.name)


def notable(cause: str, figure: Figure) -> float:
    """The larger of what is of interest and what a swap changes in clean sessions (RMS).

    It takes evidence besides to call a cause wrong: in clean sessions that is rare.
    """
    spread = spread_of(cause, figure)
    return figure.notable if spread is None else max(figure.notable, spread.rms)


N_SESSIONS = 30
"""Clean sessions that swaps were made in."""

_ERRORS = {
    "side_drop": Spread(2.54e-03, 7.13e-03, 90),
    "knee_drop": Spread(-1.79e-03, 6.95e-03, 90),
    "ankle_drop": Spread(-1.66e-03, 6.18e-03, 90),
    "pelvis_list": Spread(-1.52e-02, 4.30e-02, 90),
    "leg_length": Spread(-6.43e-04, 6.42e-03, 90),
    "hip_flexion": Spread(-1.68e-02, 3.29e-02, 90),
    "knee_flexion": Spread(-1.53e-02, 3.16e-02, 90),
    "ankle_flexion": Spread(-2.41e-02, 6.32e-02, 90),
    "unrest": Spread(3.33e-05, 3.38e-04, 90),
}

_PARTS: Mapping[str, Mapping[str, Spread]] = {
    "augmenter version": {
        "side_drop": Spread(6.15e-03, 8.22e-03),
        "knee_drop": Spread(3.77e-03, 7.88e-03),
        "ankle_drop": Spread(5.34e-03, 4.78e-03),
        "pelvis_list": Spread(-1.60e-02, 4.61e-02),
        "leg_length": Spread(-1.55e-03, 4.63e-03),
        "floor_contact": Spread(2.85e-03, 4.63e-03),
        "hip_flexion": Spread(-1.57e-03, 3.90e-02),
        "knee_flexion": Spread(-1.70e-02, 3.13e-02),
        "ankle_flexion": Spread(-1.88e-02, 6.15e-02),
        "unrest": Spread(-8.27e-05, 1.25e-04),
        "angle_change": Spread(1.91e-01, 2.99e-02),
    },
    "camera tilt": {
        "side_drop": Spread(-3.25e-04, 1.09e-03),
        "knee_drop": Spread(-5.90e-04, 1.49e-03),
        "ankle_drop": Spread(-1.29e-03, 8.60e-04),
        "pelvis_list": Spread(5.77e-04, 5.64e-03),
        "leg_length": Spread(1.48e-04, 1.13e-03),
        "floor_contact": Spread(2.70e-07, 1.62e-03),
        "hip_flexion": Spread(-1.02e-03, 2.03e-03),
        "knee_flexion": Spread(-2.12e-03, 2.62e-03),
        "ankle_flexion": Spread(4.92e-03, 6.22e-03),
        "unrest": Spread(2.92e-05, 1.78e-05),
        "angle_change": Spread(1.71e-02, 8.25e-03),
    },
    "keypoint noise": {
        "side_drop": Spread(2.42e-06, 5.06e-04),
        "knee_drop": Spread(1.98e-05, 7.96e-04),
        "ankle_drop": Spread(-1.18e-04, 5.38e-04),
        "pelvis_list": Spread(1.39e-04, 2.86e-03),
        "leg_length": Spread(-8.69e-05, 1.90e-03),
        "floor_contact": Spread(5.85e-05, 1.38e-03),
        "hip_flexion": Spread(-1.34e-04, 3.05e-03),
        "knee_flexion": Spread(-1.00e-03, 4.09e-03),
        "ankle_flexion": Spread(3.94e-03, 1.00e-02),
        "unrest": Spread(2.35e-05, 4.63e-05),
        "angle_change": Spread(6.79e-03, 6.25e-03),
    },
    "scaling set-up": {
        "side_drop": Spread(5.11e-04, 2.46e-03),
        "knee_drop": Spread(6.31e-04, 2.41e-03),
        "ankle_drop": Spread(-1.33e-05, 1.83e-03),
        "pelvis_list": Spread(1.84e-03, 1.48e-02),
        "leg_length": Spread(0.00e00, 0.00e00),
        "floor_contact": Spread(0.00e00, 0.00e00),
        "hip_flexion": Spread(-3.83e-04, 4.31e-03),
        "knee_flexion": Spread(-3.56e-03, 6.19e-03),
        "ankle_flexion": Spread(9.14e-03, 3.60e-02),
        "unrest": Spread(-2.25e-06, 1.08e-05),
        "angle_change": Spread(4.78e-02, 2.59e-02),
    },
    "solvers": {
        "side_drop": Spread(-2.15e-04, 5.53e-04),
        "knee_drop": Spread(-1.20e-04, 3.95e-04),
        "ankle_drop": Spread(-1.54e-04, 4.53e-04),
        "pelvis_list": Spread(1.06e-03, 2.71e-03),
        "leg_length": Spread(-6.41e-12, 1.89e-11),
        "floor_contact": Spread(0.00e00, 0.00e00),
        "hip_flexion": Spread(3.22e-04, 1.49e-03),
        "knee_flexion": Spread(2.20e-04, 1.24e-03),
        "ankle_flexion": Spread(-3.03e-04, 1.01e-02),
        "unrest": Spread(-1.11e-04, 3.00e-04),
        "angle_change": Spread(2.23e-02, 1.71e-02),
    },
    "static window": {
        "side_drop": Spread(4.26e-04, 2.14e-03),
        "knee_drop": Spread(4.59e-04, 2.54e-03),
        "ankle_drop": Spread(6.63e-04, 2.19e-03),
        "pelvis_list": Spread(-2.43e-03, 1.20e-02),
        "leg_length": Spread(-4.25e-04, 4.17e-03),
        "floor_contact": Spread(0.00e00, 0.00e00),
        "hip_flexion": Spread(-1.43e-03, 8.33e-03),
        "knee_flexion": Spread(-3.77e-04, 9.98e-03),
        "ankle_flexion": Spread(-7.44e-03, 3.23e-02),
        "unrest": Spread(4.58e-06, 2.63e-05),
        "angle_change": Spread(4.32e-02, 2.13e-02),
    },
}
