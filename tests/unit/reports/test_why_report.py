from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kinebench.diagnosis.faults import CAUSES, UNDECIDABLE
from kinebench.diagnosis.figures import FIGURES
from kinebench.diagnosis.verdict import part_text, verdict
from kinebench.diagnosis.why import Diagnosis
from kinebench.remarks import Remark
from kinebench.reports.blocks import Details, Document, FigureBlock, Heading, TableBlock
from kinebench.reports.html import as_html
from kinebench.reports.side_words import figure_title, figure_value
from kinebench.reports.why_report import why_document
from tests.unit.diagnosis.made_up_diagnosis import chances, made_up
from tests.unit.diagnosis.virtual_sessions import session

EVIL = '<script>alert("x")</script>'


@pytest.fixture(scope="module")
def diagnosis() -> Diagnosis:
    return made_up(
        {
            "camera tilt": {"side_drop": 0.0082, "floor_contact": 0.011},
            "augmenter version": {"side_drop": -0.004, "leg_length": 0.012},
        },
        chances(tilt_sideways=0.83, low_keypoint=0.25),
        {"augmenter version": 2.0},
        recording=session(),
    )


@pytest.fixture(scope="module")
def shown(diagnosis: Diagnosis) -> Document:
    return document(diagnosis)


@pytest.fixture(scope="module")
def page(shown: Document) -> str:
    return as_html(shown)


def document(diagnosis: Diagnosis, **changes: object) -> Document:
    given = {
        "inputs": {"keypoints": ("squat.trc", "ab" * 32)},
        "choices": {"augmenter": "v0.3 (default)"},
        "doubts": (Remark("augmenter rate", "warning", "the trial has 120 Hz"),),
        "command": "kinebench why --keypoints squat.trc --report why.html",
    }
    return why_document(diagnosis, **{**given, **changes})  # type: ignore[arg-type]


def section(shown: Document, start: str) -> Any:
    return next(s for s in shown.sections if s.title.startswith(start))


def test_all_sentences_of_the_verdict_are_on_the_page(page: str, diagnosis: Diagnosis) -> None:
    for sentence in verdict(diagnosis):
        assert html.escape(sentence) in page


def test_inputs_command_warnings_and_what_was_left_out(page: str) -> None:
    told = (
        "ab" * 32,
        "squat.trc",
        "--report why.html",
        "warning: the trial has 120 Hz",
        "static window: the model is not scaled here",
        "Shapley",
        "v0.3 (default)",
    )
    for text in told:
        assert text in page


def tables(shown: Any) -> list[Any]:
    return [
        block for section in shown.sections for block in section.blocks
        if isinstance(block, TableBlock)
    ]  # fmt: skip


def test_the_first_table_says_what_is_wrong_and_what_to_do(shown: Document) -> None:
    first = tables(shown)[0]
    assert [row[:2] for row in first.table.rows] == [
        ("camera tilt sideways", "83 %"),
        ("low keypoint", "25 %"),
    ]
    assert first.table.rows[0][3] == CAUSES["tilt sideways"].advice


def test_every_flag_leads_to_the_picture_that_shows_it(shown: Document, page: str) -> None:
    first = tables(shown)[0]
    assert len(first.links) == 2
    for _, anchor in first.links:
        target = anchor.replace(" ", "-")
        assert f'href="#{target}"' in page or f'href="#{anchor}"' in page
    blocks = shown.sections[1].blocks
    headings = [n for n, block in enumerate(blocks) if isinstance(block, Heading)]
    for n, end in zip(headings, [*headings[1:], len(blocks)], strict=True):
        assert sum(isinstance(block, FigureBlock) for block in blocks[n:end]) == 2


def test_pictures_show_right_and_left_of_the_recording(shown: Document) -> None:
    blocks = shown.sections[1].blocks
    told = [block.description for block in blocks if isinstance(block, FigureBlock)]
    assert told[0] == "changing: +3.0"
    assert "static trial, height of the Hip keypoint (mm): right" in told[1]
    assert "movement, thigh by keypoints (mm): right" in told[3]


def test_what_is_only_a_sensitivity_is_in_the_table_of_swaps(shown: Document) -> None:
    table = tables(shown)[1].table
    by_name = {row[0]: row for row in table.rows}
    assert by_name["camera tilt sideways"][3:5] == (
        part_text("camera tilt", 0.0082, FIGURES[0]),
        part_text("camera tilt", 0.0041, FIGURES[0]),
    )
    assert by_name["camera tilt sideways"][3].startswith("+8.2 mm ± ")
    assert by_name["augmenter version"][5].startswith("2.0° (clean sessions: 10.")
    assert {len(cells) for cells in table.rows} == {len(table.header)}


