"""Pages in a browser: nothing is cut off on a phone, on a screen or on paper; type is readable."""

from __future__ import annotations

import json
import re
import subprocess
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

FRAME = """<!doctype html><iframe style="border:0; width:{width}px; height:900px" srcdoc="{page}">
</iframe><pre id="measured"></pre><script>
addEventListener("load", () => {{
  const frame = document.querySelector("iframe"), page = frame.contentDocument;
  const shown = (what) => [...page.querySelectorAll(what)].filter(e => e.getClientRects().length);
  document.getElementById("measured").textContent = JSON.stringify({{
    width: frame.contentWindow.innerWidth,
    page: page.documentElement.scrollWidth,
    tables: Math.max(0, ...shown(".table").map(e => e.scrollWidth - e.clientWidth)),
    smallest: Math.min(...shown("p, li, th, td, caption, figcaption")
      .map(e => parseFloat(frame.contentWindow.getComputedStyle(e).fontSize))),
    farthest: Math.max(0, ...shown("td.number").map(e => e.getBoundingClientRect().right)),
  }});
}});
</script>"""
# a window cannot be as narrow as a phone, a frame in it can


class Seen(NamedTuple):
    """Pixels: the window, the page, what the widest table hides, type, the farthest number."""

    width: float
    page: float
    tables: float
    smallest: float
    farthest: float


def rendered(page: str, width: float, tmp_path: Path) -> Seen:
    program = browser()
    if program is None:
        pytest.skip("no Chromium, Chrome or Edge to draw with")
    # scripts of the page are not what is measured, and a player takes its time
    page = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    path = tmp_path / "page.html"
    path.write_text(FRAME.format(width=width, page=escape(page, quote=True)), encoding="utf-8")
    done = subprocess.run(
        [program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
         f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1400,1000",
         "--dump-dom", path.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    found = re.search(r'<pre id="measured">(.*?)</pre>', done.stdout)
    assert found is not None, done.stdout[:500]
    return Seen(**json.loads(found[1]))


def on_paper(page: str) -> str:
    """The page with the style of paper on the screen."""
    return page.replace("@media print", "@media all").replace("@media screen", "@media speech")


@pytest.fixture(scope="module")
def wide() -> str:
    """A table of twelve columns, and words that cannot be broken."""
    header = ("what is compared", "against", *(f"column {i}, °" for i in range(10)))
    row = ("static pose", "ideal", *("−12.34 to 56.78" for _ in range(10)))
    blocks = (Text("A sentence."), TableBlock(Table(header, (row, row)), "Many columns"))
    return as_html(Document("T", (Section("S", blocks),)))


@pytest.mark.parametrize("width", [400, 1280])
def test_a_page_is_as_wide_as_the_screen(wide: str, width: int, tmp_path: Path) -> None:
    seen = rendered(wide, width, tmp_path)
    assert seen.width == width
    assert seen.page <= width
    if width == 400:
        assert seen.farthest <= width  # every number is on the screen


def test_paper_holds_every_column_at_eight_points(wide: str, tmp_path: Path) -> None:
    seen = rendered(on_paper(wide), A4 / 25.4 * 96, tmp_path)
    assert seen.tables <= 1
    assert seen.smallest >= 8 * POINT - 0.01


@pytest.mark.parametrize("path", REPORTS, ids=[path.stem for path in REPORTS])
@pytest.mark.parametrize("width", [400, 1280])
def test_every_committed_report_fits(path: Path, width: int, tmp_path: Path) -> None:
    seen = rendered(path.read_text(encoding="utf-8"), width, tmp_path)
    assert seen.page <= width
    if width == 400:
        assert seen.farthest <= width


@pytest.mark.parametrize("path", REPORTS, ids=[path.stem for path in REPORTS])
def test_every_committed_report_can_be_printed(path: Path, tmp_path: Path) -> None:
    seen = rendered(on_paper(path.read_text(encoding="utf-8")), A4 / 25.4 * 96, tmp_path)
    assert seen.tables <= 1
    assert seen.smallest >= 8 * POINT - 0.01
