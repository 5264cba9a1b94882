"""A document as one HTML file: works offline, prints, follows light and dark, needs no script.

A `Document` is a title and sections; a section is a title and blocks: text, tables, figures,
details that open on demand. Whatever is text is escaped; only `FigureBlock.svg` goes in as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from kinebench.reports.style_sheet import STYLE_SHEET
from kinebench.reports.tables import Table

__all__ = [
    "Block",
    "Details",
    "Document",
    "FigureBlock",
    "Listing",
    "Section",
    "TableBlock",
    "Text",
    "as_html",
]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; a `lead` says what a section found."""

    content: str
    lead: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of short texts."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table with its caption."""

    table: Table
    caption: str


@dataclass(frozen=True, slots=True)
class FigureBlock:
    """A figure.

    Parameters
    ----------
    svg : str
        Of `kinebench.reports.figures.as_svg` with ``page=True``.
    caption : str
    description : str
        What somebody who cannot see it must know.
    """

    svg: str
    caption: str
    description: str


@dataclass(frozen=True, slots=True)
class Details:
    """Blocks that open on demand; print shows them."""

    summary: str
    blocks: tuple[Text | Listing | TableBlock | FigureBlock, ...]


Block = Text | Listing | TableBlock | FigureBlock | Details


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A report.

    Parameters
    ----------
    title : str
    sections : tuple of Section
    summary : str
        One or two sentences under the title.
    colophon : tuple of str
        At the foot: what made it, from what.
    """

    title: str
    sections: tuple[Section, ...]
    summary: str = ""
    colophon: tuple[str, ...] = ()


def as_html(document: Document) -> str:
    """The document as a complete page; the same bytes for the same document."""
    title = escape(document.title)
    parts = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        # an empty icon: a browser asks for one otherwise, and the page is one file
        '<link rel="icon" href="data:,">',
        f"<title>{title}</title>",
        f"<style>\n{STYLE_SHEET}</style>",
        "</head>",
        "<body>",
        '<a class="skip" href="#content">Skip to the content</a>',
        f"<header>\n<h1>{title}</h1>",
    ]
    if document.summary:
        parts.append(f'<p class="lead">{escape(document.summary)}</p>')
    parts.append("</header>")
    anchors = _anchors(document.sections)
    if len(document.sections) > 1:
        parts.append(_contents(document.sections, anchors))
    parts.append('<main id="content" tabindex="-1">')
    numbers = _Numbers()
    for section, anchor in zip(document.sections, anchors, strict=True):
        parts.append(f'<section aria-labelledby="{anchor}">')
        parts.append(f'<h2 id="{anchor}">{escape(section.title)}</h2>')
        parts += [_block(block, numbers) for block in section.blocks]
        parts.append("</section>")
    parts.append("</main>")
    if document.colophon:
        lines = "".join(f"<p>{escape(line)}</p>" for line in document.colophon)
        parts.append(f"<footer>{lines}</footer>")
    parts += ["</body>", "</html>", ""]
    return "\n".join(parts)


class _Numbers:
    """Running numbers of tables and figures."""

    def __init__(self) -> None:
        self._next = {"Table": 0, "Figure": 0}

    def next(self, kind: str) -> int:
        self._next[kind] += 1
        return self._next[kind]


def _anchors(sections: Sequence[Section]) -> list[str]:
    """An id per section, from its title; equal titles get numbers."""
    anchors: list[str] = []
    for section in sections:
        stem = re.sub(r"[^a-z0-9]+", "-", section.title.lower()).strip("-") or "section"
        anchor, n = stem, 2
        while anchor in (*anchors, "content"):
            anchor, n = f"{stem}-{n}", n + 1
        anchors.append(anchor)
    return anchors


def _contents(sections: Sequence[Section], anchors: Sequence[str]) -> str:
    rows = (
        f'<li><a href="#{anchor}">{escape(section.title)}</a></li>'
        for section, anchor in zip(sections, anchors, strict=True)
    )
    return f'<nav aria-label="Contents"><ol>{"".join(rows)}</ol></nav>'


def _block(block: Block, numbers: _Numbers) -> str:
    if isinstance(block, Text):
        kind = ' class="finding"' if block.lead else ""
        return f"<p{kind}>{escape(block.content)}</p>"
    if isinstance(block, Listing):
        return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in block.items)}</ul>"
    if isinstance(block, TableBlock):
        return "\n".join(_table(block, numbers.next("Table")))
    if isinstance(block, FigureBlock):
        return _figure(block, numbers.next("Figure"))
    inner = "\n".join(_block(item, numbers) for item in block.blocks)
    return f"<details>\n<summary>{escape(block.summary)}</summary>\n{inner}\n</details>"


def _table(block: TableBlock, number: int) -> Iterator[str]:
    table, caption = block.table, escape(block.caption)
    # wide tables scroll in their own frame, and the keyboard can reach it
    yield f'<div class="table" role="region" aria-label="Table {number}" tabindex="0">'
    yield f"<table>\n<caption>Table {number}. {caption}</caption>"
    head = "".join(
        f'<th scope="col"{_number_class(i, table)}>{escape(title)}</th>'
        for i, title in enumerate(table.header)
    )
    yield f"<thead><tr>{head}</tr></thead>\n<tbody>"
    for row in table.rows:
        cells = [
            f'<th scope="row">{escape(cell)}</th>'
            if i == 0
            else f"<td{_number_class(i, table)}>{escape(cell)}</td>"
            for i, cell in enumerate(row)
        ]
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody>\n</table>\n</div>"


def _number_class(column: int, table: Table) -> str:
    return ' class="number"' if column >= table.n_labels else ""


def _figure(block: FigureBlock, number: int) -> str:
    drawing = _own_ids(block.svg, f"f{number}-")
    label = escape(block.description, quote=True)
    drawing = drawing.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)
    caption = f"<figcaption>Figure {number}. {escape(block.caption)}</figcaption>"
    return f"<figure>\n{drawing}\n{caption}\n</figure>"


def _own_ids(svg: str, prefix: str) -> str:
    """Ids that no other figure of the page has."""
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}\1"', svg)
    svg = re.sub(r'href="#([^"]+)"', rf'href="#{prefix}\1"', svg)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}\1)", svg)
