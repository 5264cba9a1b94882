"""What the tests of the cases share."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _warnings_as_before() -> Iterator[None]:
    """The command shows warnings its own way; give the tests theirs back."""
    before = warnings.showwarning
    yield
    warnings.showwarning = before


@pytest.fixture
def opencap_files(mirror_file: Callable[[str], Path]) -> Path:
    """OpenCap's generic model, which every plan on files needs; skips where it is not at hand."""
    return mirror_file("LaiUhlrich2022.osim")
