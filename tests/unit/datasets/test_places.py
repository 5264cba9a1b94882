"""Environment variables and their defaults."""

from __future__ import annotations

from pathlib import Path

import pooch
import pytest

from kinebench.datasets import Places
from kinebench.datasets.places import shipped_cards_folder


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KINEBENCH_CACHE", "KINEBENCH_CARDS", "KINEBENCH_MIRROR"):
        monkeypatch.delenv(name, raising=False)


def test_defaults():
    cache = Path(pooch.os_cache("kinebench"))
    assert Places.from_environment() == Places(cache / "datasets", cache / "cards", None)


def test_each_variable_moves_its_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("KINEBENCH_CACHE", str(tmp_path / "c"))
    monkeypatch.setenv("KINEBENCH_MIRROR", str(tmp_path / "m"))
    expected = Places(tmp_path / "c" / "datasets", tmp_path / "c" / "cards", tmp_path / "m")
    assert Places.from_environment() == expected
    monkeypatch.setenv("KINEBENCH_CARDS", str(tmp_path / "k"))
    assert Places.from_environment().cards == tmp_path / "k"


def test_an_empty_mirror_variable_is_no_mirror(monkeypatch):
    monkeypatch.setenv("KINEBENCH_MIRROR", "")
    assert Places.from_environment().mirror is None


def test_relative_and_home_folders_become_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KINEBENCH_CACHE", "here")
    monkeypatch.setenv("KINEBENCH_MIRROR", "~/m")
    places = Places.from_environment()
    assert places.cache == tmp_path / "here" / "datasets"
    assert places.mirror == tmp_path / "home" / "m"


def test_installed_cards_come_before_those_of_a_checkout(monkeypatch, tmp_path):
    module = tmp_path / "kinebench" / "datasets" / "places.py"
    module.parent.mkdir(parents=True)
    monkeypatch.setattr("kinebench.datasets.places.__file__", str(module))
    assert shipped_cards_folder() == tmp_path / "datasets"
    (module.parent / "cards").mkdir()
    assert shipped_cards_folder() == module.parent / "cards"
