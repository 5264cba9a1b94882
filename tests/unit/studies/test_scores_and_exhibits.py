from __future__ import annotations

import math
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from kinebench.errors import ValueRangeError
from kinebench.metrics import Alignment, FigureRow, FigureTable, Kind
from kinebench.studies.analysis.exhibits import _chosen, exhibits_of
from kinebench.studies.analysis.scores import (
    AS_IS,
    LAG_REMOVED,
    OFFSET_REMOVED,
    Measure,
    measures_of,
    score_of,
    scores_of,
)
from kinebench.studies.design import Study
from kinebench.studies.execution.cells import Outcome, run_study
from kinebench.studies.execution.store import Store


def figure(
    item: str, metric: str, value: float, unit: str = "rad", kind: Kind = Kind.COORDINATE
) -> FigureRow:
    return FigureRow(kind, item, metric, value, unit)


def test_sides_are_averaged_before_angles() -> None:
    rows = [
        figure("knee_angle_r", "rmse", 0.3),
        figure("knee_angle_l", "rmse", 0.1),
        figure("pelvis_tilt", "rmse", 0.4),
        figure("arm_flex_r", "rmse", 9.0),
        figure("pelvis_ty", "rmse", 9.0, "m"),
        figure("hip_flexion_r", "rmse", math.nan),
        figure("knee_angle_r", "rmse", 0.05)._replace(alignment=Alignment.LAG_REMOVED),
        figure("knee_angle_r", "rmse", 9.0, kind=Kind.MARKER_ERROR),
    ]
    score = score_of({}, FigureTable.of(rows))
    assert score.error() == pytest.approx((0.2 + 0.4) / 2)
    assert score.error(LAG_REMOVED) == pytest.approx(0.05)
    assert math.isnan(score.error(OFFSET_REMOVED))
    assert set(score.angles[AS_IS]) == {"knee_angle", "pelvis_tilt"}


def test_the_offset_is_taken_out_by_the_metric_that_the_catalogue_names() -> None:
    rows = [
        figure("pelvis_tilt", "rmse", 0.4),
        figure("pelvis_tilt", "offset_removed_rmse", 0.1),
    ]
    score = score_of({}, FigureTable.of(rows), others=("offset_removed_rmse", "bias"))
    assert score.error(OFFSET_REMOVED) == score.error(Measure("offset_removed_rmse")) == 0.1
    assert math.isnan(score.error(Measure("bias")))


def test_sides_of_a_cell() -> None:
    rows = [
        figure("hip", "side_drop", -0.01, "m", Kind.LANDMARK),
        figure("heel", "right_minus_left", 0.5, "m", Kind.LANDMARK),
        figure("pelvis_list", "bias", 0.02),
        figure("pelvis_tilt", "bias", 0.5),
    ]
    score = score_of({}, FigureTable.of(rows))
    assert score.drops == {"hip": -0.01}
    assert score.list_bias == 0.02
    assert math.isnan(score.error())


def test_only_what_is_done_has_a_score() -> None:
    table = FigureTable.of([figure("pelvis_tilt", "rmse", 1.0)])
    done = Outcome(0, {"subject": "s"}, "done", "", table)
    skipped = Outcome(1, {"subject": "s"}, "skipped", "why")
    assert [score.error() for score in scores_of([done, skipped])] == [1.0]


@pytest.fixture
def study(made_up: ModuleType) -> Study:
    sources = tuple(made_up.MadeUpSource("t", f"s{i}") for i in range(3))
    found: Study = made_up.study(heights=(0.0, 0.1, 0.2), sources=sources)
    return found


