"""Compiled marker tracking: Newton's method on the tree, frame after frame.

Per frame this minimises E(x) = ½ [Σ wᵢ |pᵢ(x) − mᵢ|² / Σ wᵢ + Σ wⱼ (xⱼ − cⱼ)²] within limits.

Markers act as point masses (of their weights) fixed to bodies. With X the position of a marker,
r = X − m its residual, and the column (ω, v) of a coordinate, which moves X by ω × X + v:

* gradient      g  = ω·N + v·F        with F = Σ w r, N = Σ w X × r
* Gauss–Newton  H₀ = v'·f + ω'·n      with f = Σ w (ω × X + v), n = Σ w X × (ω × X + v)
* curvature     H − H₀ = ω'·Σ w (ω × X + v) × r     for a column (ω', v') nearer to the root

where the sums run over everything that the coordinate moves. They follow from a few moments per
body, added from the leaves to the root: the composite-rigid-body algorithm (R. Featherstone,
Rigid Body Dynamics Algorithms, 2008, ch. 6), whose factorisation LᵀDL keeps the zeros that
branches of the tree leave in H (ibid., sec. 6.5). So a full Newton step, residuals included, costs
no more than a Gauss–Newton step and never needs a Jacobian.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, type-arg"
# numba infers the types of compiled functions

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

__all__ = ["RESULT", "Work", "new_work", "track"]

NEXT_STEP = 2e-9  # rad or m: the step that is expected next, when it need not be made any more
RATE = 100.0  # 1/rad: of quadratic convergence, s₂ / s₁², as long as nothing is known
NEWTON_END = 3e-7  # a Newton step after which none is needed, whatever the one before
LINEAR_END = 1e-10  # the same for other steps
ROUNDING = 1e-16  # m²: differences of E that mean nothing
UNOBSERVED = 1e-12  # m² of weighted mean square per rad²
DEPENDENT = 1e-10  # pivot relative to the diagonal
STEP_LIMIT = 0.8  # rad

compiled: Any = njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})


STATE = np.dtype(
    [
        # own markers: weight, mean location and measured position, second moments, constant
        ("weight", "f8"),
        ("x", "f8", (3,)),
        ("y", "f8", (3,)),
        ("L", "f8", (3, 3)),
        ("B", "f8", (3, 3)),
        ("constant", "f8"),
        # pose, mean of the model markers, R B
        ("R", "f8", (3, 3)),
        ("p", "f8", (3,)),
        ("mean", "f8", (3,)),
        ("C", "f8", (3, 3)),
        # over everything carried: Σ w, Σ w X, Σ w r, Σ w X Xᵀ, Σ w r Xᵀ
        ("m", "f8"),
        ("h", "f8", (3,)),
        ("F", "f8", (3,)),
        ("P", "f8", (3, 3)),
        ("D", "f8", (3, 3)),
    ],
    align=True,
)
RESULT = np.dtype([("energy", "f8"), ("converged", "?"), ("iterations", "i8")], align=True)
MOTION = np.dtype([("slope", "f8"), ("bend", "f8"), ("axis", "f8", (3,))], align=True)


class Work(NamedTuple):
    """Scratch arrays of one solver, filled anew for every frame or pose."""

    state: Any  # (n_nodes,) STATE
    motion: Any  # (n_terms,) MOTION
    origin: Any  # (3,) m
    S: Any  # (n_columns, 6)
    q: Any  # (n_coordinates,)
    T: Any  # (n_coordinates, n_variables)
    Hc: Any  # as H, of the columns; the same array unless reduced
    gc: Any
    H: Any  # (n_variables, longest chain): row k has H[k, chain[k]], the diagonal last
    L: Any  # the same of the factorisation
    g: Any
    diagonal: Any  # of the Gauss–Newton matrix
    held: Any
    d: Any
    rest: Any
    old: Any
    rate: Any  # (1,) worst rate of convergence lately


def new_work(flat: Any) -> Work:
    """Scratch arrays for a mechanism."""
    columns, variables = len(flat.column_coordinate), len(flat.variables)
    coordinates = variables + len(flat.couplings)
    H, g = np.zeros(flat.variable_chain.shape), np.zeros(variables)
    return Work(
        np.zeros(len(flat.nodes), STATE),
        np.zeros(len(flat.terms), MOTION),
        np.zeros(3),
        np.zeros((columns, 6)),
        np.zeros(coordinates),
        np.eye(coordinates, variables),
        np.zeros(flat.column_chain.shape) if flat.reduced else H,
        np.zeros(columns) if flat.reduced else g,
        H,
        np.zeros_like(H),
        g,
        np.zeros(variables),
        np.zeros(variables, np.bool_),
        np.zeros(variables),
        np.zeros(variables),
        np.zeros(variables),
        np.full(1, RATE),
    )


@compiled
def _measure(markers, measured, marker_column, state, origin):
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
def _function(term, weights, q, pieces, coefficients):
    """Value, first and second derivative of a term's function at the coordinates q."""
    u = 0.0
    for e in range(term.first_weight, term.end_weights):
        u += weights[e].factor * q[weights[e].coordinate]
    a, b = term.parameters[0], term.parameters[1]
    if term.kind == 0:
        return a * u + b, a, 0.0
    if term.kind == 2:
        angle = b * u + term.parameters[2]
        wave = a * np.sin(angle)
        return wave + term.parameters[3], a * b * np.cos(angle), -b * b * wave
    piece = term.first_piece
    while piece + 1 < term.end_pieces and pieces[piece + 1].start <= u:
        piece += 1
    t = u - pieces[piece].origin
    value, slope, bend = 0.0, 0.0, 0.0
    for k in range(pieces[piece].end_coefficients - 1, pieces[piece].first_coefficient - 1, -1):
        bend = bend * t + 2.0 * slope
        slope = slope * t + value
        value = value * t + coefficients[k]
    return value, slope, bend


