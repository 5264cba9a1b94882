"""The kinematic part of a model, scaled without OpenSim.

A `LeanTemplate` is the text of a generic model, without what kinematics does not read, cut at every
number that scaling changes. Scaling fills the placeholders.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from xml.etree import ElementTree

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.model import Document, Model
from kinebench.errors import ScalingError
from kinebench.io.xml import xml_bytes
from kinebench.kinematics.forward import marker_positions
from kinebench.kinematics.osim_tree import read_tree
from kinebench.kinematics.tree import Term, Tree, TreeMarker
from kinebench.osim.edits import document_root, with_marker_set
from kinebench.osim.made import Known, remember
from kinebench.osim.soundness import require_sound
from kinebench.scaling.lean_cutting import PLACEHOLDER, Cutter, Placeholder, leave_out_forces
from kinebench.scaling.mass_properties import MassProperties
from kinebench.scaling.tree_scaling import scaled_tree, without_idle_parts

Three = tuple[float, float, float]

_ONES = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class LeanTemplate:
    """A generic model, ready to be scaled many times.

    Parameters
    ----------
    name : str
        Of the scaled model's value.
    generic_name : str
        Of the generic model in its XML.
    tree : Tree
        Of the generic model, as far as its markers reach.
    whole : Tree
        Of the generic model.
    masses : mapping of str to MassProperties
        Of its bodies, in order.
    places : mapping of str to (3,) m
        Its markers in the default pose.
    fixed : frozenset of str
        Markers that the placer must not move.
    stretched : mapping of str to tuple
        Per joint, for each of its terms, the axis, signs dropped, along which it is scaled, or
        None.
    multipliers : mapping of str to tuple
        Per joint, for each of its terms, the placeholder of what multiplies it, or None.
    nested : bool
        Whether offset frames sit on offset frames.
    texts, placeholders : tuple
        XML, and what belongs after each text but the last.
    marker_texts : mapping of str to (str, str)
        XML of each marker around its location.
    """

    name: str
    generic_name: str
    tree: Tree
    whole: Tree
    masses: Mapping[str, MassProperties]
    places: Mapping[str, FloatArray]
    fixed: frozenset[str]
    stretched: Mapping[str, tuple[FloatArray | None, ...]]
    multipliers: Mapping[str, tuple[Placeholder | None, ...]]
    nested: bool
    texts: tuple[str, ...]
    placeholders: tuple[Placeholder, ...]
    marker_texts: Mapping[str, tuple[str, str]]

    @property
    def bodies(self) -> tuple[str, ...]:
        """Names of the bodies, without ground."""
        return tuple(self.masses)

    def fill(
        self,
        called: str,
        factors: Mapping[str, Three],
        masses: Mapping[str, MassProperties],
        markers: Mapping[str, Iterable[float]],
    ) -> Model:
        """The scaled model.

        Parameters
        ----------
        called : str
            Name in its XML; empty for the generic model's.
        factors : mapping of str to (float, float, float)
        masses : mapping of str to MassProperties
        markers : mapping of str to (3,) m
            Locations in their bodies; markers that are not named are left out.
        """
        pieces = [self.texts[0]]
        for placeholder, text in zip(self.placeholders, self.texts[1:], strict=True):
            if placeholder.kind == "name":
                pieces.append(html.escape(called or self.generic_name))
            elif placeholder.kind == "markers":
                pieces += self._marker_pieces(markers)
            else:
                pieces.append(_joined(_filled(placeholder, factors, masses)))
            pieces.append(text)
        model = Model(self.name, "".join(pieces).encode())
        if self._is_known:
            tree = self._tree(factors, markers)
            remember(model, Known(tree, sum(one.mass_kg for one in masses.values())))
        return model

    @property
    def _is_known(self) -> bool:
        """Whether the tree can be told to the last bit: every function is scaled but once."""
        found = (one for ones in self.multipliers.values() for one in ones if one is not None)
        return not self.nested and all(one.times == 1.0 for one in found)

    def _tree(self, factors: Mapping[str, Three], markers: Mapping[str, Iterable[float]]) -> Tree:
        """What reading the filled text gives, with the same rounding."""
        tree = scaled_tree(self.whole, factors, {})
        joints = []
        for joint in tree.joints:
            multipliers = self.multipliers.get(joint.name, (None,) * len(joint.terms))
            terms = (
                term if one is None else _stretched(term, *_filled(one, factors, {}))
                for term, one in zip(joint.terms, multipliers, strict=True)
            )
            joints.append(replace(joint, terms=tuple(terms)))
        # as read: a zero has no sign
        placed = tuple(
            TreeMarker(marker.name, marker.body, np.array([*markers[marker.name]]) + 0.0)
            for marker in tree.markers
            if marker.name in markers
        )
        return replace(tree, name=self.name, joints=tuple(joints), markers=placed)

    def _marker_pieces(self, locations: Mapping[str, Iterable[float]]) -> list[str]:
        pieces = []
        for name, (before, after) in self.marker_texts.items():
            if name in locations:
                pieces += [before, _joined(locations[name]), after]
        return pieces


@lru_cache(maxsize=16)
def lean_template(generic: Model, marker_set: Document | None = None) -> LeanTemplate:
    """The template of a generic model, with other markers if a marker set is given.

    Bodies with masses and geometry, joints, constraints and markers are kept. Muscles and other
    forces, wrap objects, controllers, contact geometry and probes are absent.

    Raises
    ------
    ModelError
        When the model cannot be read.
    ScalingError
        For joints, couplings and marker frames whose scaling is not known here, and for models
        that are not in metres.
    """
    model = generic if marker_set is None else with_marker_set(generic, marker_set)
    require_sound(model)
    root = document_root(model)
    element = root.find("Model")
    if element is None:
        raise ScalingError(f"{model.name} has no <Model>")
    name = element.get("name") or ""
    leave_out_forces(element)
    _require_metres(element, model.name)
    whole = read_tree(Model(model.name, _text(root).encode()))
    _require_rotational_couplings(whole)
    cutter = Cutter(element, model.name)
    cutter.cut()
    tree, stretched = without_idle_parts(whole, cutter.stretched)
    pieces = re.split(PLACEHOLDER.format(r"(\d+)"), _text(root))
    return LeanTemplate(
        f"{generic.name}_scaled",
        name,
        tree,
        whole,
        cutter.masses,
        dict(zip(tree.marker_names, marker_positions(tree, tree.defaults), strict=True)),
        frozenset(cutter.fixed),
        stretched,
        cutter.multipliers,
        cutter.nested,
        tuple(pieces[::2]),
        # placeholders are numbered as they were found, which is not the order of the text
        tuple(cutter.placeholders[int(number)] for number in pieces[1::2]),
        cutter.marker_texts,
    )


def _stretched(term: Term, factor: float) -> Term:
    return replace(term, function=term.function.scaled(factor))


def _filled(
    placeholder: Placeholder, factors: Mapping[str, Three], masses: Mapping[str, MassProperties]
) -> Iterable[float]:
    if placeholder.kind == "mass":
        return (masses[placeholder.body].mass_kg,)
    if placeholder.kind == "inertia":
        return masses[placeholder.body].inertia
    x, y, z = placeholder.numbers
    fx, fy, fz = factors.get(placeholder.body, _ONES)  # ground has none
    if placeholder.kind == "vector":
        return x * fx, y * fy, z * fz
    return ((x * fx + y * fy + z * fz) * placeholder.times,)


def _joined(values: Iterable[float]) -> str:
    return " ".join([repr(float(value)) for value in values])


def _text(root: ElementTree.Element) -> str:
    return xml_bytes(root).decode()


def _require_metres(model: ElementTree.Element, name: str) -> None:
    unit = (model.findtext("length_units") or "meters").strip()
    if unit not in ("meters", "m"):
        raise ScalingError(f"{name} is in {unit}; the fast scaler needs meters")


def _require_rotational_couplings(tree: Tree) -> None:
    """A coupling that determines a translation would have to be scaled."""
    for coupling in tree.couplings:
        coordinate = tree.coordinates[coupling.dependent]
        if coordinate.kind == "translational":
            raise ScalingError(
                f"constraint '{coupling.name}' of {tree.name} determines the translation"
                f" '{coordinate.name}': the fast scaler does not scale it, 'opensim' does"
            )
