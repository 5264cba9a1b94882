"""Set-up files of OpenSim's tools: the parts that kinebench reads."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from pathlib import Path

from kinebench.core.tasks import CoordinateTask, IKTasks
from kinebench.errors import FileFormatError, ValueRangeError
from kinebench.io.text import utf8_xml

__all__ = ["parse_ik_tasks", "parse_xml", "read_ik_tasks", "read_time_range"]


def parse_xml(content: bytes, file: str) -> ET.Element:
    """Root of an XML document, or a `FileFormatError` that names file and place."""
    try:
        return ET.fromstring(content)
    except (ET.ParseError, LookupError, ValueError) as error:
        raise FileFormatError(f"{file} is no valid XML: {error}") from error


def read_ik_tasks(path: Path | str) -> IKTasks:
    """Tasks of an IK set-up, or of the marker placer of a scaling set-up."""
    path = Path(path)
    return parse_ik_tasks(_content(path), path.name)


def parse_ik_tasks(content: bytes, file: str) -> IKTasks:
    """Tasks in a set-up's content; those with ``<apply>false</apply>`` are left out.

    Coordinate values are taken in radians, as OpenSim's files have them; ``default_value`` gives
    None, and values that a file would supply are not supported.
    """
    root = parse_xml(content, file)
    task_set = root.find(".//IKTaskSet/objects")
    if task_set is None:
        raise FileFormatError(f"{file} has no IKTaskSet")
    weights: dict[str, float] = {}
    coordinates: list[CoordinateTask] = []
    for task in task_set:
        if _text(task, "apply", "true").lower() != "true":
            continue
        name = task.get("name") or ""
        weight = _number(task, "weight", 1.0 if task.tag == "IKMarkerTask" else 0.0, file)
        if task.tag == "IKMarkerTask":
            weights[name] = weight
        elif task.tag == "IKCoordinateTask" and weight > 0:
            coordinates.append(CoordinateTask(name, weight, _target(task, file)))
    try:
        return IKTasks(tuple(weights.items()), tuple(coordinates))
    except ValueRangeError as error:
        raise FileFormatError(f"{file}: {error}") from error


def read_time_range(path: Path | str) -> tuple[float, float] | None:
    """Time range, s, of a scaling set-up; None when it has none that is finite and ascends.

    OpenSim's default, -1 to -1, stands for the whole recording.
    """
    path = Path(path)
    element = parse_xml(_content(path), path.name).find(".//time_range")
    text = (element.text or "") if element is not None else ""
    try:
        cells = [float(cell) for cell in text.split()]
    except ValueError as error:
        raise FileFormatError(
            f"{path.name}, time_range: '{text.strip()}' is not numbers"
        ) from error
    if len(cells) != 2 or not all(map(math.isfinite, cells)) or cells[0] >= cells[1]:
        return None
    return cells[0], cells[1]


def _content(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileFormatError(f"cannot read {path}: {error.strerror or error}") from error
    return utf8_xml(data, path.name)


def _target(task: ET.Element, file: str) -> float | None:
    kind = _text(task, "value_type", "default_value")
    if kind == "default_value":
        return None
    if kind == "manual_value":
        return _number(task, "value", 0.0, file)
    raise FileFormatError(
        f"{file}, coordinate task '{task.get('name')}': value_type '{kind}' is not supported;"
        " valid are default_value and manual_value"
    )


def _text(element: ET.Element, tag: str, default: str) -> str:
    return (element.findtext(tag) or default).strip()


def _number(element: ET.Element, tag: str, default: float, file: str) -> float:
    text = _text(element, tag, str(default))
    try:
        return float(text)
    except ValueError as error:
        raise FileFormatError(
            f"{file}, task '{element.get('name')}': {tag} '{text}' is not a number"
        ) from error
