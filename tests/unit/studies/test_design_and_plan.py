from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from kinebench.errors import NameNotFoundError, ValueRangeError
from kinebench.studies.analysis.results import TABLES, write_results
from kinebench.studies.changes import Changes, with_level
from kinebench.studies.design import RESERVED, Factor, Level
from kinebench.studies.evidence import EvidenceKind
from kinebench.studies.execution.cells import run_study
from kinebench.studies.execution.store import Store
from kinebench.studies.plan import cells, count_cells


def test_every_trial_meets_every_combination_once(made_up: ModuleType) -> None:
    study = made_up.study()
    planned = list(cells(study))
    labels = {tuple(cell.labels.items()) for cell in planned}
    assert len(planned) == len(labels) == count_cells(study) == 2 * 2 * 2 * 2
    assert [cell.index for cell in planned] == list(range(16))


def test_levels_reach_their_fields(made_up: ModuleType) -> None:
    last = list(cells(made_up.study()))[-1]
    assert last.pipeline.solve.gain == 2.0
    assert last.pipeline.clean[0].height_m == 0.01
    assert last.choices == (("noise_m", 0.005),)


def test_misspelt_path_offers_the_near_field(made_up: ModuleType) -> None:
    study = made_up.study()
    factor = Factor("gain", "solve.gian", (Level("1", 1.0),))
    with pytest.raises(NameNotFoundError, match="did you mean 'gain'"):
        replace(study, factors=(factor,))


def test_path_into_something_without_fields() -> None:
    with pytest.raises(ValueRangeError, match="no fields"):
        with_level(3.0, "a.b", 1)


@pytest.mark.parametrize("levels", [(), (Level("a", 1), Level("a", 2))])
def test_levels_have_names_of_their_own(levels: tuple[Level, ...]) -> None:
    with pytest.raises(ValueRangeError, match="levels of different names"):
        Factor("f", "clean", levels)


def test_two_trials_of_one_name_are_refused(made_up: ModuleType) -> None:
    with pytest.raises(ValueRangeError, match="twice"):
        made_up.study(sources=(made_up.MadeUpSource("t"), made_up.MadeUpSource("t")))


def test_one_level_may_change_several_fields(made_up: ModuleType) -> None:
    both = Changes((("solve.gain", 3.0), ("scale.fails", True)))
    factor = Factor("way", "solve.gain", (Level("usual", 1.0), Level("other", both)))
    usual, other = (
        cell.pipeline
        for cell in cells(replace(made_up.study(), factors=(factor,)))
        if cell.index < 2
    )
    assert (usual.solve.gain, usual.scale.fails) == (1.0, False)
    assert (other.solve.gain, other.scale.fails) == (3.0, True)


def test_changes_name_fields_that_exist(made_up: ModuleType) -> None:
    factor = Factor("way", "solve", (Level("x", Changes((("solve.gian", 1.0),))),))
    with pytest.raises(NameNotFoundError, match="did you mean 'gain'"):
        replace(made_up.study(), factors=(factor,))


def test_levels_that_cannot_go_together_are_marked_and_the_others_run(made_up: ModuleType) -> None:
    solver = Factor(
        "solver", "solve", (Level("made up", made_up.MadeUpIK()), Level("plain", made_up.PlainIK()))
    )
    gain = Factor("gain", "solve.gain", (Level("1", 1.0), Level("2", 2.0)))
    planned = list(cells(replace(made_up.study(), factors=(solver, gain))))
    assert [bool(cell.inapplicable) for cell in planned] == [False, False, True, True] * 2
    assert planned[2].inapplicable.startswith(
        "gain '1' does not apply: PlainIK has no field 'gain'"
    )


def test_inapplicable_cells_are_skipped_with_the_reason(
    made_up: ModuleType, tmp_path: Path
) -> None:
    solver = Factor(
        "solver", "solve", (Level("made up", made_up.MadeUpIK()), Level("plain", made_up.PlainIK()))
    )
    gain = Factor("gain", "solve.gain", (Level("1", 1.0), Level("2", 2.0)))
    study = replace(made_up.study(), factors=(solver, gain))
    outcomes = run_study(study, Store(tmp_path))
    assert [outcome.status for outcome in outcomes] == ["done", "done", "skipped", "skipped"] * 2
    assert "does not apply" in outcomes[2].reason


@pytest.mark.parametrize("name", ["subject", "trial", "activity", "status", "Metric", " unit ", ""])
def test_a_factor_is_not_named_like_a_column_of_the_results(made_up: ModuleType, name: str) -> None:
    """It would overwrite the label of the trial: two subjects became one, silently."""
    factor = Factor(name, "solve.gain", (Level("1", 1.0), Level("2", 2.0)))
    with pytest.raises(ValueRangeError, match="factor") as told:
        made_up.study(factors=(factor,))
    assert len(str(told.value).splitlines()) == 1


def test_no_column_of_the_results_is_free_for_a_factor(made_up: ModuleType, tmp_path: Path) -> None:
    """Whatever `write_results` writes, beside the factors themselves, is reserved."""
    study = made_up.study()
    write_results(tmp_path, study, run_study(study, Store(tmp_path / "store")))
    heads = [(tmp_path / name).read_text().splitlines()[0] for name in TABLES[:2]]
    columns = {column for head in heads for column in head.split(",")}
    assert columns - {factor.name for factor in study.factors} <= RESERVED


@pytest.mark.parametrize(
    ("metrics", "primary", "judged"),
    [
        (("bias",), "", "bias"),
        (("bias", "rmse"), "", "bias"),
        (("bias", "rmse"), "rmse", "rmse"),
        (("max_error_time", "mae"), "", "mae"),
    ],
)
def test_the_first_metric_that_has_a_better_and_a_worse_is_the_primary(
    made_up: ModuleType, metrics: tuple[str, ...], primary: str, judged: str
) -> None:
    assert made_up.study(metrics=metrics, primary=primary).judged.name == judged


@pytest.mark.parametrize(
    ("metrics", "primary", "told"),
    [
        ((), "", "no metrics"),
        (("rmse", "rmse"), "", "twice"),
        (("rmse",), "bias", "primary metric"),
        (("max_error_time",), "", "no better or worse"),
        (("rmse", "max_error_time"), "max_error_time", "no better or worse"),
        # of the catalogue, but of no motion: every cell would fail
        (("side_drop",), "", "side_drop"),
    ],
)
def test_metrics_that_cannot_judge_a_study(
    made_up: ModuleType, metrics: tuple[str, ...], primary: str, told: str
) -> None:
    with pytest.raises((ValueRangeError, NameNotFoundError), match=told):
        made_up.study(metrics=metrics, primary=primary)


def test_evidence_of_no_known_kind_is_refused(made_up: ModuleType) -> None:
    """Parts of a report are made by kind: a slip of the pen would make a part of its own."""
    source = made_up.MadeUpSource("t", evidence="exact thruth")
    with pytest.raises(NameNotFoundError, match=r"trial s1/t, .*\(did you mean 'exact truth'\?\)"):
        made_up.study(sources=(source,))
    told = made_up.study(sources=(made_up.MadeUpSource("t", evidence="mocap-driven"),))
    assert told.sources[0].evidence == EvidenceKind.MOCAP_DRIVEN
