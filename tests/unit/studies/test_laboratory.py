from __future__ import annotations

import numpy as np
import pytest

from kinebench.core.provenance import digest
from kinebench.errors import NameNotFoundError
from kinebench.lab import Population, StaticPose
from kinebench.lab.camera.chain import Chain
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions.squat import Squat
from kinebench.studies.sources.laboratory import LabSource


@pytest.fixture(scope="module")
def source() -> LabSource:
    return LabSource(Population().subject(1), Squat(), "squat", two_phones(), body="lab")


def test_truth_is_the_reference(source: LabSource) -> None:
    trial = source({})
    assert trial.reference_motion is not None
    assert trial.reference_markers is not None
    assert trial.static is not None
    np.testing.assert_array_equal(trial.reference_motion.times, trial.keypoints.times)


def test_levels_meet_the_same_noise(source: LabSource) -> None:
    ideal = source({"static": StaticPose()})
    bent = source({"static": StaticPose(knee_deg=20.0)})
    assert ideal.keypoints == bent.keypoints
    assert ideal.static != bent.static


def test_trial_start_is_the_first_second(source: LabSource) -> None:
    static = source({"static": "trial start"}).static
    assert static is not None
    assert static.times[-1] == pytest.approx(1.0)


def test_no_static_trial_is_none(source: LabSource) -> None:
    assert source({"static": None}).static is None


def test_without_errors_keypoints_are_true(source: LabSource) -> None:
    exact = source({"errors": Chain()})
    assert exact.keypoints != source({}).keypoints


def test_other_people_have_other_digests(source: LabSource) -> None:
    other = LabSource(Population().subject(2), Squat(), "squat", two_phones(), body="lab")
    assert digest(source) != digest(other)


def test_a_misspelt_data_factor_is_told(source: LabSource) -> None:
    with pytest.raises(NameNotFoundError, match="did you mean 'static'"):
        source({"statik": None})
    with pytest.raises(NameNotFoundError, match="body"):
        LabSource(Population().subject(1), Squat(), "squat", two_phones(), body="lb")
