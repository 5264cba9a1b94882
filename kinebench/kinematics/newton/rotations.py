"""Small products of matrices and vectors, written out."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, type-arg"
# numba infers the types of compiled functions

from __future__ import annotations

from kinebench.kinematics.newton.compilation import compiled
from kinebench.kinematics.newton.lanes import select

_ROUNDER = 6755399441055744.0  # 1.5 · 2⁵²: added and taken away again, it rounds


@compiled
def copy(source, target):
    """target ← source."""
    for a in range(len(source)):
        target[a] = source[a]


@compiled
def move(R, p, x, out):
    """out = R x + p."""
    for a in range(3):
        out[a] = R[a, 0] * x[0] + R[a, 1] * x[1] + R[a, 2] * x[2] + p[a]


@compiled
def multiply(A, B, out):
    """out = A B."""
    for a in range(3):
        for b in range(3):
            out[a, b] = A[a, 0] * B[0, b] + A[a, 1] * B[1, b] + A[a, 2] * B[2, b]


@compiled
def turn(R, B):
    """R ← R B in place."""
    for a in range(3):
        x, y, z = R[a, 0], R[a, 1], R[a, 2]
        for b in range(3):
            R[a, b] = x * B[0, b] + y * B[1, b] + z * B[2, b]


@compiled
def sine_cosine(angle):
    """Sine and cosine of an angle, rad, to two units in the last place of 1 up to 10⁵ rad.

    π/2 in three parts and polynomials on an eighth of a turn, as in Sun's fdlibm (e_rem_pio2.c,
    k_sin.c, k_cos.c): numbers in lanes have no others.
    """
    quarter = (angle * 0.6366197723675814 + _ROUNDER) - _ROUNDER
    r = angle - quarter * 1.57079632673412561417e00
    r = r - quarter * 6.07710050630396597660e-11
    r = r - quarter * 2.02226624879595063154e-21
    z = r * r
    s = 2.75573137070700676789e-06 + z * (
        -2.50507602534068634195e-08 + z * 1.58969099521155010221e-10
    )
    s = 8.33333333332248946124e-03 + z * (-1.98412698298579493134e-04 + z * s)
    s = r + r * z * (-1.66666666666666324348e-01 + z * s)
    c = -2.75573143513906633035e-07 + z * (
        2.08757232129817482790e-09 - z * 1.13596475577881948265e-11
    )
    c = -1.38888888888741095749e-03 + z * (2.48015872894767294178e-05 + z * c)
    c = 1.0 - 0.5 * z + z * z * (4.16666666666666019037e-02 + z * c)
    turn = quarter - 4.0 * ((quarter * 0.25 + _ROUNDER) - _ROUNDER)
    odd = (turn == 1.0) | (turn == -1.0)
    half = (turn == 2.0) | (turn == -2.0)
    sine, cosine = select(odd, c, s), select(odd, s, c)
    return (
        select(half | (turn == -1.0), -sine, sine),
        select(half | (turn == 1.0), -cosine, cosine),
    )


@compiled
def rotate(R, k, s, c, axis):
    """R ← R · rotation about its axis k, with its sine and cosine; notes that axis."""
    i, j = (k + 1) % 3, (k + 2) % 3
    for a in range(3):
        axis[a] = R[a, k]
        u, v = R[a, i], R[a, j]
        R[a, i] = c * u + s * v
        R[a, j] = c * v - s * u
