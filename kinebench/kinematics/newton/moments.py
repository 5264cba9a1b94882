"""Moments of what each body carries: all that derivatives of E need to know of the markers."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, type-arg"
# numba infers the types of compiled functions

from __future__ import annotations

from kinebench.kinematics.newton.compilation import compiled
from kinebench.kinematics.newton.lanes import any_lane
from kinebench.kinematics.newton.rotations import multiply


@compiled
def add_moments(nodes, state, second):
    """Moments of each node's own markers, then of everything that it carries."""
    for index in range(len(state)):
        body = state[index]
        body.m = body.weight
        if not any_lane(body.weight > 0.0):
            body.h[:] = 0.0
            body.F[:] = 0.0
            body.P[:] = 0.0
            body.D[:] = 0.0
            continue
        R, mean = body.R, body.mean
        multiply(R, body.L, second)
        for a in range(3):
            body.h[a] = body.weight * mean[a]
            body.F[a] = body.weight * (mean[a] - body.y[a])
            for b in range(3):
                spread = second[a, 0] * R[b, 0] + second[a, 1] * R[b, 1] + second[a, 2] * R[b, 2]
                body.P[a, b] = spread + body.h[a] * mean[b]
                body.D[a, b] = spread + body.F[a] * mean[b] - body.C[b, a]
    for index in range(len(nodes) - 1, -1, -1):
        if nodes[index].parent >= 0:
            body, above = state[index], state[nodes[index].parent]
            above.m += body.m
            for a in range(3):
                above.h[a] += body.h[a]
                above.F[a] += body.F[a]
                for b in range(3):
                    above.P[a, b] += body.P[a, b]
                    above.D[a, b] += body.D[a, b]


@compiled
def bending(D, F, wx, wy, wz, vx, vy, vz):
    """Σ w (ω × X + v) × r = Dᵀω − tr(D) ω + v × F, with D = Σ w r Xᵀ."""
    trace = D[0, 0] + D[1, 1] + D[2, 2]
    kx = D[0, 0] * wx + D[1, 0] * wy + D[2, 0] * wz - trace * wx + vy * F[2] - vz * F[1]
    ky = D[0, 1] * wx + D[1, 1] * wy + D[2, 1] * wz - trace * wy + vz * F[0] - vx * F[2]
    kz = D[0, 2] * wx + D[1, 2] * wy + D[2, 2] * wz - trace * wz + vx * F[1] - vy * F[0]
    return kx, ky, kz


@compiled
def momentum(body, wx, wy, wz, vx, vy, vz):
    """Σ w (ω × X + v) and Σ w X × (ω × X + v)."""
    h, P = body.h, body.P
    trace = P[0, 0] + P[1, 1] + P[2, 2]
    fx = body.m * vx + wy * h[2] - wz * h[1]
    fy = body.m * vy + wz * h[0] - wx * h[2]
    fz = body.m * vz + wx * h[1] - wy * h[0]
    nx = h[1] * vz - h[2] * vy + trace * wx - P[0, 0] * wx - P[0, 1] * wy - P[0, 2] * wz
    ny = h[2] * vx - h[0] * vz + trace * wy - P[1, 0] * wx - P[1, 1] * wy - P[1, 2] * wz
    nz = h[0] * vy - h[1] * vx + trace * wz - P[2, 0] * wx - P[2, 1] * wy - P[2, 2] * wz
    return fx, fy, fz, nx, ny, nz
