"""LabValidation whole, in its published layout: every subject, trial, detector and camera set.

What is compared is small and has known errors; of the rest the files are there and empty, for
nothing reads them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

TRIALS = {
    "squats": (1,), "squatsAsym": (1,), "STS": (1,), "STSweakLegs": (1,), "DJ": (1, 2, 3),
    "DJAsym": (1, 2, 3), "walking": (1, 2, 3), "walkingTS": (1, 2, 3),
}  # fmt: skip
SUBJECTS = range(2, 12)
DETECTORS = ("HRNet", "OpenPose_default", "OpenPose_highAccuracy")
CAMERAS = ("2-cameras", "3-cameras", "5-cameras")
STUDY = "HRNet/2-cameras"


def trials_of(subject: int) -> list[str]:
    """Names of a subject's trials; subject 2 has no third walk with a trunk sway, but a fourth."""
    numbers = {**TRIALS, "walkingTS": (1, 2, 4)} if subject == 2 else TRIALS
    return [f"{name}{number}" for name, own in numbers.items() for number in own]


def build_whole_copy(
    folder: Path, reference: bytes, estimate: Callable[[int, str, str], bytes]
) -> Path:
    """Write the layout.

    Parameters
    ----------
    folder : Path
    reference : bytes
        Of every mocap motion.
    estimate : callable
        Of subject, trial and set-up (``HRNet/2-cameras``): the motion from video.
    """
    for subject in SUBJECTS:
        own, files = folder / f"subject{subject}", dict[str, bytes]()
        files["sessionMetadata.yaml"] = f"subjectID: subject{subject}\nmass_kg: 70\n".encode()
        files["MarkerData/Mocap/static1.trc"] = b""
        files["OpenSimData/Mocap/Model/LaiUhlrich2022_scaled.osim"] = b""
        for trial in trials_of(subject):
            files[f"OpenSimData/Mocap/IK/{trial}.mot"] = reference
            files[f"OpenSimData/Mocap/IK/{trial}_ik_marker_errors.sto"] = b""
            files[f"MarkerData/Mocap/{trial}.trc"] = b""
            files[f"ForceData/{trial}_forces.mot"] = b""
            files[f"EMGData/{trial}_EMG.sto"] = b""
        for setup in (f"{detector}/{cameras}" for detector in DETECTORS for cameras in CAMERAS):
            files[f"OpenSimData/Video/{setup}/Model/LaiUhlrich2022_scaled.osim"] = b""
            for trial in trials_of(subject):
                files[f"OpenSimData/Video/{setup}/IK/{trial}.mot"] = estimate(subject, trial, setup)
                files[f"MarkerData/Video/{setup}/{trial}_videoAndMocap.trc"] = b""
        if subject != 6:  # who did not share videos
            for session in ("Session0", "Session1"):
                name = f"VideoData/{session}/Cam0/cameraIntrinsicsExtrinsics.pickle"
                files[name] = b""
        for path, content in files.items():
            (own / path).parent.mkdir(parents=True, exist_ok=True)
            (own / path).write_bytes(content)
    return folder
