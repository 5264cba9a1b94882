"""Kinematic models filled from templates, and trees scaled beside them."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinebench.core.model import Document, Model
from kinebench.core.provenance import digest
from kinebench.errors import ModelError, ScalingError
from kinebench.io.models import read_document, read_model
from kinebench.kinematics import Tree, marker_positions, read_tree
from kinebench.kinematics.tree import GROUND, TreeMarker
from kinebench.lab import generic_body
from kinebench.osim import made
from kinebench.osim.edits import with_marker_set
from kinebench.quality.model import model_mass
from kinebench.scaling.complete_model import complete_model
from kinebench.scaling.lean_model import lean_template
from kinebench.scaling.mass_properties import scaled_mass_properties
from kinebench.scaling.recipe import read_recipe
from kinebench.scaling.tree_scaling import scaled_tree, without_idle_parts

Numbers = Callable[[Model], dict[str, list[float]]]

FACTORS = {
    "pelvis": (1.1, 0.9, 1.2),
    "thigh": (1.05, 1.3, 0.95),
    "shank": (0.9, 1.1, 1.0),
    "foot": (1.2, 1.2, 1.2),
    "cap": (1.0, 1.0, 1.0),
}
ONES = dict.fromkeys(FACTORS, (1.0, 1.0, 1.0))


def edited(model: Model, *changes: tuple[str, str]) -> Model:
    text = model.xml.decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return Model(model.name, text.encode())


def nested(leg: Model) -> Model:
    """The hip hangs on a frame that is turned in a frame that is turned in the pelvis."""
    inner = (
        '<PhysicalOffsetFrame name="outer"><socket_parent>/bodyset/pelvis</socket_parent>'
        "<translation>-0.02 -0.03 0.04</translation><orientation>0.3 0.2 0.1</orientation>"
        "</PhysicalOffsetFrame>"
    )
    joint = '<BallJoint name="hip">'
    before, after = leg.xml.decode().split(joint)
    usual = '<PhysicalOffsetFrame name="pelvis_offset"><socket_parent>'
    after = after.replace(
        f"<frames>{usual}/bodyset/pelvis<", f"<frames>{inner}{usual}/jointset/hip/outer<", 1
    )
    assert "hip/outer<" in after
    return Model("leg", (before + joint + after).encode())


def filled(leg: Model, factors: dict[str, tuple[float, float, float]]) -> Model:
    template = lean_template(leg)
    masses = scaled_mass_properties(template.masses, factors, 30.0, True)
    locations = {
        marker.name: marker.location * np.array(factors[template.tree.bodies[marker.body]])
        for marker in template.tree.markers
    }
    return template.fill("", factors, masses, locations)


def assert_same_places(tree: Tree, other: Tree) -> None:
    assert tree.marker_names == other.marker_names
    rng = np.random.default_rng(1)
    q = rng.uniform(-0.8, 0.8, (20, len(tree.coordinates)))
    apart = np.abs(marker_positions(tree, q) - marker_positions(other, q)).max()
    assert apart < 1e-14


def test_factors_of_one_change_nothing(leg: Model, numbers: Numbers) -> None:
    # along slanted axes OpenSim lengthens translations even then
    leg = edited(leg, (">0.6 0.8 0<", ">1 0 0<"), (">-0.8 0.6 0<", ">0 1 0<"))
    before, after = numbers(leg), numbers(filled(leg, ONES))
    masses = {key for key in after if key.endswith(("/mass", "/inertia"))}
    wrapped = {key for key in after if "MultiplierFunction" in key}
    assert {key: after[key] for key in after.keys() - masses - wrapped} == {
        key: before[key] for key in after.keys() - masses - wrapped
    }
    assert sum(after[key][0] for key in masses if key.endswith("/mass")) == pytest.approx(30.0)
    assert_same_places(read_tree(leg), read_tree(filled(leg, ONES)))


@pytest.mark.parametrize("factors", [ONES, FACTORS])
def test_scaled_tree_is_that_of_the_scaled_model(
    leg: Model, factors: dict[str, tuple[float, float, float]]
) -> None:
    template = lean_template(leg)
    tree = scaled_tree(template.tree, factors, template.stretched)
    assert not template.nested
    assert_same_places(tree, read_tree(filled(leg, factors)))


@pytest.mark.parametrize("make", [lambda leg: leg, nested])
def test_every_number_is_opensims(
    leg: Model,
    make_setup: Callable[..., Document],
    numbers: Numbers,
    make: Callable[[Model], Model],
) -> None:
    generic = make(leg)
    tree = read_tree(generic)
    locations = {
        marker.name: marker.location * np.array(FACTORS[tree.bodies[marker.body]])
        for marker in tree.markers
    }
    recipe = read_recipe(make_setup())
    reference = numbers(complete_model(generic, None, recipe, FACTORS, 30.0, locations))
    template = lean_template(generic)
    masses = scaled_mass_properties(template.masses, FACTORS, 30.0, True)
    found = numbers(template.fill(recipe.model_name, FACTORS, masses, locations))
    assert len(found) > 100
    for key, values in found.items():
        assert values == pytest.approx(reference[key], rel=1e-12, abs=1e-300), key
    assert template.nested == (make is nested)


def test_what_kinematics_does_not_read_is_absent(leg: Model) -> None:
    text = filled(leg, FACTORS).xml.decode()
    assert "ForceSet" not in text
    assert "CoordinateActuator" not in text
    assert "kinebench-gap" not in text
    assert text.count("<Mesh") == len(FACTORS)


def test_markers_that_are_not_named_are_left_out(leg: Model) -> None:
    template = lean_template(leg)
    model = template.fill('who & "when"', ONES, template.masses, {"toe": (1.0, 2.0, 3.0)})
    (marker,) = read_tree(model).markers
    assert (marker.name, marker.location.tolist()) == ("toe", [1.0, 2.0, 3.0])
    assert b'name="who &amp; &quot;when&quot;"' in model.xml


def test_opensim_takes_the_model(leg: Model, tmp_path_factory: pytest.TempPathFactory) -> None:
    opensim = importlib.import_module("kinebench.osim.runtime").load_opensim()
    path = tmp_path_factory.mktemp("lean") / "lean.osim"
    model = filled(leg, FACTORS)
    path.write_bytes(model.xml)
    loaded = opensim.Model(str(path))
    state = loaded.initSystem()
    loaded.realizePosition(state)
    tree = read_tree(model)
    places = marker_positions(tree, tree.defaults)
    for name, place in zip(tree.marker_names, places, strict=True):
        found = loaded.getMarkerSet().get(name).getLocationInGround(state)
        assert [found[i] for i in range(3)] == pytest.approx(place, abs=1e-12)


def test_templates_are_kept(leg: Model) -> None:
    assert lean_template(leg) is lean_template(Model("leg", bytes(bytearray(leg.xml))))


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ((("meters", "millimeters"),), ScalingError, "is in millimeters"),
        (
            (("<BallJoint", "<EllipsoidJoint"), ("</BallJoint>",
             "<radii_x_y_z>1 1 1</radii_x_y_z></EllipsoidJoint>")),
            ScalingError,
            "joint 'hip' of leg is of kind EllipsoidJoint, which the fast scaler does not scale; it"
            " scales BallJoint, CustomJoint, FreeJoint, GimbalJoint, PinJoint, PlanarJoint,"
            " SliderJoint, UniversalJoint, WeldJoint, and 'opensim' scales all",
        ),
        (
            ((">/bodyset/foot</socket_parent_frame>", ">/jointset/ankle/foot_offset"
              "</socket_parent_frame>"),),
            ScalingError,
            "marker 'calc' of leg sits on the frame /jointset/ankle/foot_offset",
        ),
        (
            (("<independent_coordinate_names>knee", "<independent_coordinate_names>tilt"),
             ("<dependent_coordinate_name>cap", "<dependent_coordinate_name>tx")),
            ScalingError,
            "'coupler' of leg determines the translation 'tx'",
        ),
        ((("<mass>8<", "<mass>heavy<"),), ModelError, "mass of thigh is 'heavy'"),
    ],
)  # fmt: skip
def test_refuses_what_it_cannot_scale(
    leg: Model, changes: tuple[tuple[str, str], ...], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        lean_template(edited(leg, *changes))


@pytest.mark.parametrize("frame", ["/ground", "ground"])
def test_a_marker_of_the_ground_is_kept_however_the_ground_is_named(leg: Model, frame: str) -> None:
    changed = edited(
        leg, (">/bodyset/foot</socket_parent_frame>", f">{frame}</socket_parent_frame>")
    )
    assert lean_template(changed).tree.marker_names == lean_template(leg).tree.marker_names


def test_needs_markers(leg: Model) -> None:
    text = leg.xml.decode()
    bare = text[: text.index("<MarkerSet")] + text[text.index("</MarkerSet>") + 12 :]
    with pytest.raises(ScalingError, match="no markers"):
        lean_template(Model("leg", bare.encode()))


def test_idle_parts_move_no_marker(leg: Model) -> None:
    tree = read_tree(leg)
    bare = lean_template(leg).tree
    assert set(tree.bodies) - set(bare.bodies) == {"cap"}
    knee = bare.joints[bare.body_index("shank")]
    assert len(knee.terms) == 4  # both constant zeros are gone, the constant shift is not
    assert bare.coordinates == tree.coordinates
    assert_same_places(tree, bare)


def told_and_read(model: Model, factors: dict[str, tuple[float, float, float]]) -> list[Tree]:
    """The tree that filling tells, and that of the text."""
    template = lean_template(model)
    masses = scaled_mass_properties(template.masses, factors, 30.0, True)
    random = np.random.default_rng(3)
    locations = {name: random.normal(size=3) for name in list(template.marker_texts)[1:]}
    locations[min(locations)] = np.array([-0.0, 0.0, -1.0])
    made.forget()
    filled_model = template.fill("told", factors, masses, locations)
    assert list(made._known) == [filled_model]
    told, mass = read_tree(filled_model), model_mass(filled_model)
    made.forget()
    assert model_mass(filled_model) == mass
    return [told, read_tree(filled_model)]


@settings(max_examples=25)
@given(st.lists(st.floats(0.5, 2.0), min_size=15, max_size=15))
def test_the_tree_that_is_told_is_that_of_the_text_to_the_last_bit(
    leg: Model, numbers: list[float]
) -> None:
    once = edited(leg, ("<scale>1.5</scale>", "<scale>1</scale>"))
    factors = {
        name: (x, y, z)
        for name, x, y, z in zip(FACTORS, numbers[::3], numbers[1::3], numbers[2::3], strict=True)
    }
    told, read = told_and_read(once, factors)
    assert digest(told) == digest(read)


def test_the_laboratorys_body_is_told_as_it_is_written() -> None:
    model = generic_body().model
    factors = dict.fromkeys(read_tree(model).bodies, (1.1, 0.9, 1.037))
    told, read = told_and_read(model, factors)
    assert digest(told) == digest(read)


def test_opencaps_model_is_told_as_it_is_written(mirror_file: Callable[[str], Path]) -> None:
    folder = "opensimPipeline/Models/LaiUhlrich2022"
    markers = read_document(mirror_file(f"{folder}_markers_augmenter.xml"))
    model = with_marker_set(read_model(mirror_file(f"{folder}.osim")), markers)
    factors = dict.fromkeys(read_tree(model).bodies, (1.1, 0.9, 1.037))
    told, read = told_and_read(model, factors)
    assert digest(told) == digest(read)


@pytest.mark.parametrize("which", ["scaled twice", "nested"])
def test_what_cannot_be_told_to_the_last_bit_is_read(which: str, leg: Model) -> None:
    model = nested(leg) if which == "nested" else leg
    made.forget()
    filled(model, FACTORS)
    assert not made._known


def test_few_trees_are_kept(leg: Model) -> None:
    tree = read_tree(leg)
    for number in range(2 * made.MOST):
        made.remember(Model(f"{number}", leg.xml), made.Known(tree, 1.0))
    assert len(made._known) == made.MOST
    made.forget()


def test_an_idle_body_before_the_others_changes_nothing(leg: Model) -> None:
    """Indices of parents and markers follow the bodies that are left."""
    tree = read_tree(leg)
    idle = replace(tree.joints[0], name="idle joint", parent=GROUND, terms=())
    moved = tuple(
        replace(joint, parent=joint.parent if joint.parent == GROUND else joint.parent + 1)
        for joint in tree.joints
    )
    longer = replace(
        tree,
        bodies=("idle", *tree.bodies),
        joints=(idle, *moved),
        markers=tuple(
            TreeMarker(m.name, m.body if m.body == GROUND else m.body + 1, m.location)
            for m in tree.markers
        ),
    )
    axes = {joint.name: tuple(range(len(joint.terms))) for joint in tree.joints}
    lean, kept = without_idle_parts(tree, axes)  # type: ignore[arg-type]
    again, kept_again = without_idle_parts(longer, axes)  # type: ignore[arg-type]
    assert again.bodies == lean.bodies
    assert [joint.parent for joint in again.joints] == [joint.parent for joint in lean.joints]
    assert [joint.name for joint in again.joints] == [joint.name for joint in lean.joints]
    assert kept_again == kept
    # of the knee's terms those at 4 and 5 are zero throughout
    assert {name: len(left) for name, left in kept.items()} == {
        joint.name: len(joint.terms) for joint in lean.joints
    }
    assert_same_places(tree, again)


def test_markers_of_a_set_stand_instead_of_the_model_s(leg: Model) -> None:
    text = leg.xml.decode()
    inside = text[text.index("<MarkerSet") : text.index("</MarkerSet>")] + "</MarkerSet>"
    other = inside.replace('name="toe"', 'name="tip"')
    assert other != inside
    document = f'<OpenSimDocument Version="40500">{other}</OpenSimDocument>'
    found = lean_template(leg, Document("set", document.encode()))
    known = lean_template(leg)
    assert set(found.places) ^ set(known.places) == {"toe", "tip"}
    np.testing.assert_allclose(found.places["tip"], known.places["toe"])
    assert found.bodies == known.bodies
