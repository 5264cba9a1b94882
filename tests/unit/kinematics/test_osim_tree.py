"""Trees read from models that OpenSim itself wrote: every joint kind, frames, couplings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.core import Model
from kinebench.errors import ModelError
from kinebench.kinematics import Tree, forward_kinematics, marker_positions, read_tree
from kinebench.kinematics.forward import couple
from kinebench.osim.runtime import load_opensim

opensim = load_opensim()

PARENT_POINT, PARENT_ANGLES = (0.1, -0.2, 0.3), (0.4, -0.5, 0.6)
CHILD_POINT, CHILD_ANGLES = (-0.2, 0.05, 0.1), (-0.3, 0.2, 0.7)


def vec3(values: tuple[float, float, float]) -> Any:
    return opensim.Vec3(*values)


def body(name: str) -> Any:
    return opensim.Body(name, 1.0, opensim.Vec3(0), opensim.Inertia(1, 1, 1))


def saved(model: Any, folder: Path) -> Model:
    model.finalizeConnections()
    path = folder / "model.osim"
    model.printToXML(str(path))
    return Model(model.getName(), path.read_bytes())


def model_with(
    make_joint: Callable[..., Any], names: list[str], settle: Callable[[Any], None] | None = None
) -> Any:
    """ground –free– base –joint– tip, with a marker on the tip and offset frames everywhere."""
    model = opensim.Model()
    model.setName("tiny")
    base, tip = body("base"), body("tip")
    model.addBody(base)
    model.addBody(tip)
    root = opensim.FreeJoint("root", model.getGround(), base)
    joint = make_joint(
        "joint",
        base,
        vec3(PARENT_POINT),
        vec3(PARENT_ANGLES),
        tip,
        vec3(CHILD_POINT),
        vec3(CHILD_ANGLES),
    )
    for number, name in enumerate(names):
        joint.upd_coordinates(number).setName(name)
    if settle is not None:
        settle(joint)
    # listed before the joint that carries its parent
    model.addJoint(joint)
    model.addJoint(root)
    model.addMarker(opensim.Marker("on_tip", tip, vec3((0.1, 0.2, 0.3))))
    return model


def poses_of_opensim(
    model: Any, tree: Tree, q: np.ndarray[Any, Any]
) -> list[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]:
    state = model.initSystem()
    for name, value in zip(tree.coordinate_names, q, strict=True):
        coordinate = model.getCoordinateSet().get(name)
        coordinate.setLocked(state, False)
        coordinate.setValue(state, float(value), False)
    model.realizePosition(state)
    poses = []
    for name in tree.bodies:
        if name.startswith("("):
            continue
        pose = model.getBodySet().get(name).getTransformInGround(state)
        R = np.array([[pose.R().get(i, j) for j in range(3)] for i in range(3)])
        poses.append((R, np.array([pose.p().get(i) for i in range(3)])))
    return poses


def assert_same_poses(model: Any, folder: Path, n_poses: int = 5) -> Tree:
    tree = read_tree(saved(model, folder))
    loaded = opensim.Model(str(folder / "model.osim"))
    generator = np.random.default_rng(1)
    shown = [index for index, name in enumerate(tree.bodies) if not name.startswith("(")]
    for _ in range(n_poses):
        q = couple(tree, generator.uniform(-1.2, 1.2, len(tree.coordinates)))
        R, p = forward_kinematics(tree, q)
        expected = poses_of_opensim(loaded, tree, q)
        for index, (R_expected, p_expected) in zip(shown, expected, strict=True):
            np.testing.assert_allclose(R[index], R_expected, atol=1e-12)
            np.testing.assert_allclose(p[index], p_expected, atol=1e-12)
    return tree


@pytest.mark.parametrize(
    ("kind", "n"),
    [
        ("WeldJoint", 0),
        ("PinJoint", 1),
        ("SliderJoint", 1),
        ("UniversalJoint", 2),
        ("GimbalJoint", 3),
        ("BallJoint", 3),
        ("PlanarJoint", 3),
        ("FreeJoint", 6),
    ],
)
def test_joints_move_as_opensims(kind: str, n: int, tmp_path: Path) -> None:
    names = [f"q{i}" for i in range(n)]
    tree = assert_same_poses(model_with(getattr(opensim, kind), names), tmp_path)
    assert set(names) <= set(tree.coordinate_names)
    assert tree.bodies == ("base", "tip")


def with_joint(kind: str, content: str, names: list[str], folder: Path) -> Any:
    """The tiny model with its joint replaced by one that is written as XML."""
    model = saved(model_with(opensim.WeldJoint, []), folder)
    text = model.xml.decode()
    coordinates = "".join(f'<Coordinate name="{name}"/>' for name in names)
    text = text.replace(
        '<WeldJoint name="joint">', f'<{kind} name="joint"><coordinates>{coordinates}</coordinates>'
    )
    text = text.replace("</WeldJoint>", f"{content}</{kind}>")
    path = folder / "replaced.osim"
    path.write_text(text)
    return opensim.Model(str(path))


def test_ellipsoid_joint_moves_as_opensims(tmp_path: Path) -> None:
    radii = "<radii_x_y_z>0.2 0.35 0.15</radii_x_y_z>"
    assert_same_poses(with_joint("EllipsoidJoint", radii, ["a", "b", "c"], tmp_path), tmp_path)


def test_scapulothoracic_joint_moves_as_opensims(tmp_path: Path) -> None:
    content = (
        "<thoracic_ellipsoid_radii_x_y_z>0.08 0.2 0.09</thoracic_ellipsoid_radii_x_y_z>"
        "<scapula_winging_axis_origin>0.03 -0.04</scapula_winging_axis_origin>"
        "<scapula_winging_axis_direction>0.3</scapula_winging_axis_direction>"
    )
    model = with_joint("ScapulothoracicJoint", content, ["a", "b", "c", "d"], tmp_path)
    tree = assert_same_poses(model, tmp_path)
    assert tree.bodies == ("base", "(tip, part 1)", "tip")  # one massless, inside the joint


SIMM = "<SimmSpline><x>-2 -0.5 0.4 2</x><y>0.3 -0.2 0.1 0.8</y></SimmSpline>"
SINE = "<Sine><amplitude>0.3</amplitude><omega>1.1</omega><phase>0.2</phase></Sine>"
CUSTOM = (  # skew axes; one coordinate on two axes; one axis of two coordinates
    ("a", "1 0.2 0.3", "<LinearFunction><coefficients>1.3 0.1</coefficients></LinearFunction>"),
    (
        "b",
        "0 1 0.5",
        "<PolynomialFunction><coefficients>0.2 -0.1 0.7 0</coefficients></PolynomialFunction>",
    ),
    ("a", "0.1 -0.3 1", SIMM),
    (
        "c",
        "1 1 0",
        f"<MultiplierFunction><function>{SINE}</function><scale>-0.5</scale></MultiplierFunction>",
    ),
    (
        "a c",
        "0 1 0",
        "<LinearFunction><coefficients>0.2 -0.3 0.05</coefficients></LinearFunction>",
    ),
    ("", "0 0 1", "<Constant><value>0.04</value></Constant>"),
)


def test_custom_joint_with_everything_moves_as_opensims(tmp_path: Path) -> None:
    names_of_axes = [f"{kind}{i}" for kind in ("rotation", "translation") for i in (1, 2, 3)]
    axes = "".join(
        f'<TransformAxis name="{name}"><coordinates>{coordinates}</coordinates>'
        f"<axis>{axis}</axis>{function}</TransformAxis>"
        for name, (coordinates, axis, function) in zip(names_of_axes, CUSTOM, strict=True)
    )
    content = f"<SpatialTransform>{axes}</SpatialTransform>"
    model = with_joint("CustomJoint", content, ["a", "b", "c"], tmp_path)
    tree = assert_same_poses(model, tmp_path)
    assert [c.kind for c in tree.coordinates[:3]] == ["rotational", "rotational", "translational"]


def test_couplings_eliminate_dependent_coordinates(tmp_path: Path) -> None:
    model = model_with(opensim.UniversalJoint, ["driver", "driven"])
    coupler = opensim.CoordinateCouplerConstraint()
    coupler.setName("couple")
    names = opensim.ArrayStr()
    names.append("driver")
    coupler.setIndependentCoordinateNames(names)
    coupler.setDependentCoordinateName("driven")
    coupler.setFunction(opensim.PolynomialFunction(opensim.Vector([0.5, 0.2, 0.1])))
    opensim.PropertyHelper.setValueDouble(-0.8, coupler.updPropertyByName("scale_factor"))
    model.addConstraint(coupler)
    tree = assert_same_poses(model, tmp_path)
    driver, driven = map(tree.coordinate_index, ("driver", "driven"))
    q = couple(tree, np.full(len(tree.coordinates), 0.3))
    assert q[driven] == pytest.approx(-0.8 * (0.5 * 0.09 + 0.2 * 0.3 + 0.1))
    assert driven not in tree.free
    assert driver in tree.free
    # switched off, both are free
    model.updConstraintSet().get(0).set_isEnforced(False)
    assert read_tree(saved(model, tmp_path)).couplings == ()


def test_markers_on_offset_frames(tmp_path: Path) -> None:
    model = model_with(opensim.PinJoint, ["angle"])
    tip = model.getBodySet().get("tip")
    pose = opensim.Transform(opensim.Rotation(0.7, opensim.CoordinateAxis(1)), vec3((0.1, 0, 0.2)))
    frame = opensim.PhysicalOffsetFrame("sensor", tip, pose)
    tip.addComponent(frame)
    model.addMarker(opensim.Marker("on_sensor", frame, vec3((0.02, 0.03, 0.04))))
    model.addMarker(opensim.Marker("on_floor", model.getGround(), vec3((1, 2, 3))))
    tree = read_tree(saved(model, tmp_path))
    loaded = opensim.Model(str(tmp_path / "model.osim"))
    state = loaded.initSystem()
    expected = []
    for name in tree.marker_names:
        location = loaded.getMarkerSet().get(name).getLocationInGround(state)
        expected.append([location.get(i) for i in range(3)])
    np.testing.assert_allclose(marker_positions(tree, tree.defaults), expected, atol=1e-14)
    chosen = marker_positions(tree, tree.defaults, ("on_floor", "on_tip"))
    np.testing.assert_allclose(chosen[0], (1, 2, 3))


def test_coordinates_carry_range_default_lock_and_kind(tmp_path: Path) -> None:
    def settle(joint: Any) -> None:
        angle = joint.upd_coordinates(0)
        angle.setDefaultValue(0.25)
        angle.setRangeMin(-0.5)
        angle.setRangeMax(0.75)
        angle.setDefaultClamped(True)
        joint.upd_coordinates(1).setDefaultLocked(True)

    model = model_with(opensim.PlanarJoint, ["angle", "x", "y"], settle)
    tree = read_tree(saved(model, tmp_path))
    angle, x = (tree.coordinates[tree.coordinate_index(name)] for name in ("angle", "x"))
    assert (angle.kind, angle.default, angle.limits) == ("rotational", 0.25, (-0.5, 0.75))
    assert (x.kind, x.locked, x.limits) == ("translational", True, (-np.inf, np.inf))
    assert angle.as_coordinate().range == (-0.5, 0.75)
    assert x.as_coordinate().range is None


def test_old_formats_are_rewritten(tmp_path: Path) -> None:
    current = saved(model_with(opensim.PinJoint, ["angle"]), tmp_path)
    old = tmp_path / "old.osim"
    old.write_text(
        """<?xml version="1.0"?>
