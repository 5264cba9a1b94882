"""A standing body, and a small augmenter with random weights that needs no download."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kinebench.augmentation.catalogue import AugmenterVersion, NetworkSpec, version
from kinebench.augmentation.network import LSTMLayer, Network
from kinebench.augmentation.weights import write_version
from kinebench.core import Markers, Subject

# facing X, up Y, right Z, in m
STANDING = {
    "Neck": (0.0, 1.50, 0.0), "midHip": (0.0, 0.95, 0.0),
    "RShoulder": (0.0, 1.45, 0.18), "LShoulder": (0.0, 1.45, -0.18),
    "RElbow": (0.0, 1.15, 0.22), "LElbow": (0.0, 1.15, -0.22),
    "RWrist": (0.05, 0.90, 0.24), "LWrist": (0.05, 0.90, -0.24),
    "RHip": (0.0, 0.95, 0.09), "LHip": (0.0, 0.95, -0.09),
    "RKnee": (0.03, 0.50, 0.10), "LKnee": (0.03, 0.50, -0.10),
    "RAnkle": (0.0, 0.09, 0.10), "LAnkle": (0.0, 0.09, -0.10),
    "RHeel": (-0.05, 0.03, 0.10), "LHeel": (-0.05, 0.03, -0.10),
    "RBigToe": (0.16, 0.02, 0.09), "LBigToe": (0.16, 0.02, -0.09),
    "RSmallToe": (0.13, 0.02, 0.15), "LSmallToe": (0.13, 0.02, -0.15),
}  # fmt: skip


@pytest.fixture(scope="session")
def make_body() -> Callable[..., Markers]:
    """Keypoints of a body that sways smoothly: ``make_body(n_frames, rate_hz=60.0, seed=0)``."""

    def make(n_frames: int = 30, rate_hz: float = 60.0, seed: int = 0) -> Markers:
        rng = np.random.default_rng(seed)
        times = np.arange(n_frames) / rate_hz
        phase = rng.uniform(0, 2 * np.pi, (len(STANDING), 3))
        sway = 0.02 * np.sin(2 * np.pi * 0.7 * times[:, None, None] + phase)
        return Markers(tuple(STANDING), times, np.array(list(STANDING.values())) + sway)

    return make


@pytest.fixture(scope="session")
def body(make_body: Callable[..., Markers]) -> Markers:
    return make_body()


@pytest.fixture(scope="session")
def subject() -> Subject:
    return Subject(mass_kg=70.0, height_m=1.75)


def single(values: np.ndarray) -> np.ndarray:
    """In single precision, as weights are held."""
    return values.astype(np.float32)


@pytest.fixture(scope="session")
def make_network() -> Callable[..., Network]:
    """Random network: ``make_network(n_features, units, n_responses, seed=0)``."""

    def make(n_features: int, units: tuple[int, ...], n_responses: int, seed: int = 0) -> Network:
        rng = np.random.default_rng(seed)
        layers, width = [], n_features
        for n in units:
            kernel, recurrent = rng.normal(0, 0.4, (width, 4 * n)), rng.normal(0, 0.4, (n, 4 * n))
            layers.append(LSTMLayer(*map(single, (kernel, recurrent, rng.normal(0, 0.4, 4 * n)))))
            width = n
        mean, std = rng.normal(0, 0.2, n_features), rng.uniform(0.2, 0.5, n_features)
        mean[-2:], std[-2:] = (1.7, 72.0), (0.1, 10.0)  # height and mass must not saturate gates
        return Network(
            tuple(layers),
            single(rng.normal(0, 0.3, (width, n_responses))),
            single(rng.normal(0, 0.3, n_responses)),
            mean,
            std,
        )

    return make


@pytest.fixture(scope="session")
def small_version(
    tmp_path_factory: pytest.TempPathFactory, make_network: Callable[..., Network]
) -> AugmenterVersion:
    """Two networks of different depth; keypoints and markers of v0.1's arms and some legs."""
    lower = NetworkSpec(
        "lower", "", ("Neck", "RHip", "LHip", "RKnee"), ("r_knee_study", "C7_study")
    )
    upper = version("v0.1").networks[1]
    row = AugmenterVersion("small", (lower, upper))
    networks = (make_network(14, (6, 5), 6), make_network(23, (7,), 24, seed=1))
    folder: Path = tmp_path_factory.mktemp("small")
    return write_version(folder, row, networks)


@pytest.fixture(scope="session")
def by_the_book() -> Callable[..., np.ndarray]:
    """``by_the_book(network, rows)``: responses to one sequence."""

    def predict(network: Network, rows: np.ndarray) -> np.ndarray:
        """The equations, one frame and one sequence at a time, in double precision."""

        def sigma(x: np.ndarray) -> np.ndarray:
            return 1.0 / (1.0 + np.exp(-x))

        for layer in network.layers:
            n = layer.n_units
            W, U, b = (
                np.asarray(w, dtype=float) for w in (layer.kernel, layer.recurrent, layer.bias)
            )
            h, c, outputs = np.zeros(n), np.zeros(n), []
            for x in rows:
                z = x @ W + h @ U + b
                i, f, g, o = z[:n], z[n : 2 * n], z[2 * n : 3 * n], z[3 * n :]
                c = sigma(f) * c + sigma(i) * np.tanh(g)
                h = sigma(o) * np.tanh(c)
                outputs.append(h)
            rows = np.array(outputs)
        return rows @ network.kernel.astype(float) + network.bias

    return predict
