from __future__ import annotations

import base64
from dataclasses import replace

import numpy as np
import pytest

from kinebench.core import Model, Motion
from kinebench.kinematics import read_tree
from kinebench.lab import generic_body
from kinebench.reports.player import PlayerBlock, Skeleton, player_block, skeleton_of


def decoded(text: str, n_frames: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """By the rule that the docstring states, a number at a time; the player does the same."""
    numbers, number, shift = [], 0, 0
    for byte in base64.b64decode(text):
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(-(number + 1) // 2 if number % 2 else number // 2)
            number, shift = 0, 0
    bends = np.array(numbers, np.int64).reshape(n_frames, -1)
    return bends.cumsum(axis=0).cumsum(axis=0)


@pytest.fixture(scope="session")
def model() -> Model:
    return generic_body().model


@pytest.fixture(scope="session")
def motion(model: Model) -> Motion:
    """Two seconds at 100 Hz: the knees bend, the pelvis walks off at 2 m/s."""
    tree = read_tree(model)
    times = np.arange(201) / 100
    values = np.tile([c.default for c in tree.coordinates], (len(times), 1))
    names = tree.coordinate_names
    bend = 0.5 * (1 - np.cos(np.pi * times))
    for name, most in (("knee_angle_r", 1.2), ("knee_angle_l", 1.0), ("hip_flexion_r", 0.8)):
        values[:, names.index(name)] = most * bend
    values[:, names.index("pelvis_tx")] = 2.0 * times
    return Motion(tuple(c.as_coordinate() for c in tree.coordinates), times, values)


def changed(motion: Motion, **amounts: float) -> Motion:
    """The motion with something added to coordinates, rad or m."""
    values = np.array(motion.values)
    for name, amount in amounts.items():
        values[:, motion.names.index(name)] += amount
    return replace(motion, values=values)


@pytest.fixture(scope="session")
def reference(model: Model, motion: Motion) -> Skeleton:
    return skeleton_of(model, motion)


@pytest.fixture(scope="session")
def estimate(model: Model, motion: Motion) -> Skeleton:
    """The right knee is bent 10° too far, the pelvis 30 mm too low; towards the end it is worse."""
    values = np.array(changed(motion, pelvis_ty=-0.03).values)
    ramp = np.linspace(0.5, 1.5, motion.n_frames)
    values[:, motion.names.index("knee_angle_r")] += np.radians(10.0) * ramp
    return skeleton_of(model, replace(motion, values=values))


@pytest.fixture(scope="session")
def block(reference: Skeleton, estimate: Skeleton) -> PlayerBlock:
    return player_block(reference, estimate, "A caption.", "A description.")
