"""Published anthropometry: the only numbers that the laboratory's body is made of.

Sources
-------
[1] de Leva P (1996) Adjustments to Zatsiorsky–Seluyanov's segment inertia parameters. J Biomech
    29(9): 1223–1230, table 4 with its alternative definitions. Men 1.741 m, 73.0 kg; women
    1.735 m, 61.9 kg.
[2] Gordon CC, Blackwell CL, Bradtmiller B et al. (2014) 2012 anthropometric survey of U.S. Army
    personnel (ANSUR II). Natick/TR-15/007: means over mean stature, 1.756 m and 1.629 m.
[3] Harrington ME, Zavatsky AB, Lawson SEM, Yuan Z, Theologis TN (2007) Prediction of the hip joint
    centre in adults, children, and patients with cerebral palsy. J Biomech 40(3): 595–602.
[4] Dumas R, Chèze L, Verriest J-P (2007) Adjustments to McConville et al. and Young et al. body
    segment inertial parameters. J Biomech 40(3): 543–553 (lumbar joint centre).
[5] Ross WD, Wilson NC (1974) A stratagem for proportional growth assessment. Acta Paediatr Belg
    28 Suppl: 169–182 (Phantom: 1.7018 m, both sexes; breadths of femur, humerus and wrist).
[6] Isman RE, Inman VT (1969) Anthropometric studies of the human foot and ankle. Bull Prosthet Res
    10-11: 97–129 (axes of ankle, subtalar joint and metatarsal break).
[7] Mantovani G, Ng KCG, Lamontagne M (2016) Regression models to predict hip joint centers in
    pathological hip population. Gait Posture 44: 48–54 (tissue over the iliac spines).
[8] Drillis R, Contini R (1966) Body segment parameters. New York University TR 1166.03, as in
    Winter DA (2009) Biomechanics and motor control of human movement, fig. 4.1: not used, since
    it gives the thigh to the greater trochanter and the upper arm to the acromion; the test of
    the body prints its lengths beside these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Sex = Literal["male", "female"]


@dataclass(frozen=True, slots=True)
class Segment:
    """Inertia of a segment [1].

    Parameters
    ----------
    length : float
        Between the end points of the table, over stature.
    mass : float
        Over body mass.
    centre : float
        Centre of mass from the proximal (cranial) end, over the length.
    gyration : (float, float, float)
        Radii of gyration about x (sagittal), y (longitudinal) and z (transverse), over the length.
    """

    length: float
    mass: float
    centre: float
    gyration: tuple[float, float, float]


def _segment(
    height_mm: float, length_mm: float, mass: float, centre: float, *radii: float
) -> Segment:
    """A row of the table: mass, centre and radii (sagittal, transverse, longitudinal) in %."""
    sagittal, transverse, longitudinal = (radius / 100 for radius in radii)
    gyration = (sagittal, longitudinal, transverse)
    return Segment(length_mm / height_mm, mass / 100, centre / 100, gyration)


SEGMENTS: Mapping[Sex, Mapping[str, Segment]] = MappingProxyType(
    {
        "male": MappingProxyType(
            {
                "head": _segment(1741, 203.3, 6.94, 59.76, 36.2, 37.6, 31.2),
                "upper trunk": _segment(1741, 170.7, 15.96, 29.99, 71.6, 45.4, 65.9),
                "middle trunk": _segment(1741, 215.5, 16.33, 45.02, 48.2, 38.3, 46.8),
                "lower trunk": _segment(1741, 145.7, 11.17, 61.15, 61.5, 55.1, 58.7),
                "upper arm": _segment(1741, 281.7, 2.71, 57.72, 28.5, 26.9, 15.8),
                "forearm": _segment(1741, 268.9, 1.62, 45.74, 27.6, 26.5, 12.1),
                "hand": _segment(1741, 86.2, 0.61, 79.00, 62.8, 51.3, 40.1),
                "thigh": _segment(1741, 422.2, 14.16, 40.95, 32.9, 32.9, 14.9),
                "shank": _segment(1741, 434.0, 4.33, 44.59, 25.5, 24.9, 10.3),
                "foot": _segment(1741, 258.1, 1.37, 44.15, 25.7, 24.5, 12.4),
            }
        ),
        "female": MappingProxyType(
            {
                "head": _segment(1735, 200.2, 6.68, 58.94, 33.0, 35.9, 31.8),
                "upper trunk": _segment(1735, 142.5, 15.45, 20.77, 74.6, 50.2, 71.8),
                "middle trunk": _segment(1735, 205.3, 14.65, 45.12, 43.3, 35.4, 41.5),
                "lower trunk": _segment(1735, 181.5, 12.47, 49.20, 43.3, 40.2, 44.4),
                "upper arm": _segment(1735, 275.1, 2.55, 57.54, 27.8, 26.0, 14.8),
                "forearm": _segment(1735, 264.3, 1.38, 45.59, 26.1, 25.7, 9.4),
                "hand": _segment(1735, 78.0, 0.56, 74.74, 53.1, 45.4, 33.5),
                "thigh": _segment(1735, 368.5, 14.78, 36.12, 36.9, 36.4, 16.2),
                "shank": _segment(1735, 432.3, 4.81, 44.16, 27.1, 26.7, 9.3),
                "foot": _segment(1735, 228.3, 1.29, 40.14, 29.9, 27.9, 13.9),
            }
        ),
    }
)
"""Table 4 of [1]. The foot's radii are about its own axes: sagittal, transverse, longitudinal."""


