from __future__ import annotations

import pytest

from kinebench.cli.planning import in_options


@pytest.mark.parametrize(
    ("warning", "told"),
    [
        ("off by millimetres: resample_hz=60 avoids that", "--resample 60 avoids that"),
        ("try resample_hz=59.94", "--resample 59.94"),
    ],
)
def test_parameters_are_told_as_options(warning: str, told: str) -> None:
    assert told in in_options(warning)
    assert "resample_hz" not in in_options(warning)


def test_other_warnings_stay_as_they_are() -> None:
    assert in_options("the trial has 120 Hz") == "the trial has 120 Hz"
