"""The laboratory's body: a full-body OpenSim model made of published anthropometry.

Names, signs and ranges of the coordinates are those of LaiUhlrich2022, so that set-ups and motions
fit both. Offsets, inertias, axes and markers come from the sources of
`kinebench.lab.anthropometry`; joints are ideal: hips and shoulders are balls, knees, elbows and the
joints of foot and forearm are hinges.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.model import Document, Model
from kinebench.kinematics import Tree, read_tree
from kinebench.lab.anthropometry import (
    ANKLE_AXIS,
    METATARSAL_AXIS,
    SUBTALAR_AXIS,
    Segment,
    Sex,
)
from kinebench.lab.dimensions import Dimensions, mean_dimensions, mean_segments
from kinebench.lab.landmarks import Place, default_origins, keypoint_places, marker_places
from kinebench.lab.osim_writer import (
    BodyPart,
    CoordinatePart,
    JointPart,
    marker_set,
    osim_model,
)
from kinebench.osim.edits import document_root, frozen_document

Point = tuple[float, float, float]

GENERIC_HEIGHT_M = 1.70
GENERIC_MASS_KG = 70.0

X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
_WRAPS = (-10.0, 10.0)


@dataclass(frozen=True, slots=True)
class Body:
    """A model with anatomical markers, and where a camera would see keypoints on it.

    Parameters
    ----------
    model : Model
        With its anatomical markers.
    keypoints : Document
        Marker set that fixes the keypoints to the model's bodies.
    """

    model: Model
    keypoints: Document

    @property
    def tree(self) -> Tree:
        """The model's tree with anatomical markers, then keypoints."""
        return read_tree(_with_keypoints(self.model, self.keypoints))

    @property
    def marker_names(self) -> tuple[str, ...]:
        """Anatomical markers."""
        return read_tree(self.model).marker_names

    @property
    def keypoint_names(self) -> tuple[str, ...]:
        """Names of the keypoints."""
        names = document_root(self.keypoints).iterfind(".//MarkerSet/objects/Marker")
        return tuple(marker.get("name", "") for marker in names)


@lru_cache(maxsize=128)
def _with_keypoints(model: Model, keypoints: Document) -> Model:
    root = document_root(model)
    holder = root.find("Model/MarkerSet/objects")
    assert holder is not None
    holder.extend(document_root(keypoints).iterfind(".//MarkerSet/objects/Marker"))
    return Model(model.name, frozen_document(root, model.name).xml)


@lru_cache(maxsize=16)
def generic_body(
    height_m: float = GENERIC_HEIGHT_M,
    mass_kg: float = GENERIC_MASS_KG,
    sex: Sex | None = None,
) -> Body:
    """An average body; without a sex, the mean of both.

    Parameters
    ----------
    height_m, mass_kg : float
    sex : {"male", "female"}, optional

    Raises
    ------
    ValueRangeError
        For a height that no person has.
    """
    d = mean_dimensions(height_m, sex)
    origins = default_origins(d)
    name = "kinebench_body" if sex is None else f"kinebench_body_{sex}"
    model = osim_model(
        name,
        _bodies(d, mean_segments(sex), mass_kg),
        _joints(origins),
        _located(marker_places(d), origins),
    )
    keypoints = marker_set(f"{name}_keypoints", _located(keypoint_places(d), origins))
    return Body(model, keypoints)


def _located(places: dict[str, Place], origins: dict[str, Point]) -> dict[str, tuple[str, Point]]:
    return {
        name: (place.body, _minus(place.point, origins[place.body]))
        for name, place in places.items()
    }


def _minus(one: Point, other: Point) -> Point:
    return one[0] - other[0], one[1] - other[1], one[2] - other[2]


# --- inertia


@dataclass(frozen=True, slots=True)
class _Lump:
    """A part of a body: mass, centre in the room, inertia (3, 3) about its centre."""

    mass: float
    centre: FloatArray
    inertia: FloatArray


def _bodies(d: Dimensions, segments: dict[str, Segment], mass_kg: float) -> list[BodyPart]:
    origins = default_origins(d)
    total = sum(segment.mass * (1 if name in _SINGLE else 2) for name, segment in segments.items())
    # the published fractions add up to 1 within 0.1 %; the model weighs exactly what was asked
    scale = mass_kg / total
    lumps = dict(_lumps(d, segments, origins))
    return [_combined(name, lumps[name], np.array(origins[name]), scale) for name in _ORDER]


