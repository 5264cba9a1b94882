"""Directives that do what they show: commands and Python, run when the page is read.

``{run-sh}`` holds commands of kinebench, ``{run-python}`` Python that a page goes on with; what
they print stands below them. ``{run-checks}`` holds Python that is not shown: it asserts what the
text says of the last output, which is in ``printed``. All of one page happen in one empty folder,
in order. A command that ends otherwise than ``:status:`` says, or Python that fails, is a warning,
and so an error of `make docs`.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
import textwrap
import traceback
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

_WIDTH = 70  # characters that a page shows without scrolling
_PATIENCE_S = 600  # seconds; the slowest command takes about ten


class _Page:
    """A page's folder, and the names that its Python has defined."""

    def __init__(self) -> None:
        self._made = tempfile.TemporaryDirectory(prefix="kinebench-docs-")
        self.folder = Path(self._made.name)
        self.names: dict[str, Any] = {"__name__": "__page__"}


_PAGES: dict[str, _Page] = {}


def _broken(line: str) -> str:
    """A long sentence on several lines; a table's row stays on one."""
    if len(line) <= _WIDTH or re.search(r"[│━─┃]|\S {3,}\S", line):
        return line
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    return textwrap.fill(line, _WIDTH, subsequent_indent=indent, break_on_hyphens=False)


class _Executed(SphinxDirective):
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {"status": directives.nonnegative_int}

    @property
    def page(self) -> _Page:
        return _PAGES.setdefault(self.env.docname, _Page())

    def shown(self, code: str, language: str, printed: str) -> list[nodes.Node]:
        """The code, and what it printed."""
        parts: list[nodes.Node] = [nodes.literal_block(code, code, language=language)]
        if printed.strip():
            text = "\n".join(map(_broken, printed.rstrip().splitlines()))
            parts.append(nodes.literal_block(text, text, language="text", classes=["printed"]))
        return parts

    def failed(self, what: str) -> nodes.Node:
        return self.state_machine.reporter.warning(what, line=self.lineno)


class RunCommands(_Executed):
    """Commands, each with what it prints on both streams."""

    def run(self) -> list[nodes.Node]:
        """Called by Sphinx."""
        made: list[nodes.Node] = []
        for line in "\n".join(self.content).replace("\\\n", " ").splitlines():
            if not line.strip():
                continue
            done = subprocess.run(
                [sys.executable, "-m", *shlex.split(line, comments=True)],
                cwd=self.page.folder, env={**os.environ, "COLUMNS": str(_WIDTH), "NO_COLOR": "1"},
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
                timeout=_PATIENCE_S, check=False,
            )  # fmt: skip
            command = textwrap.wrap(line, _WIDTH, break_long_words=False, break_on_hyphens=False)
            made += self.shown(" \\\n    ".join(command), "sh", done.stdout)
            self.page.names["printed"] = done.stdout
            expected = self.options.get("status", 0)
            if done.returncode != expected:
                made.append(self.failed(f"{line}: exit code {done.returncode}\n{done.stdout}"))
        return made


class RunPython(_Executed):
    """Python, with what it prints."""

    visible = True

    def run(self) -> list[nodes.Node]:
        """Called by Sphinx."""
        code, page, printed = "\n".join(self.content), self.page, io.StringIO()
        try:
            with contextlib.chdir(page.folder), contextlib.redirect_stdout(printed):
                exec(compile(code, self.env.docname, "exec"), page.names)
        except Exception:
            return [self.failed(f"{self.env.docname}: {traceback.format_exc()}")]
        page.names["printed"] = printed.getvalue() or page.names.get("printed", "")
        return self.shown(code, "python", printed.getvalue()) if self.visible else []


class RunChecks(RunPython):
    """Python that fails where the text is no longer true."""

    visible = False


def forget(*_: object) -> None:
    """Folders of pages go with the build."""
    _PAGES.clear()


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_directive("run-sh", RunCommands)
    app.add_directive("run-python", RunPython)
    app.add_directive("run-checks", RunChecks)
    app.connect("env-updated", forget)
    return {"parallel_read_safe": True}
