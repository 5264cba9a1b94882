"""Trials of data sets and played recordings, with a data set that the laboratory made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kinebench.core import Subject
from kinebench.core.keypoints import OPENCAP_20
from kinebench.datasets import Sample
from kinebench.errors import (
    DatasetError,
    FileFormatError,
    NameNotFoundError,
    NotApplicableError,
)
from kinebench.lab import Population, StaticPose, generic_body, record
from kinebench.lab.camera.chain import Chain
from kinebench.lab.camera.space import VerticalOffset
from kinebench.lab.motions.squat import Squat
from kinebench.studies.evidence import EvidenceKind
from kinebench.studies.files.trials import sources_of
from kinebench.studies.sources import mocap_driven as played
from kinebench.studies.sources.dataset import DatasetSource
from kinebench.studies.sources.mocap_driven import mocap_driven, recorded_motion

PERSON = replace(Population("recorded").subject(1), pelvis=1.0, marker_shifts=())


def made(motion: Any, *names: str) -> Any:
    return record(PERSON, motion, Chain(), 60.0, names, generic_body())


@pytest.fixture(scope="module")
def squats() -> Sample:
    """Everything that a data set may hold of a trial."""
    filmed, standing = made(Squat(repetitions=1), "squats"), made(StaticPose(), "static")
    trial = filmed.as_trial("squats", "squats", standing)
    assert trial.reference_markers is not None
    return Sample(
        "made-up",
        "squats",
        Subject(PERSON.mass_kg, PERSON.height_m),
        "squats",
        {"keypoints": trial.keypoints, "static": trial.static, "mocap": trial.reference_markers},
        {"reference": trial.reference_motion, "other": trial.reference_motion},
        {"scaled": PERSON.body(generic_body()).model},
    )


@pytest.fixture(autouse=True)
def _data(squats: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = {"made-up": squats, "unscaled": replace(squats, models={})}
    bare["nobody"] = replace(squats, models={}, subject=None)
    bare["still"] = replace(squats, motions={"opencap": squats.motions["reference"]})
    bare["moving alone"] = replace(
        squats, markers={"keypoints": squats.markers["keypoints"]}, motions={}
    )

    def load(dataset: str, sample: str) -> Sample:
        assert sample == "squats"
        return bare[dataset]

    monkeypatch.setattr(played, "load", load)
    monkeypatch.setattr(played, "opencap_body", generic_body)
    monkeypatch.setattr("kinebench.studies.sources.dataset.load", load)


class TestMocapDriven:
    def test_the_limbs_are_those_of_the_scaled_model(self) -> None:
        source = mocap_driven("made-up", "squats", "subject 1", "squat", Chain())
        assert source.evidence is EvidenceKind.MOCAP_DRIVEN
        assert (source.subject, source.name) == ("subject 1", "squat")
        thigh = source.person.thigh_r * source.person.height_m
        assert thigh == pytest.approx(PERSON.thigh_r * PERSON.height_m, rel=2e-3)
        assert source.person.mass_kg == pytest.approx(PERSON.mass_kg, rel=1e-6)

    def test_the_motion_is_played_as_it_was_measured(self, squats: Sample) -> None:
        source = mocap_driven("made-up", "squats", "subject 1", "squat", Chain())
        trial = replace(source, body="lab")({})
        measured, own = squats.motions["reference"], trial.reference_motion
        assert own is not None
        for name in ("knee_angle_r", "hip_flexion_l", "pelvis_list"):
            expected = np.interp(own.times, measured.times, measured.value(name))
            np.testing.assert_allclose(own.value(name), expected, atol=np.radians(0.1))

    def test_without_a_scaled_model_the_stated_size_counts(self) -> None:
        person = mocap_driven("unscaled", "squats", "s", "squat", Chain()).person
        assert (person.height_m, person.mass_kg) == (PERSON.height_m, PERSON.mass_kg)
        assert person.thigh_r == 1.0

    def test_a_person_of_unknown_size_is_refused(self) -> None:
        with pytest.raises(DatasetError, match="neither a scaled model nor mass and height"):
            mocap_driven("nobody", "squats", "s", "squat", Chain())

    def test_without_a_motion_nothing_can_be_played(self) -> None:
        with pytest.raises(DatasetError, match="no reference motion; its motions: opencap"):
            recorded_motion("still", "squats")
        with pytest.raises(DatasetError, match="its motions: none"):
            recorded_motion("moving alone", "squats")


class TestDataset:
    source = DatasetSource("made-up", "squats", "subject 1", "squat")

    def test_a_trial_with_its_reference(self, squats: Sample) -> None:
        trial = self.source({})
        assert trial.keypoints.names == OPENCAP_20
        assert trial.reference_motion == squats.motions["reference"]
        assert trial.reference_markers == squats.markers["mocap"]
        assert trial.static is not None

    def test_the_lag_moves_the_reference_alone(self, squats: Sample) -> None:
        trial = replace(self.source, lag_s=0.25)({})
        assert trial.reference_motion is not None
        moved = trial.reference_motion.times - squats.motions["reference"].times
        np.testing.assert_allclose(moved, 0.25)
        assert trial.keypoints.times[0] == squats.markers["keypoints"].times[0]

    def test_in_another_frame_the_pelvis_is_left_out(self) -> None:
        trial = replace(self.source, same_frame=False)({})
        assert trial.reference_motion is not None
        assert "knee_angle_r" in trial.reference_motion.names
        assert not [n for n in trial.reference_motion.names if n.startswith("pelvis")]

    def test_the_reference_may_be_of_another_sample(self) -> None:
        assert replace(self.source, dataset="moving alone")({}).reference_motion is None
        other = replace(self.source, dataset="moving alone", reference_from=("made-up", "squats"))
        assert other({}).reference_motion == self.source({}).reference_motion
        lacking = replace(self.source, reference="optical")
        assert lacking({}).reference_motion is None

    def test_static_trials_are_there_or_told(self) -> None:
        assert self.source({"static": "own"}).static is not None
        assert self.source({"static": "none"}).static is None
        alone = replace(self.source, dataset="moving alone")
        assert alone({}).static is None
        with pytest.raises(NotApplicableError, match="no static trial"):
            alone({"static": "own"})
        with pytest.raises(NameNotFoundError, match=r"data\.static"):
            self.source({"static": "ideal"})

    def test_other_data_factors_are_refused_but_for_extra_errors(self) -> None:
        with pytest.raises(NameNotFoundError, match="data factor"):
            self.source({"noise": None})
        assert self.source({"extra.noise": None}).keypoints == self.source({}).keypoints

    def test_rates_are_interpolated_of_both(self) -> None:
        trial = self.source({"rate_hz": 30.0})
        assert trial.static is not None
        assert trial.keypoints.rate_hz == pytest.approx(30.0)
        assert trial.static.rate_hz == pytest.approx(30.0)

    def test_extra_errors_reach_trial_and_static(self) -> None:
        plain, raised = self.source({}), self.source({"extra.up": VerticalOffset(10.0)})
        for clean, moved in ((plain.keypoints, raised.keypoints), (plain.static, raised.static)):
            assert clean is not None
            assert moved is not None
            difference = moved.positions - clean.positions
            np.testing.assert_allclose(difference[..., 1], 0.01)
            np.testing.assert_allclose(difference[..., 0], 0.0, atol=1e-12)


class TestInStudyFiles:
    @staticmethod
    def source(**table: Any) -> Any:
        tables = {"trials": [{"dataset": "made-up", "sample": "squats", **table}]}
        (found,) = sources_of(tables, "lab")
        return found

    def test_what_the_table_says_arrives(self) -> None:
        found = self.source(
            subject="s1",
            activity="squat",
            reference="other",
            reference_markers="augmented",
            lag_s=0.1,
            same_frame=False,
            reference_from=["unscaled", "squats"],
        )
        assert found == DatasetSource(
            "made-up", "squats", "s1", "squat", "other", "augmented", ("unscaled", "squats"), 0.1,
            False,
        )  # fmt: skip

    def test_what_it_leaves_out_has_defaults(self) -> None:
        assert self.source() == DatasetSource("made-up", "squats", "made-up", "unknown")

    def test_keypoints_may_be_virtual(self) -> None:
        found = self.source(keypoints="mocap-driven", subject="s1", activity="squat")
        assert found.evidence is EvidenceKind.MOCAP_DRIVEN
        assert (found.subject, found.name) == ("s1", "squat")

    def test_refusals(self) -> None:
        with pytest.raises(FileFormatError, match=r"must be \[dataset, sample\]"):
            self.source(reference_from=["unscaled"])
        with pytest.raises(NameNotFoundError, match="kind of keypoints"):
            self.source(keypoints="virtual")
