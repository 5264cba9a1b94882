"""Open the built pages in a browser: ``python docs/check_pages.py docs/_build/html``.

Looked for: a page that logs an error, that is wider than a phone (400 px) or a screen (1280 px),
that reads badly in the light or the dark scheme, a link inside the documentation that leads
nowhere, and a search that finds nothing. Tables and code may be wider than a page where they
scroll in their own box. One line a finding; the exit code is 1 where there is one.
"""

from __future__ import annotations

import functools
import json
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from kinebench.reports.pdf import browser

WIDTHS = (400, 1280)  # px: a phone, a small screen
SCHEMES = ("light", "dark")
LEAST_CONTRAST = 4.5  # WCAG 2.1, level AA, of text
SEARCHED = ("butterworth", "OpenCap", "sinks")
BATCH = 6  # pages that one run of the browser looks at
TOGETHER_MS = 60_000  # virtual time that a batch has
PATIENCE_S = 300
_HARNESS = "_check.html"

SCRIPT = """<!doctype html><meta charset="utf-8"><body><script>
const asked = ASKED;
const seen = [];
const luminance = (rgb) => {
  const [r, g, b] = rgb.map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const numbers = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
const background = (view, element) => {
  for (let e = element; e; e = e.parentElement) {
    const found = numbers(view.getComputedStyle(e).backgroundColor);
    if (found.length === 3 || found[3] > 0.99) return found.slice(0, 3);
  }
  return [255, 255, 255];
};
const contrast = (view, element) => {
  const [a, b] = [numbers(view.getComputedStyle(element).color).slice(0, 3),
                  background(view, element)].map(luminance).sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
};
const look = ({page, width, scheme, wait}) => new Promise((done) => {
  const frame = document.createElement("iframe");
  frame.style = `border: 0; width: ${width}px; height: 900px`;
  const errors = [];
  frame.onload = () => {
    const view = frame.contentWindow, root = view.document.documentElement;
    if (view.location.href === "about:blank") return;
    root.dataset.mode = root.dataset.theme = scheme;
    setTimeout(() => {
      const article = view.document.querySelector("article") || view.document.body;
      const texts = [...article.querySelectorAll("p, li, td, h1, h2")].filter(e => e.innerText);
      const results = view.document.querySelectorAll("#search-results li").length;
      seen.push({page, width, scheme, results,
        inner: view.innerWidth, wide: root.scrollWidth,
        broken: [...view.document.images].filter(i => i.complete && !i.naturalWidth).length,
        contrast: texts.length ? Math.min(...texts.slice(0, 60).map(e => contrast(view, e))) : 99,
        errors: (view.__errors || [])});
      frame.remove();
      done();
    }, wait);
  };
  frame.src = page;
  document.body.append(frame);
});
(async () => {
  for (const one of asked) await look(one);
  document.body.textContent = "SEEN" + JSON.stringify(seen) + "END";
})();
</script>"""
# what a page's scripts fail with is kept where the harness finds it
CATCHER = (
    "<script>window.__errors = [];"
    "addEventListener('error', e =>"
    " __errors.push(String(e.message || e.target.src || e.target.href)), true);"
    "addEventListener('unhandledrejection', e => __errors.push(String(e.reason)));"
    "{const old = console.error;"
    " console.error = (...all) => {__errors.push(all.join(' ')); old(...all)}}"
    "</script>"
)


class _Links(HTMLParser):
    """Where a page's links lead, and what can be led to in it."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called by the parser."""
        for name, value in attrs:
            if value and name in ("href", "src"):
                self.links.append(value)
            if value and (name == "id" or (tag == "a" and name == "name")):
                self.places.add(value)


def pages_of(site: Path) -> list[Path]:
    """Every page, the search too; not the modules' sources."""
    found = sorted(site.rglob("*.html"))
    return [
        path for path in found if not {"_static", "_modules"} & set(path.relative_to(site).parts)
    ]


