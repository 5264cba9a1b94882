"""`Anatomy`: how a person is built otherwise than a scaled model can be.

A model that is scaled by one factor per segment, and whose joints sit where the generic model has
them, fits itself perfectly. People differ in breadth and depth at equal length, in where the hip
centre lies in the pelvis, and in the direction of their joints' axes: what is then left after the
best scaling is the error of the model's form.

Sources
-------
[1] Harrington ME et al. (2007) Prediction of the hip joint centre in adults, children, and patients
    with cerebral palsy. J Biomech 40: 595–602; Sangeux M, Pillet H, Skalli W (2014) Which method of
    hip joint centre localisation should be used in gait analysis? Gait Posture 40: 20–25 (hip
    centres lie 5 to 10 mm per axis from where regressions put them).
[2] Bellemans J, Colyn W, Vandenneucker H, Victor J (2012) Is neutral mechanical alignment normal
    for all patients? Clin Orthop Relat Res 470: 45–53 (frontal alignment at the knee: SD 2.3°).
[3] Isman RE, Inman VT (1969) Bull Prosthet Res 10-11: 97–129 (ankle axis to the shank: SD 3.7°;
    subtalar axis: inclination SD 9°, deviation SD 11°, from which 6° are taken).
[4] Gordon et al. (2014) ANSUR II (breadths and girths at equal height: coefficients of variation of
    4 to 7 %).

The direction of the knee's axis in the transverse plane, and shoulders, are assumptions.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.model import Model
from kinebench.errors import ValueRangeError
from kinebench.kinematics.rotation import axis_rotation, body_fixed_xyz
from kinebench.lab.body import Body
from kinebench.lab.osim_writer import numbers
from kinebench.lab.seeds import generator
from kinebench.osim.edits import document_root, frozen_document, joint_frame

Point = tuple[float, float, float]
Named = tuple[tuple[str, Point], ...]

_LIMIT = 2.5
_SEGMENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "pelvis": ("pelvis",),
        "trunk": ("torso",),
        "thigh": ("femur_r", "femur_l", "patella_r", "patella_l"),
        "shank": ("tibia_r", "tibia_l"),
        "foot": tuple(f"{name}_{side}" for name in ("talus", "calcn", "toes") for side in "rl"),
    }
)
# which of x (depth), y (along) and z (breadth) differ: lengths of limbs are the subject's ratios
_AXES: Mapping[str, Point] = MappingProxyType(
    {
        "pelvis": (1.0, 1.0, 1.0),
        "trunk": (1.0, 0.0, 1.0),
        "thigh": (1.0, 0.0, 1.0),
        "shank": (1.0, 0.0, 1.0),
        "foot": (0.0, 1.0, 1.0),
    }
)
# markers and keypoints that are joint centres, and move with the joint
_CENTRES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "femur_r": ("RHJC_study", "RHip"),
        "femur_l": ("LHJC_study", "LHip"),
        "humerus_r": ("RShoulder",),
        "humerus_l": ("LShoulder",),
    }
)
# of each side, and of the difference between the sides, which are more alike than two people
_ALIKE = 0.35


@dataclass(frozen=True, slots=True)
class Build:
    """One person's departures from the scaled generic model.

    Parameters
    ----------
    breadths : tuple of (str, (float, float, float))
        Body to factors along its x, y and z, on top of those that scale it.
    centres : tuple of (str, (float, float, float))
        Body to how far the joint by which it hangs lies from its usual place, m, along the axes of
        the body that carries it.
    axes : tuple of (str, (float, float, float))
        Body to how the axes of its joint are turned, deg about the x, y and z of the joint's frame;
        the neutral pose stays.
    """

    breadths: Named = ()
    centres: Named = ()
    axes: Named = ()

    def __post_init__(self) -> None:
        for field in fields(self):
            named = tuple((str(n), _point(p)) for n, p in getattr(self, field.name))
            object.__setattr__(self, field.name, named)

    def built(self, body: Body) -> Body:
        """The body with joints and axes of this person; breadths are the scaling's.

        Raises
        ------
        ModelError
            For a body that hangs by no joint.
        """
        if not (self.centres or self.axes):
            return body
        root, keypoints = document_root(body.model), document_root(body.keypoints)
        for name, shift in self.centres:
            _add(joint_frame(root, name, "parent"), "translation", shift)
        for name, turn in self.axes:
            for end in ("parent", "child"):
                _turn(joint_frame(root, name, end), turn)
        for marked in (root, keypoints):
            for marker in marked.iterfind(".//MarkerSet/objects/Marker"):
                _add(marker, "location", self._shift_of(marker.get("name", "")))
        model = Model(body.model.name, frozen_document(root, body.model.name).xml)
        return Body(model, frozen_document(keypoints, body.keypoints.name))

    def _shift_of(self, marker: str) -> Point:
        shifts = dict(self.centres)
        if marker == "midHip":
            both = np.mean([shifts.get(f"femur_{side}", (0.0, 0.0, 0.0)) for side in "rl"], axis=0)
            return _point(both)
        for body, names in _CENTRES.items():
            if marker in names and body in shifts:
                return shifts[body]
        return (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Anatomy:
    """Spreads of builds in a population; all 0 is the scaled generic model.

    Parameters
    ----------
    breadth : float
        Of breadth, depth and, of the pelvis, height of a segment at equal length; a fraction [4].
    hip_centre_m : float
        Per axis, of each side [1].
    shoulder_centre_m : float
        Per axis; an assumption.
    knee_frontal_deg, knee_transverse_deg : float
        Direction of the knee's axis: [2], and an assumption.
    ankle_deg, subtalar_deg : float
        Direction of these axes [3].
    """

    breadth: float = 0.05
    hip_centre_m: float = 0.006
    shoulder_centre_m: float = 0.006
    knee_frontal_deg: float = 2.3
    knee_transverse_deg: float = 4.0
    ankle_deg: float = 3.7
    subtalar_deg: float = 6.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not (math.isfinite(value) and value >= 0):
                raise ValueRangeError(f"{field.name} must be 0 or more, found {value!r}")

    def build(self, person: str) -> Build:
        """The build of a person, from their identifier alone."""
        breadths = {
            body: _point(1 + self.breadth * _three(person, segment) * np.array(_AXES[segment]))
            for segment, bodies in _SEGMENTS.items()
            for body in bodies
        }
        centres: dict[str, Point] = {}
        axes: dict[str, Point] = {}
        for side in "rl":
            for body, spread in (("femur", self.hip_centre_m), ("humerus", self.shoulder_centre_m)):
                centres[f"{body}_{side}"] = _sided(person, body, side, spread * np.ones(3))
            knee = np.array([self.knee_frontal_deg, self.knee_transverse_deg, 0.0])
            # turns are axial vectors: their mirror image is the opposite of a shift's
            for body, spreads in (
                ("tibia", knee),
                ("talus", np.array([self.ankle_deg, self.ankle_deg, 0.0])),
                ("calcn", np.array([self.subtalar_deg, self.subtalar_deg, 0.0])),
            ):
                x, y, z = _sided(person, f"{body} axis", side, spreads)
                axes[f"{body}_{side}"] = (x, y, z) if side == "r" else (-x, -y, -z)
        return Build(*(_without_nothing(named) for named in (breadths, centres, axes)))


def _without_nothing(named: Mapping[str, Point]) -> Named:
    """Without entries that change nothing: zeros, and factors of one."""
    return tuple((n, p) for n, p in named.items() if set(p) not in ({0.0}, {1.0}))


def _three(*names: object) -> FloatArray:
    return np.clip(generator("build", *names).standard_normal(3), -_LIMIT, _LIMIT)


def _sided(person: str, what: str, side: str, spreads: FloatArray) -> Point:
    """The person's, and the side's own part, mirrored on the left."""
    common, own = _three(person, what), _three(person, what, side)
    x, y, z = spreads * (math.sqrt(1 - _ALIKE**2) * common + _ALIKE * own)
    return float(x), float(y), float(z if side == "r" else -z)


def _add(element: ET.Element, tag: str, change: Point) -> None:
    if any(change):
        old = [float(cell) for cell in (element.findtext(tag) or "0 0 0").split()]
        _write(element, tag, [a + b for a, b in zip(old, change, strict=True)])


def _turn(frame: ET.Element, degrees: Point) -> None:
    """Turn a frame about its own axes, by a rotation vector."""
    a, b, c = (float(cell) for cell in (frame.findtext("orientation") or "0 0 0").split())
    vector = np.radians(degrees)
    angle = float(np.linalg.norm(vector))
    R = body_fixed_xyz(a, b, c) @ axis_rotation(vector / angle, angle)
    # R = Rx(a) Ry(b) Rz(c)
    b = math.asin(float(np.clip(R[0, 2], -1.0, 1.0)))
    _write(frame, "orientation", [math.atan2(-R[1, 2], R[2, 2]), b, math.atan2(-R[0, 1], R[0, 0])])


def _write(element: ET.Element, tag: str, values: Iterable[float]) -> None:
    found = element.find(tag)
    if found is None:
        found = ET.SubElement(element, tag)
    found.text = numbers(values)


def _point(values: Iterable[float]) -> Point:
    x, y, z = values
    point = float(x), float(y), float(z)
    if not all(map(math.isfinite, point)):
        raise ValueRangeError(f"expected three finite numbers, found {point}")
    return point
