"""Options of the command line and the pipeline description that they give, one by one."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest

from kinebench.cleaning.catalogue import parse_cleaners
from kinebench.cli.planning import add_input_arguments, spec_of, subject_of
from kinebench.core import Subject
from kinebench.errors import ValueRangeError
from kinebench.pipeline.spec import PipelineSpec
from kinebench.scaling.window import GivenWindow


def parsed(*options: object) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_input_arguments(parser)
    return parser.parse_args(["session", *map(str, options)])


OPTIONS: dict[tuple[str, ...], dict[str, Any]] = {
    (): {},
    ("--markers", "stored"): {"track": "stored"},
    ("--body", "lab"): {"body": "lab"},
    ("--augmenter", "v0.1"): {"augmenter": "v0.1"},
    ("--augmenter", "none"): {"track": "openpose"},
    ("--augmenter", "none", "--markers", "augmented"): {"track": "openpose"},
    ("--augmenter", "none", "--markers", "mmpose"): {"track": "mmpose"},
    ("--warm-up", "1.5"): {"warm_up_s": 1.5},
    ("--resample", "60"): {"resample_hz": 60.0},
    ("--clean", "butterworth:6"): {"clean": parse_cleaners("butterworth:6")},
    ("--clean", "none"): {"clean": ()},
    ("--no-floor",): {"floor": False},
    ("--static-pose", "any_pose"): {"static_pose": "any_pose"},
    ("--window", "1", "2"): {"window": GivenWindow(1.0, 2.0)},
    ("--engine", "fast"): {"engine": "fast"},
}


@pytest.mark.parametrize("options", list(OPTIONS))
def test_an_option_gives_its_part_of_the_description_and_no_other(
    options: tuple[str, ...],
) -> None:
    assert spec_of(parsed(*options)) == PipelineSpec(**OPTIONS[options])


DESCRIBED = PipelineSpec(
    augmenter="v0.2",
    warm_up_s=2.0,
    resample_hz=50.0,
    clean=parse_cleaners("butterworth:9"),
    floor=False,
    static_pose="upright",
    window=GivenWindow(3.0, 4.0),
    engine="fast",
)


AUGMENTING = [options for options, given in OPTIONS.items() if PipelineSpec(**given).augments]


@pytest.mark.parametrize("options", [*AUGMENTING, ("--engine", "opensim")])
def test_options_take_precedence_over_a_file_and_the_rest_of_it_stays(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    file = tmp_path / "p.toml"
    file.write_text(DESCRIBED.to_toml())
    given = OPTIONS.get(options, {"engine": "opensim"})
    expected = DESCRIBED.with_given(**given)
    assert spec_of(parsed("--pipeline", file, *options)) == expected


def test_options_of_an_augmenter_are_refused_without_one(tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text(DESCRIBED.to_toml())
    with pytest.raises(ValueRangeError, match="nothing is augmented"):
        spec_of(parsed("--pipeline", file, "--markers", "openpose"))


@pytest.mark.parametrize(
    ("options", "mass", "height"),
    [
        ((), 70.0, 1.75),
        (("--mass", "80"), 80.0, 1.75),
        (("--height", "1.8"), 70.0, 1.8),
        (("--mass", "80", "--height", "1.8"), 80.0, 1.8),
    ],
)
def test_mass_and_height_of_options_take_precedence(
    options: tuple[str, ...], mass: float, height: float
) -> None:
    known = Subject(70.0, 1.75, "subject 4", "female")
    assert subject_of(parsed(*options), known) == Subject(mass, height, "subject 4", "female")


@pytest.mark.parametrize(
    ("options", "lacking"),
    [
        ((), "--mass and --height needed"),
        (("--mass", "80"), "--height needed"),
        (("--height", "1.8"), "--mass needed"),
    ],
)
def test_what_is_lacking_of_the_subject_is_named(options: tuple[str, ...], lacking: str) -> None:
    with pytest.raises(ValueRangeError, match=lacking):
        subject_of(parsed(*options), None)
