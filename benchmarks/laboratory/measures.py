"""What a pipeline makes of true markers: the measures behind `proof.py` and its tests."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from benchmarks.laboratory.optimum import Optimum, optimum
from kinebench.augmentation.floor import FloorOffset
from kinebench.core import Motion
from kinebench.core.ik_tasks import IKTasks
from kinebench.core.model import Document, Model
from kinebench.core.results import PipelineRun
from kinebench.core.stages import Cleaner, Scaler
from kinebench.errors import KinebenchWarning
from kinebench.ik.fast import FastIK
from kinebench.kinematics import read_tree
from kinebench.lab import (
    Body,
    Population,
    Recording,
    StaticPose,
    VirtualSubject,
    generic_body,
    ik_tasks,
    opencap_body,
    record,
    scaling_setup,
)
from kinebench.lab.camera import Chain
from kinebench.lab.camera.chain import CameraError
from kinebench.lab.motions import ArmRaise, CounterMovementJump, MotionModel, SitToStand, Squat
from kinebench.lab.truth import TrueMarkers, marker_trial
from kinebench.pipeline.opencap import opencap_setup
from kinebench.pipeline.pipeline import Pipeline
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.given import GivenModel
from kinebench.scaling.opensim_scaler import OpenSimScaler

MOTIONS: tuple[MotionModel, ...] = (
    Squat(repetitions=1), SitToStand(repetitions=1), CounterMovementJump(), ArmRaise(repetitions=1),
)  # fmt: skip
IDEAL = StaticPose()
_NOTHING = Chain()


@dataclass(frozen=True)
class Bench:
    """A generic body with its set-ups.

    Parameters
    ----------
    name : str
    body : Body
    scaling : mapping of str to Document
        "upright" pulls the static pose to standing, "any pose" does not.
    tasks : IKTasks
    trunk_with_pelvis : bool
        Whether the set-up measures the trunk between markers of pelvis and shoulders.
    """

    name: str
    body: Body
    scaling: Mapping[str, Document]
    tasks: IKTasks
    trunk_with_pelvis: bool = False


@lru_cache(maxsize=1)
def laboratory() -> Bench:
    """The laboratory's own body."""
    scaling = {"upright": scaling_setup(), "any pose": scaling_setup(pull_upright=False)}
    return Bench("laboratory", generic_body(), scaling, ik_tasks())


@lru_cache(maxsize=1)
def opencap() -> Bench:
    """LaiUhlrich2022, without forces and patellae, and OpenCap's set-ups."""
    upright, free = opencap_setup(), opencap_setup(static_pose="any_pose")
    scaling = {"upright": upright.scaling, "any pose": free.scaling}
    return Bench("LaiUhlrich2022", opencap_body(), scaling, upright.ik, True)


# --- subjects


def measurable(bench: Bench, subject: VirtualSubject) -> VirtualSubject:
    """A subject whom the scaling set-up can represent.

    Each marker pair must measure one factor: between segments of different factors the distance
    belongs to none of them.
    """
    return replace(
        subject,
        pelvis=subject.trunk if bench.trunk_with_pelvis else subject.pelvis,
        shank_r=subject.thigh_r,
        shank_l=subject.thigh_l,
        upper_arm=subject.trunk,
        forearm=subject.trunk,
        marker_shifts=(),
    )


CLASSES = ("measurable", "legs differ", "own proportions", "markers stuck on")
"""Subjects: whom the set-up can represent; the same with legs of different length; with proportions
of their own; and, as in the population, with markers beside their nominal places."""


def subjects(bench: Bench, kind: str, count: int) -> tuple[VirtualSubject, ...]:
    """The first subjects of a class."""
    if kind == "markers stuck on":
        return Population().subjects(count)
    uneven = Population(marker_spread_m=0.0, cluster_spread_m=0.0)
    if kind == "own proportions":
        return uneven.subjects(count)
    people = uneven if kind == "legs differ" else replace(uneven, leg_difference_m=0.0)
    return tuple(measurable(bench, subject) for subject in people.subjects(count))


# --- runs


def filmed(bench_name: str, subject: VirtualSubject, motion: MotionModel) -> Recording:
    """A recording without camera errors."""
    assert isinstance(motion, Hashable)
    return _filmed(bench_name, subject, motion)


@lru_cache(maxsize=512)
def _filmed(bench_name: str, subject: VirtualSubject, motion: Any) -> Recording:
    bench = laboratory() if bench_name == "laboratory" else opencap()
    return record(subject, motion, generic=bench.body)


