from __future__ import annotations

from argparse import ArgumentTypeError

import pytest

from kinebench.cli.arguments import one_or_more
from kinebench.cli.main import main


def test_counts_from_one() -> None:
    assert [one_or_more(text) for text in ("1", " 12 ")] == [1, 12]


@pytest.mark.parametrize("text", ["0", "-3", "1.5", "two", ""])
def test_what_is_no_count_is_told(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match=f"1 or more, found '{text}'"):
        one_or_more(text)


@pytest.mark.parametrize("option", ["--subjects", "--workers"])
def test_a_demonstration_of_nobody_by_nobody_does_not_start(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", option, "0"]) == 2
    assert f"argument {option}: must be a whole number" in capsys.readouterr().err
