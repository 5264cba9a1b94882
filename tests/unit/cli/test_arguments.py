from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.cli.arguments import kilograms, metres, one_or_more
from kinebench.cli.main import main
from kinebench.core.quantities import LENGTH_UNITS


def test_counts_from_one() -> None:
    assert [one_or_more(text) for text in ("1", " 12 ")] == [1, 12]


@pytest.mark.parametrize("text", ["0", "-3", "1.5", "two", ""])
def test_what_is_no_count_is_told(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match=f"1 or more, found '{text}'"):
        one_or_more(text)


@pytest.mark.parametrize("command", ["run", "why", "audit", "engines"])
def test_without_arguments_a_command_says_what_it_needs_and_shows_an_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "name an OpenCap session (folder, .zip or data set), or --keypoints FILE" in line
    assert f"for example: kinebench {command} OpenCapData_1234 --trial squats" in line


@pytest.mark.parametrize("option", ["--subjects", "--workers"])
def test_a_demonstration_of_nobody_by_nobody_does_not_start(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", option, "0"]) == 2
    assert f"argument {option}: must be a whole number" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "kg"),
    [
        ("58", 58.0),
        ("58kg", 58.0),
        ("58.5 KG", 58.5),
        ("58,5kg", 58.5),
        ("58500 g", 58.5),
        ("1e2", 100.0),
        # the international pound is 0.45359237 kg by definition
        ("100lb", 45.359237),
        ("100 lbs", 45.359237),
    ],
)
def test_a_mass_may_have_its_unit(text: str, kg: float) -> None:
    assert kilograms(text) == pytest.approx(kg, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "m"),
    [("1.78", 1.78), ("1,78 m", 1.78), ("178cm", 1.78), ("1780 mm", 1.78), ("70in", 1.778)],
)
def test_a_height_may_have_its_unit(text: str, m: float) -> None:
    assert metres(text) == pytest.approx(m, rel=1e-15)


@pytest.mark.parametrize("text", ["", "kg", "seventy", "nan", "inf", "58 kg 3", "1,234,5", "5ft10"])
def test_what_is_no_number_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match=r"such as 72kg"):
        kilograms(text)
    with pytest.raises(ArgumentTypeError, match=r"such as 178cm"):
        metres(text)


@pytest.mark.parametrize(("kind", "text"), [(kilograms, "58cm"), (metres, "1.78kg")])
def test_another_quantity_is_refused_by_its_unit(kind: Callable[[str], float], text: str) -> None:
    with pytest.raises(ArgumentTypeError, match=r"'(cm|kg)' is no unit of a (mass|height); valid"):
        kind(text)


@given(st.floats(1e-3, 1e6), st.sampled_from(sorted(LENGTH_UNITS)))
def test_a_unit_scales_and_nothing_else(number: float, unit: str) -> None:
    assert metres(f"{number!r}{unit}") == number * LENGTH_UNITS[unit]
