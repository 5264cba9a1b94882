"""What stands in the report."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from kinebench.errors import ValueRangeError
from kinebench.metrics import Alignment, FigureTable, Kind
from kinebench.reports.blocks import Details, Document, FigureBlock, Heading, TableBlock, Text
from kinebench.reports.html import as_html
from kinebench.reports.player import PlayerBlock
from kinebench.reports.study import StudyPart, parts_of, study_document
from kinebench.reports.study.factors import effect_blocks
from kinebench.reports.study.scored import scored
from kinebench.reports.study.sides import side_blocks
from kinebench.studies.design import Study
from kinebench.studies.evidence import EvidenceKind
from kinebench.studies.execution.cells import Outcome

EVIL = '<script>alert("x")</script>'


class Page(HTMLParser):
    """Tags, ids and what is seen."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.shown = ""
        self._hidden = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._hidden = tag in ("style", "script", "title")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.shown += data


def titles(document: Document, section: int) -> list[str]:
    blocks = document.sections[section].blocks
    return [block.title for block in blocks if isinstance(block, Heading) and block.level == 3]


def test_the_order_of_a_report(document: Document) -> None:
    assert [section.title for section in document.sections] == [
        "Question and answer", "Virtual subjects", EVIL, "Methods", "Downloads", "Manifest",
    ]  # fmt: skip
    assert titles(document, 1) == [
        "Effects", "Interactions", "Where the errors are", "Best and worst runs",
        "Does a side sink?", "Worst trials", "What was left out", "Does it depend on alignment?",
        "Do other metrics agree?",
    ]  # fmt: skip


def test_the_answer_names_the_largest_effect_first(document: Document) -> None:
    question, first, second, *_ = document.sections[0].blocks
    assert isinstance(question, Text)
    assert isinstance(first, Text)
    assert isinstance(second, Text)
    assert question.content == "Which filter?"
    assert first.content == (
        "Virtual subjects (4 subjects): augmenter 'lab-1' instead of 'v0.3' changes the mean error"
        " of legs, pelvis and trunk by +2.00° [2.00, 2.00] in squat (from 6.50°)."
    )
    assert second.content == (
        "Filter '6 Hz' instead of 'none' changes it by −1.00° [−1.18, −0.82] in squat (from 6.50°)."
    )


def test_a_second_part_answers_for_the_same_levels(part: StudyPart) -> None:
    alone = tuple(o for o in part.outcomes if o.labels["subject"] == "s1")
    real = replace(part, title="Real recordings", outcomes=alone, exhibits=())
    document = study_document("T", "Q", [replace(part, exhibits=()), real], "c")
    *_, other, table = document.sections[0].blocks
    assert isinstance(other, Text)
    assert isinstance(table, TableBlock)
    assert other.content.startswith(
        "Real recordings (1 subject): augmenter 'lab-1' instead of 'v0.3' changes it by +2.00° (one"
    )
    assert "subject, no interval) in squat (from " in other.content
    assert table.table.header[-3:] == ("activity", "Virtual subjects, °", "Real recordings, °")
    assert table.table.rows[0] == (
        "augmenter", "lab-1", "v0.3", "squat", "2.00 [2.00, 2.00]", "2.00",
    )  # fmt: skip


def test_activities_are_never_averaged(part: StudyPart) -> None:
    """A level that adds 1° to one activity and takes 1° from another does not do nothing."""
    walking = tuple(
        replace(
            outcome,
            labels={**outcome.labels, "activity": "walking", "trial": "walking"},
            figures=FigureTable.of(
                row._replace(value=2 * row.value) if row.metric == "rmse" else row
                for row in outcome.figures.rows()
            ),
        )
        for outcome in part.outcomes
    )
    both = scored(1, replace(part, outcomes=(*part.outcomes, *walking), exhibits=()))
    found = {
        effect.activity: math.degrees(change.contrast.mean)
        for effect, change in both.in_activities("augmenter", "lab-1")
    }
    assert found == pytest.approx({"squat": 2.0, "walking": 4.0})
    document = study_document("T", "Q", [both.part], "c")
    assert isinstance(sentence := document.sections[0].blocks[1], Text)
    assert (
        "+4.00° [4.00, 4.00] in walking (from 13.00°), +2.00° [2.00, 2.00] in squat (from 6.50°)"
        in (sentence.content)
    )


def test_equivalence_is_claimed_by_a_stated_margin(part: StudyPart) -> None:
    with_margin = replace(part, study=replace(part.study, margin=1.2), exhibits=())
    document = study_document("T", "Q", [with_margin], "c")
    _, _, second, margin = document.sections[0].blocks
    assert isinstance(margin, Text)
    assert isinstance(second, Text)
    assert margin.content == (
        "'Equivalent' says that two one-sided tests show a change of less than 1.20°."
    )
    assert "−1.00° [−1.18, −0.82] (equivalent) in squat" in second.content
    table = next(b for b in document.sections[1].blocks if isinstance(b, TableBlock))
    assert "p of equivalence" in table.table.header
    page = as_html(document)
    assert "show a change within ± 1.2°; the margin stands in the study file" in page
    assert "Schuirmann" in page
    assert "Schuirmann" not in as_html(study_document("T", "Q", [part], "c"))


