"""From the variables outwards: coordinates, functions of joints, poses of nodes."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, type-arg"
# numba infers the types of compiled functions

from __future__ import annotations

from kinebench.kinematics.newton.compilation import compiled
from kinebench.kinematics.newton.lanes import any_lane, like, select
from kinebench.kinematics.newton.measurement import body_misfit
from kinebench.kinematics.newton.rotations import move, multiply, rotate, sine_cosine, turn


@compiled
def _function_value(term, weights, q, pieces, coefficients):
    """Value, first and second derivative of a term's function at the coordinates q."""
    u = like(q[0], 0.0)
    for e in range(term.first_weight, term.end_weights):
        u += weights[e].factor * q[weights[e].coordinate]
    a, b = term.parameters[0], term.parameters[1]
    if term.kind == 0:
        return a * u + b, like(u, a), like(u, 0.0)
    if term.kind == 2:
        sine, cosine = sine_cosine(b * u + term.parameters[2])
        return a * sine + term.parameters[3], a * b * cosine, -b * b * a * sine
    value, slope, bend = _polynomial(pieces[term.first_piece], coefficients, u)
    for piece in range(term.first_piece + 1, term.end_pieces):
        inside = u >= pieces[piece].start
        if not any_lane(inside):
            break
        values = _polynomial(pieces[piece], coefficients, u)
        value = select(inside, values[0], value)
        slope = select(inside, values[1], slope)
        bend = select(inside, values[2], bend)
    return value, slope, bend


@compiled
def _polynomial(piece, coefficients, u):
    """Value, first and second derivative of one piece."""
    t = u - piece.origin
    value, slope, bend = like(u, 0.0), like(u, 0.0), like(u, 0.0)
    for k in range(piece.end_coefficients - 1, piece.first_coefficient - 1, -1):
        bend = bend * t + 2.0 * slope
        slope = slope * t + value
        value = value * t + coefficients[k]
    return value, slope, bend


@compiled
def couple(flat, w):
    """All coordinates from the variables, and their derivatives T."""
    n, q, T = len(w.x), w.q, w.T
    for c in range(len(flat.couplings)):
        coupling = flat.couplings[c]
        value, slope, _ = _function_value(coupling, flat.weights, q, flat.pieces, flat.coefficients)
        q[n + c] = value
        T[n + c] = like(value, 0.0)
        for e in range(coupling.first_weight, coupling.end_weights):
            for k in range(n):
                T[n + c, k] += slope * flat.weights[e].factor * T[flat.weights[e].coordinate, k]


@compiled
def _evaluate_terms(flat, w):
    """Value, slope and bend of what moves, sine and cosine of those that turn.

    Apart from the poses, which wait for each other: so the processor has several in hand.
    """
    motion, terms, moves = w.motion, flat.terms, w.moves
    for t in range(len(terms)):
        if moves[terms[t].node] == 1:
            value, slope, bend = _function_value(
                terms[t], flat.weights, w.q, flat.pieces, flat.coefficients
            )
            motion[t].value, motion[t].slope, motion[t].bend = value, slope, bend
    for t in range(len(terms)):
        if terms[t].turns and moves[terms[t].node] == 1:
            motion[t].sine, motion[t].cosine = sine_cosine(motion[t].value)


@compiled
def _pose(node, terms, w, here):
    """Pose of a node relative to `origin`; axes of its terms in ground."""
    origin, motion, RF = w.origin, w.motion, w.frame
    R, p = here.R, here.p
    if node.parent < 0:
        for a in range(3):
            p[a] = node.p[a] - origin[a]
            for b in range(3):
                RF[a, b] = like(origin[0], node.R[a, b])
    else:
        above = w.state[node.parent]
        move(above.R, above.p, node.p, p)
        if node.turned:
            multiply(above.R, node.R, RF)
        else:
            for a in range(3):
                for b in range(3):
                    RF[a, b] = above.R[a, b]
    for a in range(3):
        for b in range(3):
            R[a, b] = RF[a, b]
    for t in range(node.first_term, node.end_rotations):
        if terms[t].turned:
            turn(R, terms[t].R)
        rotate(R, terms[t].axis, motion[t].sine, motion[t].cosine, motion[t].axis)
    for t in range(node.end_rotations, node.end_terms):
        value = motion[t].value
        direction, along = terms[t].direction, motion[t].axis
        for a in range(3):
            along[a] = RF[a, 0] * direction[0] + RF[a, 1] * direction[1] + RF[a, 2] * direction[2]
            p[a] += value * along[a]


@compiled
def misfit(moves, moving, state):
    """Σ w |r|² of the nodes that move, or of those that do not."""
    total = like(state[0].weight, 0.0)
    for index in range(len(state)):
        if moves[index] == moving and any_lane(state[index].weight > 0.0):
            total += body_misfit(state[index])
    return total


@compiled
def all_move(w):
    """Let `evaluate` place every node."""
    w.moves[:] = 1
    w.still[0] = like(w.rate[0], 0.0)


@compiled
def hold_still(flat, frozen, w):
    """Leave what cannot move, as its variables are `frozen`, where it was evaluated last.

    Where coordinates are coupled, all of it may move.
    """
    still = False
    for index in range(len(flat.nodes)):
        node = flat.nodes[index]
        moves = flat.reduced or (node.parent >= 0 and w.moves[node.parent] == 1)
        for k in range(node.first_column, node.end_columns):
            moves = moves or not frozen[k]
        w.moves[index] = 1 if moves else 0
        still = still or not moves
    if still:
        w.still[0] = misfit(w.moves, 0, w.state)


@compiled
def evaluate(flat, w):
    """E at `w.x`."""
    for k in range(len(w.x)):
        w.q[k] = w.x[k]
    if flat.reduced:
        couple(flat, w)
    _evaluate_terms(flat, w)
    for index in range(len(flat.nodes)):
        if w.moves[index] == 1:
            _pose(flat.nodes[index], flat.terms, w, w.state[index])
    energy = w.still[0] + misfit(w.moves, 1, w.state)
    for k in range(len(w.x)):
        miss = w.x[k] - flat.variables[k].task_value
        energy += flat.variables[k].task_weight * miss * miss
    return 0.5 * energy
