"""Models of older OpenSim versions, rewritten in the format of today's."""

from __future__ import annotations

from kinebench.core.model import Model
from kinebench.errors import ModelError
from kinebench.osim.runtime import load_opensim, quietly, scratch_folder

__all__ = ["upgraded"]


def upgraded(model: Model) -> Model:
    """The model as OpenSim itself writes it now.

    Raises
    ------
    ModelError
        With OpenSim's reason when it cannot load the model.
    """
    opensim = load_opensim()
    with scratch_folder() as folder, quietly(opensim) as log:
        source, target = folder / "old.osim", folder / "new.osim"
        source.write_bytes(model.xml)
        try:
            loaded = opensim.Model(str(source))
            loaded.finalizeConnections()
            loaded.printToXML(str(target))
        except RuntimeError as error:
            raise ModelError(
                f"OpenSim cannot load {model.name}: {log.reason(str(error))}"
            ) from error
        return Model(model.name, target.read_bytes())
