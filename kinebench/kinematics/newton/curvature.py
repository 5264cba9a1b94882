"""Second derivatives of E at given poses: how stiffly markers hold each variable."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, type-arg"
# numba infers the types of compiled functions

from __future__ import annotations

from kinebench.kinematics.newton.compilation import compiled, uncounted
from kinebench.kinematics.newton.derivatives import normal_equations
from kinebench.kinematics.newton.factorisation import UNOBSERVED, factorise
from kinebench.kinematics.newton.forward import evaluate
from kinebench.kinematics.newton.measurement import measure


@compiled
def curvatures(flat, w, measured, marker_column, x, H_out, told):
    """Matrix H of each frame at its pose; limits do not count.

    Parameters
    ----------
    flat : FlatMechanism
    w : Work
    measured : (n_frames, n_columns, 3) m
        NaN where a marker is missing.
    marker_column : (n_markers,)
    x : (n_frames, n_variables)
    H_out : (n_frames, n_variables, longest chain)
        Rows as in `Work.H`; of the Gauss–Newton matrix where the Newton matrix is not positive.
    told : (n_frames,) int
        0: a positive matrix; 1: some variables cannot be told from others; −1: no marker.
    """
    flat, w = uncounted(flat), uncounted(w)
    for frame in range(len(measured)):
        told[frame] = -1
        if measure(flat.markers, measured[frame], marker_column, w.state, w.origin) == 0:
            continue
        for newton in (True, False):
            evaluate(flat, x[frame], w)
            normal_equations(flat, x[frame], newton, w)
            told[frame] = 0
            for k in range(len(w.held)):
                w.held[k] = w.diagonal[k] < UNOBSERVED
                if w.held[k]:
                    told[frame] = 1
            chain, depth = flat.variable_chain, flat.variable_depth
            if not factorise(chain, depth, w.held, 0.0, w.diagonal, w.H, w.L):
                continue
            for k in range(len(w.held)):
                if w.L[k, depth[k]] == 0.0:
                    told[frame] = 1
            break
        H_out[frame] = w.H