def run(
    bench: Bench,
    subject: VirtualSubject,
    motion: MotionModel,
    scale: Scaler,
    static: MotionModel = IDEAL,
    errors: CameraError = _NOTHING,
    clean: tuple[Cleaner, ...] = (),
    floor: FloorOffset | None = None,
    generic: Model | None = None,
) -> PipelineRun:
    """True markers through the whole pipeline."""
    film, standing = (filmed(bench.name, subject, which) for which in (motion, static))
    pipeline = Pipeline(
        bench.body.model if generic is None else generic,
        TrueMarkers(),
        scale,
        FastIK(bench.tasks),
        clean,
        floor,
    )
    return pipeline(marker_trial(film, type(motion).__name__, static=standing, errors=errors))


@dataclass(frozen=True)
class Miss:
    """By how much a run misses the truth.

    Parameters
    ----------
    angles_deg : mapping of str to float
        Largest error of each angle that markers determine.
    position_mm : float
        Largest error of the pelvis' position.
    marker_mm : float
        Largest distance of a tracked marker of the model from the true one.
    factors : mapping of str to float
        Largest relative error of each body's scale factors.
    """

    angles_deg: Mapping[str, float]
    position_mm: float
    marker_mm: float
    factors: Mapping[str, float]

    @property
    def angle_deg(self) -> float:
        """The largest of the angles, deg."""
        return max(self.angles_deg.values())

    @property
    def angle(self) -> str:
        """The coordinate that is missed most."""
        return max(self.angles_deg, key=lambda name: self.angles_deg[name])

    @property
    def factor(self) -> float:
        """The largest relative error of a scale factor."""
        return max(self.factors.values())


def miss(done: PipelineRun, truth: Motion, true_factors: Mapping[str, Iterable[float]]) -> Miss:
    """Compare a run with the truth."""
    names = [name for name in done.motion.names if name in truth.names]
    error = np.abs(done.motion.select(names).values - truth.select(names).values)
    observed = done.solution.observed
    assert observed is not None
    seen = observed[:, [done.motion.names.index(name) for name in names]]
    error = np.where(seen, error, 0.0).max(axis=0)
    turns = {c.name: c.kind == "rotational" for c in truth.coordinates}
    largest = dict(zip(names, error.tolist(), strict=True))
    return Miss(
        {name: float(np.degrees(value)) for name, value in largest.items() if turns[name]},
        1000 * max(value for name, value in largest.items() if not turns[name]),
        1000 * float(np.nanmax(done.solution.marker_errors)),
        {
            body: float(np.abs(np.divide(found, tuple(true_factors[body])) - 1).max())
            for body, found in done.scaling.body_scale_factors.items()
            if body in true_factors
        },
    )


def worst(misses: Iterable[Miss]) -> Miss:
    """The largest of everything."""
    all_of = list(misses)

    def largest(field: Callable[[Miss], Mapping[str, float]]) -> dict[str, float]:
        return {name: max(field(m)[name] for m in all_of) for name in field(all_of[0])}

    return Miss(
        largest(lambda m: m.angles_deg),
        max(m.position_mm for m in all_of),
        max(m.marker_mm for m in all_of),
        largest(lambda m: m.factors),
    )


# --- the measures


def with_true_model(
    bench: Bench, people: Iterable[VirtualSubject], motions: Iterable[MotionModel] = MOTIONS
) -> Miss:
    """Inverse kinematics alone: nothing is scaled."""
    return worst(
        miss(
            run(bench, person, motion, GivenModel(filmed(bench.name, person, motion).model)),
            filmed(bench.name, person, motion).true_motion,
            person.scale_factors(bench.body),
        )
        for person in people
        for motion in motions
    )


def with_scaler(
    bench: Bench,
    setup: str,
    people: Iterable[VirtualSubject],
    motions: Iterable[MotionModel],
    static: MotionModel = IDEAL,
) -> Miss:
    """The exact scaler, then inverse kinematics."""
    scale = FastScaler(bench.scaling[setup])
    return worst(
        miss(
            run(bench, person, motion, scale, static),
            filmed(bench.name, person, motion).true_motion,
            person.scale_factors(bench.body),
        )
        for person in people
        for motion in motions
    )


@dataclass(frozen=True)
class Agreement:
    """A run beside the optimum that was solved a second time.

    Parameters
    ----------
    factors : float
        Largest relative difference of the scale factors.
    pose_deg : float
        Largest difference of the static pose's angles.
    places_mm : float
        Largest distance between a marker's two places on its body.
    angles_deg : float
        Largest difference of an angle of the movement.
    offsets_deg : mapping of str to (float, float)
        Mean error of each angle over the frames compared: of the run, and predicted.
    excess : float
        Cost of the run's static pose beyond the predicted one's, relative to it: above 0 where the
        second search ended in a better minimum.
    """

    factors: float
    pose_deg: float
    places_mm: float
    angles_deg: float
    offsets_deg: Mapping[str, tuple[float, float]]
    excess: float


