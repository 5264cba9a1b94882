"""The player in a real browser, without a window."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.reports.player import (
    PlayerBlock,
    Skeleton,
    embedded_player,
    player_block,
)
from kinebench.reports.style_sheet import STYLE_SHEET

EVIL = '</script><img src=x onerror="window.hurt=1">'

WATCH = "<script>window.faults=[];onerror=(m)=>{faults.push(String(m))};</script>"

TRIAL_RUN = """
const found = {};
const figure = document.querySelector("figure.player");
const part = (name) => figure.querySelector(".player-" + name);
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const canvas = part("canvas"), slider = part("slider"), play = part("play");
const drawn = () =>
  new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));
const picture = async () => { await drawn(); return canvas.toDataURL(); };
const key = (name, target) => {
  const event = new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true });
  target.dispatchEvent(event);
};
const choose = (element, value) => {
  element.value = value;
  element.dispatchEvent(new Event("change", { bubbles: true }));
};
const frame = () => Number(figure.dataset.frame);
const scrub = (value) => {
  slider.value = value;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
};
(async () => {
  const first = await picture();
  found.live = !part("live").hidden && getComputedStyle(part("still")).display === "none";
  found.firstFrame = frame();
  found.tags = part("tags").innerText;
  found.ticks = part("ticks").innerText.split(/\\s+/);
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const colours = new Set();
  for (let i = 0; i < pixels.length; i += 4) {
    if (pixels[i + 3] > 250) colours.add(`${pixels[i]},${pixels[i + 1]},${pixels[i + 2]}`);
  }
  found.colours = colours.size;
  const ink = [];
  for (let i = 0; i < pixels.length; i += 4) {
    const isInk = pixels[i] === 27 && pixels[i + 1] === 28 && pixels[i + 2] === 29;
    if (isInk && pixels[i + 3] === 255) ink.push(Math.floor(i / 4 / canvas.width) / canvas.height);
  }
  found.ink = [ink[0], ink[ink.length - 1]];
  scrub(10);
  const early = await picture();
  found.scrubChanges = early !== first;
  found.scrubbedTo = frame();
  found.clock = part("clock").textContent;
  found.spoken = slider.getAttribute("aria-valuetext");
  found.most = part("most").textContent;
  scrub(found.firstFrame);
  found.scrubReturns = (await picture()) === first;
  scrub(10);
  await picture();
  key(".", canvas);
  await drawn();
  found.stepped = frame();
  key("ArrowRight", canvas);
  found.arrowTurns = (await picture()) !== early;
  part("layout").querySelector("[value=beside]").click();
  const beside = await picture();
  found.besideDiffers = beside !== early;
  choose(part("colour"), "gaps");
  found.colourDiffers = (await picture()) !== beside;
  found.gapMost = part("most").textContent;
  figure.querySelector("[data-view=front]").click();
  const front = await picture();
  canvas.dispatchEvent(new PointerEvent("pointermove", { clientX: 1, clientY: 1 }));
  found.tipOutside = part("tip").hidden;
  const box = canvas.getBoundingClientRect();
  const tips = () => {
    const told = new Set();
    for (let x = 10; x < box.width; x += 12) {
      for (let y = 10; y < box.height; y += 12) {
        const at = { clientX: box.left + x, clientY: box.top + y };
        canvas.dispatchEvent(new PointerEvent("pointermove", at));
        if (!part("tip").hidden) told.add(part("tip").textContent);
      }
    }
    return [...told];
  };
  found.tips = tips();
  scrub(2);
  await drawn();
  found.missing = [part("most").textContent, tips().length];
  scrub(11);
  await drawn();
  canvas.dispatchEvent(new PointerEvent("pointerleave"));
  found.tipLeft = part("tip").hidden;
  const drag = async (dx) => {
    const at = { clientX: box.left + 200, clientY: box.top + 200, pointerId: 1 };
    canvas.setPointerCapture = () => {};
    canvas.dispatchEvent(new PointerEvent("pointerdown", at));
    canvas.dispatchEvent(new PointerEvent("pointermove", { ...at, clientX: at.clientX + dx }));
    canvas.dispatchEvent(new PointerEvent("pointerup", at));
    return await picture();
  };
  found.dragTurns = (await drag(60)) !== front;
  found.dragReturns = (await drag(-60)) === front;
  figure.style.width = "400px";
  await wait(100);
  await drawn();
  found.narrow = canvas.width / canvas.clientWidth - Math.min(3, devicePixelRatio);
  figure.style.width = "";
  choose(part("speed"), "0.5");
  scrub(0);
  await drawn();
  found.label = play.getAttribute("aria-label");
  key(" ", canvas);
  found.labelPlaying = play.getAttribute("aria-label");
  const [then, from] = [performance.now(), frame()];
  await wait(1000);
  // frames are drawn when the browser finds time: look right after one
  await drawn();
  found.played = frame() - from;
  found.passed = (performance.now() - then) / 1000;
  play.click();
  await drawn();
  const stopped = frame();
  await wait(300);
  found.stays = frame() === stopped;
  key("End", canvas);
  await drawn();
  found.last = frame();
  play.click();
  await wait(200);
  found.restarts = frame() < 60;
  scrub(50);
  await wait(200);
  found.scrubStops = frame() === 50 && play.getAttribute("aria-label") === "Play";
  found.hurt = window.hurt === 1;
  found.faults = faults;
  tell(found);
})().catch((fault) => tell({ faults: [String(fault.stack)] }));
"""


class Listener(ThreadingHTTPServer):
    """Serves one page, and keeps what the page sends back."""

    def __init__(self, page: str) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.page, self.told, self.heard = page, "", threading.Event()


class Exchange(BaseHTTPRequestHandler):
    server: Listener

    def do_GET(self) -> None:
        body = self.server.page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.server.told = self.rfile.read(length).decode()
        self.send_response(204)
        self.end_headers()
        self.server.heard.set()

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


def told_by(
    browser: str, text: str, folder: Path, script: str = TRIAL_RUN
) -> tuple[dict[str, Any], str]:
    """What the page's script tells, and what the browser logged."""
    style = f"<style>{STYLE_SHEET}</style>"
    head = f"<!doctype html><html lang='en'><head><meta charset='utf-8'>{style}{WATCH}</head><body>"
    tell = "const tell = (what) => fetch('/', { method: 'POST', body: JSON.stringify(what) });"
    page = f"{head}{text}<script>{tell}{script}</script></body></html>"
    command = [
        browser, "--headless", "--no-sandbox", "--disable-gpu",
        "--disable-background-networking", "--enable-logging=stderr", "--log-level=0",
        "--window-size=900,1400", f"--user-data-dir={folder / 'profile'}",
    ]  # fmt: skip
    log = folder / "log"
    with Listener(page) as listener, log.open("wb") as errors:
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{listener.server_port}/"
        # in a group of its own: the browser is many processes
        process = subprocess.Popen(
            [*command, address], stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True
        )
        try:
            heard = listener.heard.wait(60)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)
            listener.shutdown()
    assert heard, f"the page told nothing in 60 s: {log.read_text(errors='replace')[-2000:]}"
    return dict(json.loads(listener.told)), log.read_text(errors="replace")


