"""What scaling, marker placement and inverse kinematics must give, solved a second time.

Independent of `kinebench.scaling` and `kinebench.ik`: set-ups are read here, factors are ratios of
distances, bodies are scaled by the laboratory (which is checked against OpenSim), and both minima
are found by SciPy with differences for derivatives. Shared with the pipeline are the forward
kinematics and nothing else. For static trials without movement.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import least_squares

from kinebench.core import Markers
from kinebench.core.arrays import FloatArray
from kinebench.core.ik_tasks import IKTasks
from kinebench.core.model import Document
from kinebench.kinematics import Tree, forward_kinematics, marker_positions, read_tree
from kinebench.lab import Body
from kinebench.lab.scaling import scaled_body
from kinebench.osim.edits import body_names, document_root

__all__ = ["Optimum", "optimum", "scale_factors"]

Three = tuple[float, float, float]
Integers = np.ndarray[tuple[int, ...], np.dtype[np.intp]]
_STEP = 1e-6  # rad or m, of the differences


@dataclass(frozen=True)
class Optimum:
    """What a scaler has to give.

    Parameters
    ----------
    factors : mapping of str to (float, float, float)
        Per body along x, y, z.
    tree : Tree
        Scaled, markers placed.
    static_pose : (n_coordinates,) rad or m
    cost_of : callable
        Cost, m², of a static pose.
    """

    factors: Mapping[str, Three]
    tree: Tree
    static_pose: FloatArray
    cost_of: Callable[[FloatArray], float]

    def solve(self, tasks: IKTasks, markers: Markers, start: FloatArray) -> FloatArray:
        """Inverse kinematics (n_frames, n_coordinates) from one start pose per frame."""
        weights = _present(tasks.weights, self.tree, markers)
        frames = [dict(zip(markers.names, frame, strict=True)) for frame in markers.positions]
        return np.array(
            [
                _Problem(self.tree, weights, targets, {}).solve(q)
                for targets, q in zip(frames, start, strict=True)
            ]
        )


def optimum(body: Body, setup: Document, static: Markers, start: FloatArray) -> Optimum:
    """Scale a generic body and place its markers.

    Parameters
    ----------
    body : Body
        Generic.
    setup : Document
        A ScaleTool set-up.
    static : Markers
        The first frame counts.
    start : (n_coordinates,) rad or m
        Where the search for the static pose begins.
    """
    factors = scale_factors(body, setup, static)
    tree = read_tree(scaled_body(body, factors, 70.0).model)
    targets = dict(zip(static.names, static.positions[0], strict=True))
    weights, wishes = _placer(setup)
    index = {coordinate.name: i for i, coordinate in enumerate(tree.coordinates)}
    pulls = {index[name]: wish for name, wish in wishes.items() if name in index}
    problem = _Problem(tree, _present(weights, tree, static), targets, pulls)
    q = problem.solve(start)
    placed = _placed(body, tree, targets, q)
    return Optimum(
        factors, placed, q, lambda pose: float(np.sum(problem.residuals(pose[None]) ** 2))
    )


def scale_factors(body: Body, setup: Document, static: Markers) -> dict[str, Three]:
    """Mean over a measurement's pairs of distance measured over distance in the default pose."""
    tree = read_tree(body.model)
    nominal = dict(zip(tree.marker_names, marker_positions(tree, tree.defaults), strict=True))
    measured = dict(zip(static.names, static.positions[0], strict=True))
    factors = {name: [1.0, 1.0, 1.0] for name in body_names(body.model)}
    for measurement in _applied(document_root(setup), "Measurement"):
        pairs = [(text.text or "").split() for text in measurement.iter("markers")]
        ratios = [
            np.linalg.norm(measured[one] - measured[other])
            / np.linalg.norm(nominal[one] - nominal[other])
            for one, other in pairs
            if {one, other} <= measured.keys() & nominal.keys()
        ]
        for scaled in measurement.iter("BodyScale"):
            for axis in (scaled.findtext("axes") or "").split():
                if scaled.get("name", "") in factors:
                    factors[scaled.get("name", "")]["XYZ".index(axis)] = float(np.mean(ratios))
    return {name: (x, y, z) for name, (x, y, z) in factors.items()}


