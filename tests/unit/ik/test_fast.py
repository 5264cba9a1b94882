"""The fast engine on noise-free and spoiled markers of a small figure."""

from __future__ import annotations

import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kinebench.core import InverseKinematics, Markers, Model
from kinebench.core.ik_tasks import CoordinateTask, IKTasks
from kinebench.errors import InverseKinematicsError, KinebenchWarning, NameNotFoundError
from kinebench.ik.fast import FastIK, solve_trials
from kinebench.kinematics import Tree, forward_kinematics, marker_jacobian, marker_positions
from kinebench.kinematics.osim_tree import read_tree

Array = np.ndarray[Any, Any]
TIGHT = np.deg2rad(1e-6)


def recording(tree: Tree, q: Array) -> Markers:
    return Markers(tree.marker_names, np.arange(len(q)) / 100, marker_positions(tree, q))


def pose_error(tree: Tree, solution: Any, q: Array) -> Array:
    """Largest entry of the differences of rotation matrices and positions, per frame."""
    free = [tree.coordinate_index(name) for name in solution.motion.names]
    full = np.tile(tree.defaults, (len(q), 1))
    full[:, free] = solution.motion.values
    R, p = forward_kinematics(tree, full)
    R_true, p_true = forward_kinematics(tree, q)
    shown = [i for i, name in enumerate(tree.bodies) if not name.startswith("toes")]
    angles = np.abs(R - R_true)[:, shown].max(axis=(1, 2, 3))
    return np.asarray(np.maximum(angles, np.abs(p - p_true)[:, shown].max(axis=(1, 2))))


def cost(tree: Tree, tasks: IKTasks, solution: Any, markers: Markers) -> Array:
    free = [tree.coordinate_index(name) for name in solution.motion.names]
    full = np.tile(tree.defaults, (markers.n_frames, 1))
    full[:, free] = solution.motion.values
    weights = np.array([tasks.weights[name] for name in markers.names])
    squares = ((marker_positions(tree, full, markers.names) - markers.positions) ** 2).sum(axis=2)
    present = ~np.isnan(squares)
    return np.asarray(np.nansum(squares * weights, axis=1) / (present * weights).sum(axis=1))


def test_engine_is_an_inverse_kinematics_stage(equal_tasks: IKTasks) -> None:
    engine = FastIK(equal_tasks)
    assert isinstance(engine, InverseKinematics)
    assert pickle.loads(pickle.dumps(engine)) == engine


def test_noise_free_markers_give_the_motion_back(
    figure: Model, figure_tree: Tree, equal_tasks: IKTasks, swing: Array, swing_markers: Markers
) -> None:
    solution = FastIK(equal_tasks)(figure, swing_markers)
    assert solution.converged.all()
    assert (solution.iterations > 0).all()
    assert pose_error(figure_tree, solution, swing).max() < TIGHT
    assert np.abs(solution.motion.values - swing[:, figure_tree.free]).max() < TIGHT
    assert solution.marker_errors.max() < 1e-7
    assert solution.marker_names == equal_tasks.weights.keys() or list(
        solution.marker_names
    ) == list(equal_tasks.weights)


def test_unobserved_coordinates_stay_at_their_default_and_are_flagged(
    make_figure: Callable[..., Model], equal_tasks: IKTasks, swing_markers: Markers
) -> None:
    model = make_figure(
        changes='name="toe_r"><range>=>name="toe_r"><default_value>0.1</default_value><range>'
    )
    solution = FastIK(equal_tasks)(model, swing_markers)
    assert solution.held == ("toe_r", "toe_l")
    assert (solution.motion.value("toe_r") == 0.1).all()
    assert solution.observed is not None
    assert solution.observed.sum() == solution.observed.size - 2 * swing_markers.n_frames


def test_noise_is_solved_to_a_stationary_point_within_limits(
    figure: Model, figure_tree: Tree, equal_tasks: IKTasks, swing: Array, swing_markers: Markers
) -> None:
    noise = np.random.default_rng(3).normal(0, 0.03, swing_markers.positions.shape)
    noisy = swing_markers.with_positions(swing_markers.positions + noise)
    solution = FastIK(equal_tasks)(figure, noisy)
    assert solution.converged.all()
    free = figure_tree.free
    full = np.zeros((len(swing), len(figure_tree.coordinates)))
    full[:, free] = solution.motion.values
    weights = np.array([equal_tasks.weights[name] for name in noisy.names])
    residuals = marker_positions(figure_tree, full) - noisy.positions
    J = marker_jacobian(figure_tree, full)
    gradient = np.einsum("m,fmi,fmik->fk", weights / weights.sum(), residuals, J)[:, free]
    low, high = np.array([figure_tree.coordinates[i].limits for i in free]).T
    at_low, at_high = solution.motion.values <= low, solution.motion.values >= high
    assert (solution.motion.values >= low).all()
    assert (solution.motion.values <= high).all()
    assert (at_low | at_high).any(), "noise should push something against a limit"
    assert np.abs(gradient[~at_low & ~at_high]).max() < 1e-9
    assert (gradient[at_low] > -1e-9).all()
    assert (gradient[at_high] < 1e-9).all()
    truth = cost(figure_tree, equal_tasks, replace_values(solution, swing[:, free]), noisy)
    assert (cost(figure_tree, equal_tasks, solution, noisy) <= truth).all()


