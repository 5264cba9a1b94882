"""`Subject`: refusals and warnings for units gone wrong."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kinebench.core import Subject
from kinebench.core.subject import require_possible
from kinebench.errors import KinebenchError, KinebenchWarning, ValueRangeError


@pytest.mark.parametrize("wrong", [0, 0.0, -1.78, np.nan, np.inf, -np.inf, "1.78", None, True])
def test_impossible_numbers_are_refused(wrong: Any) -> None:
    with pytest.raises(ValueRangeError, match="height_m must be a number above 0 m"):
        Subject(72.0, wrong)
    with pytest.raises(KinebenchError, match="mass_kg must be a number above 0 kg"):
        Subject(wrong, 1.78)


@pytest.mark.parametrize(
    ("mass", "height", "hint"),
    [
        (72.0, 178.0, r"height of 178 m is not plausible \(in cm\?\)"),
        (72.0, 1780.0, r"height of 1780 m is not plausible \(in mm\?\): expected"),
        (72.0, 175.2 / 2.54, r"height of .* \(in inches\?\)"),
        (72.0, 5.75, r"height of .* \(in feet\?\)"),
        (158.7, 69.0, r"\(in inches, and the mass in lb\?\)"),
        (1.78, 72.0, r"\(mass and height exchanged\?\)"),
        (11.6, 1.78, r"\(in stone\?\)"),
        (720.0, 1.78, r"\(in newtons\?\)"),
        (72.0, 0.178, "height of 0.178 m is not plausible:"),
        (72.0 * 2.2046, 1.78, r"mass of 158.731 kg .* \(in lb\?\): body-mass index 50"),
        (63.5 * 2.2046, 1.69, r"\(in lb\?\)"),
        (78.2 * 2.2046, 1.96, r"\(in lb\?\)"),
        (72000.0, 1.78, r"\(in g\?\)"),
        (0.072, 1.78, "mass of 0.072 kg at a height of 1.78 m is not plausible: body-mass index 0"),
    ],
)
def test_doubtful_numbers_are_warned_about_and_kept(mass: float, height: float, hint: str) -> None:
    with pytest.warns(KinebenchWarning, match=hint) as told:
        subject = Subject(mass, height)
    assert told[0].filename == __file__
    assert (subject.mass_kg, subject.height_m) == (mass, height)


@pytest.mark.parametrize(
    ("mass", "height"),
    [(78.2, 1.96), (63.5, 1.69), (72.0, 1.78), (3.4, 0.51), (14.0, 0.95), (130.0, 1.75)],
)
def test_people_are_not_warned_about(mass: float, height: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Subject(mass, height)


@pytest.mark.parametrize("number", [np.float32(72), np.int64(72), np.float64(72), 72])
def test_numbers_of_any_kind_become_floats(number: Any) -> None:
    subject = Subject(number, 1.78)
    assert type(subject.mass_kg) is float
    assert subject == Subject(72.0, 1.78)


@pytest.mark.parametrize(
    ("mass", "height", "possible"),
    [(72.0, 178.0, False), (72.0, 69.0, False), (72.0, 5.75, False), (72000.0, 1.78, False),
     (0.072, 1.78, False), (200.0, 2.72, True), (560.0, 1.68, True), (3.0, 0.45, True),
     (72.0, 1.78, True)],
)  # fmt: skip
def test_what_no_person_has_can_be_refused(mass: float, height: float, possible: bool) -> None:
    if possible:
        require_possible(mass, height)
        return
    with pytest.raises(ValueRangeError, match="is not plausible"):
        require_possible(mass, height)


def test_replace_checks_again() -> None:
    with pytest.raises(ValueRangeError):
        replace(Subject(72.0, 1.78), mass_kg=-1.0)
