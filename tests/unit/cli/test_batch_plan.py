"""`kinebench run --all`, before anything is run: what is refused, and the plan."""

from __future__ import annotations

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
