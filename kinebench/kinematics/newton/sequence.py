"""Frame after frame: each starts where its predecessors point to."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, type-arg"
# numba infers the types of compiled functions

from __future__ import annotations

import numpy as np

from kinebench.kinematics.newton.compilation import compiled
from kinebench.kinematics.newton.descent import ROUNDING, minimise
from kinebench.kinematics.newton.factorisation import UNOBSERVED
from kinebench.kinematics.newton.forward import all_move, evaluate
from kinebench.kinematics.newton.lanes import any_lane, in_lanes, like, select
from kinebench.kinematics.newton.measurement import marker_distances, measure
from kinebench.kinematics.newton.records import LOWER, N_LANES, NO_HIGHER, RATE
from kinebench.kinematics.newton.rotations import copy

_SAME = 1e-7  # of E: a difference in which two searches for one minimum may end
_SAME_POSE = 1e-6  # rad or m: the same for poses


@compiled
def _apart(x, y):
    """Largest difference."""
    most = 0.0
    for k in range(len(x)):
        most = max(most, abs(x[k] - y[k]))
    return most


@compiled
def predict(history, known, miss, x):
    """Next pose from the last three, with the order that has served each variable best."""
    for k in range(len(x)):
        a, b, c = history[0, k], history[1, k], history[2, k]
        x[k] = a
        if known > 1 and miss[1, k] < miss[0, k]:
            x[k] = 2.0 * a - b
        if known > 2 and miss[2, k] < min(miss[0, k], miss[1, k]):
            x[k] = 3.0 * (a - b) + c


@compiled
def remember(history, known, miss, x):
    """Judge the predictions of each order by what came, then shift the history."""
    for k in range(len(x)):
        a, b, c = history[0, k], history[1, k], history[2, k]
        if known > 0:
            miss[0, k] = 0.8 * miss[0, k] + (x[k] - a) ** 2
        if known > 1:
            miss[1, k] = 0.8 * miss[1, k] + (x[k] - 2.0 * a + b) ** 2
        if known > 2:
            miss[2, k] = 0.8 * miss[2, k] + (x[k] - 3.0 * (a - b) - c) ** 2
        history[2, k], history[1, k], history[0, k] = b, a, x[k]


@compiled
def _within_limits(variables, x):
    """Bring a start into the ranges."""
    for k in range(len(x)):
        x[k] = min(max(x[k], variables[k].low), variables[k].high)


@compiled
def _hold_undetermined(flat, w, last_pose, frozen, n_root, judged, checked, seen):
    """Put variables that nothing determines back to where they were.

    Variables are undetermined when no marker moves with them or, where the factorisation of the
    end is at hand (`checked`), when their pivot vanished: others can do what they do.

    Returns whether the root is determined, and whether a pivot vanished.
    """
    x, determined, left_open = w.x, judged, False
    for k in range(len(x)):
        seen[k] = judged and w.diagonal[k] >= UNOBSERVED
        if checked and seen[k] and w.free[k] > 0.0 and w.L[k, flat.variable_depth[k]] == 0.0:
            seen[k], left_open = False, True
        elif not seen[k] and not frozen[k]:
            x[k] = last_pose[k]
        if k < n_root and not seen[k] and flat.variables[k].low < flat.variables[k].high:
            determined = False
    return determined, left_open


@compiled
def track(
    flat, w, measured, marker_column, first, last, step, keep, starts, frozen, enough, most,
    n_root, x_out, outcomes, observed, errors,
):  # fmt: skip
    """Solve frames first, first + step, … before `last`, each from its predecessors.

    Parameters
    ----------
    flat : FlatMechanism
    w : Work
    measured : (n_frames, n_columns, 3) m
        NaN where a marker is missing.
    marker_column : (n_markers,)
        Column of `measured` for each marker of the mechanism.
    keep : int
        ANY, or stop at the first frame whose energy is not lower (LOWER) than the stored one, or
        is higher or whose pose is the stored one anyway (NO_HIGHER).
    starts : (n_starts, n_variables)
        Where the first frame and, when there are more, those after it start.
    frozen : (n_variables,)
        Which variables stay where they start.
    enough, most
        Fraction of E below which a gain ends the search (negative: only convergence does), and
        largest number of iterations.
    n_root : int
        Number of variables of the root; a frame that leaves one of them open holds the last pose.
    x_out, outcomes, observed, errors
        Results per frame: variables, RESULT, which variables a marker or a task determines,
        marker distances.

    Returns
    -------
    n_solved : int
    """
    x, last_pose, history, miss, known = w.x, w.last_pose, w.history, w.miss, 0
    copy(starts[0], last_pose)
    miss[:] = 0.0
    solved, left_open = 0, False
    frame = first
    w.rate[0] = RATE
    while frame != last:
        if solved < len(starts):
            copy(starts[solved], x)
        else:
            predict(history, known, miss, x)
        _within_limits(flat.variables, x)
        energy, count, fine = np.nan, 0.0, False
        for i in range(len(marker_column)):
            copy(measured[frame, marker_column[i]], w.measured[i])
        n_present = measure(flat.markers, w)
        check = n_root > 0 and (solved == 0 or left_open or n_present < len(marker_column))
        if n_present > 0:
            energy, count, fine = minimise(flat, frozen, enough, most, check, w)
        stored = outcomes[frame].energy
        if keep == LOWER and not energy < stored * (1.0 - _SAME) - ROUNDING:
            break
        if keep == NO_HIGHER and not energy <= stored * (1.0 + _SAME) + ROUNDING:
            break
        if keep == NO_HIGHER and _apart(x, x_out[frame]) < _SAME_POSE:
            break
        determined, left_open = _hold_undetermined(
            flat, w, last_pose, frozen, n_root, n_present > 0, check, observed[frame]
        )
        if not determined:
            copy(last_pose, x)
            fine = False
            observed[frame] = False
            if n_present == 0:
                w.origin[:] = 0.0
            all_move(w)
            energy = evaluate(flat, w)
            if n_present == 0:
                energy = np.nan
        marker_distances(flat.markers, w)
        copy(w.errors, errors[frame])
        copy(x, x_out[frame])
        result = outcomes[frame]
        result.energy, result.converged, result.iterations = energy, fine, int(count)
        remember(history, known, miss, x)
        copy(x, last_pose)
        w.rate[0] *= 0.95
        known = min(known + 1, 3)
        solved += 1
        frame += step
    return solved


@compiled
def solve_apart(
    flat, w, measured, marker_column, frames, starts, frozen, enough, most, n_root, rate, rows,
    x_out, outcomes, observed, errors,
):  # fmt: skip
    """Solve frames that know nothing of each other, `N_LANES` at once.

    Parameters as in `track`, except:

    w : Work
        In lanes.
    marker_column : (n_markers,)
        −1 for a marker that does not count.
    frames, starts : (n,) and (n, n_variables)
        Each frame and where it starts.
    rate : float
        Worst rate of convergence lately.
    rows : (n,)
        Where in the results each goes.
    x_out, outcomes, observed, errors
        Variables, RESULT, which variables the frame's own markers or a task determine, marker
        distances. Variables that nothing determines are where the search left them.
    """
    lanes, n = in_lanes(w), len(frames)
    w.rate[:] = rate
    for first in range(0, n, N_LANES):
        for lane in range(N_LANES):
            i = min(first + lane, n - 1)
            for k in range(len(w.x)):
                low, high = flat.variables[k].low, flat.variables[k].high
                w.x[k, lane] = min(max(starts[i, k], low), high)
            for m in range(len(marker_column)):
                column = marker_column[m]
                for a in range(3):
                    w.measured[m, a, lane] = (
                        measured[frames[i], column, a] if column >= 0 else np.nan
                    )
        n_present = measure(flat.markers, lanes)
        check = n_root > 0 and any_lane(n_present < len(marker_column))
        energy, count, fine = minimise(flat, frozen, enough, most, check, lanes)
        marker_distances(flat.markers, lanes)
        lanes.told[0], lanes.told[1] = energy, count
        lanes.told[2] = select(fine, like(energy, 1.0), like(energy, 0.0))
        lanes.told[3] = n_present
        for lane in range(min(N_LANES, n - first)):
            row = rows[first + lane]
            _tell(flat, w, lane, check, x_out[row], outcomes[row], observed[row], errors[row])
        lanes.rate[0] *= 0.7


@compiled
def _tell(flat, w, lane, checked, x, result, seen, errors):
    """Results of one lane."""
    none = w.told[3, lane] == 0.0
    result.energy = np.nan if none else w.told[0, lane]
    result.iterations = 0 if none else int(w.told[1, lane])
    result.converged = not none and w.told[2, lane] > 0.0
    for k in range(len(x)):
        x[k] = w.x[k, lane]
        seen[k] = not none and w.diagonal[k, lane] >= UNOBSERVED
        if checked and w.free[k, lane] > 0.0 and w.L[k, flat.variable_depth[k], lane] == 0.0:
            seen[k] = False
    for m in range(len(errors)):
        errors[m] = w.errors[m, lane]
