"""ARCHITECTURE.md names places that exist, and README points to it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
PLACES = sorted(set(re.findall(r"`((?:kinebench|datasets)/[^`A-Z]*)`", TEXT)))
PACKAGES = sorted(
    path.parent.relative_to(ROOT).as_posix() for path in (ROOT / "kinebench").glob("*/__init__.py")
)


@pytest.mark.parametrize("place", PLACES)
def test_every_place_exists(place: str) -> None:
    path = ROOT / place
    assert path.is_dir() if place.endswith("/") else path.is_file()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_is_on_the_map(package: str) -> None:
    assert any(place.startswith(f"{package}/") for place in PLACES)


def test_readme_points_to_the_map() -> None:
    assert "(ARCHITECTURE.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
