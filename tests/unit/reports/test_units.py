from __future__ import annotations

import math

import pytest

from kinebench.reports.units import (
    readable,
    readable_estimate,
    readable_interval,
    readable_unit,
    scale_of,
    triple_of,
)
from kinebench.statistics import Interval


def test_angles_in_degrees_lengths_in_millimetres() -> None:
    assert (readable(math.pi, "rad"), readable_unit("rad")) == ("180.00", "°")
    assert (readable(0.0123, "m", 1), readable_unit("m")) == ("12.3", "mm")
    assert (readable(0.5, "1"), readable_unit("1")) == ("0.50", "")
    assert (readable(1.5, "%"), readable_unit("%"), scale_of("%")) == ("1.50", "%", 1.0)


@pytest.mark.parametrize(
    ("value", "text"),
    [(-0.001, "0.00"), (0.0, "0.00"), (-1.234, "−1.23"), (math.nan, "—"), (math.inf, "—")],
)
def test_signs_and_what_does_not_exist(value: float, text: str) -> None:
    assert readable(value, "s") == text


def test_intervals() -> None:
    assert readable_interval(Interval(-0.001, 0.002, 0.95), "m", 1) == "[−1.0, 2.0]"
    assert readable_interval((0.0, math.nan), "m") == ""


def test_an_estimate_stands_before_its_interval_if_it_has_one() -> None:
    assert readable_estimate(0.0005, Interval(-0.001, 0.002, 0.95), "m", 1) == "0.5 [−1.0, 2.0]"
    assert readable_estimate(0.0005, (math.nan, math.nan), "m", 1) == "0.5"


def test_triples_are_numbers_in_the_readable_unit() -> None:
    assert triple_of(math.pi, Interval(0.0, 2 * math.pi, 0.95), "rad") == (180.0, 0.0, 360.0)
    assert triple_of(0.5, (0.25, 1.0), "m") == (500.0, 250.0, 1000.0)