<OpenSimDocument Version="30000"><Model name="old"><BodySet><objects>
 <Body name="ground"/>
 <Body name="bar"><mass>1</mass><Joint><PinJoint name="hinge">
  <parent_body>ground</parent_body><location_in_parent>0 1 0</location_in_parent>
  <CoordinateSet><objects><Coordinate name="swing"/></objects></CoordinateSet>
 </PinJoint></Joint></Body></objects></BodySet>
 <MarkerSet><objects><Marker name="end"><body>bar</body><location>1 0 0</location></Marker>
 </objects></MarkerSet></Model></OpenSimDocument>"""
    )
    tree = read_tree(Model("old", old.read_bytes()))
    assert tree.bodies == ("bar",)
    position = marker_positions(tree, np.array([np.pi / 2]), ("end",))[0]
    np.testing.assert_allclose(position, (0, 2, 0), atol=1e-12)
    assert read_tree(current).bodies == ("base", "tip")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("PinJoint", "HingeJoint"), r"joint 'joint' \(HingeJoint\): this kind"),
        (("/bodyset/base", "/bodyset/nobody"), "'/bodyset/nobody', which does not exist"),
        (('name="angle"', 'name="root_coord_0"'), "2 coordinates are called root_coord_0"),
        (("<PinJoint", "<!--"), "no valid XML"),
    ],
)
def test_models_that_cannot_be_read_say_why(
    change: tuple[str, str], message: str, tmp_path: Path
) -> None:
    text = saved(model_with(opensim.PinJoint, ["angle"]), tmp_path).xml.decode()
    assert change[0] in text
    with pytest.raises(ModelError, match=message):
        read_tree(Model("broken", text.replace(*change).encode()))


def test_unsupported_constraints_are_named(tmp_path: Path) -> None:
    model = model_with(opensim.PinJoint, ["angle"])
    bodies = model.getBodySet()
    point = opensim.PointConstraint(
        bodies.get("base"), vec3((0, 0, 0)), bodies.get("tip"), vec3((0, 0, 0))
    )
    point.setName("pinned")
    model.addConstraint(point)
    with pytest.raises(ModelError, match=r"'pinned' \(PointConstraint\)"):
        read_tree(saved(model, tmp_path))


@pytest.mark.mirror
@pytest.mark.parametrize(
    "ending",
    [
        "Models/LaiUhlrich2022.osim",
        "Models/LaiUhlrich2022_shoulder.osim",
        "Models/manually_scaled.osim",
        "LaiArnoldSubject5/LaiArnoldModified2017_poly_withArms_weldHand_scaled.osim",
    ],
)
def test_published_models_move_as_in_opensim(
    ending: str, mirror_file: Callable[[str], Path]
) -> None:
    path = mirror_file(ending)
    tree = read_tree(Model(path.stem, path.read_bytes()))
    loaded = opensim.Model(str(path))
    generator = np.random.default_rng(0)
    low, high = np.clip([c.limits for c in tree.coordinates], -3, 3).T
    for _ in range(10):
        q = couple(tree, generator.uniform(low, high))
        R, p = forward_kinematics(tree, q)
        for index, (R_expected, p_expected) in enumerate(poses_of_opensim(loaded, tree, q)):
            np.testing.assert_allclose(R[index], R_expected, atol=1e-12)
            np.testing.assert_allclose(p[index], p_expected, atol=1e-12)
