"""`kinebench baseline`: what it writes, prints and refuses; nothing is measured here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.baselines import gate as gates
from kinebench.baselines.accepting import baseline_of
from kinebench.baselines.baseline import Baseline, Key, Origin
from kinebench.baselines.gate import QUICK_BASELINE
from kinebench.baselines.measurement import ALL, Measured, Measurement
from kinebench.baselines.presets import tolerances_of
from kinebench.baselines.text import baseline_text, read_baseline
from kinebench.cli.main import main
from kinebench.core.motion import Coordinate, Motion

ORIGIN = Origin("kinebench check gate.toml", 7, {"numpy": "2.1"}, {}, {"s1 squat": "0" * 64}, "01")


def made(error_deg: float = 3.0) -> Baseline:
    """One trial with a course, and one figure whose two draws lie 0.5° × √2 apart."""
    motion = Motion(
        (Coordinate("knee_angle_r"),), np.array([0.0, 0.5, 1.0]), np.array([[0.0], [0.1], [0.2]])
    )

    def drawn(error: float) -> Measurement:
        figure = Measured(error * 3.141592653589793 / 180, "rad")
        return Measurement({"s1 squat": motion}, {Key(ALL, "knee_angle_r", "rmse"): figure})

    draws = (drawn(error_deg), drawn(error_deg + 0.5 * 2**0.5))
    accepted = ("2026-11-28", "a person", "the first one")
    return baseline_of("toy", ORIGIN, draws[:1], draws[1:], tolerances_of("opencap"), accepted)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "toy.baseline.toml"
    path.write_text(baseline_text(made()), "utf-8")
    return path


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What is asked of the measurement, which gives a made-up baseline."""
    calls: list[tuple[Any, ...]] = []

    def accepted(*given: Any) -> Baseline:
        calls.append(given[:-1])
        given[-1]("squat")
        return made()

    monkeypatch.setattr(gates, "accepted", accepted)
    return calls


