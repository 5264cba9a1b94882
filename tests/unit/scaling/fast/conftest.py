"""A leg that OpenSim and kinebench can scale, and a static trial of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from kinebench.core.markers import Markers
from kinebench.core.model import Document, Model
from kinebench.core.subject import Subject
from kinebench.kinematics import marker_positions, read_tree

BODIES = {
    # mass, mass centre, inertia, scale of the geometry
    "pelvis": ("10", "-0.07 0.01 0", "0.10 0.087 0.058 0.001 0 0.002", "1 1 1"),
    "thigh": ("8", "0.01 -0.17 0.02", "0.13 0.035 0.14 0.003 -0.002 0.001", "0.85 0.85 0.85"),
    "shank": ("4", "0 -0.19 0", "0.05 0.005 0.051 0 0 0", "1 1 1"),
    "foot": ("1", "0.1 0.03 0", "0.001 0.004 0.0041 0 0 0", "1 1 1"),
    "cap": ("0.5", "0 0 0", "0.001 0.001 0.001 0 0 0", "1 1 1"),
}
MARKERS = {
    "pelvis": ("asis_r 0.02 0.03 0.12", "asis_l 0.02 0.03 -0.12", "psis_r -0.15 0.03 0.04"),
    "thigh": ("hip 0 0 0", "knee 0.01 -0.4 0.05", "mknee 0.01 -0.4 -0.05"),
    "shank": ("ankle 0 -0.4 0.04", "mankle 0 -0.39 -0.04", "sh1 0.05 -0.2 0.05"),
    "foot": ("calc -0.02 0.03 0", "toe 0.2 0.01 0.01", "meta 0.13 0.01 0.05 fixed"),
}
IDENTITY = "<LinearFunction><coefficients>1 0</coefficients></LinearFunction>"
SPLINE = (
    "<SimmSpline><x>-0.1 0.5 1.2 2.1</x><y>0.001 0.012 0.017 0.009</y></SimmSpline>",
    "<PolynomialFunction><coefficients>0.002 -0.01 -0.4</coefficients></PolynomialFunction>",
    "<MultiplierFunction><function><Constant><value>0.004</value></Constant></function>"
    "<scale>1.5</scale></MultiplierFunction>",
)


def _body(name: str) -> str:
    mass, centre, inertia, geometry = BODIES[name]
    return f"""<Body name="{name}"><attached_geometry><Mesh name="{name}_mesh">
      <socket_frame>..</socket_frame><scale_factors>{geometry}</scale_factors>
      <mesh_file>{name}.vtp</mesh_file></Mesh></attached_geometry>
      <mass>{mass}</mass><mass_center>{centre}</mass_center><inertia>{inertia}</inertia></Body>"""


def _joint(
    kind: str, name: str, parent: str, child: str, place: str, inside: str, coordinates: str,
    rest: str = "",
) -> str:  # fmt: skip
    ends = []
    for body, offset in ((parent, place), (child, inside)):
        socket = "/ground" if body == "ground" else f"/bodyset/{body}"
        ends.append(
            f'<PhysicalOffsetFrame name="{body}_offset"><socket_parent>{socket}</socket_parent>'
            f"<translation>{offset}</translation><orientation>0.1 -0.05 0.02</orientation>"
            "</PhysicalOffsetFrame>"
        )
    return f"""<{kind} name="{name}">
      <socket_parent_frame>{parent}_offset</socket_parent_frame>
      <socket_child_frame>{child}_offset</socket_child_frame>
      <coordinates>{coordinates}</coordinates><frames>{"".join(ends)}</frames>{rest}</{kind}>"""


def _coordinate(
    name: str, low: float, high: float, default: float = 0.0, locked: bool = False
) -> str:
    return f"""<Coordinate name="{name}"><default_value>{default}</default_value>
      <range>{low} {high}</range><clamped>true</clamped><locked>{str(locked).lower()}</locked>
      </Coordinate>"""


def _transform(axes: list[tuple[str, str, str]]) -> str:
    names = [f"{kind}{number}" for kind in ("rotation", "translation") for number in (1, 2, 3)]
    parts = [
        f'<TransformAxis name="{name}"><coordinates>{coordinates}</coordinates>'
        f"<axis>{axis}</axis>{function}</TransformAxis>"
        for name, (coordinates, axis, function) in zip(names, axes, strict=True)
    ]
    return f"<SpatialTransform>{''.join(parts)}</SpatialTransform>"


def _marker(body: str, line: str) -> str:
    name, x, y, z, *rest = line.split()
    return f"""<Marker name="{name}"><socket_parent_frame>/bodyset/{body}</socket_parent_frame>
      <location>{x} {y} {z}</location><fixed>{str(rest == ["fixed"]).lower()}</fixed></Marker>"""


def _root_joint() -> str:
    names = ("tilt", "list", "turn", "tx", "ty", "tz")
    unit = ("0 0 1", "1 0 0", "0 1 0", "1 0 0", "0 1 0", "0 0 1")
    axes = [(name, axis, IDENTITY) for name, axis in zip(names, unit, strict=True)]
    # narrower than a half turn, so that no second triple of angles gives the same pose
    ends = (1.5, 1.5, 1.5, 3, 3, 3)
    coordinates = "".join(
        _coordinate(name, -end, end, 0.9 if name == "ty" else 0.0)
        for name, end in zip(names, ends, strict=True)
    )
    return _joint(
        "CustomJoint", "root", "ground", "pelvis", "0 0 0", "0 0 0", coordinates, _transform(axes)
    )


def _knee() -> str:
    slanted = "0.6 0.8 0", "-0.8 0.6 0", "0 0 1"
    zero = "<Constant><value>0</value></Constant>"
    axes = [("knee", "0 0 1", IDENTITY), ("", "1 0 0", zero), ("", "0 1 0", zero)]
    axes += [("knee", slanted[0], SPLINE[0]), ("knee", slanted[1], SPLINE[1])]
    axes += [("", slanted[2], SPLINE[2])]
    return _joint(
        "CustomJoint", "knee", "thigh", "shank", "0 0.01 0", "0 0 0.01",
        _coordinate("knee", -0.2, 2.1), _transform(axes),
    )  # fmt: skip


def _leg_xml() -> str:
    joints = [
        _root_joint(),
        _joint("BallJoint", "hip", "pelvis", "thigh", "-0.05 -0.08 0.08", "0 0.01 0",
               "".join(_coordinate(f"hip{i}", -1.5, 1.5) for i in (1, 2, 3))),
        _knee(),
        _joint("PinJoint", "ankle", "shank", "foot", "0 -0.42 0", "-0.03 0.05 0",
               _coordinate("ankle", -0.8, 0.8, 0.05)),
        _joint("PinJoint", "cap", "thigh", "cap", "0.05 -0.4 0", "0 0 0",
               _coordinate("cap", -3, 3)),
    ]  # fmt: skip
    coupler = f"""<CoordinateCouplerConstraint name="coupler"><isEnforced>true</isEnforced>
      <coupled_coordinates_function>{IDENTITY}</coupled_coordinates_function>
      <independent_coordinate_names>knee</independent_coordinate_names>
      <dependent_coordinate_name>cap</dependent_coordinate_name></CoordinateCouplerConstraint>"""
    markers = [_marker(body, line) for body, lines in MARKERS.items() for line in lines]
    force = """<CoordinateActuator name="torque"><coordinate>ankle</coordinate>
      <optimal_force>1</optimal_force></CoordinateActuator>"""
    sets = {
        "BodySet": map(_body, BODIES),
        "JointSet": joints,
        "ConstraintSet": [coupler],
        "ForceSet": [force],
        "MarkerSet": markers,
    }
    text = "".join(
        f'<{tag} name="{tag.lower()}"><objects>{"".join(parts)}</objects></{tag}>'
        for tag, parts in sets.items()
    )
    return f"""<?xml version="1.0" encoding="UTF-8" ?>
