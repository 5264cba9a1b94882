"""What cameras and detectors do to keypoints: errors as stages, with units, in a chain.

A stage is called with keypoints and with names that seed its random numbers:
``error(keypoints, "subject 1", "squat")``; nothing else is random.

A `Rig` films and triangulates, where the other stages change what was reconstructed. Presets are
`two_phones`, the older one, the rig `BEST_GUESS`, and the family `plausible_presets`.
"""

from kinebench.lab.camera.bias import KeypointBias, PoseBias
from kinebench.lab.camera.calibration import Calibration
from kinebench.lab.camera.chain import CameraError, Chain
from kinebench.lab.camera.detector import Detector
from kinebench.lab.camera.gaps import Dropouts, SideOcclusion, SideSwaps
from kinebench.lab.camera.noise import ColouredNoise, HeavyTails, WhiteNoise
from kinebench.lab.camera.phones import Phones
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.camera.rig import Rig
from kinebench.lab.camera.rig_presets import BEST_GUESS, plausible_preset, plausible_presets, rig
from kinebench.lab.camera.space import ScaleError, VerticalOffset, WorldTilt
from kinebench.lab.camera.time import FrameRateChange, ImageFilter, Lag, TimeJitter

__all__ = [
    "BEST_GUESS",
    "Calibration",
    "CameraError",
    "Chain",
    "ColouredNoise",
    "Detector",
    "Dropouts",
    "FrameRateChange",
    "HeavyTails",
    "ImageFilter",
    "KeypointBias",
    "Lag",
    "Phones",
    "PoseBias",
    "Rig",
    "ScaleError",
    "SideOcclusion",
    "SideSwaps",
    "TimeJitter",
    "VerticalOffset",
    "WhiteNoise",
    "WorldTilt",
    "plausible_preset",
    "plausible_presets",
    "rig",
    "two_phones",
]
