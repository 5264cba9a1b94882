from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from kinebench.comparison import Comparison
from kinebench.core import Markers, Motion
from kinebench.remarks import Remark
from kinebench.reports.blocks import (
    Details,
    Document,
    Download,
    Downloads,
    FigureBlock,
    Heading,
    Listing,
    Reference,
    References,
    Section,
    TableBlock,
    Text,
)
from kinebench.reports.comparison_report import comparison_document
from kinebench.reports.comparison_tables import pair_table
from kinebench.reports.html import as_html
from kinebench.reports.tables import Table

EVIL = '<script>alert("x")</script>'
SVG = '<svg viewBox="0 0 1 1"><defs><clipPath id="p1"/></defs><g id="a" clip-path="url(#p1)">' + (
    '<use xlink:href="#a"/></g></svg>'
)


COMPARISONS = ("one_trial", "with_repetitions", "group", "of_markers")


class Page(HTMLParser):
    """Tags, ids, headings and links of a page; fails when tags do not nest."""

    VOID = ("meta", "link", "br", "img")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.shown = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "title"):
            self.shown += data

    def ids(self) -> list[str]:
        return [attributes["id"] or "" for _, attributes in self.tags if "id" in attributes]


def everything(text: str) -> Document:
    table = Table((text, "unit", text), ((text, text, text),))
    blocks = (
        Text(text, lead=True),
        Listing((text,)),
        TableBlock(table, text),
        FigureBlock(SVG, text, text),
        Details(text, (Text(text), FigureBlock(SVG, text, text))),
    )
    return Document(text, (Section(text, blocks), Section(text, blocks)), text, (text,))


def test_whatever_comes_from_outside_is_escaped() -> None:
    text = as_html(everything(EVIL))
    page = Page(text)
    assert "script" not in {tag for tag, _ in page.tags}
    assert page.shown.count(EVIL) == 31
    quoted = as_html(everything('"onload="x'))
    assert not any(name.startswith("on") for _, a in Page(quoted).tags for name in a)


def test_the_page_needs_nothing_else() -> None:
    text = as_html(everything("plain"))
    for tag, attributes in Page(text).tags:
        for name in ("href", "src", "xlink:href"):
            value = attributes.get(name)
            assert value is None or value.startswith(("#", "data:")), (tag, value)
    assert "@import" not in text
    assert "http" not in re.sub(r'xmlns\S*="[^"]*"', "", text)


def test_ids_are_unique_and_links_reach_them() -> None:
    page = Page(as_html(everything("Same title")))
    assert len(page.ids()) == len(set(page.ids()))
    for _, attributes in page.tags:
        link = attributes.get("href") or attributes.get("xlink:href") or ""
        if link.startswith("#"):
            assert link[1:] in page.ids()
        clip = attributes.get("clip-path")
        if clip:
            assert clip[5:-1] in page.ids()


def test_what_a_screen_reader_needs() -> None:
    page = Page(as_html(everything("plain")))
    tags = [tag for tag, _ in page.tags]
    assert tags.count("h1") == 1
    assert tags.count("h2") == 2
    assert dict(page.tags)["html"] == {"lang": "en"}
    for tag, attributes in page.tags:
        if tag == "svg":
            assert attributes["role"] == "img"
            assert attributes["aria-label"] == "plain"
        if tag == "th":
            assert attributes["scope"] in ("col", "row")
        if attributes.get("class") == "table":
            assert (attributes["role"], attributes["tabindex"]) == ("region", "0")
            assert attributes["aria-label"]
    assert tags.count("caption") == tags.count("table") == 2
    assert tags.count("figcaption") == tags.count("figure") == 4
    assert page.tags[tags.index("body") + 1] == ("a", {"class": "skip", "href": "#content"})


def test_tables_and_figures_are_numbered_through() -> None:
    shown = Page(as_html(everything("plain"))).shown
    assert re.findall(r"Figure (\d)\.", shown) == ["1", "2", "3", "4"]
    assert re.findall(r"Table (\d)\.", shown) == ["1", "2"]


def test_a_title_without_letters_still_has_an_anchor() -> None:
    document = Document("T", (Section("%%", ()), Section("°", ()), Section("Content", ())))
    page = Page(as_html(document))
    assert [name for name in page.ids() if name != "content"] == [
        "section", "section-2", "content-2",
    ]  # fmt: skip


def test_one_section_has_no_contents() -> None:
    assert "nav" not in {t for t, _ in Page(as_html(Document("T", (Section("A", ()),)))).tags}


@pytest.fixture(scope="module")
def pages(request: pytest.FixtureRequest) -> Mapping[str, str]:
    """A page for each kind of comparison."""
    return {
        kind: as_html(comparison_document(request.getfixturevalue(kind))) for kind in COMPARISONS
    }


@pytest.mark.parametrize("kind", COMPARISONS)
def test_comparisons_as_documents(
    kind: str, pages: Mapping[str, str], request: pytest.FixtureRequest
) -> None:
    comparison: Comparison = request.getfixturevalue(kind)
    page = Page(pages[kind])
    for pair in comparison.pairs:
        for row in pair_table(pair).rows:
            assert all(cell in page.shown for cell in row)
    assert len(page.ids()) == len(set(page.ids()))
    assert "svg" in {tag for tag, _ in page.tags}


def test_the_same_page_twice(pages: Mapping[str, str], one_trial: Comparison) -> None:
    assert as_html(comparison_document(one_trial)) == pages["one_trial"]


