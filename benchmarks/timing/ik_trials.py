"""Real trials of the public datasets, each with its model and its published set-up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kinebench.core import Markers, Model
from kinebench.core.ik_tasks import IKTasks
from kinebench.datasets import fetch_file
from kinebench.io.models import read_model
from kinebench.io.setups import read_ik_tasks
from kinebench.io.trc import read_trc

__all__ = ["IKTrial", "real_trials"]

OFFSET_REMOVED = "_offsetRemoved"
SUBJECT0 = "test_data/subject0/"
SUBJECT3 = "Examples/GRF_tracking_data/OC_val/"
SUBJECT4 = "data/grf/Subject4/"
SUBJECT5 = "data/osim/LaiArnoldSubject5/"
LAI_ARNOLD = "LaiArnoldModified2017_poly_withArms_weldHand_scaled.osim"


@dataclass(frozen=True)
class IKTrial:
    """A recording, what it is tracked with, and the names of both for a table."""

    name: str
    setup: str
    model: Model
    markers: Markers
    tasks: IKTasks


def real_trials(wanted: str = "") -> Iterator[IKTrial]:
    """Trials whose name contains `wanted`."""
    for trial in (*_subject0(), *_subject3(), *_subject4(), *_subject5()):
        if wanted in trial[0]:
            yield IKTrial(*trial)


Row = tuple[str, str, Model, Markers, IKTasks]


def _subject0() -> Iterator[Row]:
    data = "opencap-session-subject0"
    model = read_model(fetch_file(data, f"{SUBJECT0}OpenSimData/Model/{LAI_ARNOLD}"))
    for name in ("Squats_0", "Asym_0"):
        setup = fetch_file(data, f"{SUBJECT0}OpenSimData/IK/{name}_setup_ik.xml")
        markers = read_trc(fetch_file(data, f"{SUBJECT0}MarkerData/{name}.trc"))
        yield f"subject 0 {name}", setup.name, model, markers, read_ik_tasks(setup)


def _subject3() -> Iterator[Row]:
    """The model's markers are named after the offset-free ones; the set-up's are not."""
    data = "labvalidation-subject3-walking1"
    model = read_model(fetch_file(data, f"{SUBJECT3}LaiUhlrich2022_scaled.osim"))
    markers = read_trc(fetch_file(data, f"{SUBJECT3}walking1.trc"))
    setup = fetch_file("opencap-core", "opensimPipeline/IK/Setup_IK.xml")
    weights = read_ik_tasks(setup).marker_weights
    tasks = IKTasks(tuple((f"{name}{OFFSET_REMOVED}", weight) for name, weight in weights))
    yield "subject 3 walking1", setup.name, model, markers, tasks


def _subject4() -> Iterator[Row]:
    data = "labvalidation-subject4-mocap"
    model = read_model(fetch_file(data, f"{SUBJECT4}Models/manually_scaled.osim"))
    setup = fetch_file("opencap-core", "opensimPipeline/IK/Setup_IK_Mocap.xml")
    for name in ("static1", "squats1", "squatsAsym1", "STS1", "DJ2", "walking1"):
        markers = read_trc(fetch_file(data, f"{SUBJECT4}MarkerData/{name}.trc"))
        yield f"subject 4 {name}", setup.name, model, markers, read_ik_tasks(setup)


def _subject5() -> Iterator[Row]:
    data = "labvalidation-subject5-dj1"
    model = read_model(fetch_file(data, f"{SUBJECT5}{LAI_ARNOLD}"))
    setup = fetch_file("opencap-core", "opensimPipeline/IK/Setup_IK_Mocap.xml")
    markers = read_trc(fetch_file(data, f"{SUBJECT5}DJ1.trc"))
    yield "subject 5 DJ1", setup.name, model, markers, read_ik_tasks(setup)
