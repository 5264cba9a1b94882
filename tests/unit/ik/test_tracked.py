"""Which markers tasks, model and trial share, and what is told of the others."""

from __future__ import annotations

import pytest

from kinebench.core.ik_tasks import IKTasks
from kinebench.errors import InverseKinematicsError
from kinebench.ik.tracked import shared_markers
from kinebench.remarks import Remark, collected_remarks

TASKS = IKTasks((("c", 1.0), ("a", 2.0), ("b", 3.0)))


def told(
    in_model: tuple[str, ...], in_trial: tuple[str, ...], tasks: IKTasks = TASKS
) -> tuple[tuple[str, ...], list[Remark]]:
    with collected_remarks() as remarks:
        shared = shared_markers(tasks, in_model, in_trial)
    return shared, list(remarks)


def test_shared_markers_are_in_the_order_of_the_tasks() -> None:
    assert told(("a", "b", "c", "x"), ("b", "y", "a", "c")) == (("c", "a", "b"), [])


def test_what_the_model_lacks_is_told_of_the_model_alone() -> None:
    shared, (remark,) = told(("a", "b"), ("a", "b"))
    assert shared == ("a", "b")
    assert (remark.code, remark.severity, remark.where) == ("markers lacking", "warning", ("c",))
    assert remark.message == (
        "the model lacks 1 of 3 markers that the IK tasks name: c; their tasks are left out"
    )


def test_what_the_trial_lacks_is_told_of_the_trial() -> None:
    shared, (remark,) = told(("a", "b", "c"), ("b",))
    assert shared == ("b",)
    assert remark.where == ("c", "a")
    assert remark.message == (
        "the trial lacks 2 of 3 markers that the IK tasks name: c, a; their tasks are left out"
    )


def test_both_are_told_the_model_first() -> None:
    _, remarks = told(("a", "b"), ("b", "c"))
    assert [remark.message.split(" lacks ")[0] for remark in remarks] == ["the model", "the trial"]
    assert [remark.where for remark in remarks] == [("c",), ("a",)]


def test_of_many_eight_are_named() -> None:
    many = IKTasks(tuple((f"m{i}", 1.0) for i in range(10)))
    _, (remark,) = told(("m0",), ("m0",), many)
    assert "m8" in remark.message
    assert "m9" not in remark.message
    assert len(remark.where) == 9
    _, (remark,) = told(("m0", "m1"), ("m0", "m1"), many)
    assert "m9" in remark.message


@pytest.mark.parametrize(
    ("in_model", "in_trial", "tasks", "holder"),
    [
        ((), ("a",), TASKS, "model has"),
        (("a",), (), TASKS, "trial has"),
        (("a",), ("a",), IKTasks(()), "tasks name"),
        ((), (), IKTasks(()), "tasks name"),
    ],
)
def test_without_any_marker_there_is_nothing_to_track(
    in_model: tuple[str, ...], in_trial: tuple[str, ...], tasks: IKTasks, holder: str
) -> None:
    with pytest.raises(InverseKinematicsError) as refused:
        shared_markers(tasks, in_model, in_trial)
    assert str(refused.value) == f"the {holder} no marker: there is nothing to track"


def test_nothing_in_common_is_told_with_three_of_each() -> None:
    with pytest.raises(InverseKinematicsError) as refused:
        shared_markers(TASKS, ("z", "x", "y", "w"), ("q", "p"))
    said = str(refused.value)
    assert said.startswith("tasks, model and trial share no marker: the tasks name c, a, b; ")
    assert "the model has w, x, y and 1 more; the trial has q, p" in said
