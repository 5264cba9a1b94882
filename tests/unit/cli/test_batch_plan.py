"""`kinebench run --all`, before anything is run: what is refused, and the plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kinebench.cli.main import main

SIZE = ("--mass", "70", "--height", "1.75")


def session(folder: Path, *trials: str) -> Path:
    (folder / "MarkerData").mkdir(parents=True)
    for name in (*trials, "neutral"):
        (folder / "MarkerData" / f"{name}.trc").touch()
    return folder


def planned(*words: str | Path) -> int:
    return main(["run", *map(str, words), "--all", "--dry-run"])


def test_the_plan_names_each_trial_and_where_its_results_go(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, out = session(tmp_path / "a", "walk", "squat"), tmp_path / "out"
    assert planned(one, *SIZE, "--out", out) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{one}, squat -> {out / 'a' / 'squat'}",
        f"{one}, walk -> {out / 'a' / 'walk'}",
        "2 trials",
    ]
    assert not out.exists()


def test_a_session_without_a_subject_is_not_run_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = session(tmp_path / "a", "walk")
    assert planned(one, "--out", tmp_path / "out") == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("not run: a: --mass and --height needed")
    assert lines[1:] == ["0 trials"]


@pytest.mark.parametrize("size", [SIZE[:2], SIZE[2:], SIZE])
def test_the_size_of_one_subject_is_not_that_of_several_sessions(
    size: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in "ab":
        folder = session(tmp_path / name, "walk", "squat")
        (folder / "sessionMetadata.yaml").write_text(
            f"subjectID: {name}\nmass_kg: 60.0\nheight_m: 1.7\n"
        )
    out = ("--out", tmp_path / "out")
    assert planned(tmp_path, *size, *out) == 2
    assert "--mass and --height are of one subject: several" in capsys.readouterr().err
    assert planned(tmp_path / "a", *size, *out) == 0
    assert planned(tmp_path, *out) == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--trial", "walk"), "--all and --trial: name one of them"),
        (("--toml",), "--toml shows the pipeline of one trial: name it with --trial"),
        (("--scaled-model", "m.osim"), "one scaled model does not fit many subjects"),
    ],
)
def test_options_of_one_trial_are_refused(
    words: tuple[str, ...], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = session(tmp_path / "a", "walk")
    (tmp_path / "m.osim").touch()
    assert planned(one, *SIZE, "--out", tmp_path / "out", *words) == 2
    assert told in capsys.readouterr().err


def test_a_session_or_their_folder_is_needed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ("--out", tmp_path / "out")
    assert planned(*out) == 2
    assert "for example: kinebench run downloads/ --all --out results" in capsys.readouterr().err
    said = "kinebench run: --all runs the trials of sessions: name one or more, or their folder\n"
    assert planned("--keypoints", "a.trc", *out) == 2
    assert capsys.readouterr().err == said
    one = session(tmp_path / "a", "walk")
    assert planned(one, "--keypoints", "a.trc", *out) == 2
    assert capsys.readouterr().err == said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "--out DIR is needed: the folder for the results"),
        (
            ("--out", "o", "--toml"),
            "--toml goes with --dry-run: run.json holds the pipeline of a run",
        ),
        (
            ("--out", "o", "--workers", "2"),
            "--workers: only with --all; one trial runs in this process",
        ),
        (
            ("--out", "o", "--keypoints", "a.trc"),
            "name either a session or --keypoints FILE, not both",
        ),
    ],
)
def test_run_refuses_before_it_reads(
    words: tuple[str, ...], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["run", "session", *words]) == 2
    assert capsys.readouterr().err.startswith(f"kinebench run: {told}")
    assert list(tmp_path.iterdir()) == []


def test_the_plan_without_a_folder_names_the_places_within_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = session(tmp_path / "a", "walk")
    assert planned(one, *SIZE) == 0
    assert capsys.readouterr().out.splitlines() == [f"{one}, walk -> a/walk", "1 trials"]


def test_a_named_trial_of_several_sessions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = [session(tmp_path / name, "walk", "squat") for name in "ab"]
    for folder in named:
        (folder / "sessionMetadata.yaml").write_text("mass_kg: 60.0\nheight_m: 1.7\n")
    words = [*map(str, named), "--trial", "walk", "--dry-run", "--out", str(tmp_path / "o")]
    assert main(["run", *words]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(", ")[1].split(" ->")[0] for line in lines[:-1]] == ["walk", "walk"]
    assert lines[-1] == "2 trials"


def test_nothing_found_is_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    words = [str(tmp_path / "empty"), "--all", "--out", str(tmp_path / "o")]
    assert main(["run", *words]) == 3
    out, err = capsys.readouterr()
    assert (out, err) == ("", "no trial found: nothing was run\n")
    assert main(["run", *words, "--json"]) == 3
    assert json.loads(capsys.readouterr().out) == {"trials": []}
    assert not (tmp_path / "o").exists()
