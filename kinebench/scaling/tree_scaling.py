"""Scaling a kinematic tree by factors of its bodies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.kinematics.functions import PiecewisePolynomial
from kinebench.kinematics.tree import GROUND, Joint, Offset, Term, Tree, TreeMarker

Three = tuple[float, float, float]
_Stretched = Mapping[str, tuple[FloatArray | None, ...]]


def without_idle_parts(tree: Tree, stretched: _Stretched) -> tuple[Tree, _Stretched]:
    """The tree without bodies that carry no marker and without terms that are always zero.

    All coordinates and couplings stay, and so do the places of the markers.

    Parameters
    ----------
    tree : Tree
    stretched : mapping of str to tuple
        As in `scaled_tree`; returned for the terms that are left.
    """
    busy = sorted({body for marker in tree.markers for body in tree.chain(marker.body)})
    new = {GROUND: GROUND, **{body: index for index, body in enumerate(busy)}}
    joints = []
    axes = {}
    for body in busy:
        joint = tree.joints[body]
        moving = [index for index, term in enumerate(joint.terms) if not _always_zero(term)]
        if joint.name in stretched:
            axes[joint.name] = tuple(stretched[joint.name][index] for index in moving)
        terms = tuple(joint.terms[index] for index in moving)
        joints.append(replace(joint, parent=new[joint.parent], terms=terms))
    lean = replace(
        tree,
        bodies=tuple(tree.bodies[body] for body in busy),
        joints=tuple(joints),
        markers=tuple(
            TreeMarker(marker.name, new[marker.body], marker.location) for marker in tree.markers
        ),
    )
    return lean, axes


def _always_zero(term: Term) -> bool:
    function = term.function
    return isinstance(function, PiecewisePolynomial) and not function.coefficients.any()


def scaled_tree(
    tree: Tree,
    factors: Mapping[str, Three],
    stretched: _Stretched,
) -> Tree:
    """Tree of the scaled model.

    Offsets and markers are multiplied by the factors s of the body that they are fixed in, axis by
    axis. A translation of a CustomJoint along the axis a is multiplied by Σ |aᵢ| sᵢ of the joint's
    parent, unless it is a plain coordinate.

    Parameters
    ----------
    tree : Tree
        Without offset frames on offset frames, whose own axes are not known to a tree.
    factors : mapping of str to (float, float, float)
        By body; others keep their size.
    stretched : mapping of str to tuple
        Per CustomJoint, for each of its terms, |a|, or None.

    Notes
    -----
    Source: OpenSim, ``PhysicalOffsetFrame::extendScale``, ``SpatialTransform::scale``.
    """
    # ground comes last: its index is -1
    sizes = [np.array(factors.get(name, (1.0, 1.0, 1.0))) for name in (*tree.bodies, "ground")]
    return replace(
        tree,
        joints=tuple(
            _joint(joint, sizes[joint.parent], sizes[body], stretched.get(joint.name))
            for body, joint in enumerate(tree.joints)
        ),
        markers=tuple(
            TreeMarker(marker.name, marker.body, marker.location * sizes[marker.body])
            for marker in tree.markers
        ),
    )


def _joint(
    joint: Joint, parent: FloatArray, child: FloatArray, axes: tuple[FloatArray | None, ...] | None
) -> Joint:
    terms = joint.terms
    if axes is not None:
        terms = tuple(
            term if axis is None else _term(term, float(axis @ parent))
            for term, axis in zip(terms, axes, strict=True)
        )
    return replace(
        joint,
        in_parent=Offset(joint.in_parent.R, joint.in_parent.p * parent),
        in_child=Offset(joint.in_child.R, joint.in_child.p * child),
        terms=terms,
    )


def _term(term: Term, factor: float) -> Term:
    return Term(term.rotation, term.axis, term.weights, term.function.scaled(factor))
