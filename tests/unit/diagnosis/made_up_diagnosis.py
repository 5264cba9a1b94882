"""Diagnoses made of numbers, for tests of what is said about them."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from kinebench.core import Trial
from kinebench.diagnosis.faults import CAUSES, Fault
from kinebench.diagnosis.figures import COURSES, FIGURES
from kinebench.diagnosis.swaps import Cause
from kinebench.diagnosis.why import SOLVERS, Diagnosis

TIMES = np.arange(121) / 60


def values(**figures: float) -> np.ndarray:
    return np.array([figures.get(figure.name, 0.0) for figure in FIGURES])


def chances(**given: float) -> tuple[Fault, ...]:
    """Every cause with its probability, 1 % by default; underscores stand for blanks."""
    named = {name.replace("_", " "): chance for name, chance in given.items()}
    faults = [
        Fault(name, named.get(name, 0.01), f"{name} is seen; and more", "", (("changing", 3.0),))
        for name in CAUSES
    ]
    return tuple(sorted(faults, key=lambda fault: -fault.probability))


def made_up(
    parts: Mapping[str, Mapping[str, float]],
    faults: tuple[Fault, ...] = chances(),
    angles_deg: Mapping[str, float] | None = None,
    drop_m: float = -0.010,
    name: str = "squat",
    anything: float = 0.1,
    recording: Trial | None = None,
) -> Diagnosis:
    """A diagnosis whose swaps change these figures, and all angles by so much in 0.3 s."""
    shares = {SOLVERS: values(), **{cause: values(**part) for cause, part in parts.items()}}
    courses = {cause: np.zeros((len(TIMES), len(COURSES))) for cause in shares}
    for cause, degrees in (angles_deg or {}).items():
        courses[cause][30:48, 1:] = math.radians(degrees)
    for cause, share in shares.items():
        courses[cause][:, 0] = share[0]
    course = np.zeros((len(TIMES), len(COURSES)))
    course[:, 0] = drop_m
    as_is = values(side_drop=drop_m)
    return Diagnosis(
        trial=name,
        as_is=as_is,
        swapped=as_is + sum(shares.values()),
        causes=tuple(
            Cause(cause, f"{cause} now", f"{cause} instead", lambda p: p) for cause in parts
        ),
        parts=shares,
        alone={cause: 0.5 * share for cause, share in shares.items()},
        left_out={"static window": "the model is not scaled here"},
        n_runs=9,
        deep=np.array([40, 41, 42, 90, 91]),
        times=TIMES,
        course=course,
        swapped_course=course + sum(courses.values()),
        course_parts=courses,
        faults=faults,
        anything=max(anything, faults[0].probability),
        augmenter="v0.3",
        recording=recording,
        window_s=(0.5, 1.0),
    )
