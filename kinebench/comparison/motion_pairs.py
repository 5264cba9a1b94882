"""Reading the two motion files of a pair, with what a model says about their coordinates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from kinebench.core.model import Model
from kinebench.core.motion import Kind, Motion
from kinebench.errors import KinebenchError
from kinebench.io.columns import kind_by_name
from kinebench.io.models import read_model
from kinebench.io.mot import read_motion_file
from kinebench.kinematics import read_tree
from kinebench.remarks import collected_remarks, hand_on, tell


def model_kinds(model: Model) -> dict[str, Kind]:
    """Each coordinate of a model, and whether it turns or shifts.

    Raises
    ------
    ModelError
        When the model cannot be read.
    """
    return {coordinate.name: coordinate.kind for coordinate in read_tree(model).coordinates}


def read_pair(
    reference: Path, estimate: Path, kinds: Mapping[str, Kind] | None = None
) -> tuple[Motion, Motion, dict[str, str]]:
    """Two motions, and the columns that either file holds beside coordinates, with the reason.

    Without `kinds`, names tell angles from lengths; where they do not, the model does that lies
    beside a file: the only one in its folder, or in ``Model`` beside its folder, as in a session.
    """
    with collected_remarks() as doubts:
        one, other = read_motion_file(reference, kinds), read_motion_file(estimate, kinds)
    if kinds is None:
        names = dict.fromkeys((*one.motion.names, *other.motion.names))
        kinds = _kinds_of_models_beside(names, (reference, estimate))
        if kinds is not None:
            return read_pair(reference, estimate, kinds)
    hand_on(*doubts)
    left_out: dict[str, str] = {}
    for found, others, path in ((one, other, reference), (other, one, estimate)):
        for name, reason in found.left_out.items():
            # what holds no coordinate holds none in both; a doubled name is one file's fault
            left_out[name] = reason if name in others.left_out else f"{reason} in {path.name}"
    return one.motion, other.motion, left_out


def _kinds_of_models_beside(
    names: Iterable[str], paths: tuple[Path, ...]
) -> dict[str, Kind] | None:
    """Kinds by name, and by a model beside where names do not say; None when names suffice."""
    by_name = {name: kind_by_name(name) for name in names}
    undecided = {name for name, kind in by_name.items() if kind is None}
    for path in paths if undecided else ():
        beside = _model_beside(path)
        try:
            kinds = model_kinds(read_model(beside)) if beside else {}
        except KinebenchError as error:
            tell("model beside", f"the model beside does not help: {error}")
            continue
        if undecided <= kinds.keys():
            return {name: kind or kinds[name] for name, kind in by_name.items()}
    return None


def _model_beside(path: Path) -> Path | None:
    """The only .osim file in the folder of a motion, or in ``Model`` beside that folder."""
    folder = path.resolve().parent
    for place in (folder, folder.parent / "Model"):
        models = sorted(place.glob("*.osim")) if place.is_dir() else []
        if len(models) == 1:
            return models[0]
    return None