@compiled
def _couple(flat, x, q, T):
    """All coordinates from the variables, and their derivatives T."""
    n = len(x)
    q[:n] = x
    for c in range(len(flat.couplings)):
        coupling = flat.couplings[c]
        value, slope, _ = _function(coupling, flat.weights, q, flat.pieces, flat.coefficients)
        q[n + c] = value
        T[n + c] = 0.0
        for e in range(coupling.first_weight, coupling.end_weights):
            for k in range(n):
                T[n + c, k] += slope * flat.weights[e].factor * T[flat.weights[e].coordinate, k]


@compiled
def _pose(nodes, terms, weights, pieces, coefficients, q, origin, state, motion):
    """Poses of the nodes relative to `origin`; axes and slopes of all terms in ground."""
    RF = np.empty((3, 3))
    for index in range(len(nodes)):
        node, here = nodes[index], state[index]
        R, p = here.R, here.p
        if node.parent < 0:
            for a in range(3):
                p[a] = node.p[a] - origin[a]
                for b in range(3):
                    RF[a, b] = node.R[a, b]
        else:
            above = state[node.parent]
            _move(above.R, above.p, node.p, p)
            if node.turned:
                _multiply(above.R, node.R, RF)
            else:
                for a in range(3):
                    for b in range(3):
                        RF[a, b] = above.R[a, b]
        for a in range(3):
            for b in range(3):
                R[a, b] = RF[a, b]
        for t in range(node.first_term, node.end_rotations):
            value, slope, bend = _function(terms[t], weights, q, pieces, coefficients)
            motion[t].slope, motion[t].bend = slope, bend
            if terms[t].turned:
                _turn(R, terms[t].R)
            _rotate(R, terms[t].axis, value, motion[t].axis)
        for t in range(node.end_rotations, node.end_terms):
            value, slope, bend = _function(terms[t], weights, q, pieces, coefficients)
            motion[t].slope, motion[t].bend = slope, bend
            direction, along = terms[t].direction, motion[t].axis
            for a in range(3):
                along[a] = (
                    RF[a, 0] * direction[0] + RF[a, 1] * direction[1] + RF[a, 2] * direction[2]
                )
                p[a] += value * along[a]


@compiled
def _move(R, p, x, out):
    """out = R x + p."""
    for a in range(3):
        out[a] = R[a, 0] * x[0] + R[a, 1] * x[1] + R[a, 2] * x[2] + p[a]


@compiled
def _multiply(A, B, out):
    """out = A B."""
    for a in range(3):
        for b in range(3):
            out[a, b] = A[a, 0] * B[0, b] + A[a, 1] * B[1, b] + A[a, 2] * B[2, b]


@compiled
def _turn(R, B):
    """R ← R B in place."""
    for a in range(3):
        x, y, z = R[a, 0], R[a, 1], R[a, 2]
        for b in range(3):
            R[a, b] = x * B[0, b] + y * B[1, b] + z * B[2, b]


