"""Small recordings that are known exactly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kinebench.core import Markers
from kinebench.geometry.rotations import rotation_about_vertical

RATE = 60.0

# m, standing: X forward, Y up, Z right; the left side mirrors the right one
RIGHT_SIDE = {
    "Shoulder": (0.01, 1.45, 0.18),
    "Hip": (0.02, 0.95, 0.09),
    "Knee": (0.03, 0.50, 0.10),
    "Ankle": (0.0, 0.09, 0.11),
    "Heel": (-0.05, 0.03, 0.11),
    "BigToe": (0.15, 0.02, 0.10),
    "SmallToe": (0.13, 0.02, 0.17),
}


def _body(heel_height: float) -> dict[str, np.ndarray]:
    body = {}
    for joint, (x, y, z) in RIGHT_SIDE.items():
        height = heel_height if joint == "Heel" else y
        body["R" + joint] = np.array([x, height, z])
        body["L" + joint] = np.array([x, height, -z])
    # above the point of support, on average
    return body


@pytest.fixture
def person() -> Callable[..., Markers]:
    """Build a person who stands, squats once, and stands, in one place per facing (degrees)."""

    def build(
        facings: tuple[float, ...] = (0.0,), heel_height: float = 0.03, noise_m: float = 0.0
    ) -> Markers:
        body = _body(heel_height)
        names = tuple(body)
        start = np.array([body[name] for name in names])
        depth = np.concatenate([np.zeros(60), np.sin(np.linspace(0, np.pi, 60)) ** 2, np.zeros(60)])
        lowered = np.array(
            [[0.0 if "Heel" in n or "Toe" in n or "Ankle" in n else 1.0] for n in names]
        )
        knees = np.array([[1.0 if "Knee" in n else 0.0] for n in names])
        stretch = []
        for facing in facings:
            moved = (
                start[None]
                - 0.35 * depth[:, None, None] * lowered * [0.0, 1.0, 0.0]
                + depth[:, None, None] * knees * [0.25, 0.15, 0.0]
            )
            stretch.append(moved @ rotation_about_vertical(np.radians(facing)).T)
        positions = np.concatenate(stretch)
        rng = np.random.default_rng(11)
        positions = positions + rng.normal(scale=noise_m, size=positions.shape)
        return Markers(names, np.arange(len(positions)) / RATE, positions)

    return build


@pytest.fixture
def waves() -> Markers:
    """Two smooth markers with confidence."""
    t = np.arange(120) / RATE
    one = np.stack([np.sin(3 * t), 1 + 0.1 * t, np.cos(2 * t)], axis=1)
    two = np.stack([0.2 * t, np.sin(5 * t), 0 * t], axis=1)
    return Markers(
        ("one", "two"), t, np.stack([one, two], axis=1), confidence=np.full((120, 2), 0.9)
    )


@pytest.fixture
def noisy(waves: Markers) -> Markers:
    noise = np.random.default_rng(3).normal(scale=0.01, size=waves.positions.shape)
    return waves.with_positions(waves.positions + noise)
