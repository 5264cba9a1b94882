"""Joint centres, anatomical markers and keypoints of the laboratory's body, standing upright.

Everything is first placed in the room (x forward, y up, z right, soles at y = 0, hip centres at
x = 0); the body builder then expresses it in the bodies.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from kinebench.lab.anthropometry import (
    ANKLE_AXIS,
    METATARSAL_AXIS,
    TISSUE_OVER_ASIS_M,
    TISSUE_OVER_PSIS_M,
)
from kinebench.lab.dimensions import Dimensions

Point = tuple[float, float, float]

# Choices, not tables: a marker's radius, the shoulders behind the hips, the ankle along the foot.
_MARKER_RADIUS = 0.007
_SHOULDER_BEHIND = 0.012
_NECK_BEHIND_SHOULDER = 0.045
_HEEL_BEHIND_ANKLE = 0.25
_SUBTALAR_BELOW = 0.4


class Place(NamedTuple):
    """A point of a body, in the room's coordinates of the upright pose, m."""

    body: str
    point: Point


def mirrored(point: Point) -> Point:
    """The left side's point of a right side's."""
    x, y, z = point
    return x, y, -z


def default_origins(d: Dimensions) -> dict[str, Point]:
    """Origin of each body: its proximal joint centre; the pelvis' is between the iliac spines."""
    hip_z, shoulder = d.hip_z, (-_SHOULDER_BEHIND * d.stature, d.shoulder_height)
    pelvis = (-d.hip_x, d.hip_height - d.spine_y, 0.0)
    elbow_y, shoulder_z = d.shoulder_height - d.upper_arm, d.shoulder_breadth / 2
    right = {
        "femur": (0.0, d.hip_height, hip_z),
        "tibia": (0.0, d.knee_height, hip_z),
        "talus": (0.0, d.ankle_height, hip_z),
        "calcn": (0.0, (1 - _SUBTALAR_BELOW) * d.ankle_height, hip_z),
        "toes": (_ball_x(d), 0.0, hip_z),
        "humerus": (shoulder[0], d.shoulder_height, shoulder_z),
        "ulna": (shoulder[0], elbow_y, shoulder_z),
        "radius": (shoulder[0], elbow_y, shoulder_z + d.elbow_breadth / 4),
        "hand": (shoulder[0], elbow_y - d.forearm, shoulder_z),
    }
    origins: dict[str, Point] = {"pelvis": pelvis}
    origins["torso"] = (pelvis[0] + d.lumbar_x, pelvis[1] + d.lumbar_y, 0.0)
    for name, origin in right.items():
        origins[f"{name}_r"], origins[f"{name}_l"] = origin, mirrored(origin)
    return origins


def marker_places(d: Dimensions) -> dict[str, Place]:
    """The 43 anatomical markers, named as OpenCap's augmenter gives them (version v0.1's order)."""
    origins = default_origins(d)
    right = {**_pelvis_and_trunk(d, origins), **_leg(d, origins), **_foot(d), **_arm(d, origins)}
    neck_x = -(_SHOULDER_BEHIND + _NECK_BEHIND_SHOULDER) * d.stature
    placed = {"C7_study": Place("torso", (neck_x, d.neck_height, 0.0))}
    for stem, place in right.items():
        for side, name in (
            ("r", _RIGHT.get(stem, f"r_{stem}")),
            ("l", _LEFT.get(stem, f"L_{stem}")),
        ):
            body = place.body if place.body in ("pelvis", "torso") else f"{place.body}_{side}"
            point = place.point if side == "r" else mirrored(place.point)
            placed[f"{name}_study"] = Place(body, point)
    return placed


_RIGHT = {"ASIS": "r.ASIS", "PSIS": "r.PSIS", "HJC": "RHJC"}
_LEFT = {"ASIS": "L.ASIS", "PSIS": "L.PSIS", "HJC": "LHJC"}


def keypoint_places(d: Dimensions) -> dict[str, Place]:
    """The 20 keypoints of OpenCap's files: joint centres, and heel and toes on the skin."""
    o = default_origins(d)
    heel, length, breadth = _heel_x(d), d.foot_length, d.foot_breadth
    right = {
        "Shoulder": Place("torso", o["humerus_r"]),
        "Elbow": Place("humerus", o["ulna_r"]),
        "Wrist": Place("hand", o["hand_r"]),
        "Hip": Place("pelvis", o["femur_r"]),
        "Knee": Place("tibia", o["tibia_r"]),
        "Ankle": Place("tibia", o["talus_r"]),
        "BigToe": Place("toes", (heel + length, 0.008 * d.stature, d.hip_z - 0.25 * breadth)),
        "SmallToe": Place(
            "toes", (heel + 0.85 * length, 0.006 * d.stature, d.hip_z + 0.4 * breadth)
        ),
        "Heel": Place("calcn", (heel, 0.012 * d.stature, d.hip_z)),
    }
    shoulder, hip = o["humerus_r"], o["femur_r"]
    placed = {
        "Neck": Place("torso", (shoulder[0], shoulder[1], 0.0)),
        "midHip": Place("pelvis", (hip[0], hip[1], 0.0)),
    }
    for stem, place in right.items():
        one_body = place.body in ("pelvis", "torso")
        placed[f"R{stem}"] = Place(place.body if one_body else f"{place.body}_r", place.point)
        placed[f"L{stem}"] = Place(
            place.body if one_body else f"{place.body}_l", mirrored(place.point)
        )
    return placed


