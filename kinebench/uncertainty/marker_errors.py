"""What markers are off by: the one thing that error bars must be told."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray, frozen_mapping, read_only
from kinebench.core.body_groups import group_of, without_side
from kinebench.core.motion import Coordinate
from kinebench.core.value import Value
from kinebench.errors import ValueRangeError, require_names, translated
from kinebench.io.array_files import npz_arrays
from kinebench.uncertainty.travel import ON_THE_SPOT, TRAVELLING

NORMAL_95 = 1.96
"""Half-width of a normal error's 95 % band in standard errors."""

LEARNT = tuple(
    f"{tracked}, {movement}"
    for tracked in ("augmented", "laboratory", "optical")
    for movement in (ON_THE_SPOT, TRAVELLING)
)
"""Models of errors that kinebench comes with, by what is tracked and how one moves."""

_LEAST_MISFIT = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class MarkerErrors(Value):
    """Second moments of what measured markers miss the model's by, the model in the true pose.

    A displacement is measured minus model marker, in the axes of the body that carries the marker.
    The model is the scaled one with its markers placed: so scaling, placement on a static pose,
    cameras and augmenter are all in it, with everything that they have in common between markers
    and sides. Moments are about zero: a mean error counts as error.

    Parameters
    ----------
    name : str
    about : str
        What it was learnt on, in a sentence.
    markers : tuple of str
    moments : (3 n_markers, 3 n_markers) m²
        Marker after marker, x y z each; symmetric, not negative.
    residuals : (n_markers,) m
        RMS distance of each marker from the model's in the solution: what a recording's own are
        held against.
    multipliers : mapping of str to float
        Half-width of the 95 % band in standard errors, by coordinate without its side, such as
        "knee_angle", and by group, for coordinates that are not named.
    """

    name: str
    about: str
    markers: tuple[str, ...]
    moments: FloatArray
    residuals: FloatArray
    multipliers: Mapping[str, float]

    def __post_init__(self) -> None:
        n = 3 * len(self.markers)
        object.__setattr__(self, "markers", tuple(self.markers))
        object.__setattr__(self, "moments", read_only(self.moments, (n, n), "moments"))
        residuals = read_only(self.residuals, (len(self.markers),), "residuals")
        object.__setattr__(self, "residuals", residuals)
        object.__setattr__(self, "multipliers", frozen_mapping(self.multipliers))
        if not (self.residuals > 0).all():
            raise ValueRangeError(f"residuals of {self.name} must be positive")
        if not np.allclose(self.moments, self.moments.T, rtol=0, atol=1e-12):
            raise ValueRangeError(f"moments of {self.name} are not symmetric")

    def of(self, markers: Iterable[str]) -> FloatArray:
        """Moments (3 n, 3 n) of some markers, in their order.

        Raises
        ------
        NameNotFoundError
            For a marker of which nothing is known.
        """
        places = self._places(markers)
        rows = (3 * places[:, None] + np.arange(3)).ravel()
        return np.asarray(self.moments[np.ix_(rows, rows)])

    def misfit(self, markers: Iterable[str], distances: FloatArray) -> FloatArray:
        """How much worse the markers of each frame fit than is usual, (n_frames,); 1 is usual.

        The recording's RMS, or the frame's own where that is larger; at least a half, because a
        good fit does not prove good markers: what all of them have in common leaves no trace.

        Parameters
        ----------
        markers : iterable of str
        distances : (n_frames, n_markers) m
            From the model's markers; NaN where a marker is missing.
        """
        squares = (distances / self.residuals[self._places(markers)]) ** 2
        present = ~np.isnan(squares)
        counts = np.maximum(present.sum(axis=1), 1)
        frames = np.where(present, squares, 0.0).sum(axis=1) / counts
        whole = np.nanmean(squares) if present.any() else 0.0
        return np.asarray(np.maximum(np.sqrt(np.maximum(frames, whole)), _LEAST_MISFIT))

    def multiplier(self, coordinate: Coordinate) -> float:
        """Half-width of a coordinate's 95 % band in standard errors."""
        group = group_of(coordinate.name, coordinate.unit)
        plain = without_side(coordinate.name)
        return self.multipliers.get(plain, self.multipliers.get(group, NORMAL_95))

    def times(self, factor: float) -> MarkerErrors:
        """Errors that are larger by a factor, in recordings that fit as well."""
        return replace(self, moments=self.moments * factor**2)

    def _places(self, markers: Iterable[str]) -> NDArray[np.intp]:
        wanted = tuple(markers)
        require_names(wanted, self.markers, "marker", f"the errors '{self.name}'")
        return np.array([self.markers.index(name) for name in wanted], dtype=np.intp)


@lru_cache(maxsize=4)
def learnt_errors(name: str) -> MarkerErrors:
    """A model of errors that kinebench comes with.

    Raises
    ------
    NameNotFoundError
        For a name that is not in `LEARNT`.
    """
    require_names([name], LEARNT, "model of marker errors", "kinebench")
    file = name.replace(", ", "-").replace(" ", "-")
    return read_errors(Path(__file__).with_name("learnt") / f"{file}.npz")


def read_errors(path: Path) -> MarkerErrors:
    """A model of errors from a file that `written_errors` made.

    Raises
    ------
    FileFormatError
        When the file cannot be read or is none.
    """
    with translated(f"cannot read {path.name}", (OSError,)):
        content = path.read_bytes()
    arrays = npz_arrays(content)
    require_names(["card", "lower"], arrays, "array", f"the marker errors {path.name}")
    card = json.loads(str(arrays["card"]))
    n = 3 * len(card["markers"])
    moments = np.zeros((n, n))
    rows, columns = np.tril_indices(n)
    moments[rows, columns] = moments[columns, rows] = arrays["lower"]
    residuals = np.array(card["residuals_mm"]) / 1e3
    return MarkerErrors(
        card["name"], card["about"], tuple(card["markers"]), moments, residuals, card["multipliers"]
    )


def written_errors(errors: MarkerErrors) -> bytes:
    """Content of a file that `read_errors` reads: moments to seven digits."""
    card = {
        "name": errors.name,
        "about": errors.about,
        "markers": errors.markers,
        "residuals_mm": [round(1e3 * float(value), 4) for value in errors.residuals],
        "multipliers": {name: round(value, 4) for name, value in errors.multipliers.items()},
    }
    lower = errors.moments[np.tril_indices(len(errors.moments))].astype(np.float32)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, card=np.array(json.dumps(card)), lower=lower)
    return buffer.getvalue()
