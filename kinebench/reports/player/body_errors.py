"""How far each body of the estimate is from the reference's, frame by frame."""

from __future__ import annotations

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError
from kinebench.metrics.evaluation import require_same_times
from kinebench.reports.player.skeleton import Skeleton

_TOPS_DEG = (1, 2, 4, 6, 10, 15, 20, 30, 45, 60, 90, 180)
_TOPS_MM = (2, 4, 10, 20, 30, 40, 60, 100, 150, 200, 300, 500, 1000, 2000, 5000)


def orientation_errors(reference: Skeleton, estimate: Skeleton) -> FloatArray:
    """Angle of the rotation from each body of the reference to that of the estimate.

    It holds the errors of all joints between ground and the body, and is free of the lengths of
    the model.

    Parameters
    ----------
    reference, estimate : Skeleton
        The same times.

    Returns
    -------
    (n_frames, n_bodies) rad, 0 to π
        For the estimate's bodies; NaN for bodies that the reference has not.
    """
    require_same_times(reference.times, estimate.times)
    mine, theirs = _matched(reference.anatomy.bodies, estimate.anatomy.bodies)
    R, S = reference.rotations[:, mine], estimate.rotations[:, theirs]
    # |R - S|² = 8 sin²(θ/2) in the Frobenius norm: precise for small angles, where arccos is not
    half = np.sqrt(np.sum((R - S) ** 2, axis=(-2, -1)) / 8.0)
    errors = np.full(estimate.rotations.shape[:2], np.nan)
    errors[:, theirs] = 2.0 * np.arcsin(np.minimum(half, 1.0))
    return errors


def point_errors(reference: Skeleton, estimate: Skeleton) -> FloatArray:
    """Distance of each drawn point of the estimate from the reference's.

    Returns
    -------
    (n_frames, n_points) m
        For the estimate's points; NaN for points that the reference has not.
    """
    require_same_times(reference.times, estimate.times)
    mine, theirs = _matched(reference.anatomy.point_names, estimate.anatomy.point_names)
    errors = np.full(estimate.positions.shape[:2], np.nan)
    gap = estimate.positions[:, theirs] - reference.positions[:, mine]
    errors[:, theirs] = np.linalg.norm(gap, axis=-1)
    return errors


def scale_top(errors: FloatArray, unit: str) -> float:
    """Round upper end of a colour scale that holds 99 % of the errors.

    Parameters
    ----------
    errors : array of ° or mm
    unit : {"°", "mm"}
    """
    finite = errors[np.isfinite(errors)]
    most = float(np.quantile(finite, 0.99)) if len(finite) else 0.0
    tops = _TOPS_DEG if unit == "°" else _TOPS_MM
    # an error that is round but for rounding needs no longer scale
    return float(next((top for top in tops if top >= 0.999 * most), tops[-1]))


def _matched(mine: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[list[int], list[int]]:
    shared = [name for name in theirs if name in mine]
    if not shared:
        raise ValueRangeError(
            f"reference ({', '.join(mine[:3])}, …) and estimate ({', '.join(theirs[:3])}, …)"
            " share no body"
        )
    return [mine.index(name) for name in shared], [theirs.index(name) for name in shared]
