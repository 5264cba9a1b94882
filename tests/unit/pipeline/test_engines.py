from __future__ import annotations

from dataclasses import replace

import pytest

from kinebench.augmentation import NoAugmentation
from kinebench.core.stages import InverseKinematics, Scaler
from kinebench.errors import NameNotFoundError, NotApplicableError
from kinebench.ik.fast import FastIK
from kinebench.ik.opensim_engine import OpenSimIK
from kinebench.lab import generic_body, ik_tasks, scaling_setup
from kinebench.pipeline.engines import DEFAULT_ENGINE, ENGINES, Engine, engine, with_engine
from kinebench.pipeline.pipeline import Pipeline
from kinebench.pipeline.spec import PipelineSpec
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.given import GivenModel
from kinebench.scaling.opensim_scaler import OpenSimScaler
from kinebench.scaling.window import GivenWindow, StaticWindow

FAST = Pipeline(
    generic_body().model,
    NoAugmentation(),
    FastScaler(scaling_setup(), None, GivenWindow(0.1, 0.4)),
    FastIK(ik_tasks()),
)


@pytest.mark.parametrize("chosen", ENGINES.values(), ids=list(ENGINES))
def test_an_engine_is_a_scaler_and_a_solver(chosen: Engine) -> None:
    scaler = chosen.make_scaler(scaling_setup())
    assert isinstance(scaler, Scaler)
    assert scaler.window == StaticWindow()  # type: ignore[attr-defined]
    solver = chosen.make_solver(ik_tasks())
    assert isinstance(solver, InverseKinematics)
    assert solver.tasks == ik_tasks()  # type: ignore[attr-defined]
    assert engine(chosen.name) == chosen


def test_the_default_is_the_reference() -> None:
    assert engine(DEFAULT_ENGINE).make_solver(ik_tasks()) == OpenSimIK(ik_tasks())
    assert PipelineSpec().engine == DEFAULT_ENGINE


def test_a_misspelt_engine_gets_the_near_match() -> None:
    with pytest.raises(NameNotFoundError, match="did you mean 'opensim'"):
        engine("opensims")
    with pytest.raises(NameNotFoundError, match="did you mean 'fast'"):
        PipelineSpec(engine="fats")


def test_set_ups_tasks_and_window_stay() -> None:
    slow = with_engine(FAST, "opensim")
    assert slow.solve == OpenSimIK(ik_tasks())
    assert slow.scale == OpenSimScaler(scaling_setup(), None, GivenWindow(0.1, 0.4))


def test_there_and_back_is_the_same() -> None:
    assert with_engine(with_engine(FAST, "opensim"), "fast") == FAST


def test_unknown_engines_and_foreign_stages_are_told() -> None:
    with pytest.raises(NameNotFoundError, match="did you mean 'fast'"):
        with_engine(FAST, "fsat")
    with pytest.raises(NotApplicableError, match="scales the same with every engine"):
        with_engine(replace(FAST, scale=FAST.augment), "opensim")  # type: ignore[arg-type]
    with pytest.raises(NotApplicableError, match="belongs to no engine"):
        with_engine(replace(FAST, solve=FAST.augment), "opensim")  # type: ignore[arg-type]


def test_what_is_of_the_engine_already_keeps_its_parameters() -> None:
    complete = replace(FAST, scale=FastScaler(scaling_setup(), complete=True))
    assert with_engine(complete, "fast") == complete


def test_foreign_stages_may_stay() -> None:
    given = replace(with_engine(FAST, "opensim"), scale=GivenModel(FAST.generic))
    assert with_engine(given, "fast", keep_foreign=True) == replace(given, solve=FAST.solve)
    with pytest.raises(NotApplicableError, match="a GivenModel scales the same"):
        with_engine(given, "fast")
