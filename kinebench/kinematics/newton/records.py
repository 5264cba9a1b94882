"""Records that the compiled functions share: the state of a body, the motion of a term, results."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, type-arg"
# numba infers the types of compiled functions

from __future__ import annotations

import math
from functools import cache
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np

RATE = 100.0  # 1/rad: of quadratic convergence, s₂ / s₁², as long as nothing is known

ANY, LOWER, NO_HIGHER = 0, 1, 2  # which results of `track` replace those that are stored
_NUMBER = np.dtype(np.float64)
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
    columns, n = len(flat.column_coordinate), len(flat.variables)
    markers, coordinates = len(flat.markers), n + len(flat.couplings)
    H, Hc = flat.variable_chain.shape, flat.column_chain.shape
    shapes: dict[str, tuple[int, ...]] = {
        "x": (n,), "measured": (markers, 3), "errors": (markers,), "frame": (3, 3),
        "origin": (3,), "S": (columns, 6), "q": (coordinates,), "T": (coordinates, n),
        "Hc": Hc, "gc": (columns,), "H": H, "L": H, "inverse": (n,), "g": (n,),
        "diagonal": (n,), "free": (n,), "d": (n,), "rest": (max(n, columns),), "old": (n,),
        "still": (1,), "told": (4,), "last_pose": (n,), "history": (3, n), "miss": (3, n),
        "rate": (1,),
    }  # fmt: skip
    kinds = {name: ((*shape, *lanes), _NUMBER) for name, shape in shapes.items()}
    kinds["state"] = (len(flat.nodes),), _record(_FIELDS, lanes)
    kinds["motion"] = (len(flat.terms),), _record(_MOTION, lanes)
    arrays = _zeros(kinds)
    arrays["T"][np.arange(n), np.arange(n)] = 1.0
    arrays["rate"][:] = RATE
    arrays["moves"] = np.ones(len(flat.nodes), np.int64)
    if not flat.reduced:
        arrays["Hc"], arrays["gc"] = arrays["H"], arrays["g"]
    return Work(**arrays)


@cache
def _record(fields: tuple[tuple[str, tuple[int, ...]], ...], lanes: tuple[int, ...]) -> Any:
    return np.dtype([(name, "f8", (*shape, *lanes)) for name, shape in fields], align=True)


def _zeros(kinds: dict[str, tuple[tuple[int, ...], Any]]) -> dict[str, Any]:
    """Arrays of these shapes and types in one piece of memory, each beginning where a vector may.

    They are small and many: allocating each would take longer.
    """
    vector = 8 * N_LANES
    sizes = [
        -(-math.prod(shape) * kind.itemsize // vector) * vector for shape, kind in kinds.values()
    ]
    memory = np.zeros(sum(sizes) + vector, np.uint8)
    start = -memory.ctypes.data % vector
    starts = accumulate(sizes, initial=start)
    return {
        name: np.ndarray(shape, kind, memory, begin)
        for (name, (shape, kind)), begin in zip(kinds.items(), starts, strict=False)
    }
