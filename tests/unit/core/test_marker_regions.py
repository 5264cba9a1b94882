"""Sides and segments by name."""

from __future__ import annotations

import pytest

from kinebench.core.marker_regions import (
    FEET,
    LANDMARKS,
    bilateral_pairs,
    foot_points,
    landmark_pairs,
    segment_of,
    side_of,
)
from kinebench.errors import NameNotFoundError


@pytest.mark.parametrize(
    ("name", "side", "segment"),
    [
        ("r_knee_study", "right", "thigh"),
        ("L_mknee_study", "left", "thigh"),
        ("r.ASIS", "right", "pelvis"),
        ("L.PSIS_study", "left", "pelvis"),
        ("RHJC_study", "right", "pelvis"),
        ("L_HJC_reg", "left", "pelvis"),
        ("midHip", "midline", "pelvis"),
        ("C7_study", "midline", "trunk"),
        ("Neck", "midline", "trunk"),
        ("r_shoulder_study", "right", "trunk"),
        ("L_Sternum", "left", "trunk"),
        ("r_sh1_study", "right", "shank"),
        ("L_shank_antsup", "left", "shank"),
        ("r_mankle_study", "right", "shank"),
        ("L_thigh3", "left", "thigh"),
        ("r_5meta_study", "right", "foot"),
        ("LBigToe", "left", "foot"),
        ("r_calc", "right", "foot"),
        ("RHeel", "right", "foot"),
        ("r_lelbow_study", "right", "arm"),
        ("L_wrist_radius", "left", "arm"),
        ("R_humerus", "right", "arm"),
        ("LEar", "left", "head"),
        ("X1", "midline", "other"),
        ("hip_flexion_r", "right", "pelvis"),
        ("lumbar_bending", "midline", "other"),
        ("rotation", "midline", "other"),
    ],
)
def test_side_and_segment(name: str, side: str, segment: str) -> None:
    assert side_of(name) == side
    assert segment_of(name) == segment


def test_bilateral_pairs() -> None:
    names = ["hip_flexion_l", "pelvis_tilt", "hip_flexion_r", "r_knee", "L_knee", "RHip", "r.ASIS"]
    assert bilateral_pairs(names) == {
        "hip_flexion": ("hip_flexion_r", "hip_flexion_l"),
        "knee": ("r_knee", "L_knee"),
    }


def test_landmarks_prefer_augmented_markers() -> None:
    names = ["RKnee", "LKnee", "r_knee_study", "L_knee_study", "RHeel", "LHeel", "RHip"]
    assert landmark_pairs(names) == {
        "knee": ("r_knee_study", "L_knee_study"),
        "heel": ("RHeel", "LHeel"),
    }


def test_all_names_of_the_tables_are_on_their_side() -> None:
    pairs = [pair for candidates in LANDMARKS.values() for pair in candidates]
    pairs += [pair for feet in FEET for pair in feet]
    for right, left in pairs:
        assert (side_of(right), side_of(left)) == ("right", "left")
        assert segment_of(right) == segment_of(left)


def test_foot_points() -> None:
    names = ["RHeel", "LHeel", "RBigToe", "LBigToe", "RSmallToe", "LSmallToe", "r_calc_study"]
    assert foot_points(names) == (
        ("RHeel", "RBigToe", "RSmallToe"),
        ("LHeel", "LBigToe", "LSmallToe"),
    )
    with pytest.raises(NameNotFoundError, match="r_toe_study"):
        foot_points(["r_calc_study", "C7"])
