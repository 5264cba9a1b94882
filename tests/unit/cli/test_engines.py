"""``kinebench engines``: what is asked of the pipeline, and the whole answer."""

from __future__ import annotations

import json
import re
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from kinebench.cli import engines as command
from kinebench.cli.main import main
from kinebench.pipeline.engine_comparison import CoordinateDifference, EngineComparison
from kinebench.remarks import Remark

Capture = pytest.CaptureFixture[str]
PLANNED = Remark("unit", "note", "taken as metres")
RUN = Remark("static pose", "warning", "the knee is bent — ½ of it")

FOUND = EngineComparison(
    ("opensim", "fast"),
    (2.0, 0.05),
    (np.array([4e-4, 4e-4, 4e-4, 4e-4]), np.array([4e-4, 1e-4, 4e-4, 5e-4])),
    (
        CoordinateDifference("knee", "rotational", np.radians(1.0), np.radians(2.0), 0.25, np.nan),
        CoordinateDifference("hip", "rotational", np.radians(3.0), np.radians(4.0), 1.5, 0.01),
        CoordinateDifference("pelvis_tx", "translational", 0.002, 0.003, 0.5, 0.001),
    ),
    (None, None),  # type: ignore[arg-type]
)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the status line shows; planning and solving are stand-ins."""
    lines: list[str] = []
    result = SimpleNamespace(
        scaling=SimpleNamespace(model="scaled"), augmented="markers", remarks=(RUN, PLANNED)
    )

    def pipeline(trial: Any) -> Any:
        assert trial.name == "squat"
        return result

    plan = SimpleNamespace(pipeline=pipeline, trial=SimpleNamespace(name="squat"))
    pipeline.solve = SimpleNamespace(tasks="tasks")  # type: ignore[attr-defined]
    monkeypatch.setattr(command, "planned", lambda arguments: (plan, {}, (PLANNED,)))
    monkeypatch.setattr(command, "status_line", lambda: nullcontext(lines.append))

    def compare(model: str, markers: str, tasks: str, on_engine: Any) -> EngineComparison:
        assert (model, markers, tasks) == ("scaled", "markers", "tasks")
        on_engine("fast")
        return FOUND

    monkeypatch.setattr("kinebench.pipeline.engine_comparison.compare_engines", compare)
    return lines


def test_the_whole_answer(shown: list[str], capsys: Capture) -> None:
    assert main(["engines", "session"]) == 0
    out, err = capsys.readouterr()
    assert err == "note: taken as metres\nwarning: the knee is bent — ½ of it\n"
    assert shown == ["solving with fast …"]
    lines = [line.rstrip() for line in out.splitlines()]
    assert lines[:4] == [
        "squat: 4 frames",
        "  opensim     2.000 s         2 frames/s   weighted RMS marker error 20.000 mm",
        "  fast        0.050 s        80 frames/s   weighted RMS marker error 18.708 mm",
        "  fast is 40 times as fast, and its cost is not above opensim's in 75.0 % of the frames",
    ]
    assert lines[4:7] == ["", "opensim − fast, largest first", ""]
    rule = next(i for i, line in enumerate(lines) if line.startswith("─"))
    header = " ".join(" ".join(lines[7:rule]).split())
    for title in ("coordinate", "unit", "RMS", "largest", "at,", "solver", "opensim,"):
        assert title in header
    rows = [re.split(r" {2,}", line) for line in lines[rule + 1 : rule + 4]]
    # angles first, each kind by its size
    assert rows == [
        ["hip", "°", "3.00", "4.00", "1.50", "0.57"],
        ["knee", "°", "1.00", "2.00", "0.25", "—"],
        ["pelvis_tx", "mm", "2.00", "3.00", "0.50", "1.00"],
    ]
    assert lines[-1] == (
        "solver error: over the frames in which opensim stopped above the cost of fast; mtp angles"
        " are set by no marker and stay at their defaults"
    )


def test_json(shown: list[str], capsys: Capture) -> None:
    assert main(["engines", "session", "--json"]) == 0
    text = capsys.readouterr().out
    assert "½" in text  # letters as they are
    content = json.loads(text)
    assert list(content) == [
        "trial", "frames", "engines", "speed_ratio", "second_not_worse", "coordinates", "remarks",
    ]  # fmt: skip
    assert (content["trial"], content["frames"]) == ("squat", 4)
    assert content["engines"] == [
        {"name": "opensim", "duration_s": 2.0, "cost_mean_m2": pytest.approx(4e-4)},
        {"name": "fast", "duration_s": 0.05, "cost_mean_m2": pytest.approx(3.5e-4)},
    ]
    assert content["speed_ratio"] == pytest.approx(40.0)
    assert content["second_not_worse"] == 0.75
    knee, hip, _ = content["coordinates"]
    assert (knee["name"], knee["solver_error_rms"]) == ("knee", None)
    assert hip["solver_error_rms"] == 0.01
    assert [remark["code"] for remark in content["remarks"]] == ["unit", "static pose"]


def test_one_input_is_needed(capsys: Capture) -> None:
    assert main(["engines"]) == 2
    assert capsys.readouterr().err == (
        "kinebench engines: name an OpenCap session (folder, .zip or data set), or --keypoints FILE"
        " with --mass and --height; for example: kinebench engines OpenCapData_1234 --trial"
        " squats\n"
    )
    assert main(["engines", "--help"]) == 0
    assert "Both engines minimise the same cost" in " ".join(capsys.readouterr().out.split())


def test_the_table_is_as_wide_as_the_terminal(
    shown: list[str], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert main(["engines", "session"]) == 0
    out = capsys.readouterr().out
    table = out.split("largest first\n\n")[1].split("\n\nsolver error")[0]
    assert max(map(len, table.splitlines())) <= 40
    assert {"4.00", "0.57", "mm"} <= set(table.split())
