"""The laboratory's table of variance components, on numbers whose components are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.laboratory.components import (
    BIAS,
    PEAK,
    command,
    page,
    person_interval,
    row,
)
from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError

SIGNS = np.array([-1.0, 1.0])


def nested(person: float, trial: float, noise: float) -> FloatArray:
    """10 ± person ± trial ± noise: two of each."""
    return 10 + person * SIGNS[:, None, None] + trial * SIGNS[:, None] + noise * SIGNS


def test_a_row_holds_the_components_of_balanced_numbers() -> None:
    # variances: of noise 2 × 0.5²; of trials' means 2 × 1², less 0.5 / 2; of people's means
    # 2 × 3², less 2 / 2. Interval: (18 - F(1, 2) × 2 / 2) / χ²(1), with F 38.5 and χ² 5.02 at
    # 97.5 % (below 0), F 0.00125 and χ² 0.000982 at 2.5 %
    assert row("squat", nested(3.0, 1.0, 0.5)) == [
        "squat", "10.00", "4.12", "88 %", "0.00 to 135.38", "1.32", "9 %", "0.71", "3 %", "1, 2, 4",
    ]  # fmt: skip


def test_a_negative_estimate_is_0_and_marked() -> None:
    cells = row("squat", nested(3.0, 0.0, 1.0))
    assert cells[5:7] == ["0 (negative)", "0 %"]
    assert "0 (negative)" not in cells[:5] + cells[7:]


def test_a_truth_without_noise_has_none() -> None:
    cells = row("squat", nested(3.0, 1.0, 0.0)[:, :, :1])
    assert cells[5] == "1.41"
    assert cells[7:] == ["none", "0 %", "1, 2, 0"]


def test_components_come_back_from_many_people() -> None:
    draws = np.random.default_rng(3)
    values = (
        -2.0
        + 3.0 * draws.standard_normal((4_000, 1, 1))
        + 2.0 * draws.standard_normal((4_000, 2, 1))
        + 1.0 * draws.standard_normal((4_000, 2, 2))
    )
    cells = row("gait", values)
    assert [float(cells[k]) for k in (1, 2, 5, 7)] == pytest.approx([-2, 3, 2, 1], abs=0.12)
    low, high = (float(one) for one in cells[4].split(" to "))
    assert low < 3.0 < high < low + 0.2


@pytest.mark.parametrize("trial", [0.2, 1.0, 3.0])
def test_the_interval_of_ten_people_covers_as_it_says(trial: float) -> None:
    draws = np.random.default_rng(7)
    covered = 0
    for _ in range(2_000):
        values = draws.standard_normal((10, 1, 1)) + trial * draws.standard_normal((10, 2, 1))
        covered += 1.0 in person_interval(values + 0.5 * draws.standard_normal((10, 2, 2)))
    # 95 %, less two standard errors of the simulation; all of one tail more and it says too little
    assert 0.94 <= covered / 2_000 <= 0.975


def test_the_planner_gets_noise_with_the_trial() -> None:
    values = nested(3.0, 1.0, 0.5)
    assert command(values) == (
        f"kinebench power --margin 5 --bias 10.00 --subject-sd {math.sqrt(17):.2f}"
        f" --trial-sd {math.sqrt(1.75 + 0.5):.2f}"
    )


def test_only_differences_are_handed_to_the_planner() -> None:
    text = page({("squat", BIAS): nested(3, 1, 0.5), ("squat", PEAK): nested(9, 1, 0)[:, :, :1]})
    assert text.count("`kinebench power --margin") == 1
    assert "2 varied people" in text
    assert text.count("| squat | 10.00 |") == 2


@pytest.mark.parametrize("shape", [(1, 2, 2), (3, 1, 2)])
def test_too_few_people_or_trials_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueRangeError, match=r"at least 2|two trials"):
        person_interval(np.zeros(shape))
