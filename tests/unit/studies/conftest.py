"""A study on a made-up pipeline that takes microseconds per stage."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

_NAME = "kinebench_made_up_study"


@pytest.fixture(scope="session")
def made_up() -> ModuleType:
    """The module beside this one, importable by name so that its stages can be pickled."""
    if _NAME not in sys.modules:
        path = Path(__file__).with_name("made_up_study.py")
        spec = importlib.util.spec_from_file_location(_NAME, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[_NAME] = module
        spec.loader.exec_module(module)
    return sys.modules[_NAME]
