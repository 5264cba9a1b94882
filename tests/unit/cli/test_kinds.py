"""A wrong kind of file or folder is met with what it is, and with the command that takes it."""

from __future__ import annotations

import argparse
import shlex
import zipfile
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from kinebench.baselines.gate import QUICK_BASELINE
from kinebench.cli import kinds, main
from kinebench.cli.kinds import _ENDINGS, _KINDS, _WANTED, kind_of
from kinebench.core import Coordinate, Markers, Motion
from kinebench.io.mot import write_motion
from kinebench.io.trc import write_trc

# paths that are written, or looked for where nothing may be yet
OUTPUTS = {
    "out", "report", "csv", "latex", "motions", "store", "junit", "markdown", "html",
    "write_trials", "ranking", "study new file", "data add origin", "study list folders",
}  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of each kind, by the kind's name."""
    folder = tmp_path_factory.mktemp("kinds")
    times = np.arange(4) / 60
    write_trc(folder / "markers.trc", Markers(("RKnee",), times, np.ones((4, 1, 3))))
    write_motion(
        folder / "motion.mot", Motion((Coordinate("knee_angle_r"),), times, np.ones((4, 1)))
    )
    session = folder / "session"
    (session / "MarkerData").mkdir(parents=True)
    write_trc(session / "MarkerData" / "squat.trc", Markers(("a",), times, np.ones((4, 1, 3))))
    (folder / "sessions" / "one" / "MarkerData").mkdir(parents=True)
    (folder / "run").mkdir()
    (folder / "run" / "run.json").write_text("{}")
    (folder / "folder").mkdir()
    with zipfile.ZipFile(folder / "zipped session.zip", "w") as archive:
        archive.write(session / "MarkerData" / "squat.trc", "S/MarkerData/squat.trc")
    with zipfile.ZipFile(folder / "archive.zip", "w") as archive:
        archive.writestr("a.txt", "a")
    document = '<?xml version="1.0"?><OpenSimDocument Version="40000">{}</OpenSimDocument>'
    (folder / "model.osim").write_text(document.format('<Model name="m"></Model>'))
    setup = "<ScaleTool><ModelScaler/><model_file>m.osim</model_file></ScaleTool>"
    (folder / "set-up.xml").write_text(document.format(setup))
    (folder / "study.toml").write_text('name = "s"\n[[factors]]\nname = "f"\n')
    (folder / "gate.toml").write_text('[under_test]\ncommand = "x"\n')
    (folder / "pipeline.toml").write_text('[pipeline]\nbody = "lab"\n')
    (folder / "baseline.toml").write_bytes(QUICK_BASELINE.read_bytes())
    (folder / "page.html").write_text("<html></html>")
    return folder


def test_what_an_argument_wants_is_kinds_that_there_are_in_words() -> None:
    known = {*_KINDS, *_ENDINGS.values(), "folder"}
    for argument, wanted in _WANTED.items():
        assert isinstance(wanted.kinds, tuple), argument
        assert set(wanted.kinds) <= known, argument
        assert isinstance(wanted.words, str), argument


def named(place: Path, kind: str) -> str:
    if kind == "dataset":
        return "opencap-core"
    return next(str(path) for path in place.iterdir() if path.stem == kind)


@pytest.mark.parametrize("kind", [*_KINDS, "folder"])
def test_each_kind_is_told(place: Path, kind: str) -> None:
    assert kind_of(Path(named(place, kind))) == kind


def test_a_part_of_a_session_stands_for_it(place: Path) -> None:
    assert kind_of(place / "session" / "MarkerData") == "session"


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"plain text"])
def test_what_fits_no_kind_is_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.bin").write_bytes(content)
    (tmp_path / "x.toml").write_bytes(content)
    assert kind_of(tmp_path / "x.bin") == kind_of(tmp_path / "x.toml") == ""
    assert kind_of(tmp_path / "absent") == ""
    assert kind_of(Path("x" * 5000)) == ""


