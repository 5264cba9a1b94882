"""Where a search for a pose starts: the default pose, moved to where the markers are."""

from __future__ import annotations

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.kinematics.forward import marker_positions
from kinebench.kinematics.tree import GROUND, Tree


def standing_defaults(tree: Tree, names: tuple[str, ...], positions: FloatArray) -> FloatArray:
    """Default pose (n_coordinates,) rad or m, its mean marker where the measured one is.

    Only translations between ground and a body change; from metres away a search would turn the
    body over instead of shifting it.

    Parameters
    ----------
    tree : Tree
    names : tuple of str
        Markers of the tree.
    positions : (n_markers, 3) m
        NaN where a marker is missing.
    """
    q = tree.defaults
    # by name, so that the sums do not depend on the order of the markers
    there = [k for k in np.argsort(names) if not np.isnan(positions[k, 0])]
    seen = tuple(names[k] for k in there)
    free = set(tree.free.tolist())
    shifting = sorted(
        {
            index
            for joint in tree.joints
            if joint.parent == GROUND
            for term in joint.terms
            if not term.rotation
            for index, _ in term.weights
            if index in free
            and tree.coordinates[index].kind == "translational"
            and not (tree.coordinates[index].locked or tree.coordinates[index].coupled)
        }
    )
    if not seen or not shifting:
        return q
    poses = np.tile(q, (len(shifting) + 1, 1))
    poses[np.arange(len(shifting)), shifting] += 1.0
    means = marker_positions(tree, poses, seen).mean(axis=1)
    columns = (means[:-1] - means[-1]).T  # exact: such coordinates shift by what they say
    q[shifting] += np.linalg.pinv(columns) @ (positions[there].mean(axis=0) - means[-1])
    return q
