"""What ``kinebench why`` prints and writes of a diagnosis whose numbers are known."""

from __future__ import annotations

import hashlib
import html
import json
import math
import re
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from kinebench.cli import why as command
from kinebench.cli.main import main
from kinebench.diagnosis.faults import CAUSES, UNDECIDABLE
from kinebench.diagnosis.figures import FIGURES
from kinebench.diagnosis.verdict import drop_interval, findings, percent, verdict
from kinebench.diagnosis.why import SOLVERS, Diagnosis
from kinebench.pipeline.choices import Choice, ChoiceKey, Source
from kinebench.remarks import Remark
from tests.unit.diagnosis.made_up_diagnosis import chances, made_up
from tests.unit.diagnosis.virtual_sessions import session

Capture = pytest.CaptureFixture[str]
TOLD = Remark("unit", "note", "taken as metres")


@pytest.fixture(scope="module")
def diagnosis() -> Diagnosis:
    """The tilt is likely wrong, a keypoint possibly; the version is a choice."""
    return made_up(
        {
            "camera tilt": {"side_drop": 0.0082, "floor_contact": 0.011},
            "augmenter version": {"side_drop": -0.004, "leg_length": 0.012},
        },
        chances(tilt_sideways=0.83, low_keypoint=0.25),
        {"augmenter version": 2.0},
        recording=session(),
    )


@pytest.fixture
def asked(
    diagnosis: Diagnosis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[str], Path]:
    """Arguments of the command, which finds the diagnosis, and the file that it reads."""
    file = tmp_path / "squat.trc"
    file.write_text("keypoints")
    choices = (Choice(ChoiceKey.AUGMENTER, "v0.3", Source.DEFAULT),)
    plan = SimpleNamespace(pipeline="pipeline", trial="trial", choices=choices)
    monkeypatch.setattr(command, "planned", lambda arguments: (plan, {"keypoints": file}, (TOLD,)))

    def diagnose(pipeline: Any, trial: Any, show: Any) -> Diagnosis:
        assert (pipeline, trial) == ("pipeline", "trial")
        show(3, 9)
        return diagnosis

    monkeypatch.setattr("kinebench.diagnosis.why.diagnose", diagnose)
    return ["why", "--keypoints", str(file)], file


def rows(text: str) -> dict[str, list[str]]:
    """Cells of the table by the first; of a table in several blocks those of all."""
    found: dict[str, list[str]] = {}
    for block in re.split(r"\n─+\n", text)[1:]:
        for line in block.split("\n\n")[0].splitlines():
            name, *cells = re.split(r" {2,}", line.strip())
            found.setdefault(name, []).extend(cells)
    return found


def test_the_verdict_comes_first_then_the_table_then_each_cause(
    asked: tuple[list[str], Path], diagnosis: Diagnosis, capsys: Capture
) -> None:
    assert main(asked[0]) == 0
    out, err = capsys.readouterr()
    assert err == "note: taken as metres\n"
    told = " ".join(verdict(diagnosis))
    before, _, below = out.partition(
        "\n\nright − left, and what each cause changes of it; ±: 95 % of clean sessions\n\n"
    )
    assert " ".join(before.split()) == " ".join(told.split())
    assert below
    table = rows(out)
    # suspects first, sensitivities by their size
    assert list(table) == [
        "as it is", "camera tilt !", "augmenter version", "solvers", "all swapped",
    ] or [name.rstrip(" !") for name in table] == [
        "as it is", *[one.name for one in findings(diagnosis) if one.swap], "all swapped",
    ]  # fmt: skip
    drop = [cells[0] for cells in table.values()]
    assert drop[0] == "−10.0"
    assert drop[-1] == "−5.8"  # −10 + 8.2 − 4 mm
    after = out[out.rindex("all swapped") :].splitlines()
    start = 2  # the last row, and an empty line
    said = []
    for one in findings(diagnosis):
        swap = f": {one.now} → {one.instead}" if one.swap else " (no swap)"
        sure = "" if math.isnan(one.probability) else f"; wrong with {percent(one.probability)}"
        said.append(f"{one.name}{swap}{sure}" + (f": {one.shown}" if one.shown else ""))
    assert after[start:] == [
        *said,
        "not tried: static window: the model is not scaled here",
        *[f"cannot be told from this recording: {what}" for what in UNDECIDABLE],
        "9 runs; the deepest points are 5 frames",
    ]


