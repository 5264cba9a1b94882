"""A small figure: pelvis, trunk, one arm, two legs; five joint kinds, clamped, locked, coupled."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kinebench.core import Markers, Model
from kinebench.core.ik_tasks import IKTasks
from kinebench.kinematics import Tree, marker_positions, read_tree

LINEAR = "<LinearFunction><coefficients>1 0</coefficients></LinearFunction>"
AXES = {"x": "1 0 0", "y": "0 1 0", "z": "0 0 1"}
# bodies with markers: four each, spread
SPOTS = ((0.05, 0.02, 0.06), (-0.06, -0.04, 0.03), (0.02, -0.25, -0.04), (-0.03, -0.3, 0.05))


def coordinate(name: str, low: float, high: float, clamped: bool = True, extra: str = "") -> str:
    return (
        f'<Coordinate name="{name}"><range>{low} {high}</range>'
        f"<clamped>{str(clamped).lower()}</clamped>{extra}</Coordinate>"
    )


def frames(parent: str, child: str, place: str) -> str:
    """Offset frames of a joint, the parent's at `place`."""
    path = "/ground" if parent == "ground" else f"/bodyset/{parent}"
    return (
        "<socket_parent_frame>in_parent</socket_parent_frame>"
        "<socket_child_frame>in_child</socket_child_frame><frames>"
        f'<PhysicalOffsetFrame name="in_parent"><socket_parent>{path}</socket_parent>'
        f"<translation>{place}</translation></PhysicalOffsetFrame>"
        f'<PhysicalOffsetFrame name="in_child"><socket_parent>/bodyset/{child}</socket_parent>'
        "<orientation>0.1 -0.05 0.08</orientation></PhysicalOffsetFrame></frames>"
    )


def custom(
    name: str, parent: str, child: str, place: str, coordinates: str, axes: list[str]
) -> str:
    """`axes`: six of "axis function-or-coordinate"; a coordinate's name means a linear function."""
    parts = []
    names = [f"{kind}{i}" for kind in ("rotation", "translation") for i in (1, 2, 3)]
    for axis_name, (axis, moved, function) in zip(names, map(str.split, axes), strict=True):
        content = LINEAR if function == "linear" else function.replace("~", " ")
        moved = "" if moved == "-" else moved
        parts.append(
            f'<TransformAxis name="{axis_name}"><coordinates>{moved}</coordinates>'
            f"<axis>{AXES[axis]}</axis>{content}</TransformAxis>"
        )
    return (
        f'<CustomJoint name="{name}"><coordinates>{coordinates}</coordinates>'
        f"{frames(parent, child, place)}"
        f"<SpatialTransform>{''.join(parts)}</SpatialTransform></CustomJoint>"
    )


def simple(kind: str, name: str, parent: str, child: str, place: str, coordinates: str) -> str:
    return (
        f'<{kind} name="{name}"><coordinates>{coordinates}</coordinates>'
        f"{frames(parent, child, place)}</{kind}>"
    )


NOTHING = "<Constant><value>0</value></Constant>"


