"""Scaling and marker placement without OpenSim: what a study needs, in milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.model import Document, Model
from kinebench.core.motion import Motion
from kinebench.core.results import ScalingResult
from kinebench.core.subject import Subject
from kinebench.errors import ScalingError
from kinebench.kinematics.osim_tree import read_tree
from kinebench.kinematics.tree import Tree
from kinebench.remarks import hand_on
from kinebench.scaling.lean_model import LeanTemplate, lean_template
from kinebench.scaling.mass_properties import scaled_mass_properties
from kinebench.scaling.placer import PlacingProblem, placed_markers, solve_pose
from kinebench.scaling.recipe import Recipe, averaged_markers, body_factors, read_recipe
from kinebench.scaling.setup import setup_remarks
from kinebench.scaling.standing_window import StandingWindow
from kinebench.scaling.tree_scaling import scaled_tree
from kinebench.scaling.window import OPENCAP_STATIC_WINDOW, GivenWindow, StaticWindow

_ONES = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class FastScaler:
    """ScaleTool's scaling, and its marker placement solved to a minimum of its cost.

    Measurements without a complete marker pair, and tasks of markers or coordinates that are not
    there, are switched off.

    Parameters
    ----------
    setup : Document
        A ScaleTool set-up: measurements, tasks and weights.
    marker_set : Document, optional
        Replaces the generic model's markers.
    window : StaticWindow, GivenWindow or StandingWindow
        Where the static trial is used.
    complete : bool
        Whether the scaled model keeps muscles and everything else; OpenSim then scales those, at
        ScaleTool's speed. Otherwise it holds bodies with masses and geometry, joints, constraints
        and markers, and OpenSim is not imported. Pose and markers are the same.
    """

    title: ClassVar[str] = "kinebench's own implementation of OpenSim's ScaleTool"

    setup: Document
    marker_set: Document | None = None
    window: StaticWindow | GivenWindow | StandingWindow = OPENCAP_STATIC_WINDOW
    complete: bool = False

    def __call__(self, generic: Model, static: Markers, subject: Subject) -> ScalingResult:
        """Scale `generic` to a subject by a static trial of anatomical markers.

        Raises
        ------
        ScalingError
            When there is no static window, no marker pair to measure, or the model has parts whose
            scaling is not known here.
        """
        window_s = self.window(static)
        sized = _Sized.of(self, generic, static, window_s)
        problem = PlacingProblem.of_tasks(sized.tree, sized.recipe.tasks, sized.targets)
        q = solve_pose(problem)
        placed = placed_markers(sized.tree, q, sized.targets, sized.template.fixed)
        names = tuple(name for name in problem.weights if name not in sized.template.fixed)
        before = {marker.name: marker.location for marker in sized.tree.markers}
        errors = np.array([np.linalg.norm(placed[name] - before[name]) for name in names])
        model = self._model(generic, subject, sized, placed)
        pose = Motion(
            tuple(coordinate.as_coordinate() for coordinate in sized.tree.coordinates),
            np.array([window_s[0]]),
            q[None, :],
        )
        return ScalingResult(model, sized.factors, window_s, pose, names, errors)

    def placing_problem(self, generic: Model, static: Markers) -> PlacingProblem:
        """What the marker placer has to solve: to judge a pose by its cost."""
        sized = _Sized.of(self, generic, static, self.window(static))
        return PlacingProblem.of_tasks(sized.tree, sized.recipe.tasks, sized.targets)

    def scaled_model(self, generic: Model, static: Markers, subject: Subject) -> Model:
        """The model as scaled, with all its markers where scaling puts them, not yet placed."""
        sized = _Sized.of(self, generic, static, self.window(static))
        locations = {marker.name: marker.location for marker in sized.tree.markers}
        return self._model(generic, subject, sized, locations)

    def _model(
        self,
        generic: Model,
        subject: Subject,
        sized: _Sized,
        markers: Mapping[str, FloatArray],
    ) -> Model:
        recipe = sized.recipe
        if self.complete:
            from kinebench.scaling.complete_model import complete_model

            return complete_model(
                generic, self.marker_set, recipe, sized.factors, subject.mass_kg, markers
            )
        masses = scaled_mass_properties(
            sized.template.masses,
            sized.factors,
            subject.mass_kg,
            recipe.preserve_mass_distribution,
        )
        return sized.template.fill(recipe.model_name, sized.factors, masses, markers)


@dataclass(frozen=True, slots=True)
class _Sized:
    """A generic model brought to a subject's size, and where the subject's markers were.

    Parameters
    ----------
    recipe : Recipe
    template : LeanTemplate
    factors : mapping of str to (float, float, float)
    tree : Tree
        Scaled, markers not yet moved.
    targets : mapping of str to (3,) m
        Measured markers that the model has.
    """

    recipe: Recipe
    template: LeanTemplate
    factors: Mapping[str, tuple[float, float, float]]
    tree: Tree
    targets: Mapping[str, FloatArray]

    @classmethod
    def of(
        cls,
        scaler: FastScaler,
        generic: Model,
        static: Markers,
        window_s: tuple[float, float],
    ) -> _Sized:
        """Measure and scale."""
        recipe = read_recipe(scaler.setup)
        template = lean_template(generic, scaler.marker_set)
        shared = tuple(name for name in template.tree.marker_names if name in static.names)
        used = static.select(shared)
        hand_on(*setup_remarks(scaler.setup, shared))
        targets = averaged_markers(used, window_s)
        gone = [name for name, target in zip(shared, targets, strict=True) if np.isnan(target[0])]
        if gone:
            raise ScalingError(
                f"the static window {window_s[0]:g} to {window_s[1]:g} s has no frame with"
                f" {', '.join(gone)}"
            )
        factors = body_factors(recipe, template.bodies, template.places, used, window_s)
        return cls(
            recipe,
            template,
            factors,
            _tree(template, factors),
            dict(zip(shared, targets, strict=True)),
        )


def _tree(template: LeanTemplate, factors: Mapping[str, tuple[float, float, float]]) -> Tree:
    if not template.nested:
        return scaled_tree(template.tree, factors, template.stretched)
    names = dict(enumerate(template.tree.bodies))  # ground has none
    locations = {
        marker.name: marker.location * np.array(factors.get(names.get(marker.body, ""), _ONES))
        for marker in template.tree.markers
    }
    return read_tree(template.fill("", factors, template.masses, locations))