@dataclass(frozen=True)
class _Problem:
    """A pose of least cost near a start is wanted.

    ::

        Σ wᵢ |pᵢ(q) − mᵢ|² / Σ wᵢ + Σ wⱼ (qⱼ − cⱼ)²      within the coordinates' ranges

    Parameters
    ----------
    tree : Tree
    weights : mapping of str to float
        Of markers.
    targets : mapping of str to (3,) m
    wishes : mapping of int to (float, float)
        Weight and value by coordinate.
    """

    tree: Tree
    weights: Mapping[str, float]
    targets: Mapping[str, FloatArray]
    wishes: Mapping[int, tuple[float, float]]

    def residuals(self, q: FloatArray) -> FloatArray:
        """(n_poses, n_residuals) m, whose squares add up to the cost."""
        names = tuple(self.weights)
        roots = np.sqrt(np.array(list(self.weights.values())) / sum(self.weights.values()))
        measured = np.array([self.targets[name] for name in names])
        missed = (marker_positions(self.tree, q, names) - measured) * roots[:, None]
        pull, wish = np.array(list(self.wishes.values())).reshape(-1, 2).T
        drawn = np.sqrt(pull) * (q[:, np.array(list(self.wishes), dtype=int)] - wish)
        return np.concatenate([missed.reshape(len(q), -1), drawn], axis=1)

    def slopes(self, q: FloatArray, columns: Integers) -> FloatArray:
        """Central differences (n_residuals, n_columns)."""
        steps = _STEP * np.eye(len(q))[columns]
        return np.asarray((self.residuals(q + steps) - self.residuals(q - steps)).T / (2 * _STEP))

    def solve(self, start: FloatArray) -> FloatArray:
        """The pose (n_coordinates,) rad or m; what nothing feels stays."""
        free = np.asarray(self.tree.free, dtype=np.intp)
        free = free[np.abs(self.slopes(start, free)).max(axis=0) > 1e-9]
        low, high = np.array([self.tree.coordinates[i].limits for i in free]).T
        q, held = start.copy(), np.zeros(len(free), dtype=bool)
        q[free] = np.clip(start[free], low, high)
        for _ in range(2 * len(free)):
            q = self._unbounded(q, free[~held])
            beyond = (q[free] < low) | (q[free] > high)
            q[free] = np.clip(q[free], low, high)
            gradient = self.slopes(q, free).T @ self.residuals(q[None])[0]
            # a coordinate on its limit stays there while the cost falls only beyond it
            freed = held & (np.where(q[free] <= low, gradient, -gradient) < 0)
            if not (beyond.any() or freed.any()):
                return q
            held = (held | beyond) & ~freed
        raise RuntimeError(f"no pose of {self.tree.name} meets the conditions of a minimum")

    def _unbounded(self, start: FloatArray, moving: Integers) -> FloatArray:
        """Minimum over some coordinates, ranges ignored: Levenberg and Marquardt's."""

        def pose(x: FloatArray) -> FloatArray:
            q = start.copy()
            q[moving] = x
            return q

        def missed(x: FloatArray) -> FloatArray:
            return np.asarray(self.residuals(pose(x)[None])[0])

        def slope(x: FloatArray) -> FloatArray:
            return self.slopes(pose(x), moving)

        found = least_squares(
            missed,
            start[moving],
            slope,
            method="lm",
            ftol=1e-15,
            xtol=1e-15,
            gtol=1e-15,
            max_nfev=1000,
        )
        return pose(found.x)


def _placed(body: Body, tree: Tree, targets: Mapping[str, FloatArray], q: FloatArray) -> Tree:
    """Markers that were measured and are not fixed, moved to where they were measured."""
    R, p = forward_kinematics(tree, q)
    fixed = {
        marker.get("name", "")
        for marker in document_root(body.model).iterfind(".//MarkerSet/objects/Marker")
        if (marker.findtext("fixed") or "").strip().lower() == "true"
    }
    moving = targets.keys() - fixed
    return replace(
        tree,
        markers=tuple(
            replace(marker, location=R[marker.body].T @ (targets[marker.name] - p[marker.body]))
            if marker.name in moving
            else marker
            for marker in tree.markers
        ),
    )


def _placer(setup: Document) -> tuple[dict[str, float], dict[str, tuple[float, float]]]:
    """Weights of markers; weights and values of coordinates."""
    root = document_root(setup)
    weights = {
        task.get("name", ""): float(task.findtext("weight") or 1)
        for task in _applied(root, "IKMarkerTask")
    }
    wishes = {
        task.get("name", ""): (
            float(task.findtext("weight") or 1),
            float(task.findtext("value") or 0),
        )
        for task in _applied(root, "IKCoordinateTask")
    }
    return weights, wishes


def _applied(root: ET.Element, tag: str) -> Iterator[ET.Element]:
    for element in root.iter(tag):
        if (element.findtext("apply") or "true").strip() == "true":
            yield element


def _present(weights: Mapping[str, float], tree: Tree, markers: Markers) -> dict[str, float]:
    there = set(tree.marker_names) & set(markers.names)
    return {name: weight for name, weight in weights.items() if name in there}
