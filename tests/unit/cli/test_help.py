"""Every option explains itself: its valid values, its unit and its default."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from importlib import import_module

import pytest

from kinebench.augmentation import VERSIONS
from kinebench.baselines.presets import PRESETS
from kinebench.cli import main
from kinebench.comparison import EVENT_KINDS, PROCEDURES
from kinebench.core.body_groups import BODY_GROUPS
from kinebench.core.keypoints import KEYPOINT_SETS
from kinebench.io.keypoint_files import NAMED_AXES
from kinebench.literature.published import STUDIES
from kinebench.pipeline.engines import ENGINES
from kinebench.pipeline.opencap import STATIC_POSES
from kinebench.pipeline.spec import BODIES, TRACKED
from kinebench.validation import built_in_maps

# what a number can be of; "a number of" is a count
UNITS = (
    r"\bs\b", r"\bseconds?\b", r"per second", r"\bkg", r"\d(lb|cm|in)\b", r"\bdegrees\b",
    r"\bnumber", r"in their unit", r"without a unit",
)  # fmt: skip

# options whose text is one of a catalogue's names
CATALOGUES: dict[str, tuple[str, ...]] = {
    "--engine": tuple(ENGINES),
    "--augmenter": tuple(VERSIONS),
    "--markers": TRACKED,
    "--static-pose": STATIC_POSES,
    "--keypoint-set": tuple(KEYPOINT_SETS),
    "--axes": tuple(NAMED_AXES),
    "--events": EVENT_KINDS,
    "--group": BODY_GROUPS,
    "--space": ("rigid", "vertical"),
    "--map": tuple(built_in_maps()),
    "run --body": BODIES,
    "compare --preset": tuple(PROCEDURES),
    "validate --preset": STUDIES,
    "baseline accept --preset": PRESETS,
}


def parsers() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for name in main.COMMANDS:
        parser = argparse.ArgumentParser(name)
        import_module(f"kinebench.cli.{name}").add_arguments(parser)
        yield from with_actions(name, parser)


def with_actions(
    name: str, parser: argparse.ArgumentParser
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    yield name, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each, inner in action.choices.items():
                yield from with_actions(f"{name} {each}", inner)


ARGUMENTS = {
    f"{name} {'/'.join(action.option_strings) or action.dest}": action
    for name, parser in parsers()
    for action in parser._actions
    if not isinstance(action, argparse._HelpAction | argparse._SubParsersAction)
}


def takes_numbers(action: argparse.Action) -> bool:
    kind = getattr(action.type, "__name__", "")
    return kind in ("float", "int", "one_or_more", "kilograms", "metres")


def test_the_walk_finds_what_there_is() -> None:
    assert len(ARGUMENTS) > 150
    assert sum(map(takes_numbers, ARGUMENTS.values())) > 40


def test_every_argument_has_a_help() -> None:
    assert [name for name, one in ARGUMENTS.items() if not (one.help or "").strip()] == []


def test_every_number_has_a_unit_and_a_default() -> None:
    numbers = {name: one.help or "" for name, one in ARGUMENTS.items() if takes_numbers(one)}
    assert [name for name, text in numbers.items() if not re.search("|".join(UNITS), text)] == []
    told = r"\bdefault\b|required|goes with"
    assert [name for name, text in numbers.items() if not re.search(told, text)] == []


def test_a_default_that_is_told_is_the_default() -> None:
    wrong = []
    for name, one in ARGUMENTS.items():
        told = re.search(r"default:? (-?\d+(?:\.\d+)?(?: \d+)*)(?=$|[,;) ])", one.help or "")
        if told is None or one.default is None:
            continue
        default = one.default if isinstance(one.default, list) else [one.default]
        if [float(number) for number in told[1].split()] != default:
            wrong.append((name, told[1], one.default))
    assert wrong == []


def test_every_choice_is_listed_with_its_default() -> None:
    for name, one in ARGUMENTS.items():
        text = one.help or ""
        for choice in one.choices or ():
            assert re.search(rf"\b{re.escape(str(choice))}\b", text), (name, choice)
        if one.choices:
            assert "default" in text, name


@pytest.mark.parametrize("option", CATALOGUES)
def test_names_of_a_catalogue_are_listed(option: str) -> None:
    found = {
        name: one.help or ""
        for name, one in ARGUMENTS.items()
        if name == option or (option.startswith("--") and name.endswith(f" {option}"))
    }
    assert found
    for name, text in found.items():
        lacking = [value for value in CATALOGUES[option] if value not in text]
        assert lacking == [], name


@pytest.mark.parametrize("command", list(main.COMMANDS))
def test_help_is_printed(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A percent sign in a text would end in a traceback."""
    assert main.main([command, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"usage: kinebench {command}")