<OpenSimDocument Version="40000"><Model name="leg"><length_units>meters</length_units>
<gravity>0 -9.8 0</gravity>{text}</Model></OpenSimDocument>"""


@dataclass(frozen=True)
class Wanted:
    """A scaling set-up in few words."""

    measurements: tuple[tuple[str, str, str], ...] = (
        ("pelvis", "asis_r asis_l", "pelvis:Z"),
        ("depth", "asis_r psis_r;asis_l psis_r", "pelvis:X Y"),
        ("thigh", "hip knee;hip mknee", "thigh:X Y Z,cap:X Y Z"),
        ("shank", "knee ankle;mknee mankle", "shank:Y"),
        ("width", "ankle mankle", "shank:X Z"),
        ("foot", "calc toe;calc meta", "foot:X Y Z"),
    )
    order: str = "measurements"
    manual: tuple[tuple[str, str], ...] = ()
    preserve: bool = True
    weights: dict[str, float] = field(default_factory=dict)
    coordinate_targets: tuple[tuple[str, float, str], ...] = (
        ("knee", 0.1, "0"),
        ("ankle", 0.1, "0.08"),
    )


def _measurement(name: str, pairs: str, bodies: str) -> str:
    inner = "".join(
        f"<MarkerPair><markers>{pair}</markers></MarkerPair>" for pair in pairs.split(";")
    )
    scaled = "".join(
        '<BodyScale name="{}"><axes>{}</axes></BodyScale>'.format(*body.split(":"))
        for body in bodies.split(",")
    )
    return f"""<Measurement name="{name}"><apply>true</apply>
      <MarkerPairSet><objects>{inner}</objects></MarkerPairSet>
      <BodyScaleSet><objects>{scaled}</objects></BodyScaleSet></Measurement>"""


def _task(name: str, weight: float, value: str) -> str:
    if not value:
        return f"""<IKMarkerTask name="{name}"><apply>true</apply><weight>{weight}</weight>
          </IKMarkerTask>"""
    return f"""<IKCoordinateTask name="{name}"><apply>true</apply><weight>{weight}</weight>
      <value_type>manual_value</value_type><value>{value}</value></IKCoordinateTask>"""


def _setup(wanted: Wanted) -> Document:
    lines = [line.split()[0] for part in MARKERS.values() for line in part]
    tasks = [_task(name, wanted.weights.get(name, 10.0), "") for name in lines]
    tasks += [_task(*target) for target in wanted.coordinate_targets]
    scales = "".join(
        f"<Scale><scales>{factors}</scales><segment>{body}</segment><apply>true</apply></Scale>"
        for body, factors in wanted.manual
    )
    measurements = "".join(_measurement(*one) for one in wanted.measurements)
    text = f"""<?xml version="1.0" encoding="UTF-8" ?>
