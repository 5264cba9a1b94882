"""The fast engine on public recordings, beside OpenSim's own answers."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.core import Markers, Motion
from kinebench.core.ik_tasks import IKTasks
from kinebench.ik.fast import FastIK
from kinebench.ik.opensim_engine import OpenSimIK
from kinebench.io.models import read_model
from kinebench.io.setups import read_ik_tasks
from kinebench.io.trc import read_trc
from kinebench.kinematics import Tree, forward_kinematics, marker_positions, read_tree

pytestmark = pytest.mark.mirror

Find = Callable[[str], Path]
LAI_ARNOLD = "LaiArnoldModified2017_poly_withArms_weldHand_scaled.osim"
# model, markers, set-up, frames
TRIALS = {
    "mocap squat": (
        "Subject4/Models/manually_scaled.osim",
        "Subject4/MarkerData/squatsAsym1.trc",
        "IK/Setup_IK_Mocap.xml",
        slice(400, 440),
    ),
    "mocap walking with gaps": (
        "Subject4/Models/manually_scaled.osim",
        "Subject4/MarkerData/walking1.trc",
        "IK/Setup_IK_Mocap.xml",
        slice(0, 40),
    ),
    "drop jump with poor minima of the arms": (
        f"LaiArnoldSubject5/{LAI_ARNOLD}",
        "LaiArnoldSubject5/DJ1.trc",
        "IK/Setup_IK_Mocap.xml",
        slice(100, 140),
    ),
    "video squat": (
        f"subject0/OpenSimData/Model/{LAI_ARNOLD}",
        "subject0/MarkerData/Squats_0.trc",
        "subject0/OpenSimData/IK/Squats_0_setup_ik.xml",
        slice(200, 240),
    ),
}


def coordinates_of(tree: Tree, motion: Motion) -> np.ndarray[Any, Any]:
    q = np.tile(tree.defaults, (motion.n_frames, 1))
    for index, name in enumerate(tree.coordinate_names):
        if name in motion.names:
            q[:, index] = motion.value(name)
    return q


def cost(tree: Tree, tasks: IKTasks, motion: Motion, markers: Markers) -> np.ndarray[Any, Any]:
    positions = marker_positions(tree, coordinates_of(tree, motion), markers.names)
    squares = ((positions - markers.positions) ** 2).sum(axis=2)
    weights = np.array([tasks.weights[name] for name in markers.names])
    present = ~np.isnan(squares)
    return np.asarray(np.nansum(squares * weights, axis=1) / (present * weights).sum(axis=1))


@pytest.fixture(params=TRIALS)
def trial(request: pytest.FixtureRequest, mirror_file: Find) -> tuple[Any, Markers, IKTasks]:
    model, markers, setup, frames = TRIALS[request.param]
    recording = read_trc(mirror_file(markers))
    chosen = recording.at_frames(np.arange(recording.n_frames)[frames])
    return read_model(mirror_file(model)), chosen, read_ik_tasks(mirror_file(setup))


def test_cost_is_no_higher_than_opensims(trial: tuple[Any, Markers, IKTasks]) -> None:
    model, markers, tasks = trial
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fast, opensim = FastIK(tasks)(model, markers), OpenSimIK(tasks)(model, markers)
    assert fast.converged.all()
    assert set(fast.motion.names) == set(opensim.motion.names)
    assert fast.held == ("mtp_angle_r", "mtp_angle_l")
    assert fast.marker_names == opensim.marker_names
    tracked, tree = markers.select(fast.marker_names), read_tree(model)
    ours = cost(tree, tasks, fast.motion, tracked)
    assert (ours <= cost(tree, tasks, opensim.motion, tracked) + 1e-12).all()


def test_noise_free_markers_give_the_poses_back(trial: tuple[Any, Markers, IKTasks]) -> None:
    model, markers, tasks = trial
    tree = read_tree(model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        solved = FastIK(tasks)(model, markers)
        q = coordinates_of(tree, solved.motion)
        exact = Markers(
            solved.marker_names, markers.times, marker_positions(tree, q, solved.marker_names)
        )
        again = FastIK(tasks)(model, exact)
    R, p = forward_kinematics(tree, coordinates_of(tree, again.motion))
    R_true, p_true = forward_kinematics(tree, q)
    seen = [i for i, name in enumerate(tree.bodies) if not name.startswith("toes")]
    assert np.abs(R - R_true)[:, seen].max() < np.deg2rad(1e-6)
    assert np.abs(p - p_true)[:, seen].max() < 1e-8


def test_no_frame_of_the_drop_jump_stays_in_a_poor_minimum(mirror_file: Find) -> None:
    """Its own best motion as exact markers: a plain warm start loses the arms for a while."""
    model_end, markers_end, setup, _ = TRIALS["drop jump with poor minima of the arms"]
    model, tasks = read_model(mirror_file(model_end)), read_ik_tasks(mirror_file(setup))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        solved = FastIK(tasks)(model, read_trc(mirror_file(markers_end)))
        tree, names = read_tree(model), solved.marker_names
        positions = marker_positions(tree, coordinates_of(tree, solved.motion), names)
        again = FastIK(tasks)(model, Markers(names, solved.motion.times, positions))
    assert again.marker_errors.max() < 1e-8


def test_random_poses_near_the_start_and_from_nowhere(mirror_file: Find) -> None:
    """Within 20° of the default all poses come back; from anywhere in range 19 of 20."""
    model = read_model(mirror_file(f"subject0/OpenSimData/Model/{LAI_ARNOLD}"))
    tasks = read_ik_tasks(mirror_file("subject0/OpenSimData/IK/Squats_0_setup_ik.xml"))
    tree = read_tree(model)
    names = tuple(name for name in tasks.weights if name in tree.marker_names)
    generator = np.random.default_rng(6)
    low, high = np.clip([c.limits for c in tree.coordinates], -np.pi, np.pi).T
    near = np.clip(tree.defaults + generator.uniform(-0.35, 0.35, (20, len(low))), low, high)
    far = generator.uniform(low, high, (60, len(low)))
    found = []
    for pose in (*near, *far):
        markers = Markers(names, np.zeros(1), marker_positions(tree, pose[None], names))
        found.append(FastIK(tasks)(model, markers).marker_errors.max() < 1e-6)
    assert all(found[:20])
    assert np.mean(found[20:]) >= 0.97
