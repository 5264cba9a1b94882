"""What a person should know of a scaled model, and of the pose that it was scaled on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kinebench.core.results import ScalingResult
from kinebench.core.subject import Subject
from kinebench.posture.standing import StandingQuality, far_from_standing
from kinebench.quality.model import model_mass, side_ratios
from kinebench.remarks import tell

# OpenSim's best practice for scaling: bony landmarks within 2 cm, RMS within 1 cm.
_LARGEST_ERROR_M = 0.02
_LARGEST_RMS_M = 0.01
# Left and right limb segments of healthy adults differ by 1 to 2 %.
_LARGEST_SIDE_RATIO = 0.03
# What checks of quality call the bodies of the legs.
_SEGMENTS = {"femur": "thigh", "tibia": "shank"}
# OpenCap's sanity check on the spread of scale factors.
_LARGEST_SPREAD = 1.0


def tell_of_scaling(scaling: ScalingResult, subject: Subject, recording: str) -> None:
    """Tell of marker errors, scale factors, sides, pose and mass that are not as they should be.

    Parameters
    ----------
    scaling : ScalingResult
    subject : Subject
    recording : {"movement", "static"}
        What was scaled on.
    """
    _tell_of_errors(scaling, recording)
    _tell_of_factors(scaling)
    for name, found in far_from_standing(scaling.static_pose).items():
        tell("static pose", found, where=(name,), recording=recording)
    mass = model_mass(scaling.model)
    if abs(mass / subject.mass_kg - 1) > 0.01:
        tell(
            "model mass",
            f"the scaled model weighs {mass:.2f} kg, the subject {subject.mass_kg:.2f} kg",
        )


def tell_of_standing(
    quality: StandingQuality, window_s: tuple[float, float], recording: str
) -> None:
    """Tell of a static window in which nobody stands still and upright."""
    faults = quality.faults()
    if faults:
        tell(
            "static pose",
            "the subject is not standing still and upright in the static window"
            f" {window_s[0]:.2f} to {window_s[1]:.2f} s: {', '.join(faults)}",
            spans_s=(window_s,),
            recording=recording,
        )


def _tell_of_errors(scaling: ScalingResult, recording: str) -> None:
    errors = scaling.marker_errors
    rms = float(np.sqrt(np.mean(errors**2))) if errors.size else 0.0
    if errors.max(initial=0.0) > _LARGEST_ERROR_M or rms > _LARGEST_RMS_M:
        worst = scaling.marker_names[int(errors.argmax())]
        tell(
            "static pose",
            f"static marker errors: RMS {rms * 1e3:.1f} mm, largest {errors.max() * 1e3:.1f} mm"
            f" ({worst}); good practice is an RMS within {_LARGEST_RMS_M * 1e3:g} mm and a"
            f" largest within {_LARGEST_ERROR_M * 1e3:g} mm",
            where=(worst,),
            recording=recording,
        )


def _tell_of_factors(scaling: ScalingResult) -> None:
    factors = np.array(list(scaling.body_scale_factors.values())).reshape(-1, 3)
    spread = float((factors.max(axis=0, initial=0) - factors.min(axis=0, initial=np.inf)).max())
    if spread > _LARGEST_SPREAD:
        tell(
            "scale factors",
            f"scale factors of the bodies differ by {spread:.2f}, more than {_LARGEST_SPREAD:g}:"
            " no person is built like that, the camera calibration is probably wrong",
        )
    for ratio, bodies in _by_ratio(side_ratios(scaling.body_scale_factors)).items():
        if abs(ratio - 1) > _LARGEST_SIDE_RATIO:
            tell(
                "model sides",
                f"right {' and '.join(bodies)} {'are' if len(bodies) > 1 else 'is'} scaled"
                f" {(ratio - 1) * 100:+.1f} % against the left: the static pose gives limbs of"
                " different length",
                where=[
                    f"{side} {_SEGMENTS.get(body, body)}"
                    for body in bodies
                    for side in ("right", "left")
                ],
            )


def _by_ratio(ratios: Mapping[str, float]) -> dict[float, list[str]]:
    """Bodies of the same ratio together: one measurement scales several."""
    together: dict[float, list[str]] = {}
    for body, ratio in ratios.items():
        together.setdefault(round(ratio, 9), []).append(body)
    return together
