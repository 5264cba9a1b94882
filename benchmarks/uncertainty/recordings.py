"""Public recordings with an optical reference: is the difference within the video's band?"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.uncertainty.records import differences
from benchmarks.uncertainty.sized_model import sized
from kinebench.core.arrays import FloatArray
from kinebench.core.ik_tasks import IKTasks
from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.core.results import IKSolution
from kinebench.core.subject import Subject
from kinebench.datasets import fetch_file
from kinebench.datasets.loaders import load
from kinebench.ik.fast import FastIK
from kinebench.io.mot import read_motion
from kinebench.io.trc import read_trc
from kinebench.kinematics import marker_positions, read_tree
from kinebench.kinematics.poses import poses_of
from kinebench.osim.edits import body_scale_factors
from kinebench.pipeline.error_bars import error_bars
from kinebench.pipeline.opencap import opencap_setup
from kinebench.pipeline.plan import plan_from_markers
from kinebench.pipeline.spec import PipelineSpec
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.window import GivenWindow
from kinebench.uncertainty.band import Band, band_of
from kinebench.uncertainty.marker_errors import learnt_errors

__all__ = ["Judged", "judged"]

_ENDING = "_offsetRemoved"
_SUBJECT4 = "data/grf/Subject4/"
_MOCAP_TRIALS = ("squats1", "squatsAsym1", "STS1", "walking1")


@dataclass(frozen=True, slots=True)
class Judged:
    """A recording whose motion has a band and a reference.

    Parameters
    ----------
    name, reference : str
        What is judged, and what by.
    band : Band
    error : (n_frames, n_coordinates) rad or m
        Motion minus reference; NaN where the reference lacks the coordinate.
    """

    name: str
    reference: str
    band: Band
    error: FloatArray


def judged() -> Iterator[Judged]:
    """All recordings of the mirror that have one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield from _subject2()
        yield _subject3()
        yield from _subject4()


def _subject2() -> Iterator[Judged]:
    """Published video motions; no video markers are public, so that the model's stand for them."""
    sample = load("labvalidation-subject2-walking1", "walking1")
    optical, reference = sample.markers["mocap"], sample.motions["reference"]
    older = fetch_file("opencap-processing", "Moco/exampleWalking/walking1_videoAndMocap.mot")
    start = float(optical.times[0])
    files = opencap_setup("mocap")
    scaler = FastScaler(files.scaling, files.marker_set, GivenWindow(start, start + 1.0))
    factors = scaler(files.generic, optical, Subject(78.2, 1.96)).body_scale_factors
    augmented = opencap_setup("augmented")
    model = sized(factors, "augmented")
    for name, motion in (("newer", sample.motions["video"]), ("older", read_motion(older))):
        solution, markers = _as_solved(model, augmented.ik, motion)
        band = band_of(
            model, augmented.ik, solution, markers, learnt_errors("augmented, travelling")
        )
        yield _against(
            f"subject 2, walking, {name} video motion", "published optical motion", band, motion,
            reference,
        )  # fmt: skip


def _subject3() -> Judged:
    sample = load("labvalidation-subject3-walking1", "walking1")
    model = sample.models["scaled"]
    plain = sample.markers["augmented_offset_removed"]
    spec = PipelineSpec(track="stored", engine="fast")
    plan = plan_from_markers("walking1", plain, None, Subject(63.5, 1.69), spec, model)
    run = plan.pipeline(plan.trial)
    bars = error_bars(plan, run)
    assert bars.band is not None, bars.about
    files = opencap_setup("mocap")
    model = sized(body_scale_factors(model, files.generic), "mocap")
    reference = FastIK(_anatomical(files.ik))(model, sample.markers["mocap"]).motion
    return _against(
        "subject 3, walking, video", "anatomical optical markers on the video's model, not placed",
        bars.band, run.motion, reference,
    )  # fmt: skip


def _anatomical(tasks: IKTasks) -> IKTasks:
    """Tasks without the clusters, whose places nobody knows before they are placed."""
    clusters = ("thigh", "_sh", "shank", "humerus", "forearm")
    return IKTasks(
        tuple(
            (name, weight)
            for name, weight in tasks.marker_weights
            if not any(part in name for part in clusters)
        )
    )


def _subject4() -> Iterator[Judged]:
    data = "labvalidation-subject4-mocap"
    static = read_trc(fetch_file(data, f"{_SUBJECT4}MarkerData/static1.trc"))
    for name in _MOCAP_TRIALS:
        markers = read_trc(fetch_file(data, f"{_SUBJECT4}MarkerData/{name}.trc"))
        reference = read_motion(fetch_file(data, f"{_SUBJECT4}IK/{name}_manual_scaling_ik.mot"))
        spec = PipelineSpec(track="mocap", engine="fast")
        plan = plan_from_markers(name, markers, static, Subject(70.0, 1.75), spec)
        run = plan.pipeline(plan.trial)
        bars = error_bars(plan, run)
        if bars.band is not None:
            yield _against(
                f"subject 4, {name}, optical", "the same markers on an expert's model", bars.band,
                run.motion, reference,
            )  # fmt: skip


def _as_solved(model: Model, tasks: IKTasks, motion: Motion) -> tuple[IKSolution, Markers]:
    """A motion as if it had been solved, with markers that fit as well as is usual."""
    tree = read_tree(model)
    errors = learnt_errors("augmented, travelling")
    names = tuple(name for name in tasks.weights if name in tree.marker_names)
    positions = marker_positions(tree, poses_of(tree, motion), names)
    usual = np.tile([errors.residuals[errors.markers.index(name)] for name in names],
                    (motion.n_frames, 1))  # fmt: skip
    n = motion.n_frames
    solution = IKSolution(motion, names, usual, np.ones(n, bool), np.full(n, -1))
    return solution, Markers(names, motion.times, positions)


def _against(name: str, what: str, band: Band, motion: Motion, reference: Motion) -> Judged:
    """Errors on the frames that both have."""
    error = np.full(motion.values.shape, np.nan)
    for column, coordinate in enumerate(motion.coordinates):
        if coordinate.name in reference.names:
            true = np.interp(
                motion.times, reference.times, reference.value(coordinate.name), np.nan, np.nan
            )
            error[:, column] = differences(
                (coordinate,), motion.values[:, [column]], true[:, None]
            )[:, 0]
    return Judged(name, what, band, error)
