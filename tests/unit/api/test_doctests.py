"""Examples in docstrings do what they say."""

from __future__ import annotations

import doctest
import warnings
from importlib import import_module
from pathlib import Path

import pytest

import kinebench

PACKAGE = Path(kinebench.__file__).parent
WITH_EXAMPLES = [
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    for path in sorted(PACKAGE.rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]


ROOT = PACKAGE.parent
PAGES = [
    path
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
    if path.is_file() and ">>> " in path.read_text(encoding="utf-8")
]


@pytest.mark.skipif(not (ROOT / "docs").is_dir(), reason="the documentation comes with a checkout")
def test_the_page_on_python_is_among_those_with_examples() -> None:
    assert "python.md" in {path.name for path in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=[path.name for path in PAGES])
def test_examples_of_a_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        failed, tried = doctest.testfile(
            str(page), module_relative=False, optionflags=doctest.ELLIPSIS, encoding="utf-8"
        )
    assert tried
    assert failed == 0


def test_the_interface_has_examples() -> None:
    names = ("comparisons", "files", "plotting", "stages", "trials")
    assert {f"kinebench.api.{name}" for name in names} <= set(WITH_EXAMPLES)


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_examples(module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        # an example shows what is done; doubts of virtual recordings are none of its business
        warnings.simplefilter("ignore")
        failed, tried = doctest.testmod(import_module(module))
    assert tried
    assert failed == 0
