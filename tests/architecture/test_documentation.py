"""What README and docs show can be typed: commands parse, and files that are named are there."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from kinebench.cli.main import _parser

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    *(path for path in sorted((ROOT / "docs").rglob("*.md")) if "generated" not in path.parts),
]
# `{run-sh}` and `{run-python}` are executed when the pages are built
BLOCK = re.compile(r"^```\{?(?:run-)?(\w+)\}?\n(.*?)^```", re.MULTILINE | re.DOTALL)


def shown(page: Path) -> list[str]:
    """Commands in blocks and in code within text, without those that leave something open."""
    text = page.read_text(encoding="utf-8")
    blocks = "\n".join(body for kind, body in BLOCK.findall(text) if kind in {"sh", "bash"})
    lines = blocks.replace("\\\n", " ").splitlines()
    lines += re.findall(r"`(kinebench [^`]+)`", BLOCK.sub("", text))
    commands = (line.strip() for line in lines)
    return [line for line in commands if line.startswith("kinebench ") and "…" not in line]


def test_there_are_commands_to_try() -> None:
    assert sum(len(shown(page)) for page in PAGES) > 40


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_parses(page: Path) -> None:
    for line in shown(page):
        words = shlex.split(line, comments=True)[1:]
        # a bare name of a command, as in "`kinebench study new` writes", has no argument
        if not all(word.isalpha() and word.islower() for word in words):
            try:
                _parser(words).parse_args(words)
            except SystemExit as refused:
                raise AssertionError(f"{line}: exit code {refused.code}") from None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_toml_and_python_are_whole(page: Path) -> None:
    for kind, body in BLOCK.findall(page.read_text(encoding="utf-8")):
        if kind == "toml":
            tomllib.loads(body)
        if kind == "python":
            compile(body, page.name, "exec")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_folders_of_the_repository_that_are_named_exist(page: Path) -> None:
    for place in re.findall(r"`((?:benchmarks|examples|docs|reports)/[\w./-]+)`", page.read_text()):
        assert (ROOT / place).exists(), place
