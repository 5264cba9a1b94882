"""A flame graph as SVG: width is time, what stands on a bar was called by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape

WIDTH, ROW, MARGIN = 1000, 15, 18
LEAST = 0.006  # of the whole; thinner bars cannot be seen and would fill the file
_PER_LETTER = 6.0  # of 10-point sans-serif, in SVG units

Stack = tuple[str, ...]


@dataclass
class _Bar:
    seconds: float = 0.0
    above: dict[str, _Bar] = field(default_factory=dict)


def flame_svg(title: str, stacks: Iterable[tuple[Stack, float]]) -> str:
    """The graph; stacks begin with the outermost function, their times are those of the innermost.

    Parameters
    ----------
    title : str
    stacks : iterable of (tuple of str, float s)
    """
    root = _Bar()
    for stack, seconds in stacks:
        root.seconds += seconds
        bar = root
        for name in stack:
            bar = bar.above.setdefault(name, _Bar())
            bar.seconds += seconds
    drawn = list(_drawn(root, 0, 0.0, root.seconds))
    height = 2 * MARGIN + ROW * (1 + max((level for level, *_ in drawn), default=0))
    bars = "\n".join(_rect(height, *bar) for bar in drawn)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
        ' font-family="sans-serif" font-size="10">\n'
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>\n'
        f'<text x="4" y="13" font-size="12">{escape(title)}: {root.seconds:.2f} s</text>\n'
        f"{bars}\n</svg>\n"
    )


def _drawn(
    bar: _Bar, level: int, left: float, whole: float
) -> Iterator[tuple[int, float, float, str, float]]:
    """Level, left edge and width as shares, name and seconds of every bar that can be seen."""
    for name, one in sorted(bar.above.items()):
        share = one.seconds / whole if whole else 0.0
        if share >= LEAST:
            yield level, left, share, name, one.seconds
            yield from _drawn(one, level + 1, left, whole)
        left += share


def _rect(height: int, level: int, left: float, share: float, name: str, seconds: float) -> str:
    x, y, width = WIDTH * left, height - MARGIN - ROW * (level + 1), WIDTH * share
    told = f"{name} {1e3 * seconds:.0f} ms"
    room = int((width - 4) / _PER_LETTER)
    label = name if len(name) <= room else f"{name[: room - 1]}…" if room > 3 else ""
    text = f'<text x="{x + 2:.1f}" y="{y + 11}">{escape(label)}</text>' if label else ""
    return (
        f'<g><title>{escape(told)}</title><rect x="{x:.1f}" y="{y}" width="{width:.1f}"'
        f' height="{ROW - 1}" fill="{_colour(name)}"/>{text}</g>'
    )


def _colour(name: str) -> str:
    """Imports blue, kinebench orange, all others grey."""
    if name.startswith("import "):
        return "#a8c8e8"
    return "#f4b46c" if name.startswith("kinebench/") else "#d8d8d8"
