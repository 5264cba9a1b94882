"""Public recordings whose figures are known."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kinebench.alignment import NoAlignment, align
from kinebench.core.marker_regions import side_of
from kinebench.errors import KinebenchWarning
from kinebench.io.mot import read_motion
from kinebench.io.trc import read_trc
from kinebench.metrics import (
    evaluate_feet,
    evaluate_markers,
    evaluate_motion,
    evaluate_side_drop,
)

pytestmark = pytest.mark.mirror

MOCAP = "Examples/GRF_tracking_data/old/walking1.mot"
VIDEO = "for_antoine/subject2/walking1_video.mot"
OLDER_VIDEO = "exampleWalking/walking1_videoAndMocap.mot"
SUBJECT3 = "OC_val/walking1.trc"

KNOWN_DEG = {
    VIDEO: {
        "hip_flexion_r": 2.3,
        "hip_flexion_l": 1.8,
        "knee_angle_r": 2.3,
        "knee_angle_l": 2.4,
        "ankle_angle_r": 5.3,
        "ankle_angle_l": 6.4,
    },
    OLDER_VIDEO: {
        "hip_flexion_r": 11.2,
        "hip_flexion_l": 10.1,
        "knee_angle_r": 5.4,
        "knee_angle_l": 3.9,
    },
}


@pytest.mark.parametrize("video", KNOWN_DEG)
def test_subject2_walking(mirror_file: Callable[[str], Path], video: str) -> None:
    aligned = align(read_motion(mirror_file(MOCAP)), read_motion(mirror_file(video)), NoAlignment())
    assert aligned.record.lag_s == 0.0
    evaluation = evaluate_motion(aligned.reference, aligned.estimate, ["rmse", "bias", "mae"])
    found = {name: np.rad2deg(value) for name, value in evaluation.values("rmse").items()}
    assert {name: round(found[name], 1) for name in KNOWN_DEG[video]} == KNOWN_DEG[video]
    assert {row.item for row in evaluation.excluded} == {
        "mtp_angle_r",
        "mtp_angle_l",
        "knee_angle_r_beta",
        "knee_angle_l_beta",
    }
    assert len(evaluation.items) == 31


PAIRS = {
    f"{side}{name}": f"{side}{name}_study"
    for side in ("r", "L")
    for name in (".ASIS", ".PSIS", "_knee", "_ankle", "_toe", "_5meta", "_calc")
}


def test_subject3_augmented_against_optical(mirror_file: Callable[[str], Path]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinebenchWarning)  # the header is irregular
        markers = read_trc(mirror_file(SUBJECT3))
    evaluation = evaluate_markers(markers, markers, PAIRS)
    assert 1000 * evaluation.value("all markers", "mpjpe") == pytest.approx(31.4, abs=0.05)
    offset_removed = {name: f"{estimate}_offsetRemoved" for name, estimate in PAIRS.items()}
    evaluation = evaluate_markers(markers, markers, offset_removed)
    assert 1000 * evaluation.value("all markers", "mpjpe") == pytest.approx(30.0, abs=0.05)
    hips = evaluate_markers(
        markers, markers, {"R_HJC": "RHJC_study", "L_HJC": "LHJC_study", **PAIRS}
    )
    means = [1000 * hips.value(name, "distance_mean") for name in ("R_HJC", "L_HJC")]
    assert min(means) == pytest.approx(32, abs=0.5)
    assert max(means) == pytest.approx(36, abs=0.5)


def test_subject3_sides_and_feet(mirror_file: Callable[[str], Path]) -> None:
    """Plausible, not known: feet rest near the floor, alternately."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinebenchWarning)
        markers = read_trc(mirror_file(SUBJECT3))
    optical = markers.select(n for n in markers.names if "_study" not in n)
    augmented = markers.select(n for n in markers.names if n.endswith("_study"))
    drop = evaluate_side_drop(augmented, optical).values("side_drop")
    assert set(drop) == {"hip", "knee", "ankle", "heel"}
    assert max(map(abs, drop.values())) < 0.05
    feet = evaluate_feet(augmented)
    assert abs(feet.value("right − left", "ground_height")) < 0.03
    stances = [item for item in feet.items if item.endswith(" s")]
    assert 2 <= len(stances) <= 5
    assert {side_of(name) for name in augmented.names} == {"right", "left", "midline"}
