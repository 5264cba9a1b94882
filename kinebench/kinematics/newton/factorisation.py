"""LᵀDL of a matrix whose zeros are those of the tree, and its solution."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, type-arg"
# numba infers the types of compiled functions

from __future__ import annotations

from kinebench.kinematics.newton.compilation import compiled

UNOBSERVED = 1e-12  # m² of weighted mean square per rad²
_DEPENDENT = 1e-10  # pivot relative to the diagonal


@compiled
def factorise(chain, depth, held, damping, diagonal, H, L):
    """L and D of LᵀDL; 0 in D where a variable cannot be told from others.

    False when H is not positive.
    """
    n = len(held)
    for k in range(n):
        for t in range(depth[k]):
            L[k, t] = 0.0 if held[k] or held[chain[k, t]] else H[k, t]
        L[k, depth[k]] = 1.0 if held[k] else H[k, depth[k]] + damping * diagonal[k]
    for k in range(n - 1, -1, -1):
        if held[k]:
            continue
        pivot = L[k, depth[k]]
        least = _DEPENDENT * diagonal[k]
        if pivot <= least:
            if pivot < -least:
                return False
            for t in range(depth[k] + 1):
                L[k, t] = 0.0
            continue
        inverse = 1.0 / pivot
        for t in range(depth[k]):
            factor = L[k, t] * inverse
            row = L[chain[k, t]]
            for s in range(t + 1):
                row[s] -= factor * L[k, s]
        for t in range(depth[k]):
            L[k, t] *= inverse
    return True


@compiled
def solve(chain, depth, held, H, L, g, rest, d):
    """d ← −(LᵀDL)⁻¹ (g + H d_held) for the variables that are not held."""
    n = len(g)
    for k in range(n):
        rest[k] = 0.0 if held[k] else -g[k]
    for k in range(n):
        if held[k] and d[k] != 0.0:
            for t in range(depth[k]):
                rest[chain[k, t]] -= d[k] * H[k, t]
            for j in range(k + 1, n):
                if depth[j] > depth[k] and chain[j, depth[k]] == k:
                    rest[j] -= d[k] * H[j, depth[k]]
    for k in range(n - 1, -1, -1):
        for t in range(depth[k]):
            rest[chain[k, t]] -= L[k, t] * rest[k]
    for k in range(n):
        if held[k]:
            continue
        value = 0.0
        if L[k, depth[k]] != 0.0:
            value = rest[k] / L[k, depth[k]]
            for t in range(depth[k]):
                value -= L[k, t] * d[chain[k, t]]
        d[k] = value
