"""A page as PDF, printed by the Chromium, Chrome or Edge that is installed.

A browser is the one program that draws the page as it is seen; kinebench brings none of its own.
Chromium writes the structure that screen readers follow, two thirds of a long report, as plain
text; with pikepdf, of the extra ``pdf``, it is packed, and a file is half as large. Nothing is left
out.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from kinebench.errors import KinebenchError
from kinebench.io.atomic import write_atomically

BROWSER = "KINEBENCH_BROWSER"
"""Environment variable with the browser to use."""

_NAMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "microsoft-edge", "msedge",
)  # fmt: skip
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
_PATIENCE_S = 120


def browser() -> str | None:
    """The browser that prints: the one that `BROWSER` names, or the first that is found."""
    named = os.environ.get(BROWSER)
    if named:
        return shutil.which(named)
    found = (shutil.which(name) for name in (*_NAMES, *_PLACES))
    return next((path for path in found if path is not None), None)


def write_pdf(html_path: Path, pdf_path: Path) -> None:
    """Print a page to PDF, whole or not at all.

    Parameters
    ----------
    html_path, pdf_path : Path

    Raises
    ------
    KinebenchError
        There is no browser, or it did not print; the page itself can be printed by hand.
    """
    program = browser()
    if program is None:
        asked = os.environ.get(BROWSER)
        what = f"{BROWSER} names '{asked}', which is not there" if asked else (
            "no Chromium, Chrome or Edge is installed"
        )  # fmt: skip
        raise KinebenchError(f"{what}: open {html_path.name} in a browser and print it to PDF")
    if not html_path.is_file():
        raise KinebenchError(f"there is no page {html_path}")
    # a profile of its own: a browser that is open already would take the page and print nothing
    with tempfile.TemporaryDirectory(prefix="kinebench-pdf-") as scratch:
        printed = Path(scratch) / "page.pdf"
        _print(program, html_path, printed, Path(scratch) / "profile")
        content = printed.read_bytes() if printed.is_file() else b""
    if not content.startswith(b"%PDF"):
        raise KinebenchError(
            f"{Path(program).name} printed nothing: open {html_path.name} in a browser and print it"
        )
    write_atomically(pdf_path, packed(content))


def packed(content: bytes) -> bytes:
    """The same document in compressed object streams (PDF 1.5); unchanged without pikepdf.

    Unchanged too if it cannot be read, or would not be smaller. The same bytes for the same
    document.
    """
    try:
        import pikepdf
    except ImportError:
        return content
    small = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            document.save(
                small,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                compress_streams=True,
                recompress_flate=True,
                deterministic_id=True,
            )
    except pikepdf.PdfError:  # a browser's own matter: the file is as it printed it
        return content
    return min(small.getvalue(), content, key=len)


def _print(program: str, page: Path, printed: Path, profile: Path) -> None:
    command = [
        program, "--headless", "--disable-gpu", "--no-first-run", "--no-pdf-header-footer",
        "--generate-pdf-document-outline",
        f"--user-data-dir={profile}", f"--print-to-pdf={printed}",
    ]  # fmt: skip
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # Chromium refuses its sandbox to root, as in containers
        command.append("--no-sandbox")
    try:
        subprocess.run(
            [*command, page.resolve().as_uri()],
            capture_output=True, timeout=_PATIENCE_S, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise KinebenchError(
            f"{Path(program).name} could not print {page.name}: {error}"
        ) from error