def joints(clamped_pelvis: bool) -> str:
    pelvis = "".join(
        [
            coordinate("tilt", -1.5708, 1.5708, clamped_pelvis),
            coordinate("list", -1.5708, 1.5708, clamped_pelvis),
            *(coordinate(name, -100, 100) for name in ("rotation", "tx", "ty", "tz")),
        ]
    )
    root_axes = ["z tilt linear", "x list linear", "y rotation linear"]
    root_axes += [f"{axis} t{axis} linear" for axis in "xyz"]
    found = [custom("root", "ground", "pelvis", "0 0 0", pelvis, root_axes)]
    back = "".join(coordinate(f"back_{axis}", -1.5, 1.5) for axis in "zxy")
    found.append(simple("GimbalJoint", "back", "pelvis", "trunk", "-0.1 0.1 0", back))
    shoulder = "".join(coordinate(f"arm_{axis}", -10, 10) for axis in "xyz")
    found.append(simple("BallJoint", "shoulder", "trunk", "arm", "0 0.4 0.2", shoulder))
    elbow = coordinate("elbow", 0, 2.6)
    found.append(simple("PinJoint", "elbow", "arm", "forearm", "0 -0.3 0", elbow))
    for side, z in (("r", 0.1), ("l", -0.1)):
        hip = coordinate(f"hip_flexion_{side}", -0.5, 2.1) + coordinate(
            f"hip_adduction_{side}", -0.9, 0.5
        )
        found.append(
            simple("UniversalJoint", f"hip_{side}", "pelvis", f"thigh_{side}", f"0 -0.1 {z}", hip)
        )
        knee = coordinate(f"knee_{side}", 0, 2.4)
        spin = "<PolynomialFunction><coefficients>0.1~-0.2~0</coefficients></PolynomialFunction>"
        slide = "<SimmSpline><x>0~0.8~1.6~2.4</x><y>0~0.01~0.03~0.02</y></SimmSpline>"
        found.append(
            custom(
                f"knee_{side}",
                f"thigh_{side}",
                f"shank_{side}",
                "0 -0.4 0",
                knee,
                [
                    f"z knee_{side} linear",
                    f"y knee_{side} {spin}",
                    f"x - {NOTHING}",
                    f"x knee_{side} {slide}",
                    f"y - {NOTHING}",
                    f"z - {NOTHING}",
                ],
            )
        )
        found.append(
            simple(
                "PinJoint",
                f"toe_{side}",
                f"shank_{side}",
                f"toes_{side}",
                "0 -0.4 0",
                coordinate(f"toe_{side}", -0.5, 0.5),
            )
        )
    return "".join(found)


BODIES = ("pelvis", "trunk", "arm", "forearm", "thigh_r", "shank_r", "toes_r",
          "thigh_l", "shank_l", "toes_l")  # fmt: skip
MARKED = tuple(name for name in BODIES if not name.startswith("toes"))


@pytest.fixture(scope="session")
def make_figure() -> Callable[..., Model]:
    def make(clamped_pelvis: bool = True, constraints: str = "", changes: str = "") -> Model:
        bodies = "".join(f'<Body name="{name}"><mass>1</mass></Body>' for name in BODIES)
        markers = "".join(
            f'<Marker name="{body}{number}">'
            f"<socket_parent_frame>/bodyset/{body}</socket_parent_frame>"
            f"<location>{x} {y} {z}</location></Marker>"
            for body in MARKED
            for number, (x, y, z) in enumerate(SPOTS)
        )
        text = (
            '<OpenSimDocument Version="40000"><Model name="figure">'
            f'<BodySet name="bodyset"><objects>{bodies}</objects></BodySet>'
            f'<JointSet name="jointset"><objects>{joints(clamped_pelvis)}</objects></JointSet>'
            f"<ConstraintSet><objects>{constraints}</objects></ConstraintSet>"
            f"<MarkerSet><objects>{markers}</objects></MarkerSet></Model></OpenSimDocument>"
        )
        if changes:
            old, new = changes.split("=>")
            assert old in text
            text = text.replace(old, new)
        return Model("figure", text.encode())

    return make


@pytest.fixture(scope="session")
def figure(make_figure: Callable[..., Model]) -> Model:
    return make_figure()


@pytest.fixture(scope="session")
def figure_tree(figure: Model) -> Tree:
    return read_tree(figure)


@pytest.fixture(scope="session")
def equal_tasks(figure_tree: Tree) -> IKTasks:
    return IKTasks(tuple((name, 1.0 + i % 3) for i, name in enumerate(figure_tree.marker_names)))


@pytest.fixture(scope="session")
def swing(figure_tree: Tree) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Coordinates (80, n) of a lively movement inside all ranges; the toes stay."""
    phase = np.linspace(0, 4, 80)[:, None]
    offsets = np.arange(len(figure_tree.coordinates))
    values = 0.25 + 0.2 * np.sin(phase + offsets)
    for name in ("toe_r", "toe_l"):
        values[:, figure_tree.coordinate_index(name)] = 0.0
    return values


@pytest.fixture(scope="session")
def swing_markers(
    figure_tree: Tree, swing: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
) -> Markers:
    positions = marker_positions(figure_tree, swing)
    return Markers(figure_tree.marker_names, np.arange(len(swing)) / 100, positions)
