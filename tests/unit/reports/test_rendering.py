"""Pages in a browser: nothing is cut off on a phone, on a screen or on paper; type is readable."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

import pytest

from kinebench.reports.blocks import Document, Section, TableBlock, Text
from kinebench.reports.html import as_html
from kinebench.reports.pdf import browser
from kinebench.reports.tables import Table

REPORTS = sorted((Path(__file__).parents[3] / "reports").glob("*.html"))
POINT = 96 / 72
"""CSS pixels."""
A4 = 182
"""Width between the margins, mm."""

FRAME = """<iframe style="border:0; width:{width}px; height:900px" srcdoc="{page}"></iframe>
"""
MEASURE = """<script>
addEventListener("load", () => {
  const measure = (frame) => {
    const page = frame.contentDocument;
    const shown = (what) => [...page.querySelectorAll(what)].filter(e => e.getClientRects().length);
    return {
      width: frame.contentWindow.innerWidth,
      page: page.documentElement.scrollWidth,
      tables: Math.max(0, ...shown(".table").map(e => e.scrollWidth - e.clientWidth)),
      smallest: Math.min(...shown("p, li, th, td, caption, figcaption")
        .map(e => parseFloat(frame.contentWindow.getComputedStyle(e).fontSize))),
      left: Math.min(...shown("table").map(e => e.getBoundingClientRect().left)),
      column: Math.min(...shown("h2").map(e => e.getBoundingClientRect().left)),
      farthest: Math.max(0, ...shown("td.number").map(e => e.getBoundingClientRect().right)),
    };
  };
  const seen = [...document.querySelectorAll("iframe")].map(measure);
  document.body.textContent = JSON.stringify(seen) + "END";
});
</script>"""
# a window cannot be as narrow as a phone, a frame in it can


class Seen(NamedTuple):
    """Pixels: the window, the page, what the widest table hides, type, where the first table and
    the column of text begin, the farthest number."""

    width: float
    page: float
    tables: float
    smallest: float
    left: float
    column: float
    farthest: float


def bare(page: str) -> str:
    """Without scripts: they are not what is measured, and a player takes its time."""
    return re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


def rendered(pages: Sequence[tuple[str, float]], folder: Path) -> list[Seen]:
    """What one run of a browser sees of pages, each in a window of so many pixels."""
    program = browser()
    if program is None:
        pytest.skip("no Chromium, Chrome or Edge to draw with")
    path = folder / "pages.html"
    frames = [
        FRAME.format(width=width, page=escape(bare(page), quote=True)) for page, width in pages
    ]
    path.write_text("<!doctype html>" + "".join(frames) + MEASURE, encoding="utf-8")
    done = subprocess.run(
        [program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
         f"--user-data-dir={folder / 'profile'}", "--window-size=1400,1000",
         "--dump-dom", path.as_uri()],
        capture_output=True, text=True, timeout=240, check=True,
    )  # fmt: skip
    found = re.search(r"<body>(\[.*?\])END", done.stdout)
    assert found is not None, done.stdout[:500]
    seen = [Seen(**one) for one in json.loads(found[1])]
    assert len(seen) == len(pages)
    return seen


def on_paper(page: str) -> str:
    """The page with the style of paper on the screen."""
    return page.replace("@media print", "@media all").replace("@media screen", "@media speech")


def of_many_columns() -> str:
    """A table of twelve columns, and words that cannot be broken."""
    return of_columns(10, "−12.34 to 56.78")


def of_columns(n: int, cell: str) -> str:
    header = ("what is compared", "against", *(f"column {i}, °" for i in range(n)))
    row = ("static pose", "ideal", *(cell for _ in range(n)))
    blocks = (Text("A sentence."), TableBlock(Table(header, (row, row)), "Many columns"))
    return as_html(Document("T", (Section("S", blocks),)))


MANY_COLUMNS = "many columns"
NAMES = [MANY_COLUMNS, *(path.stem for path in REPORTS)]
WIDTHS = (400, 1280)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str | int], Seen]:
    """Every page on a phone, on a screen and on paper."""
    pages = {MANY_COLUMNS: of_many_columns()}
    pages |= {path.stem: path.read_text(encoding="utf-8") for path in REPORTS}
    views: dict[tuple[str, str | int], tuple[str, float]] = {}
    for name, page in pages.items():
        views |= {(name, width): (page, width) for width in WIDTHS}
        views[name, "paper"] = on_paper(page), A4 / 25.4 * 96
    found = rendered([*views.values()], tmp_path_factory.mktemp("browser"))
    return dict(zip(views, found, strict=True))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_is_as_wide_as_the_screen(
    seen: Mapping[tuple[str, str | int], Seen], width: int, name: str
) -> None:
    found = seen[name, width]
    assert found.width == width
    assert found.page <= width
    if width == 400:
        assert found.farthest <= width  # every number is on the screen


def test_a_table_takes_the_margins_then_breaks_its_intervals_then_scrolls(tmp_path: Path) -> None:
    interval = "12.34 [−1.23, 24.56]"
    pages = [of_columns(n, interval) for n in (3, 6, 8, 14)]
    narrow, margins, broken, scrolled = rendered([(page, 1280) for page in pages], tmp_path)
    assert narrow.left == narrow.column
    assert margins.left < margins.column
    # whole at 1280 pixels though the column of text has 888
    assert max(one.tables for one in (narrow, margins, broken)) <= 1
    assert scrolled.tables > 1
    assert scrolled.page <= 1280


@pytest.mark.parametrize("name", NAMES)
def test_paper_holds_every_column_at_eight_points(
    seen: Mapping[tuple[str, str | int], Seen], name: str
) -> None:
    found = seen[name, "paper"]
    assert found.tables <= 1
    assert found.smallest >= 8 * POINT - 0.01
