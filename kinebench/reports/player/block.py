"""`PlayerBlock`: the player as a block of a page, and what the page needs for it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files

from kinebench.reports.player.colours import DARK, LIGHT, colour_rules

_SPEEDS = ("0.1", "0.25", "0.5", "1", "1.5", "2")


@dataclass(frozen=True, slots=True)
class PlayerBlock:
    """Two skeletons that move; a still picture in print and where scripts are off.

    Parameters
    ----------
    content : str
        JSON for the script, already safe to stand in a page.
    still : str
        SVG, already safe.
    caption : str
    description : str
        What somebody who cannot see it must know.
    """

    content: str
    still: str
    caption: str
    description: str


def player_markup(block: PlayerBlock, number: int | None = None) -> str:
    """The figure with its controls; the page must hold `player_style` and, below, `player_script`.

    Parameters
    ----------
    block : PlayerBlock
    number : int, optional
        The figure's number in the page.
    """
    own = "player-" + hashlib.sha256(f"{number} {block.content}".encode()).hexdigest()[:10]
    label = escape(block.description, quote=True)
    still = block.still.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)
    title = "" if number is None else f"Figure {number}. "
    return (
        f'<figure class="player">\n<div class="player-still">{still}</div>\n'
        f'<div class="player-live" hidden>\n{_stage(label, own)}\n{_time()}\n{_options(own)}\n'
        f'<p class="player-help" id="{own}-help">Drag, or use the arrow keys on the picture, to'
        " turn the view; space plays, comma and full stop step by a frame, plus and minus zoom."
        " Point at a segment for its error. Grid: 0.5 m.</p>\n</div>\n"
        f'<script type="application/json">{block.content}</script>\n'
        f"<figcaption>{title}{escape(block.caption)}</figcaption>\n</figure>"
    )


def embedded_player(block: PlayerBlock, number: int | None = None) -> str:
    """The figure with its own style and script, for a page that knows nothing of players."""
    return (
        f"<style>\n{player_style()}</style>\n{player_markup(block, number)}\n"
        f"<script>\n{player_script()}</script>"
    )


@cache
def player_style() -> str:
    """The style sheet of all players of a page."""
    own = _file("player.css")
    dark = "{color-scheme: dark; --player-dark: 1; --player-bone: #4b5159;"
    return (
        f"{own}.player {{ --player-scale: {', '.join(LIGHT)}; }}\n{colour_rules(LIGHT)}\n"
        "@media screen and (prefers-color-scheme: dark) {\n"
        f".player {dark} --player-scale: {', '.join(DARK)}; }}\n{colour_rules(DARK)}\n}}\n"
    )


def player_script() -> str:
    """The script of all players of a page."""
    return _file("player.js")


@cache
def _file(name: str) -> str:
    return (files("kinebench.reports.player") / name).read_text(encoding="utf-8")


def _stage(label: str, own: str) -> str:
    line = (
        '<svg aria-hidden="true" viewBox="0 0 26 12"><path d="M2 6h22" stroke="currentColor"'
        ' stroke-width="1.5"/><circle cx="13" cy="6" r="2.6" fill="currentColor"/></svg>'
    )
    bone = (
        '<svg aria-hidden="true" viewBox="0 0 26 12"><path class="e14" stroke="currentColor"'
        ' stroke-width=".6" d="M5 1Q13 6 21 1A5 5 0 0 1 21 11Q13 6 5 11A5 5 0 0 1 5 1Z"/></svg>'
    )
    return (
        '<div class="player-stage">\n'
        f'<canvas class="player-canvas" tabindex="0" role="img" aria-label="{label}"'
        f' aria-describedby="{own}-help"></canvas>\n'
        f'<ul class="player-tags"><li class="player-tag-reference">{line}</li>'
        f'<li class="player-tag-estimate">{bone}</li></ul>\n'
        '<div class="player-scale"><div class="player-bar"></div>'
        '<div class="player-ticks"><span></span><span></span><span></span></div></div>\n'
        '<p class="player-most"></p>\n<div class="player-tip" hidden></div>\n</div>'
    )


def _time() -> str:
    return (
        '<div class="player-time">\n'
        '<button type="button" class="player-play" aria-label="Play">'
        '<svg class="player-icon-play" aria-hidden="true" viewBox="0 0 16 16">'
        '<path d="M4 2l10 6-10 6z"/></svg>'
        '<svg class="player-icon-pause" aria-hidden="true" viewBox="0 0 16 16">'
        '<path d="M3 2h4v12H3zM9 2h4v12H9z"/></svg></button>\n'
        '<div class="player-track"><p class="player-peak"></p><div class="player-course">'
        '<canvas class="player-strip" aria-hidden="true"></canvas>'
        '<div class="player-head"></div></div>'
        '<input type="range" class="player-slider" min="0" step="1" value="0"'
        ' aria-label="Time"></div>\n'
        '<output class="player-clock"></output>\n</div>'
    )


def _options(own: str) -> str:
    speeds = "".join(
        f'<option value="{speed}"{" selected" if speed == "1" else ""}>{speed}×</option>'
        for speed in _SPEEDS
    )
    return (
        '<div class="player-options">\n'
        '<fieldset class="player-layout"><legend>Layout</legend><div class="player-choices">'
        f'<label><input type="radio" name="{own}" value="overlay" checked>Overlay</label>'
        f'<label><input type="radio" name="{own}" value="beside">Side by side</label>'
        "</div></fieldset>\n"
        '<fieldset><legend>View</legend><div class="player-choices">'
        '<button type="button" data-view="side">Right side</button>'
        '<button type="button" data-view="oblique">Oblique</button>'
        '<button type="button" data-view="front">Front</button></div></fieldset>\n'
        f'<label><span>Speed</span><select class="player-speed">{speeds}</select></label>\n'
        '<label><span>Error shown</span><select class="player-colour">'
        '<option value="turns" selected>Segment orientation (°)</option>'
        '<option value="gaps">Joint centre (mm)</option></select></label>\n</div>'
    )
