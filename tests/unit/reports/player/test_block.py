from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

from kinebench.core import Model, Motion
from kinebench.errors import ValueRangeError
from kinebench.reports.blocks import Details, Document, FigureBlock, Section, Text
from kinebench.reports.html import as_html
from kinebench.reports.player import (
    PlayerBlock,
    Skeleton,
    embedded_player,
    orientation_errors,
    player_block,
    skeleton_of,
)
from kinebench.reports.player.block import player_markup, player_script, player_style
from tests.unit.reports.player.conftest import decoded

EVIL = '</script><script>alert("x")</script><img onerror="y">'
VOID = {"input", "meta", "br", "link"}


class Figure(HTMLParser):
    """Tags of a figure; fails when they do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.shown: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("script", "style"):
            self.shown.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def content(block: PlayerBlock) -> dict[str, Any]:
    return dict(json.loads(block.content))


def values(
    text: str, n_frames: int, step: float
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    whole = decoded(text, n_frames)
    return np.where(whole == -32768, np.nan, whole * step)


def test_positions_are_the_skeletons_within_quantisation(
    block: PlayerBlock, reference: Skeleton, estimate: Skeleton
) -> None:
    held = content(block)
    for part, skeleton in zip(held["skeletons"], (reference, estimate), strict=True):
        flat = values(part["positions"], held["frames"], held["step"])
        found = flat.reshape(skeleton.positions.shape) + held["middle"]
        np.testing.assert_allclose(found, skeleton.positions, atol=0.51e-4)
    turns = values(held["turns"]["values"], held["frames"], held["turns"]["step"])
    expected = np.degrees(orientation_errors(reference, estimate))
    np.testing.assert_allclose(turns.reshape(expected.shape), expected, atol=0.0051)


def test_it_tells_time_and_opens_where_the_error_is_largest(block: PlayerBlock) -> None:
    held = content(block)
    assert (held["rate"], held["start"], held["frames"]) == (60.0, 0.0, 121)
    assert held["first"] == 120  # the error grows to the end
    assert held["turns"]["top"] == 15.0
    assert held["gaps"]["top"] >= 60.0


def test_points_find_their_partners_by_name(reference: Skeleton, estimate: Skeleton) -> None:
    names = list(estimate.anatomy.point_names)
    names[3] = "elsewhere"
    other = replace(estimate, anatomy=replace(estimate.anatomy, point_names=tuple(names)))
    partners = content(player_block(reference, other, "c", "d"))["gaps"]["points"]
    assert partners == [-1 if i == 3 else i for i in range(len(names))]


def test_only_shared_frames_are_shown(reference: Skeleton, estimate: Skeleton) -> None:
    late = estimate.at_frames(np.arange(30, 121))
    held = content(player_block(reference, late, "c", "d"))
    assert (held["start"], held["frames"]) == (0.5, 91)
    holed = reference.at_frames(np.delete(np.arange(121), np.arange(40, 60)))
    with pytest.raises(ValueRangeError, match="evenly spaced"):
        player_block(holed, estimate, "c", "d")


def test_missing_frames_are_marked(model: Model, motion: Motion, reference: Skeleton) -> None:
    rows = np.array(motion.values)
    rows[:50] = np.nan
    part = skeleton_of(model, replace(motion, values=rows))
    held = content(player_block(reference, part, "c", "d"))
    positions = values(held["skeletons"][1]["positions"], held["frames"], held["step"])
    assert np.isnan(positions.reshape(121, -1)[:30]).all()
    assert held["first"] >= 30
    rows[:] = np.nan
    nothing = skeleton_of(model, replace(motion, values=rows))
    with pytest.raises(ValueRangeError, match="no frame without missing"):
        player_block(nothing, reference, "c", "d")


def test_a_trial_of_ten_seconds_is_light(model: Model, motion: Motion) -> None:
    times = np.linspace(0.0, 10.0, motion.n_frames * 5)
    long = replace(motion, times=times, values=np.tile(motion.values, (5, 1)))
    skeleton = skeleton_of(model, long)
    assert len(skeleton.times) == 601
    block = player_block(skeleton, skeleton, "c", "d")
    assert len(embedded_player(block).encode()) < 400_000


def test_hostile_texts_stay_texts(reference: Skeleton, estimate: Skeleton) -> None:
    anatomy = estimate.anatomy
    bodies = tuple(EVIL if name == "tibia_r" else name for name in anatomy.bodies)
    joints = tuple(EVIL if name == "hip_r" else name for name in anatomy.joints)
    evil = replace(estimate, anatomy=replace(anatomy, bodies=bodies, joints=joints))
    block = player_block(reference, evil, EVIL, EVIL, (EVIL, EVIL))
    figure = Figure(player_markup(block, 3))
    assert len(figure.all("script")) == 1
    assert not figure.all("img")
    assert "".join(figure.shown).endswith(f"Figure 3. {EVIL}\n")
    assert content(block)["names"] == [EVIL, EVIL]
    assert all(svg.get("aria-label") in (None, EVIL) for svg in figure.all("svg"))


def test_nothing_is_loaded_evaluated_or_bound_in_attributes(block: PlayerBlock) -> None:
    text = embedded_player(block, 1)
    for _, attributes in Figure(text).tags:
        assert not any(name.startswith("on") or name in ("src", "href") for name in attributes)
    outside = re.sub(r'xmlns="[^"]*"', "", text)
    for word in ("http", "eval(", "Function(", "@import", "url(", "innerHTML", "fetch("):
        assert word not in outside


def test_controls_are_real_and_named(block: PlayerBlock) -> None:
    figure = Figure(player_markup(block, 1))
    for button in figure.all("button"):
        assert button["type"] == "button"
    (canvas,) = [c for c in figure.all("canvas") if "tabindex" in c]
    assert (canvas["tabindex"], canvas["role"], canvas["aria-label"]) == (
        "0",
        "img",
        "A description.",
    )
    ids = [a["id"] for _, a in figure.tags if "id" in a]
    assert canvas["aria-describedby"] in ids
    assert len(figure.all("select")) + len(figure.all("input")) == 5
    labels = "".join(figure.shown)
    for word in ("Overlay", "Side by side", "Speed", "Error shown", "0.1×", "2×"):
        assert word in labels
    assert [b["aria-label"] for b in figure.all("button") if "aria-label" in b] == ["Play"]


def test_two_players_of_a_page_do_not_share_ids(block: PlayerBlock) -> None:
    both = Figure(player_markup(block, 1) + player_markup(block, 2))
    ids = [a["id"] for _, a in both.tags if "id" in a]
    assert len(ids) == len(set(ids)) > 1
    groups = {a["name"] for a in both.all("input") if a.get("type") == "radio"}
    assert len(groups) == 2
    assert player_markup(block) == player_markup(block)
    assert "Figure" not in Figure(player_markup(block)).shown[-1]


def test_the_still_shows_in_print_and_dark_has_its_colours() -> None:
    style = player_style()
    assert style.count("{") == style.count("}")
    assert "@media print" in style
    assert "@media screen and (prefers-color-scheme: dark)" in style
    assert player_script().count("{") == player_script().count("}")


def test_a_page_holds_style_and_script_once(block: PlayerBlock) -> None:
    svg = FigureBlock("<svg></svg>", "c", "d")
    first, second = Section("One", (svg, block)), Section("Two", (Details("More", (block,)),))
    text = as_html(Document("T", (first, second)))
    page = Figure(text)
    assert text.count(player_script()) == text.count(player_style()) == 1
    assert len(page.all("script")) == 3  # two hold the trials
    assert re.findall(r"Figure (\d)\.", "".join(page.shown)) == ["1", "2", "3"]
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert player_script() in as_html(Document("T", (second,)))


def test_a_page_without_a_player_has_no_script() -> None:
    text = as_html(Document("T", (Section("One", (Text("t"), Details("m", (Text("t"),)))),)))
    assert "<script" not in text
    assert "player" not in text
