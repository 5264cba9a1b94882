"""The embedded study of `kinebench demo`: what it varies, on whom, by which pipeline."""

from __future__ import annotations

from pathlib import Path

import pytest

from kinebench.cleaning.lowpass import Butterworth
from kinebench.lab import PEOPLE
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions import SitToStand, Squat
from kinebench.lab.static_poses import STATIC_POSES
from kinebench.pipeline.spec import PipelineSpec
from kinebench.scaling.standing_window import StandingWindow
from kinebench.studies.demo import demonstration
from kinebench.studies.sources.laboratory import LabSource


@pytest.fixture(autouse=True)
def _nothing_at_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINEBENCH_CACHE", str(tmp_path))
    monkeypatch.delenv("KINEBENCH_MIRROR", raising=False)


def test_two_activities_of_each_subject() -> None:
    study = demonstration(3).study
    assert len(study.sources) == 6
    subjects = [PEOPLE["template"].subject(number) for number in range(3)]
    assert study.sources == tuple(
        LabSource(subject, motion, activity, two_phones(), body="lab")
        for subject in subjects
        for activity, motion in (("squat", Squat()), ("sit-to-stand", SitToStand()))
    )


def test_what_is_varied() -> None:
    demo = demonstration(1)
    assert demo.left_out == ("v0.0", "v0.1", "v0.2", "v0.3")
    assert {
        factor.name: (factor.path, {level.label: level.value for level in factor.levels})
        for factor in demo.study.factors
    } == {
        "static pose": (
            "data.static",
            {
                "ideal": STATIC_POSES["ideal"],
                "right knee 15°": STATIC_POSES["right knee 15°"],
                "knees 20°": STATIC_POSES["knees 20°"],
                "trial start": "trial start",
            },
        ),
        "filter": ("clean", {"none": (), "Butterworth 6 Hz": (Butterworth(6.0),)}),
        "augmenter": ("augment.version", {"lab-1": "lab-1"}),
    }


def test_the_pipeline_finds_the_standing_time_itself() -> None:
    """Of a trial whose static pose is its start no other rule can."""
    told = PipelineSpec(
        body="lab", augmenter="lab-1", warm_up_s=1.0,
        window=StandingWindow(avoid_start_s=0.0), engine="fast",
    )  # fmt: skip
    assert demonstration(1).study.base == told.build()
