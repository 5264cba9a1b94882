"""What scaling and inverse kinematics need to work on the laboratory's body."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping

from kinebench.core.ik_tasks import IKTasks
from kinebench.core.model import Document
from kinebench.osim.edits import frozen_document


def _both(*stems: str) -> tuple[str, ...]:
    return tuple(f"{side}_{stem}_study" for stem in stems for side in "rL")


_PELVIS = ("r.ASIS_study", "L.ASIS_study", "r.PSIS_study", "L.PSIS_study")
_HIPS = ("RHJC_study", "LHJC_study")
_CLUSTERS = _both("thigh1", "thigh2", "thigh3", "sh1", "sh2", "sh3")
_LEGS = _both("knee", "mknee", "ankle", "mankle")
_TOES = _both("toe", "5meta")
_ARMS = _both("lelbow", "melbow", "lwrist", "mwrist")


def ik_tasks() -> IKTasks:
    """Marker weights of OpenCap's inverse kinematics (`opencap-core`, Setup_IK.xml)."""
    groups: tuple[tuple[Iterable[str], float], ...] = (
        (_both("calc"), 60.0),
        ((*_LEGS, *_TOES), 30.0),
        ((*_PELVIS, *_HIPS), 25.0),
        (("C7_study", *_both("shoulder"), *_ARMS), 5.0),
        (_CLUSTERS, 4.0),
    )
    return IKTasks(tuple((name, weight) for names, weight in groups for name in names))


def ik_setup(tasks: IKTasks) -> Document:
    """Set-up of OpenSim's inverse kinematics tool for marker tasks, as a file holds it."""
    root = ET.Element("OpenSimDocument", Version="40000")
    tool = ET.SubElement(root, "InverseKinematicsTool", name="kinebench_body")
    _texts(tool, {"constraint_weight": "Inf", "accuracy": "1e-05"})
    holder = _objects(tool, "IKTaskSet")
    holder.extend(_task("IKMarkerTask", name, weight) for name, weight in tasks.marker_weights)
    return frozen_document(root, "kinebench_body_ik")


def scaling_setup(
    pull_upright: bool = True, window_s: tuple[float, float] | None = None
) -> Document:
    """ScaleTool set-up: measurements, and weights of the marker placer.

    Every body is scaled by one factor, from distances that its own size alone determines in any
    pose (pelvis, trunk, thighs, feet), or that the pose hardly changes (shanks, arms). Thigh and
    shank are measured per side, the others over both. Weights are those of OpenCap's placer.

    Parameters
    ----------
    pull_upright : bool
        With the placer's weak pull of hips, knees, ankles and trunk to 0, for a static pose that
        is meant to be upright.
    window_s : (float, float), optional
        Time range of the static trial, as set-ups that were used have it.
    """
    span = {} if window_s is None else {"time_range": f"{window_s[0]!r} {window_s[1]!r}"}
    root = ET.Element("OpenSimDocument", Version="40000")
    tool = ET.SubElement(root, "ScaleTool", name="kinebench_body")
    _texts(tool, {"mass": "70", "height": "1.7", "age": "-1"})
    maker = ET.SubElement(tool, "GenericModelMaker")
    _texts(maker, {"model_file": "Unassigned", "marker_set_file": "Unassigned"})
    scaler = ET.SubElement(tool, "ModelScaler")
    _texts(scaler, {"apply": "true", "scaling_order": " measurements"})
    measurements = _objects(scaler, "MeasurementSet")
    for name, (pairs, bodies) in _MEASUREMENTS.items():
        measurements.append(_measurement(name, pairs, bodies))
    _texts(scaler, {"marker_file": "Unassigned", "preserve_mass_distribution": "true"} | span)
    placer = ET.SubElement(tool, "MarkerPlacer")
    _texts(placer, {"apply": "true"})
    tasks = _objects(placer, "IKTaskSet")
    tasks.extend(_task("IKMarkerTask", name, weight) for name, weight in _PLACER)
    if pull_upright:
        tasks.extend(_task("IKCoordinateTask", name, 0.1, "0") for name in _UPRIGHT)
    _texts(placer, {"marker_file": "Unassigned", "max_marker_movement": "-1"} | span)
    return frozen_document(root, "kinebench_body_scaling")


