"""Presets of rigs: the best guess, and the family of those that the recordings allow.

What recordings there are: OpenCap keypoints of three people, seven recordings (LabValidation
subjects 2 and 3, one OpenCap session), of which one walking trial has optical joint centres and the
others OpenCap's own augmented ones. One more recording, subject 2's drop jump, was held out. So
what differs between people rests on 2 degrees of freedom, what differs between recordings on 5, and
a shared bias that only optical markers show on a single person. ``python -m
benchmarks.laboratory.rigs`` prints every measure beside the family's.

Sources: best guess of layouts, opencap.ai/best-practices (two phones, 30 to 45° to both sides); of
spreads, the recordings; of corners and focal lengths, guesses that make lean and size come out as
in the one recording that shows them (22 mm per metre of lean, 11 mm per metre of size). How the
detector's spread divides among side, view, trial and posture is a guess too: recordings of two
cameras show their sum.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from kinebench.core.limits import Limit, require_limit
from kinebench.lab.camera.bias import KeypointBias
from kinebench.lab.camera.calibration import Calibration
from kinebench.lab.camera.detector import Detector
from kinebench.lab.camera.phones import Phones
from kinebench.lab.camera.rig import Rig
from kinebench.lab.seeds import generator

# Hip, knee and ankle: set until virtual keypoints lay from augmented joint centres as those of
# three people do. Slopes of the hip: four recordings of two people (30 to 43 mm per radian from
# augmented centres, 39 to 59 in the thigh's length). Optical hip centres of subject 3, the only
# ones, say (27, 28, 10) and (-25, -20, 6). The others: subject 3 alone, as in `OPENPOSE_BIAS`.
_BIASES = (
    KeypointBias("Hip", (31.0, 33.0, 19.0), (-10.0, -52.0, -3.0)),
    KeypointBias("midHip", (31.0, 33.0, 0.0), (-10.0, -52.0, 0.0)),
    KeypointBias("Knee", (2.0, 4.0, 5.0)),
    KeypointBias("Ankle", (16.0, -12.0, 0.0)),
    KeypointBias("Heel", (25.0, -20.0, 0.0)),
    KeypointBias("BigToe", (-25.0, -20.0, 0.0)),
    KeypointBias("SmallToe", (-15.0, -20.0, 0.0)),
    KeypointBias("Shoulder", (15.0, -35.0, 0.0), (-12.0, -4.0, 0.0)),
    KeypointBias("Neck", (15.0, -35.0, 0.0), (-12.0, -4.0, 0.0)),
    KeypointBias("Elbow", (30.0, -5.0, 5.0)),
    KeypointBias("Wrist", (-5.0, -20.0, -15.0)),
)

BEST_GUESS = Rig(
    Phones(count=2, angle_deg=38.0, distance_m=3.5),
    Calibration(scale_sd=0.006, lean_sd_deg=0.8, corner_px=0.15, focal_sd=0.005),
    Detector(
        _BIASES,
        person_sd_mm=(7.0, 4.0, 4.0),
        side_sd_mm=3.0,
        view_sd_mm=3.0,
        trial_sd_mm=3.0,
        posture_sd_mm=7.0,
        side_posture_sd_mm=4.0,
        view_posture_sd_mm=4.0,
        slow_sd_mm=3.0,
        slow_corner_hz=2.0,
        white_px=(0.28, 0.4),
        midpoints=True,
    ),
    sync_sd_ms=5.0,
)
"""What the recordings say at best."""


def rig(
    count: int = BEST_GUESS.phones.count,
    angle_deg: float = BEST_GUESS.phones.angle_deg,
    distance_m: float = BEST_GUESS.phones.distance_m,
    late_ms: float = BEST_GUESS.late_ms,
    corner_px: float = BEST_GUESS.calibration.corner_px,
) -> Rig:
    """The best guess with other phones, a late one, or a better or worse calibration.

    Parameters
    ----------
    count, angle_deg, distance_m : int, float, float
        As `Phones`.
    late_ms : float
        As `Rig`.
    corner_px : float
        As `Calibration`.
    """
    return replace(
        BEST_GUESS,
        phones=replace(BEST_GUESS.phones, count=count, angle_deg=angle_deg, distance_m=distance_m),
        calibration=replace(BEST_GUESS.calibration, corner_px=corner_px),
        late_ms=late_ms,
    )


# Degrees of freedom: three people, or six recordings.
_PEOPLE, _RECORDINGS = 2, 5
_CALIBRATION_SPREADS = ("scale_sd", "lean_sd_deg", "corner_px", "focal_sd")
_DETECTOR_SPREADS = (
    "side_sd_mm", "view_sd_mm", "trial_sd_mm", "posture_sd_mm", "side_posture_sd_mm",
    "view_posture_sd_mm", "slow_sd_mm",
)  # fmt: skip
# A shared bias known from three people, or from one, is uncertain by so many spreads of people.
_ERROR_OF_THREE, _ERROR_OF_ONE = 3**-0.5, 1.0
_NUMBER = Limit(0, 1_000_000)


def plausible_preset(number: int, seed: int = 0) -> Rig:
    """The member of that number of the family of presets that the recordings allow.

    Every uncertain parameter is drawn from what its degrees of freedom leave open, within the
    central 80 %: spreads as s √(ν / χ²_ν), shared biases by their standard error; layouts from the
    range that OpenCap advises.

    Parameters
    ----------
    number : int
        The same rig whichever other members are drawn.
    seed : int
        Another family.

    Raises
    ------
    ValueRangeError
        For a negative number or seed.
    """
    require_limit(number, _NUMBER, "the number of a plausible preset")
    require_limit(seed, _NUMBER, "the seed of plausible presets")
    draw = _Draws(number, seed)

    def drawn(part: Calibration | Detector, names: tuple[str, ...], dof: int) -> Any:
        return {name: draw.spread(name, getattr(part, name), dof) for name in names}

    guess = BEST_GUESS
    calibration, detector = guess.calibration, guess.detector
    people = draw.spread("people", 1.0, _PEOPLE)
    white = draw.spread("white", 1.0, _RECORDINGS)
    forwards, upwards, outwards = (_rounded(people * sd) for sd in detector.person_sd_mm)
    spread = (forwards, upwards, outwards)
    return Rig(
        replace(
            guess.phones,
            angle_deg=draw.between("angle", 30, 45),
            distance_m=draw.between("distance", 3.0, 4.5),
        ),
        replace(calibration, **drawn(calibration, _CALIBRATION_SPREADS, _PEOPLE)),
        replace(
            detector,
            biases=tuple(_moved(bias, spread, draw) for bias in detector.biases),
            person_sd_mm=spread,
            white_px=(
                _rounded(white * detector.white_px[0]),
                _rounded(white * detector.white_px[1]),
            ),
            slow_corner_hz=draw.between("corner", 1.0, 3.0),
            midpoints=draw.between("midpoints", 0.0, 1.0) < 0.5,
            **drawn(detector, _DETECTOR_SPREADS, _RECORDINGS),
        ),
        sync_sd_ms=draw.between("sync", 0.0, 10.0),
    )


def plausible_presets(count: int, seed: int = 0) -> tuple[Rig, ...]:
    """The first `count` members of the family."""
    return tuple(plausible_preset(number, seed) for number in range(count))


# Keypoints that move together; how far slopes of the hips differ between recordings, mm per rad.
_TOGETHER = {"midHip": "Hip", "Neck": "Shoulder"}
_SLOPE_ERROR = 5.0


class _Draws:
    """Draws within the central 80 % of what is believed, each by its name."""

    def __init__(self, number: int, seed: int) -> None:
        self._names = ("plausible", seed, number)

    def _shares(self, name: str, count: int = 1) -> np.typing.NDArray[np.float64]:
        return generator(*self._names, name).uniform(0.1, 0.9, count)

    def between(self, name: str, least: float, most: float) -> float:
        return _rounded(least + (most - least) * (self._shares(name)[0] - 0.1) / 0.8)

    def spread(self, name: str, measured: float, dof: int) -> float:
        """A true spread, of one that was measured with so many degrees of freedom."""
        from scipy.stats import chi2

        return _rounded(measured * np.sqrt(dof / chi2.ppf(self._shares(name)[0], dof)))

    def normal(self, name: str, count: int) -> np.typing.NDArray[np.float64]:
        from scipy.stats import norm

        return np.asarray(norm.ppf(self._shares(name, count)))


def _moved(bias: KeypointBias, spread: tuple[float, ...], draw: _Draws) -> KeypointBias:
    group = _TOGETHER.get(bias.keypoint, bias.keypoint)
    size = _ERROR_OF_THREE if group == "Hip" else _ERROR_OF_ONE
    error = size * np.array(spread) * draw.normal(f"bias of {group}", 3)
    slope = _SLOPE_ERROR * draw.normal(f"slope of {group}", 3)
    # what lies in the middle is off to neither side; without a shared slope there is none to miss
    error[2] *= bias.keypoint == group
    slope *= np.array(bias.per_flexion_mm) != 0
    forwards, upwards, outwards = (_rounded(v) for v in bias.offset_mm + error)
    first, second, third = (_rounded(v) for v in bias.per_flexion_mm + slope)
    return KeypointBias(bias.keypoint, (forwards, upwards, outwards), (first, second, third))


def _rounded(value: float) -> float:
    """Three digits, which is more than is known."""
    return float(f"{value:.3g}")
