"""A fact, wherever it comes up, arrives in terminal, JSON and report, and is said once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.cli.main import main
from kinebench.core import Markers
from kinebench.core.model import Model
from kinebench.io.mot import write_motion
from kinebench.io.trc import write_trc
from kinebench.lab.sessions import SessionContent, write_session

pytestmark = pytest.mark.usefixtures("no_public_data")

FIELDS = {"code", "severity", "message", "where", "spans_s", "advice", "recording", "file"}
LAB = ("--body", "lab", "--augmenter", "lab-1", "--engine", "fast")


def with_zeros(markers: Markers) -> Markers:
    """The right knee is 0 0 0 in seven frames, as files write what was not seen."""
    positions = np.array(markers.positions)
    positions[20:27, markers.names.index("RKnee")] = 0.0
    return markers.with_positions(positions)


@pytest.fixture(scope="module")
def files(lab_content: SessionContent, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Keypoints in which reading, cleaning, augmentation and scaling find something to say."""
    folder = tmp_path_factory.mktemp("files")
    squats = with_zeros(lab_content.trials["squats"].keypoints)
    slower = replace(squats, times=squats.times * 60 / 50)  # lab-1 knows 60 Hz only
    write_trc(folder / "squats.trc", slower)
    write_trc(folder / "neutral.trc", lab_content.trials["neutral"].keypoints)
    subject = lab_content.subject
    assert subject is not None
    person = ("--mass", str(subject.mass_kg), "--height", str(subject.height_m))
    given = ("--keypoints", str(folder / "squats.trc"), "--static", str(folder / "neutral.trc"))
    return [*given, *person]


@pytest.fixture(scope="module")
def scaled(lab_content: SessionContent, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Stored markers, one lacking, none in 35 frames, and the model that they fit."""
    folder = tmp_path_factory.mktemp("scaled")
    stored = lab_content.trials["squats"].augmented
    model, subject = lab_content.scaled_model, lab_content.subject
    assert stored is not None
    assert isinstance(model, Model)
    assert subject is not None
    positions = np.array(stored.positions)
    positions[10:45] = np.nan  # longer than the half second that is filled
    kept = [name for name in stored.names if name != "r_knee_study"]
    write_trc(folder / "stored.trc", stored.with_positions(positions).select(kept))
    (folder / "scaled.osim").write_bytes(model.xml)
    person = ("--mass", str(subject.mass_kg), "--height", str(subject.height_m))
    given = ("--keypoints", str(folder / "stored.trc"), "--scaled-model")
    return [*given, str(folder / "scaled.osim"), "--markers", "stored", *person]


def told(remarks: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Remarks by code, after a look at their form."""
    assert all(remark.keys() == FIELDS for remark in remarks)
    assert len({json.dumps(remark) for remark in remarks}) == len(remarks)
    return {remark["code"]: remark for remark in remarks}


FROM_FILES = {
    "missing as numbers": "0 0 0 is taken as missing: RKnee in frames 21 to 27",  # io
    "gaps": "RKnee for 0.14 s",  # cleaning
    "augmenter rate": "lab-1 knows frames of 60 Hz only",  # augmentation
    "static pose": "static marker errors: RMS",  # scaling
}
FROM_SOLVER = {
    "markers lacking": "the trial lacks 1 of 43 markers that the IK tasks name: r_knee_study",
    "frames without markers": "35 frames have no marker at all",
}


@pytest.mark.parametrize(
    ("given", "options", "expected"),
    [("files", LAB, FROM_FILES), ("scaled", ("--engine", "fast"), FROM_SOLVER)],
)
def test_run_tells_in_terminal_and_json(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    given: str,
    options: tuple[str, ...],
    expected: dict[str, str],
) -> None:
    arguments = request.getfixturevalue(given)
    assert main(["run", *arguments, *options, "--out", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr().err.splitlines()
    content = json.loads((tmp_path / "out" / "run.json").read_text())
    remarks = told(content["remarks"])
    for code, words in expected.items():
        assert words in remarks[code]["message"]
        assert sum(words in line for line in printed) == 1
    assert max(Counter(printed).values()) == 1
    # what a check finds is not said by a remark too
    found = {(one["check"], one["recording"]) for one in content["quality"]}
    facts = {(code, remark["recording"]) for code, remark in remarks.items()}
    assert not {fact for fact in facts & found if not remarks[fact[0]]["where"]}


@pytest.mark.parametrize(
    ("given", "options", "expected"),
    [("files", LAB, FROM_FILES), ("scaled", ("--engine", "fast"), FROM_SOLVER)],
)
def test_audit_tells_in_json_terminal_and_report(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    given: str,
    options: tuple[str, ...],
    expected: dict[str, str],
) -> None:
    arguments = ["audit", *request.getfixturevalue(given), *options]
    main([*arguments, "--json", "--report", str(tmp_path / "audit.html")])
    (trial,) = json.loads(capsys.readouterr().out)["trials"]
    page = (tmp_path / "audit.html").read_text()
    main(arguments)
    printed = capsys.readouterr().out
    remarks = told(trial["remarks"])
    for code, words in expected.items():
        assert words in remarks[code]["message"]
        assert words in printed
        assert words in page


def test_why_tells_in_json_and_report(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "why.html"
    assert main(["why", *files, *LAB, "--json", "--report", str(page)]) == 0
    captured = capsys.readouterr()
    remarks = told(json.loads(captured.out)["remarks"])
    for code, words in FROM_FILES.items():
        assert words in remarks[code]["message"]
        assert words in page.read_text()
        assert words in captured.err


def test_compare_tells_in_terminal_json_and_report(
    lab_content: SessionContent, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    motion = lab_content.trials["squats"].motion
    assert motion is not None
    write_motion(tmp_path / "reference.mot", motion)
    early = motion.at_frames(np.arange(motion.n_frames))
    write_motion(tmp_path / "late.mot", replace(early, times=early.times + 0.7 * early.times[-1]))
    pair = ["compare", str(tmp_path / "reference.mot"), str(tmp_path / "late.mot")]
    assert main([*pair, "--json", "--report", str(tmp_path / "page.html")]) == 0
    (compared,) = json.loads(capsys.readouterr().out)["pairs"]
    remarks = told(compared["remarks"])
    assert "overlap for" in remarks["short overlap"]["message"]
    assert "overlap for" in (tmp_path / "page.html").read_text()
    assert main(pair) == 0
    captured = capsys.readouterr()
    assert "note: reference and estimate overlap for" in captured.out
    assert captured.err == ""


def test_a_missing_static_trial_is_said_once(
    lab_content: SessionContent, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = replace(lab_content, trials={"squats": lab_content.trials["squats"]}, scaled_model=None)
    session = write_session(tmp_path / "session", alone)
    options = ("--trial", "squats", "--engine", "fast", "--augmenter", "lab-1")
    assert main(["run", str(session), *options, "--out", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr().err
    assert printed.count("no static trial") == 1
    assert printed.count("becomes a constant error of the angles") == 1
    content = json.loads((tmp_path / "out" / "run.json").read_text())
    assert "static trial" in {finding["check"] for finding in content["quality"]}
    assert "static trial" not in told(content["remarks"])


def test_names_from_files_do_not_reach_the_terminal_as_commands(
    scaled: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from kinebench.cli.output import print_remarks
    from kinebench.remarks import Remark

    print_remarks([Remark("x", "note", "marker \x1b[2J is\nlost")])
    assert capsys.readouterr().err == "note: marker \\x1b[2J is lost\n"
