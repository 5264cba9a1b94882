"""LabValidation's names for video markers whose offset from the mocap frame was removed."""

from __future__ import annotations

from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.osim.edits import marker_names, with_renamed_markers

OFFSET_REMOVED = "_offsetRemoved"
"""Ending of those names. Models scaled on such markers carry it, task sets do not."""


def plain_model(model: Model) -> Model:
    """The model with that ending taken off its markers' names; itself when none has it."""
    ended = [name for name in marker_names(model) if name.endswith(OFFSET_REMOVED)]
    if not ended:
        return model
    return with_renamed_markers(model, {name: name.removesuffix(OFFSET_REMOVED) for name in ended})


def stored_for(model: Model, stored: Markers) -> Markers:
    """Stored markers as a scaled model wants them, under names without the ending.

    A model with such names gets the offset-free version of each marker that the file holds twice.
    """
    ended = [name for name in stored.names if name.endswith(OFFSET_REMOVED)]
    if not ended or not set(ended) & set(marker_names(model)):
        return stored
    plain = {name: name.removesuffix(OFFSET_REMOVED) for name in ended}
    kept = [name for name in stored.names if name not in plain.values()]
    return stored.select(kept).rename(plain)
