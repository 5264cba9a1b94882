from __future__ import annotations

import numpy as np
import pytest

from kinebench.augmentation.catalogue import version
from kinebench.errors import NameNotFoundError, ValueRangeError
from kinebench.lab import Population
from kinebench.lab.seeds import generator
from kinebench.posture.mirrored_trial import sides_swapped
from kinebench.training import ACTIVITIES, Cohort, VirtualTrial
from kinebench.training.activities import draw_motion

COHORT = Cohort(Population("training test"), 1, ("standing", "gait"), takes=2)


@pytest.fixture(scope="module")
def trials() -> tuple[VirtualTrial, ...]:
    return tuple(COHORT)


def test_a_cohort_has_what_it_announces(trials: tuple[VirtualTrial, ...]) -> None:
    assert len(COHORT) == len(trials) == 4
    assert [trial.name for trial in trials] == [
        f"training test-1 {activity} take {take}"
        for activity in ("standing", "gait")
        for take in (1, 2)
    ]
    for trial in trials:
        assert set(version("v0.3").needs) == set(trial.keypoints.names)
        assert set(version("v0.3").gives) == set(trial.markers.names)
        assert trial.markers.names == trial.nominal_markers.names
        assert trial.keypoints.rate_hz == 60.0
        assert trial.keypoints.n_frames == trial.markers.n_frames >= 120


def test_trials_depend_on_their_names_alone(trials: tuple[VirtualTrial, ...]) -> None:
    again = {trial.name: trial for trial in Cohort(Population("training test"), 1, ("gait",))}
    first = trials[2]
    assert list(again) == [first.name]
    assert again[first.name].keypoints == first.keypoints
    assert again[first.name].markers == first.markers
    (other,) = Cohort(Population("another test"), 1, ("standing",))
    assert other.subject.height_m != first.subject.height_m


def test_takes_differ_in_heading_and_noise_only(trials: tuple[VirtualTrial, ...]) -> None:
    one, other = trials[:2]
    np.testing.assert_allclose(
        one.markers.positions[..., 1], other.markers.positions[..., 1], atol=1e-12
    )
    pelvis = [t.markers.position("r.ASIS_study") - t.markers.position("L.ASIS_study") for t in
              (one, other)]  # fmt: skip
    cosine = (pelvis[0] * pelvis[1]).sum(axis=1) / (
        np.linalg.norm(pelvis[0], axis=1) * np.linalg.norm(pelvis[1], axis=1)
    )
    assert cosine.max() < 0.99
    assert np.ptp(cosine) < 1e-6
    heights = [t.keypoints.positions[..., 1] - t.clean_keypoints.positions[..., 1] for t in
               (one, other)]  # fmt: skip
    assert np.abs(heights[0] - heights[1]).max() > 5e-3


def test_keypoints_belong_to_the_markers(trials: tuple[VirtualTrial, ...]) -> None:
    for trial in trials:
        assert sides_swapped(trial.keypoints) is False
        # lateral and medial ankle markers enclose the keypoint; bias and noise move it
        for side, marker in (("R", "r"), ("L", "L")):
            ankle = trial.markers.select([f"{marker}_ankle_study", f"{marker}_mankle_study"])
            middle = ankle.positions.mean(axis=1)
            distance = np.linalg.norm(trial.keypoints.position(f"{side}Ankle") - middle, axis=1)
            assert np.median(distance) < 0.06
        noise = trial.keypoints.positions - trial.clean_keypoints.positions
        assert 0.004 < noise.std() < 0.02


def test_placement_is_what_tells_true_from_nominal_markers(
    trials: tuple[VirtualTrial, ...],
) -> None:
    shifts = dict(COHORT.population.subject(1).marker_shifts)
    for trial in trials:
        for column, name in enumerate(trial.markers.names):
            off = trial.markers.positions[:, column] - trial.nominal_markers.positions[:, column]
            np.testing.assert_allclose(
                np.linalg.norm(off, axis=1), np.linalg.norm(shifts[name]), atol=1e-9
            )


@pytest.mark.parametrize("activity", ACTIVITIES)
def test_every_activity_is_drawn_from_its_numbers(activity: str) -> None:
    motion = draw_motion(activity, generator("a"))
    assert motion == draw_motion(activity, generator("a"))
    assert motion != draw_motion(activity, generator("b"))


def test_an_average_body_can_do_nearly_every_draw() -> None:
    (*trials,) = Cohort(Population("all activities"), 1)
    assert [trial.activity for trial in trials] == list(ACTIVITIES)
    depth = np.ptp(trials[2].keypoints.position("midHip")[:, 1])
    assert depth > 0.15  # the squat's


def test_cohorts_that_make_no_sense_are_refused() -> None:
    with pytest.raises(NameNotFoundError, match="did you mean 'squat'"):
        Cohort(Population(), 1, ("squats",))
    with pytest.raises(ValueRangeError, match="n_subjects must be 1 or more, found 0"):
        Cohort(Population(), 0)
    with pytest.raises(ValueRangeError, match="takes"):
        Cohort(Population(), 1, takes=0)


def test_gait_is_filtered_as_the_detector_filters_it(trials: tuple[VirtualTrial, ...]) -> None:
    roughness = [
        np.diff(t.keypoints.positions - t.clean_keypoints.positions, n=2, axis=0).std()
        for t in (trials[0], trials[2])
    ]
    assert roughness[1] < 0.5 * roughness[0]
