"""Figures without a value are one line of a run, with the trials named."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from kinebench.cli.main import main
from kinebench.core import Coordinate, Motion
from kinebench.io.mot import write_motion

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folders(tmp_path: Path) -> tuple[str, str]:
    """Two peaks alike in each trial: when the highest came cannot be told."""
    times = np.arange(201) / 100
    bend = np.radians(60) * np.sin(np.pi * times)[:, None] ** 2
    for name, wrong in (("mocap", 0.0), ("video", 0.02)):
        for subject in ("s1", "s2", "s3"):
            (tmp_path / name / subject).mkdir(parents=True)
            motion = Motion((Coordinate("knee_angle_r"),), times, bend + wrong)
            write_motion(tmp_path / name / subject / "bends1.mot", motion)
    return str(tmp_path / "mocap"), str(tmp_path / "video")


def notes(capsys: Capture) -> list[str]:
    text = " ".join(capsys.readouterr().out.split())
    return [part for part in text.split("note: ")[1:] if "undefined" in part]


def test_one_line_of_all_trials(folders: tuple[str, str], tmp_path: Path, capsys: Capture) -> None:
    page = tmp_path / "page.html"
    assert main(["compare", *folders, "--report", str(page)]) == 0
    (note,) = notes(capsys)
    assert "figures are undefined (NaN), of s1/bends1 (" in note
    assert "two peaks alike" in note
    assert "--events scores repetitions one by one" in note
    # the page has every reason with its figure
    assert "peak_timing_error of knee_angle_r: two peaks alike" in page.read_text("utf-8")
    assert main(["compare", *folders, "--json"]) == 0
    pairs = json.loads(capsys.readouterr().out)["pairs"]
    n = sum(len(pair["undefined"]) for pair in pairs)
    assert note.startswith(f"{n} figures")
    assert len(pairs) == 3


def test_no_advice_on_events_where_events_are_scored(
    folders: tuple[str, str], tmp_path: Path, capsys: Capture
) -> None:
    events = tmp_path / "events.csv"
    with events.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("name", "start_s", "end_s", "trial"))
        rows.writerows((f"bend {n}", n - 1, n, "bends1") for n in (1, 2))
    files = [f"{folder}/s1/bends1.mot" for folder in folders]
    assert main(["compare", *files, "--events", str(events)]) == 0
    (note,) = notes(capsys)
    assert "figures are undefined (NaN): " in note
    assert "--events" not in note