def broken_links(site: Path) -> Iterator[str]:
    """Links to files that are not there, and to places that a page has not."""
    read: dict[Path, _Links] = {}
    for path in pages_of(site):
        read[path.resolve()] = links = _Links()
        links.feed(path.read_text(encoding="utf-8"))
    for path, links in read.items():
        for link in links.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or link.startswith("mailto:"):
                continue
            aim = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not aim.exists():
                yield f"{path.name}: {link} leads nowhere"
            elif parts.fragment and aim in read and unquote(parts.fragment) not in read[aim].places:
                yield f"{path.name}: {link}: the page has no such place"


class _Server(SimpleHTTPRequestHandler):
    """The site, with what catches errors in the head of each page."""

    harness = ""

    def do_GET(self) -> None:
        """Called by the server."""
        name = unquote(urlsplit(self.path).path)
        path = Path(self.directory, name.lstrip("/"))
        if name == f"/{_HARNESS}":
            self._send(self.harness)
        elif path.suffix == ".html" and path.is_file():
            text = path.read_text(encoding="utf-8")
            self._send(re.sub("<head[^>]*>", lambda found: found[0] + CATCHER, text, count=1))
        else:
            super().do_GET()

    def _send(self, text: str) -> None:
        content = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: findings are what is printed."""


def seen(program: str, address: str, asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What one run of the browser sees of some pages."""
    _Server.harness = SCRIPT.replace("ASKED", json.dumps(asked))
    with tempfile.TemporaryDirectory(prefix="kinebench-pages-") as profile:
        done = subprocess.run(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--window-size=1400,1000", f"--user-data-dir={profile}",
             f"--virtual-time-budget={TOGETHER_MS}", "--dump-dom", f"{address}/{_HARNESS}"],
            capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE_S, check=False,
        )  # fmt: skip
    found = re.search(r"SEEN(\[.*\])END", done.stdout, re.DOTALL)
    if found is None:
        return []
    text = found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    read: list[dict[str, Any]] = json.loads(text)
    return read


def complaints(one: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a page as it was seen."""
    where = f"{one['page']} at {one['width']} px, {one['scheme']}"
    if one["wide"] > one["inner"] + 1:  # rounding
        yield f"{where}: {one['wide']} px wide"
    if one["contrast"] < LEAST_CONTRAST:
        yield f"{where}: text with a contrast of {one['contrast']:.1f}"
    if one["broken"]:
        yield f"{where}: {one['broken']} pictures that are not shown"
    # what another site serves (MathJax) is not the pages' own, and may be out of reach
    own = (error for error in one["errors"] if not error.startswith("https://"))
    yield from (f"{where}: {error}" for error in own)
    if "q=" in one["page"] and not one["results"]:
        yield f"{where}: the search finds nothing"


def findings(site: Path, program: str) -> Iterator[str]:
    """Everything that is wrong."""
    yield from broken_links(site)
    asked = [
        # both schemes and both widths of a page, without all four combinations
        {
            "page": f"/{path.relative_to(site).as_posix()}",
            "width": width,
            "scheme": scheme,
            "wait": 50,
        }
        for path in pages_of(site)
        for width, scheme in zip(WIDTHS, SCHEMES, strict=True)
    ]
    asked += [
        {"page": f"/search.html?q={word}", "width": 1280, "scheme": "light", "wait": 4000}
        for word in SEARCHED
    ]
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Server, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    for first in range(0, len(asked), BATCH):
        batch = asked[first : first + BATCH]
        looked = seen(program, address, batch)
        if len(looked) < len(batch):
            yield f"the browser saw {len(looked)} of {len(batch)} pages from {batch[0]['page']} on"
        for one in looked:
            yield from complaints(one)
    server.shutdown()


def main(site: Path) -> int:
    """Print what is wrong."""
    program = browser()
    if program is None:
        print("no Chromium, Chrome or Edge: the pages were not looked at")
        return 0
    found = list(dict.fromkeys(findings(site, program)))
    print(*found, sep="\n")
    print(f"{len(pages_of(site))} pages, {len(found)} findings")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/_build/html")))
