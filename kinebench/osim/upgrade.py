"""Models of older OpenSim versions, rewritten in the format of today's."""

from __future__ import annotations

from functools import lru_cache

from kinebench.core.model import Document, Model
from kinebench.errors import ModelError
from kinebench.io.xml import well_formed
from kinebench.osim.runtime import load_opensim, quietly, scratch_folder


@lru_cache(maxsize=16)
def upgraded(model: Document) -> Document:
    """The model or marker set as OpenSim itself writes it now.

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
            if isinstance(model, Model):
                loaded = opensim.Model(str(source))
                loaded.finalizeConnections()
                loaded.printToXML(str(target))
            else:
                opensim.MarkerSet(str(source)).printToXML(str(target))
        except RuntimeError as error:
            raise ModelError(
                f"OpenSim cannot rewrite {model.name}, which is of an older format:"
                f" {log.reason(str(error))}"
            ) from error
        return type(model)(model.name, well_formed(target.read_bytes(), model.name))
