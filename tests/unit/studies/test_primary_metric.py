"""A report is about the study's primary metric, whichever it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from kinebench.errors import ValueRangeError
from kinebench.metrics import Alignment, FigureRow, FigureTable, Kind
from kinebench.metrics.catalogue import metrics_of
from kinebench.reports.blocks import Section, TableBlock, Text
from kinebench.reports.html import as_html
from kinebench.reports.study import parts_of, study_document
from kinebench.reports.study.effects import effect_of
from kinebench.studies.analysis.exhibits import exhibits_of
from kinebench.studies.analysis.hindsight import hindsight_of
from kinebench.studies.analysis.scores import Score, measures_of, score_of, scores_of
from kinebench.studies.design import Study
from kinebench.studies.execution.cells import run_study
from kinebench.studies.execution.store import Store

pytestmark = pytest.mark.usefixtures("undrawn")

JUDGING = [metric.name for metric in metrics_of("waveform") if metric.better != "none"]


@pytest.fixture
def made_up_study(made_up: ModuleType) -> Study:
    """Three subjects, whose errors grow with the gain of the solver."""
    sources = tuple(made_up.MadeUpSource("t", f"s{i}") for i in range(3))
    found: Study = made_up.study(sources=sources)
    return found


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Trials are computed once: each metric is then measured on them anew."""
    return Store(tmp_path_factory.mktemp("shared"))


@pytest.mark.parametrize("metric", JUDGING)
def test_any_metric_gives_a_report_with_an_answer(
    made_up_study: Study, metric: str, shared: Store
) -> None:
    study = replace(made_up_study, metrics=(metric,))
    outcomes = run_study(study, shared)
    assert {outcome.status for outcome in outcomes} == {"done"}
    document = study_document("T", "Q", parts_of(study, outcomes), "c")
    page = as_html(document)
    answer = " ".join(_texts(document.sections[0]))
    assert "nothing to compare" not in answer
    assert measures_of(metric)[0].noun in answer
    assert "no run has an error" not in page.lower()


def test_a_pure_number_has_no_degrees(made_up_study: Study, tmp_path: Path) -> None:
    study = replace(made_up_study, metrics=("pearson_r",))
    parts = parts_of(study, run_study(study, Store(tmp_path)))
    document = study_document("T", "Q", parts, "c")
    assert not any("°" in text for section in document.sections[:2] for text in _texts(section))
    heads = [
        head
        for section in document.sections
        for block in section.blocks
        if isinstance(block, TableBlock)
        for head in block.table.header
    ]
    assert "change" in heads
    assert "mean Pearson r" in heads
    assert not any("°" in head for head in heads)


def test_signs_of_the_sides_do_not_cancel() -> None:
    rows = [
        FigureRow(Kind.COORDINATE, f"knee_angle_{side}", "bias", value, "rad")
        for side, value in (("r", 0.1), ("l", -0.1))
    ]
    assert score_of({}, FigureTable.of(rows), "bias").error() == pytest.approx(0.1)


def test_what_should_be_one_is_judged_by_its_distance() -> None:
    rows = [FigureRow(Kind.COORDINATE, "knee_angle_r", "lfm_slope", 0.7, "1")]
    assert score_of({}, FigureTable.of(rows), "lfm_slope").error() == pytest.approx(0.3)


def test_where_higher_is_better_the_lowest_is_the_worst(
    made_up_study: Study, tmp_path: Path
) -> None:
    study, store = replace(made_up_study, metrics=("determination",)), Store(tmp_path)
    outcomes = run_study(study, store)
    scores = scores_of(outcomes, "determination")
    found = {one.role: one.mean_error for one in exhibits_of(study, outcomes, store)}
    errors = [score.error() for score in scores]
    assert found["worst"] == min(errors) < found["best"] == max(errors)
    # a gain of 2 is worse, so its regret is above that of 1
    regret = {
        one.level: one.mean for one in hindsight_of(study.factors[2], scores, ["1", "2"]).regrets
    }
    assert regret["2"] > regret["1"] >= 0
    assert effect_of(study.factors[2], scores).changes[0].contrast.mean < 0


def test_parts_of_two_primary_metrics_are_not_put_beside_each_other(
    made_up_study: Study, tmp_path: Path
) -> None:
    outcomes = run_study(made_up_study, Store(tmp_path))
    other = replace(made_up_study, primary="bias")
    parts = [*parts_of(made_up_study, outcomes), *parts_of(other, outcomes)]
    with pytest.raises(ValueRangeError, match="one primary metric, found rmse, bias"):
        study_document("T", "Q", parts, "c")


def test_a_score_without_the_primary_metric_has_no_error() -> None:
    score = Score({"subject": "s"}, {}, primary=measures_of("bias")[0])
    assert str(score.error()) == str(score.badness()) == "nan"


def _texts(section: Section) -> Sequence[str]:
    return [block.content for block in section.blocks if isinstance(block, Text)]


@pytest.mark.parametrize("metric", ["rmse", "bias", "pearson_r"])
def test_the_lag_is_taken_out_of_the_primary_metric_also_from_a_filled_store(
    made_up_study: Study, metric: str, tmp_path: Path
) -> None:
    """A store that answers for another primary metric would leave the column of lags empty."""
    metrics = ("rmse", "bias", "pearson_r")
    store = Store(tmp_path)
    run_study(replace(made_up_study, metrics=metrics, primary="bias"), store)
    study = replace(made_up_study, metrics=metrics, primary=metric)
    outcomes = run_study(study, store)
    of_lag = {
        row.metric
        for one in outcomes
        for row in one.figures.rows()
        if row.alignment is Alignment.LAG_REMOVED
    }
    assert of_lag == {metric}
    without_lag = measures_of(metric)[-1]
    assert all(score.error(without_lag) >= 0 for score in scores_of(outcomes, metric))
