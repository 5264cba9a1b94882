"""The compiled solver's energy, gradient and second derivatives against the NumPy reference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kinebench.kinematics import Tree, marker_jacobian, marker_positions
from kinebench.kinematics.mechanism import build_mechanism
from kinebench.kinematics.newton.derivatives import normal_equations
from kinebench.kinematics.newton.forward import evaluate
from kinebench.kinematics.newton.measurement import measure
from kinebench.kinematics.newton.records import new_work
from tests.unit.kinematics.branching import TASKS, WEIGHTS, branching

Array = np.ndarray[Any, Any]


class Solver:
    """The compiled functions on one frame."""

    def __init__(self, tree: Tree, measured: Array) -> None:
        self.mechanism = build_mechanism(tree, WEIGHTS, TASKS)
        self.flat = self.mechanism.flat
        self.work = new_work(self.flat)
        self.frozen = np.zeros(len(self.flat.variables), np.bool_)
        columns = np.array([tree.marker_names.index(name) for name in self.mechanism.markers])
        self.work.measured[:] = measured[columns]
        measure(self.flat.markers, self.work)

    def energy(self, x: Array) -> float:
        self.work.x[:] = x
        return float(evaluate(self.flat, self.work))

    def derivatives(self, x: Array, newton: bool) -> tuple[Array, Array]:
        self.energy(x)
        normal_equations(self.flat, self.frozen, newton, self.work)
        H = np.zeros((len(x), len(x)))
        for i, depth in enumerate(self.flat.variable_depth):
            for t in range(depth + 1):
                j = self.flat.variable_chain[i, t]
                H[i, j] = H[j, i] = self.work.H[i, t]
        return self.work.g.copy(), H


@pytest.fixture(params=[False, True], ids=["tree", "coupled"])
def case(request: pytest.FixtureRequest) -> tuple[Tree, Array, Solver, Array]:
    tree = branching(request.param)
    generator = np.random.default_rng(3)
    q = generator.uniform(-0.8, 0.8, 11)
    measured = marker_positions(tree, q + 0.2) + generator.normal(0, 0.1, (8, 3)) + 3.0
    measured[4] = np.nan
    measured.flags.writeable = False
    solver = Solver(tree, measured)
    return tree, measured, solver, q


def test_energy_gradient_and_gauss_newton_equal_the_reference(
    case: tuple[Tree, Array, Solver, Array],
) -> None:
    tree, measured, solver, q = case
    variables = list(solver.mechanism.variables)
    residuals = marker_positions(tree, q) - measured
    present = ~np.isnan(residuals[:, 0])
    w = np.array(list(WEIGHTS.values()))[present]
    w /= w.sum()
    r, J = residuals[present], marker_jacobian(tree, q)[present][..., variables]
    pull = np.zeros(11)
    pull[1] = 0.02
    pull = pull[variables]
    miss = q[variables] - 0.4
    energy = 0.5 * ((w * (r**2).sum(axis=1)).sum() + (pull * miss**2).sum())
    assert solver.energy(q[variables]) == pytest.approx(energy, rel=1e-12)
    g, H = solver.derivatives(q[variables], newton=False)
    np.testing.assert_allclose(g, np.einsum("m,mi,mik->k", w, r, J) + pull * miss, atol=1e-12)
    expected = np.einsum("m,mik,mil->kl", w, J, J) + np.diag(pull)
    np.testing.assert_allclose(H, expected, atol=1e-12)


def test_second_derivatives_equal_finite_differences(
    case: tuple[Tree, Array, Solver, Array],
) -> None:
    tree, _, solver, q = case
    x, h = q[list(solver.mechanism.variables)], 1e-6
    _, H = solver.derivatives(x, newton=True)
    numeric = np.empty_like(H)
    for k in range(len(x)):
        step = h * np.eye(len(x))[k]
        ahead, _ = solver.derivatives(x + step, newton=True)
        behind, _ = solver.derivatives(x - step, newton=True)
        numeric[k] = (ahead - behind) / (2 * h)
    if tree.couplings:  # the bend of the coupling itself is left out
        driver = solver.mechanism.variables.index(8)
        H[driver, driver] = numeric[driver, driver] = 0.0
    np.testing.assert_allclose(H, numeric, atol=2e-8)


def test_only_what_moves_markers_is_computed() -> None:
    tree = branching(coupled=False)
    mechanism = build_mechanism(tree, {"a0": 1.0, "b0": 1.0})
    names = {tree.coordinate_names[i] for i in mechanism.variables}
    assert names == {f"q{i}" for i in range(8)}
    assert len(mechanism.flat.nodes) == 2
    assert len(mechanism.limbs) == 1


def test_limbs_are_unbranched_chains() -> None:
    mechanism = build_mechanism(branching(coupled=False), WEIGHTS)
    named = [{mechanism.variables[i] for i in limb} for limb in mechanism.limbs]
    assert named == [{0, 1, 2, 3, 4, 5}, {6, 7, 8}, {9, 10}]