def replace_values(solution: Any, values: Array) -> Any:
    return replace(solution, motion=replace(solution.motion, values=values))


def test_marker_errors_are_distances(
    figure: Model, figure_tree: Tree, equal_tasks: IKTasks, swing_markers: Markers
) -> None:
    spoiled = swing_markers.positions.copy()
    spoiled[:, 3] += (0.0, 0.03, 0.0)
    spoiled[5, 7] = np.nan
    markers = swing_markers.with_positions(spoiled)
    solution = FastIK(equal_tasks)(figure, markers)
    full = np.zeros((markers.n_frames, len(figure_tree.coordinates)))
    full[:, figure_tree.free] = solution.motion.values
    expected = np.linalg.norm(
        marker_positions(figure_tree, full, solution.marker_names)
        - markers.select(solution.marker_names).positions,
        axis=2,
    )
    np.testing.assert_allclose(solution.marker_errors, expected, atol=1e-12)


def test_answer_does_not_depend_on_order_batch_or_threads(
    figure: Model, equal_tasks: IKTasks, swing_markers: Markers
) -> None:
    noise = np.random.default_rng(4).normal(0, 0.01, swing_markers.positions.shape)
    noisy = swing_markers.with_positions(swing_markers.positions + noise)
    whole = FastIK(equal_tasks)(figure, noisy).motion.values
    backwards = noisy.select(noisy.names[::-1])
    reordered = IKTasks(equal_tasks.marker_weights[::-1])
    np.testing.assert_array_equal(FastIK(reordered)(figure, backwards).motion.values, whole)
    part = noisy.at_frames(np.arange(30, 50))
    np.testing.assert_allclose(
        FastIK(equal_tasks)(figure, part).motion.values, whole[30:50], atol=1e-8
    )
    trials = [(figure, noisy), (figure, part)] * 3
    threaded = solve_trials(FastIK(equal_tasks), trials, n_threads=3)
    single = solve_trials(FastIK(equal_tasks), trials, n_threads=1)
    assert all(one == other for one, other in zip(threaded, single, strict=True))


def test_thirty_percent_of_the_markers_missing(
    figure: Model, figure_tree: Tree, equal_tasks: IKTasks, swing: Array, swing_markers: Markers
) -> None:
    positions = swing_markers.positions.copy()
    positions[np.random.default_rng(5).random(positions.shape[:2]) < 0.3] = np.nan
    solution = FastIK(equal_tasks)(figure, swing_markers.with_positions(positions))
    assert np.isfinite(solution.motion.values).all()
    assert (np.isnan(solution.marker_errors) == np.isnan(positions[..., 0])).all()
    enough = ((~np.isnan(positions[..., 0])).reshape(len(swing), 8, 4).sum(axis=2) >= 3).all(axis=1)
    assert enough.sum() >= 3
    assert pose_error(figure_tree, solution, swing)[enough].max() < TIGHT


def test_a_missing_limb_is_held_and_flagged(
    figure: Model, equal_tasks: IKTasks, swing_markers: Markers
) -> None:
    positions = swing_markers.positions.copy()
    leg = [i for i, name in enumerate(swing_markers.names) if name[:-1] in ("thigh_r", "shank_r")]
    positions[:, leg] = np.nan
    solution = FastIK(equal_tasks)(figure, swing_markers.with_positions(positions))
    lost = ("hip_flexion_r", "hip_adduction_r", "knee_r", "toe_r")
    assert solution.held == (*lost, "toe_l")
    assert (solution.motion.select(lost).values == 0).all()
    assert solution.converged.all()
    # lost for some frames only: they hold the last value
    positions = swing_markers.positions.copy()
    positions[20:30, leg] = np.nan
    solution = FastIK(equal_tasks)(figure, swing_markers.with_positions(positions))
    knee = solution.motion.value("knee_r")
    assert (knee[20:30] == knee[19]).all()
    assert solution.observed is not None
    column = solution.motion.names.index("knee_r")
    assert solution.observed[:, column].tolist() == [not 20 <= i < 30 for i in range(80)]


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_frames_with_too_few_markers_hold_the_pose(
    figure: Model, equal_tasks: IKTasks, swing_markers: Markers, kept: int
) -> None:
    positions = swing_markers.positions.copy()
    gaps = [*range(4), *range(40, 45), 79]
    for frame in gaps:
        positions[frame, kept:] = np.nan
    solution = FastIK(equal_tasks)(figure, swing_markers.with_positions(positions))
    values = solution.motion.values
    assert np.isfinite(values).all()
    assert not solution.converged[gaps].any()
    assert solution.converged.sum() == 80 - len(gaps)
    assert (values[40:45] == values[39]).all()
    assert (values[79] == values[78]).all()
    assert solution.observed is not None
    assert not solution.observed[gaps].any()


