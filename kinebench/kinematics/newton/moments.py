"""Moments of what each body carries: all that derivatives of E need to know of the markers."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, type-arg"
# numba infers the types of compiled functions

from __future__ import annotations

from kinebench.kinematics.newton.compilation import compiled
from kinebench.kinematics.newton.lanes import any_lane
from kinebench.kinematics.newton.rotations import multiply


@compiled
def add_moments(nodes, moves, state, second):
    """Moments of the own markers of each node that moves, then of everything that it carries."""
    for index in range(len(state)):
        if moves[index] == 0:
            continue
        body = state[index]
        body.m = body.weight
        if not any_lane(body.weight > 0.0):
            body.h[:] = 0.0
            body.F[:] = 0.0
            body.P[:] = 0.0
            body.D[:] = 0.0
            continue
        R, B, mean = body.R, body.B, body.mean
        multiply(R, body.L, second)
        for a in range(3):
            body.h[a] = body.weight * mean[a]
            body.F[a] = body.weight * (mean[a] - body.y[a])
            for b in range(3):
                spread = second[a, 0] * R[b, 0] + second[a, 1] * R[b, 1] + second[a, 2] * R[b, 2]
                body.P[a, b] = spread + body.h[a] * mean[b]
                across = R[b, 0] * B[0, a] + R[b, 1] * B[1, a] + R[b, 2] * B[2, a]
                body.D[a, b] = spread + body.F[a] * mean[b] - across
    for index in range(len(nodes) - 1, -1, -1):
        if nodes[index].parent >= 0 and moves[nodes[index].parent] == 1:
            body, above = state[index], state[nodes[index].parent]
            above.m += body.m
            for a in range(3):
                above.h[a] += body.h[a]
                above.F[a] += body.F[a]
                for b in range(3):
                    above.P[a, b] += body.P[a, b]
                    above.D[a, b] += body.D[a, b]


@compiled
def bending(D):
    """The matrix B in Σ w (ω × X + v) × r = B ω + v × F: Dᵀ − tr(D), with D = Σ w r Xᵀ."""
    trace = D[0, 0] + D[1, 1] + D[2, 2]
    return (
        D[0, 0] - trace, D[1, 0], D[2, 0],
        D[0, 1], D[1, 1] - trace, D[2, 1],
        D[0, 2], D[1, 2], D[2, 2] - trace,
    )  # fmt: skip


@compiled
def inertia(P):
    """The matrix A in Σ w X × (ω × X + v) = A ω + h × v: tr(P) − P; xx, xy, xz, yy, yz, zz."""
    x, y, z = P[0, 0], P[1, 1], P[2, 2]
    return y + z, -P[0, 1], -P[0, 2], x + z, -P[1, 2], x + y
