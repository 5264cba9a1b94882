from __future__ import annotations

import pickle
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from kinebench.studies.design import Study
from kinebench.studies.execution.batches import MOST, batch_size, batches, cells_of, recipe
from kinebench.studies.plan import cells


@pytest.fixture
def study(made_up: ModuleType) -> Study:
    found: Study = made_up.study(sources=tuple(made_up.MadeUpSource(f"t{i}") for i in range(5)))
    return found


@pytest.mark.parametrize("size", [1, 3, 7, 8, 100])
def test_together_they_are_the_plan(study: Study, size: int) -> None:
    shared = recipe(study)
    parts = [list(cells_of(batch, shared)) for batch in batches(study, size)]
    assert [cell for part in parts for cell in part] == list(cells(study))
    assert max(map(len, parts)) == min(size, 8)
    assert all(len({cell.source.name for cell in part}) == 1 for part in parts)


def test_they_come_one_by_one(study: Study) -> None:
    whole = replace(study, sources=study.sources * 1)
    first = next(batches(whole, 4))
    assert (first.first, first.start, first.stop) == (0, 0, 4)


def test_no_trials_no_batches(study: Study) -> None:
    assert list(batches(recipe(study), 4)) == []


def test_a_batch_is_small_whatever_the_study_holds(made_up: ModuleType) -> None:
    heavy = made_up.study()
    model = replace(heavy.base.generic, xml=heavy.base.generic.xml + b" " * 1_000_000)
    heavy = replace(heavy, base=replace(heavy.base, generic=model))
    assert len(pickle.dumps(recipe(heavy))) > 1_000_000
    assert max(len(pickle.dumps(batch)) for batch in batches(heavy, 4)) < 1_000


def test_every_worker_gets_several_batches_and_none_a_huge_one(study: Study) -> None:
    assert batch_size(study, 1) == 5
    assert batch_size(study, 2) == 2
    assert batch_size(study, 0) == 5
    assert batch_size(study, 1000) == 1
    first: Any = study.sources[0]  # of the made-up study
    many = replace(study, sources=tuple(replace(first, name=str(i)) for i in range(999)))
    assert batch_size(many, 2) == MOST
