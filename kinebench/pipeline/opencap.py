"""OpenCap's published models, marker sets and set-ups, by what they are for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kinebench.core.ik_tasks import IKTasks
from kinebench.core.model import Document, Model
from kinebench.datasets import fetch_file, local_file
from kinebench.errors import require_names
from kinebench.io.models import read_document, read_model
from kinebench.io.setups import read_ik_tasks

STATIC_POSES = ("upright", "any_pose")
"""Scaling set-ups: one that pulls the static pose towards standing, and one that does not."""

# marker set -> (marker file, scaling set-up, IK set-up), without folder and ending
_FILES = {
    "augmented": ("markers_augmenter", "", "Setup_IK"),
    "mocap": ("markers_mocap", "_Mocap", "Setup_IK_Mocap"),
    "openpose": ("markers_openpose", "_openpose", "Setup_IK_openpose"),
    "mmpose": ("markers_mmpose", "_mmpose", "Setup_IK_mmpose"),
}

MARKER_SETS = tuple(_FILES)
"""What is tracked: augmented markers, optical markers, or raw keypoints of a detector."""


@dataclass(frozen=True, slots=True)
class OpenCapSetup:
    """Everything that scaling and inverse kinematics need besides data.

    Parameters
    ----------
    generic : Model
    marker_set : Document, optional
        None when the generic model has its markers.
    scaling : Document
        ScaleTool set-up.
    ik : IKTasks
    """

    generic: Model
    marker_set: Document | None
    scaling: Document
    ik: IKTasks


@lru_cache(maxsize=16)
def opencap_setup(
    marker_set: str = "augmented", static_pose: str = "upright", shoulder: bool = False
) -> OpenCapSetup:
    """Files of opencap-core for LaiUhlrich2022, from the cache, the mirror or the network.

    Parameters
    ----------
    marker_set : one of MARKER_SETS
    static_pose : one of STATIC_POSES
        ``any_pose`` exists for augmented markers only.
    shoulder : bool
        The model with a shoulder girdle.

    Raises
    ------
    NameNotFoundError
        For an unknown name.
    DatasetError
        When a file is not at hand and cannot be fetched.
    """
    require_names([marker_set], MARKER_SETS, "marker set", "OpenCap")
    poses = STATIC_POSES if marker_set == "augmented" else STATIC_POSES[:1]
    require_names([static_pose], poses, "scaling set-up", f"OpenCap for {marker_set} markers")
    markers, scaling, ik = _FILES[marker_set]
    girdle = "_shoulder" if shoulder and marker_set in ("augmented", "mocap") else ""
    ik = "Setup_IK_shoulder" if girdle and marker_set == "augmented" else ik
    pose = "_any_pose" if static_pose == "any_pose" else ""
    model = "LaiUhlrich2022"
    return OpenCapSetup(
        read_model(_file(f"Models/{model}{'_shoulder' if shoulder else ''}.osim")),
        read_document(_file(f"Models/{model}_{markers}{girdle}.xml")),
        read_document(_file(f"Scaling/Setup_scaling_{model}{scaling}{pose}.xml")),
        read_ik_tasks(_file(f"IK/{ik}.xml")),
    )


def generic_at_hand() -> Model | None:
    """LaiUhlrich2022, when a copy is there already: nothing is fetched."""
    path = local_file("opencap-core", "opensimPipeline/Models/LaiUhlrich2022.osim")
    return None if path is None else read_model(path)


def opencap_tasks(marker_set: str = "augmented") -> IKTasks:
    """The IK set-up of opencap-core alone, as `opencap_setup` has it."""
    require_names([marker_set], MARKER_SETS, "marker set", "OpenCap")
    return read_ik_tasks(_file(f"IK/{_FILES[marker_set][2]}.xml"))


def _file(path: str) -> Path:
    return fetch_file("opencap-core", f"opensimPipeline/{path}")
