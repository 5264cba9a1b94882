"""What a document is made of: sections with headings, text, tables, figures, downloads, references.

Whatever is text is escaped when a page is made of it; only `FigureBlock.svg` and players go in
as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from kinebench.core.references import Reference as Reference
from kinebench.reports.player.block import PlayerBlock
from kinebench.reports.tables import Table


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
class Heading:
    """A heading within a section.

    Parameters
    ----------
    title : str
    level : {3, 4}
        Sections are at level 2.
    anchor : str
        Its id, which links name; one is made from the title by default.
    """

    title: str
    level: int = 3
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table with its caption.

    Parameters
    ----------
    table : Table
    caption : str
    links : tuple of (int, str)
        Rows whose first cell leads to the heading with this anchor.
    """

    table: Table
    caption: str
    links: tuple[tuple[int, str], ...] = ()


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
class Download:
    """A file inside the page.

    Parameters
    ----------
    label : str
        What it holds.
    name : str
        Of the file, as it is saved.
    content : bytes
    """

    label: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Downloads:
    """Links that save files out of the page."""

    files: tuple[Download, ...]


@dataclass(frozen=True, slots=True)
class References:
    """The list of works cited."""

    works: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Details:
    """Blocks that open on demand; print shows them."""

    summary: str
    blocks: tuple[Flat, ...]


Flat = Text | Listing | TableBlock | FigureBlock | PlayerBlock | Downloads | References
"""Blocks that may stand in details."""

Block = Flat | Heading | Details


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
