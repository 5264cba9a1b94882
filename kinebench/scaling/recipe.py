"""What a ScaleTool set-up asks for, and the scale factors that follow from it."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.ik_tasks import IKTasks
from kinebench.core.markers import Markers
from kinebench.core.model import Document
from kinebench.errors import ScalingError
from kinebench.io.setups import parse_ik_tasks
from kinebench.io.xml import flag
from kinebench.osim.edits import shared_root
from kinebench.remarks import tell

Factors = dict[str, tuple[float, float, float]]

TIME_DECIMALS = 8
"""Of the file through which ScaleTool gets the times."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """Marker pairs whose distances give one factor, and the body axes that it scales.

    Parameters
    ----------
    name : str
    pairs : tuple of (str, str)
    scaled : tuple of (str, tuple of int)
        Body, and which of its axes x, y, z (0, 1, 2).
    """

    name: str
    pairs: tuple[tuple[str, str], ...]
    scaled: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Recipe:
    """A ScaleTool set-up.

    Parameters
    ----------
    name : str
        For messages.
    model_name : str
        What the scaled model is to be called; empty for the generic model's name.
    order : tuple of str
        "measurements" and "manualScale"; the later one wins.
    measurements : tuple of Measurement
        Those that are switched on.
    manual : tuple of (str, (float, float, float))
        Bodies with given factors.
    preserve_mass_distribution : bool
    tasks : IKTasks
        Of the marker placer.
    """

    name: str
    model_name: str
    order: tuple[str, ...]
    measurements: tuple[Measurement, ...]
    manual: tuple[tuple[str, tuple[float, float, float]], ...]
    preserve_mass_distribution: bool
    tasks: IKTasks


@lru_cache(maxsize=32)
def read_recipe(setup: Document) -> Recipe:
    """Read a ScaleTool set-up.

    Raises
    ------
    ScalingError
        When the document is no scaling set-up, or scaling or placing is switched off.
    """
    tool = shared_root(setup).find("ScaleTool")
    scaler = None if tool is None else tool.find("ModelScaler")
    placer = None if tool is None else tool.find("MarkerPlacer")
    if tool is None or scaler is None or placer is None:
        raise ScalingError(
            f"{setup.name} is no scaling set-up: it needs a ScaleTool with ModelScaler and"
            " MarkerPlacer"
        )
    for part in (scaler, placer):
        if not flag(part, "apply", True):
            raise ScalingError(f"{part.tag} of {setup.name} is switched off: set apply to true")
    order = tuple((scaler.findtext("scaling_order") or "").split())
    unknown = [step for step in order if step not in ("measurements", "manualScale")]
    if unknown:
        raise ScalingError(
            f"scaling_order of {setup.name} names '{unknown[0]}';"
            " valid are measurements and manualScale"
        )
    measurements = scaler.findall("MeasurementSet/objects/Measurement")
    _require_single_names(measurements, setup.name)
    scales = scaler.iterfind("ScaleSet/objects/Scale")
    return Recipe(
        setup.name,
        tool.get("name") or "",
        order,
        tuple(_measurement(element) for element in measurements if flag(element, "apply", True)),
        tuple(_manual_scale(element) for element in scales if flag(element, "apply", True)),
        flag(scaler, "preserve_mass_distribution", False),
        parse_ik_tasks(setup.xml, setup.name),
    )


def body_factors(
    recipe: Recipe,
    bodies: tuple[str, ...],
    model_markers: Mapping[str, FloatArray],
    static: Markers,
    window_s: tuple[float, float],
) -> Factors:
    """Scale factors of all bodies along their x, y, z.

    A measurement's factor is the mean over its marker pairs of measured distance over model
    distance; the measured distance is the mean over the frames of `tool_frames`. Pairs that static
    trial or model lack are left out, and so are, as by ScaleTool, measurements with a marker that
    is missing in one of the frames.

    Parameters
    ----------
    recipe : Recipe
    bodies : tuple of str
    model_markers : mapping of str to (3,) m
        Markers of the generic model in its default pose.
    static : Markers
    window_s : (float, float)

    Raises
    ------
    ScalingError
        When measurements are asked for and none is left.
    """
    factors = {name: np.ones(3) for name in bodies}
    for step in recipe.order:
        if step == "manualScale":
            factors |= {name: np.array(given) for name, given in recipe.manual if name in factors}
            continue
        known = set(model_markers) & set(static.names)
        inside = static.at_frames(tool_frames(static, window_s))
        measurements = _measurable(recipe, known)
        for measurement, factor in zip(
            measurements, _ratios(measurements, model_markers, inside), strict=True
        ):
            for body, axes in measurement.scaled:
                if body in factors and factor == factor:
                    factors[body][list(axes)] = factor
    return {name: (float(x), float(y), float(z)) for name, (x, y, z) in factors.items()}


def averaged_markers(static: Markers, window_s: tuple[float, float]) -> FloatArray:
    """(n_markers, 3) m: means over the frames of `tool_frames` in which each marker is there."""
    positions = static.positions[tool_frames(static, window_s)]
    there = ~np.isnan(positions[..., :1])
    counts = there.sum(axis=0)
    with np.errstate(invalid="ignore"):
        sums = np.where(there, positions, 0.0).sum(axis=0)
        return np.asarray(sums / np.where(counts, counts, np.nan))


def tool_frames(
    static: Markers, window_s: tuple[float, float]
) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    """Frames that ScaleTool uses for a time range.

    From the last one that is not after the start to the first one that is not before the end: so a
    range whose ends are rounded reaches one frame beyond.
    """
    times = np.round(static.times, TIME_DECIMALS)
    first = max(int(np.searchsorted(times, window_s[0], side="right")) - 1, 0)
    last = first + int(np.searchsorted(times[first:], window_s[1], side="left"))
    return np.arange(first, min(last, static.n_frames - 1) + 1)


def _measurable(recipe: Recipe, known: Collection[str]) -> list[Measurement]:
    """Measurements reduced to the pairs of known markers."""
    left = []
    for measurement in recipe.measurements:
        pairs = tuple(pair for pair in measurement.pairs if set(pair) <= set(known))
        if pairs:
            left.append(Measurement(measurement.name, pairs, measurement.scaled))
    if not left:
        raise ScalingError(
            f"model and static trial share no marker pair that {recipe.name} measures:"
            f" they share {', '.join(sorted(known)[:8]) or 'no marker'}"
        )
    return left


def _ratios(
    measurements: list[Measurement], model_markers: Mapping[str, FloatArray], inside: Markers
) -> list[float]:
    """Measured over model distance per measurement; NaN, with a warning, for missing markers."""
    columns = {name: column for column, name in enumerate(inside.names)}
    pairs = [pair for measurement in measurements for pair in measurement.pairs]
    one, other = np.array([[columns[name] for name in pair] for pair in pairs]).T
    apart = inside.positions[:, one] - inside.positions[:, other]
    measured = np.linalg.norm(apart, axis=2).mean(axis=0)
    in_model = np.array([model_markers[name] - model_markers[to] for name, to in pairs])
    ratios = measured / np.linalg.norm(in_model, axis=1)
    ends = np.cumsum([len(measurement.pairs) for measurement in measurements])
    found = [float(part.mean()) for part in np.split(ratios, ends[:-1])]
    for measurement, factor in zip(measurements, found, strict=True):
        if factor != factor:
            tell(
                "measurement left out",
                f"measurement {measurement.name} is not used: one of its markers is missing in a"
                " frame of the static window; its bodies keep their generic size",
                where=(measurement.name,),
            )
    return found


def _require_single_names(measurements: list[ET.Element], setup: str) -> None:
    names = Counter(element.get("name") for element in measurements if flag(element, "apply", True))
    doubled = [str(name) for name, count in names.items() if count > 1]
    if doubled:
        raise ScalingError(f"{setup} has two measurements called {doubled[0]}; remove one")


def _measurement(element: ET.Element) -> Measurement:
    name = element.get("name") or ""
    pairs = []
    for pair in element.iterfind("MarkerPairSet/objects/MarkerPair/markers"):
        names = (pair.text or "").split()
        if len(names) != 2:
            raise ScalingError(
                f"a marker pair of measurement {name} must name two markers, found {len(names)}"
            )
        pairs.append((names[0], names[1]))
    scaled = []
    for body in element.iterfind("BodyScaleSet/objects/BodyScale"):
        axes = (body.findtext("axes") or "").split()
        if not set(axes) <= set("XYZ"):
            raise ScalingError(
                f"axes of {body.get('name')} in measurement {name} must be X, Y, Z,"
                f" found {' '.join(axes)}"
            )
        scaled.append((body.get("name") or "", tuple("XYZ".index(axis) for axis in axes)))
    return Measurement(name, tuple(pairs), tuple(scaled))


def _manual_scale(element: ET.Element) -> tuple[str, tuple[float, float, float]]:
    body = (element.findtext("segment") or "").strip()
    cells = (element.findtext("scales") or "").split()
    if len(cells) != 3:
        raise ScalingError(f"manual scale of {body} needs three factors, found {len(cells)}")
    try:
        x, y, z = map(float, cells)
    except ValueError as error:
        raise ScalingError(
            f"manual scale of {body} needs three factors, found '{' '.join(cells)[:40]}'"
        ) from error
    if not all(0 < factor < math.inf for factor in (x, y, z)):
        raise ScalingError(f"factors of {body} must be above 0 and finite, found {x:g} {y:g} {z:g}")
    return body, (x, y, z)
