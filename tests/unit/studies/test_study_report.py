from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from kinebench.reports.blocks import Document
from kinebench.reports.html import as_html
from kinebench.reports.study import StudyPart, study_document
from kinebench.reports.study.effects import effect_of
from kinebench.studies.design import Study
from kinebench.studies.execution import Outcome, run_study
from kinebench.studies.scores import scores_of
from kinebench.studies.store import Store


def document(study: Study, outcomes: tuple[Outcome, ...]) -> Document:
    part = StudyPart("Made up", study, outcomes)
    return study_document("A study", "does it work?", [part], "the command")


@pytest.fixture
def study(made_up: ModuleType) -> Study:
    sources = tuple(made_up.MadeUpSource("t", f"s{index}") for index in range(4))
    found: Study = made_up.study(heights=(0.0, 0.1, 0.2), sources=sources)
    return found


@pytest.fixture
def outcomes(study: Study, tmp_path: Path) -> tuple[Outcome, ...]:
    return run_study(study, Store(tmp_path))


def test_an_effect_is_what_was_put_in(study: Study, outcomes: tuple[Outcome, ...]) -> None:
    # the made-up knee angle is gain × height, so a shift of 0.2 m with gain 1 is an RMSE of 0.2
    noiseless = tuple(
        outcome
        for outcome in outcomes
        if outcome.labels["noise"] == "none" and outcome.labels["gain"] == "1"
    )
    effect = effect_of(study.factors[1], scores_of(noiseless))
    assert effect.n_subjects == 4
    assert effect.means["0 m"] == pytest.approx(0.0, abs=1e-12)
    assert effect.means["0.2 m"] == pytest.approx(0.2)
    assert effect.changes[-1].contrast.mean == pytest.approx(0.2)


def test_what_failed_at_one_level_counts_at_none(
    study: Study, outcomes: tuple[Outcome, ...]
) -> None:
    spoilt = tuple(
        replace(outcome, status="failed", reason="broken", rows=())
        if outcome.labels["subject"] == "s0" and outcome.labels["shift"] == "0.1 m"
        else outcome
        for outcome in outcomes
    )
    assert effect_of(study.factors[1], scores_of(spoilt)).n_subjects == 3


def test_the_page_tells_its_numbers_from_the_results(
    study: Study, outcomes: tuple[Outcome, ...]
) -> None:
    page = as_html(document(study, outcomes))
    effect = effect_of(study.factors[1], scores_of(outcomes))
    assert effect.largest is not None
    assert f"+{math.degrees(effect.largest.contrast.mean):.2f}°" in page
    assert "over 4 subjects" in page
    assert "does it work?" in page
    assert "the command" in page
    assert page == as_html(document(study, outcomes))


def test_reasons_are_listed_and_escaped(study: Study, outcomes: tuple[Outcome, ...]) -> None:
    last = replace(outcomes[-1], status="failed", reason="<script>", rows=())
    page = as_html(document(study, (*outcomes[:-1], last)))
    assert "1 × failed: &lt;script&gt;" in page
    assert "<script>" not in page


def test_one_subject_is_too_few_and_says_so(made_up: ModuleType, tmp_path: Path) -> None:
    alone = made_up.study(sources=(made_up.MadeUpSource("t"),))
    page = as_html(document(alone, run_study(alone, Store(tmp_path))))
    assert "one subject, no interval" in page
