"""Options in Python are those of the command line: names, values and refusals."""

from __future__ import annotations

import argparse
import inspect
import shlex
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import kinebench as kb
from kinebench.api.options import PipelineOptions, given
from kinebench.errors import NameNotFoundError, ValueRangeError

# what a command writes or prints is a method of its result here
OUTPUTS = {"json", "csv", "latex", "report", "ranking", "out", "help"}
# command -> options that Python does without, and why
WITHOUT = {
    "run": {
        "all": "many sessions are the command line's", "workers": "as all",
        "dry_run": "a plan is no result", "toml": "as dry_run",
        "strict": "`light` says it",
    },
    "validate": {"preset": "a study has its own page; the command line repeats it"},
    "check": {
        "junit": "a format for machines", "markdown": "as junit", "html": "`report`",
        "github": "as junit", "bisect": "an exit code", "write_trials": "`virtual_trial`",
    },
    "study": {"accept": "a baseline is accepted by hand"},
}  # fmt: skip


def options_of(command: str) -> set[str]:
    parser = argparse.ArgumentParser(command)
    import_module(f"kinebench.cli.{command}").add_arguments(parser)
    if command == "study":
        (inner,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
        parser = inner.choices["run"]
    return {action.dest for action in parser._actions if action.option_strings}


@pytest.mark.parametrize(
    "command", ["run", "why", "audit", "compare", "validate", "check", "study"]
)
def test_every_option_of_a_command_is_one_of_the_function(command: str) -> None:
    parameters = inspect.signature(getattr(kb, command)).parameters
    has = {name for name, one in parameters.items() if one.kind.name != "VAR_KEYWORD"}
    if any(one.kind.name == "VAR_KEYWORD" for one in parameters.values()):
        has |= set(PipelineOptions.__annotations__)
    lacking = options_of(command) - has - OUTPUTS - set(WITHOUT.get(command, ()))
    assert lacking == set()


def test_pipeline_options_are_no_others() -> None:
    assert set(PipelineOptions.__annotations__) <= options_of("run")


@pytest.mark.parametrize(
    ("command", "options", "found"),
    [
        ("compare", {"window": (-0.5, 2)}, {"window": [-0.5, 2.0]}),
        ("compare", {"match": {"a": "b", "c": "d"}}, {"match": ["a=b", "c=d"]}),
        ("compare", {"coordinates": ["x", "y"]}, {"coordinates": "x,y"}),
        ("compare", {"align": -0.2}, {"align": "-0.2"}),
        ("validate", {"axes": "-x+z+y", "lag": -1.5, "sure": True},
         {"axes": "-x+z+y", "lag": -1.5, "sure": True}),
        ("why", {"mass": "159lb", "height": 1.78, "no_floor": False},
         {"mass": 159 * 0.45359237, "height": 1.78, "no_floor": False}),
        ("why", {"keypoints": Path("a b.trc"), "engine": None},
         {"keypoints": Path("a b.trc"), "engine": None}),
    ],
)  # fmt: skip
def test_values_arrive_as_the_command_has_them(
    command: str, options: dict[str, Any], found: dict[str, Any]
) -> None:
    places = ("a.mot", "b.mot") if command == "validate" else ()
    arguments = vars(given(command, places, options).arguments)
    assert {name: arguments[name] for name in found} == found


def test_what_is_said_is_what_would_be_typed() -> None:
    asked = given("compare", ("-odd.mot", "b c.mot"), {"events": "squat"})
    assert asked.arguments.reference == Path("-odd.mot")
    assert shlex.split(asked.command)[:2] == ["kinebench", "compare"]
    assert "'b c.mot'" in asked.command


def test_an_option_that_is_none_is_told_with_the_likeliest() -> None:
    with pytest.raises(NameNotFoundError, match=r"kb\.why has no option 'enigne'.*'engine'"):
        kb.why("session", enigne="fast")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"mass": "58 stone"}, "'stone' is no unit of a mass"),
        ({"unit": "inch"}, "argument --unit: invalid choice"),
        ({"no_floor": "yes"}, "no_floor must be True or False"),
        ({"warm_up": "long"}, "argument --warm-up: invalid float"),
    ],
)
def test_what_the_command_line_refuses_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueRangeError, match=said):
        kb.why("session", **options)


def test_a_wrong_kind_of_file_is_met_with_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text("[[factors]]\n")
    with pytest.raises(kb.KinebenchError, match="is a study, which 'kinebench study run"):
        kb.run(tmp_path / "s.toml")
