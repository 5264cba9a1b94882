from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kinebench.core import Motion
from kinebench.io.mot import write_motion


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[str, Motion], Path]:
    """Write a motion under a name and give its path."""

    def save(name: str, motion: Motion) -> Path:
        write_motion(tmp_path / name, motion)
        return tmp_path / name

    return save
