"""What one frame's markers say, as moments per body, and how far from them the model's lie."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, type-arg"
# numba infers the types of compiled functions

from __future__ import annotations

from kinebench.kinematics.newton.compilation import compiled
from kinebench.kinematics.newton.lanes import like, root, select
from kinebench.kinematics.newton.rotations import move


@compiled
def measure(markers, w):
    """Moments of the markers `w.measured` that are present; returns how many there are."""
    none = like(w.rate[0], 0.0)
    for index in range(len(w.state)):
        body = w.state[index]
        body.weight = none
        body.constant = none
        body.x[:] = none
        body.y[:] = none
        body.L[:] = none
        body.B[:] = none
    w.origin[:] = none
    total, n_present = none, none
    for i in range(len(markers)):
        marker, y = markers[i], w.measured[i]
        present = y[0] == y[0]
        n_present += select(present, 1.0 + none, none)
        if marker.node < 0:
            continue
        first = present & (total == 0.0)
        weight = select(present, marker.weight + none, none)
        total += weight
        body = w.state[marker.node]
        body.weight += weight
        for a in range(3):
            w.origin[a] = select(first, y[a], w.origin[a])
            body.x[a] += weight * marker.location[a]
            body.y[a] += select(present, weight * (y[a] - w.origin[a]), none)
    some = total > 0.0
    inverse = 1.0 / select(some, total, 1.0 + none)
    for index in range(len(w.state)):
        body = w.state[index]
        scale = 1.0 / select(body.weight > 0.0, body.weight, 1.0 + none)
        for a in range(3):
            body.x[a] *= scale
            body.y[a] *= scale
        body.weight *= inverse
    for i in range(len(markers)):
        marker, y = markers[i], w.measured[i]
        if marker.node < 0:
            continue
        present = y[0] == y[0]
        weight = select(present, marker.weight * inverse, none)
        body = w.state[marker.node]
        for a in range(3):
            xa = marker.location[a] - body.x[a]
            ya = select(present, y[a] - w.origin[a] - body.y[a], none)
            body.constant += weight * (xa * xa + ya * ya)
            for b in range(3):
                yb = select(present, y[b] - w.origin[b] - body.y[b], none)
                body.L[a, b] += weight * xa * (marker.location[b] - body.x[b])
                body.B[a, b] += weight * xa * yb
    return select(some, n_present, none)


@compiled
def body_misfit(body):
    """Σ w |r|² of a body's own markers; leaves the mean of the model's."""
    move(body.R, body.p, body.x, body.mean)
    square, turned = like(body.weight, 0.0), like(body.weight, 0.0)
    for a in range(3):
        miss = body.mean[a] - body.y[a]
        square += miss * miss
        for b in range(3):
            turned += body.R[a, b] * body.B[b, a]
    return body.weight * square + body.constant - 2.0 * turned


@compiled
def marker_distances(markers, w):
    """Distances of the markers at the pose evaluated last; NaN where a marker is missing."""
    for i in range(len(markers)):
        node, location = markers[i].node, markers[i].location
        square = like(w.rate[0], 0.0)
        for a in range(3):
            position = like(square, location[a])
            if node >= 0:
                R = w.state[node].R
                position = w.state[node].p[a] + w.origin[a]
                position += R[a, 0] * location[0] + R[a, 1] * location[1] + R[a, 2] * location[2]
            miss = position - w.measured[i, a]
            square += miss * miss
        w.errors[i] = root(square)