@pytest.fixture(scope="module")
def found(
    installed_browser: str,
    reference: Skeleton,
    estimate: Skeleton,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Any]:
    """What a run through all controls found, in a page with a hostile name."""
    anatomy = estimate.anatomy
    bodies = tuple(EVIL if name == "tibia_r" else name for name in anatomy.bodies)
    positions, rotations = np.array(estimate.positions), np.array(estimate.rotations)
    positions[:5], rotations[:5] = np.nan, np.nan
    evil = Skeleton(replace(anatomy, bodies=bodies), estimate.times, positions, rotations)
    block = player_block(reference, evil, EVIL, EVIL, ("mocap", EVIL))
    folder = tmp_path_factory.mktemp("player")
    told, log = told_by(installed_browser, embedded_player(block, 1), folder)
    return told | {"complaints": log.count("CONSOLE")}


def test_no_complaint_and_no_harm(found: dict[str, Any]) -> None:
    assert found["faults"] == []
    assert found["complaints"] == 0
    assert not found["hurt"]
    assert EVIL in found["tags"]


def test_the_picture_is_there_and_the_still_is_not(found: dict[str, Any]) -> None:
    assert found["live"]
    assert found["colours"] > 5
    crown, toes = found["ink"]  # the reference fills the picture from top to bottom
    assert 0.05 < crown < 0.25
    assert 0.75 < toes < 0.95
    assert found["firstFrame"] == 120
    assert found["ticks"] == ["0", "7.5", "≥", "15°"]


def test_scrubbing_shows_another_moment(found: dict[str, Any]) -> None:
    assert found["scrubChanges"]
    assert found["scrubReturns"]
    assert found["scrubbedTo"] == 10
    assert found["clock"] == "0.17 s"
    assert found["spoken"] == "0.17 seconds"
    assert found["stepped"] == 11


def test_errors_are_named(found: dict[str, Any]) -> None:
    # the knee is bent by 5° + 10°·t too much (t in trials), at frame 10 of 120
    assert found["most"].startswith("largest now: ")
    assert "pelvis" not in found["most"]
    assert found["missing"] == ["no error to tell", 0]
    assert found["most"].endswith(" 5.8°")
    assert found["gapMost"].endswith(" mm")


def test_controls_change_the_picture(found: dict[str, Any]) -> None:
    assert found["arrowTurns"]
    assert found["besideDiffers"]
    assert found["colourDiffers"]
    assert found["dragTurns"]
    assert found["dragReturns"]
    assert abs(found["narrow"]) < 0.01


def test_pointing_at_a_segment_tells_its_error(found: dict[str, Any]) -> None:
    assert found["tipOutside"]
    assert found["tipLeft"]
    assert len(found["tips"]) > 8
    assert all(re.search(r"\d mm$", tip) for tip in found["tips"])
    # the hip is where the sunk pelvis put it
    assert "hip, right 30 mm" in found["tips"]


def test_it_plays_at_the_trials_own_pace(found: dict[str, Any]) -> None:
    assert (found["label"], found["labelPlaying"]) == ("Play", "Pause")
    expected = 60 * 0.5 * found["passed"]
    # however few frames a busy machine shows, the last one stands at the right time
    assert 0.8 * expected - 2 <= found["played"] <= expected + 2
    assert found["stays"]
    assert found["last"] == 120
    assert found["restarts"]
    assert found["scrubStops"]


def test_without_scripts_the_still_is_seen(
    installed_browser: str, block: PlayerBlock, tmp_path: Path
) -> None:
    text = re.sub(r"<script>\n.*</script>", "", embedded_player(block, 1), flags=re.DOTALL)
    look = """
    const shown = (name) => document.querySelector(".player-" + name).checkVisibility();
    tell({ still: shown("still"), live: shown("live"), faults });
    """
    told, log = told_by(installed_browser, text, tmp_path, look)
    assert told == {"still": True, "live": False, "faults": []}
    assert "CONSOLE" not in log
