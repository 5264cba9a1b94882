"""Every recording of the public datasets that has markers to track, with its model.

Those that come without a model get one that is scaled on their own first second.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.timing.ik_trials import IKTrial, real_trials
from kinebench.core import Markers
from kinebench.core.subject import Subject
from kinebench.datasets import fetch_file
from kinebench.io.trc import read_trc
from kinebench.kinematics import read_tree
from kinebench.pipeline.opencap import opencap_setup
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.window import GivenWindow

__all__ = ["recordings"]

SUBJECT2 = Subject(78.2, 1.96)
RAW = Subject(70.0, 1.75)  # stated nowhere; the mass does not move a marker
OWN_MODEL = {
    "subject 2 walking1": (
        "labvalidation-subject2-walking1", "Examples/GRF_tracking_data/old/walking1.trc",
        "mocap", SUBJECT2,
    ),
    "raw DJ1": (
        "labvalidation-raw-mocap-gaps", "data/grf/OpenCapUnfiltered/MarkerData/DJ1.trc",
        "mocap", RAW,
    ),
    "keypoints squats": (
        "keypoints-subject2", "test_data/squats.trc", "openpose", SUBJECT2,
    ),
    "keypoints sit_to_stand": (
        "keypoints-subject2", "test_data/sit_to_stand.trc", "openpose", SUBJECT2,
    ),
    "keypoints drop_vertical_jump": (
        "keypoints-subject2", "test_data/drop_vertical_jump.trc", "openpose", SUBJECT2,
    ),
}  # fmt: skip


def recordings(wanted: str = "") -> Iterator[IKTrial]:
    """Recordings whose name contains `wanted`, reduced to the markers that are tracked."""
    for trial in real_trials(wanted):
        yield _tracked(trial)
    for name, (data, path, marker_set, subject) in OWN_MODEL.items():
        if wanted in name:
            yield _tracked(_scaled(name, read_trc(fetch_file(data, path)), marker_set, subject))


def _scaled(name: str, markers: Markers, marker_set: str, subject: Subject) -> IKTrial:
    files = opencap_setup(marker_set)
    start = float(markers.times[0])
    window = GivenWindow(start, start + 1.0)
    scaler = FastScaler(files.scaling, files.marker_set, window)
    model = scaler(files.generic, markers, subject).model
    return IKTrial(name, marker_set, model, markers, files.ik)


def _tracked(trial: IKTrial) -> IKTrial:
    there = set(read_tree(trial.model).marker_names) & set(trial.markers.names)
    names = [name for name in trial.tasks.weights if name in there]
    return IKTrial(trial.name, trial.setup, trial.model, trial.markers.select(names), trial.tasks)
