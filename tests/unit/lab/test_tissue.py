"""Markers on skin and clothes: sizes per segment, seeds, and what stays on the bone."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from kinebench.errors import NameNotFoundError, ValueRangeError
from kinebench.kinematics import read_tree
from kinebench.lab import Population, Recording, SoftTissue, record
from kinebench.lab.motions import Squat
from kinebench.lab.truth import marker_trial

PEOPLE = Population().subjects(12)


@cache
def squats() -> list[Recording]:
    """Of all of them: a second's work, which collecting the tests must not cost."""
    return [record(person, Squat(repetitions=1), rate_hz=20.0) for person in PEOPLE]


def displacement(recording: Recording, tissue: SoftTissue, *names: str) -> dict[str, np.ndarray]:
    """Marker to (n_frames, 3) mm."""
    seen = recording.optical_markers(tissue, *names)
    moved = 1000 * (seen.positions - recording.true_markers.positions)
    return dict(zip(seen.names, np.swapaxes(moved, 0, 1), strict=True))


def at_depth(stem: str) -> float:
    """RMS over people of how far markers of a stem are off per axis in the depth, mm."""
    found = [
        moved[frames]
        for recording in squats()
        for frames in [recording.true_motion.value("knee_angle_r") > np.radians(80)]
        for name, moved in displacement(recording, SoftTissue()).items()
        if stem in name
    ]
    return float(np.sqrt(np.mean(np.concatenate(found) ** 2)))


def test_the_thigh_moves_most_and_the_foot_least() -> None:
    thigh, shank, foot = at_depth("thigh"), at_depth("sh1"), at_depth("calc")
    # cluster 18 mm, single markers 4 to 16 mm (fluoroscopy), here in a deep squat
    assert 5 < thigh < 15
    assert 2 < shank < 0.8 * thigh
    assert foot < 0.6 * shank
    assert at_depth("HJC") == 0


def test_displacement_goes_with_the_joints() -> None:
    moved = np.mean(
        [
            np.linalg.norm(displacement(one, SoftTissue())["r_thigh2_study"], axis=1)
            for one in squats()
        ],
        axis=0,
    )
    knee = squats()[0].true_motion.value("knee_angle_r")
    assert np.corrcoef(moved, knee)[0, 1] > 0.9


def test_it_is_proportional_to_its_size_and_nothing_at_zero() -> None:
    one, other = (displacement(squats()[0], SoftTissue(size)) for size in (1.0, 0.25))
    for name, moved in one.items():
        np.testing.assert_allclose(other[name], 0.25 * moved, atol=1e-9)
    still = squats()[0].optical_markers(SoftTissue(0.0))
    assert still == squats()[0].true_markers


def test_clothes_move_markers_by_themselves() -> None:
    cloth = displacement(squats()[0], SoftTissue(0.0, clothing_mm=10.0))
    size = np.sqrt(np.mean(cloth["r_thigh1_study"] ** 2))
    assert 2 < size < 20
    assert np.abs(cloth["r_calc_study"]).max() == 0


def test_directions_are_the_person_s_and_creeping_is_the_trial_s() -> None:
    one, same, other = (
        displacement(squats()[0], SoftTissue(), trial)["r_thigh1_study"] for trial in "aab"
    )
    np.testing.assert_array_equal(one, same)
    assert 0.1 < np.abs(one - other).max() < 15
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.6


def test_a_marker_trial_with_skin() -> None:
    bare, skin = (marker_trial(squats()[0], "a", tissue=t) for t in (None, SoftTissue()))
    keypoints = squats()[0].keypoints.names
    assert skin.keypoints.select(keypoints) == bare.keypoints.select(keypoints)
    assert skin.keypoints != bare.keypoints
    assert skin.reference_markers == bare.reference_markers


@pytest.mark.parametrize("wrong", [{"size": -1.0}, {"size": 9.0}, {"clothing_mm": float("nan")}])
def test_illegal_tissue(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueRangeError):
        SoftTissue(**wrong)


def test_markers_that_the_model_lacks() -> None:
    recording = squats()[0]
    strange = recording.true_markers.rename({"C7_study": "C8_study"})
    tree = read_tree(recording.model)
    with pytest.raises(NameNotFoundError, match="C8_study"):
        SoftTissue()(strange, recording.true_motion, tree, "a")
