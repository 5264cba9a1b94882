"""What commands print gives no orders to a terminal."""

from __future__ import annotations

import io
import os
import warnings
from pathlib import Path

import pytest

from kinebench.cli.main import main
from kinebench.cli.output import PrintableStream, terminal_width
from kinebench.errors import KinebenchError, NameNotFoundError, one_line, printable


def test_control_characters_are_spelled_out_and_the_rest_is_left() -> None:
    plain = io.StringIO()
    print("膝 é\t1\x1b[2J\x07\x9b\r\u2028", file=PrintableStream(plain))
    assert plain.getvalue() == "膝 é\t1\\x1b[2J\\x07\\x9b\\r\\u2028\n"


@pytest.mark.parametrize("error", [KinebenchError, NameNotFoundError])
def test_a_message_is_one_bearable_line_whoever_wrote_the_name(error: type[KinebenchError]) -> None:
    text = str(error("x\x1b[2J\ny " + "z" * 100_000))
    assert text.startswith("x\\x1b[2J y zzz")
    assert len(text) < 400
    assert len(str(error("many words " * 10_000))) <= 1001
    assert str(error("a path of " + "p" * 250)) == "a path of " + "p" * 250


def test_reasons_of_others_are_one_line() -> None:
    assert one_line("a\n\n  b\tc") == "a b c"
    assert len(one_line("a " * 5000)) <= 241
    assert printable("plain") == "plain"


def test_escapes_in_names_of_files_reach_neither_stream(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "red\x1b[31m"
    folder.mkdir()
    (folder / "a\x1b]0;title\x07.trc").write_text("x")
    for arguments in (
        ["data", "add", str(folder), "--name", "mine"],
        ["run", str(folder / "a\x1b]0;title\x07.trc"), "--mass", "70", "--height", "1.8"],
        ["compare", str(folder), str(folder)],
        ["data", "show", "x\x1b[2J"],
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert main(arguments) == 2
        found = capsys.readouterr()
        assert "\x1b" not in found.out + found.err
        assert len(found.err.splitlines()) == 1


def test_lines_are_as_wide_as_the_terminal_or_120(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "73")
    assert terminal_width() == 73
    monkeypatch.delenv("COLUMNS")

    def no_terminal(number: int) -> os.terminal_size:
        raise OSError("no terminal")

    monkeypatch.setattr(os, "get_terminal_size", no_terminal)
    assert terminal_width() == 120
    monkeypatch.setattr(os, "get_terminal_size", lambda number: os.terminal_size((91, 7)))
    assert terminal_width() == 91