def test_worst_trials_lead_to_their_waveforms(document: Document) -> None:
    blocks = document.sections[1].blocks
    anchors = {block.anchor for block in blocks if isinstance(block, Heading)}
    table = next(b for b in blocks if isinstance(b, TableBlock) and "median" in b.caption)
    assert [row[0] for row in table.table.rows] == [
        "s3, squat",
        "s2, squat",
        "s1, squat",
        "s0, squat",
    ]
    assert table.table.rows[0][1:3] == ("none", "lab-1")
    assert table.table.rows[0][3] == "10.00"
    assert dict(table.links) == {0: "part 1 exhibit 1", 3: "part 1 exhibit 2"}
    assert set(dict(table.links).values()) <= anchors


def test_the_worst_run_can_be_played(document: Document) -> None:
    blocks = document.sections[1].blocks
    players = [block for block in blocks if isinstance(block, PlayerBlock)]
    assert len(players) == 1
    assert "Worst run: s3, squat, mean error 9.50°" in players[0].caption


def test_sides_sink_where_it_was_written(document: Document) -> None:
    blocks = list(document.sections[1].blocks)
    start = next(i for i, b in enumerate(blocks) if isinstance(b, Heading) and "sink" in b.title)
    figure = blocks[start + 1]
    assert isinstance(figure, FigureBlock)
    assert "hip −8.5 mm at lab-1" in figure.caption
    assert f"{math.degrees(0.015):.1f}°" in figure.caption
    assert "over 4 subjects" in figure.caption


def test_alignment_shows_what_is_there(document: Document, part: StudyPart) -> None:
    table = document.sections[1].blocks[-4]
    assert isinstance(table, TableBlock)
    assert table.table.header == (
        "what", "as recorded, °", "constant offset removed, °", "one lag removed, °",
    )  # fmt: skip
    rows = {row[0]: row[1:] for row in table.table.rows}
    changes = rows["augmenter: lab-1, squat"]
    assert [cell.split()[0] for cell in changes] == ["2.00", "1.00", "1.80"]
    bare = [
        replace(
            o,
            figures=FigureTable.of(
                row
                for row in o.figures.rows()
                if (row.kind, row.metric, row.alignment)
                == (Kind.COORDINATE, "rmse", Alignment.NONE)
            ),
        )
        for o in part.outcomes
    ]
    without = study_document("T", "Q", [replace(part, outcomes=bare, exhibits=())], "c")
    assert "Does it depend on alignment?" not in titles(without, 1)
    assert "Does a side sink?" not in titles(without, 1)


def test_every_metric_stands_with_title_unit_and_direction(
    document: Document, part: StudyPart
) -> None:
    table = document.sections[1].blocks[-1]
    assert isinstance(table, TableBlock)
    # the bias is written for one angle, of which no level of a factor changes anything
    assert table.table.header == (
        "what", "RMSE, ° (lower is better)", "|bias|, ° (nearer to 0 is better)",
        "RMSE, offset removed, ° (lower is better)",
    )  # fmt: skip
    rows = {row[0]: row[1:] for row in table.table.rows}
    assert [cell.split()[0] for cell in rows["augmenter: lab-1, squat"]] == ["2.00", "0.00", "1.00"]
    alone = replace(part, study=replace(part.study, metrics=("rmse",)), exhibits=())
    assert "Do other metrics agree?" not in titles(study_document("T", "Q", [alone], "c"), 1)
    methods = next(section for section in document.sections if section.title == "Methods")
    listed = next(
        block.blocks[0]
        for block in methods.blocks
        if isinstance(block, Details) and block.summary == "The metrics"
    )
    assert isinstance(listed, TableBlock)
    assert listed.table.rows[1] == (
        "bias", "bias", "°", "nearer to 0 is better", "Bland & Altman 1986, Lancet 327:307"
    )  # fmt: skip


def test_small_interactions_are_told_and_large_ones_drawn(
    document: Document, part: StudyPart
) -> None:
    blocks = list(document.sections[1].blocks)
    start = next(
        i for i, b in enumerate(blocks) if isinstance(b, Heading) and b.title == "Interactions"
    )
    figure = blocks[start + 1]
    assert isinstance(figure, FigureBlock)
    assert "filter '6 Hz' with augmenter 'lab-1' departs most from adding up" in figure.caption
    some = [o for o in part.outcomes if o.labels["filter"] != "6 Hz"]
    told = study_document("T", "Q", [replace(part, outcomes=some, exhibits=())], "c")
    texts = [b.content for b in told.sections[1].blocks if isinstance(b, Text)]
    assert any("filter and augmenter add up" in text for text in texts)


def test_reasons_of_what_was_left_out(page: str) -> None:
    shown = Page(page).shown
    assert "Runs: 4 done, 2 failed." in shown
    assert f"2 × failed: {EVIL}" in shown