@dataclass(frozen=True, slots=True)
class Proportions:
    """Heights, lengths and breadths over stature.

    Parameters
    ----------
    hip_height : float
        Height of the trochanterion, taken as that of the hip joint centres [2].
    knee_height : float
        Height of the middle of the patella, taken as that of the knee axis [2].
    ankle_height : float
        Height of the lateral malleolus, taken as that of the ankle's centre [2].
    trunk_length, neck_length : float
        From the middle of the hip centres to that of the shoulder centres, and to C7 [1].
    acromion_height, acromion_breadth : float
        [2]
    upper_arm, forearm : float
        Shoulder to elbow centre, elbow to wrist centre [1].
    foot_length, foot_breadth, ball_length : float
        Heel to toe, breadth, and heel to the ball [2].
    crest_breadth : float
        Between the iliac crests [2].
    knee_breadth, elbow_breadth, wrist_breadth : float
        Over the epicondyles and the styloids [5].
    ankle_breadth : float
        Over the malleoli [2].
    thigh_radius, calf_radius : float
        Girth over 2π [2].
    lumbar_joint : (float, float)
        Forward and up from the middle of the anterior iliac spines, over their distance [4].
    """

    hip_height: float
    knee_height: float
    ankle_height: float
    trunk_length: float
    neck_length: float
    acromion_height: float
    acromion_breadth: float
    upper_arm: float
    forearm: float
    foot_length: float
    foot_breadth: float
    ball_length: float
    crest_breadth: float
    knee_breadth: float
    elbow_breadth: float
    wrist_breadth: float
    ankle_breadth: float
    thigh_radius: float
    calf_radius: float
    lumbar_joint: tuple[float, float]


PROPORTIONS: Mapping[Sex, Proportions] = MappingProxyType(
    {
        "male": Proportions(
            hip_height=0.5130,
            knee_height=0.2781,
            ankle_height=0.0415,
            trunk_length=515.5 / 1741,
            neck_length=603.3 / 1741,
            acromion_height=0.8204,
            acromion_breadth=0.2367,
            upper_arm=281.7 / 1741,
            forearm=268.9 / 1741,
            foot_length=0.1544,
            foot_breadth=0.0579,
            ball_length=0.1139,
            crest_breadth=0.1568,
            knee_breadth=95.2 / 1701.8,
            elbow_breadth=64.8 / 1701.8,
            wrist_breadth=52.1 / 1701.8,
            ankle_breadth=0.0426,
            thigh_radius=0.0566,
            calf_radius=0.0356,
            lumbar_joint=(-0.264, 0.126),
        ),
        "female": Proportions(
            hip_height=0.5191,
            knee_height=0.2757,
            ankle_height=0.0406,
            trunk_length=497.9 / 1735,
            neck_length=614.8 / 1735,
            acromion_height=0.8198,
            acromion_breadth=0.2244,
            upper_arm=275.1 / 1735,
            forearm=264.3 / 1735,
            foot_length=0.1512,
            foot_breadth=0.0570,
            ball_length=0.1108,
            crest_breadth=0.1678,
            knee_breadth=95.2 / 1701.8,
            elbow_breadth=64.8 / 1701.8,
            wrist_breadth=52.1 / 1701.8,
            ankle_breadth=0.0412,
            thigh_radius=0.0603,
            calf_radius=0.0365,
            lumbar_joint=(-0.289, 0.172),
        ),
    }
)

ANKLE_AXIS = (-0.1034, -0.1736, 0.9794)
"""Right talocrural axis (forward, up, right): 80° to the shank, 84° to the foot's midline [6]."""

SUBTALAR_AXIS = (0.6841, 0.6691, -0.2904)
"""Right subtalar axis: 42° above the sole, 23° medial of the foot's midline [6]."""

METATARSAL_AXIS = (0.4695, 0.0, -0.8829)
"""Right metatarsal break: 62° to the foot's midline [6]; toes bend downwards about it."""

TISSUE_OVER_ASIS_M, TISSUE_OVER_PSIS_M = 0.0097, 0.0196
"""Soft tissue between marker and bone [7]."""


def hip_joint_centre(pelvis_width: float, pelvis_depth: float) -> tuple[float, float, float]:
    """Right hip joint centre from the middle of the anterior iliac spines: x, y, z in m [3].

    Single-variable regressions of [3]; width is the distance of the anterior spines, depth that of
    their middle from the middle of the posterior spines, in m.
    """
    return (
        -0.24 * pelvis_depth - 0.0099,
        -0.30 * pelvis_width - 0.0109,
        0.33 * pelvis_width + 0.0073,
    )
