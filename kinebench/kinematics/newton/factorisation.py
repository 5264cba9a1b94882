"""LᵀDL of a matrix whose zeros are those of the tree, and its solution."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, type-arg"
# numba infers the types of compiled functions

from __future__ import annotations

from kinebench.kinematics.newton.compilation import compiled
from kinebench.kinematics.newton.lanes import any_lane, like, negated, select, size

UNOBSERVED = 1e-12  # m² of weighted mean square per rad²
_DEPENDENT = 1e-10  # pivot relative to the diagonal


@compiled
def factorise(chain, depth, damping, w):
    """L and D of LᵀDL; 0 in D where a variable cannot be told from others.

    Only variables of which `w.free` is 1 count; it is 0 for the others. Returns where H is
    positive.
    """
    H, L, free = w.H, w.L, w.free
    n = len(free)
    none = like(free[0], 0.0)
    positive = none == 0.0
    for k in range(n):
        if not any_lane(free[k] > 0.0):
            continue
        for t in range(depth[k]):
            L[k, t] = free[k] * free[chain[k, t]] * H[k, t]
        L[k, depth[k]] = select(free[k] > 0.0, H[k, depth[k]] + damping * w.diagonal[k], 1.0 + none)
    for k in range(n - 1, -1, -1):
        if not any_lane(free[k] > 0.0):
            continue
        pivot, least = L[k, depth[k]], _DEPENDENT * free[k] * w.diagonal[k]
        told = pivot > least
        positive = positive & negated(pivot < -least)
        inverse = select(told, 1.0 / pivot, none)
        w.inverse[k] = inverse
        L[k, depth[k]] = select(told, pivot, none)
        for t in range(depth[k]):
            factor = L[k, t] * inverse
            row = L[chain[k, t]]
            for s in range(t + 1):
                row[s] -= factor * L[k, s]
        for t in range(depth[k]):
            L[k, t] *= inverse
    return positive


@compiled
def solve(chain, depth, w):
    """d ← −(LᵀDL)⁻¹ (g + H d_held) for the free variables."""
    H, L, free, rest, d = w.H, w.L, w.free, w.rest, w.d
    n = len(free)
    for k in range(n):
        rest[k] = -free[k] * w.g[k]
    for k in range(n):
        held = (1.0 - free[k]) * d[k]
        if any_lane(size(held) > 0.0):
            for t in range(depth[k]):
                rest[chain[k, t]] -= held * H[k, t]
            for j in range(k + 1, n):
                if depth[j] > depth[k] and chain[j, depth[k]] == k:
                    rest[j] -= held * H[j, depth[k]]
    for k in range(n - 1, -1, -1):
        if not any_lane(free[k] > 0.0):
            continue
        for t in range(depth[k]):
            rest[chain[k, t]] -= L[k, t] * rest[k]
    for k in range(n):
        if not any_lane(free[k] > 0.0):
            continue
        value = rest[k] * w.inverse[k]
        for t in range(depth[k]):
            value -= L[k, t] * d[chain[k, t]]
        d[k] = select(free[k] > 0.0, value, d[k])
