"""A miniature of LabValidation in its published layout, from the fragments that are public.

Which detector and how many cameras made the public motion from video of subject 2 is not known;
it stands where the study's own set-up does. Only that trial has both a mocap motion and one from
video; the others are there to be found, and to lack something.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

SETUP = "HRNet/2-cameras"
_SUBJECT4, _MANUAL, _EXPERT = "grf/Subject4", "manually_scaled", "_manual_scaling_ik.mot"
_FILES = {
    "subject2/OpenSimData/Mocap/IK/walking1.mot": "GRF_tracking_data/old/walking1.mot",
    "subject2/MarkerData/Mocap/walking1.trc": "GRF_tracking_data/old/walking1.trc",
    f"subject2/OpenSimData/Video/{SETUP}/IK/walking1.mot": "subject2/walking1_video.mot",
    "subject2/OpenSimData/Video/OpenPose_highAccuracy/5-cameras/IK/walking1.mot": (
        "exampleWalking/walking1_videoAndMocap.mot"
    ),
    f"subject2/OpenSimData/Video/{SETUP}/IK/squats1.mot": (
        "exampleSquat/squats1_videoAndMocap.mot"
    ),
    "subject3/sessionMetadata.yaml": "OC_val/sessionMetadata.yaml",
    f"subject3/OpenSimData/Video/{SETUP}/IK/walking1.mot": "OC_val/walking1.mot",
    f"subject3/OpenSimData/Video/{SETUP}/Model/LaiUhlrich2022_scaled.osim": (
        "OC_val/LaiUhlrich2022_scaled.osim"
    ),
    f"subject3/MarkerData/Video/{SETUP}/walking1_videoAndMocap.trc": "OC_val/walking1.trc",
    "subject3/ForceData/walking1_forces.mot": "OC_val/walking1_forces.mot",
    "subject4/OpenSimData/Mocap/Model/manually_scaled.osim": f"{_SUBJECT4}/Models/{_MANUAL}.osim",
    "subject4/MarkerData/Mocap/static1.trc": f"{_SUBJECT4}/MarkerData/static1.trc",
    **{
        f"subject4/OpenSimData/Mocap/IK/{trial}.mot": f"{_SUBJECT4}/IK/{trial}{_EXPERT}"
        for trial in ("squats1", "squatsAsym1", "STS1", "DJ2", "walking1")
    },
    **{
        f"subject4/MarkerData/Mocap/{trial}.trc": f"{_SUBJECT4}/MarkerData/{trial}.trc"
        for trial in ("squats1", "squatsAsym1", "STS1", "DJ2", "walking1")
    },
    "subject5/OpenSimData/Mocap/IK/DJ1.mot": "LaiArnoldSubject5/DJ1.mot",
    "subject5/MarkerData/Mocap/DJ1.trc": "LaiArnoldSubject5/DJ1.trc",
    "subject5/OpenSimData/Mocap/Model/LaiArnoldModified2017_poly_withArms_weldHand_scaled.osim": (
        "LaiArnoldSubject5/LaiArnoldModified2017_poly_withArms_weldHand_scaled.osim"
    ),
}  # fmt: skip
_METADATA = "mass_kg: 78.2\nheight_m: 1.96\nsubjectID: subject2\n"


def build_miniature(folder: Path, public_file: Callable[[str], Path]) -> Path:
    """Copy the fragments to where a downloaded LabValidation would have them.

    Parameters
    ----------
    folder : Path
        Made when it is not there.
    public_file : callable
        A local copy of a public file, by the end of its address.
    """
    for path, ending in _FILES.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(public_file(ending), target)
    (folder / "subject2" / "sessionMetadata.yaml").write_text(_METADATA, encoding="utf-8")
    return folder
