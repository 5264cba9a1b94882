"""Newton's method within limits, from one start to the bottom."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, type-arg"
# numba infers the types of compiled functions

from __future__ import annotations

import numpy as np

from kinebench.kinematics.newton.compilation import compiled
from kinebench.kinematics.newton.derivatives import normal_equations
from kinebench.kinematics.newton.factorisation import UNOBSERVED, factorise, solve
from kinebench.kinematics.newton.forward import evaluate

_NEXT_STEP = 2e-9  # rad or m: the step that is expected next, when it need not be made any more
_NEWTON_END = 3e-7  # a Newton step after which none is needed, whatever the one before
_LINEAR_END = 1e-10  # the same for other steps
ROUNDING = 1e-16  # m²: differences of E that mean nothing
_STEP_LIMIT = 0.8  # rad


@compiled
def _limited_step(flat, x, frozen, damping, w):
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
        if not factorise(
            flat.variable_chain, flat.variable_depth, w.held, damping, w.diagonal, w.H, w.L
        ):
            return False
        solve(flat.variable_chain, flat.variable_depth, w.held, w.H, w.L, w.g, w.rest, w.d)
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
def _largest_of(d):
    largest = 0.0
    for value in d:
        largest = max(largest, abs(value))
    return largest


@compiled
def minimise(flat, x, frozen, enough, most, check, w):
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
        trial = evaluate(flat, x, w)
        if trial > energy * (1.0 + 1e-13) + ROUNDING:
            x[:] = w.old
            if largest < _LINEAR_END:
                return energy, iterations, True
            newton, damping, retry = False, damping if newton else max(10.0 * damping, 1e-4), True
            continue
        if not retry:
            if newton and 0.0 < before < 0.05:
                w.rate[0] = max(w.rate[0], largest / before**2)
            expected = min(w.rate[0] * largest, 1.0) * largest
            fine = largest < _LINEAR_END or (
                newton and (largest < _NEWTON_END or expected < _NEXT_STEP)
            )
            ended = fine or energy - trial < enough * trial or iterations == most
            if ended and not check:
                return trial, iterations, fine
            before = largest if newton else 0.0
            damping = 0.0 if damping < 1e-5 or ended else 0.1 * damping
            newton = damping == 0.0 and not ended
        energy, retry = trial, False
        normal_equations(flat, x, newton, w)
        solved = _limited_step(flat, x, frozen, damping, w)
        if ended:
            return energy, iterations, fine
        if not solved:
            newton, damping, retry = False, damping if newton else max(10.0 * damping, 1e-4), True
            continue
        iterations += 1
        largest = _largest_of(w.d)
        scale = min(1.0, _STEP_LIMIT / max(largest, 1e-300))
        for k in range(len(x)):
            w.old[k] = x[k]
            variable = flat.variables[k]
            x[k] = min(max(x[k] + scale * w.d[k], variable.low), variable.high)
    return energy, iterations, False
