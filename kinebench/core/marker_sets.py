"""OpenCap's marker sets: which markers must stand still in a static trial, by their names."""

from __future__ import annotations

ANATOMICAL_MARKERS = (
    "C7_study", "r_shoulder_study", "L_shoulder_study",
    "r.ASIS_study", "L.ASIS_study", "r.PSIS_study", "L.PSIS_study",
    "r_knee_study", "L_knee_study", "r_mknee_study", "L_mknee_study",
    "r_ankle_study", "L_ankle_study", "r_mankle_study", "L_mankle_study",
    "r_calc_study", "L_calc_study", "r_toe_study", "L_toe_study",
    "r_5meta_study", "L_5meta_study", "RHJC_study", "LHJC_study",
    "r_lelbow_study", "L_lelbow_study", "r_melbow_study", "L_melbow_study",
    "r_lwrist_study", "L_lwrist_study", "r_mwrist_study", "L_mwrist_study",
)  # fmt: skip
"""The 31 augmented markers that sit on bony landmarks or joint centres."""

KEYPOINT_MARKERS = (
    "Neck", "RShoulder", "LShoulder", "RHip", "LHip", "RKnee", "LKnee", "RAnkle", "LAnkle",
    "RHeel", "LHeel", "RSmallToe", "LSmallToe", "RElbow", "LElbow", "RWrist", "LWrist",
)  # fmt: skip
"""The keypoints that OpenCap watches when it scales on keypoints."""

_ARM_MARKERS = {"lelbow": "elbow_lat", "melbow": "elbow_med"} | {
    "lwrist": "wrist_radius",
    "mwrist": "wrist_ulna",
}


def _optical_name(augmented: str) -> str:
    name = augmented.removesuffix("_study")
    if name.endswith(("_shoulder", "HJC")):
        return f"{name[0].upper()}_{name[1:].removeprefix('_').replace('shoulder', 'Shoulder')}"
    side, _, stem = name.partition("_")
    return f"{side.upper()}_{_ARM_MARKERS[stem]}" if stem in _ARM_MARKERS else name


OPTICAL_MARKERS = tuple(map(_optical_name, ANATOMICAL_MARKERS))
"""The same 31 places by the names of LabValidation's optical markers."""
