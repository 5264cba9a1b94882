from __future__ import annotations

import json
from pathlib import Path

import pytest

from kinebench.cli.main import main

Printed = pytest.CaptureFixture[str]


def test_subjects_for_a_margin_per_number_of_trials(capsys: Printed) -> None:
    options = ["--margin", "3", "--bias", "1", "--subject-sd", "2", "--trial-sd", "3"]
    assert main(["power", *options, "--trials", "1", "4", "--json"]) == 0
    one, four = json.loads(capsys.readouterr().out)["designs"]
    assert (one["trials"], four["trials"]) == (1, 4)
    assert one["subjects"] > four["subjects"] > 2
    assert one["reached"] >= 0.8


def test_a_pilot_gives_the_components(tmp_path: Path, capsys: Printed) -> None:
    pilot = tmp_path / "pilot.csv"
    rows = "\n".join(f"s{s},t{t},{s + 0.5 * t * (-1) ** s:.2f}" for s in range(6) for t in range(2))
    pilot.write_text(f"subject,trial,difference\n{rows}\n", encoding="utf-8")
    options = ["--margin", "6", "--limits-width", "2", "--trials", "2"]
    assert main(["power", "--pilot", str(pilot), *options]) == 0
    said = capsys.readouterr().out
    assert "standard deviations: subjects 1.79, trials 0.354, repetitions 0" in said
    assert said.count("2 trials each") == 2


def test_icc_needs_no_components(capsys: Printed) -> None:
    assert main(["power", "--icc", "0.9", "--icc-width", "0.1"]) == 0
    assert "ICC of 0.9 to ± 0.1: 15 subjects" in capsys.readouterr().out


def test_what_a_number_of_subjects_reaches(capsys: Printed) -> None:
    options = ["--margin", "1", "--subject-sd", "3", "--trials", "1", "--subjects", "5"]
    assert main(["power", *options]) == 0
    assert "5 subjects (power 0.0" in capsys.readouterr().out


def test_a_bias_beyond_the_margin_is_never_shown_to_be_equivalent(capsys: Printed) -> None:
    options = ["--margin", "1", "--bias", "2", "--subject-sd", "3", "--trials", "1"]
    assert main(["power", *options]) == 0
    assert "no number of subjects reaches it" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "name what is asked"),
        (["--margin", "2"], "either --pilot or standard deviations"),
        (["--margin", "-2", "--subject-sd", "1"], "--margin must be above 0, found -2"),
        (["--icc", "0.9"], "belong together"),
        (["--icc", "1.9", "--icc-width", "0.1"], "--icc must lie between 0 and 1, found 1.9"),
        (["--margin", "2", "--subject-sd", "1", "--trials", "0"], "--trials must be 1 or more"),
    ],
)
def test_bad_input_is_one_line(options: list[str], told: str, capsys: Printed) -> None:
    assert main(["power", *options]) == 2
    said = capsys.readouterr().err
    assert told in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("subject,error\na,1\n", "no column difference"),
        ("subject,difference\na,x\n", "line 2: difference is no number: 'x'"),
        ("subject,difference\na,1\nb\n", "line 3 has 1 cells"),
        ("subject,difference\na,1\na,2\n", "two subjects or more"),
    ],
)
def test_a_bad_pilot_is_one_line(content: str, told: str, tmp_path: Path, capsys: Printed) -> None:
    pilot = tmp_path / "pilot.csv"
    pilot.write_text(content, encoding="utf-8")
    assert main(["power", "--pilot", str(pilot), "--margin", "2"]) == 2
    assert told in capsys.readouterr().err