def test_words_of_a_cause(asked: tuple[list[str], Path], capsys: Capture) -> None:
    assert main(asked[0]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "augmenter version: augmenter version now → augmenter version instead" in lines
    assert any(line.startswith("low keypoint") and "; wrong with 25 %: " in line for line in lines)
    assert sum(line.startswith("low keypoint (no swap)") for line in lines) == 1
    marked = [name for name in rows("\n".join(lines)) if name.endswith(" !")]
    assert len(marked) == 1


def named(values: np.ndarray) -> dict[str, float]:
    return dict(zip([figure.name for figure in FIGURES], values.tolist(), strict=True))


def test_json_holds_the_diagnosis(
    asked: tuple[list[str], Path], diagnosis: Diagnosis, capsys: Capture
) -> None:
    assert main([*asked[0], "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert list(content) == [
        "trial", "units", "as_is", "side_drop_interval", "swapped", "verdict", "causes",
        "anything_wrong", "probabilities", "not_judged", "judged_after", "parts", "alone",
        "left_out", "cannot_be_told", "runs", "remarks",
    ]  # fmt: skip
    assert (content["trial"], content["runs"]) == ("squat", 9)
    assert content["units"] == {figure.name: figure.unit for figure in FIGURES}
    assert content["as_is"] == named(diagnosis.as_is)
    assert content["as_is"]["side_drop"] == -0.010
    assert content["swapped"]["side_drop"] == pytest.approx(-0.0058)
    assert content["side_drop_interval"] == pytest.approx(drop_interval(diagnosis))
    assert content["verdict"] == list(verdict(diagnosis))
    assert content["anything_wrong"] == diagnosis.anything == 0.83
    assert content["probabilities"]["low keypoint"] == 0.25
    assert set(content["probabilities"]) == {fault.title for fault in diagnosis.faults}
    assert content["not_judged"] is None
    assert content["parts"]["augmenter version"]["leg_length"] == 0.012
    assert content["alone"]["augmenter version"]["leg_length"] == 0.006
    assert set(content["parts"]) == {SOLVERS, "camera tilt", "augmenter version"}
    assert content["left_out"] == {"static window": "the model is not scaled here"}
    assert content["cannot_be_told"] == list(UNDECIDABLE)
    assert content["remarks"][0] == TOLD.as_dict()


def test_causes_in_json(
    asked: tuple[list[str], Path], diagnosis: Diagnosis, capsys: Capture
) -> None:
    assert main([*asked[0], "--json"]) == 0
    causes = json.loads(capsys.readouterr().out)["causes"]
    for row, one in zip(causes, findings(diagnosis), strict=True):
        assert (row["name"], row["now"], row["instead"]) == (one.name, one.now, one.instead)
        assert (row["evidence"], row["likely_wrong"]) == (one.shown, one.suspect)
        assert (row["advice"], row["swap"]) == (one.advice, one.swap)
        assert row["run_setting"] == one.run_advice
        assert row["probability"] == (None if math.isnan(one.probability) else one.probability)
        has_figure = one.figure is not None
        assert (row["changes_most"] is not None) == has_figure == (row["unit"] is not None)
        assert row["part"] == (pytest.approx(one.part) if has_figure else None)
        assert row["times_notable"] == (pytest.approx(one.size) if has_figure else None)
    by_name = {row["name"]: row for row in causes}
    assert by_name["low keypoint"]["part"] is None
    assert by_name["augmenter version"]["probability"] is None
    assert [row["likely_wrong"] for row in causes].count(True) == 1


def test_a_page_names_its_inputs_and_the_command(
    asked: tuple[list[str], Path], diagnosis: Diagnosis, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    page = tmp_path / "why.html"
    monkeypatch.setattr(sys, "argv", ["kinebench", "why", "my squat.trc"])
    assert main([*asked[0], "--report", str(page)]) == 0
    text = page.read_text("utf-8")
    assert "squat.trc" in text
    assert hashlib.sha256(asked[1].read_bytes()).hexdigest() in text
    assert html.escape("kinebench why 'my squat.trc'") in text
    assert "v0.3 (default)" in text
    assert "taken as metres" in text
    assert str(tmp_path) not in text
    for sentence in verdict(diagnosis):
        assert html.escape(sentence) in text


def test_the_page_does_not_replace_the_recording(
    asked: tuple[list[str], Path], capsys: Capture
) -> None:
    words, file = asked
    assert main([*words, "--report", str(file)]) == 2
    assert "squat.trc" in capsys.readouterr().err
    assert file.read_text() == "keypoints"


@pytest.mark.parametrize("width", [60, 80, 152])
def test_the_table_is_as_wide_as_the_terminal_and_loses_nothing(
    asked: tuple[list[str], Path],
    diagnosis: Diagnosis,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
    width: int,
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert main(asked[0]) == 0
    out = capsys.readouterr().out
    top = out[: out.rindex("all swapped")]
    assert max(map(len, top.splitlines())) <= width
    assert all(len(cells) == len(FIGURES) for cells in rows(out).values())
    assert max(map(len, verdict(diagnosis))) > width


def test_figures_without_a_value_are_null(
    asked: tuple[list[str], Path], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    unknown = made_up({}, recording=session())
    unknown.as_is[1] = math.nan
    monkeypatch.setattr("kinebench.diagnosis.why.diagnose", lambda *_: unknown)
    assert main([*asked[0], "--json"]) == 0
    values = json.loads(capsys.readouterr().out)["as_is"]
    assert values[FIGURES[1].name] is None
    assert values[FIGURES[0].name] == -0.010


def test_of_optical_markers_probabilities_are_null_with_the_reason(
    asked: tuple[list[str], Path], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    reason = "optical markers; the probabilities were learnt on video keypoints"
    unjudged = replace(
        made_up({}), faults=(), anything=math.nan, augmenter="", unjudged=reason
    )  # fmt: skip
    monkeypatch.setattr("kinebench.diagnosis.why.diagnose", lambda *_: unjudged)
    assert main([*asked[0], "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["anything_wrong"] is None
    assert content["not_judged"] == reason
    assert len(content["probabilities"]) == len(CAUSES)
    assert set(content["probabilities"].values()) == {None}
    assert content["as_is"]["side_drop"] == -0.010
    assert main(asked[0]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f"Not judged: {reason}")
    assert "cannot be told from this recording: whether anything is wrong" in printed
    assert not any(word in printed for word in ("v0.3", "v0.2", "a bias of the detector"))
    assert "wrong with" not in printed
    assert "±" not in printed


def test_a_setting_of_the_run_is_printed_as_advice(
    asked: tuple[list[str], Path], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    advised = made_up({}, chances(**{"start-up": 0.996, "size": 0.6}))
    monkeypatch.setattr("kinebench.diagnosis.why.diagnose", lambda *_: advised)
    assert main(asked[0]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(
        line.startswith("augmenter start-up (no swap); advice on the run with >99 %: ")
        for line in lines
    )
    assert main([*asked[0], "--json"]) == 0
    causes = {row["name"]: row for row in json.loads(capsys.readouterr().out)["causes"]}
    start = causes["augmenter start-up"]
    assert (start["likely_wrong"], start["run_setting"]) == (False, True)


def test_one_input_is_needed(capsys: Capture) -> None:
    assert main(["why"]) == 2
    assert (
        "name an OpenCap session (folder, .zip or data set), or --keypoints"
        in capsys.readouterr().err
    )
    assert re.search(r"\n  kinebench why OpenCapData_1234 --trial squats", helped(capsys))


def helped(capsys: Capture) -> str:
    assert main(["why", "--help"]) == 0
    return capsys.readouterr().out
