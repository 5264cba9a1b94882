"""Studies whose results are written down, not run: every effect is known."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from kinebench.augmentation.augmenter import LSTMAugmenter
from kinebench.cleaning import Butterworth, Challis
from kinebench.core import Model, Trial
from kinebench.core.motion import Motion
from kinebench.ik.fast import FastIK
from kinebench.kinematics import read_tree
from kinebench.lab import generic_body, ik_tasks, scaling_setup
from kinebench.metrics import Alignment, FigureRow, FigureTable, Kind
from kinebench.pipeline.pipeline import Pipeline
from kinebench.reports.blocks import Document
from kinebench.reports.html import as_html
from kinebench.reports.study import StudyPart, study_document
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.standing_window import StandingWindow
from kinebench.studies.analysis.exhibits import Exhibit
from kinebench.studies.design import Factor, Level, Study
from kinebench.studies.evidence import EvidenceKind
from kinebench.studies.execution.cells import Outcome
from kinebench.studies.plan import cells

EVIL = '<script>alert("x")</script>'

FILTERS = {"none": 0.0, "6 Hz": -1.0, "Challis": -0.5}
AUGMENTERS = {"v0.3": 0.0, "lab-1": 2.0}
BOTH = 0.5
"""What 6 Hz and lab-1 do together beyond their sum, degrees."""


@dataclass(frozen=True, slots=True)
class WrittenSource:
    """Gives no trial: its results are written down."""

    name: str
    subject: str
    activity: str = "squat"
    evidence: EvidenceKind = EvidenceKind.EXACT_TRUTH

    def __call__(self, choices: Mapping[str, Any]) -> Trial:
        raise AssertionError("nothing is run here")


def a_study(subjects: tuple[str, ...] = ("s0", "s1", "s2", "s3"), **options: Any) -> Study:
    """Filter × augmenter on a squat of each subject."""
    base = Pipeline(
        generic=generic_body().model,
        augment=LSTMAugmenter("v0.3", warm_up_s=1.0),
        scale=FastScaler(scaling_setup(), None, StandingWindow()),
        solve=FastIK(ik_tasks()),
    )
    stages = {"none": (), "6 Hz": (Butterworth(6.0),), "Challis": (Challis(),)}
    factors = (
        Factor("filter", "clean", tuple(Level(name, stages[name]) for name in FILTERS)),
        Factor("augmenter", "augment.version", tuple(Level(n, n) for n in AUGMENTERS)),
    )
    sources = tuple(WrittenSource("squat", subject, **options) for subject in subjects)
    return Study("written", "Which filter?", base, factors, sources)


def error_deg(labels: Mapping[str, str]) -> float:
    """The error that was written for a cell, degrees."""
    number = int(labels["subject"].strip("s"))
    together = BOTH if (labels["filter"], labels["augmenter"]) == ("6 Hz", "lab-1") else 0.0
    wobble = 0.1 * (-1) ** number if labels["filter"] == "6 Hz" else 0.0
    return (
        5.0 + number + FILTERS[labels["filter"]] + AUGMENTERS[labels["augmenter"]]
        + together + wobble
    )  # fmt: skip


def figures_of(labels: Mapping[str, str]) -> FigureTable:
    error = float(np.radians(error_deg(labels)))
    number = int(labels["subject"].strip("s"))
    angle = Kind.COORDINATE
    found: list[FigureRow] = []
    for name, factor in (("knee_angle_r", 1.5), ("knee_angle_l", 0.5), ("pelvis_tilt", 1.0)):
        found += [
            FigureRow(angle, name, "rmse", factor * error, "rad"),
            FigureRow(angle, name, "offset_removed_rmse", factor * error / 2, "rad"),
            FigureRow(angle, name, "rmse", 0.9 * factor * error, "rad", Alignment.LAG_REMOVED),
        ]
    lowered = -0.010 if labels["augmenter"] == "lab-1" else 0.0
    found += [
        FigureRow(angle, "pelvis_list", "bias", 0.01 * number, "rad"),
        FigureRow(angle, "pelvis_ty", "rmse", 9.0, "m"),
        FigureRow(angle, "arm_flex_r", "rmse", 9.0, "rad"),
        FigureRow(angle, "hip_flexion_r", "rmse", math.nan, "rad"),
        FigureRow(Kind.LANDMARK, "hip", "side_drop", lowered + 0.001 * number, "m"),
        FigureRow(Kind.LANDMARK, "hip", "right_minus_left", 0.5, "m"),
    ]
    return FigureTable.of(found)


def outcomes_of(study: Study) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(cell.index, cell.labels, "done", "", figures_of(cell.labels))
        for cell in cells(study)
    )


def failed(
    outcomes: tuple[Outcome, ...], reason: str, which: Callable[[dict[str, str]], bool]
) -> tuple[Outcome, ...]:
    return tuple(
        replace(o, status="failed", reason=reason, figures=FigureTable()) if which(o.labels) else o
        for o in outcomes
    )


@pytest.fixture(scope="session")
def study() -> Study:
    return a_study()


@pytest.fixture(scope="session")
def outcomes(study: Study) -> tuple[Outcome, ...]:
    return outcomes_of(study)


@pytest.fixture(scope="session")
def model() -> Model:
    return generic_body().model


@pytest.fixture(scope="session")
def motion(model: Model) -> Motion:
    """One second at 60 Hz with a knee that bends."""
    tree = read_tree(model)
    times = np.arange(61) / 60
    values = np.tile([c.default for c in tree.coordinates], (len(times), 1))
    values[:, tree.coordinate_names.index("knee_angle_r")] = 0.5 * (1 - np.cos(2 * np.pi * times))
    return Motion(tuple(c.as_coordinate() for c in tree.coordinates), times, values)


@pytest.fixture(scope="session")
def exhibits(outcomes: tuple[Outcome, ...], model: Model, motion: Motion) -> tuple[Exhibit, ...]:
    """The last cell as the worst, the first as the best."""
    estimate = replace(motion, values=motion.values + 0.05)
    return tuple(
        Exhibit(role, outcome.labels, motion, estimate, model, float(np.radians(error)))
        for role, outcome, error in (
            ("worst", outcomes[-1], 9.5),
            ("best", outcomes[0], 5.0),
        )
    )


@pytest.fixture(scope="session")
def part(study: Study, outcomes: tuple[Outcome, ...], exhibits: tuple[Exhibit, ...]) -> StudyPart:
    return StudyPart("Virtual subjects", study, outcomes, exhibits, "The truth is known.")


@pytest.fixture(scope="session")
def hostile_part() -> StudyPart:
    """One subject, a dataset, and names that attack the page."""
    study = a_study(("s7",))
    made: Any = study.sources  # dataclasses of a class that this module does not name
    sources = tuple(replace(source, name=EVIL, activity=EVIL) for source in made)
    study = replace(
        study, name=EVIL, question=EVIL, sources=sources, datasets=("opencap-session-subject0",)
    )
    spoilt = failed(outcomes_of(study), EVIL, lambda labels: labels["filter"] == "Challis")
    return StudyPart(EVIL, study, spoilt, (), EVIL)


@pytest.fixture(scope="session")
def document(part: StudyPart, hostile_part: StudyPart) -> Document:
    """A report of two parts, the second with hostile names."""
    return study_document("Filters", "Which filter?", [part, hostile_part], f"run {EVIL}")


@pytest.fixture(scope="session")
def page(document: Document) -> str:
    return as_html(document)
