"""What one frame's markers say, as moments per body, and how far from them the model's lie."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, type-arg"
# numba infers the types of compiled functions

from __future__ import annotations

import numpy as np

from kinebench.kinematics.newton.compilation import compiled
from kinebench.kinematics.newton.rotations import move, multiply


@compiled
def measure(markers, measured, marker_column, state, origin):
    """Moments of the markers present in a frame; returns how many there are."""
    for body in state:
        body.weight = 0.0
        body.constant = 0.0
        body.x[:] = 0.0
        body.y[:] = 0.0
        body.L[:] = 0.0
        body.B[:] = 0.0
    total, n_present = 0.0, 0
    for i in range(len(markers)):
        marker, y = markers[i], measured[marker_column[i]]
        if np.isnan(y[0]):
            continue
        n_present += 1
        if marker.node < 0:
            continue
        if total == 0.0:
            origin[:] = y
        total += marker.weight
        body = state[marker.node]
        body.weight += marker.weight
        for a in range(3):
            body.x[a] += marker.weight * marker.location[a]
            body.y[a] += marker.weight * (y[a] - origin[a])
    if total == 0.0:
        return 0
    for body in state:
        if body.weight > 0.0:
            for a in range(3):
                body.x[a] /= body.weight
                body.y[a] /= body.weight
            body.weight /= total
    for i in range(len(markers)):
        marker, y = markers[i], measured[marker_column[i]]
        if np.isnan(y[0]) or marker.node < 0:
            continue
        body = state[marker.node]
        for a in range(3):
            xa = marker.location[a] - body.x[a]
            ya = y[a] - origin[a] - body.y[a]
            weighted = xa * marker.weight / total
            body.constant += weighted * xa + marker.weight / total * ya * ya
            for b in range(3):
                body.L[a, b] += weighted * (marker.location[b] - body.x[b])
                body.B[a, b] += weighted * (y[b] - origin[b] - body.y[b])
    return n_present


@compiled
def misfit(state):
    """Σ w |r|²; leaves the means of the model markers and C = R Σ w x' y'ᵀ."""
    total = 0.0
    for body in state:
        if body.weight == 0.0:
            continue
        move(body.R, body.p, body.x, body.mean)
        multiply(body.R, body.B, body.C)
        square = 0.0
        for a in range(3):
            square += (body.mean[a] - body.y[a]) ** 2
        trace = body.C[0, 0] + body.C[1, 1] + body.C[2, 2]
        total += body.weight * square + body.constant - 2.0 * trace
    return total


@compiled
def marker_distances(markers, measured, marker_column, origin, state, errors):
    """Distances of the markers at the pose evaluated last; NaN where a marker is missing."""
    for i in range(len(markers)):
        node, y = markers[i].node, measured[marker_column[i]]
        location = markers[i].location
        square = 0.0
        for a in range(3):
            if node < 0:
                position = location[a]
            else:
                R = state[node].R
                position = state[node].p[a] + origin[a]
                position += R[a, 0] * location[0] + R[a, 1] * location[1] + R[a, 2] * location[2]
            square += (position - y[a]) ** 2
        errors[i] = np.sqrt(square)