def test_a_recording_without_any_marker_gives_the_default(
    figure: Model, equal_tasks: IKTasks, swing_markers: Markers
) -> None:
    nothing = swing_markers.with_positions(np.full_like(swing_markers.positions, np.nan))
    solution = FastIK(equal_tasks)(figure, nothing)
    assert (solution.motion.values == 0).all()
    assert not solution.converged.any()
    assert len(solution.held) == len(solution.motion.names)


def test_locked_coordinates_stay_and_ranges_hold(
    make_figure: Callable[..., Model], equal_tasks: IKTasks, swing_markers: Markers, swing: Array
) -> None:
    lock = "<default_value>0.2</default_value><locked>true</locked>"
    model = make_figure(changes=f'<Coordinate name="elbow">=><Coordinate name="elbow">{lock}')
    solution = FastIK(equal_tasks)(model, swing_markers)
    assert (solution.motion.value("elbow") == 0.2).all()
    narrow = make_figure(changes="<range>0 2.6</range>=><range>0.2 0.4</range>")
    solution = FastIK(equal_tasks)(narrow, swing_markers)
    elbow = solution.motion.value("elbow")
    assert elbow.min() == 0.2
    assert elbow.max() == 0.4
    assert solution.converged.all()


def test_coordinate_tasks_pull_as_opensim_weighs_them(
    figure: Model, figure_tree: Tree, swing_markers: Markers, equal_tasks: IKTasks
) -> None:
    """A single hinge by hand: markers' mean square against the task's square."""
    one = swing_markers.at_frames(np.array([10]))
    pull = CoordinateTask("elbow", 0.02, 1.0)
    free = FastIK(equal_tasks)(figure, one).motion
    pulled = FastIK(replace(equal_tasks, coordinate_tasks=(pull,)))(figure, one).motion
    assert free.value("elbow")[0] < pulled.value("elbow")[0] < 1.0
    # gradient of both parts cancels at the solution
    full = figure_tree.defaults[None].copy()
    full[:, figure_tree.free] = pulled.values
    weights = np.array([equal_tasks.weights[name] for name in figure_tree.marker_names])
    residuals = marker_positions(figure_tree, full) - one.positions
    J = marker_jacobian(figure_tree, full)[..., figure_tree.coordinate_index("elbow")]
    by_markers = np.einsum("m,fmi,fmi->f", weights / weights.sum(), residuals, J)
    assert by_markers[0] == pytest.approx(-0.02 * (pulled.value("elbow")[0] - 1.0), rel=1e-6)
    # a task on a coordinate that no marker sees is simply met, and counts as determined
    toe = replace(equal_tasks, coordinate_tasks=(CoordinateTask("toe_r", 0.1, 0.3),))
    solution = FastIK(toe)(figure, one)
    assert solution.motion.value("toe_r")[0] == 0.3
    assert solution.held == ("toe_l",)


def test_couplings_hold_exactly(
    make_figure: Callable[..., Model], equal_tasks: IKTasks, swing: Array
) -> None:
    coupler = (
        '<CoordinateCouplerConstraint name="c"><coupled_coordinates_function><PolynomialFunction>'
        "<coefficients>0.4 0.3 0.1</coefficients></PolynomialFunction>"
        "</coupled_coordinates_function><independent_coordinate_names>hip_flexion_l"
        "</independent_coordinate_names><dependent_coordinate_name>knee_l"
        "</dependent_coordinate_name></CoordinateCouplerConstraint>"
    )
    model = make_figure(constraints=coupler)
    tree = read_tree(model)
    markers = recording(tree, swing)
    solution = FastIK(equal_tasks)(model, markers)
    assert "knee_l" not in solution.motion.names
    assert solution.converged.all()
    assert pose_error(tree, solution, swing).max() < TIGHT


def turn(tree: Tree, name: str, start: float, end: float, n: int = 120) -> Array:
    q = np.full((n, len(tree.coordinates)), 0.2)
    q[:, tree.coordinate_index(name)] = np.linspace(start, end, n)
    for toe in ("toe_r", "toe_l"):
        q[:, tree.coordinate_index(toe)] = 0
    return q