<OpenSimDocument Version="40000"><ScaleTool name="leg_of_someone">
<GenericModelMaker><model_file>Unassigned</model_file></GenericModelMaker>
<ModelScaler><apply>true</apply><scaling_order>{wanted.order}</scaling_order>
<MeasurementSet><objects>{measurements}</objects></MeasurementSet>
<ScaleSet><objects>{scales}</objects></ScaleSet>
<preserve_mass_distribution>{str(wanted.preserve).lower()}</preserve_mass_distribution>
</ModelScaler>
<MarkerPlacer><apply>true</apply><IKTaskSet><objects>{"".join(tasks)}</objects></IKTaskSet>
<max_marker_movement>-1</max_marker_movement></MarkerPlacer></ScaleTool></OpenSimDocument>"""
    return Document("leg_setup", text.encode())


@pytest.fixture(scope="session")
def leg() -> Model:
    """Pelvis, thigh, shank, foot and a body that a constraint moves."""
    return Model("leg", _leg_xml().encode())


@pytest.fixture(scope="session")
def make_setup() -> Callable[..., Document]:
    """Scaling set-ups for the leg: ``make_setup(preserve=False, …)``."""
    return lambda **changes: _setup(Wanted(**changes))


@pytest.fixture(scope="session")
def standing(leg: Model) -> Markers:
    """One second of somebody whose leg is larger, nearly still, in a pose near the default."""
    tree = read_tree(leg)
    rng = np.random.default_rng(7)
    q = tree.defaults + rng.normal(0, 0.05, len(tree.coordinates))
    places = marker_positions(tree, q) * np.array([1.1, 1.07, 1.15])
    sway = np.cumsum(rng.normal(0, 2e-4, (61, len(places), 3)), axis=0)
    # ten decimals: what the file holds through which OpenSim gets them
    positions = np.round(places + rng.normal(0, 5e-3, places.shape) + sway, 10)
    return Markers(tree.marker_names, np.arange(61) / 60, positions)


@pytest.fixture(scope="session")
def person() -> Subject:
    return Subject(70.0, 1.75)


def numbers_of(model: Model) -> dict[str, list[float]]:
    """Every number in a model's XML by the path of names that leads to it."""
    import xml.etree.ElementTree as ET

    found: dict[str, list[float]] = {}

    def walk(element: ET.Element, path: str) -> None:
        for child in element:
            inner = path if child.tag in ("objects", "frames") else f"{path}/{child.tag}"
            # OpenSim names every function "function"
            if child.get("name", "function") != "function":
                inner += f":{child.get('name')}"
            try:
                values = [float(cell) for cell in (child.text or "").split()]
            except ValueError:
                values = []
            if values and len(child) == 0:
                found[inner] = values
            walk(child, inner)

    walk(ET.fromstring(model.xml), "")
    return found


@pytest.fixture(scope="session")
def numbers() -> Callable[[Model], dict[str, list[float]]]:
    """Every number in a model by the path that leads to it."""
    return numbers_of