def test_nothing_done_is_a_report_too(study: Study) -> None:
    none = tuple(Outcome(i, {"subject": "s", "trial": "t", "activity": "a", "filter": "none",
                             "augmenter": "v0.3"}, "failed", "no") for i in range(2))  # fmt: skip
    document = study_document("T", "Q", [StudyPart("Empty", study, none)], "c")
    answer = document.sections[0].blocks[1]
    assert isinstance(answer, Text)
    assert answer.content == "Empty: there is nothing to compare."


def test_a_report_needs_a_part() -> None:
    with pytest.raises(ValueRangeError, match="a part or more"):
        study_document("T", "Q", [], "c")


def test_unlike_evidence_is_never_averaged(study: Study, outcomes: tuple[Outcome, ...]) -> None:
    first, *others = study.sources
    mixed = replace(study, sources=(replace(first, evidence=EvidenceKind.REAL_KEYPOINTS), *others))  # type: ignore[type-var]
    virtual, real = sorted(parts_of(mixed, outcomes), key=lambda one: -len(one.outcomes))
    assert (real.title, virtual.title) == ("Real recordings", "Virtual subjects")
    assert {o.labels["subject"] for o in real.outcomes} == {"s0"}
    assert {o.labels["subject"] for o in virtual.outcomes} == {"s1", "s2", "s3"}
    assert [source.subject for source in virtual.study.sources] == ["s1", "s2", "s3"]


def test_hostile_names_do_no_harm(page: str) -> None:
    found = Page(page)
    scripts = [a for tag, a in found.tags if tag == "script"]
    # the player's content and its script, and no other
    assert [a.get("type") for a in scripts] == ["application/json", None]
    assert "alert(" not in re.sub(r"&lt;script&gt;alert\(.*?\)&lt;/script&gt;", "", page)
    assert EVIL in found.shown
    assert not any(name.startswith("on") for _, a in found.tags for name in a)


def test_headings_are_in_order_and_links_arrive(page: str) -> None:
    found = Page(page)
    levels = [int(tag[1]) for tag, _ in found.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    ids = [a["id"] for _, a in found.tags if "id" in a]
    assert len(ids) == len(set(ids))
    links = [a.get("href") or "" for tag, a in found.tags if tag == "a"]
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    outside = [link for link in links if not link.startswith(("#", "data:"))]
    assert outside
    assert all(link.startswith("https://doi.org/10.") for link in outside)


def test_tables_and_figures_can_be_read_aloud(page: str) -> None:
    for tag, attributes in Page(page).tags:
        if tag == "th":
            assert attributes["scope"] in ("col", "row")
        if tag == "svg" and attributes.get("aria-hidden") != "true":
            assert attributes["role"] == "img"
            assert attributes["aria-label"]


class Drawn(Exception):  # noqa: N818
    """Ends the drawing: what would be drawn is all that is asked."""


def test_what_is_drawn_is_what_was_found(part: StudyPart, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[Any, Any]] = []

    def draw(groups: Any, panels: Any) -> None:
        seen.append((groups, panels))
        raise Drawn

    for name in ("factors", "sides"):
        monkeypatch.setattr(f"kinebench.reports.study.{name}.grouped_interval_figure", draw)
    one = scored(1, part)
    for blocks in (effect_blocks, side_blocks):
        with pytest.raises(Drawn):
            blocks(one)
    (groups, panels), (side_groups, side_panels) = seen
    assert groups == {
        "filter (against none)": ["6 Hz", "Challis"], "augmenter (against v0.3)": ["lab-1"],
    }  # fmt: skip
    (triples,) = panels["change of mean error (°)"].values()
    assert [value for value, _, _ in triples] == pytest.approx([-1.0, -0.5, 2.0])
    assert triples[0][1] < triples[0][0] < triples[0][2]
    assert side_groups == {"filter": ["none", "6 Hz", "Challis"], "augmenter": ["v0.3", "lab-1"]}
    hips = side_panels["side drop (mm)"]["hip"]
    assert [value for value, _, _ in hips] == pytest.approx([1.5, 1.5, 1.5, 1.5, -8.5])
    assert all(low < value < high for value, low, high in hips)
    lists = side_panels["pelvis list bias (°)"]["pelvis list bias"]
    assert [value for value, _, _ in lists] == pytest.approx([math.degrees(0.015)] * 5)


def test_many_levels_open_on_demand(part: StudyPart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kinebench.reports.study.factors._MOST_ROWS", 2)
    first, rest = effect_blocks(scored(1, part))[-2:]
    assert isinstance(first, TableBlock)
    assert isinstance(rest, Details)
    assert [row[1] for row in first.table.rows] == ["lab-1", "6 Hz"]
    assert first.caption.startswith("The 2 largest of 3 effects")
    (smaller,) = rest.blocks
    assert isinstance(smaller, TableBlock)
    assert [row[1] for row in smaller.table.rows] == ["Challis"]
