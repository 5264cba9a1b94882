"""Newton's method within limits, from one start to the bottom."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, type-arg"
# numba infers the types of compiled functions

from __future__ import annotations

import numpy as np

from kinebench.kinematics.newton.compilation import compiled
from kinebench.kinematics.newton.derivatives import normal_equations
from kinebench.kinematics.newton.factorisation import UNOBSERVED, factorise, solve
from kinebench.kinematics.newton.forward import all_move, evaluate, hold_still
from kinebench.kinematics.newton.lanes import any_lane, highest, like, lowest, negated, select, size

_NEXT_STEP = 2e-9  # rad or m: the step that is expected next, when it need not be made any more
_NEWTON_END = 3e-7  # a Newton step after which none is needed, whatever the one before
_LINEAR_END = 1e-10  # the same for other steps
ROUNDING = 1e-16  # m²: differences of E that mean nothing
_STEP_LIMIT = 0.8  # rad


@compiled
def _limited_step(flat, frozen, damping, wanted, w):
    """Step d within the limits; returns where H is positive.

    Limits by an active set: variables that would leave them are put on them and the rest is
    solved again, as long as a lane in which the step is `wanted` needs that.
    """
    x, d, free = w.x, w.d, w.free
    none, one = like(damping, 0.0), like(damping, 1.0)
    for k in range(len(x)):
        free[k] = d[k] = none
        if frozen[k]:
            continue
        variable = flat.variables[k]
        held = (
            (w.diagonal[k] < UNOBSERVED)
            | ((x[k] <= variable.low) & (w.g[k] >= 0.0))
            | ((x[k] >= variable.high) & (w.g[k] <= 0.0))
        )
        free[k] = select(held, none, one)
    positive = one > 0.0
    for _ in range(len(x)):
        # a lane that fails keeps what it has: others may need more rounds
        positive = positive & factorise(flat.variable_chain, flat.variable_depth, damping, w)
        if not any_lane(wanted & positive):
            break
        solve(flat.variable_chain, flat.variable_depth, w)
        again = one < 0.0
        for k in range(len(x)):
            if frozen[k]:
                continue
            variable = flat.variables[k]
            moves = positive & (free[k] > 0.0)
            under, over = (
                moves & (x[k] + d[k] < variable.low),
                moves & (x[k] + d[k] > variable.high),
            )
            d[k] = select(under, variable.low - x[k], select(over, variable.high - x[k], d[k]))
            free[k] = select(under | over, none, free[k])
            again = again | under | over
        if not any_lane(again & wanted & positive):
            break
    return positive


@compiled
def _go_on(flat, frozen, stepping, scale, w):
    """Take the step d, scaled, where it is wanted; remember where that started."""
    x = w.x
    for k in range(len(x)):
        if frozen[k]:
            continue
        variable = flat.variables[k]
        w.old[k] = select(stepping, x[k], w.old[k])
        moved_to = lowest(highest(x[k] + scale * w.d[k], variable.low), variable.high)
        x[k] = select(stepping, moved_to, x[k])


@compiled
def _go_back(frozen, worse, w):
    """Take the last step back where it led uphill."""
    for k in range(len(w.x)):
        if not frozen[k]:
            w.x[k] = select(worse, w.old[k], w.x[k])


@compiled
def minimise(flat, frozen, enough, most, check, w):
    """Minimise E from `w.x`, in place; returns E, iterations, and where it converged.

    Newton's method; where H is not positive or E does not fall, Gauss–Newton, then that with
    Levenberg–Marquardt damping. Newton steps shrink quadratically, s₂ ≈ rate · s₁²: the search
    ends when the next one would not matter. A gain below the fraction `enough` of E, or `most`
    iterations, also end it. With `check` the Gauss–Newton matrix of the end is factorised, which
    tells the variables that the markers leave open.

    Lanes that have ended keep their pose until all have.
    """
    x, none = w.x, like(w.rate[0], 0.0)
    energy, largest = like(none, np.inf), like(none, np.inf)
    damping, before, iterations = none, none, none
    active, fine = none == 0.0, none > 0.0
    newton, retry = active, active
    all_move(w)
    for round_ in range(4 * most):
        trial = evaluate(flat, w)
        if round_ == 0:
            hold_still(flat, frozen, w)
        worse = active & (trial > energy * (1.0 + 1e-13) + ROUNDING)
        moved, ended = active & negated(worse), none > 0.0
        if any_lane(worse):
            _go_back(frozen, worse, w)
            stuck = worse & (largest < _LINEAR_END)
            fine, active = fine | stuck, active & negated(stuck)
            damping = select(worse & negated(newton), highest(10.0 * damping, 1e-4), damping)
            newton, retry = newton & negated(worse), retry | worse
            if not any_lane(active):
                break
            if not any_lane(moved):
                continue
        judged = moved & negated(retry)
        if any_lane(judged):
            told = judged & newton & (before > 0.0) & (before < 0.05)
            rate = largest / select(told, before * before, 1.0 + none)
            w.rate[0] = select(told, highest(w.rate[0], rate), w.rate[0])
            expected = lowest(w.rate[0] * largest, 1.0) * largest
            near = (largest < _NEWTON_END) | (expected < _NEXT_STEP)
            met = judged & ((largest < _LINEAR_END) | (newton & near))
            ended = met | (judged & ((energy - trial < enough * trial) | (iterations >= most)))
            fine = fine | met
            before = select(judged, select(newton, largest, none), before)
            damping = select(judged, select((damping < 1e-5) | ended, none, 0.1 * damping), damping)
            newton = select(judged, (damping == 0.0) & negated(ended), newton)
        energy, retry = select(moved, trial, energy), retry & negated(moved)
        going = active & negated(ended)
        if not check and not any_lane(going):
            break
        normal_equations(flat, frozen, newton, w)
        solved = _limited_step(flat, frozen, damping, going, w)
        active = going
        if not any_lane(active):
            break
        stepping, failed = moved & going & solved, moved & going & negated(solved)
        if any_lane(failed):
            damping = select(failed & negated(newton), highest(10.0 * damping, 1e-4), damping)
            newton, retry = newton & negated(failed), retry | failed
        iterations += select(stepping, 1.0 + none, none)
        step = none
        for k in range(len(x)):
            step = highest(step, size(w.d[k]))
        largest = select(stepping, step, largest)
        _go_on(flat, frozen, stepping, lowest(1.0 + none, _STEP_LIMIT / highest(step, 1e-300)), w)
    return energy, iterations, fine
