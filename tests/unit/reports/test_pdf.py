from __future__ import annotations

import stat
from pathlib import Path

import pytest

from kinebench.errors import KinebenchError
from kinebench.reports.blocks import Document, Section, Text
from kinebench.reports.html import as_html
from kinebench.reports.pdf import BROWSER, browser, write_pdf


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
