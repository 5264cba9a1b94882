"""What virtual subjects do while an augmenter learns: motions with random parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from kinebench.lab.motions import (
    ArmRaise,
    CounterMovementJump,
    DropJump,
    Gait,
    MotionModel,
    SitToStand,
    Squat,
    Standing,
)
from kinebench.lab.posture import Stance

Numbers = np.random.Generator


def draw_motion(activity: str, numbers: Numbers) -> MotionModel:
    """A motion of that kind, its parameters uniform over what healthy adults do."""
    return ACTIVITIES[activity](numbers)


def _stance(numbers: Numbers) -> Stance:
    width = None if numbers.uniform() < 0.3 else numbers.uniform(0.14, 0.30)
    return Stance(width, toe_out_deg=numbers.uniform(0, 15), knee_deg=numbers.uniform(5, 10))


def _standing(numbers: Numbers) -> MotionModel:
    return Standing(
        3.5,
        sway_m=numbers.uniform(0.001, 0.006),
        lean_deg=numbers.uniform(-3, 12),
        name=f"sway {numbers.integers(1 << 30)}",
        stance=_stance(numbers),
    )


def _arm_raise(numbers: Numbers) -> MotionModel:
    return ArmRaise(
        height_deg=numbers.uniform(60, 150),
        plane=numbers.uniform(0, 0.6),
        tempo_s=numbers.uniform(2.0, 3.2),
        repetitions=1,
        stance=_stance(numbers),
    )


def _squat(numbers: Numbers) -> MotionModel:
    return Squat(
        depth_deg=numbers.uniform(50, 110),
        tempo_s=numbers.uniform(1.8, 3.2),
        repetitions=1,
        shift_m=numbers.uniform(-0.03, 0.03),
        drop_deg=numbers.uniform(-3, 3),
        twist_deg=numbers.uniform(-4, 4),
        butt_wink_deg=numbers.uniform(0, 14),
        lean_deg=numbers.uniform(15, 50),
        arms_deg=numbers.uniform(0, 90),
    )


def _sit_to_stand(numbers: Numbers) -> MotionModel:
    return SitToStand(
        seat_height_m=numbers.uniform(0.46, 0.60),
        rise_s=numbers.uniform(1.0, 1.9),
        sit_s=numbers.uniform(1.1, 2.0),
        pause_s=numbers.uniform(0.4, 0.8),
        repetitions=1,
        lean_deg=numbers.uniform(25, 50),
        feet_back_deg=numbers.uniform(5, 18),
    )


def _gait(numbers: Numbers) -> MotionModel:
    return Gait(
        speed_m_s=numbers.uniform(0.8, 1.5),
        cadence_per_min=numbers.uniform(98, 122),
        step_width_m=numbers.uniform(0.08, 0.16),
        heel_rise_deg=numbers.uniform(28, 40),
        toe_up_deg=numbers.uniform(12, 22),
        pelvis_turn_deg=numbers.uniform(2, 7),
        pelvis_drop_deg=numbers.uniform(1, 5),
        lean_deg=numbers.uniform(0, 8),
        arm_swing_deg=numbers.uniform(5, 25),
        toe_out_deg=numbers.uniform(2, 10),
    )


def _jump(numbers: Numbers) -> MotionModel:
    return CounterMovementJump(
        height_m=numbers.uniform(0.12, 0.35),
        depth_deg=numbers.uniform(70, 100),
        landing_deg=numbers.uniform(60, 90),
    )


def _drop_jump(numbers: Numbers) -> MotionModel:
    return DropJump(
        box_m=numbers.uniform(0.2, 0.35),
        height_m=numbers.uniform(0.12, 0.30),
        landing_deg=numbers.uniform(65, 90),
    )


ACTIVITIES: Mapping[str, Callable[[Numbers], MotionModel]] = MappingProxyType(
    {
        "standing": _standing,
        "arm raise": _arm_raise,
        "squat": _squat,
        "sit-to-stand": _sit_to_stand,
        "gait": _gait,
        "jump": _jump,
        "drop jump": _drop_jump,
    }
)
"""Activity to a function that draws a motion; `Numbers` come from the trial's name."""
