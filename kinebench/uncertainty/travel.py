"""Does somebody walk through the room, or move on the spot?"""

from __future__ import annotations

import numpy as np

from kinebench.core.markers import Markers

ON_THE_SPOT, TRAVELLING = "on the spot", "travelling"

# between a jump forwards off a box, 0.35 m in 3 s, and slow walking
_FASTEST_ON_THE_SPOT = 0.4  # m/s


def movement_of(markers: Markers) -> str:
    """How the mean marker moves on the ground from the beginning to the end.

    Parameters
    ----------
    markers : Markers
        Vertical axis y.

    Returns
    -------
    str
        `ON_THE_SPOT` or `TRAVELLING`; walking on a treadmill is on the spot.
    """
    seen = np.flatnonzero(~markers.missing.all(axis=1))
    if len(seen) < 2:
        return ON_THE_SPOT
    first, last = int(seen[0]), int(seen[-1])
    there = ~(markers.missing[first] | markers.missing[last])
    way = (markers.positions[last] - markers.positions[first])[there]
    if not len(way):
        return ON_THE_SPOT
    distance = float(np.hypot(*way.mean(axis=0)[[0, 2]]))
    speed = distance / float(markers.times[last] - markers.times[first])
    return TRAVELLING if speed > _FASTEST_ON_THE_SPOT else ON_THE_SPOT
