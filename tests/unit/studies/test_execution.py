from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kinebench.errors import KinebenchWarning
from kinebench.io.atomic import OutputError
from kinebench.metrics import Alignment, Kind
from kinebench.pipeline.pipeline import Pipeline
from kinebench.studies.analysis.results import outcome_table, result_table
from kinebench.studies.execution import cells as module
from kinebench.studies.execution.batches import recipe
from kinebench.studies.execution.cells import (
    Outcome,
    cell_key,
    run_cell,
    run_study,
    stored_outcomes,
)
from kinebench.studies.execution.store import Store
from kinebench.studies.plan import cells

HERE = Path(__file__).parent


def test_errors_are_those_that_were_put_in(made_up: ModuleType, tmp_path: Path) -> None:
    study = made_up.study()
    outcomes = run_study(study, Store(tmp_path))
    assert {outcome.status for outcome in outcomes} == {"done"}
    for outcome in outcomes:
        if outcome.labels["noise"] == "none" and outcome.labels["gain"] == "1":
            bias = outcome.figures.by_item(Kind.COORDINATE, "bias")
            shift = float(outcome.labels["shift"].split()[0])
            assert bias["pelvis_ty"] == pytest.approx(shift, abs=1e-15)


def test_a_stage_runs_once_for_all_cells_that_share_it(made_up: ModuleType, tmp_path: Path) -> None:
    log = tmp_path / "log"
    study = made_up.study(str(log))
    run_study(study, Store(tmp_path / "store"))
    # 2 shifts of 3 recordings: both trials are the same without noise; the gains share the cleaning
    assert len(log.read_text().splitlines()) == 6
    run_study(study, Store(tmp_path / "store"))
    assert len(log.read_text().splitlines()) == 6