def test_exhibits_are_the_worst_the_median_and_the_best(study: Study, tmp_path: Path) -> None:
    store = Store(tmp_path)
    outcomes = run_study(study, store)
    errors = sorted(score.error() for score in scores_of(outcomes))
    found = exhibits_of(study, outcomes, store, 2)
    assert [one.role for one in found] == ["worst", "second worst", "median", "best"]
    worst, second, median, best = (one.mean_error for one in found)
    assert (worst, median, best) == (errors[-1], errors[len(errors) // 2 - 1], errors[0])
    assert worst >= second
    # of another trial, so that the list is no repetition
    assert found[0].labels["subject"] != found[1].labels["subject"]


def test_an_exhibit_shows_the_motions_that_were_scored(study: Study, tmp_path: Path) -> None:
    store = Store(tmp_path)
    outcomes = run_study(study, store)
    for one in exhibits_of(study, outcomes, store):
        error = one.estimate.value("knee_angle_r") - one.reference.value("knee_angle_r")
        assert np.sqrt(np.mean(error**2)) == pytest.approx(one.mean_error)
        assert one.model.name == "made_up"


def test_what_the_store_holds_is_not_computed_again(made_up: ModuleType, tmp_path: Path) -> None:
    log = tmp_path / "log"
    study = made_up.study(str(log))
    store = Store(tmp_path / "store")
    outcomes = run_study(study, store)
    before = log.read_text()
    assert exhibits_of(study, outcomes, store)
    assert log.read_text() == before


def test_outcomes_may_be_those_of_some_trials(study: Study, tmp_path: Path) -> None:
    store = Store(tmp_path)
    outcomes = [o for o in run_study(study, store) if o.labels["subject"] == "s2"]
    assert {one.labels["subject"] for one in exhibits_of(study, outcomes, store, 3)} == {"s2"}


def test_without_errors_there_is_nothing_to_show(study: Study, tmp_path: Path) -> None:
    assert exhibits_of(study, (), Store(tmp_path)) == ()
    with pytest.raises(ValueRangeError, match="1 or more"):
        exhibits_of(study, (), Store(tmp_path), 0)


# ---- which cells are shown


def cell(index: int, subject: str, trial: str, error: float, metric: str = "rmse") -> Outcome:
    row = figure("knee_angle_r", metric, error, "rad" if metric == "rmse" else "1")
    labels = {"subject": subject, "trial": trial}
    return Outcome(index, labels, "done", "", FigureTable.of([row]))


def roles(outcomes: list[Outcome], n: int, metric: str = "rmse") -> list[tuple[str, int]]:
    return [(role, outcome.index) for role, _, outcome in _chosen(outcomes, n, metric)]


def test_the_worst_cell_of_each_of_the_worst_trials_comes_first() -> None:
    """Errors of 0.9 down to 0.1 of five trials; the median is the middle one of all cells."""
    errors = [("a", "1", 0.9), ("a", "1", 0.8), ("a", "2", 0.7), ("b", "1", 0.6), ("c", "1", 0.5),
              ("d", "1", 0.4), ("d", "1", 0.1)]  # fmt: skip
    outcomes = [cell(i, *one) for i, one in enumerate(errors)]
    assert roles(outcomes, 4) == [
        ("worst", 0), ("second worst", 2), ("third worst", 3), ("4th worst", 4), ("best", 6),
    ]  # fmt: skip
    assert roles(outcomes, 1) == [("worst", 0), ("median", 3), ("best", 6)]
    assert roles(outcomes[::-1], 1) == roles(outcomes, 1)
    # of an even number, the better of the two in the middle
    assert roles(outcomes[:6], 1)[1] == ("median", 3)
    assert roles(outcomes[:1], 3) == [("worst", 0)]
    assert roles([], 1) == []


def test_equal_errors_keep_the_order_of_the_plan_and_unknown_ones_do_not_count() -> None:
    outcomes = [cell(3, "a", "1", 0.5), cell(1, "b", "1", 0.5), cell(2, "c", "1", math.nan)]
    assert roles(outcomes, 1) == [("worst", 1), ("median", 3)]


def test_where_higher_is_better_the_lowest_is_the_worst() -> None:
    outcomes = [cell(0, "a", "1", 0.9, "pearson_r"), cell(1, "b", "1", 0.2, "pearson_r"),
                cell(2, "c", "1", 0.5, "pearson_r")]  # fmt: skip
    assert roles(outcomes, 1, "pearson_r") == [("worst", 1), ("median", 2), ("best", 0)]
    (_, error, _), *_ = _chosen(outcomes, 1, "pearson_r")
    assert error == 0.2


def test_a_measure_says_what_it_is() -> None:
    rmse, correlation = Measure("rmse"), Measure("pearson_r")
    assert (rmse.unit, rmse.label, rmse.noun) == ("rad", "RMSE", "mean error")
    assert not rmse.higher_is_better
    assert correlation.higher_is_better
    assert correlation.noun == f"mean {correlation.label}"
    assert Measure("bias").label == "|bias|"
    figures = FigureTable.of(
        [figure("knee_angle_r", "bias", -0.3), figure("knee_angle_l", "bias", 0.1)]
    )
    assert Measure("bias").errors(figures) == pytest.approx({"knee_angle": 0.2})
    assert Measure("bias").error(figures) == pytest.approx(0.2)
    assert math.isnan(rmse.error(figures))
    # a metric whose offset cannot be taken out has no such measure
    assert [one.alignment for one in measures_of("rmse")] == list(Alignment)
    assert Alignment.OFFSET_REMOVED not in [one.alignment for one in measures_of("bias")]
