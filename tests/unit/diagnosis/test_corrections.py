"""A recording that is corrected on the way is judged as corrected; filters leave it as it is."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from kinebench.cleaning import Butterworth, Level, parse_cleaners
from kinebench.core.stages import title_of
from kinebench.diagnosis.corrections import as_corrected
from kinebench.diagnosis.faults import faults_of
from kinebench.diagnosis.features import measured
from kinebench.diagnosis.verdict import verdict
from kinebench.lab import generic_body
from kinebench.remarks import unheard
from tests.unit.diagnosis.made_up_diagnosis import made_up
from tests.unit.diagnosis.virtual_sessions import session

ROOT = str(Path(__file__).parents[3])


@pytest.fixture(scope="module")
def planting() -> Iterator[ModuleType]:
    sys.path.insert(0, ROOT)
    try:
        yield importlib.import_module("benchmarks.diagnosis.planting")
    finally:
        sys.path.remove(ROOT)


def test_corrections_are_made_in_their_order_on_both_recordings_and_filters_are_not() -> None:
    trial = session()
    (turn,), level = parse_cleaners("rotate:y=30"), Level()
    corrected, names = as_corrected((Butterworth(6.0), turn, level), trial)
    assert names == (title_of(turn), title_of(level))
    assert corrected.keypoints == level(turn(trial.keypoints))
    assert trial.static is not None
    assert corrected.static == level(turn(trial.static))
    same, none = as_corrected((Butterworth(6.0),), trial)
    assert none == ()
    assert same.keypoints == trial.keypoints
    alone, _ = as_corrected((level,), replace(trial, static=None))
    assert alone.static is None


# Of 60 sessions of each kind, before two kinds of cameras, on other numbers than here: 42 of 120
# tilted ones are accused of it as filmed, none once they are level; 58 of 60 with sides that swap
# as filmed, none once they are swapped back; of 200 clean ones 1 in both.
@pytest.mark.parametrize(
    ("fault", "number", "cleaners"), [("tilt", 4, "level"), ("side swaps", 2, "swap-sides")]
)
def test_what_was_corrected_is_not_accused(
    planting: ModuleType, fault: str, number: int, cleaners: str
) -> None:
    found = planting.drawn("front", number, (fault,), "quiet", 1)
    trial = found.trial(generic_body)
    choices = found.choices(trial)
    first = faults_of(measured(trial, choices))[0][0]
    assert first.name in found.causes
    assert first.likely
    with unheard():  # that sides are put right is told
        corrected, _ = as_corrected(parse_cleaners(cleaners), trial)
    assert not any(fault.likely for fault in faults_of(measured(corrected, choices))[0])


def test_another_fault_is_found_behind_a_correction(planting: ModuleType) -> None:
    found = planting.drawn("front", 1, ("size",), "quiet", 1)
    trial = found.trial(generic_body)
    corrected, _ = as_corrected((Level(),), trial)
    first = faults_of(measured(corrected, found.choices(trial)))[0][0]
    assert (first.name in found.causes, first.likely) == (True, True)


def test_the_verdict_says_after_what_it_judges() -> None:
    plain = made_up({"camera tilt": {"side_drop": 0.008}})
    assert "corrections" not in " ".join(verdict(plain))
    judged = replace(plain, corrections=("levelling",))
    assert "judged after its corrections: levelling; they hide" in verdict(judged)[0]
    optical = replace(judged, unjudged="optical markers")
    assert "corrections" not in " ".join(verdict(optical))


def test_a_recording_is_turned_as_a_whole() -> None:
    trial = session()
    turned, _ = as_corrected(parse_cleaners("rotate:y=90"), trial)
    heights = turned.keypoints.positions[..., 1], trial.keypoints.positions[..., 1]
    np.testing.assert_allclose(*heights, atol=1e-12)
