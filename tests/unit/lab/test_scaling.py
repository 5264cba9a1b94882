"""Scaling by known factors equals OpenSim's, and scaling by markers finds the factors again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kinebench.core import Markers, Model, Subject
from kinebench.errors import ModelError, NameNotFoundError
from kinebench.kinematics import marker_positions, read_tree
from kinebench.lab.body import Body, generic_body
from kinebench.lab.opencap_body import opencap_body
from kinebench.lab.scaling import scaled_body, uniformly_scaled, with_shifted_markers
from kinebench.lab.setups import scaling_setup
from kinebench.osim.edits import body_names, body_scale_factors, document_root
from kinebench.osim.runtime import load_opensim, quietly
from kinebench.scaling.opensim_scaler import OpenSimScaler
from kinebench.scaling.window import GivenWindow

BODY = generic_body()


def assert_as_opensim(body: Body, folder: Path) -> None:
    generator = np.random.default_rng(3)
    factors = {name: tuple(generator.uniform(0.85, 1.15, 3)) for name in body_names(body.model)}
    opensim = load_opensim()
    path, scaled_path = folder / "generic.osim", folder / "scaled.osim"
    path.write_bytes(body.model.xml)
    with quietly(opensim):
        model = opensim.Model(str(path))
        state = model.initSystem()
        scales = opensim.ScaleSet()
        for name, values in factors.items():
            scale = opensim.Scale()
            scale.setSegmentName(name)
            scale.setScaleFactors(opensim.Vec3(*values))
            scale.setApply(True)
            scales.cloneAndAppend(scale)
        model.scale(state, scales, True, 81.0)
        model.printToXML(str(scaled_path))
    scaled = scaled_body(body, factors, 81.0)
    theirs = read_tree(Model("theirs", scaled_path.read_bytes()))
    mine = read_tree(scaled.model)
    q = generator.uniform(-0.5, 0.5, (4, len(mine.coordinates)))
    np.testing.assert_allclose(marker_positions(mine, q), marker_positions(theirs, q), atol=1e-12)
    assert body_scale_factors(scaled.model)["femur_r"] == pytest.approx(factors["femur_r"])
    assert mine.coordinate_names == theirs.coordinate_names


def test_scaling_is_opensims(tmp_path: Path) -> None:
    assert_as_opensim(BODY, tmp_path)


@pytest.mark.mirror
def test_scaling_a_published_model_is_opensims(
    tmp_path: Path, mirror_file: Callable[[str], Path]
) -> None:
    mirror_file("opensimPipeline/Models/LaiUhlrich2022.osim")
    assert_as_opensim(opencap_body(), tmp_path)


def test_uniform_scaling_multiplies_all_lengths_and_the_mass(tmp_path: Path) -> None:
    double = uniformly_scaled(BODY, 1.2, 90.0)
    one, other = BODY.tree, double.tree
    q = np.where([c.kind == "rotational" for c in one.coordinates], 0.3, 0.0)
    np.testing.assert_allclose(
        marker_positions(other, q), 1.2 * marker_positions(one, q), atol=1e-12
    )
    path = tmp_path / "double.osim"
    path.write_bytes(double.model.xml)
    model = load_opensim().Model(str(path))
    assert model.getTotalMass(model.initSystem()) == pytest.approx(90.0)


def test_inertia_follows_mass_and_size() -> None:
    def parts(body: Body) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        found = {}
        for element in document_root(body.model).iterfind("Model/BodySet/objects/Body"):
            centre, inertia = (
                np.array([float(cell) for cell in (element.findtext(tag) or "").split()])
                for tag in ("mass_center", "inertia")
            )
            found[element.get("name", "")] = (centre, inertia)
        return found

    before, after = parts(BODY), parts(uniformly_scaled(BODY, 1.2, 105.0))
    stretched = parts(scaled_body(BODY, {"femur_r": (1.0, 1.3, 1.0)}, 70.0))
    for name, (centre, inertia) in before.items():
        np.testing.assert_allclose(after[name][0], 1.2 * centre, atol=1e-15)
        np.testing.assert_allclose(after[name][1], 1.5 * 1.44 * inertia, atol=1e-15)
    centre, inertia = before["femur_r"]
    np.testing.assert_allclose(stretched["femur_r"][0], centre * [1, 1.3, 1])
    # only what is turned across the long axis grows
    across = (1 + 1.3**2) / 2
    np.testing.assert_allclose(stretched["femur_r"][1][:3], inertia[:3] * [across, 1, across])


def test_keypoints_scale_with_their_bodies() -> None:
    longer = scaled_body(BODY, {"tibia_r": (1.0, 1.1, 1.0)}, 70.0)
    before = marker_positions(BODY.tree, BODY.tree.defaults)
    after = marker_positions(longer.tree, longer.tree.defaults)
    drop = before - after
    names = BODY.tree.marker_names
    shank = 0.1 * np.linalg.norm(before[names.index("RKnee")] - before[names.index("RAnkle")])
    assert drop[names.index("RAnkle"), 1] == pytest.approx(shank)
    assert drop[names.index("RHeel"), 1] == pytest.approx(shank)
    assert np.abs(drop[names.index("LAnkle")]).max() == 0


def test_a_body_that_is_not_there_is_an_error() -> None:
    with pytest.raises(NameNotFoundError, match="did you mean 'femur_r'"):
        scaled_body(BODY, {"femur-r": (1, 1, 1)}, 70.0)


def test_joints_with_inner_lengths_are_refused() -> None:
    xml = BODY.model.xml.replace(b'<PinJoint name="mtp_r"', b'<EllipsoidJoint name="mtp_r"')
    xml = xml.replace(b"</PinJoint>", b"</EllipsoidJoint>", 4)
    start = xml.index(b"<EllipsoidJoint")
    broken = xml[:start].replace(b"</EllipsoidJoint>", b"</PinJoint>") + xml[start:]
    with pytest.raises(ModelError, match="mtp_r"):
        scaled_body(Body(Model("ellipsoid", broken), BODY.keypoints), {}, 70.0)


def test_markers_are_shifted_in_their_bodies() -> None:
    shifted = with_shifted_markers(BODY.model, {"r_knee_study": (0.01, -0.02, 0.003)})
    before, after = read_tree(BODY.model), read_tree(shifted)
    for one, other in zip(before.markers, after.markers, strict=True):
        expected = (0.01, -0.02, 0.003) if one.name == "r_knee_study" else (0, 0, 0)
        np.testing.assert_allclose(other.location - one.location, expected, atol=1e-15)
    with pytest.raises(NameNotFoundError):
        with_shifted_markers(BODY.model, {"r_nee_study": (0, 0, 0)})


def test_scale_tool_finds_the_factors() -> None:
    """The set-up measures what it says, so OpenSim's ScaleTool returns what was put in."""
    sides: dict[str, float] = {"femur_r": 1.03, "femur_l": 1.02, "tibia_r": 0.98, "tibia_l": 0.99}
    both = {"talus": 1.04, "calcn": 1.04, "toes": 1.04, "humerus": 0.97}
    both |= {"ulna": 0.96, "radius": 0.96, "hand": 0.96}
    truth = {"pelvis": 1.05, "torso": 0.97, **sides}
    truth |= {f"{name}_{side}": value for name, value in both.items() for side in "rl"}
    scaled = scaled_body(BODY, {name: (f, f, f) for name, f in truth.items()}, 80.0)
    tree = read_tree(scaled.model)
    positions = np.repeat(marker_positions(tree, tree.defaults)[None], 12, axis=0)
    static = Markers(tree.marker_names, np.arange(12) / 60, positions)
    scaler = OpenSimScaler(scaling_setup(), window=GivenWindow(0.0, 0.1))
    found = scaler(BODY.model, static, Subject(80.0, 1.75)).body_scale_factors
    for name, factor in truth.items():
        np.testing.assert_allclose(found[name], factor, rtol=1e-3)
