"""A virtual subject with the segment lengths of somebody's scaled model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from kinebench.core.model import Model
from kinebench.kinematics import Tree, forward_kinematics, read_tree
from kinebench.lab.anthropometry import Sex
from kinebench.lab.body import GENERIC_HEIGHT_M, Body
from kinebench.lab.subjects import VirtualSubject
from kinebench.osim.edits import document_root

# field of a virtual subject -> the two bodies between whose origins it is measured
_ENDS = {
    "trunk": ("torso", "humerus_r"),
    "thigh_r": ("femur_r", "tibia_r"),
    "thigh_l": ("femur_l", "tibia_l"),
    "shank_r": ("tibia_r", "talus_r"),
    "shank_l": ("tibia_l", "talus_l"),
    "foot": ("calcn_r", "toes_r"),
    "upper_arm": ("humerus_r", "ulna_r"),
    "forearm": ("ulna_r", "hand_r"),
}
_LEGS = ("thigh_r", "thigh_l", "shank_r", "shank_l")


def person_like(model: Model, identifier: str, generic: Body, sex: Sex = "male") -> VirtualSubject:
    """Somebody with the limbs of a scaled model, played by the generic body.

    Height is what makes the legs average. The pelvis keeps its usual size: scaled models often
    have another breadth than depth there, a virtual subject has one factor for a segment.

    Parameters
    ----------
    model : Model
        Scaled, with the bodies of LaiUhlrich2022.
    identifier : str
    generic : Body
        `opencap_body()` or `generic_body()`, whose segments are compared.
    sex : {"male", "female"}
        Has no influence on the body.

    Raises
    ------
    NameNotFoundError
        When the model lacks a body that is measured.
    """
    person, usual = _lengths(read_tree(model)), _lengths(generic.tree)
    sizes = {name: person[name] / usual[name] for name in _ENDS}
    legs = float(np.mean([sizes[name] for name in _LEGS]))
    average = VirtualSubject(
        identifier,
        sex,
        height_m=GENERIC_HEIGHT_M * legs,
        mass_kg=_mass(model),
    )
    ratios: dict[str, Any] = {name: size / legs for name, size in sizes.items()}
    return replace(average, **ratios)


def _lengths(tree: Tree) -> dict[str, float]:
    _, origins = forward_kinematics(tree, tree.defaults)

    def between(first: str, second: str) -> float:
        ends = origins[tree.body_index(first)], origins[tree.body_index(second)]
        return float(np.linalg.norm(ends[0] - ends[1]))

    return {name: between(*bodies) for name, bodies in _ENDS.items()}


def _mass(model: Model) -> float:
    return sum(float(body.findtext("mass") or 0.0) for body in document_root(model).iter("Body"))
