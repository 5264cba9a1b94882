"""How far joint centres are from one another when both motions move one scaled model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kinebench.comparison.results import PairResult
from kinebench.core.arrays import FloatArray
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.errors import FileFormatError, ValueRangeError
from kinebench.io.models import read_model
from kinebench.kinematics import Tree, read_tree
from kinebench.kinematics.poses import JOINT_CENTRES, body_origins
from kinebench.remarks import unheard
from kinebench.statistics import GroupFigure, Observations, group_figure

_SIDES = {"right": "r", "left": "l"}


@dataclass(frozen=True, slots=True)
class JointCentreError:
    """Mean distance of a joint centre, m: over frames, then trials, then subjects.

    Parameters
    ----------
    joint : str
        "right knee".
    in_ground : GroupFigure
        As both motions place it in the room.
    from_pelvis : GroupFigure
        With the origin of the pelvis at one place: what the joint angles alone do.
    """

    joint: str
    in_ground: GroupFigure
    from_pelvis: GroupFigure


def joint_centre_errors(
    pairs: Sequence[PairResult], models: Mapping[str, Model]
) -> tuple[JointCentreError, ...]:
    """Errors of hips, knees, ankles, shoulders, elbows and wrists.

    Both motions of a subject move one model, so that how it was scaled has no part in it.

    Parameters
    ----------
    pairs : sequence of PairResult
    models : mapping of str to Model
        A scaled one for every subject.

    Raises
    ------
    ValueRangeError
        Pairs of markers; a subject without a model; a model without such bodies.
    """
    lacking = sorted({pair.subject for pair in pairs} - models.keys())
    if lacking:
        raise ValueRangeError(f"a scaled model is one subject's: there is none of {lacking[0]}")
    trees = {subject: read_tree(model) for subject, model in models.items()}
    found: dict[str, list[tuple[PairResult, FloatArray]]] = {}
    for pair in pairs:
        tree = trees[pair.subject]
        bodies = _bodies(tree, models[pair.subject].name)
        for joint, both in zip(bodies, _distances(pair, tree, bodies).T, strict=True):
            found.setdefault(joint, []).append((pair, both))
    return tuple(
        JointCentreError(joint, _figure(own, 0), _figure(own, 1)) for joint, own in found.items()
    )


def models_of(path: Path, subjects: Sequence[str]) -> dict[str, Model]:
    """The scaled model of each subject: a file of the one subject, or a folder with one of each.

    Parameters
    ----------
    path : Path
        An .osim file; or a folder with ``SUBJECT.osim`` or, of each subject, a folder
        ``SUBJECT`` with a single .osim file somewhere below.
    subjects : sequence of str

    Raises
    ------
    ValueRangeError
        One file for several subjects.
    FileFormatError
        A subject has none in the folder, or several.
    """
    if not path.is_dir():
        if len(subjects) > 1:
            raise ValueRangeError(
                f"one .osim file is of the one subject whose model it is, found {len(subjects)}:"
                f" {', '.join(subjects[:4])}{', …' if len(subjects) > 4 else ''}; name a folder"
                f" with {subjects[0]}.osim, {subjects[1]}.osim, …"
            )
        return {subject: read_model(path) for subject in subjects}
    return {subject: read_model(_model_file(path, subject)) for subject in subjects}


def _model_file(folder: Path, subject: str) -> Path:
    own = folder / f"{subject}.osim"
    below = sorted((folder / subject).rglob("*.osim")) if (folder / subject).is_dir() else []
    found = [own] if own.is_file() else below
    if len(found) != 1:
        raise FileFormatError(
            f"{folder} has {len(found) or 'no'} models of {subject}: it wants {subject}.osim, or"
            f" one .osim below {subject}/"
        )
    return found[0]


def _bodies(tree: Tree, name: str) -> dict[str, str]:
    """Bodies of the model whose origins are joint centres, by joint."""
    bodies = {
        f"{side} {joint}": f"{body}_{ending}"
        for joint, body in JOINT_CENTRES.items()
        for side, ending in _SIDES.items()
        if f"{body}_{ending}" in tree.bodies
    }
    if not bodies or "pelvis" not in tree.bodies:
        raise ValueRangeError(f"{name} has no bodies named pelvis, femur_r, tibia_r, …")
    return bodies


def _distances(pair: PairResult, tree: Tree, bodies: Mapping[str, str]) -> FloatArray:
    """(2, n_joints) m, mean over frames: in ground, and from the pelvis."""
    if not (isinstance(pair.reference, Motion) and isinstance(pair.estimate, Motion)):
        raise ValueRangeError("a model moves by coordinates: it has no use for markers")
    one, other = (body_origins(tree, each) for each in (pair.reference, pair.estimate))
    names = ("pelvis", *bodies.values())
    apart = other.select(names).positions - one.select(names).positions
    free = apart - apart[:, :1]
    return np.stack([np.nanmean(np.linalg.norm(d[:, 1:], axis=2), axis=0) for d in (apart, free)])


def _figure(own: Sequence[tuple[PairResult, FloatArray]], which: int) -> GroupFigure:
    blank = ("",) * len(own)
    observations = Observations(
        np.array([both[which] for _, both in own]),
        tuple(pair.subject for pair, _ in own),
        tuple(pair.trial for pair, _ in own),
        blank,
        blank,
    )
    with unheard():  # how many subjects there are stands beside the figures
        return group_figure(observations)
