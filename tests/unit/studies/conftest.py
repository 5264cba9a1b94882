"""A study on a made-up pipeline that takes microseconds per stage."""

from __future__ import annotations

from types import ModuleType

import pytest

from tests.unit.studies import made_up_study


@pytest.fixture(scope="session")
def made_up() -> ModuleType:
    """The module beside this one."""
    return made_up_study