def test_all_numbers_add_up_to_the_last_row(shown: Document, diagnosis: Diagnosis) -> None:
    details = next(b for b in section(shown, "What each cause").blocks if isinstance(b, Details))
    table = next(block.table for block in details.blocks if isinstance(block, TableBlock))
    column = [float(row[1].replace("−", "-")) for row in table.rows]
    assert sum(column[:-1]) == pytest.approx(column[-1], abs=0.15)
    assert len(table.rows) == len(diagnosis.parts) + 2
    assert [*table.header[1:]] == [figure_title(figure) for figure in FIGURES]


def test_a_figure_for_every_question(shown: Document) -> None:
    figures = [
        block for part in shown.sections for block in part.blocks if isinstance(block, FigureBlock)
    ]
    assert len(figures) == 6
    assert "camera tilt sideways: +8.2 of side drop, mm" in figures[4].description
    assert "without camera tilt sideways" in figures[5].svg
    assert "as it is: mean −10.0 mm" in figures[5].description.replace("-", "−")


def test_what_cannot_be_told_is_on_the_page(page: str) -> None:
    assert "Cannot be told from this recording" in page
    assert all(html.escape(what) in page for what in UNDECIDABLE)


def test_a_cause_has_one_name_on_the_whole_page(shown: Document) -> None:
    every = [row[0] for block in tables(shown) for row in block.table.rows]
    details = next(b for b in section(shown, "What each cause").blocks if isinstance(b, Details))
    every += [
        row[0]
        for block in details.blocks
        if isinstance(block, TableBlock)
        for row in block.table.rows
    ]
    assert every.count("camera tilt sideways") == 3
    assert not {"camera tilt", "tilt sideways"} & set(every)


def test_a_setting_of_the_run_is_told_as_advice() -> None:
    first = tables(document(made_up({}, chances(**{"start-up": 0.996, "size": 0.6}))))[0]
    assert [row[:2] for row in first.table.rows] == [
        ("size", "60 %"),
        ("augmenter start-up", ">99 % (advice on the run)"),
    ]


def test_of_optical_markers_the_page_has_no_probability() -> None:
    reason = "optical markers; the probabilities were learnt on video keypoints"
    optical = replace(
        made_up({"a": {"side_drop": 0.004}}), faults=(), anything=float("nan"), augmenter="",
        unjudged=reason,
    )  # fmt: skip
    page = as_html(document(optical))
    assert f"Not judged: {reason}" in page
    assert not any(word in page for word in ("v0.2", "No fault", "a bias of the detector"))


def test_without_suspects_nothing_is_marked() -> None:
    calm = made_up({"camera tilt": {"side_drop": 0.001}})
    calm_shown = document(calm)
    page = as_html(calm_shown)
    assert "No fault is shown" in page
    assert "without " not in next(
        b.svg for b in section(calm_shown, "Side drop").blocks if isinstance(b, FigureBlock)
    )


def test_a_model_without_hips_has_no_course() -> None:
    page = as_html(document(made_up({"a": {}}, drop_m=float("nan"))))
    assert "no hip joint centres" in page
    assert page.count("<svg") == 1


def test_figures_are_told_in_readable_units() -> None:
    units = {figure.name: figure for figure in FIGURES}
    assert figure_title(units["leg_length"]) == "leg length, %"
    assert figure_value(0.012, units["leg_length"]) == "1.2"
    assert figure_value(-0.0034, units["side_drop"]) == "−3.4"
    assert figure_value(float("nan"), units["side_drop"]) == "—"


def test_hostile_names_do_no_harm(diagnosis: Diagnosis) -> None:
    page = as_html(
        document(
            replace(diagnosis, trial=EVIL, left_out={EVIL: EVIL}),
            inputs={EVIL: (EVIL, EVIL)},
            choices={EVIL: EVIL},
            doubts=(Remark(EVIL, EVIL, EVIL, advice=EVIL, file=EVIL),),
            command=EVIL,
        )
    )
    assert "<script>alert" not in page


def test_the_same_page_twice(diagnosis: Diagnosis, page: str) -> None:
    assert as_html(document(diagnosis)) == page
    assert len(page) < 800_000
    assert not re.search(r'(src|href)="https?://(?!doi\.org)', page)


def test_a_browser_shows_it_without_a_complaint(page: str, opened: Callable[[str], Any]) -> None:
    elements, log = opened(page)
    assert "CONSOLE" not in log
    assert elements.count("<svg") == page.count("<svg")
