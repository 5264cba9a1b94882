"""What all figures share: sizes, colours, and how a figure becomes a file.

A figure is drawn in one ink on no ground. In an SVG for a page the ink becomes ``currentColor``,
so that the figure follows the page into dark mode; in files it stays black.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

SINGLE_COLUMN_IN, DOUBLE_COLUMN_IN = 3.5, 7.2

# Okabe & Ito 2008, Color universal design
ORANGE, SKY, GREEN, BLUE = "#e69f00", "#56b4e9", "#009e73", "#0072b2"
VERMILLION, PURPLE = "#d55e00", "#cc79a7"
# nearly black, and a value that nothing else has, so that it can be found in an SVG
INK = "#1b1c1d"

REFERENCE, ESTIMATE = INK, VERMILLION
RIGHT, LEFT = BLUE, ORANGE

_SETTINGS: Mapping[str, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["Helvetica", "Arial", "Liberation Sans", "DejaVu Sans"],
    "font.size": 8.0,
    "axes.titlesize": 8.0,
    "axes.titleweight": "regular",
    "axes.titlelocation": "left",
    "axes.labelsize": 8.0,
    "xtick.labelsize": 7.0,
    "ytick.labelsize": 7.0,
    "legend.fontsize": 7.5,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "lines.linewidth": 1.1,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.unicode_minus": True,
    # names come from files: a dollar sign in one is no formula, least of all one that is illegal
    "text.parse_math": False,
    "figure.constrained_layout.use": True,
    "figure.dpi": 100,
    "svg.fonttype": "none",
    "svg.hashsalt": "kinebench",
    "pdf.fonttype": 42,
    "path.simplify": True,
    "path.simplify_threshold": 0.2,
}


@contextmanager
def styled() -> Iterator[None]:
    """Make or write a figure with kinebench's settings; matplotlib's own come back after."""
    settings: Any = dict(_SETTINGS)
    with _font_substitution_is_silent(), rc_context(settings):
        yield


@contextmanager
def _font_substitution_is_silent() -> Iterator[None]:
    import logging

    # the list of sans-serif families is in order of preference: a missing one is no news
    logger = logging.getLogger("matplotlib.font_manager")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def grid_of_axes(
    n: int, n_columns: int, width_in: float, row_height_in: float, **options: Any
) -> tuple[Figure, list[Axes]]:
    """A figure with n axes in rows; the unused cells of the last row stay empty."""
    n_columns = max(1, min(n, n_columns))
    n_rows = -(-n // n_columns)
    figure = Figure(figsize=(width_in, row_height_in * n_rows))
    FigureCanvasAgg(figure)
    cells = figure.subplots(n_rows, n_columns, squeeze=False, **options)
    flat = list(cells.flat)
    for empty in flat[n:]:
        empty.remove()
    return figure, flat[:n]


def as_svg(figure: Figure, page: bool = False) -> str:
    """The figure as SVG text: no date, the same bytes for the same figure, text as text.

    Parameters
    ----------
    figure : Figure
    page : bool
        For a page: black becomes ``currentColor``, the XML head is left out, and the figure is as
        wide as its place allows.
    """
    buffer = io.StringIO()
    with styled():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    if not page:
        return text
    text = text[text.index("<svg") :].replace(INK, "currentColor")
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    # a hundredth of a point is finer than any screen or printer
    text = re.sub(r"(\d\.\d\d)\d+", r"\1", text)
    text = re.sub(r' d="([^"]*)"', lambda found: f' d="{_relative(found[1])}"', text)
    text = terse(text)
    return re.sub(r'(<svg[^>]*?) width="([\d.]+)pt" height="[\d.]+pt"', _flexible, text, count=1)


def terse(svg: str) -> str:
    """SVG without what draws nothing: spaces, noughts, unused and long names, bare groups.

    Half of a page of figures is that.
    """
    text = re.sub(r">\s+<", "><", svg)
    text = re.sub(r' d="([^"]*)"', lambda found: f' d="{_tight(found[1])}"', text)
    families = set(re.findall(r"font-family: ([^;\"]*)", text))
    if len(families) == 1:  # said once, for all texts inherit it
        text = re.sub(r"font-family: [^;\"]*;? ?", "", text)
        text = text.replace("<svg", f'<svg font-family="{families.pop()}"', 1)
    # matplotlib turns every text, nearly all of them by nothing
    text = re.sub(r' transform="rotate\(-?0 [^)]*\)"', "", text)
    text = re.sub(r' style="([^"]*)"', lambda found: f' style="{_close(found[1])}"', text)
    text = _short_names(text)
    kept: list[bool] = []  # of every group that is open: whether it has attributes
    written: list[str] = []
    for tag in re.findall(r"<[^>]+>|[^<]+", text):
        if tag.startswith(("<g>", "<g ")) and not tag.endswith("/>"):
            kept.append(tag != "<g>")
            if not kept[-1]:
                continue
        elif tag == "</g>" and not kept.pop():
            continue
        written.append(tag)
    return "".join(written).replace("<defs></defs>", "")


def _short_names(svg: str) -> str:
    """Names that nothing refers to are gone, the others are numbered as they stand."""
    used = set(re.findall(r'(?:url\(|href=")#([^")]+)', svg))
    order = (name for name in re.findall(r' id="([^"]*)"', svg) if name in used)
    short = {name: f"n{place}" for place, name in enumerate(dict.fromkeys(order))}
    text = re.sub(
        r' id="([^"]*)"', lambda found: f' id="{short[found[1]]}"' if found[1] in short else "", svg
    )
    return re.sub(
        r'((?:url\(|href=")#)([^")]+)', lambda found: found[1] + short.get(found[2], found[2]), text
    )


def _close(style: str) -> str:
    """Declarations without spaces between them."""
    return re.sub(r"\s*([:;])\s*", r"\1", style).strip(" ;")


def _relative(path: str) -> str:
    """Straight lines by their steps instead of their places: half the size, the same points.

    Paths with curves stay as they are.
    """
    words = path.split()
    if not words or not set(filter(str.isalpha, words)) <= {"M", "L", "z"}:
        return path
    written: list[str] = []
    last = start = (0, 0)
    steps = False
    at = 0
    while at < len(words):
        command = words[at]
        if command == "z":
            written.append("z")
            at, steps, last = at + 1, False, start
            continue
        # whole hundredths, so that no rounding adds up
        point = (round(float(words[at + 1]) * 100), round(float(words[at + 2]) * 100))
        if command == "M":
            written.append(f"M{_hundredths(point[0])} {_hundredths(point[1])}")
            steps, start = False, point
        else:
            step = (point[0] - last[0], point[1] - last[1])
            lead = " " if steps else "l"
            written.append(f"{lead}{_hundredths(step[0])} {_hundredths(step[1])}")
            steps = True
        last, at = point, at + 3
    return "".join(written)


def _tight(path: str) -> str:
    """A path's numbers without noughts before the point and spaces before a minus."""
    return re.sub(r"(?<=[\d.]) -", "-", re.sub(r"(?<![\d.])0\.(?=\d)", ".", " ".join(path.split())))


def _hundredths(value: int) -> str:
    return f"{value / 100:.2f}".rstrip("0").rstrip(".")


def _flexible(found: re.Match[str]) -> str:
    # a quarter larger than on paper: screens are farther away
    width_px = round(float(found[2]) * 4 / 3 * 1.25)
    return f'{found[1]} style="width:100%;max-width:{width_px}px;height:auto"'
