"""Ranges of parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pytest

from kinebench.core.limits import Limit, require_limit, require_within
from kinebench.errors import ValueRangeError

WINDOW = Limit(0, 10, "s", "nothing is left", positive=True)
SHARE = Limit(0, 1)


@dataclass(frozen=True)
class Stage:
    limits: ClassVar[Mapping[str, Limit]] = {"window_s": WINDOW, "shares": SHARE}

    window_s: float | None = 1.0
    shares: tuple[tuple[float, ...], ...] = ((0.0, 1.0),)


@pytest.mark.parametrize("value", [0.0, -1.0, 10.1, float("nan"), float("inf"), -float("inf")])
def test_what_lies_outside_is_refused(value: float) -> None:
    with pytest.raises(ValueRangeError, match="window must be above 0 and at most 10 s, found"):
        require_limit(value, WINDOW, "window")


def test_the_reason_stands_where_it_explains() -> None:
    with pytest.raises(ValueRangeError, match=r"found 1e\+09: nothing is left$"):
        require_limit(1e9, WINDOW, "window")
    with pytest.raises(ValueRangeError, match=r"found -1$"):
        require_limit(-1, WINDOW, "window")


def test_none_passes_and_every_number_of_a_sequence_is_checked() -> None:
    require_within(Stage(None))
    with pytest.raises(ValueRangeError, match="shares of Stage must be 0 to 1, found 2"):
        require_within(Stage(shares=((0.0, 1.0), (0.5, 2.0))))
