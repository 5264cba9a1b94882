"""Where a search for a pose starts: the default pose, moved to where the markers are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.kinematics.forward import marker_positions
from kinebench.kinematics.tree import GROUND, Tree


@dataclass(frozen=True, slots=True)
class StandingPose:
    """The default pose of a tree, and what it takes to move it.

    Parameters
    ----------
    defaults : (n_coordinates,) rad or m
    shifting : tuple of int
        Coordinates between ground and a body along which it may move.
    markers : (n_markers, 3) m
        In the default pose.
    shifts : (n_shifting, n_markers, 3)
        How a unit of each shifting coordinate moves them: exact, such coordinates shift by what
        they say.
    order : (n_markers,)
        The markers by name, so that sums do not depend on the order in which they come.
    """

    defaults: FloatArray
    shifting: tuple[int, ...]
    markers: FloatArray
    shifts: FloatArray
    order: NDArray[np.intp]

    def at(self, positions: FloatArray) -> FloatArray:
        """Default pose (n_coordinates,) rad or m, its mean marker where the measured one is.

        Only translations between ground and a body change; from metres away a search would turn
        the body over instead of shifting it.

        Parameters
        ----------
        positions : (n_markers, 3) m
            NaN where a marker is missing.
        """
        q = self.defaults.copy()
        seen = self.order[~np.isnan(positions[self.order, 0])]
        if seen.size and self.shifting:
            missed = positions[seen].mean(axis=0) - self.markers[seen].mean(axis=0)
            columns = self.shifts[:, seen].mean(axis=1).T
            q[list(self.shifting)] += np.linalg.pinv(columns) @ missed
        return q


def standing_pose(tree: Tree, names: tuple[str, ...]) -> StandingPose:
    """The default pose with these markers of the tree."""
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
    poses = np.tile(tree.defaults, (len(shifting) + 1, 1))
    poses[np.arange(len(shifting)), shifting] += 1.0
    markers = marker_positions(tree, poses, names)
    order = np.argsort(names)
    return StandingPose(
        tree.defaults, tuple(shifting), markers[-1], markers[:-1] - markers[-1], order
    )
