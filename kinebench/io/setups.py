"""Set-up files of OpenSim's tools: the parts that kinebench reads."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from pathlib import Path

from kinebench.core.ik_tasks import CoordinateTask, IKTasks
from kinebench.errors import FileFormatError, ValueRangeError
from kinebench.io.xml import flag, shared_xml

# beyond it a task drowns all others in a double's 16 digits
_LARGEST_WEIGHT = 1e12
_LARGEST_TARGET = 1e4  # rad or m: no body turns or goes so far


def read_ik_tasks(path: Path | str) -> IKTasks:
    """Tasks of an IK set-up, or of the marker placer of a scaling set-up."""
    path = Path(path)
    return parse_ik_tasks(_content(path), path.name)


def parse_ik_tasks(content: bytes, file: str) -> IKTasks:
    """Tasks in a set-up's content; those with ``<apply>false</apply>`` are left out.

    Coordinate values are taken in radians, as OpenSim's files have them; ``default_value`` gives
    None, and values that a file would supply are not supported.

    Raises
    ------
    FileFormatError
        Also for tasks without a name, two tasks of one name, weights beyond 1e12, targets that are
        not finite, and a set-up that weights no marker.
    """
    root = shared_xml(content, file)
    task_set = root.find(".//IKTaskSet/objects")
    if task_set is None:
        raise FileFormatError(f"{file} has no IKTaskSet")
    weights: dict[str, float] = {}
    coordinates: list[CoordinateTask] = []
    seen: set[tuple[str, str]] = set()
    for task in task_set:
        if not flag(task, "apply", True):
            continue
        name = (task.get("name") or "").strip()
        weight = _number(task, "weight", 1.0 if task.tag == "IKMarkerTask" else 0.0, file)
        _require_sensible(task, name, weight, seen, file)
        if task.tag == "IKMarkerTask":
            weights[name] = weight
        elif task.tag == "IKCoordinateTask" and weight > 0:
            coordinates.append(CoordinateTask(name, weight, _target(task, file)))
    if not any(weight > 0 for weight in weights.values()):
        raise FileFormatError(f"{file} gives no marker a weight above 0: there is nothing to track")
    try:
        return IKTasks(tuple(weights.items()), tuple(coordinates))
    except ValueRangeError as error:
        raise FileFormatError(f"{file}: {error}") from error


def read_time_range(path: Path | str) -> tuple[float, float] | None:
    """Time range, s, of a scaling set-up; None when it has none that is finite and ascends.

    OpenSim's default, -1 to -1, stands for the whole recording.
    """
    path = Path(path)
    element = shared_xml(_content(path), path.name).find(".//time_range")
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
        return path.read_bytes()
    except OSError as error:
        raise FileFormatError(f"cannot read {path}: {error.strerror or error}") from error


def _require_sensible(
    task: ET.Element, name: str, weight: float, seen: set[tuple[str, str]], file: str
) -> None:
    if not name:
        raise FileFormatError(f"{file}: a task ({task.tag}) has no name")
    if (task.tag, name) in seen:
        raise FileFormatError(f"{file}: {name} has two tasks ({task.tag}); remove one")
    seen.add((task.tag, name))
    if weight > _LARGEST_WEIGHT:
        raise FileFormatError(
            f"{file}, task '{name}': weight {weight:g} is beyond {_LARGEST_WEIGHT:g}"
        )


def _target(task: ET.Element, file: str) -> float | None:
    kind = _text(task, "value_type", "default_value")
    if kind == "default_value":
        return None
    if kind == "manual_value":
        value = _number(task, "value", 0.0, file)
        if not abs(value) < _LARGEST_TARGET:
            raise FileFormatError(
                f"{file}, coordinate task '{task.get('name')}': value {value:g} is no angle in rad"
                " and no distance in m"
            )
        return value
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