def test_the_map_of_all_trials_has_every_angle(
    group: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kinebench.reports.comparison_report._MOST_WAVEFORMS", 0)
    pairs, rows = [], []
    for pair in group.pairs:
        figures = tuple(
            f._replace(item=f.item.replace("pelvis_tilt", "subtalar_angle_r"))
            for f in pair.evaluation.figures
        )
        pairs.append(
            replace(
                pair,
                reference=_renamed(pair.reference),
                estimate=_renamed(pair.estimate),
                evaluation=replace(pair.evaluation, figures=figures),
            )
        )
    for row in group.groups:
        rows.append(row._replace(item=row.item.replace("pelvis_tilt", "subtalar_angle_r")))
    document = comparison_document(Comparison(group.procedure, tuple(pairs), (), tuple(rows)))
    drawing = next(b for b in document.sections[0].blocks if isinstance(b, FigureBlock))
    assert "subtalar_angle_r</text>" in drawing.svg
    assert "pelvis_ty" not in drawing.svg  # millimetres have no place on a scale of degrees
    assert "all angles" not in drawing.svg


def _renamed(motion: Motion | Markers) -> Motion:
    assert isinstance(motion, Motion)
    names = [name.replace("pelvis_tilt", "subtalar_angle_r") for name in motion.names]
    return replace(
        motion,
        coordinates=tuple(
            replace(one, name=name) for one, name in zip(motion.coordinates, names, strict=True)
        ),
    )


def test_a_hostile_trial_name_does_no_harm(one_trial: Comparison) -> None:
    pair = replace(
        one_trial.pairs[0], trial=EVIL, subject=EVIL, remarks=(Remark("evil", "note", EVIL),)
    )
    page = Page(as_html(comparison_document(replace(one_trial, pairs=(pair, pair)))))
    assert "script" not in {tag for tag, _ in page.tags}
    assert EVIL in page.shown


def test_a_browser_shows_it_without_a_complaint(
    pages: Mapping[str, str], opened: Callable[[str], Any]
) -> None:
    elements, log = opened(pages["group"])
    assert "CONSOLE" not in log
    assert "all angles" in elements
    assert elements.count("<svg") == pages["group"].count("<svg")


def rich() -> Document:
    """Headings, links, downloads, references."""
    table = Table(("trial", "mm"), (("one", "1"), ("two", "2")), n_labels=1)
    blocks = (
        Heading("Same"),
        Heading("Deeper", 4, "Part 1 Place"),
        TableBlock(table, "Trials", ((1, "Part 1 Place"),)),
        Downloads((Download(EVIL, 'a".csv', b"a,b\n1,2\n"), Download("x", "x.bin", b"\0" * 2345))),
        References((Reference("Holm 1979"), Reference(EVIL, '10.1/a"<b>(86)90098-7'))),
    )
    return Document("T", (Section("Same", blocks), Section("Same", (Heading("Same"),))))


def test_headings_have_their_own_ids_and_stand_in_the_contents() -> None:
    page = Page(as_html(rich()))
    assert [name for name in page.ids() if name != "content"] == [
        "same", "same-2", "part-1-place", "same-3", "same-4",
    ]  # fmt: skip
    links = [a["href"] for tag, a in page.tags if tag == "a" and (a["href"] or "").startswith("#")]
    # the skip link, two sections with one heading each (not the deeper one), the table's link
    assert links == ["#content", "#same", "#same-2", "#same-3", "#same-4", "#part-1-place"]


def test_a_row_leads_to_its_heading() -> None:
    text = as_html(rich())
    assert '<th scope="row"><a href="#part-1-place">two</a></th>' in text
    assert '<th scope="row">one</th>' in text


def test_downloads_decode_to_what_went_in() -> None:
    page = Page(as_html(rich()))
    assert "script" not in {tag for tag, _ in page.tags}
    found = {a["download"]: a["href"] or "" for _, a in page.tags if "download" in a}
    head, _, content = found['a".csv'].partition(",")
    assert head == "data:text/csv;base64"
    assert base64.b64decode(content) == b"a,b\n1,2\n"
    assert found["x.bin"].startswith("data:application/octet-stream;base64,")
    assert "(8 bytes)" in page.shown
    assert "(2 kB)" in page.shown


def test_references_lead_to_their_doi_and_nowhere_else() -> None:
    page = Page(as_html(rich()))
    links = [a["href"] for _, a in page.tags if (a.get("href") or "").startswith("http")]
    assert links == ["https://doi.org/10.1/a%22%3Cb%3E%2886%2990098-7"]
    assert EVIL in page.shown


def test_a_unit_stays_with_its_word() -> None:
    table = Table(("what", "mean error, mm", "a, longer"), (("x", "1", "2"),), n_labels=1)
    text = as_html(Document("T", (Section("S", (TableBlock(table, "c"),)),)))
    assert ">mean error,\u00a0mm</th>" in text
    assert ">a, longer</th>" in text


def test_cells_break_where_a_reader_would() -> None:
    digest = "0123456789abcdef" * 4
    rows = (("knee", "1.20 [0.40, 2.00]", "−1 to 2", "[0.1, 0.2]", digest),)
    page = as_html(
        Document("T", (Section("S", (TableBlock(Table(tuple("abcde"), rows, 1), ""),)),))
    )
    assert "1.20 <span>[0.40, 2.00]</span>" in page
    assert ">−1 to 2</td>" in page
    assert ">[0.1, 0.2]</td>" in page
    assert re.search(rf'<td class="digest"[^>]*>{digest}</td>', page)
