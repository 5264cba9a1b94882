"""Modules of `benchmarks/laboratory`, whose figures these tests hold to the bars."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "benchmarks" / "laboratory"


@pytest.fixture(scope="session")
def measure() -> Iterator[ModuleType]:
    yield from _imported("measures")


@pytest.fixture(scope="session")
def fault() -> Iterator[ModuleType]:
    yield from _imported("faults")


@pytest.fixture(scope="session")
def second() -> Iterator[ModuleType]:
    """The solution that shares no solver with the pipeline."""
    yield from _imported("optimum")


def _imported(name: str) -> Iterator[ModuleType]:
    sys.path.insert(0, str(FOLDER))
    yield importlib.import_module(name)
    sys.path.remove(str(FOLDER))


@pytest.fixture
def published(measure: ModuleType, mirror_file: Callable[[str], Path]) -> Any:
    """LaiUhlrich2022 with OpenCap's set-ups."""
    mirror_file("opensimPipeline/Models/LaiUhlrich2022.osim")
    return measure.opencap()


@pytest.fixture(params=["laboratory", pytest.param("published", marks=pytest.mark.mirror)])
def bench(request: pytest.FixtureRequest, measure: ModuleType) -> Any:
    """A generic body with its set-ups."""
    if request.param == "published":
        return request.getfixturevalue("published")
    return measure.laboratory()
