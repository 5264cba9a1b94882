"""Motions and markers as the tables and arrays of other libraries; those are imported late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kinebench.errors import KinebenchError

if TYPE_CHECKING:
    import pandas as pd

    from kinebench.core.markers import Markers
    from kinebench.core.motion import Motion


_AXES = ("x", "y", "z")


def motion_as_dataframe(motion: Motion, degrees: bool) -> pd.DataFrame:
    """A column per coordinate over time; units in ``attrs["units"]``."""
    import pandas as pd

    values, units = _values(motion, degrees)
    index = pd.Index(motion.times, name="time_s")
    table = pd.DataFrame(values, index=index, columns=pd.Index(motion.names, name="coordinate"))
    table.attrs["units"] = units
    return table


def markers_as_dataframe(markers: Markers) -> pd.DataFrame:
    """Columns (marker, x|y|z), and (marker, confidence) where it is known, over time; m."""
    import pandas as pd

    values, parts = markers.positions.copy(), list(_AXES)
    if markers.confidence is not None:
        values = np.concatenate([values, markers.confidence[..., None]], axis=2)
        parts.append("confidence")
    columns = pd.MultiIndex.from_product([markers.names, parts], names=["marker", "component"])
    index = pd.Index(markers.times, name="time_s")
    # -1 would not know the columns of a recording without frames
    flat = values.reshape(markers.n_frames, len(columns))
    table = pd.DataFrame(flat, index=index, columns=columns)
    table.attrs.update(unit="m", frame=markers.frame)
    return table


def motion_as_xarray(motion: Motion, degrees: bool) -> Any:
    """A `xarray.DataArray` (time, coordinate) with kind and unit of each coordinate."""
    xarray = _xarray()
    values, units = _values(motion, degrees)
    return xarray.DataArray(
        values,
        dims=("time", "coordinate"),
        coords={
            "time": ("time", motion.times.copy(), {"units": "s"}),
            "coordinate": list(motion.names),
            "kind": ("coordinate", [one.kind for one in motion.coordinates]),
            "unit": ("coordinate", [units[name] for name in motion.names]),
        },
        name="motion",
    )


def markers_as_xarray(markers: Markers) -> Any:
    """A `xarray.Dataset`: position (time, marker, axis) in m, and confidence where it is known."""
    xarray = _xarray()
    known: dict[str, Any] = {
        "position": (("time", "marker", "axis"), markers.positions.copy(), {"units": "m"})
    }
    if markers.confidence is not None:
        known["confidence"] = (("time", "marker"), markers.confidence.copy())
    coords = {
        "time": ("time", markers.times.copy(), {"units": "s"}),
        "marker": list(markers.names),
        "axis": list(_AXES),
    }
    return xarray.Dataset(known, coords=coords, attrs={"frame": markers.frame})


def _values(motion: Motion, degrees: bool) -> tuple[Any, dict[str, str]]:
    """A copy of the values, angles in the unit asked for, and the unit of each coordinate."""
    values = motion.values.copy()
    rotational = np.array([one.kind == "rotational" for one in motion.coordinates], dtype=bool)
    if degrees:
        values[:, rotational] = np.degrees(values[:, rotational])
    angle = "deg" if degrees else "rad"
    units = [angle if turns else "m" for turns in rotational]
    return values, dict(zip(motion.names, units, strict=True))


def _xarray() -> Any:
    try:
        import xarray
    except ImportError as error:
        raise KinebenchError(
            "to_xarray needs the extra 'xarray': pip install 'kinebench[xarray]'"
        ) from error
    return xarray
