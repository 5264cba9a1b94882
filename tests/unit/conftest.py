"""A leg small enough to know everything about: model, set-up, and markers from angles."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

import numpy as np
import pytest

from kinebench.core import Document, Markers, Model

# marker -> (body, place on it, m)
LEG_MARKERS = {
    "ASIS": ("pelvis", (0.1, 0.0, 0.1)),
    "PSIS": ("pelvis", (-0.1, 0.0, 0.1)),
    "SACRUM": ("pelvis", (-0.1, 0.05, 0.0)),
    "THIGH": ("femur_r", (0.05, -0.2, 0.06)),
    "KNEE": ("femur_r", (0.0, -0.4, 0.05)),
    "SHANK": ("tibia_r", (0.05, -0.2, 0.05)),
    "ANKLE": ("tibia_r", (0.0, -0.4, 0.05)),
    "TOE": ("tibia_r", (0.15, -0.42, 0.05)),
}


def _body(name: str, mass: float) -> str:
    return f"""<Body name="{name}"><attached_geometry><Mesh name="m"><socket_frame>..</socket_frame>
<scale_factors>1 1 1</scale_factors><mesh_file>{name}.vtp</mesh_file></Mesh></attached_geometry>
<mass>{mass}</mass><mass_center>0 0 0</mass_center><inertia>1 1 1 0 0 0</inertia></Body>"""


def _pin(name: str, parent: str, place: str, child: str, coordinate: str, extra: str = "") -> str:
    return f"""<PinJoint name="{name}">
<socket_parent_frame>{parent}_offset</socket_parent_frame>
<socket_child_frame>{child}_offset</socket_child_frame>
<coordinates><Coordinate name="{coordinate}"><default_value>0</default_value>
<range>-2 0.1</range><clamped>true</clamped>{extra}</Coordinate></coordinates>
<frames>
<PhysicalOffsetFrame name="{parent}_offset"><socket_parent>/bodyset/{parent}</socket_parent>
<translation>{place}</translation><orientation>0 0 0</orientation></PhysicalOffsetFrame>
<PhysicalOffsetFrame name="{child}_offset"><socket_parent>/bodyset/{child}</socket_parent>
<translation>0 0 0</translation><orientation>0 0 0</orientation></PhysicalOffsetFrame>
</frames></PinJoint>"""


def _marker(name: str, body: str, place: tuple[float, float, float]) -> str:
    x, y, z = place
    return f"""<Marker name="{name}"><socket_parent_frame>/bodyset/{body}</socket_parent_frame>
<location>{x} {y} {z}</location><fixed>false</fixed></Marker>"""


def _leg_xml() -> str:
    bodies = "".join(
        _body(name, mass)
        for name, mass in (("pelvis", 10), ("femur_r", 8), ("tibia_r", 4), ("patella_r", 0.1))
    )
    pelvis = """<PlanarJoint name="ground_pelvis">
<socket_parent_frame>/ground</socket_parent_frame>
<socket_child_frame>/bodyset/pelvis</socket_child_frame>
<coordinates><Coordinate name="pelvis_tilt"/><Coordinate name="pelvis_tx"/>
<Coordinate name="pelvis_ty"/></coordinates></PlanarJoint>"""
    joints = (
        pelvis
        + _pin("hip_r", "pelvis", "0 -0.1 0", "femur_r", "hip_flexion_r")
        + _pin("knee_r", "femur_r", "0 -0.4 0", "tibia_r", "knee_angle_r")
        + _pin("patella_joint", "femur_r", "0.04 -0.4 0", "patella_r", "knee_beta_r")
    )
    markers = "".join(_marker(name, *at) for name, at in LEG_MARKERS.items())
    return f"""<?xml version="1.0" encoding="UTF-8" ?>
