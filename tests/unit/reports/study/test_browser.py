"""The report in a real browser, without a window."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

WATCH = "<script>window.faults=[];onerror=(m)=>{faults.push(String(m))};</script>"

# what the page says of itself, as text that --dump-dom shows
TELL = """
<script>
const round = (r) => [Math.round(r.width), Math.round(r.height)];
const told = {
  faults: window.faults,
  figures: [...document.querySelectorAll("figure")].map((f) => {
    const folded = f.closest("details:not([open])");
    if (folded) folded.open = true;
    const drawing = [...f.querySelectorAll("svg, canvas")].find((d) => d.getClientRects().length);
    return drawing ? round(drawing.getBoundingClientRect()) : [0, 0];
  }),
  lost: [...document.querySelectorAll('a[href^="#"]')].map((a) => a.getAttribute("href"))
    .filter((h) => !document.getElementById(h.slice(1))),
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  ink: getComputedStyle(document.body).color,
  ground: getComputedStyle(document.body).backgroundColor,
  focus: (() => {
    const link = document.querySelector("nav a");
    link.focus({ focusVisible: true });
    return getComputedStyle(link).outlineStyle;
  })(),
};
const out = document.createElement("pre");
out.id = "told";
out.textContent = JSON.stringify(told);
document.body.append(out);
</script>
"""


@pytest.fixture(scope="module", params=["light", "dark"])
def told(request: pytest.FixtureRequest, page: str, opened: Callable[[str], Any]) -> Any:
    watched = page.replace("<head>", f"<head>{WATCH}", 1).replace("</body>", f"{TELL}</body>", 1)
    if request.param == "dark":
        watched = watched.replace("(prefers-color-scheme: dark)", "(min-width: 1px)")
    elements, log = opened(watched)
    found = re.search(r'<pre id="told">(.*?)</pre>', elements, re.DOTALL)
    assert found is not None, log[-2000:]
    return {**json.loads(html.unescape(found[1])), "log": log, "theme": request.param}


def test_the_page_is_as_it_should_be(told: Any, page: str) -> None:
    assert told["faults"] == []
    assert "CONSOLE" not in told["log"]
    assert told["lost"] == []
    assert len(told["figures"]) == page.count("<figure")
    assert all(width > 100 and height > 40 for width, height in told["figures"])
    # nothing sticks out of the page
    assert told["wide"] <= 0
    assert told["focus"] == "solid"


def test_light_and_dark_are_legible(told: Any) -> None:
    def brightness(colour: str) -> float:
        return sum(map(float, re.findall(r"\d+", colour)[:3])) / 3

    contrast = brightness(told["ground"]) - brightness(told["ink"])
    assert abs(contrast) > 150
    assert (contrast > 0) == (told["theme"] == "light")
