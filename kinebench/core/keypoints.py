"""Sets of video keypoints, by the names and in the order of their detectors."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from kinebench.core.markers import Markers
from kinebench.remarks import tell

BODY_25 = (
    "Nose", "Neck", "RShoulder", "RElbow", "RWrist", "LShoulder", "LElbow", "LWrist", "midHip",
    "RHip", "RKnee", "RAnkle", "LHip", "LKnee", "LAnkle", "REye", "LEye", "REar", "LEar",
    "LBigToe", "LSmallToe", "LHeel", "RBigToe", "RSmallToe", "RHeel",
)  # fmt: skip
"""OpenPose's model BODY_25, in its order."""

FACE = frozenset({"Nose", "REye", "LEye", "REar", "LEar"})
"""Keypoints that OpenCap drops."""

OPENCAP_20 = tuple(name for name in BODY_25 if name not in FACE)
"""The keypoints of OpenCap's TRC files, in their order."""

HRNET_23 = (
    "Nose", "LEye", "REye", "LEar", "REar", "LShoulder", "RShoulder", "LElbow", "RElbow",
    "LWrist", "RWrist", "LHip", "RHip", "LKnee", "RKnee", "LAnkle", "RAnkle",
    "LBigToe", "LSmallToe", "LHeel", "RBigToe", "RSmallToe", "RHeel",
)  # fmt: skip
"""COCO's 17 keypoints and the 6 of the feet, as HRNet (mmpose) gives them."""

KEYPOINT_SETS = {"BODY_25": BODY_25, "OPENCAP_20": OPENCAP_20, "HRNET_23": HRNET_23}

MIDPOINTS = {"Neck": ("RShoulder", "LShoulder"), "midHip": ("RHip", "LHip")}


def with_derived_keypoints(keypoints: Markers) -> Markers:
    """Add Neck and midHip, where they are lacking, as the midpoints of shoulders and of hips.

    That is how OpenCap completes detectors without them; a warning names what was added.
    """
    derived = [
        name
        for name, pair in MIDPOINTS.items()
        if name not in keypoints.names and set(pair) <= set(keypoints.names)
    ]
    if not derived:
        return keypoints
    middles = [
        np.mean([keypoints.position(one) for one in MIDPOINTS[name]], axis=0) for name in derived
    ]
    tell(
        "derived keypoints",
        f"{' and '.join(derived)} added as midpoint of {' and '.join(MIDPOINTS[derived[0]])}"
        + (f" and of {' and '.join(MIDPOINTS[derived[1]])}" if len(derived) > 1 else ""),
        where=derived,
    )
    added = Markers(
        tuple(derived), keypoints.times, np.stack(middles, axis=1), frame=keypoints.frame
    )
    return keypoints.joined(added)


def without_face(keypoints: Markers) -> Markers:
    """The keypoints without those of the face."""
    return keypoints.select(name for name in keypoints.names if name not in FACE)


def paired_parts(names: Iterable[str]) -> tuple[str, ...]:
    """Keypoints without side that exist on both: "Knee" when there are RKnee and LKnee."""
    there = tuple(names)
    return tuple(
        name[1:]
        for name in there
        if name[:1] == "R" and name[1:2].isupper() and "L" + name[1:] in there
    )
