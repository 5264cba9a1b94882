"""One virtual squat, run once."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

import kinebench as kb

LAB: dict[str, Any] = {"body": "lab", "augmenter": "lab-1", "warm_up": 1.0, "engine": "fast"}


@pytest.fixture(scope="session")
def squat() -> kb.Trial:
    return kb.virtual_trial("one squat")


@pytest.fixture(scope="session")
def lab() -> dict[str, Any]:
    """Options of a pipeline that needs no files."""
    return LAB


@pytest.fixture(scope="session")
def result(squat: kb.Trial) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return kb.run(squat, **LAB)
