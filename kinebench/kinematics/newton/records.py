"""Records that the compiled functions share: the state of a body, the motion of a term, results."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, type-arg"
# numba infers the types of compiled functions

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

RATE = 100.0  # 1/rad: of quadratic convergence, s₂ / s₁², as long as nothing is known

ANY, LOWER, NO_HIGHER = 0, 1, 2  # which results of `track` replace those that are stored
N_LANES = 8  # poses side by side: doubles in the longest vectors that processors have

_FIELDS: tuple[tuple[str, tuple[int, ...]], ...] = (
    # own markers: weight, mean location and measured position, second moments, constant
    ("weight", ()),
    ("x", (3,)),
    ("y", (3,)),
    ("L", (3, 3)),
    ("B", (3, 3)),
    ("constant", ()),
    # pose, mean of the model markers
    ("R", (3, 3)),
    ("p", (3,)),
    ("mean", (3,)),
    # over everything carried: Σ w, Σ w X, Σ w r, Σ w X Xᵀ, Σ w r Xᵀ
    ("m", ()),
    ("h", (3,)),
    ("F", (3,)),
    ("P", (3, 3)),
    ("D", (3, 3)),
)
_MOTION: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("value", ()),
    ("slope", ()),
    ("bend", ()),
    ("sine", ()),
    ("cosine", ()),
    ("axis", (3,)),
)
RESULT = np.dtype([("energy", "f8"), ("converged", "?"), ("iterations", "i8")], align=True)


class Work(NamedTuple):
    """Scratch arrays of one solver, filled anew for every frame or pose.

    Where poses are side by side, all arrays of real numbers have the lanes as last axis.
    """

    x: Any  # (n_variables,) the pose
    measured: Any  # (n_markers, 3) m
    errors: Any  # (n_markers,) m
    state: Any  # (n_nodes,)
    motion: Any  # (n_terms,)
    frame: Any  # (3, 3)
    origin: Any  # (3,) m
    S: Any  # (n_columns, 6)
    q: Any  # (n_coordinates,)
    T: Any  # (n_coordinates, n_variables)
    Hc: Any  # as H, of the columns; the same array unless reduced
    gc: Any
    H: Any  # (n_variables, longest chain): row k has H[k, chain[k]], the diagonal last
    L: Any  # the same of the factorisation
    inverse: Any  # of the diagonal of L, 0 where that is
    g: Any
    diagonal: Any  # of the Gauss–Newton matrix
    free: Any  # 1 or, where held, 0
    d: Any
    rest: Any
    old: Any
    moves: Any  # (n_nodes,) int, no lanes: whether a variable that is not frozen moves it
    still: Any  # (1,) Σ w |r|² of the nodes that do not move
    told: Any  # (4,) E, iterations, whether it converged, markers present
    last_pose: Any
    history: Any  # (3, n_variables) the last poses, the newest first
    miss: Any  # (3, n_variables) how far predictions from them were off, squared
    rate: Any  # (1,) worst rate of convergence lately


def new_work(flat: Any, *lanes: int) -> Work:
    """Scratch arrays for a mechanism, for one pose or, with N_LANES, for poses side by side."""
    columns, variables = len(flat.column_coordinate), len(flat.variables)
    coordinates = variables + len(flat.couplings)

    def zeros(*shape: int) -> Any:
        return _aligned((*shape, *lanes), np.float64)

    def records(n: int, fields: Any) -> Any:
        kinds = [(name, "f8", (*shape, *lanes)) for name, shape in fields]
        return _aligned((n,), np.dtype(kinds, align=True))

    H, g = zeros(*flat.variable_chain.shape), zeros(variables)
    T = zeros(coordinates, variables)
    T[np.arange(variables), np.arange(variables)] = 1.0
    rate = zeros(1)
    rate[:] = RATE
    return Work(
        zeros(variables),
        zeros(len(flat.markers), 3),
        zeros(len(flat.markers)),
        records(len(flat.nodes), _FIELDS),
        records(len(flat.terms), _MOTION),
        zeros(3, 3),
        zeros(3),
        zeros(columns, 6),
        zeros(coordinates),
        T,
        zeros(*flat.column_chain.shape) if flat.reduced else H,
        zeros(columns) if flat.reduced else g,
        H,
        zeros(*flat.variable_chain.shape),
        zeros(variables),
        g,
        zeros(variables),
        zeros(variables),
        zeros(variables),
        zeros(max(variables, columns)),
        zeros(variables),
        np.ones(len(flat.nodes), np.int64),
        zeros(1),
        zeros(4),
        zeros(variables),
        zeros(3, variables),
        zeros(3, variables),
        rate,
    )


def _aligned(shape: tuple[int, ...], kind: Any) -> Any:
    """Zeros whose memory begins where a vector may."""
    kind = np.dtype(kind)
    n_bytes, vector = math.prod(shape) * kind.itemsize, 8 * N_LANES
    memory = np.zeros(n_bytes + vector, np.uint8)
    start = -memory.ctypes.data % vector
    return memory[start : start + n_bytes].view(kind).reshape(shape)
