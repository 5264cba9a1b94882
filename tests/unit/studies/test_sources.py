from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kinebench.datasets import load
from kinebench.errors import DatasetError, NameNotFoundError, NotApplicableError
from kinebench.lab.camera.chain import Chain
from kinebench.lab.camera.space import VerticalOffset
from kinebench.studies.evidence import EvidenceKind
from kinebench.studies.sources.dataset import DatasetSource
from kinebench.studies.sources.mocap_driven import mocap_driven, recorded_motion

pytestmark = pytest.mark.mirror

SQUATS = DatasetSource(
    "opencap-session-subject0", "Squats_0", "subject 0", "squat", reference="opencap"
)


@pytest.fixture(autouse=True)
def _at_hand(mirror_file: Callable[[str], Path]) -> None:
    mirror_file("opensimPipeline/Models/LaiUhlrich2022.osim")


def test_the_named_motion_is_the_reference() -> None:
    own = load("opencap-session-subject0", "Squats_0").motions["opencap"]
    assert SQUATS({}).reference_motion == own


def test_without_such_a_motion_there_is_no_reference() -> None:
    source = DatasetSource("keypoints-subject2", "sit_to_stand", "subject 2", "sit-to-stand")
    assert source({}).reference_motion is None


def test_another_dataset_s_motion_comes_on_the_keypoints_clock_without_the_pelvis() -> None:
    source = DatasetSource(
        "keypoints-subject2",
        "squats",
        "subject 2",
        "squat",
        reference="video",
        reference_from=("opencap-processing", "squats1"),
        lag_s=0.5,
        same_frame=False,
    )
    reference = source({}).reference_motion
    original = load("opencap-processing", "squats1").motions["video"]
    assert reference is not None
    np.testing.assert_allclose(reference.times, original.times + 0.5)
    assert not [name for name in reference.names if name.startswith("pelvis")]
    np.testing.assert_array_equal(reference.value("knee_angle_r"), original.value("knee_angle_r"))


def test_extra_errors_reach_trial_and_static() -> None:
    raised = SQUATS({"extra.up": VerticalOffset(10.0)})
    plain = SQUATS({})
    assert plain.static is not None
    assert raised.static is not None
    for moved, still in ((raised.keypoints, plain.keypoints), (raised.static, plain.static)):
        difference = moved.positions - still.positions
        np.testing.assert_allclose(difference[..., 1], 0.01)


def test_rates_are_interpolated() -> None:
    assert SQUATS({"rate_hz": 100.0}).keypoints.rate_hz == pytest.approx(100.0)


def test_static_trials_are_there_or_told() -> None:
    assert SQUATS({"static": "own"}).static is not None
    assert SQUATS({"static": "none"}).static is None
    alone = DatasetSource("keypoints-subject2", "squats", "subject 2", "squat")
    with pytest.raises(NotApplicableError, match="no static trial"):
        alone({"static": "own"})
    with pytest.raises(NameNotFoundError, match=r"data\.static"):
        SQUATS({"static": "ideal"})


def test_a_mocap_motion_is_played_as_it_was_measured() -> None:
    source = mocap_driven("labvalidation-subject4-mocap", "squats1", "subject 4", "squats", Chain())
    assert source.evidence is EvidenceKind.MOCAP_DRIVEN
    trial = source({})
    measured = load("labvalidation-subject4-mocap", "squats1").motions["reference"]
    assert trial.reference_motion is not None
    for name in ("knee_angle_r", "hip_flexion_l", "pelvis_list"):
        played = trial.reference_motion
        expected = np.interp(played.times, measured.times, measured.value(name))
        np.testing.assert_allclose(played.value(name), expected, atol=np.radians(0.1))


def test_without_a_scaled_model_the_stated_size_counts() -> None:
    source = mocap_driven("labvalidation-subject2-walking1", "walking1", "s2", "walking", Chain())
    assert (source.person.height_m, source.person.mass_kg) == (1.96, 78.2)


def test_a_sample_without_a_motion_cannot_be_played() -> None:
    with pytest.raises(DatasetError, match="no reference motion; its motions: opencap"):
        recorded_motion("opencap-session-subject0", "Squats_0")
