"""Every function and joint that the OpenSim wheel has: written by it, read here, moved alike.

OpenSim writes the file, so the tags are its own; each kind is either moved as OpenSim moves it, or
refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.core import Model
from kinebench.errors import ModelError
from kinebench.kinematics import marker_positions, read_tree
from kinebench.osim.runtime import load_opensim, quietly

opensim = load_opensim()
Q = np.linspace(-1.3, 1.4, 19)
X, Y = (-1.0, -0.4, 0.1, 0.5, 1.2), (0.3, -0.2, 0.25, 0.1, 0.6)


def points(kind: str) -> Callable[[], Any]:
    def make() -> Any:
        function = getattr(opensim, kind)()
        for x, y in zip(X, Y, strict=True):
            function.addPoint(x, y)
        return function

    return make


def multiplied() -> Any:
    inner = opensim.SimmSpline(points("SimmSpline")())
    inner.thisown = False
    return opensim.MultiplierFunction(inner, 0.7)


def cubic() -> Any:
    coefficients = opensim.Vector(4, 0.0)
    for power, value in enumerate((0.3, -0.2, 0.5, 0.1)):
        coefficients[power] = value
    return opensim.PolynomialFunction(coefficients)


def step() -> Any:
    function = opensim.StepFunction()
    function.setStartTime(-0.8)
    function.setEndTime(0.9)
    function.setStartValue(0.2)
    function.setEndValue(-0.3)
    return function


FUNCTIONS: dict[str, Callable[[], Any]] = {
    "Constant": lambda: opensim.Constant(0.3),
    "LinearFunction": lambda: opensim.LinearFunction(-0.6, 0.2),
    "PolynomialFunction": cubic,
    "SimmSpline": points("SimmSpline"),
    "PiecewiseLinearFunction": points("PiecewiseLinearFunction"),
    "PiecewiseConstantFunction": points("PiecewiseConstantFunction"),
    "StepFunction": step,
    "Sine": lambda: opensim.Sine(0.4, 1.7, 0.3),
    "MultiplierFunction": multiplied,
}
MORE = {
    "default LinearFunction": lambda: opensim.LinearFunction(),
    "default StepFunction": lambda: opensim.StepFunction(),
    "default Sine": lambda: opensim.Sine(),
    "default Constant": lambda: opensim.Constant(),
}
KINDS = [
    name
    for name in dir(opensim)
    if isinstance(kind := getattr(opensim, name), type)
    and issubclass(kind, opensim.Function)
    and kind is not opensim.Function
]
JOINTS = [
    name
    for name in dir(opensim)
    if isinstance(kind := getattr(opensim, name), type)
    and issubclass(kind, opensim.Joint)
    and kind is not opensim.Joint
]

EXTRA: dict[str, Callable[[], tuple[Any, ...]]] = {
    "CustomJoint": lambda: (turned_by_sine(),),
    "ConstantCurvatureJoint": lambda: (opensim.Vec3(0.1, 0.2, 0.3), 0.4),
    "EllipsoidJoint": lambda: (opensim.Vec3(0.08, 0.15, 0.07),),
    "ScapulothoracicJoint": lambda: (
        opensim.Vec3(0.08, 0.15, 0.07),
        opensim.Vec2(0.03, -0.02),
        0.4,
    ),
}


def turned_by_sine() -> Any:
    transform = opensim.SpatialTransform()
    names = opensim.ArrayStr("q", 1)
    for number, axis in enumerate((transform.upd_rotation1(), transform.upd_translation2())):
        function = opensim.Sine(0.4, 1.7, number)
        function.thisown = False
        axis.setCoordinateNames(names)
        axis.setFunction(function)
    return transform


def marked(model: Any, body: Any) -> None:
    for name, place in (("a", (0.1, 0.2, 0.3)), ("b", (-0.2, 0.1, 0.0)), ("c", (0.0, -0.1, 0.2))):
        model.addMarker(opensim.Marker(name, body, opensim.Vec3(*place)))


def new_body() -> Any:
    return opensim.Body("b", 1.0, opensim.Vec3(0), opensim.Inertia(1, 1, 1))


def driven_by(function: Any) -> Any:
    """A body that a function of one coordinate both turns and shifts."""
    model, body = opensim.Model(), new_body()
    model.addBody(body)
    transform = opensim.SpatialTransform()
    for axis in (transform.upd_rotation1(), transform.upd_translation2()):
        axis.setCoordinateNames(opensim.ArrayStr("q", 1))
        copy = function.clone()
        copy.thisown = False
        axis.setFunction(copy)
    model.addJoint(opensim.CustomJoint("j", model.getGround(), body, transform))
    marked(model, body)
    return model


def written(model: Any, folder: Path) -> Path:
    model.finalizeConnections()
    model.printToXML(str(folder / "m.osim"))
    return folder / "m.osim"


def by_opensim(path: Path, poses: np.ndarray) -> np.ndarray:
    model = opensim.Model(str(path))
    state = model.initSystem()
    coordinates = model.getCoordinateSet()
    found = []
    for pose in poses:
        for index, value in enumerate(pose):
            coordinates.get(index).setValue(state, float(value), False)
        model.assemble(state) if model.getConstraintSet().getSize() else None
        model.realizePosition(state)
        markers = model.getMarkerSet()
        found.append(
            [markers.get(i).getLocationInGround(state).to_numpy() for i in range(markers.getSize())]
        )
    return np.array(found)


def assert_moves_alike(path: Path, poses: np.ndarray) -> None:
    tree = read_tree(Model("m", path.read_bytes()))
    with quietly(opensim):
        expected = by_opensim(path, poses)
    np.testing.assert_allclose(marker_positions(tree, poses), expected, atol=1e-10)


@pytest.mark.parametrize("kind", [*FUNCTIONS, *MORE])
def test_a_function_moves_a_joint_as_in_opensim(kind: str, tmp_path: Path) -> None:
    path = written(driven_by({**FUNCTIONS, **MORE}[kind]()), tmp_path)
    assert_moves_alike(path, Q[:, None])


@pytest.mark.parametrize("half_order", [1, 2, 3, 4])
def test_a_gcv_spline_moves_a_joint_as_in_opensim(half_order: int, tmp_path: Path) -> None:
    """Its weights cannot be set from Python: the file is written by hand, then by OpenSim."""
    text = written(driven_by(opensim.Sine()), tmp_path).read_text()
    x, y = (-1.2, -1.0, -0.4, 0.1, 0.5, 0.8, 1.0, 1.2), (0.3, 0.1, -0.2, 0.2, 0.1, 0.4, 0.5, 0.3)
    cells = [" ".join(map(str, numbers)) for numbers in (x, y, (1.0,) * len(x))]
    spline = (
        f"<GCVSpline name='function'><half_order>{half_order}</half_order>"
        "<error_variance>0</error_variance>"
        f"<x>{cells[0]}</x><y>{cells[1]}</y><weights>{cells[2]}</weights></GCVSpline>"
    )
    text = re.sub(r"<Sine .*?</Sine>", spline, text, flags=re.DOTALL)
    (tmp_path / "m.osim").write_text(text)
    path = written(opensim.Model(str(tmp_path / "m.osim")), tmp_path)
    assert_moves_alike(path, Q[:, None])


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in (*FUNCTIONS, "GCVSpline")])
def test_other_functions_are_refused_by_name(kind: str, tmp_path: Path) -> None:
    text = written(driven_by(opensim.Sine()), tmp_path).read_text()
    model = Model(
        "m", text.replace("<Sine ", f"<{kind} ").replace("</Sine>", f"</{kind}>").encode()
    )
    with pytest.raises(ModelError, match=f"joint 'j'.*{kind} is not supported; supported are"):
        read_tree(model)


@pytest.mark.parametrize("kind", JOINTS)
def test_a_joint_moves_as_in_opensim(kind: str, tmp_path: Path) -> None:
    model, body = opensim.Model(), new_body()
    model.addBody(body)
    place = (opensim.Vec3(0.1, -0.2, 0.3), opensim.Vec3(0.2, 0.4, -0.3))
    inner = (opensim.Vec3(-0.05, 0.1, 0.2), opensim.Vec3(-0.1, 0.3, 0.2))
    more = EXTRA.get(kind, lambda: ())()
    joint = getattr(opensim, kind)("j", model.getGround(), *place, body, *inner, *more)
    model.addJoint(joint)
    marked(model, body)
    path = written(model, tmp_path)
    if kind == "ConstantCurvatureJoint":
        with pytest.raises(ModelError, match=r"joint 'j'.*is not supported; supported are"):
            read_tree(Model("m", path.read_bytes()))
        return
    n = joint.numCoordinates()
    rng = np.random.default_rng(4)
    assert_moves_alike(path, rng.uniform(-1.2, 1.2, (15, n)))