<OpenSimDocument Version="40500"><Model name="leg">
<gravity>0 -9.8 0</gravity>
<BodySet name="bodyset"><objects>{bodies}</objects></BodySet>
<JointSet name="jointset"><objects>{joints}</objects></JointSet>
<ConstraintSet name="constraintset"><objects>
<CoordinateCouplerConstraint name="patella_knee">
<coupled_coordinates_function><LinearFunction name="f"><coefficients>1 0</coefficients>
</LinearFunction></coupled_coordinates_function>
<independent_coordinate_names>knee_angle_r</independent_coordinate_names>
<dependent_coordinate_name>knee_beta_r</dependent_coordinate_name>
</CoordinateCouplerConstraint></objects></ConstraintSet>
<ForceSet name="forceset"><objects><CoordinateActuator name="motor">
<coordinate>knee_angle_r</coordinate><optimal_force>1</optimal_force></CoordinateActuator>
</objects></ForceSet>
<MarkerSet name="markerset"><objects>{markers}</objects></MarkerSet>
</Model></OpenSimDocument>"""


@pytest.fixture(scope="session")
def leg_model() -> Model:
    """Pelvis in the sagittal plane, thigh, shank, and a patella that follows the knee."""
    return Model("leg", _leg_xml().encode())


def _turned(angle: np.ndarray, place: tuple[float, float, float]) -> np.ndarray:
    x, y, z = place
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.stack([x * cosine - y * sine, x * sine + y * cosine, np.full_like(angle, z)], axis=-1)


def leg_positions(
    tilt: np.ndarray, hip: np.ndarray, knee: np.ndarray, scale: float = 1.0
) -> np.ndarray:
    """(n_frames, 8, 3) m: forward kinematics written down by hand; `scale` lengthens the thigh."""
    pelvis = np.tile([0.2, 1.0, 0.0], (len(tilt), 1))
    femur = pelvis + _turned(tilt, (0.0, -0.1, 0.0))
    tibia = femur + _turned(tilt + hip, (0.0, -0.4 * scale, 0.0))
    origins = {"pelvis": (pelvis, tilt), "femur_r": (femur, tilt + hip)}
    origins["tibia_r"] = (tibia, tilt + hip + knee)
    columns = []
    for body, place in LEG_MARKERS.values():
        origin, angle = origins[body]
        longer = scale if body == "femur_r" else 1.0
        x, y, z = place
        columns.append(origin + _turned(angle, (longer * x, longer * y, longer * z)))
    return np.stack(columns, axis=1)


@pytest.fixture(scope="session")
def leg_trial() -> Callable[..., Markers]:
    """Make a trial from angles, rad; also of a subject whose thigh is longer."""

    def make(tilt, hip, knee, scale: float = 1.0, rate_hz: float = 60.0) -> Markers:
        tilt, hip, knee = np.broadcast_arrays(*map(np.atleast_1d, (tilt, hip, knee)))
        positions = leg_positions(tilt.astype(float), hip, knee, scale)
        return Markers(tuple(LEG_MARKERS), np.arange(len(tilt)) / rate_hz, positions)

    return make


@pytest.fixture(scope="session")
def leg_setup() -> Document:
    """A ScaleTool set-up for the leg: the thigh by two markers, all markers placed."""
    tasks = "".join(
        f'<IKMarkerTask name="{name}"><apply>true</apply><weight>{weight}</weight></IKMarkerTask>'
        for name, weight in (*((name, 10) for name in LEG_MARKERS), ("HEEL", 10))
    )
    return Document(
        "leg_setup",
        f"""<OpenSimDocument Version="40500"><ScaleTool name="leg">
<mass>1</mass><height>1</height>
<GenericModelMaker><model_file>there.osim</model_file></GenericModelMaker>
<ModelScaler><apply>true</apply><scaling_order>measurements</scaling_order>
<MeasurementSet><objects>
<Measurement name="thigh"><apply>true</apply><MarkerPairSet><objects>
<MarkerPair><markers>THIGH KNEE</markers></MarkerPair>
<MarkerPair><markers>KNEE HEEL</markers></MarkerPair></objects></MarkerPairSet>
<BodyScaleSet><objects><BodyScale name="femur_r"><axes>X Y Z</axes></BodyScale></objects>
</BodyScaleSet></Measurement>
<Measurement name="foot"><apply>true</apply><MarkerPairSet><objects>
<MarkerPair><markers>HEEL TOE</markers></MarkerPair></objects></MarkerPairSet>
<BodyScaleSet><objects><BodyScale name="tibia_r"><axes>X Y Z</axes></BodyScale></objects>
</BodyScaleSet></Measurement>
</objects></MeasurementSet>
<preserve_mass_distribution>true</preserve_mass_distribution></ModelScaler>
<MarkerPlacer><apply>true</apply><IKTaskSet><objects>{tasks}
<IKCoordinateTask name="knee_angle_r"><apply>false</apply><weight>1</weight></IKCoordinateTask>
<IKCoordinateTask name="nowhere"><apply>true</apply><weight>1</weight></IKCoordinateTask>
</objects></IKTaskSet></MarkerPlacer></ScaleTool></OpenSimDocument>""".encode(),
    )


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are put together but not drawn, half the time of a page: nothing looks at them."""

    def blank(figure: object, buffer: TextIO, **options: object) -> None:
        buffer.write("<svg></svg>")

    monkeypatch.setattr("matplotlib.figure.Figure.savefig", blank)
