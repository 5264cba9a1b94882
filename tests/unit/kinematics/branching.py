"""A tree whose joints do everything that joints may."""

from __future__ import annotations

import numpy as np

from kinebench.kinematics import Tree
from kinebench.kinematics.functions import Sine, polynomial, simm_spline
from kinebench.kinematics.rotation import body_fixed_xyz
from kinebench.kinematics.tree import Coupling, Joint, Offset, Term, TreeCoordinate, TreeMarker

X, Y, Z = np.eye(3)
LINEAR = polynomial((1.0, 0.0))
SPLINE = simm_spline((-2.0, -0.5, 0.7, 2.0), (0.1, -0.05, 0.12, 0.0))
WEIGHTS = {"a0": 1.0, "a1": 3.0, "b0": 2.0, "b1": 1.0, "b2": 0.5, "c0": 4.0, "c1": 1.5, "e0": 1.0}
TASKS = {1: (0.02, 0.4)}


def branching(coupled: bool) -> Tree:
    """Root of six coordinates; two limbs; joints with shared, bent, summed and no coordinates."""
    skew = Offset(body_fixed_xyz(0.3, -0.2, 0.5), np.array([0.1, 0.0, 0.2]))
    root = tuple(Term(True, axis, ((i, 1.0),), LINEAR) for i, axis in enumerate((Z, X, Y)))
    root += tuple(Term(False, axis, ((3 + i, 1.0),), LINEAR) for i, axis in enumerate((X, Y, Z)))
    bent = (
        Term(True, Z, (), polynomial((0.3,))),
        Term(True, X, ((6, 1.0),), LINEAR),
        Term(True, np.array([0.0, 0.6, 0.8]), (), polynomial((-0.4,))),
        Term(False, X, (), polynomial((0.05,))),
        Term(True, np.array([0.6, 0.0, 0.8]), ((6, 1.0),), SPLINE),
        Term(True, Y, ((7, -0.5), (6, 0.3)), Sine(0.7, 1.2, 0.1)),
        Term(False, Y, ((6, 1.0),), polynomial((0.1, 0.2, 0.0))),
        Term(False, Z, ((7, 1.0), (6, 0.2)), Sine(0.05, 2.0)),
        Term(True, Y, (), polynomial((0.2,))),
    )
    weld = (Term(False, X, (), polynomial((0.07,))),)
    hinge = (Term(True, -Z, ((8, 1.0),), LINEAR),)
    other = (Term(True, Y, ((9, 1.0),), LINEAR), Term(True, Z, ((10, 1.0),), LINEAR))
    joints = (
        Joint("root", "CustomJoint", -1, skew, skew, root),
        Joint("bent", "CustomJoint", 0, skew, skew, bent),
        Joint("weld", "CustomJoint", 1, skew, skew, weld),
        Joint("hinge", "PinJoint", 2, skew, skew, hinge),
        Joint("other", "UniversalJoint", 0, skew.inverse(), skew, other),
    )
    generator = np.random.default_rng(2)
    body = {"a": 0, "b": 1, "c": 3, "d": 2, "e": 4}
    markers = tuple(
        TreeMarker(name, body[name[0]], generator.normal(0, 0.2, 3)) for name in WEIGHTS
    )
    couplings = (Coupling("c", 9, ((8, 0.7),), polynomial((0.3, 0.5, 0.1))),) if coupled else ()
    coordinates = tuple(TreeCoordinate(f"q{i}") for i in range(11))
    return Tree("branching", tuple("abdce"), joints, coordinates, markers, couplings)
