from __future__ import annotations

import pytest

from kinebench.core.tasks import IKTasks
from kinebench.errors import NameNotFoundError
from kinebench.ik.engines import ENGINES, make_engine
from kinebench.ik.opensim_engine import OpenSimIK

TASKS = IKTasks((("KNEE", 1.0),))


def test_the_reference_engine_is_there() -> None:
    assert "opensim" in ENGINES
    assert make_engine("opensim", TASKS) == OpenSimIK(TASKS)


@pytest.mark.parametrize("name", ENGINES)
def test_every_engine_takes_its_tasks(name: str) -> None:
    assert make_engine(name, TASKS).tasks == TASKS


def test_a_misspelt_engine_gets_the_near_match() -> None:
    with pytest.raises(NameNotFoundError, match=r"engine 'opensims' .did you mean 'opensim'"):
        make_engine("opensims", TASKS)