def test_static_poses_share_what_is_made_of_the_movement(
    made_up: ModuleType, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    poses = tuple(made_up.Level(f"{height:g} m", height) for height in (0.5, 1.0, 1.5))
    cleaner = (made_up.Level("on", (made_up.Shift(0.01, str(log)),)),)
    factors = (
        made_up.Factor("static", "data.static_m", poses),
        made_up.Factor("shift", "clean", cleaner),
    )
    study = made_up.study(factors=factors, sources=(made_up.MadeUpSource("t"),))
    outcomes = run_study(study, Store(tmp_path / "store"))
    assert [outcome.status for outcome in outcomes] == ["done"] * 3
    # the movement once, and each static pose
    assert len(log.read_text().splitlines()) == 4


def test_another_subject_is_not_mistaken_for_the_same_recording(
    made_up: ModuleType, tmp_path: Path
) -> None:
    sources = tuple(made_up.MadeUpSource("t", f"s{m}", mass_kg=m) for m in (60.0, 80.0))
    study = made_up.study(sources=sources, factors=())
    store = Store(tmp_path)
    run_study(study, store)
    # recordings without noise are equal, masses are not: four stages and the figures of each
    entries = [path for path in tmp_path.rglob("*/*") if path.suffix != ".json"]
    assert len(entries) == 2 * (4 + 1)


def test_one_more_level_costs_only_that_level(made_up: ModuleType, tmp_path: Path) -> None:
    log, store = tmp_path / "log", Store(tmp_path / "store")
    run_study(made_up.study(str(log)), store)
    log.unlink()
    run_study(made_up.study(str(log), heights=(0.0, 0.01, 0.02)), store)
    assert set(log.read_text().splitlines()) == {"0.02"}


def test_tables_are_equal_from_one_and_from_several_processes(
    made_up: ModuleType, tmp_path: Path
) -> None:
    code = textwrap.dedent(f"""
        import sys
        sys.path.insert(0, {str(HERE)!r})
        from pathlib import Path
        import made_up_study
        from kinebench.studies.execution.cells import run_study
        from kinebench.studies.analysis.results import write_results
        from kinebench.studies.execution.store import Store
        if __name__ == "__main__":
            study = made_up_study.study()
            for workers in (1, 2):
                out = Path(sys.argv[1]) / str(workers)
                write_results(out, study, run_study(study, Store(out / "store"), workers))
    """)
    script = tmp_path / "script.py"
    script.write_text(code)
    places = [str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(places)}
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True, env=environment)
    for name in ("results.csv", "outcomes.csv", "manifest.json"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_killed_at_any_moment_it_goes_on_to_the_same_table(
    made_up: ModuleType, tmp_path: Path
) -> None:
    code = textwrap.dedent(f"""
        import sys, time
        sys.path.insert(0, {str(HERE)!r})
        from pathlib import Path
        import made_up_study
        from kinebench.studies.execution.cells import run_study
        from kinebench.studies.execution.store import Store
        print("running", flush=True)
        slow = lambda outcome: time.sleep(0.02)
        run_study(made_up_study.study(), Store(Path(sys.argv[1])), on_outcome=slow)
    """)
    script = tmp_path / "script.py"
    script.write_text(code)
    store = tmp_path / "store"
    process = subprocess.Popen(
        [sys.executable, str(script), str(store)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "running\n"
    while not any(store.rglob("*/*")):
        assert process.poll() is None
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    study = made_up.study()
    resumed = run_study(study, Store(store))
    fresh = run_study(study, Store(tmp_path / "fresh"))
    assert result_table(study, resumed) == result_table(study, fresh)


def test_failures_are_told_and_never_stored(made_up: ModuleType, tmp_path: Path) -> None:
    factors = (
        made_up.Factor(
            "scaler",
            "scale.fails",
            (made_up.Level("fine", False), made_up.Level("broken", True)),
        ),
    )
    study = made_up.study(factors=factors)
    store = Store(tmp_path)
    outcomes = run_study(study, store)
    assert [outcome.status for outcome in outcomes] == ["done", "failed"] * 2
    assert outcomes[1].reason == "no static window (before that: the subject sways)"
    n_stored = len(list(tmp_path.rglob("*/*")))
    run_study(study, store)
    assert len(list(tmp_path.rglob("*/*"))) == n_stored
    assert "failed,no static window" in outcome_table(study, outcomes)


def test_a_cell_that_makes_no_sense_is_skipped_with_its_reason(
    made_up: ModuleType, tmp_path: Path
) -> None:
    factor = made_up.Factor("noise", "data.noise_m", (made_up.Level("odd", -1.0),))
    outcomes = run_study(made_up.study(factors=(factor,)), Store(tmp_path))
    assert {(outcome.status, outcome.reason) for outcome in outcomes} == {
        ("skipped", "no such noise here")
    }


def test_a_store_that_cannot_be_written_stops_the_study(
    made_up: ModuleType, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    with pytest.raises(OutputError, match="cannot write to the store"):
        run_study(made_up.study(), Store(in_the_way / "store"))


def test_a_partial_run_is_told_without_computing(made_up: ModuleType, tmp_path: Path) -> None:
    log, store = tmp_path / "log", Store(tmp_path / "store")
    run_study(made_up.study(str(log)), store)
    log.unlink()
    wider = made_up.study(str(log), heights=(0.0, 0.01, 0.02))
    found = stored_outcomes(wider, store)
    assert not log.exists()
    assert {o.labels["shift"] for o in found if o.status == "not run"} == {"0.02 m"}
    assert [o.status for o in found].count("done") == 16
    assert found[0] == run_study(made_up.study(str(log)), store)[0]


def test_a_damaged_figure_counts_as_not_run(made_up: ModuleType, tmp_path: Path) -> None:
    store = Store(tmp_path)
    study = made_up.study()
    whole = run_study(study, store)
    first = next(cells(study))
    path = store.path(cell_key(first, study))
    path.write_bytes(path.read_bytes()[:-1])
    assert [o.status for o in stored_outcomes(study, store)] == ["not run"] + ["done"] * 15
    assert run_study(study, store) == whole


def test_figures_in_an_earlier_form_are_told_of_and_made_anew(
    made_up: ModuleType, tmp_path: Path
) -> None:
    study, store = made_up.study(), Store(tmp_path)
    before = run_study(study, store)
    key = cell_key(next(cells(study)), study)
    row = {"kind": "coordinate", "item": "a", "metric": "rmse", "value": 0.1, "unit": "rad"}
    store.put(key, [row])
    said = "figures in .* are not used: they are in the form of an earlier version"
    with pytest.warns(KinebenchWarning, match=said):
        assert [one.status for one in stored_outcomes(study, store)[:2]] == ["not run", "done"]
    with pytest.warns(KinebenchWarning, match=said):
        assert run_study(study, store) == before
    assert stored_outcomes(study, store) == before


def test_a_key_is_of_all_that_figures_depend_on(
    made_up: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trial, choices, pipeline, metrics, and the versions of stages and of what is measured."""
    study = made_up.study()
    first, *others = cells(study)
    keys = [cell_key(cell, study) for cell in (first, *others)]
    assert len(set(keys)) == len(keys) == 16
    assert isinstance(first.pipeline, Pipeline)
    assert cell_key(replace(first, index=7), study) == keys[0]
    renamed = replace(study, name="another", question="another?", margin=1.0)
    assert cell_key(first, renamed) == keys[0]
    changed = [
        cell_key(replace(first, source=made_up.MadeUpSource("t3")), study),
        cell_key(replace(first, choices=(("noise_m", 0.1),)), study),
        cell_key(replace(first, pipeline=replace(first.pipeline, floor=made_up.Shift(1.0))), study),
        cell_key(first, replace(study, metrics=("rmse",))),
        cell_key(first, replace(study, primary="offset_removed_rmse")),
    ]
    monkeypatch.setattr(module, "STAGE_VERSIONS", {"scale": 99})
    changed.append(cell_key(first, study))
    # kept from version to version: what is stored is found again until one of them is raised
    plain = cell_key(first, study)
    monkeypatch.setattr(module, "_MEASURE_VERSION", module._MEASURE_VERSION + 1)
    changed.append(cell_key(first, study))
    assert len({*keys, *changed, plain}) == len(keys) + len(changed)
    assert module._MEASURE_VERSION == 3 + 1  # raise it here too


def test_every_outcome_is_told_as_it_comes_and_given_in_order(
    made_up: ModuleType, tmp_path: Path
) -> None:
    study = made_up.study()
    told: list[Outcome] = []
    given = run_study(study, Store(tmp_path), on_outcome=told.append)
    assert tuple(told) == given
    assert [outcome.index for outcome in given] == list(range(16))
    assert given[3].labels == {
        "subject": "s1", "trial": "t1", "activity": "squat", "noise": "none", "shift": "0.01 m",
        "gain": "2",
    }  # fmt: skip


def test_batches_that_come_in_another_order_are_sorted(
    made_up: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two processes: what they are asked for, and what is made of it."""
    study, store = made_up.study(), Store(tmp_path)
    asked: list[object] = []

    def backwards(run: Any, todo: Any, shared: Any, place: Any, workers: int) -> Any:
        batches = list(todo)
        asked.append((shared, place, workers, len(batches)))
        yield from [run(batch, shared, place) for batch in reversed(batches)]

    monkeypatch.setattr(module, "run_in_processes", backwards)
    assert run_study(study, store, workers=2) == run_study(study, store)
    # 16 cells in batches of one: eight batches for each process
    assert asked == [(recipe(study), store, 2, 16)]


def test_what_is_not_done_has_a_reason_and_no_figures(made_up: ModuleType, tmp_path: Path) -> None:
    odd = made_up.Factor("noise", "data.noise_m", (made_up.Level("odd", -1.0),))
    cell = next(cells(made_up.study(factors=(odd,))))
    study, store = made_up.study(factors=(odd,)), Store(tmp_path)
    apart = replace(cell, inapplicable="these cannot go together")
    for found in (run_cell(apart, study, store), module._stored(apart, study, store)):
        assert found == Outcome(0, cell.labels, "skipped", "these cannot go together")
    assert run_cell(cell, study, store) == Outcome(0, cell.labels, "skipped", "no such noise here")
    assert stored_outcomes(study, store)[0] == Outcome(0, cell.labels, "not run")
    assert len(Outcome(0, {}, "done").figures) == 0
    assert Outcome(0, {}, "done").reason == ""


def test_the_primary_metric_and_the_metrics_are_those_of_the_study(
    made_up: ModuleType, tmp_path: Path
) -> None:
    study = made_up.study(metrics=("bias", "mae"), primary="mae")
    figures = run_study(study, Store(tmp_path))[0].figures
    of_angles = {
        (quantity.metric, quantity.alignment)
        for quantity in figures.quantities
        if quantity.kind is Kind.COORDINATE
    }
    assert of_angles == {
        ("bias", Alignment.NONE), ("mae", Alignment.NONE), ("mae", Alignment.LAG_REMOVED),
    }  # fmt: skip
