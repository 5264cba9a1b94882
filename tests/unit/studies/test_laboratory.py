from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kinebench.core.provenance import digest
from kinebench.errors import NameNotFoundError
from kinebench.lab import PEOPLE, Population, SoftTissue, StaticPose
from kinebench.lab.camera.chain import Chain
from kinebench.lab.camera.noise import WhiteNoise
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions import Gait
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


VARIED = PEOPLE["varied"].subject(1)


def lab(**changes: object) -> LabSource:
    plain = LabSource(VARIED, Squat(repetitions=1), "squat", two_phones(), "lab", 20.0)
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_another_trial_is_another_movement_and_another_noise_is_not() -> None:
    one, again, noisy = lab()({}), lab(number=2)({}), lab(noise=1)({})
    assert again.reference_motion != one.reference_motion
    assert noisy.reference_motion == one.reference_motion
    assert noisy.keypoints != one.keypoints
    assert noisy.static != one.static
    assert [t.name for t in (one, again, noisy)] == ["squat", "squat trial 2", "squat noise 1"]
    assert lab(number=3, noise=2).name == "squat trial 3 noise 2"
    assert {t.activity for t in (one, again, noisy)} == {"squat"}
    assert len({digest(lab(**c)) for c in ({}, {"number": 2}, {"noise": 1})}) == 3


def test_extra_errors_are_drawn_anew_with_the_noise() -> None:
    white = {"extra.more": WhiteNoise((5.0, 5.0, 5.0)), "errors": Chain()}
    one, other = lab()(white), lab(noise=1)(white)
    assert one.keypoints != other.keypoints


def test_without_a_static_trial_the_first_second_is_that_of_the_trial_itself() -> None:
    trial = lab()({"static": "trial start", "errors": Chain()})
    assert trial.static is not None
    n_frames = trial.static.n_frames
    np.testing.assert_allclose(
        trial.static.positions, trial.keypoints.positions[:n_frames], atol=1e-9
    )


def test_varied_people_are_seen_with_the_noise_of_template_people() -> None:
    plain = replace(lab(), person=PEOPLE["template"].subject(1))

    def noise(source: LabSource) -> np.ndarray:
        seen, exact = source({}), source({"errors": Chain()})
        return np.asarray(seen.static.positions - exact.static.positions)  # type: ignore[union-attr]

    white = replace(plain, errors=WhiteNoise())
    np.testing.assert_allclose(noise(white), noise(lab(errors=WhiteNoise())), atol=1e-12)


def test_reference_markers_can_sit_on_skin() -> None:
    bone, skin = lab()({}), lab(tissue=SoftTissue())({})
    assert bone.keypoints == skin.keypoints
    assert bone.reference_motion == skin.reference_motion
    assert bone.reference_markers is not None
    assert skin.reference_markers is not None
    moved = np.linalg.norm(
        skin.reference_markers.positions - bone.reference_markers.positions, axis=2
    )
    assert 0.005 < moved.max() < 0.06


def test_fields_that_came_later_leave_digests_as_they_were() -> None:
    """Digests of before they came: results stored under them are found again."""
    source = LabSource(Population().subject(2), Squat(), "squat", two_phones(), body="lab")
    assert digest(source) == "7ba21fc590bd649ea3b9422c63fef283425ba56a0911e7bdd996bf5f57a92148"
    assert digest(Gait()) == "9e364187fe04034bad5ff14fdacc1bf77175b23589772cd57c4104bf1d0035e4"
