"""Yaw and translation between two laboratories' frames, of motions as of markers.

Both keep their own vertical. The first half of the common part tells them; how far the second
half fits is told beside, for what is estimated on all frames always fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kinebench.alignment.joint_frames import JointFrame
from kinebench.alignment.records import Recording
from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.names import shared_names
from kinebench.errors import AlignmentError, ValueRangeError
from kinebench.geometry.registration import RigidTransform, register_vertical
from kinebench.geometry.rotations import rotation_about_vertical

_ROOT = ("pelvis_tx", "pelvis_ty", "pelvis_tz")
_ARM_M = 0.13
"""Half the distance of the iliac spines: the heading counts as if markers there told it."""

_FACES_ONE_WAY = 0.5  # length of the mean of unit vectors: of headings spread over 218° or more

_POINTS = _ARM_M * np.array([[0, 0, 0], [1, 0, 0], [-1, 0, 0], [0, 0, 1], [0, 0, -1]], dtype=float)


@dataclass(frozen=True, slots=True)
class LaboratoryFrame:
    """From the estimate's frame to the reference's.

    Parameters
    ----------
    transform : RigidTransform
        A turn about the vertical, and a translation; `rms` is the residual, m, on its own part.
    part_s : (float, float)
        On the reference's clock, what told it.
    rest_rms_m : float
        Residual on the rest.
    """

    transform: RigidTransform
    part_s: tuple[float, float]
    rest_rms_m: float

    @property
    def yaw_rad(self) -> float:
        """Turn about the vertical, rad."""
        return _yaw(self.transform)


def root_of(frames: Sequence[JointFrame]) -> JointFrame | None:
    """The joint that turns the pelvis in the room."""
    return next((f for f in frames if all(c.startswith("pelvis_") for c in f.coordinates)), None)


def find_frame(
    reference: Motion | Markers, estimate: Motion | Markers, root: JointFrame | None
) -> LaboratoryFrame | None:
    """Yaw and translation that bring the estimate onto the reference; None without a pelvis.

    Parameters
    ----------
    reference, estimate : Motion or Markers
        On the same times.
    root : JointFrame, optional
        Of motions.

    Raises
    ------
    AlignmentError
        The points do not determine a turn.
    """
    points = [_points(each, other, root) for each, other in
              ((reference, estimate), (estimate, reference))]  # fmt: skip
    if points[0] is None or points[1] is None:
        return None
    target, source = points[0], points[1]
    half = max(2, len(target) // 2)
    try:
        transform = register_vertical(source[:half], target[:half])
    except ValueRangeError as error:
        raise AlignmentError(f"the laboratories' frames cannot be matched: {error}") from error
    left = transform.apply(source[half:]) - target[half:]
    squares = (left**2).sum(axis=-1)
    rest = float(np.sqrt(np.nanmean(squares))) if np.isfinite(squares).any() else float("nan")
    part = float(reference.times[0]), float(reference.times[half - 1])
    return LaboratoryFrame(transform, part, rest)


def in_frame(recording: Recording, transform: RigidTransform, root: JointFrame | None) -> Recording:
    """The recording in another frame that shares its vertical."""
    if isinstance(recording, Markers):
        return replace(recording, positions=transform.apply(recording.positions))
    assert root is not None
    values = np.array(recording.values)
    places = [recording.names.index(name) for name in _ROOT]
    values[:, places] = transform.apply(values[:, places])
    turned = transform.R @ root.rotations(recording)
    columns = [recording.names.index(name) for name in root.coordinates]
    near = values[:, columns]
    # the heading turns along: the nearest set of angles to that
    near[:, [c.endswith("rotation") for c in root.coordinates]] += _yaw(transform)
    values[:, columns] = root.angles(turned, near)
    return replace(recording, values=values)


def facing(motion: Motion, root: JointFrame) -> RigidTransform:
    """The turn about the vertical after which the pelvis faces +X, in the mean.

    Tilt and list are turns about axes of the room: in a room that is turned by 90° they change
    places. Whose laboratory has its X axis where must not decide what an error is called, and
    OpenSim's X is forward. No turn for somebody who faces all ways alike.
    """
    forward = np.nanmean(root.rotations(motion)[:, :, 0], axis=0)
    if not np.hypot(forward[0], forward[2]) > _FACES_ONE_WAY:
        return RigidTransform(np.eye(3), np.zeros(3))
    heading = float(np.arctan2(-forward[2], forward[0]))
    return RigidTransform(rotation_about_vertical(-heading), np.zeros(3))


def _yaw(transform: RigidTransform) -> float:
    return float(np.arctan2(transform.R[0, 2], transform.R[0, 0]))


def _points(
    recording: Motion | Markers, other: Motion | Markers, root: JointFrame | None
) -> FloatArray | None:
    """(n_frames, n_points, 3) m: markers that both have, or five points of the pelvis."""
    if isinstance(recording, Markers) and isinstance(other, Markers):
        return recording.select(shared_names(recording.names, other.names)).positions
    assert isinstance(recording, Motion)
    if root is None:
        return None
    if not {*_ROOT, *root.coordinates} <= set(recording.names) & set(other.names):
        return None
    origin = recording.select(_ROOT).values[:, None]
    return np.asarray(origin + np.einsum("nij,pj->npi", root.rotations(recording), _POINTS))