@pytest.mark.parametrize(
    ("name", "start", "end", "clamped"),
    [
        ("rotation", 0.0, 2 * np.pi, True),  # turns round
        ("rotation", np.pi, np.pi + 0.5, True),  # starts with the back to the camera
        ("list", -1.4, 1.4, True),
        ("list", 0.0, 2 * np.pi, False),  # cartwheel, through the gimbal lock at 90°
        ("tilt", 0.0, -2 * np.pi, False),  # somersault
        ("arm_x", -2.5, 2.8, True),  # arms overhead
        ("knee_r", 0.0, 2.4, True),  # crouch from limit to limit
    ],
)
def test_large_movements(
    make_figure: Callable[..., Model],
    equal_tasks: IKTasks,
    name: str,
    start: float,
    end: float,
    clamped: bool,
) -> None:
    model = make_figure(clamped_pelvis=clamped)
    tree = read_tree(model)
    q = turn(tree, name, start, end)
    solution = FastIK(equal_tasks)(model, recording(tree, q))
    assert pose_error(tree, solution, q).max() < TIGHT
    assert solution.converged.mean() > 0.97
    assert np.isfinite(solution.motion.values).all()


def test_out_of_reach_of_the_limits_ends_at_a_limit(
    figure: Model, make_figure: Callable[..., Model], equal_tasks: IKTasks
) -> None:
    free = read_tree(make_figure(clamped_pelvis=False))
    q = turn(free, "list", 0.0, np.pi)
    solution = FastIK(equal_tasks)(figure, recording(free, q))
    low, high = solution.motion.coordinates[1].range or (0, 0)
    values = solution.motion.value("list")
    assert np.isfinite(solution.motion.values).all()
    assert ((values >= low) & (values <= high)).all()


def test_cold_starts_from_random_poses(
    figure: Model, figure_tree: Tree, equal_tasks: IKTasks
) -> None:
    generator = np.random.default_rng(0)
    low, high = np.clip([c.limits for c in figure_tree.coordinates], -np.pi, np.pi).T
    poses = generator.uniform(low, high, (40, len(low)))
    solved = 0
    for q in poses:
        markers = recording(figure_tree, q[None])
        solution = FastIK(equal_tasks)(figure, markers)
        solved += solution.marker_errors.max() < 1e-6
    assert solved >= 38


def test_markers_that_are_not_shared(
    figure: Model, equal_tasks: IKTasks, swing_markers: Markers
) -> None:
    fewer = swing_markers.select(swing_markers.names[1:])
    more = IKTasks((*equal_tasks.marker_weights, ("nose", 1.0)))
    with pytest.warns(KinebenchWarning) as caught:
        solution = FastIK(more)(figure, fewer)
    messages = " ".join(str(one.message) for one in caught)
    assert "the model lacks 1 of" in messages
    assert "nose" in messages
    assert swing_markers.names[0] in messages
    assert solution.marker_names == fewer.names
    assert caught[0].filename == __file__
    with pytest.raises(InverseKinematicsError, match="share no marker"):
        FastIK(IKTasks((("nose", 1.0),)))(figure, fewer)
    wrong = replace(equal_tasks, coordinate_tasks=(CoordinateTask("elbows", 1.0),))
    with pytest.raises(NameNotFoundError, match="did you mean 'elbow'"):
        FastIK(wrong)(figure, swing_markers)


def test_solving_needs_no_opensim() -> None:
    code = (
        "import sys, kinebench.ik.fast\n"
        "assert 'opensim' not in sys.modules and 'numba' not in sys.modules\n"
        "import kinebench.kinematics.newton.sequence\n"
        "assert 'opensim' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_no_warning_escapes(figure: Model, equal_tasks: IKTasks, swing_markers: Markers) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        FastIK(equal_tasks)(figure, swing_markers)


def test_frames_before_anybody_is_seen_change_nothing(
    figure: Model, figure_tree: Tree, equal_tasks: IKTasks, swing_markers: Markers
) -> None:
    """The search starts where the first markers are, wherever that is and whenever they come."""
    here = swing_markers.with_positions(swing_markers.positions + np.array([0.0, 0.0, 2000.0]))
    seen = here.at_frames(np.arange(10))
    n_markers = len(seen.names)
    solved = FastIK(equal_tasks)(figure, seen).motion.values
    for n_empty in (1, 7):
        times = np.arange(n_empty + 10) / 100
        empty = np.full((n_empty, n_markers, 3), np.nan)
        late = Markers(seen.names, times, np.concatenate([empty, seen.positions]))
        for spoilt in ((), (0,), (1, 4)):  # markers that come later still
            positions = np.array(late.positions)
            positions[: n_empty + 3, list(spoilt)] = np.nan
            trial = Markers(seen.names, times, positions)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", KinebenchWarning)
                found = FastIK(equal_tasks)(figure, trial).motion.values
            np.testing.assert_allclose(found[n_empty:], solved, atol=1e-6)
