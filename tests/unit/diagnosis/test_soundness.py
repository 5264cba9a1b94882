"""`why` says what is wrong with a recording as such, whatever it says of causes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import kinebench as kb
from kinebench.core import Markers, Trial
from kinebench.diagnosis.course_features import of_time
from kinebench.diagnosis.soundness import unsound


@pytest.fixture(scope="module")
def squat() -> Trial:
    return kb.virtual_trial("one squat")


def test_a_sound_recording_has_nothing(squat: Trial) -> None:
    assert list(unsound(squat)) == []


def test_heels_that_are_exchanged_are_told_as_the_audit_does(squat: Trial) -> None:
    names = {"RHeel": "LHeel", "LHeel": "RHeel"}
    keypoints = squat.keypoints.rename(names).select(squat.keypoints.names)
    (remark,) = unsound(replace(squat, keypoints=keypoints))
    assert (remark.code, remark.recording) == ("names", "movement")
    assert remark.text.startswith("red: the right heel is on the left as seen from the hips; are")


def test_a_static_trial_is_named(squat: Trial) -> None:
    assert squat.static is not None
    upside = squat.static.with_positions(squat.static.positions * np.array([1.0, -1.0, -1.0]))
    told = [remark.text for remark in unsound(replace(squat, static=upside))]
    assert any(text.startswith("red: static trial: from ankles to neck") for text in told)


def test_no_frame_is_too_late_where_frames_come_every_minute(squat: Trial) -> None:
    slow = squat.keypoints
    slow = Markers(slow.names, slow.times * 1e3, slow.positions)
    assert of_time(slow, slow) == {}
