"""Chains of errors whose sizes were measured on public recordings.

Noise: spectrum above 9 Hz of the unfiltered keypoints of LabValidation subject 2 and of an OpenCap
session (2 phones, 60 Hz): flat, 0.7 to 1.1 mm per axis and 5 Hz. Bias, and slow errors: keypoints
against joint centres from optical markers of LabValidation subject 3's walking (hip 20 mm forwards
and 25 mm too high, feet 30 mm too low, elbow 30 mm forwards; 6 to 20 mm of slow spread per axis).
All values are rounded to what one trial can support; `benchmarks/laboratory` prints them beside
what the recordings show.
"""

from __future__ import annotations

from kinebench.lab.camera.bias import KeypointBias, PoseBias
from kinebench.lab.camera.chain import CameraError, Chain
from kinebench.lab.camera.noise import ColouredNoise, HeavyTails, WhiteNoise
from kinebench.lab.camera.time import ImageFilter

OPENPOSE_BIAS = PoseBias(
    (
        KeypointBias("Hip", (20.0, 25.0, 12.0), (-5.0, 5.0, 0.0)),
        KeypointBias("midHip", (20.0, 25.0, 0.0), (-5.0, 5.0, 0.0)),
        KeypointBias("Knee", (0.0, -10.0, -5.0), (0.0, 5.0, 0.0)),
        KeypointBias("Ankle", (10.0, -25.0, 5.0)),
        KeypointBias("Heel", (25.0, -20.0, 0.0)),
        KeypointBias("BigToe", (-25.0, -20.0, 0.0)),
        KeypointBias("SmallToe", (-15.0, -20.0, 0.0)),
        KeypointBias("Shoulder", (15.0, -35.0, 0.0)),
        KeypointBias("Neck", (15.0, -35.0, 0.0)),
        KeypointBias("Elbow", (30.0, -5.0, 5.0)),
        KeypointBias("Wrist", (-5.0, -20.0, -15.0)),
    )
)
"""What OpenPose's keypoints are off by from joint centres and skin."""


def two_phones(filter_hz: float | None = None) -> Chain:
    """Keypoints as OpenCap gets them from two phones.

    Parameters
    ----------
    filter_hz : float, optional
        Cut-off of the image filter: 12 for gait; none otherwise.
    """
    errors: tuple[CameraError, ...] = (
        OPENPOSE_BIAS,
        ColouredNoise(sd_mm=(9.0, 12.0, 6.0), corner_hz=0.7),
        WhiteNoise(sd_mm=(2.5, 1.8, 1.6)),
        HeavyTails(probability=0.002, scale_mm=4.0),
    )
    return Chain(errors if filter_hz is None else (*errors, ImageFilter(filter_hz)))
