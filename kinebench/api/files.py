"""Writing any value to the file that its ending names."""

from __future__ import annotations

from pathlib import Path

from kinebench.api.options import PathLike
from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.errors import ValueRangeError

_ENDINGS = {Markers: (".trc", ".c3d"), Motion: (".mot", ".sto"), Model: (".osim",)}


def write(path: PathLike, value: Markers | Motion | Model) -> None:
    """Write a value, whole or not at all: markers as TRC or C3D, a motion as MOT, a model as OSIM.

    Angles of a motion are written in degrees, as OpenSim's tools have them; TRC in m, C3D in mm.

    Raises
    ------
    ValueRangeError
        For an ending that is none of the value's.

    Examples
    --------
    >>> import kinebench as kb
    >>> trial = kb.virtual_trial("one squat")
    >>> kb.write("squat.trc", trial.keypoints)
    >>> kb.read_markers("squat.trc")
    <Markers: 20 markers, 229 frames, 60 Hz, 3.8 s>
    """
    from kinebench.io.atomic import write_atomically

    place = Path(path)
    ending, kind = place.suffix.lower(), type(value)
    valid = _ENDINGS.get(kind)
    if valid is None:
        raise ValueRangeError(
            f"only Markers, Motion and Model can be written, found {kind.__name__};"
            " a result is written by its own .write or .report"
        )
    if ending not in valid:
        raise ValueRangeError(
            f"{place.name}: {kind.__name__} is written as {' or '.join(valid)}, not '{ending}'"
        )
    if isinstance(value, Model):
        write_atomically(place, value.xml)
    elif isinstance(value, Motion):
        from kinebench.io.mot import write_motion

        write_motion(place, value)
    elif ending == ".trc":
        from kinebench.io.trc import write_trc

        write_trc(place, value)
    else:
        from kinebench.io.c3d import write_c3d

        write_c3d(place, value)
