from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kinebench.core.names import file_stem
from kinebench.errors import NameNotFoundError, ValueRangeError
from kinebench.metrics.quantities import Alignment
from kinebench.pipeline.engines import with_engine
from kinebench.pipeline.pipeline import Pipeline
from kinebench.pipeline.spec import PipelineSpec
from kinebench.pipeline.under_test import ReadyFiles
from kinebench.studies.analysis.results import TABLES, write_results
from kinebench.studies.changes import ESTIMATE, Changes, EngineChoice, with_level
from kinebench.studies.design import RESERVED, Factor, Level, Study
from kinebench.studies.evidence import EvidenceKind
from kinebench.studies.execution.cells import run_study
from kinebench.studies.execution.store import Store
from kinebench.studies.plan import Cell, cells, count_cells, one_at_a_time
from kinebench.studies.report_plan import ReportPlan, SectionChoice, with_first_subjects


def test_every_trial_meets_every_combination_once(made_up: ModuleType) -> None:
    study = made_up.study()
    planned = list(cells(study))
    labels = {tuple(cell.labels.items()) for cell in planned}
    assert len(planned) == len(labels) == count_cells(study) == 2 * 2 * 2 * 2
    assert [cell.index for cell in planned] == list(range(16))


def stages(cell: Cell) -> Any:
    """The cell's pipeline, whose stages are the made-up ones."""
    assert isinstance(cell.pipeline, Pipeline)
    return cell.pipeline


def test_levels_reach_their_fields(made_up: ModuleType) -> None:
    last = list(cells(made_up.study()))[-1]
    pipeline = stages(last)
    assert pipeline.solve.gain == 2.0
    assert pipeline.clean[0].height_m == 0.01
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
        stages(cell)
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


def said(made_up: ModuleType, **changes: Any) -> str:
    with pytest.raises((ValueRangeError, NameNotFoundError)) as caught:
        made_up.study(**changes)
    return str(caught.value)


def test_a_study_that_cannot_be_is_one_sentence(made_up: ModuleType) -> None:
    gain = Factor("gain", "solve.gain", (Level("1", 1.0), Level("2", 2.0)))
    source = made_up.MadeUpSource("t")
    study = "study 'made-up'"
    assert said(made_up, factors=(gain, replace(gain, path="clean"))) == (
        f"{study} has factor 'gain' twice; names must differ"
    )
    assert said(made_up, factors=(gain, replace(gain, name="again"))) == (
        f"{study} has factor path 'solve.gain' twice; names must differ"
    )
    assert said(made_up, sources=(source, source)) == (
        f"{study} has trial 's1/t' twice; names must differ"
    )
    for margin, found in ((0.0, "0"), (-0.5, "-0.5"), (math.inf, "inf"), (math.nan, "nan")):
        assert said(made_up, margin=margin) == (
            f"{study}: the margin must be positive, found {found}"
        )
    assert made_up.study(margin=0.5).margin == 0.5
    assert said(made_up, factors=(replace(gain, name=" Status "),)) == (
        f"{study} has a factor ' Status ', which is the name of a column of the results; choose"
        " another, such as 'Status level'"
    )
    assert (
        said(made_up, factors=(replace(gain, name=" "),)) == f"{study} has a factor without a name"
    )
    assert said(made_up, metrics=()) == f"{study} has no metrics; name one, such as rmse"
    assert said(made_up, metrics=("rmse", "bias", "bias")) == f"{study} has metric 'bias' twice"
    assert said(made_up, metrics=("max_error_time",)) == (
        f"{study}: max_error_time has no better or worse, so it cannot be the primary metric; add"
        " one that has, such as rmse"
    )
    for labels, found in (((), "none"), (("a", "b", "a", "b"), "twice: a, b")):
        with pytest.raises(ValueRangeError) as caught:
            Factor("f", "clean", tuple(Level(label, 1) for label in labels))
        assert str(caught.value) == f"factor 'f' needs levels of different names, {found}"


def test_what_a_study_leaves_out_has_defaults(made_up: ModuleType) -> None:
    study = made_up.study()
    plain = Study(study.name, study.question, study.base, study.factors, study.sources)
    assert (plain.metrics, plain.primary, plain.datasets, plain.margin) == (
        ("rmse", "bias", "offset_removed_rmse"), "", (), None,
    )  # fmt: skip
    assert plain.judged.name == "rmse"


def test_columns_of_results_with_their_units_are_taken() -> None:
    for alignment in Alignment:
        for unit in ("", "_deg", "_s"):
            assert f"{alignment.column}{unit}" in RESERVED
    assert {"subject", "trial", "activity", "status", "reason", "on", "kind", "unit"} <= RESERVED


def test_factors_of_data_start_so(made_up: ModuleType) -> None:
    noise, shift, _ = made_up.study().factors
    assert (noise.of_data, shift.of_data) == (True, False)


def test_cells_of_effects_have_one_factor_at_most_off_its_first_level(made_up: ModuleType) -> None:
    found = list(one_at_a_time(made_up.study(heights=(0.0, 0.1, 0.2))))
    labels = [tuple(cell.labels.values())[3:] for cell in found if cell.source.name == "t1"]
    assert labels == [
        ("none", "0 m", "1"), ("none", "0 m", "2"), ("none", "0.1 m", "1"),
        ("none", "0.2 m", "1"), ("5 mm", "0 m", "1"),
    ]  # fmt: skip
    assert len(found) == 10
    assert count_cells(made_up.study(factors=())) == 2


