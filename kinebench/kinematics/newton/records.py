"""Records that the compiled functions share: the state of a body, the motion of a term, results."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, type-arg"
# numba infers the types of compiled functions

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

RATE = 100.0  # 1/rad: of quadratic convergence, s₂ / s₁², as long as nothing is known

_STATE = np.dtype(
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

    state: Any  # (n_nodes,) _STATE
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
        np.zeros(len(flat.nodes), _STATE),
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
