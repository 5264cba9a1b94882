"""`Dimensions`: lengths of an average person of some stature, from the cited proportions."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np

from kinebench.errors import ValueRangeError
from kinebench.lab.anthropometry import PROPORTIONS, SEGMENTS, Segment, Sex, hip_joint_centre

# No table gives these; they are choices, and the comparison with another body shows their size.
_SPINES_OVER_CRESTS = 0.85
_DEPTH_OVER_SPINES = 0.66
_SHOULDER_CENTRES_OVER_ACROMIA = 0.86


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Lengths in m of a body that stands upright, soles on the ground.

    Parameters
    ----------
    stature, hip_height, knee_height, ankle_height, shoulder_height, acromion_height, neck_height
        Heights above the ground; shoulder is the joint's centre, neck the seventh vertebra's spine.
    hip_x, hip_z, spine_y : float
        Hip centres behind, beside and below the middle of the anterior iliac spines.
    spines_breadth, pelvis_depth : float
        Between the anterior iliac spines, and from their middle to that of the posterior ones.
    lumbar_x, lumbar_y : float
        Lumbar joint from the middle of the anterior spines.
    shoulder_breadth, acromion_breadth : float
        Between the shoulders' centres, and between the acromia.
    upper_arm, forearm, foot_length, foot_breadth, ball_length : float
    knee_breadth, ankle_breadth, elbow_breadth, wrist_breadth : float
    thigh_radius, calf_radius : float
    """

    stature: float
    hip_height: float
    knee_height: float
    ankle_height: float
    shoulder_height: float
    acromion_height: float
    neck_height: float
    hip_x: float
    hip_z: float
    spine_y: float
    spines_breadth: float
    pelvis_depth: float
    lumbar_x: float
    lumbar_y: float
    shoulder_breadth: float
    acromion_breadth: float
    upper_arm: float
    forearm: float
    foot_length: float
    foot_breadth: float
    ball_length: float
    knee_breadth: float
    ankle_breadth: float
    elbow_breadth: float
    wrist_breadth: float
    thigh_radius: float
    calf_radius: float

    @property
    def thigh(self) -> float:
        """Hip centre to knee axis."""
        return self.hip_height - self.knee_height

    @property
    def shank(self) -> float:
        """Knee axis to ankle centre."""
        return self.knee_height - self.ankle_height


def mean_dimensions(height_m: float, sex: Sex | None = None) -> Dimensions:
    """Average lengths at a stature; without a sex, the means of both.

    Raises
    ------
    ValueRangeError
        For a height that is not between 0.5 and 2.6 m.
    """
    if not (math.isfinite(height_m) and 0.5 <= height_m <= 2.6):
        raise ValueRangeError(f"height_m must lie between 0.5 and 2.6 m, found {height_m!r}")
    if sex is not None:
        return _dimensions(height_m, sex)
    both = [_dimensions(height_m, one) for one in ("male", "female")]
    return Dimensions(
        *(float(np.mean([getattr(d, field.name) for d in both])) for field in fields(Dimensions))
    )


def mean_segments(sex: Sex | None = None) -> dict[str, Segment]:
    """Inertia of the segments; without a sex, the means of both."""
    if sex is not None:
        return dict(SEGMENTS[sex])
    return {
        name: Segment(
            (male.length + female.length) / 2,
            (male.mass + female.mass) / 2,
            (male.centre + female.centre) / 2,
            _mean3(male.gyration, female.gyration),
        )
        for (name, male), female in zip(
            SEGMENTS["male"].items(), SEGMENTS["female"].values(), strict=True
        )
    }


def _mean3(
    one: tuple[float, float, float], other: tuple[float, float, float]
) -> tuple[float, float, float]:
    x, y, z = ((a + b) / 2 for a, b in zip(one, other, strict=True))
    return x, y, z


def _dimensions(height_m: float, sex: Sex) -> Dimensions:
    p = PROPORTIONS[sex]
    spines = _SPINES_OVER_CRESTS * p.crest_breadth * height_m
    depth = _DEPTH_OVER_SPINES * spines
    hip_x, hip_y, hip_z = hip_joint_centre(spines, depth)
    return Dimensions(
        stature=height_m,
        hip_height=p.hip_height * height_m,
        knee_height=p.knee_height * height_m,
        ankle_height=p.ankle_height * height_m,
        shoulder_height=(p.hip_height + p.trunk_length) * height_m,
        acromion_height=p.acromion_height * height_m,
        neck_height=(p.hip_height + p.neck_length) * height_m,
        hip_x=hip_x,
        hip_z=hip_z,
        spine_y=hip_y,
        spines_breadth=spines,
        pelvis_depth=depth,
        lumbar_x=p.lumbar_joint[0] * spines,
        lumbar_y=p.lumbar_joint[1] * spines,
        shoulder_breadth=_SHOULDER_CENTRES_OVER_ACROMIA * p.acromion_breadth * height_m,
        acromion_breadth=p.acromion_breadth * height_m,
        upper_arm=p.upper_arm * height_m,
        forearm=p.forearm * height_m,
        foot_length=p.foot_length * height_m,
        foot_breadth=p.foot_breadth * height_m,
        ball_length=p.ball_length * height_m,
        knee_breadth=p.knee_breadth * height_m,
        ankle_breadth=p.ankle_breadth * height_m,
        elbow_breadth=p.elbow_breadth * height_m,
        wrist_breadth=p.wrist_breadth * height_m,
        thigh_radius=p.thigh_radius * height_m,
        calf_radius=p.calf_radius * height_m,
    )
