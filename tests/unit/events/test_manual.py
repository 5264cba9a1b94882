"""Events from a CSV file."""

from __future__ import annotations

from pathlib import Path

import pytest

from kinebench.errors import FileFormatError
from kinebench.events import ManualEvent, read_events


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "events.csv"
    path.write_text(text, encoding=encoding)
    return path


def test_events_are_read_in_order(tmp_path: Path) -> None:
    text = """# by hand
name,start_s,end_s,trial

squat 2,3.5,5,squats1
"heel strike, right", 1.25 ,,walking1
"""
    assert read_events(written(tmp_path, text)) == (
        ManualEvent("squat 2", 3.5, 5.0, "squats1"),
        ManualEvent("heel strike, right", 1.25, None, "walking1"),
    )


def test_columns_may_come_in_any_order_and_be_few(tmp_path: Path) -> None:
    path = written(tmp_path, "start_s,name\r\n0.5,jump\r\n")
    assert read_events(path) == (ManualEvent("jump", 0.5, None, ""),)


def test_spreadsheets_write_a_mark_first(tmp_path: Path) -> None:
    path = written(tmp_path, "name,start_s\njump,1\n", "utf-8-sig")
    assert read_events(str(path)) == (ManualEvent("jump", 1.0, None, ""),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "events.csv is empty"),
        ("# nothing\n\n", "is empty"),
        ("name,begin\na,1\n", r"line 1: columns must be name, start_s.*found name, begin"),
        ("name,start_s,name\na,1,b\n", "each once"),
        ("name,start_s\n\na,1\nb,1,2\n", "line 4: 2 fields expected, found 3"),
        ("name,start_s\na,soon\n", "line 2, field start_s: seconds expected, found 'soon'"),
        ("name,start_s\na,nan\n", "line 2, field start_s"),
        ("name,start_s\na,\n", "line 2, field start_s: seconds expected, found ''"),
        ("name,start_s,end_s\na,1,x\n", "line 2, field end_s"),
        ("name,start_s,end_s\na,2,1\n", "line 2, field end_s: 1 s does not come after start_s, 2"),
        ("name,start_s,end_s\na,2,2\n", "does not come after"),
        ("name,start_s\n", "lists no event below its line of columns"),
        ("name,start_s\na,1e6\n", "line 2, field start_s: seconds expected, found '1e6'"),
        ("name,start_s\na,inf\n", "line 2, field start_s: seconds expected, found 'inf'"),
        ("name,start_s\na\x1b[2J,1\n", "line 2, field name: .*holds a control character"),
        ("name,start_s,trial\na,1,b\x07\n", "line 2, field trial: .*control character"),
        ("name,start_s\n ,2\n", "line 2, field name: empty"),
    ],
)
def test_errors_name_line_and_field(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(FileFormatError, match=message):
        read_events(written(tmp_path, text))


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match=r"cannot read .*nowhere\.csv"):
        read_events(tmp_path / "nowhere.csv")
    assert read_events(written(tmp_path, "name,start_s\nö,1\n", "latin-1"))[0].name == "ö"