def test_show_prints_who_accepted_what_and_every_figure(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["baseline", "show", str(file)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "toy: accepted 2026-11-28 by a person: the first one",
        "made by: kinebench check gate.toml, seed 7",
        "2 repeats; limit: the tolerance, or 6 × spread if larger",
    ]
    limits = [line.split(": limit of")[0] for line in lines if line.startswith("tolerance ")]
    assert limits[:2] == [
        "tolerance angle largest: 2.50 °, identical",
        "tolerance angle rms: 0.50 °, identical",
    ]
    assert "tolerance length largest: 2.00 mm, identical" in limits
    assert len(limits) == len(tolerances_of("opencap"))
    assert lines[3 + len(limits) :] == [
        "all trials / knee_angle_r / rmse: 3.00 °, spread 0.50 °; tolerance angle error",
        "s1 squat: courses of 1 coordinates: knee_angle_r",
    ]


def test_show_and_accept_without_a_file_are_of_the_quick_gate(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["baseline", "show"]) == 0
    quick = read_baseline(QUICK_BASELINE)
    assert capsys.readouterr().out.startswith(f"{quick.gate}: accepted {quick.date} by ")


def test_what_is_shipped_is_not_overwritten_unasked(
    asked: list[tuple[Any, ...]],
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(gates, "QUICK_BASELINE", file)  # of a copy, should it be overwritten
    before = file.read_bytes()
    assert main(["baseline", "accept", "--reason", "a try"]) == 2
    assert "name the file to write: --baseline FILE, or a GATE.toml" in capsys.readouterr().err
    assert asked == []
    assert file.read_bytes() == before


def test_accept_writes_what_was_measured_and_says_by_whom(
    asked: list[tuple[Any, ...]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.toml"
    words = ["--baseline", str(path), "--reason", "looked at", "--by", "me", "--date", "2026-11-28"]
    assert main(["baseline", "accept", *words]) == 0
    assert path.read_text("utf-8") == baseline_text(made())
    ((gate, why, kept, repeats, timing),) = asked
    assert gate == gates.quick_gate()
    assert (why, kept, repeats, timing) == (("2026-11-28", "me", "looked at"), None, 20, False)
    told = capsys.readouterr()
    assert told.out == f"{path}: 1 figures and 1 courses accepted by me\n"
    assert "spreads come from" not in told.err


def test_accept_keeps_edited_tolerances_unless_a_preset_is_named(
    asked: list[tuple[Any, ...]], file: Path
) -> None:
    edited = made()
    name, tolerance = next(iter(edited.tolerances.items()))
    own = {**edited.tolerances, name: replace(tolerance, limit=0.5)}
    file.write_text(baseline_text(replace(edited, tolerances=own)), "utf-8")
    words = ["baseline", "accept", "--baseline", str(file), "--reason", "r", "--by", "me"]
    own = dict(read_baseline(file).tolerances)
    assert own[name] != tolerance
    assert main(words) == 0
    file.write_text(baseline_text(replace(edited, tolerances=own)), "utf-8")
    assert main([*words, "--preset", "strict"]) == 0
    (first, second) = asked
    assert first[2] == own
    assert (second[2], second[0].preset) == (None, "strict")


def test_few_draws_are_told_of(
    asked: list[tuple[Any, ...]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for repeats, is_told in ((9, True), (10, False)):
        words = ["--baseline", str(tmp_path / "b.toml"), "--reason", "r", "--by", "me"]
        assert main(["baseline", "accept", *words, "--repeats", str(repeats)]) == 0
        told = "warning: spreads come from 9 draws of noise: with fewer than 10 a clean run"
        assert (told in capsys.readouterr().err) is is_told
    assert [call[3] for call in asked] == [9, 10]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--reason", "  "), "--reason must say why this is right"),
        (
            ("--reason", "r", "--date", "28.11.2026"),
            "--date must be YYYY-MM-DD, found '28.11.2026'",
        ),
    ],
)
def test_a_reason_and_a_date_are_words_and_a_day(
    words: tuple[str, ...], told: str, asked: list[tuple[Any, ...]], tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    path = tmp_path / "b.toml"
    assert main(["baseline", "accept", "--baseline", str(path), "--by", "me", *words]) == 2
    assert told in capsys.readouterr().err
    assert asked == []
    assert not path.exists()


def test_diff_lists_up_to_forty_lines_and_tells_how_many_more(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["baseline", "diff", str(file), str(file)]) == 0
    assert capsys.readouterr().out == "no difference in figures, courses, tolerances and origin\n"
    other = made()
    many = {
        Key("s1 squat", f"angle {i:02d}", "rmse"): next(iter(other.figures.values()))
        for i in range(41)
    }
    for n, last in ((40, None), (41, "and 1 more")):
        after = tmp_path / f"{n}.toml"
        more = dict(list(many.items())[:n])
        after.write_text(baseline_text(replace(other, figures={**other.figures, **more})), "utf-8")
        assert main(["baseline", "diff", str(file), str(after)]) == 1
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == 40 + (last is not None)
        assert last is None or lines[-1] == last


def test_who_and_when_are_the_user_and_today(
    asked: list[tuple[Any, ...]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr("getpass.getuser", lambda: "somebody")
    path = tmp_path / "b.toml"
    assert main(["baseline", "accept", "--baseline", str(path), "--reason", "r"]) == 0
    assert capsys.readouterr().out.endswith(" accepted by somebody\n")
    ((_, (day, by, why), *_),) = asked
    assert (day, by, why) == (date.today().isoformat(), "somebody", "r")

    def nobody() -> str:
        raise OSError("no such user")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert main(["baseline", "accept", "--baseline", str(path), "--reason", "r"]) == 2
    assert capsys.readouterr().err == "kinebench baseline: name who accepts: --by NAME\n"
    assert len(asked) == 1


def test_what_is_measured_is_timed_when_asked(asked: list[tuple[Any, ...]], tmp_path: Path) -> None:
    words = ["--baseline", str(tmp_path / "b.toml"), "--reason", "r", "--by", "me", "--timing"]
    assert main(["baseline", "accept", *words]) == 0
    assert asked[0][4] is True


def test_the_gate_itself_is_not_overwritten(
    asked: list[tuple[Any, ...]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gate = tmp_path / "gate.toml"
    gate.write_text('[pipeline]\nbody = "lab"\naugmenter = "lab-1"\nengine = "fast"\n'
                    "[laboratory]\nsubjects = 1\nactivities = ['one squat']\n")  # fmt: skip
    before = gate.read_text()
    words = ["--reason", "r", "--by", "me", "--date", "2026-11-28"]
    assert main(["baseline", "accept", str(gate), "--baseline", str(gate), *words]) == 2
    assert gate.read_text() == before
    assert main(["baseline", "accept", str(gate), *words]) == 0
    assert (tmp_path / "gate.baseline.toml").read_text("utf-8") == baseline_text(made())


def test_a_difference_is_a_line_and_the_order_of_the_files_counts(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    after = tmp_path / "after.toml"
    after.write_text(baseline_text(made(4.0)), "utf-8")
    assert main(["baseline", "diff", str(file), str(after)]) == 1
    there = capsys.readouterr().out
    assert main(["baseline", "diff", str(after), str(file)]) == 1
    back = capsys.readouterr().out
    (line,) = [line for line in there.splitlines() if "knee_angle_r / rmse" in line]
    assert line.index("3.00") < line.index("4.00")
    (line,) = [line for line in back.splitlines() if "knee_angle_r / rmse" in line]
    assert line.index("4.00") < line.index("3.00")
