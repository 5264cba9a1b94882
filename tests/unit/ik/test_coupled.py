"""Coordinates that OpenSim calls coupled: degrees for plain angles only, in both engines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.core import Model
from kinebench.core.ik_tasks import IKTasks
from kinebench.ik.fast import FastIK
from kinebench.ik.opensim_engine import OpenSimIK
from kinebench.io.models import read_model
from kinebench.io.mot import motion_text
from kinebench.io.trc import read_trc
from kinebench.kinematics import read_tree
from kinebench.osim.runtime import load_opensim, quietly

CASES = Path(__file__).parents[2] / "cases"
opensim = load_opensim()


@pytest.mark.parametrize("engine", [OpenSimIK, FastIK])
def test_a_fifth_of_a_coordinate_is_written_as_opensim_writes_it(engine: type) -> None:
    model = read_model(CASES / "11-coupled-coordinate" / "spine.osim")
    trial = read_trc(CASES / "11-coupled-coordinate" / "trial.trc")
    tasks = IKTasks(tuple((name, 1.0) for name in read_tree(model).marker_names))
    found = engine(tasks)(model, trial)
    lines = motion_text(found.motion).splitlines()
    names, last = lines[-1 - trial.n_frames].split(), lines[-1].split()
    written = np.array([line.split() for line in lines[-trial.n_frames :]], float)
    column = written[:, names.index("flex_extension")]
    assert len(last) == len(names)
    assert np.abs(column).max() == pytest.approx(1.197, abs=2e-3)
    coordinate = next(c for c in found.motion.coordinates if c.name == "flex_extension")
    assert (coordinate.kind, coordinate.coupled) == ("rotational", True)


@pytest.mark.parametrize("engine", [OpenSimIK, FastIK])
def test_a_step_function_in_a_joint_leaves_no_error(engine: type) -> None:
    model = read_model(CASES / "16-step-function-in-a-joint" / "step.osim")
    trial = read_trc(CASES / "16-step-function-in-a-joint" / "trial.trc")
    tasks = IKTasks(tuple((name, 1.0) for name in read_tree(model).marker_names))
    assert engine(tasks)(model, trial).rms_errors.max() < 5e-4


def axes_of(*functions: tuple[int, Any]) -> Any:
    """A CustomJoint's model: functions of q on axes 0 to 2 (rotations), 3 to 5 (translations)."""
    model = opensim.Model()
    body = opensim.Body("b", 1.0, opensim.Vec3(0), opensim.Inertia(1, 1, 1))
    model.addBody(body)
    t = opensim.SpatialTransform()
    axes = (t.upd_rotation1(), t.upd_rotation2(), t.upd_rotation3(), t.upd_translation1(),
            t.upd_translation2(), t.upd_translation3())  # fmt: skip
    for number, function in functions:
        function.thisown = False
        axes[number].setCoordinateNames(opensim.ArrayStr("q", 1))
        axes[number].setFunction(function)
    model.addJoint(opensim.CustomJoint("j", model.getGround(), body, t))
    return model


def line(slope: float, constant: float = 0.0) -> Any:
    return opensim.LinearFunction(slope, constant)


def multiplied(factor: float) -> Any:
    inner = line(1.0)
    inner.thisown = False
    return opensim.MultiplierFunction(inner, factor)


MIXES = {
    "angle": lambda: axes_of((0, line(1))),
    "angle backwards": lambda: axes_of((0, line(-1))),
    "angle with offset": lambda: axes_of((0, line(1, 0.3))),
    "part of an angle": lambda: axes_of((0, line(0.2))),
    "nothing": lambda: axes_of((0, line(0))),
    "multiplied angle": lambda: axes_of((0, multiplied(1.0))),
    "sine": lambda: axes_of((0, opensim.Sine(1, 1, 0))),
    "distance": lambda: axes_of((3, line(1))),
    "part of a distance": lambda: axes_of((3, line(0.5))),
    "multiplied distance": lambda: axes_of((3, multiplied(2.0))),
    "angle and distance": lambda: axes_of((0, line(1)), (3, line(1))),
    "angle and curve": lambda: axes_of((0, line(1)), (3, opensim.Sine(1, 1, 0))),
    "part of an angle and distance": lambda: axes_of((0, line(0.2)), (3, line(1))),
    "two angles": lambda: axes_of((0, line(0.2)), (1, line(1))),
    "constant and distance": lambda: axes_of((0, opensim.Constant(0.2)), (4, line(-1))),
}


@pytest.mark.parametrize("mix", MIXES)
def test_kinds_are_opensims_motion_types(mix: str, tmp_path: Path) -> None:
    path = tmp_path / "m.osim"
    with quietly(opensim):
        model = MIXES[mix]()
        model.finalizeConnections()
        model.printToXML(str(path))
        model = opensim.Model(str(path))
        model.initSystem()
        kind = model.getCoordinateSet().get("q").getMotionType()
    found = read_tree(Model("m", path.read_bytes())).coordinates[0]
    assert found.coupled == (kind == opensim.Coordinate.Coupled)
    if kind == opensim.Coordinate.Rotational:
        assert found.kind == "rotational"
    if kind == opensim.Coordinate.Translational:
        assert found.kind == "translational"


@pytest.mark.parametrize(
    "kind",
    ["PinJoint", "SliderJoint", "UniversalJoint", "GimbalJoint", "BallJoint", "FreeJoint",
     "PlanarJoint"],
)  # fmt: skip
def test_kinds_of_the_other_joints_are_opensims(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "m.osim"
    with quietly(opensim):
        model = opensim.Model()
        body = opensim.Body("b", 1.0, opensim.Vec3(0), opensim.Inertia(1, 1, 1))
        model.addBody(body)
        model.addJoint(getattr(opensim, kind)("j", model.getGround(), body))
        model.finalizeConnections()
        model.printToXML(str(path))
        model = opensim.Model(str(path))
        model.initSystem()
        coordinates = model.getCoordinateSet()
        expected = {
            coordinates.get(i).getName(): coordinates.get(i).getMotionType()
            for i in range(coordinates.getSize())
        }
    names = {opensim.Coordinate.Rotational: "rotational", 2: "translational"}
    found = read_tree(Model("m", path.read_bytes())).coordinates
    assert {c.name: c.kind for c in found} == {name: names[k] for name, k in expected.items()}
    assert not any(c.coupled for c in found)