def beside_optimum(
    bench: Bench,
    setup: str,
    person: VirtualSubject,
    static: MotionModel = IDEAL,
    motion: MotionModel = MOTIONS[0],
    count: int = 3,
) -> Agreement:
    """Compare a run with `optimum.optimum`, on some frames of the movement."""
    film, standing = (filmed(bench.name, person, which) for which in (motion, static))
    done = run(bench, person, motion, FastScaler(bench.scaling[setup]), static)
    expected = optimum(
        bench.body, bench.scaling[setup], standing.true_markers, standing.true_motion.values[0]
    )
    # from half-way down to the depth of the movement: away from the knees' limit
    last = film.true_motion.n_frames // 2
    frames = np.linspace(2 * last // 3, last, count).astype(np.int64)
    names = list(expected.tree.coordinate_names)
    start = film.true_motion.select(names).values[frames]
    solved = expected.solve(bench.tasks, film.true_markers.at_frames(frames), start)
    told = done.motion.names
    columns = [names.index(name) for name in told]
    observed = done.solution.observed
    assert observed is not None
    turns = np.array([c.kind == "rotational" for c in done.motion.coordinates])
    used = np.flatnonzero(turns & observed.all(axis=0))
    ours, theirs = np.degrees(done.motion.values[frames]), np.degrees(solved[:, columns])
    truth = np.degrees(start[:, columns])
    errors = (ours - truth).mean(axis=0), (theirs - truth).mean(axis=0)
    return Agreement(
        _factor_difference(done, expected),
        _pose_difference(done, expected),
        _place_difference(done, expected),
        float(np.abs(ours - theirs)[:, used].max()),
        {told[i]: (float(errors[0][i]), float(errors[1][i])) for i in used},
        _excess(done, expected),
    )


def _excess(done: PipelineRun, expected: Optimum) -> float:
    pose = done.scaling.static_pose.select(expected.tree.coordinate_names).values[0]
    ours, theirs = expected.cost_of(pose), expected.cost_of(expected.static_pose)
    # squares of a micrometre are no costs
    return float((ours - theirs) / max(theirs, 1e-12))


def _factor_difference(done: PipelineRun, expected: Optimum) -> float:
    found = done.scaling.body_scale_factors
    return max(
        float(np.abs(np.divide(found[body], three) - 1).max())
        for body, three in expected.factors.items()
    )


def _pose_difference(done: PipelineRun, expected: Optimum) -> float:
    pose = done.scaling.static_pose
    names = expected.tree.coordinate_names
    turns = np.array([c.kind == "rotational" for c in pose.select(names).coordinates])
    difference = np.degrees(pose.select(names).values[0] - expected.static_pose)
    return float(np.abs(difference[turns]).max())


def _place_difference(done: PipelineRun, expected: Optimum) -> float:
    places = {marker.name: marker.location for marker in expected.tree.markers}
    return 1000 * max(
        float(np.linalg.norm(marker.location - places[marker.name]))
        for marker in read_tree(done.scaling.model).markers
    )


@dataclass(frozen=True)
class ToolError:
    """Mean errors of angles over a movement, degrees, by coordinate.

    Parameters
    ----------
    tool, exact : mapping of str to float
        With ScaleTool's static pose, and with the optimal one.
    """

    tool: Mapping[str, float]
    exact: Mapping[str, float]

    def own(self, name: str) -> float:
        """What ScaleTool adds, larger side."""
        both = [n for n in self.tool if n in (f"{name}_r", f"{name}_l", name)]
        return max((self.tool[n] - self.exact[n] for n in both), key=abs)


def with_scale_tool(
    bench: Bench,
    setup: str,
    person: VirtualSubject,
    static: MotionModel = IDEAL,
    complete: bool = False,
) -> ToolError:
    """OpenSim's ScaleTool in the exact scaler's place.

    Parameters
    ----------
    complete : bool
        With the published model as it is, muscles, patellae and their couplings included.
    """
    generic, marker_set = None, None
    if complete:
        published = opencap_setup()
        generic, marker_set = published.generic, published.marker_set
    found = []
    for kind in (OpenSimScaler, FastScaler):
        scale = kind(bench.scaling[setup], marker_set)
        done = run(bench, person, MOTIONS[0], scale, static, generic=generic)
        truth = filmed(bench.name, person, MOTIONS[0]).true_motion
        found.append(mean_errors(done.motion, truth))
    return ToolError(*found)


def mean_errors(estimate: Motion, reference: Motion) -> dict[str, float]:
    """Mean error of every angle that both have, degrees."""
    shared = [
        c.name
        for c in reference.coordinates
        if c.kind == "rotational" and c.name in estimate.names and "mtp" not in c.name
    ]
    error = estimate.select(shared).values - reference.select(shared).values
    return dict(zip(shared, np.degrees(error.mean(axis=0)).tolist(), strict=True))


def quiet() -> None:
    """Odd static poses are meant here."""
    warnings.simplefilter("ignore", KinebenchWarning)
