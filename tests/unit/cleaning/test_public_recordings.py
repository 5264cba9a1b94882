"""Cleaning against what other software computed, and on real recordings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from kinebench.cleaning import Butterworth, Challis, Level, ResidualAnalysis, SwapSides
from kinebench.core.keypoints import BODY_25
from kinebench.geometry.rotations import angle_between
from kinebench.io.trc import read_trc
from kinebench.lab.camera import SideSwaps

MirrorFile = Callable[[str], Path]
BALANCING = "S00_P00_T01_BalancingTrial/pose-3d/S00_P00_T01_BalancingTrial_0-100"
STATIC = "S00_P00_T00_StaticTrial/pose-3d/S00_P00_T00_StaticTrial_0-12"


@pytest.mark.mirror
@pytest.mark.parametrize("trial", [BALANCING, STATIC])
def test_pose2sims_butterworth_of_order_4_and_6_hz(mirror_file: MirrorFile, trial: str) -> None:
    raw = read_trc(mirror_file(f"{trial}.trc"))
    expected = read_trc(mirror_file(f"{trial}_filt_butterworth.trc"))
    filtered = Butterworth(6.0, order=4)(raw)
    assert filtered.names == expected.names
    assert np.abs(filtered.positions - expected.positions).max() < 1e-6
    # the check can tell: another order is millimetres off
    other = Butterworth(6.0, order=8)
    if raw.n_frames > 20:
        assert np.abs(other(raw).positions - expected.positions).max() > 1e-4


RECORDINGS = [
    "subject0/MarkerData/neutral.trc",
    "subject0/MarkerData/Squats_0.trc",
    "subject0/MarkerData/Asym_0.trc",
    "3179260bbb4f21f8b114f059448def10bdd4443c/test_data/squats.trc",
    "3179260bbb4f21f8b114f059448def10bdd4443c/test_data/sit_to_stand.trc",
]


@pytest.mark.mirror
@pytest.mark.parametrize("recording", RECORDINGS)
@pytest.mark.parametrize("angles", [(5.0, 0.0, 0.0), (0.0, 30.0, -4.0), (-3.0, -80.0, 8.0)])
def test_an_artificial_tilt_of_a_real_recording_is_found(
    mirror_file: MirrorFile, recording: str, angles: tuple[float, float, float]
) -> None:
    markers = read_trc(mirror_file(recording))
    R = Rotation.from_euler("xyz", angles, degrees=True).as_matrix()
    tilted = markers.with_positions(markers.positions @ R.T + [1.0, -0.5, 2.0])
    before, after = Level().resolve(markers).tilt, Level().resolve(tilted).tilt
    assert before is not None
    assert after is not None
    assert np.degrees(angle_between(after.up, R @ before.up)) < 0.2


@pytest.mark.mirror
@pytest.mark.parametrize("recording", RECORDINGS)
def test_calibrated_recordings_are_level_within_three_uncertainties(
    mirror_file: MirrorFile, recording: str
) -> None:
    tilt = Level().resolve(read_trc(mirror_file(recording))).tilt
    assert tilt is not None
    assert abs(tilt.sagittal) < 3 * tilt.sagittal_uncertainty
    assert abs(tilt.frontal) < 3 * tilt.frontal_uncertainty
    assert tilt.posture == "standing"


@pytest.mark.mirror
@pytest.mark.parametrize("stage", [ResidualAnalysis("marker"), Challis("marker")])
def test_adaptive_cutoffs_of_a_real_squat_are_those_of_human_movement(
    mirror_file: MirrorFile, stage: ResidualAnalysis | Challis
) -> None:
    markers = read_trc(mirror_file("3179260bbb4f21f8b114f059448def10bdd4443c/test_data/squats.trc"))
    cutoffs = np.asarray(stage.resolve(markers).cutoff_hz)
    assert 0.5 <= np.median(cutoffs) <= 15.0


FILMED = [
    *RECORDINGS,
    "3179260bbb4f21f8b114f059448def10bdd4443c/test_data/drop_vertical_jump.trc",
    "Examples/GRF_tracking_data/OC_val/walking1.trc",
    f"{BALANCING}.trc",
]


@pytest.mark.mirror
@pytest.mark.filterwarnings("ignore:left and right were exchanged")
@pytest.mark.parametrize("recording", FILMED)
@pytest.mark.parametrize(
    "parts", [("Hip", "Shoulder", "Elbow", "Wrist", *SideSwaps().parts), SideSwaps().parts]
)
def test_sides_of_real_recordings_are_exchanged_only_where_they_were(
    mirror_file: MirrorFile, recording: str, parts: tuple[str, ...]
) -> None:
    everything = read_trc(mirror_file(recording))
    markers = everything.select(name for name in everything.names if name in BODY_25)
    assert SwapSides().resolve(markers).bursts == ()
    swapped = SideSwaps(40.0, 0.1, parts)(markers, recording)
    assert SwapSides()(swapped) == markers
