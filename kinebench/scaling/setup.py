"""Scaling set-ups: making a published one fit a model, a trial and a subject."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from kinebench.core.model import Document
from kinebench.core.subject import Subject
from kinebench.errors import ScalingError
from kinebench.io.xml import flag
from kinebench.osim.edits import document_root, frozen_document, shared_root
from kinebench.remarks import Remark


@dataclass(frozen=True, slots=True)
class ScalingFiles:
    """Names that ScaleTool reads and writes, relative to its set-up's folder."""

    generic: str = "generic.osim"
    markers: str = "static.trc"
    scaled: str = "scaled_only.osim"
    factors: str = "factors.xml"
    placed: str = "scaled.osim"
    pose: str = "static_pose.sto"


def fitted_setup(
    setup: Document,
    subject: Subject,
    window_s: tuple[float, float],
    markers: Collection[str],
    coordinates: Collection[str],
    files: ScalingFiles,
) -> Document:
    """Set-up in which tasks and measurements that cannot be met are switched off, as OpenCap does.

    Parameters
    ----------
    setup : Document
        A ScaleTool set-up.
    subject : Subject
    window_s : (float, float)
    markers : collection of str
        Markers that both model and static trial have.
    coordinates : collection of str
        Unlocked coordinates of the model.
    files : ScalingFiles

    Raises
    ------
    ScalingError
        When the document is no scaling set-up, or no measurement is left.
    """
    root = document_root(setup)
    tool = root.find("ScaleTool")
    if tool is None:
        raise ScalingError(f"{setup.name} is no scaling set-up: it has no ScaleTool")
    _set(tool, "mass", f"{float(subject.mass_kg)!r}")
    _set(tool, "height", f"{float(subject.height_m)!r}")
    _set(tool, "GenericModelMaker/model_file", files.generic)
    _set(tool, "GenericModelMaker/marker_set_file", "Unassigned")
    time_range = f"{float(window_s[0])!r} {float(window_s[1])!r}"
    for part in ("ModelScaler", "MarkerPlacer"):
        _set(tool, f"{part}/marker_file", files.markers)
        _set(tool, f"{part}/time_range", time_range)
    _set(tool, "ModelScaler/output_model_file", files.scaled)
    _set(tool, "ModelScaler/output_scale_file", files.factors)
    _set(tool, "MarkerPlacer/output_model_file", files.placed)
    _set(tool, "MarkerPlacer/output_motion_file", files.pose)
    _set(tool, "MarkerPlacer/output_marker_file", "")
    _drop_measurements(tool, markers, setup.name)
    for task in tool.iterfind("MarkerPlacer/IKTaskSet/objects/*"):
        known = markers if task.tag == "IKMarkerTask" else coordinates
        if task.get("name") not in known:
            _set(task, "apply", "false")
    return frozen_document(root, setup.name)


def lost_measurements(setup: Document, markers: Collection[str]) -> tuple[str, ...]:
    """Measurements that a set-up applies and for which these markers have no complete pair."""
    return tuple(
        measurement.get("name", "")
        for measurement in _applied_measurements(shared_root(setup))
        if not any(set(pair) <= set(markers) for pair in _pairs(measurement))
    )


def placing_markers(fitted: Document) -> tuple[str, ...]:
    """Markers that the placer of a fitted set-up tracks, by which it finds the static pose."""
    return _placed(fitted, "IKMarkerTask")


def pulled_coordinates(fitted: Document) -> tuple[str, ...]:
    """Coordinates that the placer of a fitted set-up pulls to a value."""
    return _placed(fitted, "IKCoordinateTask")


@lru_cache(maxsize=32)
def setup_remarks(setup: Document, markers: tuple[str, ...]) -> tuple[Remark, ...]:
    """What is odd about a set-up, given the markers that model and static trial share."""
    remarks = []
    lost = lost_measurements(setup, markers)
    if lost:
        remarks.append(
            Remark(
                "measurements lost",
                "warning",
                f"the static trial has no complete marker pair for {', '.join(lost)}, which"
                f" {setup.name} measures: what they scale keeps the generic model's size",
                where=lost,
            )
        )
    swapped = [pair for pair in swapped_side_pairs(setup) if set(pair) <= set(markers)]
    if swapped:
        remarks.append(
            Remark(
                "set-up slips",
                "warning",
                f"{setup.name} measures between {'; '.join(map(' and '.join, swapped))}: these"
                " markers are on opposite sides (apparently a slip in the published set-up, used"
                " unchanged)",
                where=tuple(name for pair in swapped for name in pair),
            )
        )
    return tuple(remarks)


def swapped_side_pairs(setup: Document) -> tuple[tuple[str, str], ...]:
    """Marker pairs of a measurement of one side that name the other: slips in published files."""
    return tuple(
        (pair[0], pair[1])
        for measurement in _applied_measurements(shared_root(setup))
        for pair in _pairs(measurement)
        if len(pair) == 2
        and {_side(name) for name in pair} == {"r", "l"}
        and _stem(pair[0]) != _stem(pair[1])
    )


def _placed(fitted: Document, kind: str) -> tuple[str, ...]:
    tasks = shared_root(fitted).iterfind(f".//MarkerPlacer/IKTaskSet/objects/{kind}")
    return tuple(
        task.get("name", "")
        for task in tasks
        if flag(task, "apply", True) and _weight(task, fitted.name) > 0
    )


def _weight(task: ET.Element, name: str) -> float:
    text = (task.findtext("weight") or "1").strip()
    try:
        return float(text)
    except ValueError as error:
        raise ScalingError(
            f"{name}, task '{task.get('name')}': weight '{text[:40]}' is not a number"
        ) from error


def _applied_measurements(root: ET.Element) -> list[ET.Element]:
    return [
        measurement
        for measurement in root.iterfind(".//MeasurementSet/objects/Measurement")
        if flag(measurement, "apply", True)
    ]


def _pairs(measurement: ET.Element) -> list[list[str]]:
    found = measurement.iterfind("MarkerPairSet/objects/MarkerPair/markers")
    return [(pair.text or "").split() for pair in found]


def _side(name: str) -> str | None:
    """Side of a marker named R_…, r_…, r.…, RHJC or RKnee; None for one in the middle."""
    if name[:1] in "RrLl" and (name[1:2] in "_." or name[1:2].isupper()):
        return name[0].lower()
    return None


def _stem(name: str) -> str:
    return name[1:].lstrip("_.")


def _drop_measurements(tool: ET.Element, markers: Collection[str], name: str) -> None:
    left = 0
    for measurement in tool.iterfind("ModelScaler/MeasurementSet/objects/Measurement"):
        pairs = measurement.find("MarkerPairSet/objects")
        for pair in list(pairs) if pairs is not None else []:
            if pairs is not None and not set((pair.findtext("markers") or "").split()) <= set(
                markers
            ):
                pairs.remove(pair)
        if pairs is None or len(pairs) == 0:
            _set(measurement, "apply", "false")
        else:
            left += 1
    if left == 0:
        raise ScalingError(
            f"model and static trial share no marker pair that {name} measures:"
            f" they share {', '.join(sorted(markers)[:8]) or 'no marker'}"
        )


def _set(element: ET.Element, path: str, text: str) -> None:
    for tag in path.split("/"):
        found = element.find(tag)
        element = found if found is not None else ET.SubElement(element, tag)
    element.text = text