@compiled
def _rotate(R, k, angle, axis):
    """R ← R · rotation about its axis k; notes that axis."""
    i, j = (k + 1) % 3, (k + 2) % 3
    c, s = np.cos(angle), np.sin(angle)
    for a in range(3):
        axis[a] = R[a, k]
        u, v = R[a, i], R[a, j]
        R[a, i] = c * u + s * v
        R[a, j] = c * v - s * u


@compiled
def _misfit(state):
    """Σ w |r|²; leaves the means of the model markers and C = R Σ w x' y'ᵀ."""
    total = 0.0
    for body in state:
        if body.weight == 0.0:
            continue
        _move(body.R, body.p, body.x, body.mean)
        _multiply(body.R, body.B, body.C)
        square = 0.0
        for a in range(3):
            square += (body.mean[a] - body.y[a]) ** 2
        trace = body.C[0, 0] + body.C[1, 1] + body.C[2, 2]
        total += body.weight * square + body.constant - 2.0 * trace
    return total


@compiled
def _evaluate(flat, x, w):
    """E at x."""
    if flat.reduced:
        _couple(flat, x, w.q, w.T)
    else:
        w.q[:] = x
    _pose(
        flat.nodes, flat.terms, flat.weights, flat.pieces, flat.coefficients, w.q, w.origin,
        w.state, w.motion,
    )  # fmt: skip
    energy = _misfit(w.state)
    for i in range(len(x)):
        miss = x[i] - flat.variables[i].task_value
        energy += flat.variables[i].task_weight * miss * miss
    return 0.5 * energy


@compiled
def _add_moments(nodes, state):
    """Moments of each node's own markers, then of everything that it carries."""
    second = np.empty((3, 3))
    for body in state:
        body.m = body.weight
        if body.weight == 0.0:
            body.h[:] = 0.0
            body.F[:] = 0.0
            body.P[:] = 0.0
            body.D[:] = 0.0
            continue
        R, mean = body.R, body.mean
        _multiply(R, body.L, second)
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
def _add_columns(node, terms, weights, motion, p, S):
    """Columns (ω, v) of a node's coordinates, v at the origin."""
    for i in range(node.first_column, node.end_columns):
        for k in range(6):
            S[i, k] = 0.0
    for t in range(node.first_term, node.end_terms):
        shift = 0 if t < node.end_rotations else 3
        for e in range(terms[t].first_weight, terms[t].end_weights):
            i = weights[e].column
            rate = motion[t].slope * weights[e].factor
            for a in range(3):
                S[i, shift + a] += rate * motion[t].axis[a]
    for i in range(node.first_column, node.end_columns):
        S[i, 3] += p[1] * S[i, 2] - p[2] * S[i, 1]
        S[i, 4] += p[2] * S[i, 0] - p[0] * S[i, 2]
        S[i, 5] += p[0] * S[i, 1] - p[1] * S[i, 0]


@compiled
def _bending(D, F, wx, wy, wz, vx, vy, vz):
    """Σ w (ω × X + v) × r = Dᵀω − tr(D) ω + v × F, with D = Σ w r Xᵀ."""
    trace = D[0, 0] + D[1, 1] + D[2, 2]
    kx = D[0, 0] * wx + D[1, 0] * wy + D[2, 0] * wz - trace * wx + vy * F[2] - vz * F[1]
    ky = D[0, 1] * wx + D[1, 1] * wy + D[2, 1] * wz - trace * wy + vz * F[0] - vx * F[2]
    kz = D[0, 2] * wx + D[1, 2] * wy + D[2, 2] * wz - trace * wz + vx * F[1] - vy * F[0]
    return kx, ky, kz


@compiled
def _momentum(body, wx, wy, wz, vx, vy, vz):
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


