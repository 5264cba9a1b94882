"""How much people differ in what they do, and from one repetition to the next.

Spreads are standard deviations of parameters of the laboratory's motions. Angles that come out, and
the published figures that they are held to, are in `benchmarks/laboratory/people.md`; a published
spread of a joint angle also holds how differently markers were placed, so that the spread of the
true movement is at most as large.

Sources
-------
[1] Bohannon RW (1997) Comfortable and maximum walking speed of adults aged 20–79 years. Age Ageing
    26: 15–19 (comfortable speed: SD 0.15 to 0.18 m/s in the twenties).
[2] Öberg T, Karsznia A, Öberg K (1993) Basic gait parameters: reference data for normal subjects,
    10–79 years of age. J Rehabil Res Dev 30: 210–223 (cadence, step length).
[3] Collins SH, Kuo AD (2013) Two independent contributions to step variability during over-ground
    human walking. PLoS ONE 8: e73597 (within a person: step width about 20 mm, step length about 20
    to 30 mm).
[4] Hausdorff JM (2005) Gait variability: methods, modeling and meaning. J NeuroEng Rehabil 2: 19
    (stride time: coefficient of variation about 1 to 3 % in healthy adults).
[5] Sekiya N, Nagasaki H (1998) Reproducibility of the walking patterns of normal young adults:
    test-retest reliability of the walk ratio. Gait Posture 7: 225–227 (speed goes with cadence:
    step length over cadence is nearly constant in a person).
[6] Sadeghi H, Allard P, Prince F, Labelle H (2000) Symmetry and limb dominance in able-bodied gait:
    a review. Gait Posture 12: 34–45 (able-bodied gait is often asymmetric; sizes are assumed).
[7] Zawadka M, Smolka J, Skublewska-Paszkowska M, Lukasik E, Gawda P (2020) How are squat timing and
    kinematics in the sagittal plane related to squat depth? J Sports Sci Med 19: 500–507 (depth,
    knee, ankle, hip and trunk go together).
[8] Baer GD, Ashburn AM (1995) Trunk movements in older subjects during sit-to-stand. Arch Phys Med
    Rehabil 76: 844–849 (rising takes 1.67 ± 0.27 s; rotation and sideways shift are small).
[9] Nuzik S, Lamb R, VanSant A, Hirt S (1986) Sit-to-stand movement pattern: a kinematic study. Phys
    Ther 66: 1708–1713.
[10] Markovic G, Dizdar D, Jukic I, Cardinale M (2004) Reliability and factorial validity of squat
    and countermovement jump tests. J Strength Cond Res 18: 551–555 (height: coefficient of
    variation of a person about 3 %; between people 10 to 20 %).
[11] Ford KR, Myer GD, Hewett TE (2007) Reliability of landing 3D motion analysis: implications for
    longitudinal analyses. Med Sci Sports Exerc 39: 2021–2028 (repeatability within a session).
[12] Herrington L (2011) Assessment of the degree of pelvic tilt within a normal asymptomatic
    population. Man Ther 16: 646–648 (standing: range 0 to 23°; from it a spread of 4 to 5°).
[13] Fuglsang EI, Telling AS, Sørensen H (2017) Effect of ankle mobility and segment ratios on trunk
    lean in the barbell back squat. J Strength Cond Res 31: 3024–3033 (stiff ankles, more lean).

Where a comment says nothing, the size is an *assumption*: chosen to look like healthy adults, with
half to twice of it plausible; `Movement` scales them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Spread:
    """How much a parameter differs.

    Parameters
    ----------
    between, within : float
        Standard deviation between people, and between repetitions (or, where the motion has one
        value for the whole trial, between trials) of a person; in the parameter's unit.
    least, most : float
        What is possible; values beyond are set to it.
    shared : (str, float), optional
        A trait of the person that several parameters follow, and the correlation with it: two
        parameters of one trait are correlated by the product.
    sided : bool
        It makes right and left differ.
    """

    between: float
    within: float = 0.0
    least: float = float("-inf")
    most: float = float("inf")
    shared: tuple[str, float] | None = None
    sided: bool = False


Spreads = Mapping[str, Spread]

_FEET: dict[str, Spread] = {
    "stance.wider_m": Spread(0.035, 0.0, -0.02, 0.14),
    "stance.toe_out_deg": Spread(5.0, 0.0, 0.0, 28.0),
    "stance.knee_deg": Spread(2.0, 0.5, 4.0, 14.0),
    "stance.right_ahead_m": Spread(0.012, 0.004, -0.035, 0.035, sided=True),
    "stance.right_toe_out_deg": Spread(3.0, 1.0, -10.0, 10.0, sided=True),
}
_CROOKED: dict[str, Spread] = {
    "shift_m": Spread(0.012, 0.005, -0.04, 0.06, sided=True),
    "drop_deg": Spread(1.2, 0.5, -4.0, 8.0, sided=True),
}

_SQUAT: dict[str, Spread] = {
    # depth is what people choose; between 10 and 15° of knee flexion in published squats [7]
    "depth_deg": Spread(11.0, 3.0, 60.0, 118.0, ("depth", 0.8)),
    "tempo_s": Spread(0.4, 0.12, 1.5, 4.5),
    # lean goes with depth, and against ankles that bend far [7, 13]
    "lean_deg": Spread(8.0, 1.5, 15.0, 58.0, ("ankle", -0.5)),
    "shank_share": Spread(0.035, 0.0, 0.28, 0.44, ("ankle", 0.9)),
    "butt_wink_deg": Spread(3.5, 1.0, 0.0, 18.0, ("depth", 0.4)),
    "arms_deg": Spread(15.0, 3.0, 0.0, 105.0),
    "twist_deg": Spread(1.5, 0.6, -6.0, 6.0, sided=True),
    **_CROOKED,
    **_FEET,
}
_SIT_TO_STAND: dict[str, Spread] = {
    "rise_s": Spread(0.27, 0.10, 0.9, 3.0, ("pace", 0.8)),  # between: [8]
    "sit_s": Spread(0.30, 0.12, 1.0, 3.4, ("pace", 0.8)),
    "lean_deg": Spread(7.0, 2.0, 20.0, 58.0),  # [9] for the order of size
    "feet_back_deg": Spread(3.5, 0.0, 4.0, 20.0),
    # everybody has the same chair: what is left is flesh
    "seat_height_m": Spread(0.008, 0.0, 0.50, 0.58),
    "arms_deg": Spread(10.0, 2.0, 0.0, 60.0),
    "twist_deg": Spread(1.2, 0.5, -5.0, 5.0, sided=True),
    **_CROOKED,
    **_FEET,
}
_GAIT: dict[str, Spread] = {
    # between: [1, 2]; they go together [5]: correlation 0.72
    "speed_m_s": Spread(0.15, 0.025, 0.75, 1.65, ("pace", 0.9)),
    "cadence_per_min": Spread(7.5, 1.7, 92.0, 130.0, ("pace", 0.8)),  # within: [4]
    "step_width_m": Spread(0.025, 0.020, 0.03, 0.22),  # within: [3]
    # toes bend by 45° at most, on the side that rises more as well
    "heel_rise_deg": Spread(4.0, 0.0, 30.0, 43.0),
    "push_off_deg": Spread(3.5, 0.0, 19.0, 37.0),
    "toe_up_deg": Spread(3.0, 0.0, 6.0, 21.0),
    "clearance_m": Spread(0.003, 0.0, 0.005, 0.02),
    "sway_m": Spread(0.005, 0.0, 0.008, 0.035),
    "pelvis_turn_deg": Spread(1.8, 0.0, 1.0, 10.0),
    "pelvis_drop_deg": Spread(1.0, 0.0, 0.5, 6.0),
    "lean_deg": Spread(2.0, 0.0, -2.0, 12.0),
    "arm_swing_deg": Spread(5.0, 0.0, 4.0, 32.0),
    "toe_out_deg": Spread(5.0, 0.0, -5.0, 20.0),
    "straightest_knee_deg": Spread(2.5, 0.5, 2.5, 11.0),
    "right_heel_rise_deg": Spread(3.0, 0.0, -4.0, 4.0, sided=True),  # [6]
    "step_difference_m": Spread(0.012, 0.0, -0.04, 0.04, sided=True),  # [6]: that there is one
}
_JUMP: dict[str, Spread] = {
    "height_m": Spread(0.05, 0.010, 0.10, 0.45, ("strength", 0.8)),  # [10]
    "depth_deg": Spread(9.0, 3.5, 62.0, 112.0, ("strength", 0.3)),
    "landing_deg": Spread(9.0, 4.0, 52.0, 105.0),  # within: of the order of [11]
    "down_s": Spread(0.08, 0.03, 0.45, 1.0),
    "recover_s": Spread(0.12, 0.05, 0.6, 1.4),
    "lean_ratio": Spread(0.22, 0.05, 0.4, 1.6),
    "arm_swing_deg": Spread(18.0, 4.0, 40.0, 150.0),
    **_CROOKED,
    **_FEET,
}
_DROP_JUMP: dict[str, Spread] = {
    "distance_m": Spread(0.05, 0.02, 0.22, 0.5),
    **{
        name: _JUMP[name]
        for name in ("height_m", "landing_deg", "recover_s", "lean_ratio", "arm_swing_deg")
    },
    **_CROOKED,
    **_FEET,
}

SPREADS: Mapping[str, Spreads] = MappingProxyType(
    {
        "Squat": _SQUAT,
        "SitToStand": _SIT_TO_STAND,
        "Gait": _GAIT,
        "CounterMovementJump": _JUMP,
        "DropJump": _DROP_JUMP,
        "ArmRaise": {
            "height_deg": Spread(12.0, 3.0, 60.0, 165.0),
            "plane": Spread(0.06, 0.02, 0.0, 1.0),
            "tempo_s": Spread(0.35, 0.10, 1.4, 4.5),
            "sway_m": Spread(0.0009, 0.0003, 0.001, 0.006),
            **_FEET,
        },
        "Standing": {
            "sway_m": Spread(0.0012, 0.0004, 0.001, 0.008),
            "lean_deg": Spread(1.5, 0.5, -4.0, 8.0),
            **_FEET,
        },
    }
)
"""Kind of motion to parameters; a dot leads into the stance."""

POSTURE: Spreads = MappingProxyType(
    {
        # [12]; the trunk above stays nearly where it is
        "pelvis_tilt": Spread(4.5, 0.6, shared=("pelvis", 1.0)),
        "lumbar_extension": Spread(4.5, 0.6, shared=("pelvis", -0.8)),
        "pelvis_list": Spread(0.4, 0.1, -1.2, 1.2, sided=True),
        "pelvis_rotation": Spread(1.2, 0.4, sided=True),
        "lumbar_bending": Spread(0.8, 0.3, sided=True),
        "lumbar_rotation": Spread(1.5, 0.5, sided=True),
        "arm_flex": Spread(5.0, 1.5),
        "arm_add": Spread(3.0, 0.8, -12.0, 9.0),
        "arm_rot": Spread(7.0, 2.0),
        "elbow_flex": Spread(5.0, 1.5, -10.0, 40.0),
        "pro_sup": Spread(10.0, 3.0, -35.0, 30.0),
        "arm_flex right": Spread(3.0, 1.0, sided=True),
        "arm_add right": Spread(1.5, 0.5, -4.0, 4.0, sided=True),
        "arm_rot right": Spread(4.0, 1.5, sided=True),
        "elbow_flex right": Spread(2.0, 1.0, -4.0, 4.0, sided=True),
        "pro_sup right": Spread(5.0, 2.0, -8.0, 8.0, sided=True),
    }
)
"""Constant deviations in deg from what the motion has: coordinates; of an arm's, both sides, and
with "right" by how much the right side's is larger than the left's."""

WANDER: Spreads = MappingProxyType(
    {
        "pelvis_tilt": Spread(0.0, 0.4),
        "pelvis_list": Spread(0.0, 0.15, sided=True),
        "pelvis_rotation": Spread(0.0, 0.4, sided=True),
        "lumbar_extension": Spread(0.0, 0.5),
        "lumbar_bending": Spread(0.0, 0.4, sided=True),
        "lumbar_rotation": Spread(0.0, 0.5, sided=True),
        **{
            f"{name}_{side}": Spread(0.0, size, sided=True)
            for name, size in (("arm_flex", 1.0), ("arm_add", 0.6), ("elbow_flex", 1.0))
            for side in "rl"
        },
        "hips_x": Spread(0.0, 0.0015),
        "hips_z": Spread(0.0, 0.0015, sided=True),
    }
)
"""Standard deviations of slow random courses during a trial, deg and m."""
