"""A document as one HTML file: works offline, prints, follows light and dark, needs no script.

Whatever is text is escaped; only `FigureBlock.svg` and players go in as they are. A script
is there only for a `PlayerBlock`, which shows a still picture without it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import count
from urllib.parse import quote

from kinebench.reports.blocks import (
    Block,
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
from kinebench.reports.player.block import (
    PlayerBlock,
    player_markup,
    player_script,
    player_style,
)
from kinebench.reports.style_sheet import STYLE_SHEET
from kinebench.reports.tables import Table


def as_html(document: Document) -> str:
    """The document as a complete page; the same bytes for the same document."""
    title = escape(document.title)
    players = any(_has_player(section.blocks) for section in document.sections)
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
        f"<style>\n{STYLE_SHEET}{player_style() if players else ''}</style>",
        "</head>",
        "<body>",
        '<a class="skip" href="#content">Skip to the content</a>',
        f"<header>\n<h1>{title}</h1>",
    ]
    if document.summary:
        parts.append(f'<p class="lead">{escape(document.summary)}</p>')
    parts.append("</header>")
    anchors = _Anchors(document.sections)
    if len(document.sections) > 1:
        parts.append(_contents(document.sections, anchors))
    parts.append('<main id="content" tabindex="-1">')
    numbers = _Numbers()
    for section in document.sections:
        anchor = anchors.of(section)
        parts.append(f'<section aria-labelledby="{anchor}">')
        parts.append(f'<h2 id="{anchor}">{escape(section.title)}</h2>')
        parts += [_block(block, numbers, anchors) for block in section.blocks]
        parts.append("</section>")
    parts.append("</main>")
    if document.colophon:
        lines = "".join(f"<p>{escape(line)}</p>" for line in document.colophon)
        parts.append(f"<footer>{lines}</footer>")
    if players:
        parts.append(f"<script>\n{player_script()}</script>")
    parts += ["</body>", "</html>", ""]
    return "\n".join(parts)


def _has_player(blocks: Sequence[Block]) -> bool:
    return any(
        isinstance(block, PlayerBlock) or (isinstance(block, Details) and _has_player(block.blocks))
        for block in blocks
    )


class _Numbers:
    """Running numbers of tables and figures."""

    def __init__(self) -> None:
        self._next = {"Table": 0, "Figure": 0}

    def next(self, kind: str) -> int:
        self._next[kind] += 1
        return self._next[kind]


class _Anchors:
    """An id per section and heading: the one it asks for, or one from its title."""

    def __init__(self, sections: Sequence[Section]) -> None:
        titled: list[Section | Heading] = []
        for section in sections:
            titled.append(section)
            titled += [block for block in section.blocks if isinstance(block, Heading)]
        wanted = [item.anchor for item in titled if isinstance(item, Heading) and item.anchor]
        self._taken = {"content", *map(_identifier, wanted)}
        # by identity: equal headings under two sections have an id each
        self._of = {id(item): self._anchor(item) for item in titled}

    def of(self, item: Section | Heading) -> str:
        return self._of[id(item)]

    def _anchor(self, item: Section | Heading) -> str:
        if isinstance(item, Heading) and item.anchor:
            return _identifier(item.anchor)
        stem = _identifier(item.title) or "section"
        names = (stem if n == 1 else f"{stem}-{n}" for n in count(1))
        anchor = next(name for name in names if name not in self._taken)
        self._taken.add(anchor)
        return anchor


def _identifier(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _contents(sections: Sequence[Section], anchors: _Anchors) -> str:
    def row(item: Section | Heading, below: str = "") -> str:
        return f'<li><a href="#{anchors.of(item)}">{escape(item.title)}</a>{below}</li>'

    rows = []
    for section in sections:
        inner = [
            row(block)
            for block in section.blocks
            if isinstance(block, Heading) and block.level == 3
        ]
        rows.append(row(section, f"<ul>{''.join(inner)}</ul>" if inner else ""))
    return f'<nav aria-label="Contents"><ol>{"".join(rows)}</ol></nav>'


def _block(block: Block, numbers: _Numbers, anchors: _Anchors) -> str:
    match block:
        case Heading():
            tag = f"h{block.level}"
            return f'<{tag} id="{anchors.of(block)}">{escape(block.title)}</{tag}>'
        case Text():
            kind = ' class="finding"' if block.lead else ""
            return f"<p{kind}>{escape(block.content)}</p>"
        case Listing():
            return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in block.items)}</ul>"
        case TableBlock():
            return "\n".join(_table(block, numbers.next("Table")))
        case FigureBlock():
            return _figure(block, numbers.next("Figure"))
        case PlayerBlock():
            return player_markup(block, numbers.next("Figure"))
        case Downloads():
            return f'<ul class="downloads">{"".join(map(_download, block.files))}</ul>'
        case References():
            return f'<ol class="references">{"".join(map(_reference, block.works))}</ol>'
        case Details():
            inner = "\n".join(_block(item, numbers, anchors) for item in block.blocks)
            return f"<details>\n<summary>{escape(block.summary)}</summary>\n{inner}\n</details>"


_MOST_COLUMNS_OF_A_PHONE = 2  # beside each other at 400 pixels
_MOST_COLUMNS_OF_A4 = 12  # beside each other at 8 points on an upright page

_DIGEST = re.compile("[0-9a-f]{64}")  # SHA-256

_MEDIA_TYPES = {".csv": "text/csv", ".tex": "text/x-tex", ".json": "application/json"}


def _download(file: Download) -> str:
    ending = file.name[file.name.rfind(".") :]
    kind = _MEDIA_TYPES.get(ending, "application/octet-stream")
    address = f"data:{kind};base64,{base64.b64encode(file.content).decode('ascii')}"
    name, size = escape(file.name, quote=True), _size(len(file.content))
    return (
        f'<li><a href="{address}" download="{name}">{name}</a>: {escape(file.label)} ({size})</li>'
    )


def _size(n_bytes: int) -> str:
    return f"{n_bytes} bytes" if n_bytes < 1000 else f"{n_bytes / 1000:.0f} kB"


def _reference(work: Reference) -> str:
    text = escape(work.text)
    if not work.doi:
        return f"<li>{text}</li>"
    address = f"https://doi.org/{quote(work.doi, safe='/')}"
    return f'<li>{text} <a href="{address}">doi:{escape(work.doi)}</a></li>'


def _table(block: TableBlock, number: int) -> Iterator[str]:
    table, caption, links = block.table, escape(block.caption), dict(block.links)
    # wide tables scroll in their own frame, and the keyboard can reach it
    cards = len(table.header) > _MOST_COLUMNS_OF_A_PHONE
    kinds = ["table", *["cards"] * cards, *["wide"] * (len(table.header) > _MOST_COLUMNS_OF_A4)]
    yield (
        f'<div class="{" ".join(kinds)}" role="region" aria-label="Table {number}" tabindex="0">'
    )
    yield f"<table>\n<caption>Table {number}. {caption}</caption>"
    head = "".join(
        f'<th scope="col"{_number_class(i, table)}>{_with_its_unit(escape(title))}</th>'
        for i, title in enumerate(table.header)
    )
    yield f"<thead><tr>{head}</tr></thead>\n<tbody>"
    for n, row in enumerate(table.rows):
        cells = [
            f"<td{_cell_class(i, cell, table)}{_head(table.header[i]) if cards else ''}>"
            f"{_breakable(escape(cell))}</td>"
            for i, cell in enumerate(row)
        ]
        cells[:1] = [
            f'<th scope="row">{_linked(escape(cell), links.get(n))}</th>' for cell in row[:1]
        ]
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody>\n</table>\n</div>"


def _breakable(cell: str) -> str:
    """An estimate with its interval may break between the two, and nowhere else."""
    return re.sub(r"^(\S+) (\[[^\]]*\])$", r"\1 <span>\2</span>", cell)


def _head(title: str) -> str:
    """The title of the column, for a row that is shown as a paragraph."""
    return f' data-head="{escape(title, quote=True)}"'


def _with_its_unit(title: str) -> str:
    """A unit at the end stays on the line of the word before it."""
    return re.sub(r", (\S{1,4})$", ",\u00a0\\1", title)


def _linked(text: str, anchor: str | None) -> str:
    return text if anchor is None else f'<a href="#{_identifier(anchor)}">{text}</a>'


def _cell_class(column: int, cell: str, table: Table) -> str:
    # a digest may break anywhere, and is whole for who looks for it
    return ' class="digest"' if _DIGEST.fullmatch(cell) else _number_class(column, table)


def _number_class(column: int, table: Table) -> str:
    return ' class="number"' if column >= table.n_labels else ""


def _figure(block: FigureBlock, number: int) -> str:
    drawing = _own_ids(block.svg, f"f{number}-")
    label = escape(block.description, quote=True)
    drawing = drawing.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)
    caption = f"<figcaption>Figure {number}. {escape(block.caption)}</figcaption>"
    return f'<figure>\n<div class="drawing">{drawing}</div>\n{caption}\n</figure>'


def _own_ids(svg: str, prefix: str) -> str:
    """Ids that no other figure of the page has."""
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}\1"', svg)
    svg = re.sub(r'href="#([^"]+)"', rf'href="#{prefix}\1"', svg)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}\1)", svg)