@compiled
def _add_rows(node, body, chain, depth, newton, S, H, g, diagonal):
    """Gradient and rows of H of a node's columns."""
    D, F = body.D, body.F
    Nx, Ny, Nz = D[2, 1] - D[1, 2], D[0, 2] - D[2, 0], D[1, 0] - D[0, 1]  # Σ w X × r
    first = node.first_column
    for i in range(first, node.end_columns):
        wx, wy, wz, vx, vy, vz = S[i, 0], S[i, 1], S[i, 2], S[i, 3], S[i, 4], S[i, 5]
        g[i] = wx * Nx + wy * Ny + wz * Nz + vx * F[0] + vy * F[1] + vz * F[2]
        fx, fy, fz, nx, ny, nz = _momentum(body, wx, wy, wz, vx, vy, vz)
        diagonal[i] = vx * fx + vy * fy + vz * fz + wx * nx + wy * ny + wz * nz
        ox, oy, oz = nx, ny, nz
        if newton:
            kx, ky, kz = _bending(D, F, wx, wy, wz, vx, vy, vz)
            nx, ny, nz = nx + kx, ny + ky, nz + kz
        for t in range(depth[i] + 1):
            j = chain[i, t]
            if j == first and newton and not node.simple:
                nx, ny, nz = ox, oy, oz
            linear = S[j, 3] * fx + S[j, 4] * fy + S[j, 5] * fz
            H[i, t] = linear + S[j, 0] * nx + S[j, 1] * ny + S[j, 2] * nz


@compiled
def _add_joint_curvature(node, body, terms, weights, motion, depth, H):
    """Second derivatives within a joint whose terms share coordinates or are not linear."""
    D, F, p = body.D, body.F, body.p
    Nx, Ny, Nz = D[2, 1] - D[1, 2], D[0, 2] - D[2, 0], D[1, 0] - D[0, 1]
    for later in range(node.first_term, node.end_terms):
        axis = motion[later].axis
        ax, ay, az = axis[0], axis[1], axis[2]
        if later < node.end_rotations:
            vx, vy, vz = p[1] * az - p[2] * ay, p[2] * ax - p[0] * az, p[0] * ay - p[1] * ax
            kx, ky, kz = _bending(D, F, ax, ay, az, vx, vy, vz)
            force = ax * Nx + ay * Ny + az * Nz + vx * F[0] + vy * F[1] + vz * F[2]
            for earlier in range(node.first_term, later + 1):
                axis = motion[earlier].axis
                twist = (axis[0] * kx + axis[1] * ky + axis[2] * kz) * motion[earlier].slope
                _add_pairs(terms, weights, earlier, later, twist * motion[later].slope, depth, H)
        else:
            force = ax * F[0] + ay * F[1] + az * F[2]
        if motion[later].bend != 0.0:
            _add_pairs(terms, weights, later, later, motion[later].bend * force, depth, H)


@compiled
def _add_pairs(terms, weights, earlier, later, amount, depth, H):
    """Add the second derivative of two terms to the columns that they read."""
    for e in range(terms[earlier].first_weight, terms[earlier].end_weights):
        for f in range(terms[later].first_weight, terms[later].end_weights):
            i, j = weights[e].column, weights[f].column
            change = amount * weights[e].factor * weights[f].factor
            if earlier != later:
                if i == j:
                    H[i, depth[i]] += 2.0 * change
                else:
                    H[max(i, j), depth[min(i, j)]] += change
            elif i >= j:
                H[i, depth[j]] += change


@compiled
def _reduce(flat, w):
    """Gradient and H of the variables from those of the columns: Tᵀ g, Tᵀ H T."""
    n, T = len(w.g), w.T
    w.H[:] = 0.0
    w.g[:] = 0.0
    w.diagonal[:] = 0.0
    for i in range(len(flat.column_coordinate)):
        a = flat.column_coordinate[i]
        for k in range(n):
            w.g[k] += T[a, k] * w.gc[i]
        for t in range(flat.column_depth[i] + 1):
            j = flat.column_chain[i, t]
            b = flat.column_coordinate[j]
            half = w.Hc[i, t] * (0.5 if i == j else 1.0)
            if half != 0.0:
                for k in range(n):
                    for m in range(k + 1):
                        w.H[k, m] += half * (T[a, k] * T[b, m] + T[b, k] * T[a, m])


@compiled
def _normal_equations(flat, x, newton, w):
    """Gradient g and matrix H of the variables at the pose evaluated last."""
    _add_moments(flat.nodes, w.state)
    for index in range(len(flat.nodes)):
        node, body = flat.nodes[index], w.state[index]
        _add_columns(node, flat.terms, flat.weights, w.motion, body.p, w.S)
        _add_rows(
            node, body, flat.column_chain, flat.column_depth, newton, w.S, w.Hc, w.gc,
            w.rest,
        )  # fmt: skip
        if newton and not node.simple:
            _add_joint_curvature(
                node, body, flat.terms, flat.weights, w.motion, flat.column_depth, w.Hc
            )
    if flat.reduced:
        _reduce(flat, w)
        for i in range(len(x)):
            w.diagonal[i] = abs(w.H[i, flat.variable_depth[i]])
    else:
        w.diagonal[:] = w.rest
    for i in range(len(x)):
        variable = flat.variables[i]
        w.g[i] += variable.task_weight * (x[i] - variable.task_value)
        w.H[i, flat.variable_depth[i]] += variable.task_weight
        w.diagonal[i] += variable.task_weight


