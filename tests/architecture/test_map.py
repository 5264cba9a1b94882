"""ARCHITECTURE.md and CONTRIBUTING.md name places that exist, and README points to them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PLACE = re.compile(r"`((?:kinebench|datasets|benchmarks|tests|docs|packaging|examples)/[^`A-Z]*)`")
PLACES = sorted(set(PLACE.findall(TEXT)))
PACKAGES = sorted(
    path.parent.relative_to(ROOT).as_posix() for path in (ROOT / "kinebench").glob("*/__init__.py")
)


@pytest.mark.parametrize("place", sorted({*PLACES, *PLACE.findall(CONTRIBUTING)}))
def test_every_place_exists(place: str) -> None:
    path = ROOT / place
    assert path.is_dir() if place.endswith("/") else path.is_file()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_is_on_the_map(package: str) -> None:
    assert any(place.startswith(f"{package}/") for place in PLACES)


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_readme_points_to_the_map(page: str) -> None:
    assert f"({page})" in (ROOT / "README.md").read_text(encoding="utf-8")
