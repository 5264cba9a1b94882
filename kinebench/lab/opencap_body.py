"""LaiUhlrich2022 as a body of the laboratory, whenever OpenCap's files are at hand."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from kinebench.core.model import Model
from kinebench.datasets import fetch_file
from kinebench.io.models import read_document, read_model
from kinebench.kinematics import read_tree
from kinebench.lab.body import Body
from kinebench.osim.edits import with_marker_set, without_dependent_leaves, without_forces


@lru_cache(maxsize=2)
def opencap_body() -> Body:
    """OpenCap's model with its augmenter's markers and OpenPose's keypoints, without forces.

    It is taken as a person of 1.70 m: the height that OpenCap scales it from.

    Raises
    ------
    DatasetError
        When the files are neither in the cache nor in a mirror and cannot be downloaded.
    """
    model = without_dependent_leaves(
        without_forces(
            with_marker_set(
                read_model(_file("LaiUhlrich2022.osim")),
                read_document(_file("LaiUhlrich2022_markers_augmenter.xml")),
            )
        )
    )
    read_tree(model)
    return Body(
        Model("LaiUhlrich2022", model.xml),
        read_document(_file("LaiUhlrich2022_markers_openpose.xml")),
    )


def _file(name: str) -> Path:
    return fetch_file("opencap-core", f"opensimPipeline/Models/{name}")
