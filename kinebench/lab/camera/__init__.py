"""What cameras and detectors do to keypoints: errors as stages, with units, in a chain.

A stage is called with keypoints and with names that seed its random numbers:
``error(keypoints, "subject 1", "squat")``; nothing else is random.
"""

from kinebench.lab.camera.bias import KeypointBias, PoseBias
from kinebench.lab.camera.chain import CameraError, Chain
from kinebench.lab.camera.gaps import Dropouts, SideOcclusion, SideSwaps
from kinebench.lab.camera.noise import ColouredNoise, HeavyTails, WhiteNoise
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.camera.space import ScaleError, VerticalOffset, WorldTilt
from kinebench.lab.camera.time import FrameRateChange, ImageFilter, Lag, TimeJitter

__all__ = [
    "CameraError",
    "Chain",
    "ColouredNoise",
    "Dropouts",
    "FrameRateChange",
    "HeavyTails",
    "ImageFilter",
    "KeypointBias",
    "Lag",
    "PoseBias",
    "ScaleError",
    "SideOcclusion",
    "SideSwaps",
    "TimeJitter",
    "VerticalOffset",
    "WhiteNoise",
    "WorldTilt",
    "two_phones",
]
