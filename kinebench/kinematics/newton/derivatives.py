"""From the leaves inwards: gradient and second derivatives of E."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, type-arg"
# numba infers the types of compiled functions

from __future__ import annotations

from kinebench.kinematics.newton.compilation import compiled
from kinebench.kinematics.newton.lanes import any_lane, like, select, size
from kinebench.kinematics.newton.moments import add_moments, bending, inertia


@compiled
def _add_columns(node, terms, weights, motion, p, S):
    """Columns (ω, v) of a node's coordinates, v at the origin."""
    for i in range(node.first_column, node.end_columns):
        S[i] = like(p[0], 0.0)
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
def _add_rows(node, body, chain, depth, newton, S, H, g, diagonal):
    """Gradient and rows of H of a node's columns; `newton` is 1, or 0 for Gauss–Newton."""
    D = body.D
    m, hx, hy, hz = body.m, body.h[0], body.h[1], body.h[2]
    Fx, Fy, Fz = body.F[0], body.F[1], body.F[2]
    Nx, Ny, Nz = D[2, 1] - D[1, 2], D[0, 2] - D[2, 0], D[1, 0] - D[0, 1]  # Σ w X × r
    Axx, Axy, Axz, Ayy, Ayz, Azz = inertia(body.P)
    Bxx, Bxy, Bxz, Byx, Byy, Byz, Bzx, Bzy, Bzz = bending(D)
    first = node.first_column
    for i in range(first, node.end_columns):
        wx, wy, wz, vx, vy, vz = S[i, 0], S[i, 1], S[i, 2], S[i, 3], S[i, 4], S[i, 5]
        g[i] = wx * Nx + wy * Ny + wz * Nz + vx * Fx + vy * Fy + vz * Fz
        fx = m * vx + wy * hz - wz * hy
        fy = m * vy + wz * hx - wx * hz
        fz = m * vz + wx * hy - wy * hx
        ox = Axx * wx + Axy * wy + Axz * wz + hy * vz - hz * vy
        oy = Axy * wx + Ayy * wy + Ayz * wz + hz * vx - hx * vz
        oz = Axz * wx + Ayz * wy + Azz * wz + hx * vy - hy * vx
        diagonal[i] = vx * fx + vy * fy + vz * fz + wx * ox + wy * oy + wz * oz
        nx = ox + newton * (Bxx * wx + Bxy * wy + Bxz * wz + vy * Fz - vz * Fy)
        ny = oy + newton * (Byx * wx + Byy * wy + Byz * wz + vz * Fx - vx * Fz)
        nz = oz + newton * (Bzx * wx + Bzy * wy + Bzz * wz + vx * Fy - vy * Fx)
        for t in range(depth[i] + 1):
            j = chain[i, t]
            if j == first and not node.simple:
                nx, ny, nz = ox, oy, oz
            linear = S[j, 3] * fx + S[j, 4] * fy + S[j, 5] * fz
            H[i, t] = linear + S[j, 0] * nx + S[j, 1] * ny + S[j, 2] * nz


@compiled
def _add_joint_curvature(node, body, terms, weights, motion, depth, newton, H):
    """Second derivatives within a joint whose terms share coordinates or are not linear."""
    D, F, p = body.D, body.F, body.p
    Nx, Ny, Nz = D[2, 1] - D[1, 2], D[0, 2] - D[2, 0], D[1, 0] - D[0, 1]
    B = bending(D)
    for later in range(node.first_term, node.end_terms):
        axis = motion[later].axis
        ax, ay, az = axis[0], axis[1], axis[2]
        if later < node.end_rotations:
            vx, vy, vz = p[1] * az - p[2] * ay, p[2] * ax - p[0] * az, p[0] * ay - p[1] * ax
            kx = B[0] * ax + B[1] * ay + B[2] * az + vy * F[2] - vz * F[1]
            ky = B[3] * ax + B[4] * ay + B[5] * az + vz * F[0] - vx * F[2]
            kz = B[6] * ax + B[7] * ay + B[8] * az + vx * F[1] - vy * F[0]
            force = ax * Nx + ay * Ny + az * Nz + vx * F[0] + vy * F[1] + vz * F[2]
            for earlier in range(node.first_term, later + 1):
                axis = motion[earlier].axis
                twist = (
                    newton * (axis[0] * kx + axis[1] * ky + axis[2] * kz) * motion[earlier].slope
                )
                _add_pairs(terms, weights, earlier, later, twist * motion[later].slope, depth, H)
        else:
            force = ax * F[0] + ay * F[1] + az * F[2]
        if any_lane(size(motion[later].bend) > 0.0):
            amount = newton * motion[later].bend * force
            _add_pairs(terms, weights, later, later, amount, depth, H)


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
def _reduce_to_variables(flat, w):
    """Gradient and H of the variables from those of the columns: Tᵀ g, Tᵀ H T."""
    n, T = len(w.g), w.T
    for k in range(n):
        w.H[k] = like(w.rate[0], 0.0)
        w.g[k] = like(w.rate[0], 0.0)
    for i in range(len(flat.column_coordinate)):
        a = flat.column_coordinate[i]
        for k in range(n):
            w.g[k] += T[a, k] * w.gc[i]
        for t in range(flat.column_depth[i] + 1):
            j = flat.column_chain[i, t]
            b = flat.column_coordinate[j]
            half = w.Hc[i, t] * (0.5 if i == j else 1.0)
            if any_lane(size(half) > 0.0):
                for k in range(n):
                    for m in range(k + 1):
                        w.H[k, m] += half * (T[a, k] * T[b, m] + T[b, k] * T[a, m])


@compiled
def _all(held, first, end):
    found = True
    for k in range(first, end):
        found = found and held[k]
    return found


@compiled
def normal_equations(flat, frozen, newton, w):
    """Gradient g and matrix H of the variables at the pose evaluated last.

    `newton` tells where the curvature counts; elsewhere H is Gauss–Newton's. Rows of joints that
    are `frozen` are left as they are.
    """
    add_moments(flat.nodes, w.moves, w.state, w.frame)
    bent = select(newton, like(w.rate[0], 1.0), like(w.rate[0], 0.0))
    for index in range(len(flat.nodes)):
        node, body = flat.nodes[index], w.state[index]
        _add_columns(node, flat.terms, flat.weights, w.motion, body.p, w.S)
        if not flat.reduced and _all(frozen, node.first_column, node.end_columns):
            continue
        _add_rows(
            node, body, flat.column_chain, flat.column_depth, bent, w.S, w.Hc, w.gc, w.rest,
        )  # fmt: skip
        if not node.simple and any_lane(newton):
            _add_joint_curvature(
                node, body, flat.terms, flat.weights, w.motion, flat.column_depth, bent, w.Hc
            )
    if flat.reduced:
        _reduce_to_variables(flat, w)
    for k in range(len(w.x)):
        variable, place = flat.variables[k], flat.variable_depth[k]
        w.diagonal[k] = variable.task_weight + (size(w.H[k, place]) if flat.reduced else w.rest[k])
        w.g[k] += variable.task_weight * (w.x[k] - variable.task_value)
        w.H[k, place] += variable.task_weight
