"""Kalman smoother of points with constant acceleration, disturbed by white-noise jerk.

Sources
-------
Rauch, H. E., Tung, F., Striebel, C. T. (1965). Maximum likelihood estimates of linear dynamic
systems. AIAA Journal 3, 1445–1450.
Bar-Shalom, Y., Li, X. R., Kirubarajan, T. (2001). Estimation with applications to tracking and
navigation, section 6.2.3: the model with white-noise jerk.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinebench.errors import CleaningError, ValueRangeError
from kinebench.signals.runs import FloatArray, as_columns, columns_by_pattern, require_rate

# state (position, velocity, acceleration), time in frames
_F = np.array([[1.0, 1.0, 0.5], [0.0, 1.0, 1.0], [0.0, 0.0, 1.0]])
_Q = np.array(
    [[1 / 20, 1 / 8, 1 / 6], [1 / 8, 1 / 3, 1 / 2], [1 / 6, 1 / 2, 1.0]], dtype=np.float64
)
# variance of the unknown start over that of a measurement: large, yet far from rounding
_DIFFUSE = 1e7
# a state of three needs as many measurements before its innovations tell of the noise
_N_STATES = 3


@dataclass(frozen=True, slots=True)
class KalmanNoise:
    """Noise of process and measurement.

    Parameters
    ----------
    jerk_density : float
        Spectral density of the jerk, m²/s⁵.
    measurement : float
        Standard deviation of a measured position, m.
    """

    jerk_density: float
    measurement: float

    def __post_init__(self) -> None:
        for name in ("jerk_density", "measurement"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value > 0):
                raise ValueRangeError(f"{name} of a Kalman smoother must be above 0, found {value}")

    def ratio(self, rate_hz: float) -> float:
        """Process over measurement noise, with time in frames: all that the result depends on."""
        return self.jerk_density / (rate_hz**5 * self.measurement**2)


@dataclass(frozen=True, slots=True)
class _Pass:
    """Forward pass: states and covariances before and after each update."""

    predicted: FloatArray  # (n, 3, k)
    updated: FloatArray  # (n, 3, k)
    P_predicted: FloatArray  # (n, 3, 3)
    P_updated: FloatArray  # (n, 3, 3)
    log_likelihood_terms: tuple[float, float, int]  # Σ log S, Σ ν²/S, number of innovations


def kalman_smooth(values: ArrayLike, rate_hz: float, noise: KalmanNoise) -> FloatArray:
    """Rauch–Tung–Striebel smoothed positions.

    Parameters
    ----------
    values : (n_frames, ...) m
        The model runs through gaps, so that both sides of a gap know of one another, but gaps
        stay gaps in the result.
    rate_hz : float
    noise : KalmanNoise
        Shared by all columns.

    Raises
    ------
    CleaningError
        A column with fewer than three values.
    """
    columns = as_columns(values)
    ratio = noise.ratio(require_rate(rate_hz))
    smoothed = columns.copy()
    for group, missing in _groups(columns):
        forward = _forward(columns[:, group], missing, ratio)
        smoothed[:, group] = _backward(forward)
    smoothed[np.isnan(columns)] = np.nan
    return smoothed.reshape(np.shape(values))


def estimate_noise(
    values: ArrayLike, rate_hz: float, measurement: float | None = None
) -> KalmanNoise:
    """Noise of greatest likelihood, common to all columns of values (n_frames, ...) m.

    Parameters
    ----------
    measurement : float, optional
        Standard deviation of a measurement, m, if it is known; else it is estimated too.

    Raises
    ------
    CleaningError
        A column with fewer than three values, or no column with more than three.
    """
    from scipy.optimize import minimize_scalar

    columns = as_columns(values)
    require_rate(rate_hz)
    groups = _groups(columns)

    def terms(log_ratio: float) -> FloatArray:
        passes = [_forward(columns[:, g], m, 10.0**log_ratio) for g, m in groups]
        return np.asarray(np.sum([p.log_likelihood_terms for p in passes], axis=0))

    if not groups or terms(0.0)[2] == 0:
        raise CleaningError("noise can be estimated only from columns of more than three values")

    def cost(log_ratio: float) -> float:
        log_s, squares, n = terms(log_ratio)
        if measurement is None:
            return float(log_s + n * np.log(max(squares / n, 1e-300)))
        return float(log_s + squares / measurement**2 + 2 * n * np.log(measurement))

    found = minimize_scalar(cost, bounds=(-14.0, 4.0), method="bounded", options={"xatol": 0.02})
    ratio = 10.0 ** float(found.x)
    _, squares, n = terms(float(found.x))
    # a signal without any noise has no standard deviation; a nanometre stands for it
    sigma = measurement if measurement is not None else max(float(np.sqrt(squares / n)), 1e-9)
    return KalmanNoise(ratio * rate_hz**5 * sigma**2, sigma)


def _groups(columns: FloatArray) -> list[tuple[NDArray[np.intp], NDArray[np.bool_]]]:
    """Columns that miss the same frames, with the frames they miss; empty columns left out."""
    missing = np.isnan(columns)
    groups = []
    for group in columns_by_pattern(missing):
        pattern = missing[:, group[0]]
        present = int((~pattern).sum())
        if present == 0:
            continue
        if present < _N_STATES:
            raise CleaningError(
                f"a Kalman smoother needs {_N_STATES} frames or more per signal, found {present}"
            )
        groups.append((group, pattern))
    return groups


def _forward(y: FloatArray, missing: NDArray[np.bool_], ratio: float) -> _Pass:
    """Kalman filter with the measurement's variance as unit; gains are common to all columns."""
    n, k = y.shape
    first = int(np.flatnonzero(~missing)[0])
    x, P = np.zeros((3, k)), _DIFFUSE * np.eye(3)
    # the start is put where the first measurement is, so that only its variance is diffuse
    x[0] = y[first]
    xs_predicted, xs = np.empty((n, 3, k)), np.empty((n, 3, k))
    Ps_predicted, Ps = np.empty((n, 3, 3)), np.empty((n, 3, 3))
    log_s, squares, counted, seen = 0.0, 0.0, 0, 0
    for frame in range(n):
        if frame > 0:
            x, P = _F @ x, _F @ P @ _F.T + ratio * _Q
        xs_predicted[frame], Ps_predicted[frame] = x, P
        if not missing[frame]:
            S = P[0, 0] + 1.0
            gain = P[:, 0] / S
            innovation = y[frame] - x[0]
            x = x + gain[:, None] * innovation
            A = np.eye(3) - np.outer(gain, [1.0, 0.0, 0.0])
            P = A @ P @ A.T + np.outer(gain, gain)
            seen += 1
            if seen > _N_STATES:
                log_s += k * float(np.log(S))
                squares += float(innovation @ innovation) / S
                counted += k
        xs[frame], Ps[frame] = x, P
    return _Pass(xs_predicted, xs, Ps_predicted, Ps, (log_s, squares, counted))


def _backward(forward: _Pass) -> FloatArray:
    """Smoothed positions (n, k)."""
    x = forward.updated[-1]
    positions = np.empty((len(forward.updated), x.shape[1]))
    positions[-1] = x[0]
    for frame in range(len(positions) - 2, -1, -1):
        P_next = forward.P_predicted[frame + 1]
        gain = np.linalg.solve(P_next, _F @ forward.P_updated[frame]).T
        x = forward.updated[frame] + gain @ (x - forward.predicted[frame + 1])
        positions[frame] = x[0]
    return positions
