"""Motions: frozen parameters that become coordinates on any body; feet stay where they stand."""

from kinebench.lab.motions.gait import Gait
from kinebench.lab.motions.jumps import CounterMovementJump, DropJump
from kinebench.lab.motions.motion_model import MotionModel
from kinebench.lab.motions.replay import Replay
from kinebench.lab.motions.sit_to_stand import SitToStand
from kinebench.lab.motions.squat import Squat
from kinebench.lab.motions.standing import ArmRaise, Standing

__all__ = [
    "ArmRaise",
    "CounterMovementJump",
    "DropJump",
    "Gait",
    "MotionModel",
    "Replay",
    "SitToStand",
    "Squat",
    "Standing",
]