def _heel_x(d: Dimensions) -> float:
    return -_HEEL_BEHIND_ANKLE * d.foot_length


def _ball_x(d: Dimensions) -> float:
    return _heel_x(d) + d.ball_length


def _pelvis_and_trunk(d: Dimensions, origins: Mapping[str, Point]) -> dict[str, Place]:
    x, y, _ = origins["pelvis"]
    front = x + TISSUE_OVER_ASIS_M + _MARKER_RADIUS
    back = x - d.pelvis_depth - TISSUE_OVER_PSIS_M - _MARKER_RADIUS
    acromion = (
        origins["humerus_r"][0],
        d.acromion_height + _MARKER_RADIUS,
        0.465 * d.acromion_breadth,
    )
    return {
        "shoulder": Place("torso", acromion),
        "ASIS": Place("pelvis", (front, y, d.spines_breadth / 2)),
        "PSIS": Place("pelvis", (back, y, 0.19 * d.spines_breadth)),
        "HJC": Place("pelvis", origins["femur_r"]),
    }


def _leg(d: Dimensions, origins: Mapping[str, Point]) -> dict[str, Place]:
    z, knee = d.hip_z, d.knee_breadth / 2 + _MARKER_RADIUS
    ankle = origins["talus_r"]
    out = (d.ankle_breadth / 2 + _MARKER_RADIUS) / ANKLE_AXIS[2]
    lateral, medial = (
        tuple(c + sign * out * a for c, a in zip(ankle, ANKLE_AXIS, strict=True))
        for sign in (1, -1)
    )
    placed = {
        "knee": Place("femur", (0.0, d.knee_height, z + knee)),
        "mknee": Place("femur", (0.0, d.knee_height, z - knee)),
        "ankle": Place("tibia", (lateral[0], lateral[1], lateral[2])),
        "mankle": Place("tibia", (medial[0], medial[1], medial[2])),
    }
    for name, fraction, radius, degrees in (
        ("thigh1", 0.37, 1.0, 50.0), ("thigh2", 0.62, 0.85, 30.0), ("thigh3", 0.34, 1.0, -10.0),
    ):  # fmt: skip
        point = _around(z, d.hip_height - fraction * d.thigh, radius * d.thigh_radius, degrees)
        placed[name] = Place("femur", point)
    for name, fraction, radius, degrees in (
        ("sh1", 0.28, 1.1, 15.0), ("sh2", 0.57, 1.0, 35.0), ("sh3", 0.55, 1.0, -15.0),
    ):  # fmt: skip
        point = _around(z, d.knee_height - fraction * d.shank, radius * d.calf_radius, degrees)
        placed[name] = Place("tibia", point)
    return placed


def _around(z: float, y: float, radius: float, degrees: float) -> Point:
    """A point on a limb's skin: `degrees` from lateral towards the front."""
    angle, distance = math.radians(degrees), radius + _MARKER_RADIUS
    return distance * math.sin(angle), y, z + distance * math.cos(angle)


def _foot(d: Dimensions) -> dict[str, Place]:
    z, half = d.hip_z, d.foot_breadth / 2
    fifth_x = _ball_x(d) + half * METATARSAL_AXIS[0] / METATARSAL_AXIS[2]
    return {
        "calc": Place("calcn", (_heel_x(d) - _MARKER_RADIUS, 0.02 * d.stature, z)),
        "toe": Place("calcn", (_ball_x(d), 0.0125 * d.stature, z)),
        "5meta": Place("calcn", (fifth_x, 0.0075 * d.stature, z + half + _MARKER_RADIUS)),
    }


def _arm(d: Dimensions, origins: Mapping[str, Point]) -> dict[str, Place]:
    x, elbow_y, z = origins["ulna_r"]
    wrist_y = origins["hand_r"][1]
    elbow, wrist = (breadth / 2 + _MARKER_RADIUS for breadth in (d.elbow_breadth, d.wrist_breadth))
    return {
        "lelbow": Place("humerus", (x, elbow_y, z + elbow)),
        "melbow": Place("humerus", (x, elbow_y, z - elbow)),
        "lwrist": Place("radius", (x, wrist_y, z + wrist)),
        "mwrist": Place("radius", (x, wrist_y, z - wrist)),
    }