@compiled
def _factorise(chain, depth, held, damping, diagonal, H, L):
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
        least = DEPENDENT * diagonal[k]
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
def _solve(chain, depth, held, H, L, g, rest, d):
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


@compiled
def _step(flat, x, frozen, damping, w):
    """Step d within the limits; False when H is not positive.

    Limits by an active set: variables that would leave them are put on them and the rest is
    solved again.
    """
    n = len(x)
    for k in range(n):
        variable = flat.variables[k]
        w.held[k] = (
            frozen[k]
            or w.diagonal[k] < UNOBSERVED
            or (x[k] <= variable.low and w.g[k] >= 0.0)
            or (x[k] >= variable.high and w.g[k] <= 0.0)
        )
        w.d[k] = 0.0
    for _ in range(n):
        if not _factorise(
            flat.variable_chain, flat.variable_depth, w.held, damping, w.diagonal, w.H, w.L
        ):
            return False
        _solve(flat.variable_chain, flat.variable_depth, w.held, w.H, w.L, w.g, w.rest, w.d)
        again = False
        for k in range(n):
            if w.held[k]:
                continue
            variable = flat.variables[k]
            if x[k] + w.d[k] < variable.low:
                w.d[k] = variable.low - x[k]
            elif x[k] + w.d[k] > variable.high:
                w.d[k] = variable.high - x[k]
            else:
                continue
            w.held[k] = True
            again = True
        if not again:
            return True
    return True


@compiled
def _largest(d):
    largest = 0.0
    for value in d:
        largest = max(largest, abs(value))
    return largest


@compiled
def _minimise(flat, x, frozen, enough, most, check, w):
    """Minimise E from x, in place; returns E, iterations, and whether it converged.

    Newton's method; where H is not positive or E does not fall, Gauss–Newton, then that with
    Levenberg–Marquardt damping. Newton steps shrink quadratically, s₂ ≈ rate · s₁²: the search
    ends when the next one would not matter. A gain below the fraction `enough` of E, or `most`
    iterations, also end it. With `check` the Gauss–Newton matrix of the end is factorised, which
    tells the variables that the markers leave open.
    """
    energy, damping, largest, before = np.inf, 0.0, np.inf, 0.0
    newton, retry, iterations, ended, fine = True, True, 0, False, False
    for _ in range(4 * most):
        trial = _evaluate(flat, x, w)
        if trial > energy * (1.0 + 1e-13) + ROUNDING:
            x[:] = w.old
            if largest < LINEAR_END:
                return energy, iterations, True
            newton, damping, retry = False, damping if newton else max(10.0 * damping, 1e-4), True
            continue
        if not retry:
            if newton and 0.0 < before < 0.05:
                w.rate[0] = max(w.rate[0], largest / before**2)
            expected = min(w.rate[0] * largest, 1.0) * largest
            fine = largest < LINEAR_END or (
                newton and (largest < NEWTON_END or expected < NEXT_STEP)
            )
            ended = fine or energy - trial < enough * trial or iterations == most
            if ended and not check:
                return trial, iterations, fine
            before = largest if newton else 0.0
            damping = 0.0 if damping < 1e-5 or ended else 0.1 * damping
            newton = damping == 0.0 and not ended
        energy, retry = trial, False
        _normal_equations(flat, x, newton, w)
        solved = _step(flat, x, frozen, damping, w)
        if ended:
            return energy, iterations, fine
        if not solved:
            newton, damping, retry = False, damping if newton else max(10.0 * damping, 1e-4), True
            continue
        iterations += 1
        largest = _largest(w.d)
        scale = min(1.0, STEP_LIMIT / max(largest, 1e-300))
        for k in range(len(x)):
            w.old[k] = x[k]
            variable = flat.variables[k]
            x[k] = min(max(x[k] + scale * w.d[k], variable.low), variable.high)
    return energy, iterations, False


