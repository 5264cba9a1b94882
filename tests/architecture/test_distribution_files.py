"""What stands beside the package says the same as the package: versions, dependencies, commands."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

import kinebench

ROOT = Path(__file__).resolve().parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# conda-forge's names of what PyPI calls otherwise
CONDA_NAMES = {"matplotlib": "matplotlib-base"}


def read_yaml(place: str) -> Any:
    return yaml.safe_load((ROOT / place).read_text(encoding="utf-8"))


def split(requirement: str) -> tuple[str, str]:
    name, bounds = re.fullmatch(r"([A-Za-z0-9-]+)\s*(.*)", requirement).groups()  # type: ignore[union-attr]
    return name.lower(), bounds.replace(" ", "")


def test_one_version_everywhere() -> None:
    recipe = read_yaml("packaging/conda/recipe.yaml")
    assert read_yaml("CITATION.cff")["version"] == kinebench.__version__
    assert recipe["context"]["version"] == kinebench.__version__
    assert f"kinebench@v{kinebench.__version__}" in text("examples/ci/github-check.yml")
    assert PROJECT["project"]["dynamic"] == ["version"]


def test_the_changelog_dates_this_version_as_the_citation_does() -> None:
    newest = re.search(r"^## (\S+) \((\d{4}-\d\d-\d\d)\)$", text("CHANGELOG.md"), re.MULTILINE)
    assert newest is not None
    assert newest.group(1) == kinebench.__version__
    assert newest.group(2) == str(read_yaml("CITATION.cff")["date-released"])


def text(place: str) -> str:
    return (ROOT / place).read_text(encoding="utf-8")


def test_the_conda_recipe_needs_what_the_package_needs() -> None:
    run = dict(
        split(line) for line in read_yaml("packaging/conda/recipe.yaml")["requirements"]["run"]
    )
    assert run.pop("python") == PROJECT["project"]["requires-python"]
    needed = dict(split(line) for line in PROJECT["project"]["dependencies"])
    assert run == {CONDA_NAMES.get(name, name): bounds for name, bounds in needed.items()}


def test_every_dependency_says_what_it_is_for() -> None:
    block = re.search(r"^dependencies = \[\n(.*?)^\]", text("pyproject.toml"), re.M | re.S)
    assert block is not None
    assert [line for line in block.group(1).splitlines() if "# " not in line] == []


def test_fragments_of_the_changelog_have_a_kind() -> None:
    kinds = {kind["directory"] for kind in PROJECT["tool"]["towncrier"]["type"]}
    found = [path.name for path in (ROOT / "changes").glob("*.md") if path.name != "README.md"]
    assert [name for name in found if name.split(".")[-2] not in kinds] == []


@pytest.mark.parametrize(
    "place", sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("[!c]*.yml")), ids=str
)
def test_issue_forms_have_what_github_asks_for(place: Path) -> None:
    form = yaml.safe_load(place.read_text(encoding="utf-8"))
    assert {"name", "description", "body"} <= set(form)
    names = [field["id"] for field in form["body"]]
    assert len(names) == len(set(names))
    for field in form["body"]:
        assert field["type"] in {"textarea", "input", "dropdown", "checkboxes"}
        assert field["attributes"]["label"]


def test_workflows_call_only_targets_of_make_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    for place in (ROOT / ".github/workflows").glob("*.yml"):
        asked = re.findall(r"\bmake ([a-z-]+)", place.read_text(encoding="utf-8"))
        assert set(asked) <= targets, place.name


def test_every_python_that_is_allowed_is_tested() -> None:
    allowed = {
        line.rsplit(" ", 1)[1]
        for line in PROJECT["project"]["classifiers"]
        if re.fullmatch(r".*Python :: 3\.\d+", line)
    }
    tested = read_yaml(".github/workflows/tests.yml")["jobs"]["tests"]["strategy"]["matrix"]
    assert set(tested["python"]) == allowed
    assert {name.split("-")[0] for name in tested["os"]} == {"ubuntu", "macos", "windows"}
