from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.cli.main import main
from kinebench.statistics.power import (
    DifferenceComponents,
    components_of,
    equivalence_power,
    icc_half_width,
    limits_half_width,
)

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


def designs(capsys: Printed, *options: str) -> list[dict[str, Any]]:
    assert main(["power", *options, "--json"]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["designs"]
    return found


SD = ["--subject-sd", "2", "--trial-sd", "3", "--repetition-sd", "1", "--bias", "0.5"]
PARTS = DifferenceComponents(2.0, 3.0, 1.0, 0.5)


def test_each_question_is_answered_for_each_number_of_trials(capsys: Printed) -> None:
    asked = ["--margin", "3", "--limits-width", "2", "--icc", "0.9", "--icc-width", "0.1"]
    design = ["--trials", "1", "4", "--repetitions", "2", "--power", "0.9", "--alpha", "0.01"]
    found = designs(capsys, *SD, *asked, *design)
    shared = [
        {"question": "equivalence", "margin": 3.0, "power": 0.9},
        {"question": "limits of agreement", "width": 2.0},
    ]
    expected = [
        {**question, "trials": trials, "repetitions": 2} for trials in (1, 4) for question in shared
    ]
    expected.append({"question": "ICC", "expected": 0.9, "width": 0.1})
    reached = [(one.pop("subjects"), one.pop("reached")) for one in found]
    assert found == expected

    def shown(n: int, trials: int) -> float:
        return equivalence_power(n, PARTS.mean_sd(trials, 2), 3.0, 0.5, 0.01)

    def width(n: int, trials: int) -> float:
        return limits_half_width(n, PARTS, trials, 2)

    for (n, value), trials in zip(reached[0:4:2], (1, 4), strict=True):
        assert value == shown(n, trials) >= 0.9 > shown(n - 1, trials)
    for (n, value), trials in zip(reached[1:4:2], (1, 4), strict=True):
        assert value == width(n, trials) <= 2 < width(n - 1, trials)
    n, value = reached[4]
    assert value == icc_half_width(n, 0.9) <= 0.1 < icc_half_width(n - 1, 0.9)


def test_components_are_told_and_in_json(capsys: Printed) -> None:
    asked = ["--limits-width", "2", "--trials", "2"]
    assert main(["power", *SD, *asked]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "standard deviations: subjects 2, trials 3, repetitions 1; bias 0.5"
    assert re.fullmatch(
        r"limits of agreement to ± 2, 2 trials each: \d+ subjects \(± [12]\.\d+\)", second
    )
    assert main(["power", *SD, *asked, "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["components"] == {"subject": 2.0, "trial": 3.0, "repetition": 1.0, "bias": 0.5}
    assert main(["power", "--icc", "0.9", "--icc-width", "0.1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["components"] is None


def test_what_is_not_said_of_the_components_is_nothing(capsys: Printed) -> None:
    assert main(["power", "--trial-sd", "2", "--margin", "2", "--trials", "1"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("standard deviations: subjects 0, trials 2, repetitions 0; bias 0\n")
    assert main(["power", "--repetition-sd", "2", "--margin", "2", "--trials", "1"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("standard deviations: subjects 0, trials 0, repetitions 2; bias 0\n")


def test_designs_in_words(capsys: Printed) -> None:
    options = ["--margin", "2.5", "--subject-sd", "1", "--subjects", "7", "--trials", "1", "2"]
    assert main(["power", *options]) == 0
    _, one, two = capsys.readouterr().out.splitlines()
    got = equivalence_power(7, 1.0, 2.5)
    assert one == f"equivalence within ± 2.5, 1 trial each: 7 subjects (power {got:.3f})"
    assert two == f"equivalence within ± 2.5, 2 trials each: 7 subjects (power {got:.3f})"
    assert main(["power", *options, "--repetitions", "3"]) == 0
    _, one, _ = capsys.readouterr().out.splitlines()
    assert one.startswith("equivalence within ± 2.5, 1 trial of 3 repetitions each: 7 subjects")
    assert main(["power", "--icc", "0.9", "--icc-width", "0.1", "--subjects", "20"]) == 0
    width = icc_half_width(20, 0.9)
    assert capsys.readouterr().out == f"ICC of 0.9 to ± 0.1: 20 subjects (± {width:.3g})\n"


def test_what_no_number_reaches_is_told_and_null(capsys: Printed) -> None:
    options = ["--margin", "1", "--bias", "2", "--subject-sd", "3", "--trials", "1"]
    assert main(["power", *options]) == 0
    assert capsys.readouterr().out.splitlines()[1] == (
        "equivalence within ± 1, 1 trial each: no number of subjects reaches it, 10,000 included"
    )
    (one,) = designs(capsys, *options)
    assert (one["subjects"], one["reached"]) == (None, None)


def test_designs_by_default(capsys: Printed) -> None:
    found = designs(capsys, "--margin", "2", "--subject-sd", "1")
    assert [(one["trials"], one["repetitions"], one["power"]) for one in found] == [
        (1, 1, 0.8), (2, 1, 0.8), (3, 1, 0.8), (5, 1, 0.8),
    ]  # fmt: skip
    assert found[0]["reached"] == equivalence_power(found[0]["subjects"], 1.0, 2.0, 0.0, 0.05)


def pilot(folder: Path, text: str) -> str:
    path = folder / "pilot.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


ROWS = [(f"s{s}", f"t{t}", s + 0.5 * t * (-1) ** s + 0.1 * r) for s in range(4) for t in range(2)
        for r in range(2)]  # fmt: skip


def test_a_pilot_with_trials_and_one_without(tmp_path: Path, capsys: Printed) -> None:
    asked = ["--limits-width", "2", "--trials", "2", "--json"]

    def components(*options: str) -> dict[str, float]:
        assert main(["power", *options, *asked]) == 0
        found: dict[str, float] = json.loads(capsys.readouterr().out)["components"]
        return found

    subjects, trials, values = map(list, zip(*ROWS, strict=True))
    lines = [f"{value:.3f}, {subject} ,{trial}" for subject, trial, value in ROWS]
    own = pilot(tmp_path, "\n".join(["Difference,Subject,TRIAL", *lines]) + "\n")
    known = components_of(np.round(values, 3), subjects, trials)
    names = ("subject", "trial", "repetition", "bias")
    assert components("--pilot", own) == pytest.approx({n: getattr(known, n) for n in names})
    assert components("--pilot", own, "--bias", "0")["bias"] == 0
    # without the column each line is a trial of its own
    lines = [f"{subject},{value:.3f}" for subject, _, value in ROWS]
    own = pilot(tmp_path, "\n".join(["subject,difference", *lines]) + "\n")
    known = components_of(np.round(values, 3), subjects, [str(i) for i in range(len(values))])
    assert components("--pilot", own) == pytest.approx({n: getattr(known, n) for n in names})
    assert known.repetition == 0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            "who,error\na,1\n",
            "pilot.csv: no column subject and no column difference; a pilot has the columns"
            " subject, difference and, if there are any, trial",
        ),
        ("subject,difference\na,1\nb,2,3\n", "pilot.csv: line 3 has 3 cells, expected 2"),
        ("subject,difference\na,1\nb,\n", "pilot.csv: line 3: difference is no number: ''"),
    ],
)
def test_a_fault_of_a_pilot_has_its_line(
    content: str, told: str, tmp_path: Path, capsys: Printed
) -> None:
    assert main(["power", "--pilot", pilot(tmp_path, content), "--margin", "2"]) == 2
    assert capsys.readouterr().err == f"kinebench power: {told}\n"


BELONG = "--icc and --icc-width belong together: give both"
EITHER = "give either --pilot or standard deviations such as --subject-sd"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--icc-width", "0.1"], BELONG),
        (["--icc", "0.9", "--margin", "1", "--subject-sd", "1"], BELONG),
        (["--subject-sd", "1"], "name what is asked: --margin, --limits-width, or --icc"),
        (["--limits-width", "0", "--subject-sd", "1"], "--limits-width must be above 0, found 0"),
        (["--margin", "inf", "--subject-sd", "1"], "--margin must be above 0, found inf"),
        (["--icc", "0.5", "--icc-width", "-1"], "--icc-width must be above 0, found -1"),
        (["--margin", "1", "--repetitions", "0"], "--repetitions must be above 0, found 0"),
        (["--margin", "1", "--subjects", "0"], "--subjects must be above 0, found 0"),
        (["--margin", "1", "--trials", "2", "-1"], "--trials must be 1 or more, found -1"),
        (["--margin", "1", "--power", "1"], "--power must lie between 0 and 1, found 1"),
        (["--margin", "1", "--power", "0"], "--power must lie between 0 and 1, found 0"),
        (["--margin", "1", "--alpha", "0.5"], "--alpha must lie between 0 and 0.5, found 0.5"),
        (["--icc", "1", "--icc-width", "0.1"], "--icc must lie between 0 and 1, found 1"),
        (["--icc", "0", "--icc-width", "0.1"], "--icc must lie between 0 and 1, found 0"),
        (["--margin", "1", "--pilot", "a.csv", "--trial-sd", "1"], EITHER),
        (["--margin", "1", "--bias", "1"], EITHER),
    ],
)
def test_what_cannot_be_asked_is_refused_in_full(
    options: list[str], told: str, capsys: Printed
) -> None:
    assert main(["power", *options]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"kinebench power: {told}\n")


def test_the_help_has_examples(capsys: Printed) -> None:
    assert main(["power", "--help"]) == 0
    assert "\n  kinebench power --icc 0.9 --icc-width 0.1\n" in capsys.readouterr().out


FIGURES = """\
subject,trial,repetition,coordinate,metric,value,level,kind_of_trial
a,squat1,,knee_angle_r,bias,9,trial,squat
a,squat1,squat 1,knee_angle_r,bias,1,repetition,squat
a,squat1,squat 2,knee_angle_r,bias,2,repetition,squat
a,squat1,,knee_angle_r,rmse,40,trial,squat
b,squat1,,knee_angle_r,bias,4,trial,squat
c,squat1,,knee_angle_r,bias,-1,trial,squat
c,squat1,,hip_flexion_r,bias,70,trial,squat
,,,knee_angle_r,bias,80,over subjects,squat
"""


def test_the_figures_of_compare_are_a_pilot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures, pilot = tmp_path / "figures.csv", tmp_path / "pilot.csv"
    figures.write_text(FIGURES, encoding="utf-8")
    rows = ("a,1,squat1", "a,2,squat1", "b,4,squat1", "c,-1,squat1")
    pilot.write_text("\n".join(("subject,difference,trial", *rows)) + "\n", encoding="utf-8")
    asked = ["--margin", "30", "--json"]
    assert main(["power", "--pilot", str(pilot), *asked]) == 0
    expected = capsys.readouterr().out
    of_figures = ["power", "--pilot", str(figures), *asked]
    assert main([*of_figures, "--coordinate", "knee_angle_r"]) == 0
    assert capsys.readouterr().out == expected
    assert main(of_figures) == 2
    assert "name one with --coordinate, such as knee_angle_r" in capsys.readouterr().err
    assert main([*of_figures, "--coordinate", "knee_angle"]) == 2
    assert "knee_angle_r" in capsys.readouterr().err
    figures.write_text(FIGURES + "d,walk1,,knee_angle_r,bias,3,trial,gait\n", encoding="utf-8")
    assert main([*of_figures, "--coordinate", "knee_angle_r"]) == 2
    assert "2 kinds of trials: gait, squat" in capsys.readouterr().err
    assert main(["power", "--pilot", str(pilot), *asked, "--coordinate", "knee_angle_r"]) == 2
    assert "--coordinate is of the figures that compare --csv writes" in capsys.readouterr().err
