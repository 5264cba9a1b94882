"""How fast the player draws: a 10 s squat at 60 Hz, in a headless Chromium without a GPU.

    python -m benchmarks.timing.player [--browser chromium] [--seconds 10]

Bars: 60 frames/s, under 4 ms of script a frame, the page under 400 kB. Each row is one layout. The
first times are those of the player's own animation callback while it plays; the last one is for
drawing and reading back a pixel, which makes the browser paint everything in software at once.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

from kinebench.lab import Population
from kinebench.lab.motions.squat import Squat
from kinebench.lab.recording import record
from kinebench.reports.blocks import Document, Section
from kinebench.reports.html import as_html
from kinebench.reports.player import PlayerBlock, player_block, skeleton_of

__all__ = ["measured", "squat_player"]

_BEFORE = """<script>
const costs = [], moments = [];
const asked = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (callback) => asked((now) => {
  const start = performance.now();
  callback(now);
  costs.push(performance.now() - start);
  moments.push(now);
});
</script>"""

_AFTER = """<script>
const wait = (s) => new Promise((resolve) => setTimeout(resolve, 1000 * s));
const part = (name) => document.querySelector(".player-" + name);
const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.floor(q * values.length)];
(async () => {
  const rows = [];
  await wait(1);
  for (const layout of ["overlay", "beside"]) {
    part("layout").querySelector(`[value=${layout}]`).click();
    part("slider").value = 0;
    part("slider").dispatchEvent(new Event("input", { bubbles: true }));
    await wait(0.3);
    costs.length = moments.length = 0;
    part("play").click();
    await wait(SECONDS);
    part("play").click();
    const steps = moments.slice(1).map((moment, i) => moment - moments[i]);
    const row = {
      layout, frames: moments.length,
      rate: (1000 * steps.length) / (moments[moments.length - 1] - moments[0]),
      script: [quantile(costs, 0.5), quantile(costs, 0.95)],
      interval: [quantile(steps, 0.5), quantile(steps, 0.95)],
    };
    const context = part("canvas").getContext("2d");
    const painted = [];
    for (let i = 0; i < 60; i++) {
      part("slider").value = 10 * i;
      const start = performance.now();
      part("slider").dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise((resolve) => asked(resolve));
      const waited = performance.now();
      context.getImageData(0, 0, 1, 1);
      painted.push(costs[costs.length - 1] + performance.now() - waited);
    }
    row.painted = [quantile(painted, 0.5), quantile(painted, 0.95)];
    row.pixels = [part("canvas").width, part("canvas").height];
    rows.push(row);
  }
  await fetch("/", { method: "POST", body: JSON.stringify(rows) });
})();
</script>"""


def squat_player(seconds: float = 10.0) -> PlayerBlock:
    """A virtual subject squats; the estimate bends one knee too far."""
    recording = record(Population().subject(1), Squat())
    motion = recording.true_motion
    n = round(seconds * 60) + 1
    # there and back again, so that the trial is as long as asked
    turn = np.concatenate([np.arange(motion.n_frames), np.arange(motion.n_frames - 2, 0, -1)])
    values = motion.values[np.resize(turn, n)]
    long = replace(motion, times=np.arange(n) / 60, values=values)
    wrong = np.array(values)
    wrong[:, motion.names.index("knee_angle_r")] += np.radians(8.0)
    return player_block(
        skeleton_of(recording.model, long),
        skeleton_of(recording.model, replace(long, values=wrong)),
        "A squat; the estimate's right knee is bent 8° too far.",
        "Two skeletons squat.",
    )


class _Listener(ThreadingHTTPServer):
    """Serves one page, and keeps what the page sends back."""

    def __init__(self, page: str) -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.page, self.told, self.heard = page, "", threading.Event()


class _Exchange(BaseHTTPRequestHandler):
    server: _Listener

    def do_GET(self) -> None:
        body = self.server.page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.server.told = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.send_response(204)
        self.end_headers()
        self.server.heard.set()

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


def measured(page: str, browser: str, seconds: float) -> list[dict[str, Any]]:
    """Open the page, let it play, and return what it measured, a row per layout."""
    after = _AFTER.replace("SECONDS", f"{seconds:g}")
    page = page.replace("<head>", f"<head>{_BEFORE}").replace("</body>", f"{after}</body>")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        command = [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1200,1400",
            "--disable-background-networking", f"--user-data-dir={folder}",
        ]  # fmt: skip
        with _Listener(page) as listener:
            threading.Thread(target=listener.serve_forever, daemon=True).start()
            process = subprocess.Popen(
                [*command, f"http://127.0.0.1:{listener.server_port}/"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
            try:
                heard = listener.heard.wait(4 * seconds + 60)
            finally:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait()
                listener.shutdown()
    if not heard:
        raise SystemExit("the page did not report in time")
    return list(json.loads(listener.told))


def main() -> None:
    """Print sizes and times."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--browser", default="chromium")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long it plays")
    asked = parser.parse_args()
    browser = shutil.which(asked.browser)
    if browser is None:
        sys.exit(f"no browser '{asked.browser}' is installed")
    block = squat_player()
    page = as_html(Document("Player", (Section("Squat", (block,)),)))
    print(
        f"page {len(page.encode()) / 1e3:.0f} kB: trial {len(block.content) / 1e3:.0f} kB,"
        f" still picture {len(block.still) / 1e3:.0f} kB"
    )
    for row in measured(page, browser, asked.seconds):
        size = "×".join(map(str, row["pixels"]))
        print(
            f"{row['layout']} ({size} px): {row['frames']} frames, {row['rate']:.1f} frames/s;"
            f" script {row['script'][0]:.2f} ms a frame (95 %: {row['script'][1]:.2f});"
            f" interval {row['interval'][0]:.1f} ms (95 %: {row['interval'][1]:.1f});"
            f" painted {row['painted'][0]:.1f} ms (95 %: {row['painted'][1]:.1f})"
        )


if __name__ == "__main__":
    main()
