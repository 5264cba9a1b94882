"""What a person read of public recordings stands in the page as in the code that writes it."""

from __future__ import annotations

from pathlib import Path

from benchmarks.diagnosis import real_sessions

PAGE = Path(real_sessions.__file__).with_suffix(".md")


def test_a_new_run_keeps_what_a_person_read() -> None:
    rows = {
        line.split(" | ")[0].removeprefix("| "): line
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| ")
    }
    for title, reading in real_sessions.READ.items():
        assert rows[title].endswith(f"| {reading} |")