@compiled
def _errors(markers, measured, marker_column, origin, state, errors):
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


@compiled
def _predict(history, known, miss, x):
    """Next pose from the last three, with the order that has served each variable best."""
    for k in range(len(x)):
        a, b, c = history[0, k], history[1, k], history[2, k]
        x[k] = a
        if known > 1 and miss[1, k] < miss[0, k]:
            x[k] = 2.0 * a - b
        if known > 2 and miss[2, k] < min(miss[0, k], miss[1, k]):
            x[k] = 3.0 * (a - b) + c


@compiled
def _remember(history, known, miss, x):
    """Judge the predictions of each order by what came, then shift the history."""
    for k in range(len(x)):
        a, b, c = history[0, k], history[1, k], history[2, k]
        if known > 0:
            miss[0, k] = 0.8 * miss[0, k] + (x[k] - a) ** 2
        if known > 1:
            miss[1, k] = 0.8 * miss[1, k] + (x[k] - 2.0 * a + b) ** 2
        if known > 2:
            miss[2, k] = 0.8 * miss[2, k] + (x[k] - 3.0 * (a - b) - c) ** 2
        history[2, k], history[1, k], history[0, k] = b, a, x[k]


@compiled
def track(
    flat, w, measured, marker_column, first, last, step, improve, starts, frozen, enough, most,
    n_root, x_out, told, observed, errors,
):  # fmt: skip
    """Solve frames first, first + step, … before `last`, each from its predecessors.

    Parameters
    ----------
    flat : FlatMechanism
    w : Work
    measured : (n_frames, n_columns, 3) m
        NaN where a marker is missing.
    marker_column : (n_markers,)
        Column of `measured` for each marker of the mechanism.
    improve : bool
        Replace stored results only where the new energy is lower, and stop at the first frame
        where it is not.
    starts : (n_starts, n_variables)
        Where the first frame and, when there are more, those after it start.
    frozen : (n_variables,)
        Which variables stay where they start.
    enough, most
        Fraction of E below which a gain ends the search (negative: only convergence does), and
        largest number of iterations.
    n_root : int
        Number of variables of the root; a frame that leaves one of them open holds the last pose.
    x_out, told, observed, errors
        Results per frame: variables, RESULT, which variables a marker or a task determines,
        marker distances.

    Returns
    -------
    n_solved : int
    """
    n = starts.shape[1]
    x = starts[0].copy()
    history, miss, known = np.zeros((3, n)), np.zeros((3, n)), 0
    solved, left_open = 0, False
    frame = first
    w.rate[0] = RATE
    while frame != last:
        if solved < len(starts):
            x[:] = starts[solved]
        else:
            _predict(history, known, miss, x)
        for k in range(n):
            x[k] = min(max(x[k], flat.variables[k].low), flat.variables[k].high)
        energy, count, fine = np.nan, 0, False
        n_present = _measure(flat.markers, measured[frame], marker_column, w.state, w.origin)
        check = n_root > 0 and (solved == 0 or left_open or n_present < len(marker_column))
        if n_present > 0:
            energy, count, fine = _minimise(flat, x, frozen, enough, most, check, w)
        if improve and not energy < told[frame].energy * (1.0 - 1e-7) - 1e-16:
            break
        determined = n_present > 0
        left_open = False
        for k in range(n):
            seen = n_present > 0 and w.diagonal[k] >= UNOBSERVED
            if check and seen and not w.held[k] and w.L[k, flat.variable_depth[k]] == 0.0:
                seen, left_open = False, True
            elif not seen and not frozen[k]:
                x[k] = history[0, k] if known > 0 else starts[0, k]
            observed[frame, k] = seen
            if k < n_root and not seen and flat.variables[k].low < flat.variables[k].high:
                determined = False
        if not determined:
            x[:] = history[0] if known > 0 else starts[0]
            fine = False
            observed[frame] = False
            if n_present > 0:
                energy = _evaluate(flat, x, w)
            else:
                w.origin[:] = 0.0
                _evaluate(flat, x, w)
        _errors(flat.markers, measured[frame], marker_column, w.origin, w.state, errors[frame])
        x_out[frame] = x
        told[frame].energy, told[frame].converged, told[frame].iterations = energy, fine, count
        _remember(history, known, miss, x)
        w.rate[0] *= 0.95
        known = min(known + 1, 3)
        solved += 1
        frame += step
    return solved
