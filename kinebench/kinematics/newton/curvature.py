"""Second derivatives of E at given poses: how stiffly markers hold each variable."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, type-arg"
# numba infers the types of compiled functions

from __future__ import annotations

from kinebench.kinematics.newton.compilation import compiled
from kinebench.kinematics.newton.derivatives import normal_equations
from kinebench.kinematics.newton.factorisation import UNOBSERVED, factorise
from kinebench.kinematics.newton.forward import all_move, evaluate
from kinebench.kinematics.newton.measurement import measure
from kinebench.kinematics.newton.rotations import copy


@compiled
def curvatures(flat, w, measured, marker_column, x, frozen, H_out, told):
    """Matrix H of each frame at its pose; limits do not count.

    Parameters
    ----------
    flat : FlatMechanism
    w : Work
    measured : (n_frames, n_columns, 3) m
        NaN where a marker is missing.
    marker_column : (n_markers,)
    x : (n_frames, n_variables)
    frozen : (n_variables,)
        None: what is frozen is not computed.
    H_out : (n_frames, n_variables, longest chain)
        Rows as in `Work.H`; of the Gauss–Newton matrix where the Newton matrix is not positive.
    told : (n_frames,) int
        0: a positive matrix; 1: some variables cannot be told from others; −1: no marker.
    """
    for frame in range(len(measured)):
        told[frame] = -1
        copy(x[frame], w.x)
        for i in range(len(marker_column)):
            copy(measured[frame, marker_column[i]], w.measured[i])
        if measure(flat.markers, w) == 0.0:
            continue
        all_move(w)
        for newton in (True, False):
            evaluate(flat, w)
            normal_equations(flat, frozen, newton, w)
            told[frame] = 0
            for k in range(len(w.free)):
                w.free[k] = 1.0 if w.diagonal[k] >= UNOBSERVED else 0.0
                if w.free[k] == 0.0:
                    told[frame] = 1
            depth = flat.variable_depth
            if not factorise(flat.variable_chain, depth, 0.0, w):
                continue
            for k in range(len(w.free)):
                if w.L[k, depth[k]] == 0.0:
                    told[frame] = 1
            break
        for k in range(len(w.free)):
            copy(w.H[k], H_out[frame, k])
