"""Small products of matrices and vectors, written out."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, type-arg"
# numba infers the types of compiled functions

from __future__ import annotations

import numpy as np

from kinebench.kinematics.newton.compilation import compiled


@compiled
def move(R, p, x, out):
    """out = R x + p."""
    for a in range(3):
        out[a] = R[a, 0] * x[0] + R[a, 1] * x[1] + R[a, 2] * x[2] + p[a]


@compiled
def multiply(A, B, out):
    """out = A B."""
    for a in range(3):
        for b in range(3):
            out[a, b] = A[a, 0] * B[0, b] + A[a, 1] * B[1, b] + A[a, 2] * B[2, b]


@compiled
def turn(R, B):
    """R ← R B in place."""
    for a in range(3):
        x, y, z = R[a, 0], R[a, 1], R[a, 2]
        for b in range(3):
            R[a, b] = x * B[0, b] + y * B[1, b] + z * B[2, b]


@compiled
def rotate(R, k, angle, axis):
    """R ← R · rotation about its axis k; notes that axis."""
    i, j = (k + 1) % 3, (k + 2) % 3
    c, s = np.cos(angle), np.sin(angle)
    for a in range(3):
        axis[a] = R[a, k]
        u, v = R[a, i], R[a, j]
        R[a, i] = c * u + s * v
        R[a, j] = c * v - s * u
