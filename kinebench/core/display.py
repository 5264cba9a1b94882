"""How values show themselves: a line at a prompt, a small drawing in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from kinebench.core.arrays import FloatArray

_WIDTH, _HEIGHT, _MARGIN = 360, 120, 4  # px: beside a few lines of text in a notebook
_POINTS = 180  # every other pixel: more could not be seen
# Okabe & Ito 2008, which colour-blind readers can tell apart
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
MOST_LINES = len(_COLOURS)
"""Courses that a small drawing can show apart."""


def recording_line(times: FloatArray) -> str:
    """``300 frames, 60 Hz, 4.98 s``; duration is from the first to the last frame."""
    n = len(times)
    if n < 2:
        return counted(n, "frame")
    duration = float(times[-1] - times[0])
    return f"{n} frames, {(n - 1) / duration:.4g} Hz, {duration:.4g} s"


def counted(n: int, what: str) -> str:
    """``1 frame``, ``2 frames``."""
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def small_drawing(
    caption: str, times: FloatArray, courses: Sequence[tuple[str, FloatArray]], unit: str
) -> str:
    """HTML with a caption and, where there is a course, lines over time in an inline SVG.

    Parameters
    ----------
    caption : str
    times : (n_frames,) s
    courses : sequence of (str, (n_frames,))
        Names and values in the unit; the first `MOST_LINES` are drawn, gaps stay gaps.
    unit : str
        For the scale: "°", "m".
    """
    head = f"<div>{escape(caption)}</div>"
    shown = [(name, values) for name, values in courses if np.isfinite(values).any()][:MOST_LINES]
    if len(times) < 2 or not shown:
        return head
    low = min(float(np.nanmin(values)) for _, values in shown)
    high = max(float(np.nanmax(values)) for _, values in shown)
    frames = np.unique(np.linspace(0, len(times) - 1, _POINTS).astype(int))
    x = _MARGIN + (times - times[0]) / (times[-1] - times[0]) * (_WIDTH - 2 * _MARGIN)
    # a course that does not move lies at the bottom
    span = high - low or 1.0
    lines, names = [], []
    for colour, (name, values) in zip(_COLOURS, shown, strict=False):
        y = _HEIGHT - _MARGIN - (values - low) / span * (_HEIGHT - 2 * _MARGIN)
        path = _path(x[frames], y[frames])
        lines.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.2"/>')
        names.append(f'<span style="color:{colour}">{escape(name)}</span>')
    return (
        f'{head}<svg width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
        f' role="img" aria-label="{escape(caption)}">{"".join(lines)}</svg>'
        f'<div style="font-size:85%">{", ".join(names)}: {_number(low)} to {_number(high)} {unit},'
        f" {times[0]:.4g} to {times[-1]:.4g} s</div>"
    )


def _path(x: FloatArray, y: FloatArray) -> str:
    """Straight lines through the points that are known."""
    words, pen_down = [], False
    for across, down in zip(x.tolist(), y.tolist(), strict=True):
        known = down == down
        if known:
            words.append(f"{'L' if pen_down else 'M'}{across:.1f} {down:.1f}")
        pen_down = known
    return "".join(words)


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", "\N{MINUS SIGN}")
