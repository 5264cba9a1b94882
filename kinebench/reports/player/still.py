"""A still picture of two skeletons, as SVG: for print, and where scripts are off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.reports.player.anatomy import Bone
from kinebench.reports.player.colours import LEVELS, level_of
from kinebench.reports.player.scene import Scene, View, scene_of
from kinebench.reports.player.skeleton import Skeleton

_WIDTH, _HEIGHT, _MARGIN = 720.0, 430.0, 16.0
_PITCH = np.radians(7.0)
_SHAFT = 0.2  # control point of a bone's outline, over its radius at the ends
_GRID_M, _GRID_REACH_M = 0.5, 0.75

Point = tuple[float, float]


def still_svg(
    reference: Skeleton,
    estimate: Skeleton,
    frame: int,
    errors: FloatArray,
    top: float,
    names: tuple[str, str] = ("reference", "estimate"),
) -> str:
    """Both skeletons in one frame, over one another, from the right side and from the front.

    Parameters
    ----------
    reference, estimate : Skeleton
    frame : int
    errors : (n_bodies,) °
        Of the estimate's bodies in this frame.
    top : float
        Upper end of the colour scale, °.
    names : (str, str)
        What they are called; escaped here.
    """
    scene = scene_of(reference, estimate)
    parts = [f'<svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" xmlns="http://www.w3.org/2000/svg">']
    middle = _middle(reference.positions[frame], scene)
    scale = (_HEIGHT - 112.0) / scene.top_m
    for column, (turn, title) in enumerate(
        ((0.0, "from the right"), (np.pi / 2, "from the front"))
    ):
        x = _WIDTH * (0.25 + 0.5 * column)
        panel = _Panel(View(scene.side_yaw + turn, _PITCH), middle, x, _HEIGHT - 70.0, scale)
        parts.append(f'<text class="soft" x="{x:g}" y="18" text-anchor="middle">{title}</text>')
        parts += _ground(panel, middle)
        parts += _estimate(panel, estimate, frame, errors, top)
        parts += _reference(panel, reference, frame)
    parts += _legend(top, names)
    parts.append("</svg>")
    return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class _Panel:
    """A view on a part of the picture; the middle of the floor stands at (x, y) px."""

    view: View
    middle: FloatArray
    x: float
    y: float
    scale: float

    def pixels(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        flat, nearness = self.view.project(points - self.middle)
        return np.array([self.x, self.y]) + self.scale * flat * [1.0, -1.0], nearness


def _middle(points: FloatArray, scene: Scene) -> FloatArray:
    known = points[np.isfinite(points[:, 0])]
    if not len(known):
        return np.array([0.0, scene.floor_m, 0.0])
    low, high = known.min(axis=0), known.max(axis=0)
    return np.array([(low[0] + high[0]) / 2, scene.floor_m, (low[2] + high[2]) / 2])


def _ground(panel: _Panel, middle: FloatArray) -> Iterator[str]:
    lines = []
    for across, along in ((0, 2), (2, 0)):
        first = np.ceil((middle[across] - _GRID_REACH_M) / _GRID_M) * _GRID_M
        for place in np.arange(first, middle[across] + _GRID_REACH_M, _GRID_M):
            ends = np.array([middle, middle])
            ends[:, across] = place
            ends[:, along] += [-_GRID_REACH_M, _GRID_REACH_M]
            (x1, y1), (x2, y2) = panel.pixels(ends)[0]
            lines.append(f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}")
    yield f'<path class="grid" d="{"".join(lines)}"/>'


def _estimate(
    panel: _Panel, skeleton: Skeleton, frame: int, errors: FloatArray, top: float
) -> Iterator[str]:
    """Plates and bones, far ones first."""
    pixels, nearness = panel.pixels(skeleton.positions[frame])
    shapes: list[tuple[float, str]] = []
    for plate in skeleton.anatomy.plates:
        corners = pixels[list(plate.points)]
        if np.isfinite(corners).all():
            path = "L".join(f"{x:.1f} {y:.1f}" for x, y in corners)
            tone = _tone(errors[plate.body], top)
            depth = float(nearness[list(plate.points)].mean()) - 0.05
            shapes.append((depth, f'<path class="plate {tone}" d="M{path}Z"/>'))
    for bone in skeleton.anatomy.bones:
        a, b = pixels[bone.start], pixels[bone.end]
        if np.isfinite([*a, *b]).all():
            depth = float(nearness[bone.start] + nearness[bone.end]) / 2
            tone = _tone(errors[bone.body], top)
            shapes.append((depth, f'<path class="bone {tone}" d="{_outline(panel, bone, a, b)}"/>'))
    yield from (shape for _, shape in sorted(shapes, key=lambda item: item[0]))


def _tone(error: float, top: float) -> str:
    level = level_of(error, top)
    return f"e{level}" if level >= 0 else "unknown"


def _outline(panel: _Panel, bone: Bone, a: FloatArray, b: FloatArray) -> str:
    """A bone: two round ends and a waist; a ball when the ends are one."""
    r = panel.scale * bone.radius_m
    length = float(np.hypot(*(b - a)))
    if length < 0.1:
        x, y = a
        return f"M{x - r:.1f} {y:.1f}a{r:.1f} {r:.1f} 0 1 0 {2 * r:.1f} 0a{r:.1f} {r:.1f} 0 1 0" + (
            f" {-2 * r:.1f} 0Z"
        )
    n = np.array([a[1] - b[1], b[0] - a[0]]) / length
    m, w = (a + b) / 2, _SHAFT * r * n
    (x1, y1), (x2, y2), (x3, y3), (x4, y4) = a + r * n, b + r * n, b - r * n, a - r * n
    return (
        f"M{x1:.1f} {y1:.1f}Q{m[0] + w[0]:.1f} {m[1] + w[1]:.1f} {x2:.1f} {y2:.1f}"
        f"A{r:.1f} {r:.1f} 0 0 0 {x3:.1f} {y3:.1f}"
        f"Q{m[0] - w[0]:.1f} {m[1] - w[1]:.1f} {x4:.1f} {y4:.1f}"
        f"A{r:.1f} {r:.1f} 0 0 0 {x1:.1f} {y1:.1f}Z"
    )


def _reference(panel: _Panel, skeleton: Skeleton, frame: int) -> Iterator[str]:
    """Thin lines and joints, over everything."""
    pixels, _ = panel.pixels(skeleton.positions[frame])
    lines, balls = [], []
    for bone in skeleton.anatomy.bones:
        (x1, y1), (x2, y2) = pixels[bone.start], pixels[bone.end]
        if not np.isfinite([x1, y1, x2, y2]).all():
            continue
        if bone.start == bone.end:
            r = panel.scale * bone.radius_m
            balls.append(f'<circle class="line" cx="{x1:.1f}" cy="{y1:.1f}" r="{r:.1f}"/>')
        else:
            lines.append(f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}")
    yield f'<path class="halo" d="{"".join(lines)}"/><path class="line" d="{"".join(lines)}"/>'
    yield from balls
    for x, y in pixels[: len(skeleton.anatomy.bodies)]:
        if np.isfinite([x, y]).all():
            yield f'<circle class="joint" cx="{x:.1f}" cy="{y:.1f}" r="2.2"/>'


def _legend(top: float, names: tuple[str, str]) -> Iterator[str]:
    y = _HEIGHT - 26.0
    yield f'<path class="line" d="M{_MARGIN:g} {y + 5:g}h26"/>'
    yield f'<circle class="joint" cx="{_MARGIN + 13:g}" cy="{y + 5:g}" r="2.2"/>'
    yield f'<text x="{_MARGIN + 34:g}" y="{y + 9:g}">{escape(names[0])}</text>'
    ball = f"a5 5 0 1 1 0 -10Q{_MARGIN + 133:g} {y + 4:g} {_MARGIN + 146:g} {y:g}a5 5 0 1 1 0 10Q"
    shape = f"M{_MARGIN + 120:g} {y + 10:g}{ball}{_MARGIN + 133:g} {y + 6:g} {_MARGIN + 120:g}"
    yield f'<path class="bone unknown" d="{shape} {y + 10:g}Z"/>'
    yield f'<text x="{_MARGIN + 162:g}" y="{y + 9:g}">{escape(names[1])}, coloured by error</text>'
    left, width = 470.0, 200.0
    step = width / LEVELS
    for level in range(LEVELS):
        x = left + level * step
        yield f'<rect class="e{level}" x="{x:.2f}" y="{y:g}" width="{step + 0.3:.2f}" height="10"/>'
    for share in (0.0, 0.5, 1.0):
        x, sign = left + share * width, "≥ " if share == 1.0 else ""
        yield (
            f'<text class="soft" x="{x:g}" y="{y + 23:g}" text-anchor="middle">'
            f"{sign}{share * top:g}°</text>"
        )
    yield f'<text class="soft" x="{left:g}" y="{y - 5:g}">orientation error of the segment</text>'
