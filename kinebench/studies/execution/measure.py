"""What a cell tells: a tidy table of one run against its reference."""

from __future__ import annotations

from collections.abc import Iterator

from kinebench.alignment import GivenLag, align
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.core.names import shared_names
from kinebench.core.results import PipelineRun
from kinebench.core.trial import Trial
from kinebench.kinematics import read_tree
from kinebench.kinematics.poses import JOINT_CENTRES, body_origins
from kinebench.metrics import evaluate_motion, evaluate_residuals, evaluate_side_drop
from kinebench.metrics.figure_table import FigureTable
from kinebench.metrics.quantities import Alignment, FigureRow
from kinebench.remarks import unheard
from kinebench.signals.lag import lag_by_slope

# bodies whose origins are the joint centres, in OpenSim's leg models

_DROPS = {**{joint: JOINT_CENTRES[joint] for joint in ("hip", "knee", "ankle")}, "heel": "calcn"}


def measured(
    run: PipelineRun | Motion, trial: Trial, metrics: tuple[str, ...], primary: str = "rmse"
) -> FigureTable:
    """All figures of a run, SI.

    Against the reference motion: `metrics` of every shared coordinate, on one clock; with
    `Alignment.LAG_REMOVED`, what the primary metric becomes when the whole motion may be early or
    late; and the side drop of the joint centres of the scaled model, as `kinebench why` has it: so
    much lower is a right joint than the left beyond what the reference motion gives on the same
    model. Always: marker errors of inverse kinematics. Of a pipeline that is not ours the motion
    is all there is.
    """
    rows: list[FigureRow] = []
    with unheard():
        if trial.reference_motion is not None:
            estimate = run if isinstance(run, Motion) else run.solution.motion
            rows += _against_motion(estimate, trial.reference_motion, metrics, primary)
        if isinstance(run, PipelineRun):
            rows += _on_the_model(run, trial)
    return FigureTable.of(rows)


def _on_the_model(run: PipelineRun, trial: Trial) -> Iterator[FigureRow]:
    solution = run.solution
    if trial.reference_motion is not None:
        yield from _side_drops(run.scaling.model, solution.motion, trial.reference_motion)
    yield from evaluate_residuals(solution.marker_errors, solution.marker_names).tidy()


def _against_motion(
    estimate: Motion, reference: Motion, metrics: tuple[str, ...], primary: str
) -> Iterator[FigureRow]:
    aligned = align(reference, estimate)
    yield from evaluate_motion(aligned.reference, aligned.estimate, metrics).tidy()
    late = align(reference, estimate, GivenLag(_lag(aligned.reference, aligned.estimate)))
    shifted = evaluate_motion(late.reference, late.estimate, (primary,))
    yield from shifted.tidy(Alignment.LAG_REMOVED)


def _lag(reference: Motion, estimate: Motion) -> float:
    """The one small lag that explains most of the differences of the angles."""
    angles = [
        coordinate.name
        for coordinate in reference.coordinates
        if coordinate.kind == "rotational" and coordinate.name in estimate.names
    ]
    if not angles or reference.n_frames < 2:
        return 0.0
    values = reference.select(angles).values, estimate.select(angles).values
    return lag_by_slope(*values, reference.rate_hz)


def _side_drops(model: Model, estimate: Motion, reference: Motion) -> Iterator[FigureRow]:
    """Of the joints that the model has; what only one motion has is at its default in both."""
    tree = read_tree(model)
    pairs = {
        joint: (f"{body}_r", f"{body}_l")
        for joint, body in _DROPS.items()
        if {f"{body}_r", f"{body}_l"} <= set(tree.bodies)
    }
    if not pairs:
        return iter(())
    aligned = align(reference, estimate)
    shared = list(shared_names(aligned.reference.names, aligned.estimate.names))
    found, true = (
        body_origins(tree, motion.select(shared))
        for motion in (aligned.estimate, aligned.reference)
    )
    return evaluate_side_drop(found, true, None, pairs, pairs).tidy()
