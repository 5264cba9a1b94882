"""Sections of a study's report, as a file asks for them: which one is wrong is said."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from kinebench.errors import FileFormatError, NameNotFoundError
from kinebench.studies.design import Factor, Level, Study
from kinebench.studies.files import sections as module
from kinebench.studies.files.sections import sections_of
from kinebench.studies.report_plan import SECTIONS, SectionChoice


def test_sections_are_counted_from_one() -> None:
    with pytest.raises((FileFormatError, NameNotFoundError), match="section 2"):
        sections_of({"sections": ["causes", {"kind": "causes", "wrong": 1}]}, ())


def test_a_kind_or_a_table_is_the_same_section() -> None:
    plain, table = sections_of({"sections": ["causes", {"kind": "causes"}]}, ())
    assert plain == table
    (titled,) = sections_of({"sections": [{"kind": "causes", "title": "Why"}]}, ())
    assert (titled.kind, titled.title) == ("causes", "Why")
    assert sections_of({}, ()) == ()


def test_another_kind_is_that_section_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """One without options of its own takes no line in the reading of files."""
    monkeypatch.setattr(module, "SECTIONS", (*SECTIONS, "another"))
    (found,) = sections_of({"sections": ["another"]}, ())
    assert found.kind == "another"


def test_an_unknown_kind_gets_the_near_match() -> None:
    with pytest.raises(NameNotFoundError, match="did you mean 'causes'"):
        sections_of({"sections": ["cause"]}, ())


@pytest.fixture
def studies(made_up: ModuleType) -> tuple[Study, ...]:
    """Two with other metrics; the truth of the first is known best."""
    first = made_up.study(heights=(0.0, 0.1, 0.2, 0.25))
    return first, replace(first, name="second", metrics=("rmse", "bias"))


def sections(studies: tuple[Study, ...], *given: Any) -> tuple[SectionChoice, ...]:
    return sections_of({"sections": list(given)}, studies)


def test_every_kind_of_section_has_its_own_options(studies: tuple[Study, ...]) -> None:
    assert sections(studies, "sinking", {"kind": "sinking", "title": "Right and left"}) == (
        SectionChoice("sinking"), SectionChoice("sinking", "Right and left"),
    )  # fmt: skip
    assert sections(studies, {"kind": "metric", "metric": "bias", "title": "By bias"}) == (
        SectionChoice("metric", "By bias", metric="bias"),
    )
    assert sections(studies, "causes") == (SectionChoice("causes"),)


def test_an_oracle_judges_all_levels_of_the_first_factor_by_activity(
    studies: tuple[Study, ...],
) -> None:
    assert sections(studies, "oracle") == (
        SectionChoice("oracle", "", "noise", ("none", "5 mm"), "activity"),
    )
    told = {"kind": "oracle", "factor": "shift", "candidates": ["0.2*", "0.1 m"],
            "split": "subject", "title": "Best"}  # fmt: skip
    assert sections(studies, told) == (
        SectionChoice("oracle", "Best", "shift", ("0.1 m", "0.2 m", "0.25 m"), "subject"),
    )
    # a label of another factor may count its choices
    (by_gain,) = sections(studies, {"kind": "oracle", "split": "gain"})
    assert by_gain.split == "gain"


def test_a_level_s_name_is_no_pattern(made_up: ModuleType) -> None:
    levels = tuple(Level(label, i) for i, label in enumerate(("[a]", "a", "b")))
    study = made_up.study(factors=(Factor("f", "data.f", levels),))
    (found,) = sections((study,), {"kind": "oracle", "candidates": ["[a]", "b"]})
    assert found.candidates == ("[a]", "b")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("oracel", "a report has no section 'oracel'"),
        ({"kind": "oracle", "factor": "gian"}, "study 'made-up' has no factor 'gian'"),
        ({"kind": "oracle", "candidates": ["none"]},
         "section 1: an oracle needs two candidates or more, found none"),
        ({"kind": "oracle", "candidates": ["1*"]}, "factor 'noise' (section 1) has no level '1*'"),
        ({"kind": "oracle", "split": "noize"}, "study 'made-up' has no label 'noize'"),
        ({"kind": "oracle", "metric": "bias"}, "section 1 has no key 'metric'"),
        ({"kind": "metric"}, "section 1"),
        ({"kind": "metric", "metric": "mae"}, "section 1: it shows metric mae, which study"
         " 'made-up' does not have; its metrics are rmse, bias, offset_removed_rmse"),
        ({"kind": "metric", "metric": "offset_removed_rmse"}, "section 1: it shows metric"
         " offset_removed_rmse, which study 'second' does not have; its metrics are rmse, bias"),
        ({"kind": "causes", "factor": "noise"}, "section 1 has no key 'factor'"),
        ({"title": "x"}, "a report has no section ''"),
    ],
)  # fmt: skip
def test_a_section_that_cannot_be_is_one_sentence(
    studies: tuple[Study, ...], given: Any, told: str
) -> None:
    with pytest.raises((FileFormatError, NameNotFoundError)) as caught:
        sections(studies, given)
    assert str(caught.value).startswith(told)


def test_sinking_needs_bias_of_every_study(studies: tuple[Study, ...]) -> None:
    lacking = replace(studies[1], metrics=("rmse",))
    with pytest.raises(FileFormatError) as caught:
        sections((studies[0], lacking), "causes", "sinking")
    assert str(caught.value) == (
        "section 2: sinking needs metric bias, which study 'second' does not have; its metrics are"
        " rmse"
    )
