"""Sessions through the pipeline: what markers miss, how the pose answers, how wrong angles are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.uncertainty.optical import optical_session
from benchmarks.uncertainty.people import Session, filmed
from kinebench.core.arrays import FloatArray
from kinebench.core.body_groups import group_of, without_side
from kinebench.core.ik_tasks import IKTasks
from kinebench.core.motion import Coordinate, Motion
from kinebench.core.results import PipelineRun
from kinebench.kinematics import marker_positions, read_tree
from kinebench.kinematics.poses import poses_of
from kinebench.lab import generic_body, opencap_body
from kinebench.pipeline.plan import plan_from_markers
from kinebench.pipeline.spec import PipelineSpec
from kinebench.uncertainty.band import widened
from kinebench.uncertainty.marker_errors import NORMAL_95, MarkerErrors
from kinebench.uncertainty.response import body_axes, response

__all__ = ["Record", "differences", "half_widths", "learnt", "recorded", "solved"]

EVERY = 6  # of 60 frames a second: neighbours say the same
SETTINGS = {
    "augmented": PipelineSpec(engine="fast"),
    "laboratory": PipelineSpec(body="lab", augmenter="lab-1", engine="fast"),
    "optical": PipelineSpec(track="mocap", engine="fast"),
}


@dataclass(frozen=True, slots=True)
class Record:
    """A solved session beside the truth, at some of its frames.

    Parameters
    ----------
    session : Session
    coordinates : tuple of Coordinate
        Those that markers move.
    markers : tuple of str
    missed : (n_frames, 3 n_markers) m
        Measured minus model marker, the model in the true pose, in the axes of its bodies.
    distances : (n_frames, n_markers) m
        Measured from model marker, the model in the solution.
    gain : (n_frames, n_coordinates, 3 n_markers)
    error : (n_frames, n_coordinates) rad or m
        Of the solution; angles to half a turn.
    """

    session: Session
    coordinates: tuple[Coordinate, ...]
    markers: tuple[str, ...]
    missed: FloatArray
    distances: FloatArray
    gain: FloatArray
    error: FloatArray


def recorded(session: Session, learnt_for: str) -> Record:
    """Film, run the pipeline, and hold it against the truth."""
    subject = session.subject.as_subject()
    if learnt_for == "optical":
        markers, standing, truth = optical_session(session)
    else:
        body = opencap_body() if learnt_for == "augmented" else generic_body()
        moving, static = filmed(session, body)
        markers, standing, truth = moving.keypoints, static.keypoints, moving.true_motion
    plan = plan_from_markers(session.name, markers, standing, subject, SETTINGS[learnt_for])
    run = plan.pipeline(plan.trial)
    tasks = plan.pipeline.solve.tasks  # type: ignore[attr-defined]  # engines have them
    return solved(session, run, truth, tasks)


def solved(session: Session, run: PipelineRun, truth: Motion, tasks: IKTasks) -> Record:
    """The record of a run whose true motion is known at the same times."""
    frames = np.arange(EVERY // 2, run.motion.n_frames, EVERY)
    tree = read_tree(run.scaling.model)
    found = poses_of(tree, run.motion.at_frames(frames))
    true = poses_of(tree, truth.at_frames(frames))
    names = run.solution.marker_names
    tracked = run.augmented.select(names).at_frames(frames)
    weights = {name: tasks.weights[name] for name in names}
    answer = response(tree, weights, {}, found, tracked.positions, names)
    measured = tracked.select(answer.markers).positions
    missed = measured - marker_positions(tree, true, answer.markers)
    missed = np.einsum("fmij,fmi->fmj", body_axes(tree, true, answer.markers), missed)
    distances = np.linalg.norm(measured - marker_positions(tree, found, answer.markers), axis=2)
    coordinates = tuple(tree.coordinates[i].as_coordinate() for i in answer.coordinates)
    chosen = list(answer.coordinates)
    n = len(frames)
    return Record(
        session,
        coordinates,
        answer.markers,
        missed.reshape(n, -1).astype(np.float32),
        distances.astype(np.float32),
        answer.gain.reshape(n, len(chosen), -1).astype(np.float32),
        differences(coordinates, found[:, chosen], true[:, chosen]).astype(np.float32),
    )


def differences(
    coordinates: Sequence[Coordinate], found: FloatArray, true: FloatArray
) -> FloatArray:
    """Found minus true; angles to half a turn."""
    error = found - true
    turning = np.array([c.kind == "rotational" for c in coordinates])
    around = np.mod(error + np.pi, 2 * np.pi) - np.pi
    return np.asarray(np.where(turning, around, error))


def learnt(name: str, about: str, records: Sequence[Record]) -> MarkerErrors:
    """Marker errors of records, each session with the same weight, and what makes them cover."""
    missed = [record.missed.astype(np.float64) for record in records]
    moments = np.sum([m.T @ m / len(m) for m in missed], axis=0) / len(missed)
    squares = [(record.distances.astype(np.float64) ** 2).mean(axis=0) for record in records]
    residuals = np.sqrt(np.mean(squares, axis=0))
    plain = MarkerErrors(
        name, about, records[0].markers, (moments + moments.T) / 2, residuals, {}
    )  # fmt: skip
    return MarkerErrors(
        name, about, plain.markers, plain.moments, residuals, _multipliers(plain, records)
    )


def _multipliers(errors: MarkerErrors, records: Sequence[Record]) -> dict[str, float]:
    """95 % quantile of |error| in standard errors, per coordinate and per group."""
    ratios: dict[str, list[FloatArray]] = {}
    for record in records:
        sizes = np.abs(record.error) / half_widths(errors, record) * NORMAL_95
        for column, coordinate in enumerate(record.coordinates):
            for key in (without_side(coordinate.name), group_of(coordinate.name, coordinate.unit)):
                ratios.setdefault(key, []).append(sizes[:, column])
    return {key: weighted_quantile(found, 0.95) for key, found in ratios.items()}


def half_widths(errors: MarkerErrors, record: Record) -> FloatArray:
    """Half-widths (n_frames, n_coordinates) of the band, as `band_of` has them without rivals."""
    gain = record.gain.astype(np.float64)
    squares = ((gain @ errors.of(record.markers)) * gain).sum(axis=2)
    misfit = errors.misfit(record.markers, record.distances.astype(np.float64))
    return NORMAL_95 * widened(np.sqrt(squares), record.coordinates, misfit, errors)


def weighted_quantile(samples: Sequence[FloatArray], share: float) -> float:
    """Quantile of samples of which each has the same weight, however long it is."""
    values = np.concatenate(samples)
    weights = np.concatenate([np.full(len(sample), 1 / len(sample)) for sample in samples])
    order = np.argsort(values)
    reached = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][np.searchsorted(reached, share)])
