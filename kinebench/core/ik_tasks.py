"""What inverse kinematics is asked to track."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from kinebench.errors import ValueRangeError


@dataclass(frozen=True, slots=True)
class CoordinateTask:
    """Pull of a coordinate towards a value.

    Parameters
    ----------
    name : str
        Coordinate.
    weight : float
    value : float, optional
        rad or m; None stands for the model's default.
    """

    name: str
    weight: float
    value: float | None = None


@dataclass(frozen=True, slots=True)
class IKTasks:
    """Weights of markers and of coordinates, as in an IK task set.

    Parameters
    ----------
    marker_weights : tuple of (str, float)
        Markers with a weight above 0, by name; a mapping is accepted and kept in its order.
    coordinate_tasks : tuple of CoordinateTask
    """

    marker_weights: tuple[tuple[str, float], ...]
    coordinate_tasks: tuple[CoordinateTask, ...] = field(default=())

    def __post_init__(self) -> None:
        given = self.marker_weights
        pairs = tuple(given.items()) if isinstance(given, Mapping) else tuple(given)
        object.__setattr__(self, "coordinate_tasks", tuple(self.coordinate_tasks))
        for name, weight in (*pairs, *((task.name, task.weight) for task in self.coordinate_tasks)):
            if not 0 <= weight < math.inf:
                raise ValueRangeError(
                    f"weight of {name} must be finite and 0 or more, found {weight}"
                )
        kept = tuple((name, float(weight)) for name, weight in pairs if weight > 0)
        object.__setattr__(self, "marker_weights", kept)

    @property
    def weights(self) -> dict[str, float]:
        """Marker weights by name."""
        return dict(self.marker_weights)