_SINGLE = ("head", "upper trunk", "middle trunk", "lower trunk")
_ORDER = (
    "pelvis",
    *(f"{part}_{side}" for side in "rl" for part in ("femur", "tibia", "talus", "calcn", "toes")),
    "torso",
    *(f"{part}_{side}" for side in "rl" for part in ("humerus", "ulna", "radius", "hand")),
)


def _lumps(
    d: Dimensions, segments: dict[str, Segment], origins: dict[str, Point]
) -> Iterator[tuple[str, list[_Lump]]]:
    """Parts of each body; trunk segments lie on the line through the hips' middle."""
    trunk = {}
    top = d.hip_height + d.stature * sum(
        segments[name].length for name in ("upper trunk", "middle trunk", "lower trunk")
    )
    for name in ("upper trunk", "middle trunk", "lower trunk"):
        trunk[name] = _rod(segments[name], d.stature, (0.0, top, 0.0))
        top -= segments[name].length * d.stature
    head = _rod(segments["head"], d.stature, (0.0, d.stature, 0.0))
    yield "pelvis", [trunk["lower trunk"]]
    yield "torso", [head, trunk["upper trunk"], trunk["middle trunk"]]
    for side in "rl":
        for body, segment in (
            ("femur", "thigh"), ("tibia", "shank"), ("humerus", "upper arm"), ("hand", "hand"),
        ):  # fmt: skip
            yield f"{body}_{side}", [_rod(segments[segment], d.stature, origins[f"{body}_{side}"])]
        for body in ("ulna", "radius"):
            lump = _rod(segments["forearm"], d.stature, origins[f"ulna_{side}"], share=0.5)
            yield f"{body}_{side}", [lump]
        heel = (-0.25 * d.foot_length, d.ankle_height / 2, origins[f"calcn_{side}"][2])
        # shares of the foot's mass: a choice, no table divides it
        for body, share in (("talus", 0.1), ("calcn", 0.75), ("toes", 0.15)):
            foot = _foot(segments["foot"], d, heel, share)
            if body == "talus":
                foot = _Lump(foot.mass, np.array(origins[f"talus_{side}"]), foot.inertia)
            if body == "toes":
                toe_x = origins[f"toes_{side}"][0] + 0.13 * d.foot_length
                centre = np.array([toe_x, 0.008 * d.stature, heel[2]])
                foot = _Lump(foot.mass, centre, foot.inertia)
            yield f"{body}_{side}", [foot]


def _rod(segment: Segment, stature: float, top: Point, share: float = 1.0) -> _Lump:
    """A segment that hangs down from its proximal end."""
    length = segment.length * stature
    centre = np.array(top) - [0.0, segment.centre * length, 0.0]
    radii = np.array(segment.gyration) * length
    mass = share * segment.mass
    return _Lump(mass, centre, np.diag(mass * radii**2))


def _foot(segment: Segment, d: Dimensions, heel: Point, share: float) -> _Lump:
    sagittal, longitudinal, transverse = segment.gyration
    radii = np.array([longitudinal, sagittal, transverse]) * d.foot_length
    mass = share * segment.mass
    centre = np.array(heel) + segment.centre * d.foot_length * np.array(X)
    # a part has the whole's radii over its own share of the length's square
    return _Lump(mass, centre, np.diag(share * mass * radii**2))


def _combined(name: str, lumps: list[_Lump], origin: FloatArray, scale: float) -> BodyPart:
    """Lumps as one body: parallel axes."""
    mass = sum(lump.mass for lump in lumps)
    centre = sum(lump.mass * lump.centre for lump in lumps) / mass
    inertia = np.zeros((3, 3))
    for lump in lumps:
        r = lump.centre - centre
        inertia += lump.inertia + lump.mass * (r @ r * np.eye(3) - np.outer(r, r))
    x, y, z = (float(value) for value in centre - origin)
    xx, yy, zz = (float(value) for value in scale * np.diag(inertia))
    return BodyPart(name, scale * mass, (x, y, z), (xx, yy, zz))


# --- joints


def _degrees(low: float, high: float) -> tuple[float, float]:
    return math.radians(low), math.radians(high)


