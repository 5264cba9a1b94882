"""Complete scaled models: OpenSim scales muscles, wrap objects and the rest."""

from __future__ import annotations

from collections.abc import Mapping

from kinebench.core.arrays import FloatArray
from kinebench.core.model import Document, Model
from kinebench.errors import ScalingError
from kinebench.io.models import read_model
from kinebench.osim.edits import with_marker_set
from kinebench.osim.runtime import load_opensim, quietly, scratch_folder
from kinebench.scaling.recipe import Recipe


def complete_model(
    generic: Model,
    marker_set: Document | None,
    recipe: Recipe,
    factors: Mapping[str, tuple[float, float, float]],
    mass_kg: float,
    markers: Mapping[str, FloatArray],
) -> Model:
    """The model scaled by OpenSim's ``Model.scale``, with its markers where they are wanted.

    Optimal fibre lengths and tendon slack lengths follow the lengths of muscle paths around wrap
    objects, which only OpenSim computes.

    Parameters
    ----------
    generic : Model
    marker_set : Document, optional
        Replaces its markers.
    recipe : Recipe
    factors : mapping of str to (float, float, float)
    mass_kg : float
    markers : mapping of str to (3,) m
        Locations in their bodies; markers that are not named are left out.

    Raises
    ------
    ScalingError
        With OpenSim's reason.
    """
    source = generic if marker_set is None else with_marker_set(generic, marker_set)
    opensim = load_opensim()
    with scratch_folder() as folder, quietly(opensim) as log:
        (folder / "generic.osim").write_bytes(source.xml)
        try:
            model = opensim.Model(str(folder / "generic.osim"))
            state = model.initSystem()
            scales = opensim.ScaleSet()
            for name, (x, y, z) in factors.items():
                scale = opensim.Scale()
                scale.setSegmentName(name)
                scale.setScaleFactors(opensim.Vec3(x, y, z))
                scale.setApply(True)
                scales.cloneAndAppend(scale)
            model.scale(state, scales, recipe.preserve_mass_distribution, mass_kg)
            if recipe.model_name:
                model.setName(recipe.model_name)
            marker_list = model.updMarkerSet()
            for index in reversed(range(marker_list.getSize())):
                marker = marker_list.get(index)
                if marker.getName() in markers:
                    marker.set_location(opensim.Vec3(*map(float, markers[marker.getName()])))
                else:
                    marker_list.remove(index)
            model.printToXML(str(folder / "scaled.osim"))
        except RuntimeError as error:
            raise ScalingError(
                f"OpenSim cannot scale {generic.name}: {log.reason() or error}"
            ) from error
        return Model(f"{generic.name}_scaled", read_model(folder / "scaled.osim").xml)
