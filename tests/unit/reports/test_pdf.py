from __future__ import annotations

import io
import stat
import sys
from pathlib import Path

import pytest

from kinebench.errors import KinebenchError
from kinebench.reports.blocks import Document, Section, Text
from kinebench.reports.html import as_html
from kinebench.reports.pdf import BROWSER, browser, packed, write_pdf


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "a page.html"
    path.write_text(as_html(Document("T", (Section("S", (Text("words"),)),))), encoding="utf-8")
    return path


def pretender(tmp_path: Path, script: str) -> Path:
    path = tmp_path / "pretender"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


WRITES = """for a; do case "$a" in --print-to-pdf=*) printf '%%PDF-1' > "${a#*=}";; esac; done
printf '%s\\n' "$@" > "$0.asked" """


def test_a_page_is_printed(page: Path, tmp_path: Path) -> None:
    if browser() is None:
        pytest.skip("no Chromium, Chrome or Edge to print with")
    write_pdf(page, tmp_path / "page.pdf")
    content = (tmp_path / "page.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert len(content) > 2000


def test_the_named_browser_is_asked(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = pretender(tmp_path, WRITES)
    monkeypatch.setenv(BROWSER, str(program))
    assert browser() == str(program)
    write_pdf(page, tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes() == b"%PDF-1"
    asked = Path(f"{program}.asked").read_text().splitlines()
    assert "--headless" in asked
    assert asked[-1] == page.as_uri()
    assert any(line.startswith("--user-data-dir=") for line in asked)


@pytest.mark.parametrize("script", ["exit 1", WRITES.replace("%%PDF", "no")])
def test_a_browser_that_prints_nothing_is_told(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setenv(BROWSER, str(pretender(tmp_path, script)))
    (tmp_path / "page.pdf").write_bytes(b"as it was")
    with pytest.raises(KinebenchError, match=r"printed nothing: open a page\.html in a browser"):
        write_pdf(page, tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes() == b"as it was"


def test_without_a_browser_one_line_says_so(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BROWSER, "no-such-browser")
    with pytest.raises(KinebenchError, match="KINEBENCH_BROWSER names 'no-such-browser'"):
        write_pdf(page, tmp_path / "page.pdf")
    monkeypatch.delenv(BROWSER)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("kinebench.reports.pdf._PLACES", ())
    with pytest.raises(KinebenchError, match="no Chromium, Chrome or Edge is installed") as told:
        write_pdf(page, tmp_path / "page.pdf")
    assert "\n" not in str(told.value)


def test_a_page_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BROWSER, str(pretender(tmp_path, WRITES)))
    with pytest.raises(KinebenchError, match="there is no page"):
        write_pdf(tmp_path / "none.html", tmp_path / "page.pdf")


def plain_pdf(n: int) -> bytes:
    """A page with `n` marks of structure as plain objects, as Chromium writes them."""
    objects = [
        "<</Type /Catalog /Pages 2 0 R /StructTreeRoot 4 0 R>>",
        "<</Type /Pages /Kids [3 0 R] /Count 1>>",
        "<</Type /Page /Parent 2 0 R /MediaBox [0 0 200 200]>>",
        f"<</Type /StructTreeRoot /K [{' '.join(f'{5 + i} 0 R' for i in range(n))}]>>",
        *(f"<</Type /StructElem /S /P /P 4 0 R /Alt (paragraph {i})>>" for i in range(n)),
    ]
    content, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(content))
        content += f"{number} 0 obj\n{text}\nendobj\n".encode()
    rows = "".join(f"{place:010d} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}"
    trailer = f"trailer\n<</Size {len(objects) + 1} /Root 1 0 R>>\nstartxref\n{len(content)}\n%%EOF"
    return content + f"{head}{trailer}".encode()


def test_a_packed_file_is_small_and_has_all_that_was_there() -> None:
    pikepdf = pytest.importorskip("pikepdf", reason="pikepdf, of the extra pdf, is not installed")
    content = plain_pdf(300)
    small = packed(content)
    assert len(small) < 0.3 * len(content)
    assert packed(content) == small
    with pikepdf.open(io.BytesIO(small)) as document:
        marks = document.Root.StructTreeRoot.K
        assert [str(mark.Alt) for mark in marks] == [f"paragraph {i}" for i in range(300)]
        assert len(document.pages) == 1


def test_what_cannot_be_read_or_packed_stays_as_it_was_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert packed(b"%PDF-1") == b"%PDF-1"
    monkeypatch.setitem(sys.modules, "pikepdf", None)
    assert packed(plain_pdf(50)) == plain_pdf(50)


class _Pretender:
    """What `packed` asks of pikepdf, so that its use is tried where it is not installed."""

    PdfError = ValueError

    class ObjectStreamMode:
        generate = "streams"

    def __init__(self, written: bytes) -> None:
        self.written = written

    def open(self, source: io.BytesIO) -> _Pretender:
        assert source.read().startswith(b"%PDF")
        return self

    def __enter__(self) -> _Pretender:
        return self

    def __exit__(self, *_: object) -> None: ...

    def save(self, target: io.BytesIO, object_stream_mode: str, **options: bool) -> None:
        assert object_stream_mode == "streams"
        assert all(options.values())
        target.write(self.written)


@pytest.mark.parametrize("written", [b"%PDF small", b"%PDF and larger than it was"])
def test_the_smaller_file_is_taken(monkeypatch: pytest.MonkeyPatch, written: bytes) -> None:
    monkeypatch.setitem(sys.modules, "pikepdf", _Pretender(written))
    content = b"%PDF as it was"
    assert packed(content) == min(written, content, key=len)
