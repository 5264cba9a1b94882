"""`kinebench check`: what it asks of a measurement, and what it makes of the answer."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.baselines import gate as gates
from kinebench.baselines.accepting import baseline_of
from kinebench.baselines.baseline import Key, Origin
from kinebench.baselines.gate import Gate
from kinebench.baselines.measurement import ALL, Measured, Measurement
from kinebench.baselines.presets import tolerances_of
from kinebench.baselines.text import baseline_text
from kinebench.cli.main import main
from kinebench.core import Markers, Subject, Trial
from kinebench.core.motion import Coordinate, Motion
from kinebench.errors import DataNotHereError
from kinebench.io.trc import read_trc
from kinebench.remarks import tell
from kinebench.studies.evidence import EvidenceKind

ORIGIN = Origin("kinebench check", 7, {}, {}, {"s1 squat": "0" * 64}, "01")
MOTION = Motion(
    (Coordinate("knee_angle_r"),), np.array([0.0, 0.5, 1.0]), np.array([[0.0], [0.1], [0.2]])
)
Check = Callable[..., int]


def measured(error_deg: float = 3.0, seconds: float | None = None) -> Measurement:
    figures = {Key(ALL, "knee_angle_r", "rmse"): Measured(math.radians(error_deg), "rad")}
    if seconds is not None:
        figures[Key(ALL, "one trial", "time")] = Measured(seconds, "s")
    return Measurement({"s1 squat": MOTION}, figures)


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """``check(now, words, expected=...)``: the command, where the trials give `now`.

    `check.asked` holds seed and timing of each measurement.
    """

    def run(now: Measurement, *words: str, expected: Measurement | None = None) -> int:
        accepted = ("2026-11-28", "a person", "the first one")
        first = measured() if expected is None else expected
        made = baseline_of("toy", ORIGIN, (first,), (), tolerances_of("opencap"), accepted)
        path = tmp_path / "b.toml"
        run.path = path  # type: ignore[attr-defined]
        path.write_text(baseline_text(made), "utf-8")

        def measure(_: Gate, seed: int, timed: bool, show: Callable[[str], None]) -> Any:
            run.asked.append((seed, timed))  # type: ignore[attr-defined]
            show("squat")
            return now, replace(ORIGIN, seed=seed)

        monkeypatch.setattr(Gate, "measure", measure)
        return main(["check", "--baseline", str(path), *words])

    run.asked = []  # type: ignore[attr-defined]
    return run


def asked(check: Check) -> list[tuple[int, bool]]:
    return check.asked  # type: ignore[attr-defined]


def test_what_is_as_it_was_passes_and_what_moved_fails(check: Check) -> None:
    assert check(measured()) == 0
    assert check(measured(3.4)) == 0  # the tolerance of an error is 0.5 degrees
    assert check(measured(3.6)) == 1


def test_the_seed_is_the_baseline_s_unless_one_is_given(check: Check) -> None:
    check(measured())
    check(measured(), "--seed", "0")
    assert [seed for seed, _ in asked(check)] == [7, 0]


def test_trials_are_timed_when_asked_or_when_a_time_is_among_what_is_expected(
    check: Check,
) -> None:
    with_time = measured(seconds=1.0)
    check(measured())
    check(measured(), "--timing")
    check(with_time, expected=with_time)
    assert [timed for _, timed in asked(check)] == [False, True, True]


@pytest.mark.parametrize(("words", "code"), [((), 3), (("--bisect",), 125)])
def test_nothing_measured_is_neither_green_nor_red(
    check: Check, words: tuple[str, ...], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(Measurement({}, {}, {"s1 squat": "it crashed"}), *words) == code
    said = capsys.readouterr().err
    assert "kinebench check: s1 squat: it crashed\n" in said
    assert "nothing was measured" in said
    assert check(Measurement({}, {}), *words, expected=Measurement({}, {})) == code
    assert "the baseline b.toml is empty" in capsys.readouterr().err


def test_reports_are_written_where_they_are_asked_for(
    check: Check, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {"--junit": "j.xml", "--markdown": "m.md", "--html": "p.html"}
    words = [part for option, name in names.items() for part in (option, str(tmp_path / name))]
    assert check(measured(9.0), *words) == 1
    told = capsys.readouterr().out
    begins = {"--junit": "<?xml", "--html": "<!DOCTYPE html>"}
    for option, name in names.items():
        text = (tmp_path / name).read_text("utf-8")
        assert "knee_angle_r" in text.replace("\\_", "_")
        assert text.lower().startswith(begins.get(option, "").lower())
    assert "knee_angle_r" in told
    assert check(measured(), "--json", "--github") == 2
    assert "both print to standard output" in capsys.readouterr().err


@dataclass(frozen=True, slots=True)
class Recorded:
    """A trial of one marker, with or without a static one."""

    name: str
    static: Markers | None
    subject: str = "s1"
    activity: str = "any"
    evidence: EvidenceKind = EvidenceKind.EXACT_TRUTH

    def __call__(self, choices: Mapping[str, Any]) -> Trial:
        moving = Markers(
            ("Neck",), np.array([0.0, 0.01]), np.array([[[0.0, 1.5, 0.0]], [[0.1, 1.5, 0.0]]])
        )
        return Trial(self.name, Subject(70.5, 1.75), moving, static=self.static)


def test_trials_are_written_for_a_pipeline_that_reads_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    static = Markers(("Neck",), np.array([0.0]), np.array([[[0.0, 1.6, 0.0]]]))
    sources = (Recorded("a squat", static), Recorded("gait", None))
    made = replace(gates.quick_gate(), sources=sources)
    monkeypatch.setattr(gates, "quick_gate", lambda: made)
    folder = tmp_path / "new" / "trials"
    assert main(["check", "--write-trials", str(folder)]) == 0
    assert capsys.readouterr().out.split() == ["s1_a_squat.trc", "s1_gait.trc"]
    assert sorted(path.name for path in folder.iterdir()) == [
        "s1_a_squat.json", "s1_a_squat.trc", "s1_a_squat_static.trc",
        "s1_gait.json", "s1_gait.trc",
    ]  # fmt: skip
    assert read_trc(folder / "s1_a_squat.trc").positions[1].tolist() == [[0.1, 1.5, 0.0]]
    assert read_trc(folder / "s1_a_squat_static.trc").positions.tolist() == [[[0.0, 1.6, 0.0]]]
    told = json.loads((folder / "s1_gait.json").read_text())
    assert told == {"mass_kg": 70.5, "height_m": 1.75}


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 2) -> list[str]:
    assert main(["check", *words]) == code
    return capsys.readouterr().err.splitlines()


def test_without_a_baseline_it_is_told_how_one_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "none.toml"
    told = (
        f"kinebench check: there is no baseline {path}; 'kinebench baseline accept' makes one of"
        " what comes out now"
    )
    assert said(capsys, "--baseline", str(path)) == [told]
    line = told.replace("check: ", "check: ValueRangeError: ", 1)
    assert said(capsys, "--baseline", str(path), "--bisect", code=125) == [line]


def test_the_baseline_of_a_gate_lies_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gate = tmp_path / "mine.toml"
    gate.write_text('[pipeline]\nbody = "lab"\naugmenter = "lab-1"\nengine = "fast"\n'
                    "[laboratory]\nsubjects = 1\nactivities = ['one squat']\n")  # fmt: skip
    (line,) = said(capsys, str(gate))
    assert f"there is no baseline {tmp_path / 'mine.baseline.toml'}; " in line


def test_one_kind_of_output_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "--json", "--github") == [
        "kinebench check: either --json or --github: both print to standard output"
    ]


def test_what_is_not_at_hand_is_skipped(
    check: Check, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for words, code in (((), 3), (("--bisect",), 125)):
        check(measured())  # writes the baseline
        capsys.readouterr()

        def lacking(*_: Any) -> Any:
            raise DataNotHereError("opencap-core is not here")

        monkeypatch.setattr(Gate, "measure", lacking)
        path = next(Path(word) for word in baseline_words(check))
        assert main(["check", "--baseline", str(path), *words]) == code
        assert capsys.readouterr() == (
            "",
            "kinebench check: skipped, nothing was measured: opencap-core is not here\n",
        )


def baseline_words(check: Check) -> list[str]:
    return [str(check.path)]  # type: ignore[attr-defined]


def test_an_error_is_none_of_the_codes_of_a_check(
    check: Check, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    check(measured())
    capsys.readouterr()

    def broken(*_: Any) -> Any:
        raise ZeroDivisionError("a\nbug")

    monkeypatch.setattr(Gate, "measure", broken)
    words = ["check", "--baseline", *baseline_words(check)]
    assert main([*words, "--bisect"]) == 125
    assert capsys.readouterr().err == "kinebench check: ZeroDivisionError: a bug\n"
    assert main(words) == 2
    assert "unforeseen ZeroDivisionError" in capsys.readouterr().err


def test_remarks_of_the_measurement_are_told_and_in_json(
    check: Check, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    check(measured())
    capsys.readouterr()

    def measure(_: Gate, seed: int, timed: bool, show: Callable[[str], None]) -> Any:
        tell("gaps", "a gap was filled")
        return measured(), replace(ORIGIN, seed=seed)

    monkeypatch.setattr(Gate, "measure", measure)
    assert main(["check", "--baseline", *baseline_words(check), "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == "warning: a gap was filled\n"
    assert [remark["message"] for remark in json.loads(out)["remarks"]] == ["a gap was filled"]


def test_in_words_for_github_and_as_json(check: Check, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(measured(9.0)) == 1
    plain = capsys.readouterr().out
    assert check(measured(9.0), "--github") == 1
    github = capsys.readouterr().out.splitlines()
    assert any(line.startswith("::error ") for line in github)
    assert github[-1] == next(line for line in plain.splitlines() if line == github[-1])
    assert str(check.path.as_posix()) in github[0]  # type: ignore[attr-defined]
    assert check(measured(9.0), "--json") == 1
    content = json.loads(capsys.readouterr().out)
    assert isinstance(content, dict)


def test_a_vanished_trial_beside_one_that_is_there_fails(
    check: Check, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing compared is no answer; something compared and something gone is a failure."""
    key = Key("s1 squat", "knee_angle_r", "rmse")
    two = Measurement(
        {"s1 squat": MOTION},
        {**measured().figures, key: Measured(math.radians(3.0), "rad")},
    )
    assert check(measured(), expected=two) == 1
    assert check(two, expected=two) == 0


def test_no_report_replaces_the_baseline(check: Check, capsys: pytest.CaptureFixture[str]) -> None:
    check(measured())
    capsys.readouterr()
    for option in ("--junit", "--markdown", "--html"):
        (path,) = baseline_words(check)
        before = Path(path).read_text()
        assert main(["check", "--baseline", path, option, path]) == 2
        assert "b.toml" in capsys.readouterr().err
        assert Path(path).read_text() == before


def test_trials_are_written_again_into_the_same_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = replace(gates.quick_gate(), sources=(Recorded("gait", None),))
    monkeypatch.setattr(gates, "quick_gate", lambda: made)
    for _ in range(2):
        assert main(["check", "--write-trials", str(tmp_path)]) == 0
        assert capsys.readouterr().out == "s1_gait.trc\n"