def test_a_cell_is_labelled_by_trial_and_levels(made_up: ModuleType) -> None:
    *_, last = cells(made_up.study())
    assert last.labels == {
        "subject": "s2", "trial": "t2", "activity": "squat", "noise": "5 mm", "shift": "0.01 m",
        "gain": "2",
    }  # fmt: skip
    assert (last.index, last.inapplicable) == (15, "")
    assert [name for name, _ in last.levels] == ["noise", "shift", "gain"]


def test_a_whole_pipeline_is_put_in_before_other_factors_vary_it(made_up: ModuleType) -> None:
    base = made_up.study().base
    whole = Factor("pipeline", ESTIMATE, (Level("floor", replace(base, floor=made_up.Shift(1.0))),))
    gain = Factor("gain", "solve.gain", (Level("2", 2.0),))
    for factors in ((gain, whole), (whole, gain)):
        (cell, _) = cells(made_up.study(factors=factors))
        assert stages(cell).floor == made_up.Shift(1.0)
        assert stages(cell).solve.gain == 2.0
        assert [name for name, _ in cell.levels] == [factor.name for factor in factors]


# ---- reports of studies


def test_a_report_has_studies_of_different_names_and_one_primary_metric(
    made_up: ModuleType, tmp_path: Path
) -> None:
    one, other = made_up.study(), replace(made_up.study(), name="another one")
    plan = ReportPlan("T", "why?", (one, other))
    assert (plan.sections, plan.baseline) == ((), None)
    assert plan.tables(tmp_path, one) == tmp_path / "made-up"
    assert plan.tables(tmp_path, other) == tmp_path / file_stem("another one")
    assert ReportPlan("T", "why?", (one,)).tables(tmp_path, one) == tmp_path
    judged = replace(other, primary="bias")
    for studies, told in (
        ((one, one), "two studies of 'T' have the name 'made-up'; names must differ, for each has a"
                     " folder of tables"),
        ((one, judged), "the studies of 'T' must have one primary metric, found rmse, bias;"
                        " 'primary' sets it in each file"),
        ((), "the studies of 'T' must have one primary metric, found no study; 'primary' sets it in"
             " each file"),
    ):  # fmt: skip
        with pytest.raises(ValueRangeError) as caught:
            ReportPlan("T", "why?", studies)
        assert str(caught.value) == told


def test_a_try_out_has_the_first_virtual_subjects_and_all_recordings(made_up: ModuleType) -> None:
    real = EvidenceKind.REAL_KEYPOINTS
    sources = (
        made_up.MadeUpSource("t1", "b"), made_up.MadeUpSource("t2", "b"),
        made_up.MadeUpSource("t1", "r", evidence=real), made_up.MadeUpSource("t1", "a"),
        made_up.MadeUpSource("t1", "c"),
    )  # fmt: skip
    plan = ReportPlan("T", "why?", (made_up.study(sources=sources),), baseline=Path("known"))
    for n, expected in ((0, "r"), (1, "bbr"), (2, "bbra"), (9, "bbrac")):
        tried = with_first_subjects(plan, n)
        assert "".join(source.subject for source in tried.studies[0].sources) == expected
        assert tried.baseline is None


def test_a_section_is_of_all_activities_by_default() -> None:
    assert SectionChoice("causes") == SectionChoice("causes", "", "", (), "activity", "")


# ---- changes


def test_an_engine_is_chosen_with_set_ups_as_they_were() -> None:
    base = PipelineSpec(body="lab", engine="fast", augmenter="lab-1").build()
    other = EngineChoice("opensim").applied_to(base)
    assert other == with_engine(base, "opensim") != base
    assert EngineChoice("fast").applied_to(other) == base


def test_a_level_replaces_a_field_or_the_whole(made_up: ModuleType) -> None:
    base = made_up.study().base
    assert with_level(base, ESTIMATE, "anything") == "anything"
    assert with_level(base, "solve", made_up.PlainIK()).solve == made_up.PlainIK()
    assert with_level(base, "solve.gain", 5.0) == replace(base, solve=made_up.MadeUpIK(5.0))
    with pytest.raises(ValueRangeError) as caught:
        with_level(base, "solve.gain.more", 5.0)
    assert str(caught.value) == "'more' leads into a float, which has no fields"
    # a change of the pipeline is one wherever its factor's path leads
    change = Changes((("solve.gain", 3.0),))
    assert with_level(base, "augment.version", change).solve.gain == 3.0


def test_a_primary_metric_is_one_of_the_study_s(made_up: ModuleType) -> None:
    told = said(made_up, metrics=("rmse",), primary="bias")
    assert told.startswith("the study's metrics has no primary metric 'bias'")


def test_a_study_runs_our_own_pipeline_unless_all_its_pipelines_are_others(
    made_up: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    base, theirs = made_up.study().base, ReadyFiles(tmp_path / "mine")
    assert made_up.study().runs_own
    assert made_up.study(factors=()).runs_own
    for values, expected in (((theirs,), False), ((theirs, base), True), ((base,), True)):
        levels = tuple(Level(str(i), value) for i, value in enumerate(values))
        found = made_up.study(factors=(Factor("pipeline", ESTIMATE, levels),))
        assert found.runs_own is expected
