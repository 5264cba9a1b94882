"""Which markers can be tracked."""

from __future__ import annotations

from collections.abc import Collection

from kinebench.core.ik_tasks import IKTasks
from kinebench.errors import InverseKinematicsError, listed
from kinebench.remarks import tell


def shared_markers(
    tasks: IKTasks, in_model: Collection[str], in_trial: Collection[str]
) -> tuple[str, ...]:
    """Markers that tasks, model and trial share, in the order of the tasks.

    Warns about those that are left out.

    Raises
    ------
    InverseKinematicsError
        When there is none.
    """
    weighted = [name for name, _ in tasks.marker_weights]
    models, trials = set(in_model), set(in_trial)
    shared = tuple(name for name in weighted if name in models and name in trials)
    for holder, names in (("tasks name", weighted), ("model has", in_model), ("trial has", trials)):
        if not names:
            raise InverseKinematicsError(f"the {holder} no marker: there is nothing to track")
    if not shared:
        raise InverseKinematicsError(
            f"tasks, model and trial share no marker: the tasks name {listed(weighted, 3)};"
            f" the model has {listed(sorted(models), 3)}; the trial has {listed(in_trial, 3)}"
        )
    # what the model lacks need not be said of the trial again
    for holder, named, there in (
        ("the model", weighted, models),
        ("the trial", [name for name in weighted if name in models], trials),
    ):
        lacking = [name for name in named if name not in there]
        if lacking:
            tell(
                "markers lacking",
                f"{holder} lacks {len(lacking)} of {len(weighted)} markers that the IK tasks name:"
                f" {listed(lacking, 8)}; their tasks are left out",
                where=lacking,
            )
    return shared
