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


def test_the_interface_has_examples() -> None:
    assert {f"kinebench.api.{name}" for name in ("commands", "files", "plotting", "stages")} <= set(
        WITH_EXAMPLES
    )


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_examples(module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        # an example shows what is done; doubts of virtual recordings are none of its business
        warnings.simplefilter("ignore")
        failed, tried = doctest.testmod(import_module(module))
    assert tried
    assert failed == 0
