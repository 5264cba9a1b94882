"""A small server on this machine, and a catalogue whose dataset it serves."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from kinebench.datasets import Card, CardFile, Places, Source
from kinebench.datasets.card import card_toml
from kinebench.datasets.download import Downloader

CONTENT = bytes(range(256)) * 48  # halves and quarters are whole chunks of the downloader


@dataclass
class Server:
    """What the server does: one entry of `script` per request, then "serve" for ever.

    Entries: "serve", "break" (half of what was asked, then the connection closes), "wrong" (other
    bytes of the same length), "endless" (more and more), "drip" (a byte now and then), "bomb" (a
    compressed answer that becomes a thousandfold), or a status code.
    """

    address: str = ""
    honours_ranges: bool = True
    script: list[str | int] = field(default_factory=list)
    ranges: list[str | None] = field(default_factory=list)
    encodings: list[str | None] = field(default_factory=list)
    closing: Event = field(default_factory=Event)


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            server.ranges.append(asked)
            server.encodings.append(self.headers.get("Accept-Encoding"))
            action = server.script.pop(0) if server.script else "serve"
            if isinstance(action, int):
                self.send_error(action)
                return
            if action in ("endless", "drip", "bomb"):
                self.send_hostile(action)
                return
            content = CONTENT if action != "wrong" else CONTENT[::-1]
            first = int(asked.split("=")[1].rstrip("-")) if asked and server.honours_ranges else 0
            body = content[first:]
            self.send_response(206 if first else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if action == "break" else body)

        def send_hostile(self, action: str) -> None:
            self.send_response(200)
            if action == "bomb":
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            zeros = gzip.compress(bytes(50_000_000))
            with suppress(OSError):  # the client leaves
                if action == "bomb":
                    self.wfile.write(zeros)
                while action != "bomb" and not server.closing.is_set():
                    self.wfile.write(b"x" if action == "drip" else CONTENT)
                    server.closing.wait(0.05 if action == "drip" else 0.0)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    plan = Server()
    listening = ThreadingHTTPServer(("127.0.0.1", 0), _handler(plan))
    plan.address = f"http://127.0.0.1:{listening.server_address[1]}/owner/repo/"
    thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield plan
    plan.closing.set()
    listening.shutdown()
    listening.server_close()
    thread.join()


@pytest.fixture
def content() -> bytes:
    return CONTENT


@pytest.fixture
def content_file() -> CardFile:
    return CardFile("trials/walk 1.trc", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(cache=tmp_path / "cache", cards=tmp_path / "cards")


@pytest.fixture
def served(server: Server, places: Places, content_file: CardFile) -> Card:
    """A dataset called "walks" with one file, on the server."""
    card = Card(
        name="walks",
        title="Walks",
        description="Walks that a server has.",
        licence="MIT",
        citation="Nobody (2020).",
        sources=(Source(server.address, None, (content_file,)),),
    )
    write_card(card, places)
    return card


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kinebench.datasets.download.time.sleep", lambda _: None)


def write_card(card: Card, places: Places) -> None:
    path = places.cards / card.name / "card.toml"
    path.parent.mkdir(parents=True)
    path.write_text(card_toml(card), encoding="utf-8")


@pytest.fixture
def hasty() -> Downloader:
    return Downloader(attempts=3, pause_s=0.0, timeout_s=5.0)