WRONG = {
    ("run", "@markers", "--out", "o"): "kinebench run --keypoints",
    ("run", "@motion", "--out", "o"): "kinebench compare",
    ("run", "@study", "--out", "o"): "kinebench study run",
    ("run", "--keypoints", "@zipped session", "--mass", "70", "--height", "1.7", "--out", "o"):
        "kinebench run",
    ("run", "@session", "--trial", "squat", "--pipeline", "@motion", "--out", "o"):
        "kinebench compare",
    ("why", "@model"): "kinebench run … --scaled-model",
    ("engines", "@gate"): "kinebench check",
    ("audit", "@motion"): "kinebench compare",
    ("compare", "@zipped session", "@motion"): "kinebench run",
    ("compare", "@motion", "@model"): "kinebench run … --scaled-model",
    ("compare", "@dataset", "@motion"): "kinebench data show",
    ("compare", "@gate", "@motion"): "kinebench check",
    ("compare", "--pairs", "@study"): "kinebench study run",
    ("validate", "@session", "@motion"): "kinebench run",
    ("validate", "@motion", "@model"): "kinebench run … --scaled-model",
    ("identify", "@session", "--mass", "70", "--height", "1.7"): "kinebench run",
    ("study", "plan", "@gate"): "kinebench check",
    ("study", "run", "@markers", "--out", "o"): "kinebench run --keypoints",
    ("check", "@study"): "kinebench study run",
    ("check", "@gate", "--baseline", "@gate"): "kinebench check",
    ("baseline", "show", "@pipeline"): "kinebench run … --pipeline",
    ("baseline", "diff", "@baseline", "@gate"): "kinebench check",
    ("data", "show", "@session"): "kinebench run",
    ("data", "fetch", "@zipped session"): "kinebench run",
    ("power", "--pilot", "@motion", "--margin", "5"): "kinebench compare",
}  # fmt: skip


@pytest.mark.parametrize("words", list(WRONG), ids=" ".join)
def test_a_wrong_kind_is_met_with_the_command_that_takes_it(
    place: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch, tmp_path
) -> None:
    monkeypatch.chdir(tmp_path)
    given = [named(place, word[1:]) if word.startswith("@") else word for word in words]
    assert main.main(given) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f" is {_KINDS[kind_of(Path(line.split(': ', 1)[1].split(' is ')[0]))].what}" in line
    assert f"'{WRONG[words]} " in line
    assert "; wanted here: " in line


def test_an_error_of_another_kind_is_left_as_it_is(
    place: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    session = named(place, "session")
    person = ("--mass", "70", "--height", "1.7")
    words = ["run", session, "--trial", "nobody", *person, "--out", str(tmp_path / "o")]
    assert main.main(words) == 2
    assert "session has no trial 'nobody'" in capsys.readouterr().err


def parser_of(command: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(command)
    import_module(f"kinebench.cli.{command}").add_arguments(parser)
    return parser


def paths_of(name: str, parser: argparse.ArgumentParser) -> list[str]:
    found = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each, inner in action.choices.items():
                found += paths_of(f"{name} {each}", inner)
        elif action.type is Path:
            found.append(f"{name} {action.dest}")
    return found


@pytest.mark.parametrize("command", list(main.COMMANDS))
def test_of_every_path_it_is_known_what_is_wanted(command: str) -> None:
    for path in paths_of(command, parser_of(command)):
        first, dest = path.split()[0], path.split()[-1]
        wanted = {dest, f"{first} {dest}"} & _WANTED.keys()
        assert wanted or path in OUTPUTS or dest in OUTPUTS, path


@pytest.mark.parametrize("kind", list(_KINDS))
def test_the_command_that_is_named_takes_it(kind: str) -> None:
    """What is recommended is no other wrong argument."""
    for command in _KINDS[kind].taken_by:
        _, name, *words = shlex.split(command.format("THIS").replace("…", "").replace("KG", "70"))
        words = [word.replace("/kinematics.mot", "") for word in words]
        # what `data` has of required actions stands in the words
        parsed = parser_of(name).parse_args([{"M": "1.7"}.get(word, word) for word in words])
        (dest,) = (
            dest
            for dest, value in vars(parsed).items()
            if "THIS" in map(str, value if isinstance(value, list) else [value])
        )
        wanted = _WANTED.get(f"{name} {dest}") or _WANTED[dest]
        assert kind in wanted.kinds, (command, dest)


def test_nothing_is_looked_at_where_all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(arguments: argparse.Namespace) -> None:
        raise AssertionError("looked at")

    monkeypatch.setattr(kinds, "_mismatches", refuse)
    with kinds.explained(argparse.Namespace(session=Path("x"))):
        pass
