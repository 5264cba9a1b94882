from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.augmentation import identify as module
from kinebench.augmentation.identify import Candidate, Identification
from kinebench.cli.identify import add_arguments, run
from kinebench.core import Markers, Subject
from kinebench.errors import ValueRangeError
from kinebench.io.trc import write_trc


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(arguments)


@pytest.fixture
def trc(tmp_path: Path) -> Path:
    path = tmp_path / "squat.trc"
    write_trc(path, Markers(("Neck",), np.arange(3) / 60, np.full((3, 1, 3), 0.5)))
    return path


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Subject]]:
    """Let `identify` find what the test wants; gives the subjects that it was asked about."""

    def arrange(best: Candidate, version: str | None, cut: bool = False) -> list[Subject]:
        second = Candidate("v0.2", 0.0131, 0.0542, float("nan"), 2, excluded=True)
        asked: list[Subject] = []

        def fake(markers: Markers, subject: Subject) -> Identification:
            asked.append(subject)
            return Identification((best, second), version, cut, markers.n_frames, 43)

        monkeypatch.setattr(module, "identify", fake)
        return asked

    return arrange


def test_the_table_and_the_verdict(
    trc: Path, answer: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = answer(Candidate("v0.1", 0.000124, 0.000424, 0.0, 3), "v0.1")
    assert run(parsed(str(trc), "--mass", "72", "--height", "1.78")) == 0
    assert asked == [Subject(72.0, 1.78)]
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["version", "RMS,", "mm", "max,", "mm", "frames"]
    assert lines[1].split() == ["v0.1", "0.124", "0.424", "3", "fits"]
    assert lines[2].split() == ["v0.2", "13.100", "54.200", "2"]
    assert lines[-1] == "squat.trc was augmented with v0.1 (43 markers, 3 frames compared)."


@pytest.mark.parametrize(
    ("rms_m", "version", "cut", "told"),
    [
        (0.0004, "v0.1", True, "with v0.1, and the trial was cut or resampled afterwards"),
        (0.0012, None, False, "v0.1 is nearest, off by as much as a slightly wrong mass or height"),
        (0.0120, None, False, "No known version made the markers of squat.trc"),
    ],
)
def test_other_verdicts(
    trc: Path,
    answer: Callable[..., Any],
    capsys: pytest.CaptureFixture[str],
    rms_m: float,
    version: str | None,
    cut: bool,
    told: str,
) -> None:
    answer(Candidate("v0.1", rms_m, 2 * rms_m, 0.0, 3), version, cut)
    assert run(parsed(str(trc), "--mass", "72", "--height", "1.78")) == 0
    assert told in capsys.readouterr().out


def test_json(trc: Path, answer: Callable[..., Any], capsys: pytest.CaptureFixture[str]) -> None:
    answer(Candidate("v0.1", 0.000124, 0.000424, 0.01, 3), "v0.1")
    assert run(parsed(str(trc), "--mass", "72", "--height", "1.78", "--json")) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["version"] == "v0.1"
    assert content["candidates"][0] == {
        "version": "v0.1",
        "rms_mm": 0.124,
        "max_mm": 0.424,
        "vertical_offset_mm": 10.0,
        "fits": True,
        "n_frames": 3,
    }
    assert content["candidates"][1]["vertical_offset_mm"] is None
    assert (content["mass_kg"], content["height_m"], content["n_frames"]) == (72.0, 1.78, 3)


def test_mass_and_height_are_needed_and_checked(
    trc: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for given, lacking in (
        (("--mass", "72"), "--height"),
        (("--height", "1.7"), "--mass"),
    ):
        with pytest.raises(SystemExit):
            parsed(str(trc), *given)
        assert f"required: {lacking}" in capsys.readouterr().err
    with pytest.raises(ValueRangeError, match="mass_kg must be a number above 0"):
        run(parsed(str(trc), "--mass", "0", "--height", "1.7"))


@pytest.mark.mirror
def test_a_real_file(
    mirror_file: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = mirror_file("subject0/MarkerData/neutral.trc")
    assert run(parsed(str(path), "--mass", "72", "--height", "1.78", "--json")) == 0
    assert json.loads(capsys.readouterr().out)["version"] == "v0.1"