Pairs = tuple[tuple[str, str], ...]


def _sided(side: str, *pairs: tuple[str, str]) -> Pairs:
    first = {"r": "r_", "l": "L_"}[side]
    return tuple((f"{first}{one}_study", f"{first}{other}_study") for one, other in pairs)


def _each_side(*pairs: tuple[str, str]) -> Pairs:
    return _sided("r", *pairs) + _sided("l", *pairs)


def _measurements() -> dict[str, tuple[Pairs, tuple[str, ...]]]:
    spines = (
        (_PELVIS[0], _PELVIS[1]), (_PELVIS[0], _PELVIS[2]), (_PELVIS[1], _PELVIS[3]),
    )  # fmt: skip
    shoulders = _both("shoulder")
    trunk = (shoulders, *((("C7_study"), shoulder) for shoulder in shoulders))
    found: dict[str, tuple[Pairs, tuple[str, ...]]] = {
        "pelvis": (spines, ("pelvis",)),
        "torso": (tuple((one, other) for one, other in trunk), ("torso",)),
    }
    for side, hip in zip("rl", _HIPS, strict=True):
        prefix = {"r": "r_", "l": "L_"}[side]
        femur = tuple((hip, f"{prefix}{knee}_study") for knee in ("knee", "mknee"))
        found[f"femur_{side}"] = (femur, (f"femur_{side}",))
        tibia = _sided(side, ("knee", "ankle"), ("mknee", "mankle"))
        found[f"tibia_{side}"] = (tibia, (f"tibia_{side}",))
    for name, pairs, parts in (
        ("foot", _each_side(("calc", "toe"), ("calc", "5meta")), ("talus", "calcn", "toes")),
        ("humerus", _each_side(("shoulder", "lelbow"), ("shoulder", "melbow")), ("humerus",)),
        (
            "forearm",
            _each_side(("lelbow", "lwrist"), ("melbow", "mwrist")),
            ("ulna", "radius", "hand"),
        ),
    ):
        found[name] = (pairs, tuple(f"{part}_{side}" for side in "rl" for part in parts))
    return found


_MEASUREMENTS: Mapping[str, tuple[Pairs, tuple[str, ...]]] = _measurements()
_PLACER = (
    *((name, 10.0) for name in (*_PELVIS, *_HIPS, *_LEGS, *_TOES, *_both("calc"))),
    ("C7_study", 20.0),
    *((name, 5.0) for name in _both("shoulder", "lwrist", "mwrist")),
    *((name, 1.0) for name in _both("lelbow", "melbow")),
)
_UPRIGHT = (
    *(f"{stem}_{side}" for stem in ("hip_flexion", "knee_angle", "ankle_angle") for side in "rl"),
    "lumbar_extension",
    "lumbar_bending",
    "lumbar_rotation",
)


def _texts(element: ET.Element, texts: Mapping[str, str]) -> None:
    for tag, text in texts.items():
        ET.SubElement(element, tag).text = text


def _objects(owner: ET.Element, tag: str) -> ET.Element:
    return ET.SubElement(ET.SubElement(owner, tag), "objects")


def _measurement(name: str, pairs: Pairs, bodies: tuple[str, ...]) -> ET.Element:
    element = ET.Element("Measurement", name=name)
    _texts(element, {"apply": "true"})
    holder = _objects(element, "MarkerPairSet")
    for pair in pairs:
        _texts(ET.SubElement(holder, "MarkerPair"), {"markers": f" {' '.join(pair)}"})
    holder = _objects(element, "BodyScaleSet")
    for body in bodies:
        _texts(ET.SubElement(holder, "BodyScale", name=body), {"axes": " X Y Z"})
    return element


def _task(kind: str, name: str, weight: float, value: str | None = None) -> ET.Element:
    element = ET.Element(kind, name=name)
    _texts(element, {"apply": "true", "weight": repr(weight)})
    if value is not None:
        _texts(element, {"value_type": "manual_value", "value": value})
    return element
