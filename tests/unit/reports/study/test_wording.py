from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from kinebench.reports.study.wording import (
    change_in_words,
    counted,
    joined,
    signed,
    signed_estimate,
    with_unit,
)
from kinebench.statistics import Interval, paired_contrast


def test_numbers_carry_sign_and_unit() -> None:
    assert signed(math.radians(1.234)) == "+1.23°"
    assert signed(math.radians(-1.234)) == "−1.23°"
    assert with_unit(-0.0042, "m", 1) == "−4.2 mm"
    assert signed(math.nan) == signed(math.inf) == "—°"
    assert signed(0.0) == signed(-1e-9) == "0.00°"
    assert signed_estimate(0.002, Interval(-0.001, 0.005, 0.95), "m", 1) == "+2.0 mm [−1.0, 5.0]"
    assert signed_estimate(0.002, Interval(math.nan, math.nan, 0.95), "m", 1) == "+2.0 mm"


@pytest.mark.parametrize(
    ("items", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (list("abc"), "a, b and c")],
)
def test_lists_in_words(items: list[str], text: str) -> None:
    assert joined(items) == text


def test_counts() -> None:
    assert (counted(1, "subject"), counted(3, "subject")) == ("1 subject", "3 subjects")


def test_a_change_says_how_sure_it_is() -> None:
    degrees = np.radians([1.0, 1.2, 0.8, 1.1])
    contrast = paired_contrast(np.zeros(4), degrees)
    assert change_in_words(contrast).startswith("+1.03° [0.75, 1.30]")
    assert "chance" not in change_in_words(contrast)
    assert "(n.s., adjusted p = 0.05)" in change_in_words(replace(contrast, p_adjusted=0.05))
    alone = replace(contrast, interval=Interval(math.nan, math.nan, 0.95))
    assert "one subject, no interval" in change_in_words(alone)