def _joints(origins: dict[str, Point]) -> Iterator[JointPart]:
    yield _pelvis_joint(origins["pelvis"])
    for side in "rl":
        yield from _leg_joints(origins, side)
    trunk = (("lumbar_extension", Z), ("lumbar_bending", X), ("lumbar_rotation", Y))
    yield _joint(
        origins, "back", "pelvis", "torso", *((n, axis, _degrees(-90, 90)) for n, axis in trunk)
    )
    for side in "rl":
        yield from _arm_joints(origins, side)


def _pelvis_joint(origin: Point) -> JointPart:
    turns = (
        CoordinatePart("pelvis_tilt", Z, _degrees(-90, 90)),
        CoordinatePart("pelvis_list", X, _degrees(-90, 90)),
        CoordinatePart("pelvis_rotation", Y, (-100.0, 100.0)),
    )
    shifts = tuple(
        CoordinatePart(f"pelvis_t{axis}", direction, limits, True, default)
        for axis, direction, limits, default in (
            ("x", X, (-100.0, 100.0), origin[0]),
            ("y", Y, (-30.0, 30.0), origin[1]),
            ("z", Z, (-100.0, 100.0), 0.0),
        )
    )
    return JointPart("ground_pelvis", "ground", "pelvis", (0.0, 0.0, 0.0), (*turns, *shifts))


def _joint(
    origins: dict[str, Point],
    name: str,
    parent: str,
    child: str,
    *coordinates: tuple[str, Point, tuple[float, float]],
) -> JointPart:
    parts = tuple(CoordinatePart(*coordinate) for coordinate in coordinates)
    return JointPart(name, parent, child, _minus(origins[child], origins[parent]), parts)


def _sided(axis: Point, side: str) -> Point:
    """A right side's axis of rotation; the left's is its mirror image (an axial vector)."""
    x, y, z = axis
    return axis if side == "r" else (-x, -y, z)


def _leg_joints(origins: dict[str, Point], side: str) -> Iterator[JointPart]:
    femur, tibia, talus, calcn, toes = (
        f"{part}_{side}" for part in ("femur", "tibia", "talus", "calcn", "toes")
    )
    hip = (
        (f"hip_flexion_{side}", Z, _degrees(-30, 120)),
        (f"hip_adduction_{side}", _sided(X, side), _degrees(-50, 30)),
        (f"hip_rotation_{side}", _sided(Y, side), _degrees(-40, 40)),
    )
    yield _joint(origins, f"hip_{side}", "pelvis", femur, *hip)
    for name, parent, child, axis, low, high in (
        ("walker_knee knee_angle", femur, tibia, (0.0, 0.0, -1.0), 0, 140),
        ("ankle ankle_angle", tibia, talus, ANKLE_AXIS, -50, 50),
        ("subtalar subtalar_angle", talus, calcn, SUBTALAR_AXIS, -35, 35),
        ("mtp mtp_angle", calcn, toes, METATARSAL_AXIS, -45, 30),
    ):
        joint, coordinate = (f"{part}_{side}" for part in name.split())
        turn = (coordinate, _sided(axis, side), _degrees(low, high))
        yield _joint(origins, joint, parent, child, turn)


def _arm_joints(origins: dict[str, Point], side: str) -> Iterator[JointPart]:
    humerus, ulna, radius, hand = (
        f"{part}_{side}" for part in ("humerus", "ulna", "radius", "hand")
    )
    shoulder = (
        (f"arm_flex_{side}", Z, _WRAPS),
        (f"arm_add_{side}", _sided(X, side), _WRAPS),
        (f"arm_rot_{side}", _sided(Y, side), _WRAPS),
    )
    yield _joint(origins, f"acromial_{side}", "torso", humerus, *shoulder)
    elbow = (f"elbow_flex_{side}", Z, _degrees(0, 150))
    yield _joint(origins, f"elbow_{side}", humerus, ulna, elbow)
    # from the head of the ulna, beside the wrist's centre, to the head of the radius
    head, wrist = origins["radius_r"], origins["hand_r"]
    run = np.array([0.0, head[1] - wrist[1], 2 * (head[2] - wrist[2])])
    x, y, z = (float(value) for value in run / np.linalg.norm(run))
    turn = (f"pro_sup_{side}", _sided((x, y, z), side), (0.0, math.radians(119.75)))
    yield _joint(origins, f"radioulnar_{side}", ulna, radius, turn)
    yield _joint(origins, f"radius_hand_{side}", radius, hand)
