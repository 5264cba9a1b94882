from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.metrics import FigureRow, FigureTable, Kind
from kinebench.studies.analysis.attribution import shares_of
from kinebench.studies.analysis.hindsight import hindsight_of
from kinebench.studies.analysis.scores import AS_IS, Score
from kinebench.studies.design import Factor, Level, Study
from kinebench.studies.execution.cells import Outcome

FACTORS = tuple(
    Factor(name, f"data.{name}", tuple(Level(x, x) for x in ("off", "half", "on")))
    for name in ("tilt", "pose")
)
FIGURE = (Kind.COORDINATE, "knee_angle_r", "rmse")
TRIALS = (("a", "1"), ("a", "2"), ("b", "1"))


@pytest.fixture(scope="module")
def study(made_up: ModuleType) -> Study:
    found: Study = made_up.study(factors=FACTORS)
    return found


def outcomes(value: Any, trials: Sequence[tuple[str, str]] = TRIALS) -> list[Outcome]:
    """Cells whose one row is ``value(subject, trial, tilt, pose)``."""
    cells = itertools.product(trials, ("off", "half", "on"), ("off", "half", "on"))
    return [
        Outcome(
            index,
            {"subject": s, "trial": t, "activity": "x", "tilt": tilt, "pose": pose},
            "done",
            "",
            FigureTable.of([FigureRow(*FIGURE, value(s, t, tilt, pose), "rad")]),
        )
        for index, ((s, t), tilt, pose) in enumerate(cells)
    ]


def reading(figures: FigureTable) -> float:
    return figures.value(*FIGURE)


AMOUNT = {"off": 0.0, "half": 100.0, "on": 1.0}  # levels between the ends play no part


@given(tilt=st.floats(-5, 5), pose=st.floats(-5, 5), both=st.floats(-5, 5), start=st.floats(-5, 5))
def test_shares_add_up_and_interactions_are_halved(
    study: Study, tilt: float, pose: float, both: float, start: float
) -> None:
    def value(s: str, t: str, a: str, b: str) -> float:
        x, y = AMOUNT[a], AMOUNT[b]
        return start + tilt * x + pose * y + both * x * y

    (first, second), n_trials = shares_of(study, outcomes(value), reading)
    assert n_trials == 3
    assert (first.factor, second.factor) == ("tilt", "pose")
    assert first.mean == pytest.approx(tilt + both / 2, abs=1e-9)
    assert second.mean == pytest.approx(pose + both / 2, abs=1e-9)


def test_subjects_count_alike_however_many_trials_they_have(study: Study) -> None:
    effect = {("a", "1"): 1.0, ("a", "2"): 3.0, ("b", "1"): -4.0}
    found = outcomes(lambda s, t, a, b: effect[s, t] * AMOUNT[a])
    (tilt, pose), _ = shares_of(study, found, reading)
    assert tilt.mean == pytest.approx((2.0 - 4.0) / 2)
    assert tilt.size == pytest.approx((2.0 + 4.0) / 2)
    assert tilt.interval.low < tilt.mean < tilt.interval.high
    assert pose.size == 0.0


def test_a_trial_that_lacks_a_cell_does_not_count(study: Study) -> None:
    found = outcomes(lambda s, t, a, b: AMOUNT[a] if s == "a" else 50 * AMOUNT[a])
    failed = [
        Outcome(o.index, o.labels, "failed", "why")
        if o.labels["subject"] == "b" and o.labels["tilt"] == "on"
        else o
        for o in found
    ]
    (tilt, _), n_trials = shares_of(study, failed, reading)
    assert (tilt.mean, n_trials) == (1.0, 2)
    assert math.isnan(tilt.interval.low)
    missing = [o for o in found if o.labels["tilt"] != "on"]
    assert shares_of(study, missing, reading) == ((), 0)


def scores(errors: Mapping[tuple[str, str], Mapping[str, float]]) -> list[Score]:
    return [
        Score({"subject": s, "trial": t, "filter": level}, {AS_IS: {"knee_angle": error}})
        for (s, t), levels in errors.items()
        for level, error in levels.items()
    ]


FILTER = Factor("filter", "clean", tuple(Level(x, x) for x in ("none", "4", "6", "auto")))


def test_regret_is_against_the_best_of_the_same_trial() -> None:
    found = hindsight_of(
        FILTER,
        scores(
            {
                ("a", "1"): {"none": 5.0, "4": 2.0, "6": 3.0, "auto": 2.5},
                ("b", "1"): {"none": 5.0, "4": 4.0, "6": 1.0, "auto": 0.5},
            }
        ),
        ("4", "6"),
    )
    regret = {one.level: one.mean for one in found.regrets}
    assert regret == pytest.approx({"none": 3.5, "4": 1.5, "6": 0.5, "auto": 0.0})
    assert found.chosen == (("4", 1), ("6", 1))
    assert (found.n_cells, found.n_subjects) == (2, 2)


def test_trials_that_lack_a_level_do_not_count() -> None:
    found = hindsight_of(
        FILTER,
        scores(
            {
                ("a", "1"): {"none": 5.0, "4": 2.0, "6": 3.0, "auto": 2.5},
                ("b", "1"): {"none": 5.0, "4": 4.0, "6": 1.0},
            }
        ),
        ("4", "6"),
    )
    assert found.n_cells == 1
    assert hindsight_of(FILTER, [], ("4",)).regrets == ()
