"""OpenCap's model at a size that is known."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kinebench.core.model import Model
from kinebench.pipeline.opencap import opencap_setup
from kinebench.scaling.lean_model import lean_template

__all__ = ["sized"]


def sized(factors: Mapping[str, tuple[float, float, float]], marker_set: str) -> Model:
    """LaiUhlrich2022 with a size and the generic places of its markers."""
    files = opencap_setup(marker_set)
    template = lean_template(files.generic, files.marker_set)
    bodies = dict(enumerate(template.tree.bodies))
    sizes = {body: factors.get(body, (1.0, 1.0, 1.0)) for body in template.bodies}
    locations = {
        marker.name: marker.location * np.array(sizes.get(bodies.get(marker.body, ""), (1, 1, 1)))
        for marker in template.tree.markers
    }
    return template.fill("", sizes, template.masses, locations)
