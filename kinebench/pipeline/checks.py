"""Doubts about a scaled model that a person should read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from kinebench.core.results import ScalingResult
from kinebench.core.subject import Subject
from kinebench.posture.standing import far_from_standing
from kinebench.quality.model import model_mass, side_ratios

__all__ = ["scaling_warnings"]

# OpenSim's best practice for scaling: bony landmarks within 2 cm, RMS within 1 cm.
_LARGEST_ERROR_M = 0.02
_LARGEST_RMS_M = 0.01
# Left and right limb segments of healthy adults differ by 1 to 2 %.
_LARGEST_SIDE_RATIO = 0.03
# OpenCap's sanity check on the spread of scale factors.
_LARGEST_SPREAD = 1.0


def scaling_warnings(scaling: ScalingResult, subject: Subject) -> Iterator[str]:
    """Remarks on marker errors, scale factors, sides, pose and mass; none when all is well."""
    errors = scaling.marker_errors
    rms = float(np.sqrt(np.mean(errors**2))) if errors.size else 0.0
    if errors.max(initial=0.0) > _LARGEST_ERROR_M or rms > _LARGEST_RMS_M:
        worst = scaling.marker_names[int(errors.argmax())]
        yield (
            f"static marker errors: RMS {rms * 1e3:.1f} mm, largest {errors.max() * 1e3:.1f} mm"
            f" ({worst}); good practice is an RMS within {_LARGEST_RMS_M * 1e3:g} mm and a"
            f" largest within {_LARGEST_ERROR_M * 1e3:g} mm"
        )
    factors = np.array(list(scaling.body_scale_factors.values())).reshape(-1, 3)
    spread = float((factors.max(axis=0, initial=0) - factors.min(axis=0, initial=np.inf)).max())
    if spread > _LARGEST_SPREAD:
        yield (
            f"scale factors of the bodies differ by {spread:.2f}, more than {_LARGEST_SPREAD:g}:"
            " no person is built like that, the camera calibration is probably wrong"
        )
    for ratio, bodies in _by_ratio(side_ratios(scaling.body_scale_factors)).items():
        if abs(ratio - 1) > _LARGEST_SIDE_RATIO:
            yield (
                f"right {' and '.join(bodies)} {'are' if len(bodies) > 1 else 'is'} scaled"
                f" {(ratio - 1) * 100:+.1f} % against the left: the static pose gives limbs of"
                " different length"
            )
    yield from far_from_standing(scaling.static_pose)
    mass = model_mass(scaling.model)
    if abs(mass / subject.mass_kg - 1) > 0.01:
        yield f"the scaled model weighs {mass:.2f} kg, the subject {subject.mass_kg:.2f} kg"


def _by_ratio(ratios: Mapping[str, float]) -> dict[float, list[str]]:
    """Bodies of the same ratio together: one measurement scales several."""
    together: dict[float, list[str]] = {}
    for body, ratio in ratios.items():
        together.setdefault(round(ratio, 9), []).append(body)
    return together
